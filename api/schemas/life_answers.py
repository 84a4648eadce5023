"""What a plan's life answers: its standing, a version and its difference, a job, its changes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.jobs import AcceptedOut, job_values
from api.schemas.plans import PlanHeadOut, ViolationOut
from api.schemas.questions import FaultOut
from api.services.plan_changing import VersionMade
from api.services.plan_orders import OrdersTaken
from api.services.plan_refusals import violations
from api.storage.plan_changes import PlanChange
from api.storage.plans import PlanHead
from optimizer.domain.errors import Fault


class PlanStandingOut(PlanHeadOut):
    """Where a plan stands, with what the dispatcher holds fixed in it."""

    pins: Annotated[dict[str, str], Field(description="Vehicle per line, as order/line.")]
    locks: Annotated[list[str], Field(description="Ids of routes.")]

    @classmethod
    def of(cls, head: PlanHead) -> PlanStandingOut:
        """Show a plan's standing."""
        return cls(**{name: getattr(head, name) for name in cls.model_fields})


class DifferenceOut(BaseModel):
    """What a version changes against the one before: cents, negative where it costs less."""

    since_version: int
    cost_cents: int
    parts_cents: dict[str, int]
    words: list[str]


class VersionMadeOut(BaseModel):
    """A new version, judged; after a trial it is the old one that still counts."""

    plan: str
    state: str
    version: int
    revision: int
    feasible: bool
    violations: list[ViolationOut]
    objective_cents: int
    unserved: int
    kept: Annotated[bool, Field(description="False for a trial: nothing was written.")]
    difference: DifferenceOut

    @classmethod
    def of(cls, made: VersionMade) -> VersionMadeOut:
        """Write a version."""
        found = violations(made.plan)
        return cls(
            plan=made.head.id,
            state=made.head.state,
            version=made.head.version,
            revision=made.head.revision,
            feasible=not found,
            violations=[ViolationOut(code=v.code, where=v.where, amount=v.amount) for v in found],
            objective_cents=made.plan.cost.total,
            unserved=len(made.plan.unserved),
            kept=made.kept,
            difference=DifferenceOut(
                since_version=made.since,
                cost_cents=made.difference.cost_cents,
                parts_cents=dict(made.difference.parts_cents),
                words=list(made.difference.words),
            ),
        )


class LineOut(BaseModel):
    """The name of an order line."""

    order: str
    line: str


class OrdersTakenOut(AcceptedOut):
    """The job that plans the changed day, and what became of every row."""

    added: list[LineOut]
    cancelled: list[LineOut]

    @classmethod
    def taken(cls, taken: OrdersTaken) -> OrdersTakenOut:
        """Show what became of a change of orders."""
        return cls(
            **job_values(taken.job, None),
            rows=taken.rows,
            refused_rows=taken.rows - len(taken.added),
            refused=[_fault(fault) for fault in taken.refused],
            added=[LineOut(order=key.order, line=key.line) for key in taken.added],
            cancelled=[LineOut(order=key.order, line=key.line) for key in taken.cancelled],
        )


def _fault(fault: Fault) -> FaultOut:
    return FaultOut(code=fault.code, place=fault.place, cause=fault.cause, action=fault.action)


class PlanChangeOut(BaseModel):
    """What somebody did to a plan."""

    revision: int
    change: str
    version: int
    state: str
    note: str
    accepted: Annotated[str | None, Field(description="Why violations were accepted.")]
    changed_at: datetime
    changed_by: str

    @classmethod
    def of(cls, change: PlanChange) -> PlanChangeOut:
        """Write a change."""
        return cls(
            revision=change.revision,
            change=change.change,
            version=change.version,
            state=change.state,
            note=change.note,
            accepted=change.accepted,
            changed_at=change.changed_at,
            changed_by=change.changed_by,
        )


class PlanChangeList(BaseModel):
    """What people did to a plan, the oldest first."""

    items: list[PlanChangeOut]
