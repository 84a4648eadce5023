"""Bodies about tasks and compensations."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.road.compensation import Cause, Remedy
from api.road.tasks import LEVELS, Ending, Severity, TaskKind
from api.schemas.events import NO_CONTROLS, Name
from api.services.tasks import Claim, Compensated
from api.storage.tasks import DONE, TaskRow
from optimizer.domain.ids import LineKey


def _example(**values: Any) -> ConfigDict:  # noqa: ANN401 - a JSON document
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


# --- asked --------------------------------------------------------------------------------------


class OutcomeBody(BaseModel):
    """What was done; the severity of the task says which actions end it."""

    model_config = _example(action="refunded", note="18 yuan back by the leader")

    action: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z_]+$")]
    note: Annotated[str, Field(max_length=1000, pattern=NO_CONTROLS)] = ""


class FinishBody(BaseModel):
    """The end of a task."""

    model_config = _example(outcome={"action": "refunded", "note": "18 yuan back by the leader"})

    outcome: OutcomeBody

    def ending(self) -> Ending:
        """Give the end for the service."""
        return Ending(action=self.outcome.action, note=self.outcome.note)


class CompensationBody(BaseModel):
    """What is asked for a line: by default of the newest plan that it rides with."""

    model_config = _example(order="N101", line="1", cause="damaged", remedy="resend")

    order: Name
    line: Name
    cause: Cause
    remedy: Remedy
    plan: Name | None = None

    def claim(self) -> Claim:
        """Give the claim for the service."""
        key = LineKey(self.order, self.line)
        return Claim(key=key, cause=self.cause, remedy=self.remedy, plan=self.plan)


# --- answered -----------------------------------------------------------------------------------


class TaskOut(BaseModel):
    """A task. ``actions`` are those that end it; order and line are null where it is about more."""

    id: str
    kind: TaskKind
    severity: Annotated[
        int, Field(description="1 food safety or cold break, 2 damage or delay, 3 service.")
    ]
    state: Literal["open", "done"]
    overdue: bool
    plan: str
    site: str
    order: str | None
    line: str | None
    detail: dict[str, Any]
    actions: list[str]
    due_at: datetime
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    outcome: dict[str, Any] | None

    @classmethod
    def of(cls, row: TaskRow, now: datetime) -> TaskOut:
        """Show a task."""
        done = row.state == DONE
        return cls(
            id=row.id,
            kind=TaskKind(row.kind),
            severity=row.severity,
            state="done" if done else "open",
            overdue=not done and row.due_at < now,
            plan=row.plan,
            site=row.site,
            order=row.order or None,
            line=row.line or None,
            detail=dict(row.body),
            actions=list(LEVELS[Severity(row.severity)].actions),
            due_at=row.due_at,
            created_at=row.created_at,
            done_at=row.done_at,
            done_by=row.done_by,
            outcome=None if row.outcome is None else dict(row.outcome),
        )


class TaskList(BaseModel):
    """Tasks, those due first first; ``next`` is where the next page begins."""

    items: list[TaskOut]
    next: str | None


class CompensationOut(BaseModel):
    """A compensation. A resend has an order in the next plan; ``taken_by`` says in which."""

    task: str
    plan: str
    order: str
    line: str
    cause: Cause
    remedy: Remedy
    mass_kg: float
    amount_cents: int
    resend_order: str | None
    taken_by: str | None
    duplicate: Annotated[bool, Field(description="Whether it had been asked for before.")]

    @classmethod
    def of(cls, settled: Compensated) -> CompensationOut:
        """Show a compensation."""
        row = settled.task
        return cls(
            task=row.id,
            plan=row.plan,
            order=row.order,
            line=row.line,
            cause=row.body["cause"],
            remedy=row.body["remedy"],
            mass_kg=row.body["mass_kg"],
            amount_cents=row.body["amount_cents"],
            resend_order=row.body.get("resend_order"),
            taken_by=settled.taken_by,
            duplicate=settled.duplicate,
        )
