"""The life of a plan: steps, pins, versions by hand, late orders, undo.

Every change needs If-Match with the ETag of the plan, and answers with the new one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Response
from fastapi.responses import JSONResponse

from api.life.etags import etag
from api.life.states import Step
from api.routers.dependencies import Caller, Parts
from api.schemas.jobs import JobOut
from api.schemas.life import OrdersBody, PinsBody, PublishBody, RevisionBody, StepBody, UndoBody
from api.schemas.life_answers import (
    OrdersTakenOut,
    PlanChangeList,
    PlanChangeOut,
    PlanStandingOut,
    VersionMadeOut,
)
from api.security.principal import Principal
from api.services.plan_changing import Acceptance, Sent, VersionMade
from api.services.plan_orders import OrderChange
from api.storage.jobs import JobRow
from api.storage.plans import PlanHead
from api.wiring import Wiring

router = APIRouter(prefix="/v1/plans/{plan}", tags=["life of a plan"])

LONGEST_KEY = 200
ACCEPTED = 202
JOB_TAKEN: dict[str, Any] = {
    "description": "A job makes the version.",
    "headers": {"Location": {"schema": {"type": "string"}}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A request to change a plan: which one, at which revision, by whom; and its answer."""

    plan: str
    if_match: str | None
    caller: Principal
    parts: Wiring
    response: Response

    def standing(self, head: PlanHead) -> PlanStandingOut:
        """Answer with the plan's new standing."""
        self.response.headers["ETag"] = etag(head.id, head.revision)
        return PlanStandingOut.of(head)

    def version(self, made: VersionMade) -> VersionMadeOut:
        """Answer with a new version."""
        self.response.headers["ETag"] = etag(made.head.id, made.head.revision)
        return VersionMadeOut.of(made)

    def step(self, step: Step, note: str, acceptance: Acceptance | None = None) -> PlanStandingOut:
        """Move the plan on."""
        head = self.parts.plan_life.step(
            self.plan,
            step,
            if_match=self.if_match,
            note=note,
            acceptance=acceptance,
            caller=self.caller,
        )
        self.parts.arming.hurry()
        if step is Step.START:
            self.parts.reroutes.get_ready()
        return self.standing(head)


def _change(
    plan: str,
    parts: Parts,
    caller: Caller,
    response: Response,
    *,
    if_match: Annotated[
        str | None, Header(description="The ETag that the plan was read with; it must be given.")
    ] = None,
) -> Change:
    return Change(plan=plan, if_match=if_match, caller=caller, parts=parts, response=response)


Asked = Annotated[Change, Depends(_change)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        min_length=1,
        max_length=LONGEST_KEY,
        pattern=r"^[\x21-\x7e]+$",
        description="The same key again gives the same job, not a second one.",
    ),
]


@router.post(
    "/revisions",
    operation_id="revise_plan",
    summary="Change a plan by hand",
    response_model=VersionMadeOut,
    responses={ACCEPTED: JOB_TAKEN | {"model": JobOut}},
)
def revise_plan(
    asked: Asked, body: RevisionBody, idempotency_key: IdempotencyKey = None
) -> VersionMadeOut | JSONResponse:
    """Move stops and lines, leave a line, change a vehicle, settle how a van begins.

    Without a limit, or with 0, the edits are judged at once and are a new version: 200. With
    ``trial`` they are judged in the same way, and nothing is kept. With a limit everything is
    planned anew that is neither frozen, locked, pinned nor moved: 202, and Location names the job.
    """
    edits = [edit.edit() for edit in body.edits]
    limit = body.limit.limit()
    if body.trial:
        return asked.version(
            asked.parts.plan_revision.try_out(asked.plan, if_match=asked.if_match, edits=edits)
        )
    if limit is None:
        made = asked.parts.plan_revision.judge(
            asked.plan,
            if_match=asked.if_match,
            edits=edits,
            note=body.note,
            acceptance=body.acceptance(),
            caller=asked.caller,
        )
        return asked.version(made)
    job = asked.parts.plan_revision.optimise(
        asked.plan,
        if_match=asked.if_match,
        edits=edits,
        settled=body.settled,
        limit=limit,
        seed=body.seed,
        note=body.note,
        caller=asked.caller,
        sent=_sent(asked.plan, body, idempotency_key),
    )
    taken = JobOut.of(job, None).model_dump(mode="json")
    return JSONResponse(taken, status_code=ACCEPTED, headers={"Location": _place(job)})


@router.put("/pins", operation_id="pin_plan", summary="Pin lines and lock routes")
def pin_plan(asked: Asked, body: PinsBody) -> PlanStandingOut:
    """Replace all pins and locks; the version stays, the revision is a new one."""
    head = asked.parts.plan_life.pin(
        asked.plan,
        if_match=asked.if_match,
        pins=body.pins,
        locks=body.locks,
        note=body.note,
        caller=asked.caller,
    )
    return asked.standing(head)


@router.get("/pins", operation_id="read_pins", summary="Read pins and locks")
def read_pins(plan: str, parts: Parts, response: Response) -> PlanStandingOut:
    """Give the plan's standing with its pins and locks."""
    head = parts.plan_book.head(plan)
    response.headers["ETag"] = etag(head.id, head.revision)
    return PlanStandingOut.of(head)


@router.post(
    "/orders",
    operation_id="change_orders",
    summary="Add late order lines, cancel others",
    status_code=ACCEPTED,
    responses={ACCEPTED: JOB_TAKEN},
)
def change_orders(
    asked: Asked, body: OrdersBody, idempotency_key: IdempotencyKey = None
) -> OrdersTakenOut:
    """Change what was ordered, and plan the open part of the day anew.

    Rows are judged like those of orders.csv. Lines on routes that stay cannot be cancelled.
    """
    limit = body.limit.limit()
    assert limit is not None
    taken = asked.parts.plan_orders.change(
        asked.plan,
        if_match=asked.if_match,
        wanted=OrderChange(
            rows=body.orders,
            cancel=[(item.order, item.line) for item in body.cancel],
            keep_good_rows=body.keep_good_rows,
        ),
        limit=limit,
        seed=body.seed,
        note=body.note,
        caller=asked.caller,
        sent=_sent(asked.plan, body, idempotency_key),
    )
    asked.response.headers["Location"] = _place(taken.job)
    return OrdersTakenOut.taken(taken)


@router.post("/undo", operation_id="undo_plan", summary="Take back the last version")
def undo_plan(asked: Asked, body: UndoBody | None = None) -> VersionMadeOut:
    """Bring back the version before the last one that was no undo, with its orders."""
    body = body or UndoBody()
    made = asked.parts.plan_life.undo(
        asked.plan,
        if_match=asked.if_match,
        note=body.note,
        acceptance=body.acceptance(),
        caller=asked.caller,
    )
    return asked.version(made)


@router.post("/publish", operation_id="publish_plan", summary="Publish a draft")
def publish_plan(asked: Asked, body: PublishBody | None = None) -> PlanStandingOut:
    """Give the plan to the drivers; from now on new versions are theirs at once."""
    body = body or PublishBody()
    return asked.step(Step.PUBLISH, body.note, body.acceptance())


@router.post("/load", operation_id="load_plan", summary="Begin to load")
def load_plan(asked: Asked, body: StepBody | None = None) -> PlanStandingOut:
    """Load the vans: the routes of the next wave stay as they are from now on."""
    return asked.step(Step.LOAD, body.note if body else "")


@router.post("/start", operation_id="start_plan", summary="Let the vans leave")
def start_plan(asked: Asked, body: StepBody | None = None) -> PlanStandingOut:
    """Say that the loaded vans leave and the plan runs."""
    return asked.step(Step.START, body.note if body else "")


@router.post("/close", operation_id="close_plan", summary="Close the day")
def close_plan(asked: Asked, body: StepBody | None = None) -> PlanStandingOut:
    """End a running plan; a closed plan accepts nothing any more."""
    return asked.step(Step.CLOSE, body.note if body else "")


@router.get("/changes", operation_id="list_changes", summary="List what was done to a plan")
def list_changes(plan: str, parts: Parts) -> PlanChangeList:
    """Give steps, pins, versions by hand and undos with their notes, the oldest first."""
    items = [PlanChangeOut.of(change) for change in parts.plan_life.changes(plan)]
    return PlanChangeList(items=items)


def _place(job: JobRow) -> str:
    return f"/v1/jobs/{job.id}"


def _sent(plan: str, body: RevisionBody | OrdersBody, key: str | None) -> Sent:
    """Name a request by all that was sent, whatever the order of its fields."""
    content = json.dumps([plan, type(body).__name__, body.model_dump(mode="json")], sort_keys=True)
    return Sent(key=key, digest=hashlib.sha256(content.encode()).hexdigest())
