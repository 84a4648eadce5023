"""What the cells of a registry table may say, and how it is written back."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from optimizer.domain.errors import Fault
from telemetry.error_table import TELEMETRY_ERRORS

MOST_FAULTS = 1000
"""Faults listed of one folder; a table of the wrong kind would have one in every row."""

LONGEST_SHOWN = 60

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Named = TypeVar("_Named", bound=Enum)
_Value = TypeVar("_Value")


class CellRefused(Exception):
    """A cell that cannot be used: code, and why."""

    def __init__(self, code: str, cause: str) -> None:
        super().__init__(cause)
        self.code = code
        self.cause = cause


@dataclass(slots=True, kw_only=True)
class FaultList:
    """What is wrong with a folder, and what is only worth a word."""

    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def refuse(self, code: str, place: str, cause: str) -> None:
        """Note a fault; with one the folder cannot be used."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(_fault(code, place, cause))

    def note(self, code: str, place: str, cause: str) -> None:
        """Note what a person should look at."""
        self.warnings.append(_fault(code, place, cause))


def _fault(code: str, place: str, cause: str) -> Fault:
    action = TELEMETRY_ERRORS[code].action.rstrip(".")
    return Fault(code=code, place=place, cause=cause, action=action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table, whose cells are read by name."""

    table: str
    number: int
    cells: dict[str, str]
    log: FaultList

    @property
    def place(self) -> str:
        """Name table and row as a person finds them."""
        return f"{self.table} row {self.number}"

    def refuse(self, code: str, cause: str) -> None:
        """Note a fault of this row."""
        self.log.refuse(code, self.place, cause)

    def text(self, column: str, default: str = "") -> str:
        """Give a cell, stripped; its default where it is empty or the column is not there."""
        return self.cells.get(column, "").strip() or default

    def read(self, column: str, parse: Callable[[str], _Value], default: _Value) -> _Value:
        """Read a cell; a faulty one is noted, and counts as its default."""
        cell = self.text(column)
        if not cell:
            return default
        try:
            return parse(cell)
        except CellRefused as refused:
            self.refuse(refused.code, f"{column}: {refused.cause}")
            return default


def shown(text: str) -> str:
    """Quote a user's text, cut to a length that a line can hold."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…")


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word may have been meant; empty where none is near."""
    found = get_close_matches(word, known, n=1) if len(word) <= LONGEST_SHOWN else []
    return f"; did you mean {found[0]}?" if found else ""


def instant(cell: str) -> int:
    """Read an RFC 3339 instant as milliseconds."""
    try:
        moment = datetime.fromisoformat(cell.upper())
    except ValueError:
        raise CellRefused("CG-8013", f"{shown(cell)} is no instant") from None
    if moment.tzinfo is None:
        raise CellRefused("CG-8013", f"{shown(cell)} names no offset from UTC")
    return (moment - EPOCH) // timedelta(milliseconds=1)


def due_instant(cell: str) -> int:
    """Read when something is due: an instant, or a day, at whose end (UTC) it is due."""
    try:
        day = date.fromisoformat(cell)
    except ValueError:
        return instant(cell)
    return (day - EPOCH.date()).days * 86_400_000 + 86_400_000


def written_instant(at_ms: int | None) -> str:
    """Write an instant so that ``instant`` gives it back."""
    if at_ms is None:
        return ""
    moment = EPOCH + timedelta(milliseconds=at_ms)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def number(cell: str) -> float:
    """Read a finite number."""
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise CellRefused("CG-8012", f"{shown(cell)} is no number")
    return value


def whole(cell: str) -> int:
    """Read a whole number above zero."""
    if not (cell.isascii() and cell.isdecimal() and int(cell[:12]) > 0):
        raise CellRefused("CG-8012", f"{shown(cell)} is no whole number above 0")
    return int(cell[:12])


def yes_or_no(cell: str) -> bool:
    """Read ``yes`` or ``no``."""
    if cell.casefold() not in {"yes", "no"}:
        raise CellRefused("CG-8012", f"{shown(cell)} is neither yes nor no")
    return cell.casefold() == "yes"


def one_of(words: type[_Named]) -> Callable[[str], _Named]:
    """Make a reader of the words of an enumeration."""
    by_word = {str(member.value): member for member in words}

    def read(cell: str) -> _Named:
        if cell not in by_word:
            allowed = ", ".join(by_word)
            raise CellRefused("CG-8012", f"{shown(cell)} is none of {allowed}")
        return by_word[cell]

    return read
