"""Coverage of a plan by emergency transfer stations: the planner's view."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.routers.dependencies import Parts
from api.schemas.coverage import CoverageOut
from api.services.coverage import coverage_of

router = APIRouter(tags=["plans"])

LAST_VERSION = 2**31 - 1
USUAL_RADIUS_M, LEAST_RADIUS_M, MOST_RADIUS_M = 5_000, 100, 100_000


@router.get(
    "/v1/plans/{plan}/coverage", operation_id="read_coverage", summary="Read the coverage of a plan"
)
def read_coverage(
    plan: str,
    parts: Parts,
    version: Annotated[int | None, Query(ge=1, le=LAST_VERSION)] = None,
    radius_m: Annotated[
        int,
        Query(ge=LEAST_RADIUS_M, le=MOST_RADIUS_M, description="How far a station may be by road."),
    ] = USUAL_RADIUS_M,
) -> CoverageOut:
    """List pickup points and stretches of road without an emergency transfer station.

    A station counts for a zone if it is within the radius by road, has room for what is on board,
    and is open when the vehicle would be there. Legs are looked at each 500 m.
    """
    document = coverage_of(parts.plan_book, plan, version, radius_m=radius_m)
    return CoverageOut.model_validate(document)
