"""Who changed what, and who tried to: rows are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from api.storage.database import Transaction
from api.storage.tables import audit

LONGEST_SUBJECT = 300


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
    """Append a note."""
    values = {name: getattr(note, name) for name in AuditNote.__slots__}
    values["subject"] = note.subject[:LONGEST_SUBJECT]
    tx.execute(insert(audit).values(values))


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
