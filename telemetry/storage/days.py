"""Which table a raw reading stands in: one per UTC day, and one for what is very old.

A day whose table is there takes all its readings, however late; so a reading that comes twice
meets itself, whenever it comes the second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from telemetry.storage.retention import DAY_MS
from telemetry.storage.tables import READINGS

Row: TypeAlias = tuple[int, int, int, int, float, int, int]
"""Sensor's number, channel, at_ms, sequence, value, arrived_ms, marks."""

Key: TypeAlias = tuple[int, int, int, int, float]
"""What makes a reading the same: the first five of a row."""

OLD = -1
"""Stands for the table of what is very old, among the numbers of days; 1969 belongs there too."""

MOST_NAMES = 64
"""So many names of tables are remembered: a batch asks for its own several times."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@lru_cache(MOST_NAMES)
def table_of(day: int) -> str:
    """Name the table of a day, counted from 1970-01-01."""
    if day == OLD:
        return f"{READINGS}_old"
    return f"{READINGS}_{EPOCH + timedelta(days=day):%Y%m%d}"


def days_among(names: Iterable[str]) -> list[int]:
    """Find the days that have a table, in order.

    Parameters
    ----------
    names
        Names of tables, others too.
    """
    begin = f"{READINGS}_"
    found = []
    for name in names:
        date = name.removeprefix(begin)
        if name.startswith(begin) and len(date) == len("20261231") and date.isdigit():
            found.append((datetime.strptime(date, "%Y%m%d").replace(tzinfo=UTC) - EPOCH).days)
    return sorted(found)


def by_day(
    rows: Sequence[Row], there: AbstractSet[int], most_days: int
) -> Iterable[tuple[int, Sequence[Row]]]:
    """Sort rows into days.

    Parameters
    ----------
    rows, there
        What came, and the days that have a table.
    most_days
        Older than this at arrival, or ahead by more than a day, and without a table of its day:
        ``OLD``.
    """
    days = {row[2] // DAY_MS for row in rows}
    if len(days) == 1 and not days.isdisjoint(there):
        return [(days.pop(), rows)]
    sorted_in: defaultdict[int, list[Row]] = defaultdict(list)
    most_ms = most_days * DAY_MS
    # The youngest arrival speaks for the batch: the order within it must not matter.
    arrived_ms = max(row[5] for row in rows)
    for row in rows:
        day = row[2] // DAY_MS
        if day not in there and not -DAY_MS <= arrived_ms - row[2] <= most_ms:
            day = OLD
        sorted_in[max(day, OLD)].append(row)
    return sorted(sorted_in.items())
