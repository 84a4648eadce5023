"""What became no reading: kept aside with its bytes, and counted by the hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, func, insert, select, update

from telemetry.readings import Aside, Reason
from telemetry.storage.retention import HOUR_MS, Retention
from telemetry.storage.tables import asides, counts
from telemetry.storage.upserts import put_new


def keep_aside(tx: Connection, some: Sequence[Aside], retention: Retention) -> None:
    """Keep messages; the oldest give way beyond the bound."""
    if not some:
        return
    rows = [
        {
            "reason": aside.reason.value,
            "detail": _as_text(aside.detail),
            "topic": _as_text(aside.topic),
            "payload": aside.payload[: retention.aside_bytes],
            "arrived_ms": aside.arrived_ms,
        }
        for aside in some[-retention.asides :]
    ]
    tx.execute(insert(asides), rows)
    newest_first = select(asides.c.number).order_by(asides.c.number.desc())
    beyond = newest_first.offset(retention.asides).limit(1)
    tx.execute(delete(asides).where(asides.c.number <= beyond.scalar_subquery()))


def asides_of(tx: Connection, reason: Reason | None, limit: int) -> Sequence[Aside]:
    """Give what was kept, newest first."""
    chosen = select(asides).order_by(asides.c.number.desc()).limit(limit)
    if reason is not None:
        chosen = chosen.where(asides.c.reason == reason.value)
    return [
        Aside(Reason(row.reason), row.detail, row.topic, row.payload, row.arrived_ms)
        for row in tx.execute(chosen)
    ]


def count(tx: Connection, at_ms: int, added: Mapping[Reason, int]) -> None:
    """Add to the counts of an hour."""
    hour_ms = at_ms - at_ms % HOUR_MS
    # In one order, so that two ingesters do not wait for each other.
    for reason in sorted(added, key=lambda reason: reason.value):
        key = {"hour_ms": hour_ms, "reason": reason.value}
        put_new(tx, counts, [{**key, "number": 0}])
        chosen = update(counts).filter_by(**key)
        tx.execute(chosen.values(number=counts.c.number + added[reason]))


def counts_of(tx: Connection, from_ms: int, to_ms: int) -> Mapping[Reason, int]:
    """Give sums per reason over the hours that touch a stretch of time."""
    total = func.sum(counts.c.number).label("number")
    within = (counts.c.hour_ms > from_ms - HOUR_MS, counts.c.hour_ms < to_ms)
    rows = tx.execute(select(counts.c.reason, total).where(*within).group_by(counts.c.reason))
    return {Reason(row.reason): int(row.number) for row in rows}


def _as_text(words: str) -> str:
    """Give words that any database takes: without half characters and without NUL."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")
