"""Readings, what became none, causes of breaks; the temperature log of a route and its goods."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fastapi import APIRouter, Header, Query, Response

from api.manifests.choice import media_type_for
from api.problem_details import Refusal
from api.routers.alarms import LONGEST_PAGE, PAGE, Only
from api.routers.dependencies import Caller, Parts
from api.schemas.events import QueryInstant
from api.schemas.readings import (
    CHANNELS,
    AsideList,
    AsideOut,
    CausesOut,
    CountsOut,
    ReadingList,
    ReasonCount,
    readings_csv,
)
from api.schemas.shelf_lives import ShelfLivesOut
from api.services.readings import ReadingsQuestion
from telemetry.readings import Reason

router = APIRouter(tags=["readings"])

MOST_READINGS = 10_000
JSON, CSV = "application/json", "text/csv"
NO_STORE = {"Cache-Control": "private, no-cache", "Vary": "Accept"}

ChannelWord = Literal[
    "temperature", "humidity", "door", "setpoint", "mode", "latitude", "longitude", "battery"
]
From = Annotated[
    QueryInstant | None, Query(alias="from", description="By default a day before the end.")
]
To = Annotated[QueryInstant | None, Query(alias="to", description="By default now.")]
AS_CSV: dict[int | str, dict[str, Any]] = {200: {"content": {CSV: {"schema": {"type": "string"}}}}}
Accept = Annotated[str | None, Header(include_in_schema=False)]


@router.get(
    "/v1/readings",
    operation_id="list_readings",
    summary="List readings",
    response_model=ReadingList,
    responses=AS_CSV,
)
def list_readings(
    parts: Parts,
    *,
    point: Only = None,
    sensor: Only = None,
    channel: ChannelWord = "temperature",
    form: Annotated[
        Literal["raw", "buckets"],
        Query(alias="as", description="As they came, or as five-minute figures."),
    ] = "raw",
    start: From = None,
    end: To = None,
    limit: Annotated[int, Query(ge=1, le=MOST_READINGS)] = MOST_READINGS,
    accept: Accept = None,
) -> ReadingList | Response:
    """Give what was measured at a point, or by a sensor, as JSON or CSV."""
    if (point is None) == (sensor is None):
        raise Refusal("CG-7704", "name point or sensor")
    media_type = media_type_for(accept, (JSON, CSV))
    question = ReadingsQuestion(
        point=point,
        sensor=sensor,
        channel=CHANNELS[channel],
        start=start,
        end=end,
        limit=limit,
    )
    if form == "raw":
        shown = ReadingList.raw(parts.watching.readings.raw(question))
    else:
        shown = ReadingList.bucketed(parts.watching.readings.buckets(question))
    if media_type == JSON:
        return shown
    headers = dict(NO_STORE)
    if shown.next is not None:
        headers["Coldgrid-Next"] = shown.next.isoformat()
    return Response(readings_csv(shown, form), media_type=CSV, headers=headers)


@router.get(
    "/v1/telemetry/counts", operation_id="count_messages", summary="Count what became no reading"
)
def count_messages(parts: Parts, start: From = None, end: To = None) -> CountsOut:
    """Say how many messages, or parts of them, became no reading, and why; hours count whole."""
    wanted, counts = parts.watching.readings.counts(start, end)
    items = [ReasonCount(reason=reason, messages=counts.get(reason, 0)) for reason in Reason]
    return CountsOut(start=wanted.start, end=wanted.end, items=items)


@router.get("/v1/telemetry/asides", operation_id="list_asides", summary="List what was kept aside")
def list_asides(
    parts: Parts,
    reason: Reason | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> AsideList:
    """Give the newest messages that became no reading, with their bytes."""
    return AsideList(
        items=[AsideOut.of(one) for one in parts.watching.readings.asides(reason, limit)]
    )


@router.get("/v1/telemetry/causes", operation_id="read_causes", summary="Read causes of breaks")
def read_causes(
    parts: Parts,
    month: Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-07"])],
    tz: Annotated[str, Query(max_length=64, description="Whose midnights count.")] = "UTC",
) -> CausesOut:
    """Give minutes out of range and breaks of a month by vehicle, room, lane and kind.

    A lane is the site from which the route started; it is known where a plan armed the point.
    """
    year, number = (int(part) for part in month.split("-"))
    return CausesOut.of(parts.breaks.causes(year, number, _zone(tz)))


@router.get(
    # A vehicle's id comes from the user's files and may have a slash in it.
    "/v1/plans/{plan}/routes/{vehicle:path}/temperature-log",
    operation_id="read_temperature_log",
    summary="Read the temperature log of a vehicle's day",
    response_class=Response,
    responses={
        200: {
            "description": "CSV, or the excursions as EPCIS 2.0, by the Accept header.",
            "content": {
                CSV: {"schema": {"type": "string"}},
                "application/ld+json": {"schema": {"type": "object"}},
            },
        }
    },
)
def read_temperature_log(
    plan: str, vehicle: str, parts: Parts, caller: Caller, accept: Accept = None
) -> Response:
    """Give all that was measured on board between loading and return, with what it means."""
    log = parts.shipment_logs.log(plan, vehicle, accept=accept, asked_by=caller.name)
    return Response(
        log.body,
        media_type=log.media_type,
        headers=NO_STORE | {"Content-Disposition": f'attachment; filename="{log.file_name}"'},
    )


@router.get(
    "/v1/plans/{plan}/routes/{vehicle:path}/shelf-life",
    operation_id="read_shelf_lives",
    summary="Read what a vehicle's day left of shelf lives",
    response_model=ShelfLivesOut,
    responses=AS_CSV,
)
def read_shelf_lives(
    plan: str, vehicle: str, parts: Parts, caller: Caller, accept: Accept = None
) -> ShelfLivesOut | Response:
    """Give, batch by batch, what the temperatures on board cost and left, as JSON or CSV."""
    media_type = media_type_for(accept, (JSON, CSV))
    found = parts.shipment_logs.shelf_lives(plan, vehicle, asked_by=caller.name)
    if media_type == JSON:
        return ShelfLivesOut.of(found)
    return Response(found.csv, media_type=CSV, headers=NO_STORE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise Refusal("CG-7003", f"tz: there is no time zone {name}") from error
