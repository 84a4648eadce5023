"""Readings as the rest of the store sees them: by the name of their sensor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from threading import Lock
from typing import Any

from sqlalchemy import Connection, select

from telemetry.ports import Bucket
from telemetry.readings import Channel, Mark, Reading
from telemetry.storage.days import OLD, Key, Row, by_day
from telemetry.storage.reading_tables import COLUMNS, BucketRow, ReadingTables
from telemetry.storage.retention import BUCKET_MS, Retention
from telemetry.storage.sensors import SensorNumbers, add_sensors
from telemetry.storage.tables import buckets, latest

CHANNELS = {int(channel): channel for channel in Channel}
MARKS = {number: Mark(number) for number in range(16)}
"""Looked up: making an enumeration's member costs as much as the rest of a reading."""


class Fresh:
    """What a transaction has made that nobody else may rely on before it is committed."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}
        self.days: set[int] = set()


class Shelf:
    """Puts readings away and finds them again.

    Parameters
    ----------
    tables
        How this kind of database does it.
    """

    def __init__(self, tables: ReadingTables, retention: Retention) -> None:
        self.tables = tables
        self.numbers = SensorNumbers()
        self._retention = retention
        self._lock = Lock()
        self._days: frozenset[int] = frozenset()

    def learn(self, fresh: Fresh) -> None:
        """Take up what a transaction has made: it is committed."""
        if fresh.numbers:
            self.numbers.learn(fresh.numbers)
        if fresh.days:
            with self._lock:
                self._days |= fresh.days

    def forget_days(self) -> None:
        """Look anew which days have a table."""
        with self._lock:
            self._days = frozenset()

    def add(self, tx: Connection, fresh: Fresh, readings: Sequence[Reading]) -> int:
        """Store readings; say how many were new."""
        rows = self._rows(tx, fresh, readings)
        new = sum(self.tables.add(tx, day, part) for day, part in self._sorted_in(tx, fresh, rows))
        self._put_latest(tx, rows)
        return new

    def add_naming(
        self, tx: Connection, fresh: Fresh, readings: Sequence[Reading]
    ) -> Sequence[Reading]:
        """Store readings; give those that were new, in the order in which they came."""
        rows = self._rows(tx, fresh, readings)
        new: set[Key] = set()
        for day, part in self._sorted_in(tx, fresh, rows):
            new.update(self.tables.add_naming(tx, day, part))
        self._put_latest(tx, rows)
        numbers = {**self.numbers.numbers, **fresh.numbers}
        taken: list[Reading] = []
        for reading in readings:
            key = _key(numbers[reading.sensor], reading)
            if key in new:
                new.remove(key)
                taken.append(reading)
        return taken

    def read(
        self,
        tx: Connection,
        sensors: Sequence[str],
        channel: Channel,
        span: tuple[int, int],
        limit: int | None,
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value."""
        numbers = self.numbers.find(tx, sensors)
        names = {number: name for name, number in numbers.items()}
        rows = self.tables.read(tx, list(names), int(channel), span, limit)
        return [_reading(names, row) for row in rows]

    def latest(self, tx: Connection, sensors: Sequence[str] | None) -> Sequence[Reading]:
        """Give the newest reading of every channel of sensors; of all where none is named."""
        if sensors is None:
            found = tx.exec_driver_sql(f"SELECT {COLUMNS} FROM {latest.name} ORDER BY 1, 2")
            rows = found.all()
            names = self.numbers.every_name(tx, {row[0] for row in rows})
            return [_reading(names, row) for row in rows]
        query = select(latest).order_by(latest.c.sensor, latest.c.channel)
        named = {number: name for name, number in self.numbers.find(tx, sensors).items()}
        chosen: list[Reading] = []
        for part in parts_of(list(named)):
            some = tx.execute(query.where(latest.c.sensor.in_(part)))
            chosen.extend(_reading(named, row) for row in some)
        return chosen

    def buckets(
        self, tx: Connection, sensors: Sequence[str], channel: Channel, span: tuple[int, int]
    ) -> Sequence[Bucket]:
        """Give whole buckets that touch a stretch of time, by time and sensor."""
        numbers = self.numbers.find(tx, sensors)
        names = {number: name for name, number in numbers.items()}
        whole = (_floor(span[0]), -_floor(-span[1]))
        rows: list[BucketRow] = []
        for part in parts_of(list(names)):
            stored = select(buckets).where(
                buckets.c.sensor.in_(part),
                buckets.c.channel == int(channel),
                buckets.c.at_ms >= whole[0],
                buckets.c.at_ms < whole[1],
            )
            rows.extend((*row,) for row in tx.execute(stored))
        rows.extend(self.tables.read_buckets(tx, list(names), int(channel), whole))
        return sorted(_merged(names, rows), key=lambda bucket: (bucket.at_ms, bucket.sensor))

    def _rows(self, tx: Connection, fresh: Fresh, readings: Sequence[Reading]) -> list[Row]:
        try:
            rows = _numbered(self.numbers.numbers, readings)
        except KeyError:
            known = {**self.numbers.numbers, **fresh.numbers}
            missing = {reading.sensor for reading in readings} - known.keys()
            fresh.numbers.update(add_sensors(tx, missing))
            rows = _numbered({**known, **fresh.numbers}, readings)
        rows.sort()
        return rows

    def _sorted_in(
        self, tx: Connection, fresh: Fresh, rows: Sequence[Row]
    ) -> Iterable[tuple[int, Sequence[Row]]]:
        if not rows:
            return []
        most = self._retention.table_days
        known = fresh.days or self._days
        parts = list(by_day(rows, known, most))
        if all(day in known for day, _ in parts):
            return parts
        # Another process may have made the day.
        fresh.days.update(self.tables.days(tx))
        parts = list(by_day(rows, fresh.days, most))
        for day, _ in parts:
            if day != OLD and day not in fresh.days:
                self.tables.open_day(tx, day)
                fresh.days.add(day)
        return parts

    def _put_latest(self, tx: Connection, rows: Sequence[Row]) -> None:
        # They are sorted: the last of a sensor and channel is its newest.
        newest = {(row[0], row[1]): row for row in rows}
        if newest:
            self.tables.put_latest(tx, list(newest.values()))


def parts_of(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    """Cut a list into parts that a database takes in one statement."""
    return (numbers[start : start + 1000] for start in range(0, len(numbers), 1000))


def _numbered(numbers: Mapping[str, int], readings: Sequence[Reading]) -> list[Row]:
    return [
        (
            numbers[reading.sensor],
            int(reading.channel),
            reading.at_ms,
            reading.sequence,
            reading.value,
            reading.arrived_ms,
            int(reading.marks),
        )
        for reading in readings
    ]


def _key(number: int, reading: Reading) -> Key:
    return number, int(reading.channel), reading.at_ms, reading.sequence, reading.value


def _reading(names: Mapping[int, str], row: Sequence[Any]) -> Reading:
    number, channel, at_ms, sequence, value, arrived_ms, marks = row
    return Reading(
        names[number],
        CHANNELS[channel],
        at_ms,
        sequence,
        value,
        arrived_ms,
        MARKS[marks] if marks in MARKS else Mark(marks),
    )


def _floor(at_ms: int) -> int:
    return at_ms - at_ms % BUCKET_MS


def _merged(names: Mapping[int, str], rows: Iterable[BucketRow]) -> Iterable[Bucket]:
    """Make one bucket of those of the same five minutes."""
    found: dict[tuple[int, int], Bucket] = {}
    for number, channel, at_ms, count, low, mean, high in rows:
        bucket = Bucket(names[number], CHANNELS[channel], at_ms, count, low, mean, high)
        before = found.get((number, at_ms))
        found[number, at_ms] = bucket if before is None else _together(before, bucket)
    return found.values()


def _together(one: Bucket, other: Bucket) -> Bucket:
    count = one.count + other.count
    mean = (one.mean * one.count + other.mean * other.count) / count
    low, high = min(one.low, other.low), max(one.high, other.high)
    return Bucket(one.sensor, one.channel, one.at_ms, count, low, mean, high)
