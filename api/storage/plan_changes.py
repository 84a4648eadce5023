"""What people did to plans, in their own words: rows are only ever added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from api.storage.database import Transaction
from api.storage.plans import NewVersion, PlanHead
from api.storage.tables import plan_changes


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """One change of a plan.

    Parameters
    ----------
    revision
        The revision that the change led to.
    change
        ``published``, ``pinned``, ``revised`` and so on.
    version, state
        The plan's after the change.
    accepted
        Why somebody let a version with violations be driven; None where there was none.
    """

    plan: str
    revision: int
    change: str
    version: int
    state: str
    note: str
    accepted: str | None
    changed_at: datetime
    changed_by: str


def made(head: PlanHead, number: int, new: NewVersion, accepted: str | None = None) -> PlanChange:
    """Word the change that a new version is.

    Parameters
    ----------
    head
        The plan as it was before.
    number, new
        The version.
    accepted
        Why violations were accepted.
    """
    return PlanChange(
        plan=head.id,
        revision=head.revision + 1,
        change=new.reason,
        version=number,
        state=head.state,
        note=new.note,
        accepted=accepted,
        changed_at=new.at,
        changed_by=new.by,
    )


_COLUMNS = [plan_changes.c[name] for name in PlanChange.__slots__]


def add(tx: Transaction, change: PlanChange) -> None:
    """Append a change."""
    values = {name: getattr(change, name) for name in PlanChange.__slots__}
    tx.execute(insert(plan_changes).values(values))


def of_plan(tx: Transaction, plan: str) -> list[PlanChange]:
    """Give all changes of a plan, the oldest first."""
    query = select(*_COLUMNS).where(plan_changes.c.plan == plan)
    rows = tx.execute(query.order_by(plan_changes.c.revision))
    return [PlanChange(**row._asdict()) for row in rows]
