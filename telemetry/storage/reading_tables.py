"""The role that the tables of raw readings play; SQLite and PostgreSQL do it each in its way.

This is the hot path: driver SQL with tuples, no objects. Whatever a method is given has been
sorted by ``Row``'s fields, so that neighbours in a table come together.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from sqlalchemy import Connection

from telemetry.storage.days import Key, Row

COLUMNS = "sensor, channel, at_ms, sequence, value, arrived_ms, marks"
KEY = "sensor, channel, at_ms, sequence, value"

BUCKET_OF = "at_ms - ((at_ms % 300000) + 300000) % 300000"
"""The five minutes of an instant, before 1970 too."""

BucketRow = tuple[int, int, int, int, float, float, float]
"""Sensor's number, channel, at_ms, count, low, mean, high."""


class ReadingTables(Protocol):
    """Raw readings and the latest of each sensor and channel."""

    def days(self, tx: Connection) -> Sequence[int]:
        """Give the days that have a table, in order."""
        ...

    def open_day(self, tx: Connection, day: int) -> None:
        """Make the table of a day where it is not there."""
        ...

    def drop_day(self, tx: Connection, day: int) -> None:
        """Drop the table of a day."""
        ...

    def part_of(self, tx: Connection, day: int) -> str | None:
        """Give a condition for some readings of a day; None where the day is empty."""
        ...

    def add(self, tx: Connection, day: int, rows: Sequence[Row]) -> int:
        """Put rows into the table of a day; say how many were new."""
        ...

    def add_naming(self, tx: Connection, day: int, rows: Sequence[Row]) -> Collection[Key]:
        """Put rows into the table of a day; give the keys of those that were new."""
        ...

    def put_latest(self, tx: Connection, rows: Sequence[Row]) -> None:
        """Put rows, one per sensor and channel, down as the latest where they are newer."""
        ...

    def read(
        self,
        tx: Connection,
        sensors: Sequence[int],
        channel: int,
        span: tuple[int, int],
        limit: int | None,
    ) -> Sequence[Row]:
        """Give rows of a stretch of time by at_ms, sequence, value and sensor."""
        ...

    def read_buckets(
        self, tx: Connection, sensors: Sequence[int], channel: int, span: tuple[int, int]
    ) -> Sequence[BucketRow]:
        """Give buckets of what no stored bucket counts; of five minutes there may be several."""
        ...
