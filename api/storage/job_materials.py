"""Plans that jobs begin with: one to judge, or the one that a replan changes."""

from __future__ import annotations

from sqlalchemy import insert, select

from api.storage.database import Transaction
from api.storage.tables import job_materials


def keep(tx: Transaction, job: str, document: bytes) -> None:
    """Store the PLAN.json that a job begins with."""
    tx.execute(insert(job_materials).values(job=job, document=document))


def find(tx: Transaction, job: str) -> bytes | None:
    """Give the PLAN.json that a job begins with; None where it begins with none."""
    query = select(job_materials.c.document).where(job_materials.c.job == job)
    found: bytes | None = tx.execute(query).scalar()
    return found
