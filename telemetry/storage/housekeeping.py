"""Old readings become buckets; what is older still goes.

A day is emptied in steps, each a transaction of its own: its readings are counted into buckets,
those around excursions are put aside raw, and all are taken out of the day. So nothing is counted
twice or lost when a step is broken off, nobody waits long for his turn to write, and a reading that
comes late meanwhile is taken by the next step. An empty day is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select, text

from telemetry.alarm.words import Excursion
from telemetry.readings import Channel
from telemetry.registry import Registry
from telemetry.storage.alarm_queries import excursions_touching
from telemetry.storage.database import Database
from telemetry.storage.days import OLD, table_of
from telemetry.storage.reading_tables import BUCKET_OF, COLUMNS
from telemetry.storage.retention import DAY_MS, Retention
from telemetry.storage.sensors import stored_numbers
from telemetry.storage.shelf import Shelf
from telemetry.storage.tables import readings_old, sensors

SENSORS_AT_ONCE = 100

Window = tuple[str | None, int, int]
"""Sensor, or None for all; first and last instant."""

CURRENT = "telemetry_buckets"
MERGED = f"""
ON CONFLICT (sensor, channel, at_ms) DO UPDATE SET
 mean = ({CURRENT}.mean * {CURRENT}.count + excluded.mean * excluded.count)
 / ({CURRENT}.count + excluded.count),
 count = {CURRENT}.count + excluded.count,
 low = CASE WHEN excluded.low < {CURRENT}.low THEN excluded.low ELSE {CURRENT}.low END,
 high = CASE WHEN excluded.high > {CURRENT}.high THEN excluded.high ELSE {CURRENT}.high END
"""


class HouseKeeping:
    """Downsamples and drops.

    Parameters
    ----------
    shelf
        Learns when days are gone.
    registry
        Says which sensors measured at the point of an excursion; without it the readings of all
        sensors of that time are kept.
    """

    def __init__(
        self,
        database: Database,
        shelf: Shelf,
        retention: Retention,
        registry: Registry | None,
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._retention = retention
        self._registry = registry

    def run(self, now_ms: int) -> None:
        """Do all that is due at an instant."""
        first_kept = now_ms // DAY_MS - self._retention.raw_days
        with self._database.read() as tx:
            days = [day for day in self._shelf.tables.days(tx) if day < first_kept]
        for day in days:
            while not self._step(day):
                pass
        with self._database.write() as tx:
            self._count_old(tx, first_kept * DAY_MS)
        self._expire(now_ms - self._retention.kept_days * DAY_MS)

    def _step(self, day: int) -> bool:
        """Take some readings out of a day, or drop it; say whether it is gone."""
        with self._database.write() as tx:
            if day not in self._shelf.tables.days(tx):
                return True
            part = self._shelf.tables.part_of(tx, day)
            if part is None:
                self._shelf.tables.drop_day(tx, day)
            else:
                self._empty(tx, day, part)
        if part is None:
            self._shelf.forget_days()
        return part is None

    def _empty(self, tx: Connection, day: int, part: str) -> None:
        table = table_of(day)
        tx.execute(text(_into_buckets(table, part)))
        windows = self._windows(tx, day * DAY_MS, (day + 1) * DAY_MS)
        for chosen, span in _numbered(tx, windows):
            kept = text(
                f"INSERT INTO {table_of(OLD)} ({COLUMNS}, counted) SELECT {COLUMNS}, 1"
                f" FROM {table} WHERE {part} AND {chosen} ON CONFLICT DO NOTHING"
            )
            tx.execute(kept, span)
        tx.execute(text(f"DELETE FROM {table} WHERE {part}"))

    def _count_old(self, tx: Connection, before_ms: int) -> None:
        """Do with what was very old when it came as with a day."""
        table = table_of(OLD)
        uncounted = readings_old.c.counted == 0
        query = select(func.min(readings_old.c.at_ms), func.max(readings_old.c.at_ms)).where(
            uncounted, readings_old.c.at_ms < before_ms
        )
        first_ms, last_ms = tx.execute(query).one()
        if first_ms is None:
            return
        for chosen, span in _numbered(tx, self._windows(tx, first_ms, last_ms)):
            kept = text(
                f"UPDATE {table} SET counted = 2"
                f" WHERE counted = 0 AND at_ms < :before_ms AND {chosen}"
            )
            tx.execute(kept, {**span, "before_ms": before_ms})
        due = {"before_ms": before_ms}
        tx.execute(text(_into_buckets(table, "counted <> 1 AND at_ms < :before_ms")), due)
        tx.execute(text(f"DELETE FROM {table} WHERE counted = 0 AND at_ms < :before_ms"), due)
        tx.execute(text(f"UPDATE {table} SET counted = 1 WHERE counted = 2"))

    def _expire(self, before_ms: int) -> None:
        with self._database.write() as tx:
            due = {"before_ms": before_ms}
            tx.execute(text(f"DELETE FROM {table_of(OLD)} WHERE at_ms < :before_ms"), due)
            most = tx.execute(select(func.max(sensors.c.id))).scalar() or 0
        # By the beginning of the key: a scan of two years of buckets would take its time.
        gone = text(
            f"DELETE FROM {CURRENT} WHERE sensor = :sensor AND channel = :channel"
            " AND at_ms < :before_ms"
        )
        for start in range(1, most + 1, SENSORS_AT_ONCE):
            numbers = range(start, min(start + SENSORS_AT_ONCE, most + 1))
            with self._database.write() as tx:
                rows = [
                    {"sensor": number, "channel": int(channel), "before_ms": before_ms}
                    for number in numbers
                    for channel in Channel
                ]
                tx.execute(gone, rows)

    def _windows(self, tx: Connection, from_ms: int, to_ms: int) -> Sequence[Window]:
        """Give what is kept raw around excursions that come near a stretch of time."""
        margin = self._retention.margin_ms
        found: list[Window] = []
        for excursion in excursions_touching(tx, None, from_ms - margin, to_ms + margin):
            end = to_ms if excursion.to_ms is None else excursion.to_ms + margin
            span = (max(excursion.from_ms - margin, from_ms), min(end, to_ms))
            found.extend((sensor, *span) for sensor in self._sensors_of(excursion, span))
        return found

    def _sensors_of(self, excursion: Excursion, span: tuple[int, int]) -> Iterable[str | None]:
        if self._registry is None:
            return [None]
        first, last = span
        return [
            placement.sensor
            for placement in self._registry.placements_at(excursion.point)
            if (placement.from_ms is None or placement.from_ms <= last)
            and (placement.to_ms is None or placement.to_ms > first)
        ]


def _into_buckets(table: str, chosen: str) -> str:
    return (
        f"INSERT INTO {CURRENT} (sensor, channel, at_ms, count, low, mean, high)"
        f" SELECT sensor, channel, {BUCKET_OF}, count(*), min(value), avg(value), max(value)"
        f" FROM {table} WHERE {chosen} GROUP BY 1, 2, 3 {MERGED}"
    )


def _numbered(tx: Connection, windows: Sequence[Window]) -> Iterable[tuple[str, dict[str, int]]]:
    """Give windows as conditions with their values."""
    numbers = stored_numbers(tx, sorted({name for name, _, _ in windows if name is not None}))
    for name, from_ms, to_ms in windows:
        span = {"from_ms": from_ms, "to_ms": to_ms}
        within = "at_ms >= :from_ms AND at_ms <= :to_ms"
        if name is None:
            yield within, span
        elif name in numbers:
            yield f"sensor = :sensor AND {within}", {**span, "sensor": numbers[name]}
