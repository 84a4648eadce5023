"""Tasks and compensations."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from api.road.tasks import TaskKind
from api.routers.dependencies import Caller, Parts
from api.schemas.tasks import CompensationBody, CompensationOut, FinishBody, TaskList, TaskOut
from api.services.tasks import Asked

router = APIRouter(tags=["tasks"])

CREATED, KNOWN = 201, 200
PAGE, LONGEST_PAGE = 100, 1000
Id = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


@router.get("/v1/tasks", operation_id="list_tasks", summary="List tasks")
def list_tasks(
    parts: Parts,
    caller: Caller,
    *,
    state: Literal["open", "done"] | None = None,
    overdue: bool = False,
    kind: TaskKind | None = None,
    after: Annotated[str | None, Query(max_length=64, pattern=r"^[^\x00]*$")] = None,
    limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE)] = PAGE,
) -> TaskList:
    """Give tasks, those due first first: damage, wrong temperature, goods that nobody collects.

    Also orders under way of which nobody has reported anything for a day.
    A leader sees the tasks of the leader's sites.
    """
    asked = Asked(state=state, overdue=overdue, kind=kind, after=after, limit=limit)
    now = parts.tasks.now()
    rows = parts.tasks.list(asked, caller)
    return TaskList(
        items=[TaskOut.of(row, now) for row in rows],
        next=rows[-1].id if len(rows) == limit else None,
    )


@router.post("/v1/tasks/{task}/done", operation_id="finish_task", summary="End a task")
def finish_task(task: Id, body: FinishBody, parts: Parts, caller: Caller) -> TaskOut:
    """Say what was done about a task; the same twice is answered alike, something else refused."""
    row = parts.tasks.finish(task, body.ending(), caller)
    return TaskOut.of(row, parts.tasks.now())


@router.post(
    "/v1/compensations",
    operation_id="request_compensation",
    summary="Refund or send again",
    status_code=CREATED,
    responses={KNOWN: {"model": CompensationOut, "description": "It was settled before."}},
)
def request_compensation(
    body: CompensationBody, parts: Parts, caller: Caller, response: Response
) -> CompensationOut:
    """Settle what is owed for a line: a refund by its kilograms, or the goods once more.

    What is sent again is an order of the next plan. One cause of one line is settled once.
    """
    settled = parts.tasks.compensate(body.claim(), caller)
    response.status_code = KNOWN if settled.duplicate else CREATED
    return CompensationOut.of(settled)
