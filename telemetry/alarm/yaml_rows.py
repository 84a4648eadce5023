"""Reads values out of YAML with their places, and notes every fault at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from math import isfinite
from reprlib import repr as brief
from typing import TypeVar

import yaml

from optimizer.domain.errors import Fault
from telemetry.error_table import TELEMETRY_ERRORS

LARGEST_TEXT = 200_000
MOST_FAULTS = 200
LONGEST_SHOWN = 60
LARGEST_SHOWN = 10**18

T = TypeVar("T")


@dataclass(slots=True)
class Faults:
    """What is wrong with a file."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, code: str, place: str, cause: str) -> None:
        """Note a fault at a JSON pointer of the file."""
        if len(self.found) < MOST_FAULTS:
            action = TELEMETRY_ERRORS[code].action.rstrip(".")
            where = f"{self.file} {place}" if place else self.file
            self.found.append(Fault(code=code, place=where, cause=cause, action=action))


@dataclass(frozen=True, slots=True)
class Row:
    """A mapping with its place; what is read of it is checked, what is faulty has its default."""

    values: Mapping[object, object]
    place: str
    faults: Faults

    def only(self, known: Sequence[str]) -> None:
        """Note keys that nobody reads."""
        for key in self.values:
            if key not in known:
                near = get_close_matches(shown(key).strip("'\""), known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                self.faults.add("CG-8101", self.place, f"there is no key {shown(key)}{hint}")

    def has(self, key: str) -> bool:
        """Say whether there is something."""
        return self.values.get(key) is not None

    def refuse(self, code: str, key: str, cause: str) -> None:
        """Note what is wrong with a value."""
        self.faults.add(code, f"{self.place}/{key}", cause)

    def text(self, key: str) -> str:
        """Read a name."""
        value = self.values.get(key)
        if isinstance(value, str) and value.strip() and value.isprintable():
            return value
        self.refuse("CG-8102", key, f"{shown(value)} is no name")
        return ""

    def number(self, key: str, default: float | None = None, *, endless: bool = False) -> float:
        """Read a number; only a band's edge may be infinite."""
        value = self.values.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool):
            given = float(value) if abs(value) < 10**15 or isinstance(value, float) else 0.0
            if isfinite(given) or (endless and given == given):  # noqa: PLR0124 - NaN is no edge
                return given
        self.refuse("CG-8102", key, f"{shown(value)} is no number")
        return 0.0 if default is None else default

    def whole(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """Read a whole number that is not too small."""
        value = self.values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and least <= value < 10**10:
            return value
        self.refuse("CG-8102", key, f"{shown(value)} is no whole number from {least} on")
        return least if default is None else default

    def flag(self, key: str, default: bool) -> bool:
        """Read yes or no."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            self.refuse("CG-8102", key, f"{shown(value)} is neither true nor false")
            return default
        return value

    def word(self, key: str, known: Mapping[str, T], default: T | None = None) -> T:
        """Read one of some words."""
        value = self.values.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in known:
            return known[value]
        self.refuse("CG-8102", key, f"{shown(value)} is none of {', '.join(known)}")
        return next(iter(known.values())) if default is None else default

    def rows(self, key: str) -> Iterator[Row]:
        """Step into a list of mappings."""
        value = self.values.get(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.refuse("CG-8102", key, "a list belongs here")
            return
        for number, item in enumerate(value):
            yield from as_rows(item, f"{self.place}/{key}/{number}", self.faults)

    def row(self, key: str) -> Iterator[Row]:
        """Step into a mapping, where there is one."""
        if self.has(key):
            yield from as_rows(self.values[key], f"{self.place}/{key}", self.faults)


def as_rows(value: object, place: str, faults: Faults) -> Iterable[Row]:
    """Give a mapping as a row, or note that it is none."""
    if isinstance(value, dict):
        return [Row(value, place, faults)]
    faults.add("CG-8102", place, f"{shown(value)} is no mapping")
    return []


def parse(text: str, faults: Faults) -> object:
    """Read YAML; what cannot be read is noted, and gives None."""
    if len(text) > LARGEST_TEXT:
        faults.add("CG-8100", "", f"{len(text):,} characters are more than {LARGEST_TEXT:,}")
        return None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as refused:
        faults.add("CG-8100", "", " ".join(str(refused).split())[:200] or "it is no YAML")
        return None


def shown(value: object) -> str:
    """Show a user's value in a message, cut to what a line can hold."""
    if isinstance(value, int) and not -LARGEST_SHOWN < value < LARGEST_SHOWN:
        return "a huge number"
    # An alias of an alias may stand for billions of values: no more of it is written than shown.
    text = "nothing" if value is None else repr(value) if isinstance(value, str) else brief(value)
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"
