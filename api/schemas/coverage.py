"""Bodies about coverage: points and stretches of road without an emergency transfer station."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from optimizer.coverage.words import Reason
from optimizer.domain.temperature import Zone

Part = Annotated[float | None, Field(ge=0, le=1, description="Null where there is nothing.")]


class NearestOut(BaseModel):
    """The station that is nearest by road, whether it helps or not."""

    site: str
    distance_m: int


class ShareOut(BaseModel):
    """What of a grid is covered in a zone; legs count with goods of the zone on board."""

    grid: Annotated[str | None, Field(description="Where routes start; null is all together.")]
    zone: Zone
    points: int
    covered_points: int
    points_share: Part
    legs: int
    covered_legs: int
    legs_share: Part
    distance_m: int
    covered_m: int
    distance_share: Part


class OpenPointOut(BaseModel):
    """A pickup point without a station for a zone."""

    site: str
    grid: str | None
    zone: Zone
    reason: Reason
    nearest: NearestOut | None
    at: Annotated[datetime | None, Field(description="When a van is there.")]


class GapOut(BaseModel):
    """A stretch of a leg without a station for a zone on board; ``lat``/``lon`` is its middle."""

    route: str
    vehicle: str
    leg: int
    from_site: str
    to_site: str
    grid: str
    zone: Zone
    from_m: int
    to_m: int
    starts_at: datetime
    ends_at: datetime
    lat: float
    lon: float
    reason: Reason
    nearest: NearestOut | None


class CoverageOut(BaseModel):
    """What of a plan has an emergency transfer station within reach.

    ``measured_from`` is ``sites`` where the source of distances does not know places on the road.
    """

    contract: Annotated[Literal["coldgrid/coverage/1"], Field(alias="schema")]
    problem: str
    plan_version: int | None
    radius_m: int
    every_m: int
    measured_from: Literal["position", "sites"]
    whole: Annotated[bool, Field(description="Whether nothing is without.")]
    totals: list[ShareOut]
    grids: list[ShareOut]
    points: list[OpenPointOut]
    gaps: list[GapOut]
