"""Tasks for people, and the timers of goods that wait at a pickup point to become one.

A timer is a task that is not shown yet. Nothing has to wake up when it runs out: the query that
lists tasks looks at the clock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.road.tasks import NewTask, TaskKind
from api.storage.database import Transaction
from api.storage.tables import tasks

OPEN, TIMER, DONE = "open", "timer", "done"
DIGEST_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """One task as it is stored."""

    id: str
    kind: str
    source: str
    plan: str
    site: str
    order: str
    line: str
    severity: int
    body: Mapping[str, Any]
    state: str
    created_at: datetime
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    outcome: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which tasks a list shows.

    Parameters
    ----------
    shown_until
        Timers that are due later are not shown.
    overdue_at
        Only open tasks that were due before this moment; None means all.
    sites
        Only tasks of these sites; None means all.
    after
        The id of the last task of the page before.
    """

    shown_until: datetime
    state: str | None = None
    kind: str | None = None
    overdue_at: datetime | None = None
    sites: frozenset[str] | None = None
    after: str | None = None
    limit: int = 100


_COLUMNS = [tasks.c[name] for name in TaskRow.__slots__]


def task_id(kind: TaskKind, source: str) -> str:
    """Name a task after its cause."""
    named = f"{kind.value}\n{source}".encode()
    return "task-" + hashlib.sha256(named).hexdigest()[:DIGEST_LENGTH]


def add(tx: Transaction, new: NewTask, at: datetime, state: str = OPEN) -> bool:
    """Store a task; False where one of the same cause is there already."""
    kept = _insert(tx, new, at, state).on_conflict_do_nothing(index_elements=["kind", "source"])
    return tx.execute(kept.returning(tasks.c.id)).first() is not None


def wind(tx: Transaction, new: NewTask, at: datetime) -> None:
    """Start a timer, or set it anew as long as nobody has ended its task."""
    written = _insert(tx, new, at, TIMER)
    renewed = written.on_conflict_do_update(
        index_elements=["kind", "source"],
        set_={"due_at": written.excluded.due_at, "body": written.excluded.body},
        where=tasks.c.state == TIMER,
    )
    tx.execute(renewed)


def stop_timer(tx: Transaction, source: str) -> None:
    """Take a timer away: nothing waits any more."""
    same = (tasks.c.kind == TaskKind.UNCOLLECTED.value) & (tasks.c.source == source)
    tx.execute(delete(tasks).where(same, tasks.c.state == TIMER))


def find(tx: Transaction, task: str) -> TaskRow | None:
    """Give a task; None where there is none of this id."""
    row = tx.execute(select(*_COLUMNS).where(tasks.c.id == task)).one_or_none()
    return None if row is None else _task(row)


def wanted(tx: Transaction, which: Wanted) -> list[TaskRow]:
    """Give tasks, those due first first."""
    query = select(*_COLUMNS).where(_shown(which.shown_until))
    if which.state is not None:
        states = (DONE,) if which.state == DONE else (OPEN, TIMER)
        query = query.where(tasks.c.state.in_(states))
    if which.kind is not None:
        query = query.where(tasks.c.kind == which.kind)
    if which.overdue_at is not None:
        query = query.where(tasks.c.state != DONE, tasks.c.due_at < which.overdue_at)
    if which.sites is not None:
        query = query.where(tasks.c.site.in_(sorted(which.sites)))
    if which.after is not None:
        query = query.where(_after(tx, which.after))
    ordered = query.order_by(tasks.c.due_at, tasks.c.id).limit(which.limit)
    return [_task(row) for row in tx.execute(ordered)]


def end(tx: Transaction, task: str, at: datetime, by: str, outcome: Mapping[str, Any]) -> bool:
    """End a task; False where it has ended before."""
    still_open = (tasks.c.id == task) & (tasks.c.state != DONE)
    values = {"state": DONE, "done_at": at, "done_by": by, "outcome": dict(outcome)}
    return tx.execute(update(tasks).where(still_open).values(values)).rowcount == 1


def of_line(tx: Transaction, kind: TaskKind, plan: str, order: str, line: str) -> list[TaskRow]:
    """Give the tasks of a kind that are about one line of a plan."""
    same = (tasks.c.plan == plan) & (tasks.c.order == order) & (tasks.c.line == line)
    query = select(*_COLUMNS).where(same, tasks.c.kind == kind.value)
    return [_task(row) for row in tx.execute(query.order_by(tasks.c.created_at))]


def _shown(until: datetime) -> ColumnElement[bool]:
    return or_(tasks.c.state != TIMER, tasks.c.due_at <= until)


def _after(tx: Transaction, last: str) -> ColumnElement[bool]:
    due_at = select(tasks.c.due_at).where(tasks.c.id == last).scalar_subquery()
    return or_(tasks.c.due_at > due_at, (tasks.c.due_at == due_at) & (tasks.c.id > last))


def _insert(tx: Transaction, new: NewTask, at: datetime, state: str) -> Any:  # noqa: ANN401 - an insert of either dialect
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    return insert(tasks).values(
        id=task_id(new.kind, new.source),
        kind=new.kind.value,
        source=new.source,
        plan=new.plan,
        site=new.site,
        order=new.order,
        line=new.line,
        severity=new.severity.value,
        body=dict(new.body),
        state=state,
        created_at=at,
        due_at=new.due_at,
    )


def _task(row: Row[Any]) -> TaskRow:
    return TaskRow(**row._asdict())
