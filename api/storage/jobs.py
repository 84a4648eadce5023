"""Jobs: what was asked, how far it is, and what became of it.

States: queued -> running -> succeeded | stopped | failed; running -> queued after a restart.
Every change of state names the state that it leaves, so a job ends once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from api.storage.database import Transaction
from api.storage.tables import jobs

QUEUED, RUNNING, SUCCEEDED, STOPPED, FAILED = "queued", "running", "succeeded", "stopped", "failed"
OPEN = (QUEUED, RUNNING)
SCENARIO = "scenario"
"""The kind of jobs that make no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """One job.

    Parameters
    ----------
    kind
        ``plan`` makes a plan, ``replan`` a version of one, ``judge`` judges one that was sent,
        ``scenario`` runs a scenario.
    request
        Limit, seed, engine, and what a replan holds fixed.
    plan
        The plan that is made, or of which a version is made; of a scenario the run.
    base_version
        The version that a replan began with.
    cause
        A problem detail where the job failed.
    """

    id: str
    kind: str
    state: str
    problem: str
    request: Mapping[str, Any]
    plan: str
    base_version: int | None
    result_version: int | None
    attempt: int
    stop_asked: bool
    cause: Mapping[str, Any] | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    finished_at: datetime | None
    idempotency_key: str | None

    @property
    def is_open(self) -> bool:
        """Say whether the job is still to end."""
        return self.state in OPEN


_COLUMNS = [jobs.c[name] for name in JobRow.__slots__]


def add(tx: Transaction, job: JobRow) -> None:
    """Store a job.

    Raises
    ------
    Clash
        The sender used this idempotency key before.
    """
    tx.execute(insert(jobs).values({name: getattr(job, name) for name in JobRow.__slots__}))


def find(tx: Transaction, job: str) -> JobRow | None:
    """Give a job; None where there is none of this id."""
    row = tx.execute(select(*_COLUMNS).where(jobs.c.id == job)).one_or_none()
    return None if row is None else _job(row)


def asked_before(tx: Transaction, created_by: str, key: str) -> JobRow | None:
    """Give the job that the same sender asked for with the same idempotency key."""
    same = (jobs.c.created_by == created_by) & (jobs.c.idempotency_key == key)
    row = tx.execute(select(*_COLUMNS).where(same)).one_or_none()
    return None if row is None else _job(row)


def newest(
    tx: Transaction, *, limit: int, plan: str | None = None, kind: str | None = None
) -> list[JobRow]:
    """Give jobs, the newest first; those of one plan, or of one kind, where it is named."""
    query = select(*_COLUMNS).order_by(jobs.c.number.desc()).limit(limit)
    if plan is not None:
        query = query.where(jobs.c.plan == plan)
    if kind is not None:
        query = query.where(jobs.c.kind == kind)
    return [_job(row) for row in tx.execute(query)]


def in_state(tx: Transaction, state: str) -> list[JobRow]:
    """Give all jobs in a state, in the order they were asked."""
    query = select(*_COLUMNS).where(jobs.c.state == state).order_by(jobs.c.number)
    return [_job(row) for row in tx.execute(query)]


def count(tx: Transaction, state: str) -> int:
    """Count the jobs in a state."""
    query = select(func.count()).select_from(jobs).where(jobs.c.state == state)
    number: int = tx.execute(query).scalar_one()
    return number


def begin(tx: Transaction, job: str, at: datetime) -> bool:
    """Mark a queued job as running, one attempt more; False where it is not queued any more."""
    known = (jobs.c.id == job) & (jobs.c.state == QUEUED)
    begun = update(jobs).where(known)
    values = {"state": RUNNING, "started_at": at, "attempt": jobs.c.attempt + 1}
    return tx.execute(begun.values(values)).rowcount == 1


def requeue(tx: Transaction, job: str) -> bool:
    """Put a running job back, because what ran it is gone; False where it does not run."""
    known = (jobs.c.id == job) & (jobs.c.state == RUNNING)
    return tx.execute(update(jobs).where(known).values(state=QUEUED)).rowcount == 1


def ask_to_stop(tx: Transaction, job: str) -> bool:
    """Note that somebody wants the job to end; False where it has ended."""
    known = (jobs.c.id == job) & jobs.c.state.in_(OPEN)
    return tx.execute(update(jobs).where(known).values(stop_asked=True)).rowcount == 1


def end(
    tx: Transaction,
    job: str,
    state: str,
    at: datetime,
    *,
    result_version: int | None = None,
    cause: Mapping[str, Any] | None = None,
) -> bool:
    """End a job; False where it has ended before."""
    known = (jobs.c.id == job) & jobs.c.state.in_(OPEN)
    values = {"state": state, "finished_at": at, "result_version": result_version, "cause": cause}
    return tx.execute(update(jobs).where(known).values(values)).rowcount == 1


def _job(row: Row[Any]) -> JobRow:
    return JobRow(**row._asdict())
