"""Raw readings in SQLite: a table for each day, without row ids, sorted by slot and then by key.

A slot is ten minutes. Sorted by sensor alone, each reading of a batch would lie on a page of its
own, and a commit costs by the page; within a slot the sensors of a batch lie together. Reading a
sensor's day takes one search per slot.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from itertools import chain, islice
from typing import Any

from sqlalchemy import Connection

from telemetry.storage.database import driver_of
from telemetry.storage.days import OLD, Key, Row, days_among, table_of
from telemetry.storage.reading_tables import BUCKET_OF, COLUMNS, KEY, BucketRow
from telemetry.storage.retention import DAY_MS
from telemetry.storage.tables import READINGS

SLOT_MS = 600_000
AT_ONCE = 500
"""Rows of one statement that names what was new."""

MOST_ROWS = 5_000
"""About as much of a day is counted into buckets in one transaction: nobody else writes meanwhile.
"""

PUT_LATEST = f"""
INSERT INTO telemetry_latest ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (sensor, channel) DO UPDATE SET at_ms = excluded.at_ms,
 sequence = excluded.sequence, value = excluded.value, arrived_ms = excluded.arrived_ms,
 marks = excluded.marks
WHERE excluded.at_ms > telemetry_latest.at_ms
 OR (excluded.at_ms = telemetry_latest.at_ms AND (excluded.sequence, excluded.value)
 > (telemetry_latest.sequence, telemetry_latest.value))
"""
SELECTED = """
 sensor IN (SELECT value FROM json_each(?1)) AND channel = ?2 AND at_ms >= ?3 AND at_ms < ?4
"""


class SqliteReadings:
    """Plays ``ReadingTables``."""

    def days(self, tx: Connection) -> Sequence[int]:
        """Give the days that have a table, in order."""
        found = tx.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB ?",
            (f"{READINGS}_[0-9]*",),
        )
        return days_among(row[0] for row in found)

    def open_day(self, tx: Connection, day: int) -> None:
        """Make the table of a day where it is not there."""
        tx.exec_driver_sql(
            f"CREATE TABLE IF NOT EXISTS {table_of(day)} (slot INTEGER NOT NULL,"
            " sensor INTEGER NOT NULL, channel INTEGER NOT NULL, at_ms INTEGER NOT NULL,"
            " sequence INTEGER NOT NULL, value REAL NOT NULL, arrived_ms INTEGER NOT NULL,"
            " marks INTEGER NOT NULL,"
            f" PRIMARY KEY (slot, {KEY})) WITHOUT ROWID"
        )

    def drop_day(self, tx: Connection, day: int) -> None:
        """Drop the table of a day."""
        tx.exec_driver_sql(f"DROP TABLE {table_of(day)}")

    def part_of(self, tx: Connection, day: int) -> str | None:
        """Give a condition for some readings of a day; None where the day is empty."""
        table = table_of(day)
        slot = tx.exec_driver_sql(f"SELECT min(slot) FROM {table}").scalar()
        if slot is None:
            return None
        ordered = f"SELECT sensor FROM {table} WHERE slot = {slot} ORDER BY sensor LIMIT 1 OFFSET"
        first = tx.exec_driver_sql(f"{ordered} 0").scalar()
        end = tx.exec_driver_sql(f"{ordered} {MOST_ROWS}").scalar()
        # A sensor is not cut in two, however much it says in ten minutes.
        rest = "" if end is None else f" AND sensor < {max(end, (first or 0) + 1)}"
        return f"slot = {slot}{rest}"

    def add(self, tx: Connection, day: int, rows: Sequence[Row]) -> int:
        """Put rows into the table of a day; say how many were new."""
        statement = f"{_insert(day)} ON CONFLICT DO NOTHING"
        return driver_of(tx).executemany(statement, rows).rowcount

    def add_naming(self, tx: Connection, day: int, rows: Sequence[Row]) -> Collection[Key]:
        """Put rows into the table of a day; give the keys of those that were new."""
        new: set[Key] = set()
        for start in range(0, len(rows), AT_ONCE):
            part = rows[start : start + AT_ONCE]
            places = ", ".join(["(?, ?, ?, ?, ?, ?, ?, ?)"] * len(part))
            into = table_of(day) if day != OLD else f"{table_of(OLD)} ({COLUMNS}, counted)"
            values = ((_slot(row), *row) if day != OLD else (*row, 0) for row in part)
            found = tx.exec_driver_sql(
                f"INSERT INTO {into} VALUES {places} ON CONFLICT DO NOTHING RETURNING {KEY}",
                tuple(chain.from_iterable(values)),
            )
            new.update(map(_key, found))
        return new

    def put_latest(self, tx: Connection, rows: Sequence[Row]) -> None:
        """Put rows, one per sensor and channel, down as the latest where they are newer."""
        driver_of(tx).executemany(PUT_LATEST, rows)

    def read(
        self,
        tx: Connection,
        sensors: Sequence[int],
        channel: int,
        span: tuple[int, int],
        limit: int | None,
    ) -> Sequence[Row]:
        """Give rows of a stretch of time by at_ms, sequence, value and sensor."""
        asked = (json.dumps(sensors), channel, *span, -1 if limit is None else limit)

        def rows_of(day: int) -> Iterator[Row]:
            found = tx.exec_driver_sql(
                f"SELECT {COLUMNS} FROM {table_of(day)} WHERE {_slots(day)} {SELECTED}"
                " ORDER BY at_ms, sequence, value, sensor LIMIT ?5",
                (*asked, *_slots_in(day, span)),
            )
            return map(_row, found)

        # Days follow each other; what is very old may lie among them.
        fresh = chain.from_iterable(rows_of(day) for day in self._days_in(tx, span))
        return list(islice(merge(rows_of(OLD), fresh, key=_order), limit))

    def read_buckets(
        self, tx: Connection, sensors: Sequence[int], channel: int, span: tuple[int, int]
    ) -> Sequence[BucketRow]:
        """Give buckets of what no stored bucket counts; of five minutes there may be several."""
        asked = (json.dumps(sensors), channel, *span, -1)
        found: list[BucketRow] = []
        for day in (OLD, *self._days_in(tx, span)):
            rows = tx.exec_driver_sql(
                f"SELECT sensor, channel, {BUCKET_OF}, count(*), min(value), avg(value), max(value)"
                f" FROM {table_of(day)} WHERE {_slots(day)} {SELECTED}"
                f" {'AND counted <> 1' if day == OLD else ''} GROUP BY 1, 2, 3 LIMIT ?5",
                (*asked, *_slots_in(day, span)),
            )
            found.extend((*row,) for row in rows)
        return found

    def _days_in(self, tx: Connection, span: tuple[int, int]) -> list[int]:
        first, end = span
        return [day for day in self.days(tx) if first < (day + 1) * DAY_MS and day * DAY_MS < end]


def _insert(day: int) -> str:
    if day == OLD:
        return f"INSERT INTO {table_of(OLD)} ({COLUMNS}, counted) VALUES (?, ?, ?, ?, ?, ?, ?, 0)"
    slot = f"?3 % {DAY_MS} / {SLOT_MS}"
    return f"INSERT INTO {table_of(day)} VALUES ({slot}, ?1, ?2, ?3, ?4, ?5, ?6, ?7)"


def _slot(row: Row) -> int:
    return row[2] % DAY_MS // SLOT_MS


def _slots(day: int) -> str:
    # One after the other: given as a range, they would keep the search from the sensor's number.
    return "" if day == OLD else "slot IN (SELECT value FROM json_each(?6)) AND"


def _slots_in(day: int, span: tuple[int, int]) -> tuple[str, ...]:
    """Name the slots of a day that touch a stretch of time; nothing where there are none."""
    if day == OLD:
        return ()
    first = max(span[0] - day * DAY_MS, 0) // SLOT_MS
    last = min(span[1] - 1 - day * DAY_MS, DAY_MS - 1) // SLOT_MS
    return (json.dumps(list(range(first, last + 1))),)


def _row(row: Sequence[Any]) -> Row:
    sensor, channel, at_ms, sequence, value, arrived_ms, marks = row
    return sensor, channel, at_ms, sequence, value, arrived_ms, marks


def _key(row: Sequence[Any]) -> Key:
    sensor, channel, at_ms, sequence, value = row
    return sensor, channel, at_ms, sequence, value


def _order(row: Row) -> tuple[int, int, float, int]:
    return row[2], row[3], row[4], row[0]
