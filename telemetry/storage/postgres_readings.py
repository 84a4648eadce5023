"""Raw readings in PostgreSQL: one table, partitioned by day."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from telemetry.storage.days import OLD, Key, Row, days_among, table_of
from telemetry.storage.reading_tables import BUCKET_OF, COLUMNS, KEY, BucketRow
from telemetry.storage.retention import DAY_MS
from telemetry.storage.tables import READINGS

AT_ONCE = 100
"""Sensors of a day that are counted into buckets in one transaction."""

COUNTED = {"preserve_rowcount": True}
DAYS_LOCK = 7226322
"""Held while a day is made: two ingesters meet at midnight."""

UNNEST = (
    "unnest(%s::int4[], %s::int2[], %s::int8[], %s::int8[], %s::float8[], %s::int8[], %s::int2[])"
)
PUT_LATEST = f"""
INSERT INTO telemetry_latest AS was ({COLUMNS}) SELECT * FROM {UNNEST}
ON CONFLICT (sensor, channel) DO UPDATE SET at_ms = excluded.at_ms,
 sequence = excluded.sequence, value = excluded.value, arrived_ms = excluded.arrived_ms,
 marks = excluded.marks
WHERE (excluded.at_ms, excluded.sequence, excluded.value) > (was.at_ms, was.sequence, was.value)
"""
SELECTED = " WHERE sensor = ANY(%s) AND channel = %s AND at_ms >= %s AND at_ms < %s"


class PostgresReadings:
    """Plays ``ReadingTables``."""

    def days(self, tx: Connection) -> Sequence[int]:
        """Give the days that have a table, in order."""
        found = tx.exec_driver_sql(
            "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
            " WHERE inhparent = to_regclass(%s)",
            (READINGS,),
        )
        return days_among(row[0] for row in found)

    def open_day(self, tx: Connection, day: int) -> None:
        """Make the table of a day where it is not there."""
        tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({DAYS_LOCK})")
        if day in self.days(tx):
            return
        table = table_of(day)
        # Attached rather than created as a part: that lets others read and write meanwhile.
        tx.exec_driver_sql(f"CREATE TABLE {table} (LIKE {READINGS} INCLUDING ALL)")
        tx.exec_driver_sql(
            f"ALTER TABLE {READINGS} ATTACH PARTITION {table}"
            f" FOR VALUES FROM ({day * DAY_MS}) TO ({(day + 1) * DAY_MS})"
        )

    def drop_day(self, tx: Connection, day: int) -> None:
        """Drop the table of a day."""
        tx.exec_driver_sql(f"DROP TABLE {table_of(day)}")

    def part_of(self, tx: Connection, day: int) -> str | None:
        """Give a condition for some readings of a day; None where the day is empty."""
        first = tx.exec_driver_sql(f"SELECT min(sensor) FROM {table_of(day)}").scalar()
        return None if first is None else f"sensor >= {first} AND sensor < {first + AT_ONCE}"

    def add(self, tx: Connection, day: int, rows: Sequence[Row]) -> int:
        """Put rows into the table of a day; say how many were new."""
        statement = f"{_insert(day)} ON CONFLICT DO NOTHING"
        done = tx.exec_driver_sql(statement, _columns(rows), execution_options=COUNTED)
        return done.rowcount

    def add_naming(self, tx: Connection, day: int, rows: Sequence[Row]) -> Collection[Key]:
        """Put rows into the table of a day; give the keys of those that were new."""
        statement = f"{_insert(day)} ON CONFLICT DO NOTHING RETURNING {KEY}"
        found = tx.exec_driver_sql(statement, _columns(rows))
        return {(row[0], row[1], row[2], row[3], row[4]) for row in found}

    def put_latest(self, tx: Connection, rows: Sequence[Row]) -> None:
        """Put rows, one per sensor and channel, down as the latest where they are newer."""
        tx.exec_driver_sql(PUT_LATEST, _columns(rows))

    def read(
        self,
        tx: Connection,
        sensors: Sequence[int],
        channel: int,
        span: tuple[int, int],
        limit: int | None,
    ) -> Sequence[Row]:
        """Give rows of a stretch of time by at_ms, sequence, value and sensor."""
        asked = (list(sensors), channel, *span)
        found = tx.exec_driver_sql(
            f"SELECT {COLUMNS} FROM {READINGS} {SELECTED}"
            f" UNION ALL SELECT {COLUMNS} FROM {table_of(OLD)} {SELECTED}"
            " ORDER BY at_ms, sequence, value, sensor LIMIT %s",
            (*asked, *asked, limit),
        )
        return [(*row,) for row in found]

    def read_buckets(
        self, tx: Connection, sensors: Sequence[int], channel: int, span: tuple[int, int]
    ) -> Sequence[BucketRow]:
        """Give buckets of what no stored bucket counts; of five minutes there may be several."""
        asked = (list(sensors), channel, *span)
        bucket = BUCKET_OF.replace("%", "%%")
        found = tx.exec_driver_sql(
            f"SELECT sensor, channel, {bucket}, count(*), min(value), avg(value), max(value)"
            f" FROM (SELECT {COLUMNS} FROM {READINGS} {SELECTED}"
            f" UNION ALL SELECT {COLUMNS} FROM {table_of(OLD)} {SELECTED} AND counted <> 1) raw"
            " GROUP BY 1, 2, 3",
            (*asked, *asked),
        )
        return [(*row,) for row in found]


def _insert(day: int) -> str:
    if day == OLD:
        return f"INSERT INTO {table_of(OLD)} ({COLUMNS}, counted) SELECT *, 0 FROM {UNNEST}"
    # Straight into the part: the server need not find it for every row.
    return f"INSERT INTO {table_of(day)} ({COLUMNS}) SELECT * FROM {UNNEST}"


def _columns(rows: Sequence[Row]) -> tuple[list[object], ...]:
    return tuple(list(column) for column in zip(*rows, strict=True))
