"""Points: compartments, rooms, cells, gateways; whether they are watched and what was there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from api.routers.alarms import LONGEST_PAGE, PAGE, WAITS, Only, waits
from api.routers.codings import Coding, coded
from api.routers.dependencies import Caller, Parts
from api.schemas.events import QueryInstant
from api.schemas.points import (
    ArmBody,
    DisarmBody,
    ExcursionList,
    ExcursionOut,
    OutOfServiceBody,
    PointList,
    PointOut,
    PrecoolBody,
    WashBody,
    point_answered,
)
from api.services.asking_the_monitor import Wish
from api.services.points import PointQuestion
from api.services.ranges import time_range
from api.wiring import Wiring
from telemetry.alarm.words import CommandKind

# The id of a compartment has a slash in it: what follows an id is looked for before the id alone.
router = APIRouter(prefix="/v1/points", tags=["points"])

USUAL, MOST = timedelta(days=7), timedelta(days=800)
AN_OLDER_ONE = re.compile(r"(?:^|,)\s*max-age=(\d{1,9})\s*(?:,|$)")
OLDEST_S = 30
"""Nobody is given an answer that is older, whatever they would take."""

Id = Annotated[str, Path(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
From = Annotated[
    QueryInstant | None, Query(alias="from", description="By default seven days before the end.")
]
To = Annotated[QueryInstant | None, Query(alias="to", description="By default now.")]
Wanted = Annotated[
    str | None,
    Header(
        alias="cache-control",
        max_length=200,
        description="`max-age=5`: an answer that another reader was given up to five seconds ago"
        " will do. `Age` says how old it is.",
    ),
]


@router.get("", operation_id="list_points", summary="List points", response_model=PointList)
def list_points(
    parts: Parts,
    *,
    asset: Annotated[Only, Query(description="A vehicle or a site.")] = None,
    alarming: Annotated[bool, Query(description="Only points with open alarms.")] = False,
    after: Only = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
    wanted: Wanted = None,
    coding: Coding = "",
) -> Response:
    """Give each point with its watch, its newest values, its estimate and its open alarms.

    A board that asks again and again may say by `Cache-Control` how old an answer will do.
    """
    question = PointQuestion(asset=asset, alarming=alarming, after=after, limit=limit)
    older = AN_OLDER_ONE.search(wanted or "")
    if older is None:
        return Response(_listed(parts, question), media_type="application/json")
    shared = parts.watching.points.shared
    written, age_s = shared.give(
        question, min(int(older[1]), OLDEST_S), lambda: _listed(parts, question)
    )
    headers = {"Age": str(round(age_s)), "Vary": "Accept-Encoding, Cache-Control"}
    return coded(
        written.plain, written.zipped, coding, media_type="application/json", headers=headers
    )


@router.get(
    "/{point:path}/excursions",
    operation_id="list_excursions",
    summary="List the excursions of a point",
)
def list_excursions(point: Id, parts: Parts, start: From = None, end: To = None) -> ExcursionList:
    """Give the stays outside the product band that touch a stretch of time."""
    wanted = time_range(start, end, now=parts.clock(), usual=USUAL, most=MOST)
    found = parts.watching.points.excursions(point, wanted)
    return ExcursionList(items=[ExcursionOut.of(one) for one in found])


@router.post(
    "/{point:path}/arm",
    operation_id="arm_point",
    summary="Watch a point",
    response_model=PointOut,
    responses=WAITS,
)
def arm_point(
    point: Id, parts: Parts, caller: Caller, body: ArmBody | None = None
) -> PointOut | Response:
    """Watch it by hand, where no plan says that goods are in it."""
    body = body or ArmBody()
    return _asked(
        parts,
        Wish(
            kind=CommandKind.ARM,
            target=point,
            by=caller.name,
            comment=body.comment,
            until=body.until,
        ),
    )


@router.post(
    "/{point:path}/disarm",
    operation_id="disarm_point",
    summary="Watch a point no longer",
    response_model=PointOut,
    responses=WAITS,
)
def disarm_point(
    point: Id, parts: Parts, caller: Caller, body: DisarmBody | None = None
) -> PointOut | Response:
    """End the watch; alarms that are active there are cleared."""
    body = body or DisarmBody()
    return _asked(
        parts,
        Wish(
            kind=CommandKind.DISARM,
            target=point,
            by=caller.name,
            comment=body.comment,
            until=body.until,
        ),
    )


@router.post(
    "/{point:path}/precool",
    operation_id="precool_point",
    summary="Pre-cool a point",
    response_model=PointOut,
    responses=WAITS,
)
def precool_point(
    point: Id, body: PrecoolBody, parts: Parts, caller: Caller
) -> PointOut | Response:
    """Say that it cools down before it is loaded: nothing alarms until then."""
    return _for_a_while(parts, CommandKind.PRECOOL, point, body, caller.name)


@router.post(
    "/{point:path}/wash",
    operation_id="wash_point",
    summary="Wash a point",
    response_model=PointOut,
    responses=WAITS,
)
def wash_point(point: Id, body: WashBody, parts: Parts, caller: Caller) -> PointOut | Response:
    """Say that it is washed: nothing alarms, and that ends by itself."""
    return _for_a_while(parts, CommandKind.WASH, point, body, caller.name)


@router.post(
    "/{point:path}/out-of-service",
    operation_id="take_point_out_of_service",
    summary="Take a point out of service",
    response_model=PointOut,
    responses=WAITS,
)
def take_point_out_of_service(
    point: Id, body: OutOfServiceBody, parts: Parts, caller: Caller
) -> PointOut | Response:
    """Say that it is not used for a while: nothing alarms, and that ends by itself."""
    return _for_a_while(parts, CommandKind.OUT_OF_SERVICE, point, body, caller.name)


@router.get("/{point:path}", operation_id="read_point", summary="Read a point")
def read_point(point: Id, parts: Parts) -> PointOut:
    """Give a point with its watch, its newest values, its estimate and its open alarms."""
    return PointOut.of(parts.watching.points.read(point))


def _listed(parts: Wiring, question: PointQuestion) -> bytes:
    found = parts.watching.points.find(question)
    last = found[-1].point.id if len(found) == question.limit else None
    shown = PointList(items=[PointOut.of(standing) for standing in found], next=last)
    return shown.model_dump_json().encode()


def _for_a_while(
    parts: Wiring,
    kind: CommandKind,
    point: str,
    body: PrecoolBody | WashBody | OutOfServiceBody,
    by: str,
) -> PointOut | Response:
    until = parts.clock() + timedelta(minutes=body.minutes)
    return _asked(parts, Wish(kind=kind, target=point, by=by, comment=body.comment, until=until))


def _asked(parts: Wiring, wish: Wish) -> PointOut | Response:
    shown = point_answered(parts.watching.points.ask(wish))
    return shown if isinstance(shown, PointOut) else waits(shown)
