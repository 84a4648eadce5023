"""Questions about the database as a whole, which figures, health and doctor ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select

from api.storage.database import Transaction, migration_config
from api.storage.jobs import FAILED, QUEUED, RUNNING, STOPPED, SUCCEEDED
from api.storage.tables import jobs

STATES = (QUEUED, RUNNING, SUCCEEDED, STOPPED, FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedJob:
    """How long a job took."""

    state: str
    finished_at: datetime
    seconds: float


def jobs_by_state(tx: Transaction) -> dict[str, int]:
    """Count the jobs in every state."""
    query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
    rows = ((state, number) for state, number in tx.execute(query))
    return dict.fromkeys(STATES, 0) | dict(rows)


def jobs_ended_after(tx: Transaction, instant: datetime) -> list[EndedJob]:
    """Give the jobs that ended after an instant and had begun, the first to end first."""
    columns = (jobs.c.state, jobs.c.started_at, jobs.c.finished_at)
    late = (jobs.c.finished_at > instant) & jobs.c.started_at.is_not(None)
    query = select(*columns).where(late).order_by(jobs.c.finished_at)
    return [
        EndedJob(state=state, finished_at=ended, seconds=(ended - begun).total_seconds())
        for state, begun, ended in tx.execute(query)
    ]


def revision(tx: Transaction) -> str | None:
    """Give the migration that the tables stand at; None where there are no tables."""
    return MigrationContext.configure(tx).get_current_revision()


def newest_revision(tx: Transaction) -> str | None:
    """Give the last migration that this coldgrid knows."""
    return ScriptDirectory.from_config(migration_config(tx)).get_current_head()


def is_writable(tx: Transaction) -> bool:
    """Say whether a transaction that was opened to write may do so."""
    if tx.dialect.name == "sqlite":
        # It would not have been opened.
        return True
    answer: str = tx.exec_driver_sql("SHOW transaction_read_only").scalar_one()
    return answer == "off"


def journal_mode(tx: Transaction) -> str:
    """Give how an SQLite file keeps its journal; ``wal`` is what coldgrid asks for."""
    mode: str = tx.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    return mode


def damages(tx: Transaction) -> list[str]:
    """Look through an SQLite file and give what is damaged."""
    found = [str(row[0]) for row in tx.exec_driver_sql("PRAGMA quick_check(10)")]
    return [] if found == ["ok"] else found
