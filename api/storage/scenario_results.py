"""Answers of scenario runs, apart from the jobs that they came from, for they are large."""

from __future__ import annotations

from sqlalchemy import insert, select

from api.storage.database import Transaction
from api.storage.tables import scenario_results


def keep(tx: Transaction, job: str, document: bytes) -> None:
    """Store the answer that a job ended with."""
    tx.execute(insert(scenario_results).values(job=job, document=document))


def find(tx: Transaction, job: str) -> bytes | None:
    """Give the answer of a job; None where it has none, or not yet."""
    query = select(scenario_results.c.document).where(scenario_results.c.job == job)
    found: bytes | None = tx.execute(query).scalar()
    return found
