"""Rerouting: a disruption in, ranked ways out, and the decision of a person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from sse_starlette import EventSourceResponse, ServerSentEvent

from api.faults import problem_response
from api.life.etags import etag, matches
from api.problem_details import problem_detail
from api.reroutes.cases import CaseState, Origin
from api.routers.dependencies import Caller, Parts
from api.schemas.life_answers import DifferenceOut
from api.schemas.reroutes import (
    AcceptBody,
    ProposalOut,
    ProposalPlanOut,
    RejectBody,
    RerouteBody,
    RerouteEventOut,
    RerouteList,
    RerouteOut,
    RerouteSnapshotOut,
    RerouteWholeOut,
    TakeBackBody,
    points_out,
)
from api.services.reroutes import StaleProposal
from api.wiring import Wiring

router = APIRouter(prefix="/v1/reroutes", tags=["rerouting"])

PAGE, LONGEST_PAGE = 50, 500
MOST_PROPOSALS = 100
PING_S = 15
RECONNECT_MS = 2000
CREATED, CONFLICT = 201, 409

Only = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]
Id = Annotated[str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]*$")]
IfMatch = Annotated[
    str | None,
    Header(description="The ETag of the case that was looked at: another ranking is refused."),
]


@router.post(
    "", operation_id="open_reroute", summary="Ask for ways out", status_code=CREATED,
    responses={CREATED: {"headers": {"Location": {"schema": {"type": "string"}}}}},
)  # fmt: skip
def open_reroute(
    body: RerouteBody, parts: Parts, caller: Caller, response: Response
) -> RerouteWholeOut:
    """Open a case: what broke, and the checked ways out, best first.

    The open cases of the plan are computed anew with it, for they share stations, docks and vans.
    An open case for the same compartment is superseded.
    """
    horizon = parts.plan_book.open(body.plan).plan.horizon
    event = body.disruption.event(horizon, parts.clock())
    row = parts.reroutes.open(body.plan, event, origin=Origin(), by=caller.name)
    response.headers["Location"] = f"/v1/reroutes/{row.id}"
    return _whole(parts, row.id, response)


@router.get("", operation_id="list_reroutes", summary="List cases")
def list_reroutes(
    parts: Parts,
    plan: Only = None,
    state: CaseState | None = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> RerouteList:
    """Give cases, the newest first."""
    rows = parts.reroutes.listed(plan=plan, state=state, limit=limit)
    return RerouteList(items=[RerouteOut.of(row) for row in rows])


@router.get(
    "/stream",
    operation_id="follow_reroutes",
    summary="Follow the cases",
    response_class=EventSourceResponse,
    responses={
        200: {"description": "snapshot, then reroute", "content": {"text/event-stream": {}}}
    },
)
async def follow_reroutes(
    parts: Parts,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> EventSourceResponse:
    """Send a `snapshot` of the open cases, then a `reroute` for whatever happens to one.

    A case is opened, reranked, recomputed (the ranking is as it was), accepted, rejected,
    superseded, expired or taken back. A client that comes back with Last-Event-ID gets what it has
    missed, each event once. Now and then the stream ends, and the client comes back.
    """
    # Before the stream begins, so that a database that is away is answered with 503.
    known = await run_in_threadpool(_known, parts, last_event_id)
    snapshot = None if known is not None else await run_in_threadpool(_snapshot, parts)
    return EventSourceResponse(
        _stream(parts, known, snapshot), ping=PING_S, headers={"Cache-Control": "no-store"}
    )


@router.get("/{reroute}", operation_id="read_reroute", summary="Read a case")
def read_reroute(reroute: Id, parts: Parts, response: Response) -> RerouteWholeOut:
    """Give a case with its proposals, and what was refused and why."""
    return _whole(parts, reroute, response)


@router.get(
    "/{reroute}/proposals/{number}", operation_id="read_proposal", summary="Read a proposal"
)
def read_proposal(
    reroute: Id,
    number: Annotated[int, Path(ge=1, le=MOST_PROPOSALS)],
    parts: Parts,
    response: Response,
) -> ProposalPlanOut:
    """Give a proposal with its whole plan and what it changes, point by point."""
    row, document, change = parts.reroutes.proposal(reroute, number)
    response.headers["ETag"] = etag(row.id, row.revision)
    return ProposalPlanOut(
        reroute=row.id,
        revision=row.revision,
        proposal=ProposalOut.of(number, document),
        difference=DifferenceOut(
            since_version=row.plan_version,
            cost_cents=change.difference.cost_cents,
            parts_cents=dict(change.difference.parts_cents),
            words=list(change.difference.words),
        ),
        points=points_out(change.points),
        plan=document["plan"],
    )


@router.post(
    "/{reroute}/accept",
    operation_id="accept_reroute",
    summary="Accept a proposal",
    response_model=RerouteOut,
)
def accept_reroute(
    reroute: Id,
    body: AcceptBody,
    parts: Parts,
    caller: Caller,
    *,
    request: Request,
    response: Response,
    if_match: IfMatch = None,
) -> RerouteOut | Response:
    """Make a proposal the plan: a new version, at once the drivers', and the station reserved.

    Where plan, vehicle or station have moved on, the answer is CG-7803 with the case as it has
    been computed anew, in `reroute`.
    """
    request.state.audit_detail["proposal"] = body.proposal
    try:
        row = parts.reroutes.accept(
            reroute,
            body.proposal,
            by=caller,
            note=body.note,
            revision=_revision(parts, reroute, if_match),
        )
    except StaleProposal as stale:
        new = RerouteOut.of(stale.row).model_dump(mode="json")
        tag = {"ETag": etag(stale.row.id, stale.row.revision)}
        return problem_response(problem_detail(stale, request.url.path) | {"reroute": new}, tag)
    response.headers["ETag"] = etag(row.id, row.revision)
    return RerouteOut.of(row)


@router.post("/{reroute}/reject", operation_id="reject_reroute", summary="Reject all proposals")
def reject_reroute(
    reroute: Id, body: RejectBody, parts: Parts, caller: Caller, response: Response
) -> RerouteOut:
    """Decide that nothing of a case is done, and say why."""
    row = parts.reroutes.reject(reroute, by=caller, reason=body.reason)
    response.headers["ETag"] = etag(row.id, row.revision)
    return RerouteOut.of(row)


@router.post(
    "/{reroute}/take-back",
    operation_id="take_back_reroute",
    summary="Take an acceptance back",
)
def take_back_reroute(
    reroute: Id, body: TakeBackBody, parts: Parts, caller: Caller, response: Response
) -> RerouteOut:
    """Give the plan its old tail again as a new version, and the station its room.

    That is possible until a vehicle reaches a stop that came with the proposal; then it is CG-7808.
    """
    row = parts.reroutes.take_back(reroute, by=caller, reason=body.reason)
    response.headers["ETag"] = etag(row.id, row.revision)
    return RerouteOut.of(row)


def _whole(parts: Wiring, reroute: str, response: Response) -> RerouteWholeOut:
    row, answer = parts.reroutes.answer(reroute)
    response.headers["ETag"] = etag(row.id, row.revision)
    return RerouteWholeOut.whole(row, answer)


def _revision(parts: Wiring, reroute: str, if_match: str | None) -> int | None:
    """Give the revision that a person looked at; one that is none of this case matches nothing."""
    if if_match is None:
        return None
    row = parts.reroutes.read(reroute)
    return row.revision if matches(if_match, reroute, row.revision) else 0


# --- the stream ---------------------------------------------------------------------------------


def _known(parts: Wiring, last_event_id: str | None) -> int | None:
    """Read the number of the last event that a client knows; None where it has to begin anew."""
    text = (last_event_id or "").strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text) if parts.reroutes.feed.can_resume(int(text)) else None


def _snapshot(parts: Wiring) -> RerouteSnapshotOut:
    # The number first: what happens meanwhile is told once more, and never missed.
    number = parts.reroutes.feed.last()
    rows = parts.reroutes.standing()
    return RerouteSnapshotOut(number=number, reroutes=[RerouteOut.of(row) for row in rows])


async def _stream(
    parts: Wiring, known: int | None, snapshot: RerouteSnapshotOut | None
) -> AsyncIterator[ServerSentEvent]:
    with parts.reroutes.feed.following() as follower:
        if snapshot is not None:
            yield _event("snapshot", snapshot.number, snapshot.model_dump_json())
        after = known if snapshot is None else snapshot.number
        assert after is not None
        async for event in follower.events(after, parts.settings.stream_seconds):
            yield _event("reroute", event.number, RerouteEventOut.of(event).model_dump_json())


def _event(name: str, number: int, text: str) -> ServerSentEvent:
    return ServerSentEvent(data=text, event=name, id=str(number), retry=RECONNECT_MS)
