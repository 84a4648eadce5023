"""Order rows to send again, until a plan takes them along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from api.storage.database import Transaction
from api.storage.tables import resends, tasks
from api.storage.tasks import DONE


def add(tx: Transaction, task: str, row: Mapping[str, Any], at: datetime) -> None:
    """Store the order row of a resend, in the form of ``orders.csv``.

    Raises
    ------
    Clash
        The task has a resend already.
    """
    values = {"task": task, "row": dict(row), "taken_by": None, "created_at": at}
    tx.execute(insert(resends).values(values))


def pending(tx: Transaction) -> list[tuple[str, dict[str, Any]]]:
    """Give the tasks and order rows that no plan has taken yet, the oldest first.

    On PostgreSQL another transaction that asks waits until this one ends, so that no row is
    given to two plans; in a transaction that only reads, use ``waiting``.
    """
    query = _open().with_for_update()
    return [(task, dict(row)) for task, row in tx.execute(query)]


def waiting(tx: Transaction) -> list[tuple[str, dict[str, Any]]]:
    """Give the same as ``pending``, only to look at."""
    return [(task, dict(row)) for task, row in tx.execute(_open())]


def take(
    tx: Transaction, task_ids: Sequence[str], taken_by: str, at: datetime | None = None
) -> None:
    """Note that a plan takes rows along; a row that is taken stays with the first taker.

    Parameters
    ----------
    tx
        The transaction that makes the plan.
    task_ids
        Tasks as ``pending`` gave them.
    taken_by
        The plan or job.
    at
        When; with it the tasks are ended, because nothing is left to do for people.
    """
    if not task_ids:
        return
    free = resends.c.task.in_(task_ids) & resends.c.taken_by.is_(None)
    tx.execute(update(resends).where(free).values(taken_by=taken_by))
    if at is None:
        return
    mine = select(resends.c.task).where(
        resends.c.task.in_(task_ids), resends.c.taken_by == taken_by
    )
    still_open = tasks.c.id.in_(mine) & (tasks.c.state != DONE)
    outcome = {"action": "resent", "note": f"goes with {taken_by}"}
    ended = {"state": DONE, "done_at": at, "done_by": taken_by, "outcome": outcome}
    tx.execute(update(tasks).where(still_open).values(ended))


def give_back(tx: Transaction, taken_by: str) -> None:
    """Set rows free again whose plan did not come about."""
    tx.execute(update(resends).where(resends.c.taken_by == taken_by).values(taken_by=None))


def taker(tx: Transaction, task: str) -> str | None:
    """Say which plan took a row along; None where none did yet."""
    found: str | None = tx.execute(
        select(resends.c.taken_by).where(resends.c.task == task)
    ).scalar()
    return found


def _open() -> Any:  # noqa: ANN401 - a query of SQLAlchemy
    free = resends.c.taken_by.is_(None)
    return (
        select(resends.c.task, resends.c.row)
        .where(free)
        .order_by(resends.c.created_at, resends.c.task)
    )
