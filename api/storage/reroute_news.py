"""What pickup points and devices are told of accepted cases, each until it is delivered.

A row is named after what it says, so what is written twice is there once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects import postgresql, sqlite

from api.storage.database import Transaction
from api.storage.tables import reroute_news, reroutes

LONGEST_ERROR = 500
EXPIRED = "it has expired"


class NewsKind(Enum):
    """What kind of news it is."""

    ETA = "eta"
    COMMAND = "command"


class NewsState(Enum):
    """Where a piece of news stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    NOT_SENT = "not_sent"
    """There is no way to send it; the error says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsRow:
    """A piece of news.

    Parameters
    ----------
    receiver
        The pickup point or the vehicle that it is for.
    body
        What is sent, as JSON; the same bytes at every try.
    next_try_at
        Not before this.
    expires_at
        Not after this; None never expires.
    """

    id: str
    reroute: str
    kind: NewsKind
    receiver: str
    body: bytes
    state: NewsState
    created_at: datetime
    next_try_at: datetime
    expires_at: datetime | None = None
    tries: int = 0
    error: str = ""
    delivered_at: datetime | None = None


_COLUMNS = [reroute_news.c[name] for name in NewsRow.__slots__]
_CHANGES = ("state", "next_try_at", "tries", "error", "delivered_at")


def add(tx: Transaction, rows: Iterable[NewsRow]) -> None:
    """Store news; what is there already stays as it is."""
    values = [_values(row) for row in rows]
    if values:
        insert = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
        kept = insert(reroute_news).on_conflict_do_nothing(index_elements=["id"])
        tx.execute(kept, values)


def of_reroute(tx: Transaction, reroute: str) -> list[NewsRow]:
    """Give all news of a case, points before vehicles."""
    query = select(*_COLUMNS).where(reroute_news.c.reroute == reroute)
    order = reroute_news.c.kind.desc(), reroute_news.c.receiver, reroute_news.c.id
    return [_row(row) for row in tx.execute(query.order_by(*order))]


def due(tx: Transaction, now: datetime, limit: int) -> list[NewsRow]:
    """Give what waits and may be tried now, the oldest first."""
    table = reroute_news.c
    waits = (table.state == NewsState.WAITING.value) & (table.next_try_at <= now)
    query = select(*_COLUMNS).where(waits).order_by(table.created_at, table.id).limit(limit)
    return [_row(row) for row in tx.execute(query)]


def tried(tx: Transaction, row: NewsRow) -> None:
    """Put down how a try went; what was decided before stays."""
    values = {name: value for name, value in _values(row).items() if name in _CHANGES}
    mine = (reroute_news.c.id == row.id) & (reroute_news.c.state == NewsState.WAITING.value)
    tx.execute(update(reroute_news).where(mine).values(values))


def find(tx: Transaction, news: str) -> NewsRow | None:
    """Give a piece of news; None where there is none of this id."""
    row = tx.execute(select(*_COLUMNS).where(reroute_news.c.id == news)).one_or_none()
    return None if row is None else _row(row)


def untold(tx: Transaction, since: datetime) -> list[str]:
    """Give the cases accepted or taken back since an instant, and nobody was told of that yet."""
    mine = reroute_news.c.reroute == reroutes.c.id
    told = select(reroute_news.c.id).where(mine, reroute_news.c.created_at >= reroutes.c.decided_at)
    query = select(reroutes.c.id).where(
        reroutes.c.state.in_(("accepted", "taken_back")),
        reroutes.c.decided_at >= since,
        ~told.exists(),
    )
    return list(tx.execute(query.order_by(reroutes.c.number)).scalars())


def _values(row: NewsRow) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in NewsRow.__slots__}
    values |= {"kind": row.kind.value, "state": row.state.value}
    return values | {"error": row.error[:LONGEST_ERROR]}


def _row(row: Row[Any]) -> NewsRow:
    values = row._asdict()
    values |= {"kind": NewsKind(values["kind"]), "state": NewsState(values["state"])}
    return NewsRow(**values)
