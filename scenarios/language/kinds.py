"""What a value of a scenario file may be: each kind reads a node and describes itself as schema."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any, Protocol

from optimizer.formats.faults import listed, nearest, shown
from scenarios.language.nodes import Node

Schema = dict[str, Any]
DAY_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


class Kind(Protocol):
    """What a value may be."""

    def read(self, node: Node) -> Any:  # noqa: ANN401 - any value
        """Read a value; None where it cannot be, which is noted."""
        ...

    def schema(self) -> Schema:
        """Describe the value as JSON Schema."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that is not empty."""

    def read(self, node: Node) -> str | None:
        """Read text."""
        return node.text()

    def schema(self) -> Schema:
        """Describe text; YAML editors take an unquoted number for one."""
        return {"type": ["string", "number"]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A finite decimal number inside a range.

    Parameters
    ----------
    least, most
        Edges that belong to the range.
    above
        An edge that does not.
    whole
        Whether it counts something.
    """

    least: float | None = None
    most: float = 1e9
    above: float | None = None
    whole: bool = False

    def read(self, node: Node) -> float | int | None:
        """Read a number."""
        text = node.text()
        if text is None:
            return None
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not isfinite(number) or not text.strip()[-1:].isascii() or "_" in text:
            node.fault("CG-1604", f"{shown(text)} is not a number")
            return None
        if self.whole and number != int(number):
            node.fault("CG-1604", f"{shown(text)} is not a whole number")
            return None
        low = self.least is not None and number < self.least
        if low or (self.above is not None and number <= self.above) or number > self.most:
            node.fault("CG-1605", f"{shown(text)} is not {self._range()}")
            return None
        return int(number) if self.whole else number

    def _range(self) -> str:
        words = [f"at least {self.least:g}" if self.least is not None else ""]
        words.append(f"above {self.above:g}" if self.above is not None else "")
        words.append(f"at most {self.most:g}")
        return " and ".join(word for word in words if word)

    def schema(self) -> Schema:
        """Describe a number and its range."""
        edges = {
            "minimum": self.least,
            "exclusiveMinimum": self.above,
            "maximum": self.most,
        }
        named = {name: edge for name, edge in edges.items() if edge is not None}
        return {"type": "integer" if self.whole else "number", **named}


@dataclass(frozen=True, slots=True)
class Words:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node) -> str | None:
        """Read a word, in any mixture of cases."""
        text = node.text()
        if text is None:
            return None
        for word in self.words:
            if word.casefold() == text.casefold():
                return word
        near = nearest(text, self.words)
        meant = "" if near is None else f" (did you mean {shown(near)}?)"
        node.fault(
            "CG-1604", f"{shown(text)} is none of the words allowed{meant}: {listed(self.words)}"
        )
        return None

    def schema(self) -> Schema:
        """Describe the words."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class YesNo:
    """Yes or no, true or false."""

    def read(self, node: Node) -> bool | None:
        """Read yes or no."""
        text = node.text()
        if text is None:
            return None
        if text.casefold() in {"yes", "true", "no", "false"}:
            return text.casefold() in {"yes", "true"}
        node.fault("CG-1604", f"{shown(text)} is neither yes nor no")
        return None

    def schema(self) -> Schema:
        """Describe a boolean; YAML 1.2 editors take yes and no for words."""
        return {"enum": [True, False, "yes", "no"]}


@dataclass(frozen=True, slots=True)
class DayTime:
    """A time of day; it means the first such time after the start of the day's horizon."""

    def read(self, node: Node) -> str | None:
        """Read ``HH:MM``."""
        text = node.text()
        if text is None or DAY_TIME.fullmatch(text):
            return text
        node.fault("CG-1604", f"{shown(text)} is no time of day such as 06:30")
        return None

    def schema(self) -> Schema:
        """Describe a time of day."""
        return {"type": "string", "pattern": f"^{DAY_TIME.pattern}$"}


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    def read(self, node: Node) -> date | None:
        """Read ``YYYY-MM-DD``."""
        text = node.text()
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            node.fault("CG-1604", f"{shown(text)} is no date such as 2026-02-17")
            return None

    def schema(self) -> Schema:
        """Describe a date."""
        return {"type": "string", "format": "date"}


@dataclass(frozen=True, slots=True)
class ListOf:
    """Values of one kind; a single one may stand for a list of one.

    Parameters
    ----------
    kind
        Of each value.
    least
        How many there must be.
    """

    kind: Kind
    least: int = 1

    def read(self, node: Node) -> tuple[Any, ...] | None:
        """Read every value; None where one of them is wrong."""
        before = len(node.log.faults)
        values = tuple(self.kind.read(item) for item in node.items())
        if len(node.log.faults) > before:
            return None
        if len(values) < self.least:
            node.fault("CG-1604", f"the list has {len(values)} of at least {self.least} values")
            return None
        return values

    def schema(self) -> Schema:
        """Describe a list or its only value."""
        one = self.kind.schema()
        many = {"type": "array", "items": one, "minItems": self.least}
        return {"anyOf": [one, many]} if self.least <= 1 else many


@dataclass(frozen=True, slots=True)
class MapOf:
    """Values of one kind by words.

    Parameters
    ----------
    kind
        Of each value.
    keys
        The words that there are; None allows any.
    """

    kind: Kind
    keys: tuple[str, ...] | None = None

    def read(self, node: Node) -> dict[str, Any] | None:
        """Read every value by its key; None where one of them is wrong."""
        before = len(node.log.faults)
        found = {key: self.kind.read(value) for key, value in node.entries(self.keys)}
        return None if len(node.log.faults) > before else found

    def schema(self) -> Schema:
        """Describe a mapping."""
        if self.keys is None:
            return {"type": "object", "additionalProperties": self.kind.schema()}
        named = {key: self.kind.schema() for key in self.keys}
        return {"type": "object", "properties": named, "additionalProperties": False}


@dataclass(frozen=True, slots=True)
class Corner:
    """Latitude and longitude, in this order."""

    def read(self, node: Node) -> tuple[float, float] | None:
        """Read two degrees."""
        numbers = [_degree(item, most) for item, most in zip(_two(node), (90, 180), strict=False)]
        if len(numbers) == 2 and None not in numbers:  # noqa: PLR2004 - latitude and longitude
            return numbers[0] or 0.0, numbers[1] or 0.0
        if len(numbers) != 2:  # noqa: PLR2004 - latitude and longitude
            node.fault("CG-1612", "a corner is [lat, lon]")
        return None

    def schema(self) -> Schema:
        """Describe a pair of degrees."""
        lat = {"type": "number", "minimum": -90, "maximum": 90}
        lon = {"type": "number", "minimum": -180, "maximum": 180}
        return {"type": "array", "prefixItems": [lat, lon], "minItems": 2, "maxItems": 2}


def _two(node: Node) -> Sequence[Node]:
    found = list(node.items()) if node.is_list else []
    return found if len(found) == 2 else []  # noqa: PLR2004 - latitude and longitude


def _degree(node: Node, most: float) -> float | None:
    found = Number(least=-most, most=most).read(node)
    return None if found is None else float(found)
