"""What is asked of alarms, their events and excursions."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from telemetry.alarm.words import Alarm, Excursion
from telemetry.ports import NumberedEvent
from telemetry.storage.documents import ALARM, EVENT, EXCURSION
from telemetry.storage.tables import alarms, events, excursions


def alarms_of(
    tx: Connection,
    *,
    open_only: bool,
    points: Sequence[str] | None,
    from_ms: int | None,
    to_ms: int | None,
    limit: int,
) -> Sequence[Alarm]:
    """Give alarms that were raised in a stretch of time, newest first."""
    chosen = select(alarms.c.document)
    if open_only:
        chosen = chosen.where(alarms.c.is_open)
    if points is not None:
        chosen = chosen.where(alarms.c.point.in_(points))
    if from_ms is not None:
        chosen = chosen.where(alarms.c.raised_ms >= from_ms)
    if to_ms is not None:
        chosen = chosen.where(alarms.c.raised_ms < to_ms)
    rows = tx.execute(chosen.order_by(alarms.c.raised_ms.desc(), alarms.c.id).limit(limit))
    return [ALARM.decode(row.document) for row in rows]


def alarm_of(tx: Connection, alarm_id: str) -> Alarm | None:
    """Give one alarm."""
    document = tx.execute(select(alarms.c.document).where(alarms.c.id == alarm_id)).scalar()
    return None if document is None else ALARM.decode(document)


def events_after(
    tx: Connection, after: int, limit: int, alarm_id: str | None
) -> Sequence[NumberedEvent]:
    """Give alarm events behind a number, in order."""
    chosen = select(events.c.number, events.c.document).where(events.c.number > after)
    if alarm_id is not None:
        chosen = chosen.where(events.c.alarm == alarm_id)
    rows = tx.execute(chosen.order_by(events.c.number).limit(limit))
    return [NumberedEvent(row.number, EVENT.decode(row.document)) for row in rows]


def last_event(tx: Connection) -> int:
    """Give the number of the newest event; 0 where there is none."""
    # Asked by every waiter all the time: as text, it need not be put together each time.
    return tx.exec_driver_sql(f"SELECT max(number) FROM {events.name}").scalar() or 0


def excursions_touching(
    tx: Connection, points: Sequence[str] | None, from_ms: int, to_ms: int
) -> Sequence[Excursion]:
    """Give excursions that touch a stretch of time, both ends included, by point and time."""
    ends_late = or_(excursions.c.to_ms.is_(None), excursions.c.to_ms >= from_ms)
    chosen = select(excursions.c.document).where(excursions.c.from_ms <= to_ms, ends_late)
    if points is not None:
        chosen = chosen.where(excursions.c.point.in_(points))
    rows = tx.execute(chosen.order_by(excursions.c.point, excursions.c.from_ms, excursions.c.kind))
    return [EXCURSION.decode(row.document) for row in rows]
