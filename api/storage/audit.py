"""Who changed what, and who tried to: rows are only ever added, and chained by digests.

Triggers of the database refuse to change or take away a row; ``audit_chain`` tells who got round
them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text

from api.storage.audit_chain import BEGIN, ChainReport, Link, digest_of, walk
from api.storage.database import Transaction
from api.storage.tables import audit

LONGEST_SUBJECT = 300
PAGE = 1000
"""So many notes are in memory at a time while the chain is checked."""

ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7226319)")
"""PostgreSQL: who appends waits until the note before is committed. SQLite has one writer.

Not the lock of ``claim``, which a service holds for as long as it lives.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditNote:
    """One request that changed something, or was refused.

    Parameters
    ----------
    action
        The route's operation id, or the words of a command.
    subject
        What it was about, e.g. ``plan=P1``.
    status
        How it was answered: an HTTP status, or the exit code of a command.
    """

    at: datetime
    actor: str
    role: str
    action: str
    subject: str
    status: int
    request_id: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedNote:
    """A note with its place in the log."""

    number: int
    note: AuditNote


_NOTE = [audit.c[name] for name in AuditNote.__slots__]


def add(tx: Transaction, note: AuditNote) -> None:
    """Append a note, chained to the one before it."""
    values = {name: getattr(note, name) for name in AuditNote.__slots__}
    values["subject"] = note.subject[:LONGEST_SUBJECT]
    if tx.dialect.name == "postgresql":
        tx.execute(ONE_AT_A_TIME)
    last = select(audit.c.digest).order_by(audit.c.number.desc()).limit(1)
    before = tx.execute(last).scalar_one_or_none()
    # An empty one was put there by somebody else: the chain goes on, and stays broken there.
    values["digest"] = digest_of(BEGIN if before is None else before, values)
    tx.execute(insert(audit).values(values))


def check_chain(tx: Transaction, kept_head: str | None = None) -> ChainReport:
    """Recompute the whole chain; see ``audit_chain.walk``."""
    return walk(_links(tx), kept_head)


def _links(tx: Transaction) -> Iterator[Link]:
    """Give all notes, the oldest first, a page at a time."""
    # Not from 1: whoever tampers may choose any number.
    query = select(audit.c.number, audit.c.digest, *_NOTE).order_by(audit.c.number).limit(PAGE)
    rows = tx.execute(query).all()
    while rows:
        for row in rows:
            yield Link(number=row.number, digest=row.digest, values=row._asdict())
        rows = tx.execute(query.where(audit.c.number > rows[-1].number)).all()


def newest(
    tx: Transaction,
    *,
    limit: int,
    before: int | None = None,
    actor: str | None = None,
    action: str | None = None,
) -> list[NumberedNote]:
    """Give notes, the newest first.

    Parameters
    ----------
    tx
        A transaction.
    limit
        So many at most.
    before
        Only notes with a smaller number: where the page before ended.
    actor, action
        Only notes of this actor, this action.
    """
    query = select(audit.c.number, *_NOTE).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.number < before)
    if actor is not None:
        query = query.where(audit.c.actor == actor)
    if action is not None:
        query = query.where(audit.c.action == action)
    found = (row._asdict() for row in tx.execute(query))
    return [NumberedNote(number=row.pop("number"), note=AuditNote(**row)) for row in found]
