"""A file of finished runs: CSV, a row a run, appended at once, safe against being killed.

A row is written whole and forced to the disk before the next run begins. Where a process was
killed while it wrote, the rest of a row is taken out when the file is opened next, and that run is
made again. One process at a time writes to a file.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from optimizer.benchmark.result import InstanceResult
from optimizer.benchmark.run_row import (
    COLUMNS,
    FALSE,
    TRUE,
    Conditions,
    RunRow,
    Settings,
    cells_of,
    key_of,
    row_from,
    row_of,
)
from optimizer.benchmark.runs import Run
from optimizer.domain.errors import ColdgridError, Fault, InputRefused

FOREIGN = "CG-5003"
TAKEN = "CG-5004"
CANNOT_WRITE = "CG-6001"


def _now() -> datetime:
    return datetime.now(UTC)


class ResultsFile:
    """The runs of a file under one setting: what it has, and where new ones go.

    Parameters
    ----------
    descriptor
        Of the open and locked file.
    rows
        Those that stand in it.
    settings, conditions
        Of the runs to come.
    clock
        Gives the moment at which a run was finished.
    """

    def __init__(
        self,
        descriptor: int,
        rows: Iterable[RunRow],
        settings: Settings,
        conditions: Conditions,
        clock: Callable[[], datetime],
    ) -> None:
        self._descriptor = descriptor
        self._settings = settings
        self._conditions = conditions
        self._clock = clock
        self._rows = list(rows)
        self._by_key = {row.key: row for row in self._rows}
        self._met: list[RunRow] = []

    @property
    def rows(self) -> tuple[RunRow, ...]:
        """Every row of the file, new ones too."""
        return tuple(self._rows)

    @property
    def met(self) -> tuple[RunRow, ...]:
        """Rows of runs that were asked for and stood there already."""
        return tuple(self._met)

    def has(self, run: Run) -> bool:
        """Say whether the run stands in the file, made by the same code with the same limits."""
        row = self._by_key.get(key_of(run, self._settings, self._conditions))
        if row is not None:
            self._met.append(row)
        return row is not None

    def add(self, run: Run, result: InstanceResult) -> None:
        """Append a row and force it to the disk.

        Raises
        ------
        ColdgridError
            It cannot be written (CG-6001).
        """
        date = self._clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        row = row_of(run, result, self._settings, self._conditions, date=date)
        _append(self._descriptor, _line(cells_of(row)))
        self._rows.append(row)
        self._by_key[row.key] = row


@contextmanager
def writing_results(
    path: Path,
    settings: Settings,
    conditions: Conditions,
    clock: Callable[[], datetime] = _now,
) -> Iterator[ResultsFile]:
    """Open a file for new rows, or make it; nobody else writes to it meanwhile.

    Raises
    ------
    InputRefused
        It is no file of results (CG-5003); it is left as it is.
    ColdgridError
        Another process writes to it (CG-5004), or it cannot be written (CG-6001).
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise ColdgridError(CANNOT_WRITE, f"{path}: {error.strerror or error}") from error
    try:
        _lock(descriptor, path)
        body = path.read_bytes()
        whole = _mended(body)
        rows = _rows_of(whole, path)
        _replace_end(descriptor, body, whole)
        yield ResultsFile(descriptor, rows, settings, conditions, clock)
    finally:
        os.close(descriptor)


def read_results(path: Path) -> tuple[RunRow, ...]:
    """Read the rows of a file; a row that was cut off at its end is left out.

    Raises
    ------
    InputRefused
        The file cannot be read, or is no file of results (CG-5003).
    """
    try:
        body = path.read_bytes()
    except OSError as error:
        raise _refused(str(path), f"it cannot be read: {error.strerror or error}") from error
    return _rows_of(_mended(body), path)


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ColdgridError(TAKEN, f"{path}: another benchmark writes to it") from error


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


HEADER = _line(COLUMNS)


def _mended(body: bytes) -> bytes:
    """Give what a file should hold: its whole rows, below the header.

    The last cell of a row is a word of a known length, so a row that lacks its end is told from one
    that only lacks the line feed.
    """
    if HEADER.startswith(body):
        return HEADER
    kept, feed, rest = body.rpartition(b"\n")
    ends = tuple(f",{word}".encode() for word in (TRUE, FALSE))
    if rest.endswith(ends) and rest.count(b",") >= len(COLUMNS) - 1:
        return body + b"\n"
    return kept + feed


def _rows_of(body: bytes, path: Path) -> tuple[RunRow, ...]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise _refused(str(path), "it is no text") from error
    if not body.startswith(HEADER):
        cause = "its first line does not name the columns of a file of results"
        raise _refused(str(path), cause)
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[RunRow] = []
    faults: list[Fault] = []
    try:
        for cells in table:
            if table.line_num == 1 or not cells:
                continue
            try:
                rows.append(row_from(dict(zip(COLUMNS, cells, strict=True))))
            except ValueError as error:
                faults.append(_fault(f"{path} line {table.line_num}", str(error)))
    except csv.Error as error:
        faults.append(_fault(f"{path} line {table.line_num}", str(error)))
    if faults:
        raise InputRefused(faults)
    return tuple(rows)


def _replace_end(descriptor: int, body: bytes, whole: bytes) -> None:
    """Turn what a file holds into what it should hold; only its end may differ."""
    if whole.startswith(body):
        if len(whole) > len(body):
            _append(descriptor, whole[len(body) :])
    else:
        os.ftruncate(descriptor, len(whole))
        os.fsync(descriptor)


def _append(descriptor: int, line: bytes) -> None:
    try:
        left = memoryview(line)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    except OSError as error:
        raise ColdgridError(CANNOT_WRITE, f"results: {error.strerror or error}") from error


def _refused(place: str, cause: str) -> InputRefused:
    return InputRefused([_fault(place, cause)])


def _fault(place: str, cause: str) -> Fault:
    action = "name a file that coldgrid benchmark wrote, or one that is not there yet"
    return Fault(code=FOREIGN, place=place, cause=cause, action=action)
