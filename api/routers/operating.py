"""For whoever keeps the service running: is it well, and what does it do."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.problem_details import Refusal
from api.routers.dependencies import Parts
from api.schemas.operating import HealthOut, ReadyOut

router = APIRouter(tags=["operating"])


@router.get("/healthz", operation_id="health", summary="Is the service well?")
def health(parts: Parts, response: Response) -> HealthOut:
    """Ask the database and what runs the jobs; 503 with the causes where one does not answer.

    Planning goes on where the telemetry store is away or no monitor works: that is only said.
    """
    report = parts.health.report()
    if not report.is_well:
        causes = "; ".join(f"{part}: {cause}" for part, cause in report.causes.items())
        raise Refusal("CG-7606", causes)
    response.headers["Cache-Control"] = "no-store"
    return HealthOut.of(version("coldgrid"), parts.watching.health.report())


@router.get("/readyz", operation_id="readiness", summary="May requests come?")
def readiness(parts: Parts, response: Response) -> ReadyOut:
    """Say whether a load balancer should send requests here; 503 with the causes where not.

    Asked besides what health asks: are the tables those of this release? A service that is not
    ready may be well: a new start of it does not help.
    """
    report = parts.health.readiness()
    if not report.is_well:
        causes = "; ".join(f"{part}: {cause}" for part, cause in report.causes.items())
        raise Refusal("CG-7607", causes)
    response.headers["Cache-Control"] = "no-store"
    return ReadyOut(version=version("coldgrid"))


@router.get(
    "/metrics",
    operation_id="metrics",
    summary="Figures for Prometheus",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
def metrics(parts: Parts) -> Response:
    """Give requests, jobs, streams, alarms and troubles in Prometheus' text format."""
    return Response(parts.figures.document(), media_type=CONTENT_TYPE_LATEST)
