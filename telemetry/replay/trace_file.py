"""Reads a trace: one column of a CSV file as samples, with what could not be read of it.

Instants with an offset mean themselves; naive ones are local times of the zone that is asked for.
In the hour that a clock set back repeats, the second of two equal stamps is the later one. A row
that cannot be read is noted with its line and left out: recordings have holes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.file_text import text_of
from telemetry.alarm.state import Sample
from telemetry.error_table import TELEMETRY_ERRORS
from telemetry.readings import PLAUSIBLE, Channel

LARGEST_BYTES = 500_000_000
DELIMITERS = ",;\t"
DECIMALS = 6
"""Figures are rounded to so many: -17.999999999999996 is what became of -18.0 on its way."""

FIRST_EPOCH_S, LAST_EPOCH_S = 10**8, 10**10
"""Plain numbers between them are seconds since 1970, a thousand times as many milliseconds."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedRow:
    """A row that could not be read."""

    line: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What a file says.

    Parameters
    ----------
    samples
        By time; of one instant by value.
    rows
        How many the file has below its header.
    """

    column: str
    zone: tzinfo
    samples: tuple[Sample, ...]
    skipped: tuple[SkippedRow, ...]
    rows: int


class CellRefused(Exception):
    """A cell that is no instant or no temperature."""


def read_trace(
    path: Path, column: str, *, time_column: str | None = None, tz: str = "UTC"
) -> Trace:
    """Read one column of a file.

    Parameters
    ----------
    path
        CSV with a header; commas, semicolons or tabs.
    column
        Name of the temperatures.
    time_column
        Name of the instants; None takes the first column.
    tz
        IANA name of the zone of naive times.

    Raises
    ------
    InputRefused
        The file, a column or the zone is not there, or no row can be used.
    """
    zone = _zone(tz)
    rows = _rows(path)
    header = next(rows, [])
    if not header:
        raise _refused("CG-8500", str(path), "there is no header line")
    value_at = _place(path, header, column)
    time_at = 0 if time_column is None else _place(path, header, time_column)
    clock = _Clock(zone)
    read: list[tuple[int, float]] = []
    skipped: list[SkippedRow] = []
    count = 0
    for line, row in enumerate(rows, start=2):
        if not row:
            continue
        count += 1
        try:
            value_c = _temperature(_cell(row, value_at))
            read.append((clock.instant_ms(_cell(row, time_at)), value_c))
        except CellRefused as refused:
            skipped.append(SkippedRow(line=line, cause=str(refused)))
    if not read:
        cause = f"none of {count} rows has an instant and a temperature"
        more = f" (line {skipped[0].line}: {skipped[0].cause})" if skipped else ""
        raise _refused("CG-8502", str(path), cause + more)
    samples = tuple(Sample(at_ms, value_c, column) for at_ms, value_c in sorted(read))
    return Trace(column=column, zone=zone, samples=samples, skipped=tuple(skipped), rows=count)


def _refused(code: str, place: str, cause: str) -> InputRefused:
    action = TELEMETRY_ERRORS[code].action.rstrip(".")
    return InputRefused([Fault(code=code, place=place, cause=cause, action=action)])


def _zone(name: str) -> tzinfo:
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise _refused("CG-8503", "--tz", f"{_shown(name)} is no time zone") from None


def _rows(path: Path) -> Iterator[list[str]]:
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _refused("CG-8500", str(path), f"it has more than {LARGEST_BYTES:,} bytes")
        text = text_of(path.read_bytes())
    except OSError as refused:
        raise _refused("CG-8500", str(path), refused.strerror or "it cannot be read") from None
    except ValueError as refused:
        raise _refused("CG-8500", str(path), str(refused)) from None
    head = text[: text.find("\n") if "\n" in text else len(text)]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    return _readable(reader, path)


def _readable(reader: Iterator[list[str]], path: Path) -> Iterator[list[str]]:
    try:
        yield from reader
    except csv.Error as refused:
        raise _refused("CG-8500", str(path), f"it is no CSV: {refused}") from None


def _place(path: Path, header: Sequence[str], column: str) -> int:
    names = [name.strip() for name in header]
    if column.strip() in names:
        return names.index(column.strip())
    known = ", ".join(_shown(name) for name in names[:20])
    raise _refused("CG-8501", str(path), f"there is no column {_shown(column)}, only {known}")


def _cell(row: Sequence[str], place: int) -> str:
    if place >= len(row):
        raise CellRefused("the row is too short")
    return row[place].strip()


def _temperature(cell: str) -> float:
    try:
        value_c = float(cell if "." in cell else cell.replace(",", "."))
    except ValueError:
        raise CellRefused(f"{_shown(cell)} is no temperature") from None
    lowest_c, highest_c = PLAUSIBLE[Channel.TEMPERATURE]
    if not lowest_c <= value_c <= highest_c:
        raise CellRefused(f"{_shown(cell)} is no temperature that a sensor can mean")
    return round(value_c, DECIMALS)


class _Clock:
    """Reads instants in the order of the file."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._last_ms: int | None = None

    def instant_ms(self, cell: str) -> int:
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            return self._number_ms(cell)
        if moment.tzinfo is None and self._zone is not UTC:
            at_ms = self._local_ms(moment)
        else:
            at_ms = _ms(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
        self._last_ms = at_ms
        return at_ms

    def _local_ms(self, naive: datetime) -> int:
        first, second = (naive.replace(tzinfo=self._zone, fold=fold) for fold in (0, 1))
        first_ms = _ms(first)
        repeated = first.utcoffset() != second.utcoffset() and _ms(second) > first_ms
        if repeated and self._last_ms is not None and first_ms <= self._last_ms:
            return _ms(second)
        return first_ms

    def _number_ms(self, cell: str) -> int:
        try:
            number = float(cell)
        except ValueError:
            raise CellRefused(f"{_shown(cell)} is no instant") from None
        readers: tuple[tuple[int, Callable[[float], int]], ...] = (
            (1, lambda seconds: round(1000 * seconds)),
            (1000, round),
        )
        for factor, read in readers:
            if FIRST_EPOCH_S * factor <= number <= LAST_EPOCH_S * factor:
                return read(number)
        raise CellRefused(f"{_shown(cell)} is no instant")


def _ms(moment: datetime) -> int:
    return round((moment - EPOCH).total_seconds() * 1000)


def _shown(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")
