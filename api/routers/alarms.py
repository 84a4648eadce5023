"""Alarms: lists, stories, the stream, and what people do to them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.problem_details import Refusal
from api.road.alarm_rights import AlarmAction
from api.routers.dependencies import Caller, Parts
from api.schemas.alarms import (
    AcknowledgeBody,
    AlarmList,
    AlarmNowOut,
    AlarmOut,
    AlarmSnapshotOut,
    AlarmStoryOut,
    CloseBody,
    CommandOut,
    CommentBody,
    SeverityWord,
    ShelveBody,
    UnshelveBody,
    WaitingOut,
    answered,
)
from api.schemas.events import QueryInstant
from api.security.principal import Principal
from api.services.alarms import AlarmQuestion, Deed, Placed
from api.services.watching import Snapshot
from api.wiring import Wiring
from telemetry.alarm.words import AlarmKind, Severity

router = APIRouter(tags=["alarms"])

PAGE, LONGEST_PAGE = 100, 1000
PING_S = 15
"""A stream in which nothing happens says so now and then, lest somebody in between cuts it."""
RECONNECT_MS = 2000
ACCEPTED = 202
LARGEST_NUMBER = 2**62

Only = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
Id = Annotated[str, Path(min_length=1, max_length=300, pattern=r"^[^\x00]*$")]
WAITS: dict[int | str, dict[str, Any]] = {
    ACCEPTED: {
        "model": WaitingOut,
        "description": "The monitor has not answered yet; none seems to run.",
    }
}


@router.get("/v1/alarms", operation_id="list_alarms", summary="List alarms")
def list_alarms(
    parts: Parts,
    *,
    state: Annotated[
        Literal["open", "all"],
        Query(description="Open: active, or cleared and not acknowledged yet."),
    ] = "open",
    point: Only = None,
    asset: Annotated[Only, Query(description="A vehicle or a site.")] = None,
    kind: AlarmKind | None = None,
    severity: SeverityWord | None = None,
    since: Annotated[QueryInstant | None, Query(description="Raised from here on.")] = None,
    until: Annotated[QueryInstant | None, Query(description="Raised before this.")] = None,
    after: Annotated[
        str | None, Query(max_length=400, description="The `next` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> AlarmList:
    """Give alarms, the newest first: open ones, or all that there ever were.

    Open ones come with the estimate of their point: what it does now, and where that leads.
    """
    question = AlarmQuestion(
        open_only=state == "open",
        point=point,
        asset=asset,
        kind=kind,
        severity=None if severity is None else Severity[severity.upper()],
        since=since,
        until=until,
        after=None if after is None else _cursor(after),
        limit=limit,
    )
    found = parts.watching.alarms.find(question)
    return AlarmList(
        items=[AlarmNowOut.of(placed) for placed in found],
        next=_next(found[-1]) if len(found) == limit else None,
    )


@router.get(
    "/v1/alarms/stream",
    operation_id="follow_alarms",
    summary="Follow the alarms",
    response_class=EventSourceResponse,
    responses={200: {"description": "snapshot, then alarm", "content": {"text/event-stream": {}}}},
)
async def follow_alarms(
    parts: Parts,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> EventSourceResponse:
    """Send a `snapshot` of the open alarms, then an `alarm` for whatever happens to one.

    Event ids count up by one. A client that comes back with Last-Event-ID gets what it has
    missed, each event once; if that is too much, or of another store, it gets a new snapshot. Now
    and then the stream ends, so that whoever may not see it any more is not let in again.
    """
    # Before the stream begins, so that a store that is away is answered with 503.
    known = await run_in_threadpool(_known, parts, last_event_id)
    snapshot = (
        None if known is not None else await run_in_threadpool(parts.watching.alarm_feed.snapshot)
    )
    return EventSourceResponse(
        _stream(parts, known, snapshot), ping=PING_S, headers={"Cache-Control": "no-store"}
    )


@router.get("/v1/alarms/{alarm}", operation_id="read_alarm", summary="Read an alarm")
def read_alarm(alarm: Id, parts: Parts) -> AlarmStoryOut:
    """Give an alarm with all that happened to it, and who was called about its incident."""
    return AlarmStoryOut.told(parts.watching.alarms.story(alarm))


@router.post(
    "/v1/alarms/{alarm}/acknowledge",
    operation_id="acknowledge_alarm",
    summary="Acknowledge an alarm",
    response_model=AlarmOut,
    responses=WAITS,
)
def acknowledge_alarm(
    alarm: Id, parts: Parts, caller: Caller, body: AcknowledgeBody | None = None
) -> AlarmOut | Response:
    """Say that somebody sees to it: it is escalated no more."""
    comment = None if body is None else body.comment
    return _done(parts, alarm, Deed(action=AlarmAction.ACKNOWLEDGE, comment=comment), caller)


@router.post(
    "/v1/alarms/{alarm}/shelve",
    operation_id="shelve_alarm",
    summary="Shelve an alarm",
    response_model=AlarmOut,
    responses=WAITS,
)
def shelve_alarm(alarm: Id, body: ShelveBody, parts: Parts, caller: Caller) -> AlarmOut | Response:
    """Silence it for some minutes; the graver its place, the shorter.

    The shelving ends early when the alarm becomes critical.
    """
    deed = Deed(
        action=AlarmAction.SHELVE,
        comment=body.comment,
        shelved_for=timedelta(minutes=body.minutes),
    )
    return _done(parts, alarm, deed, caller)


@router.post(
    "/v1/alarms/{alarm}/unshelve",
    operation_id="unshelve_alarm",
    summary="End the shelving of an alarm",
    response_model=AlarmOut,
    responses=WAITS,
)
def unshelve_alarm(
    alarm: Id, parts: Parts, caller: Caller, body: UnshelveBody | None = None
) -> AlarmOut | Response:
    """Let it speak up again before the time is over."""
    comment = None if body is None else body.comment
    return _done(parts, alarm, Deed(action=AlarmAction.UNSHELVE, comment=comment), caller)


@router.post(
    "/v1/alarms/{alarm}/comment",
    operation_id="comment_alarm",
    summary="Comment on an alarm",
    response_model=AlarmOut,
    responses=WAITS,
)
def comment_alarm(
    alarm: Id, body: CommentBody, parts: Parts, caller: Caller
) -> AlarmOut | Response:
    """Add words to its story."""
    deed = Deed(action=AlarmAction.COMMENT, comment=body.comment)
    return _done(parts, alarm, deed, caller)


@router.post(
    "/v1/alarms/{alarm}/close",
    operation_id="close_alarm",
    summary="Close an alarm by force",
    response_model=AlarmOut,
    responses=WAITS,
)
def close_alarm(alarm: Id, body: CloseBody, parts: Parts, caller: Caller) -> AlarmOut | Response:
    """End what can never clear by itself, such as the alarm of a sensor that was lost."""
    deed = Deed(action=AlarmAction.CLOSE, comment=body.comment)
    return _done(parts, alarm, deed, caller)


@router.get(
    "/v1/telemetry/commands/{number}",
    operation_id="read_command",
    summary="Read what became of a command",
)
def read_command(number: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)], parts: Parts) -> CommandOut:
    """Say whether the monitor has answered something that was asked of it, and how."""
    return CommandOut.of(number, parts.watching.asking.outcome(number))


def _done(parts: Wiring, alarm: str, deed: Deed, caller: Principal) -> AlarmOut | Response:
    shown = answered(parts.watching.alarms.do(alarm, deed, caller))
    return shown if isinstance(shown, AlarmOut) else waits(shown)


def waits(shown: WaitingOut) -> Response:
    """Answer that a command waits, with the place where its outcome will be."""
    return Response(
        shown.model_dump_json(),
        status_code=ACCEPTED,
        media_type="application/json",
        headers={"Location": f"/v1/telemetry/commands/{shown.command}"},
    )


# --- the stream ---------------------------------------------------------------------------------


def _known(parts: Wiring, last_event_id: str | None) -> int | None:
    """Read the number of the last event that a client knows; None where it has to begin anew."""
    text = (last_event_id or "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if parts.watching.alarm_feed.can_resume(int(text)) else None


async def _stream(
    parts: Wiring, known: int | None, snapshot: Snapshot | None
) -> AsyncIterator[ServerSentEvent]:
    with parts.watching.alarm_feed.following() as follower:
        if snapshot is not None:
            alarms = [AlarmOut.of(parts.watching.alarms.placed(alarm)) for alarm in snapshot.alarms]
            text = AlarmSnapshotOut(number=snapshot.number, alarms=alarms).model_dump_json()
            yield _event("snapshot", snapshot.number, text)
        after = known if snapshot is None else snapshot.number
        assert after is not None
        async for told in follower.events(after, parts.settings.stream_seconds):
            yield _event("alarm", told.number, told.text)


def _event(name: str, number: int, text: str) -> ServerSentEvent:
    return ServerSentEvent(data=text, event=name, id=str(number), retry=RECONNECT_MS)


# --- pages --------------------------------------------------------------------------------------


def _cursor(text: str) -> tuple[int, str]:
    raised, _, alarm = text.partition("~")
    is_number = raised.isascii() and raised.isdigit()
    if not is_number or int(raised) > LARGEST_NUMBER:
        raise Refusal("CG-7003", "after: that is not the next of a page")
    return int(raised), alarm


def _next(placed: Placed) -> str:
    return f"{placed.alarm.raised_ms}~{placed.alarm.id}"
