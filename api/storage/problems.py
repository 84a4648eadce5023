"""Problems as they were asked, named after their content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from api.road.lots import AskedBatch
from api.storage import tracing
from api.storage.database import Transaction
from api.storage.tables import problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRow:
    """One stored problem; ``document`` is its JSON form, ``digest`` that of the domain.

    Parameters
    ----------
    batches
        What its lines are to be served from; written, and not read again.
    """

    id: str
    name: str
    digest: str
    document: bytes
    lines: int
    created_at: datetime
    batches: Sequence[AskedBatch] = ()


def keep(tx: Transaction, row: ProblemRow) -> None:
    """Store a problem; the same content twice is one row."""
    values = {field: getattr(row, field) for field in ProblemRow.__slots__ if field != "batches"}
    insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    tx.execute(insert(problems).values(values).on_conflict_do_nothing(index_elements=["id"]))
    tracing.keep_asked(tx, row.id, row.batches)


def find(tx: Transaction, problem: str) -> ProblemRow | None:
    """Give a problem; None where there is none of this id."""
    row = tx.execute(select(problems).where(problems.c.id == problem)).one_or_none()
    return None if row is None else ProblemRow(**row._asdict())
