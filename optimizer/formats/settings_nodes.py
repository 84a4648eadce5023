"""One value of the settings with its place: reads itself as what is asked for, or notes a fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, overload

from optimizer.formats import cells
from optimizer.formats.cells import Parser
from optimizer.formats.faults import CellError, FaultLog, listed
from optimizer.formats.raw import RawSettings, SettingsPath, cell_text

T = TypeVar("T")
S = TypeVar("S")


class Node:
    """A value of the settings; it may be absent, and then every default applies.

    Parameters
    ----------
    settings
        The whole settings, for places.
    path
        Keys and indices that lead here.
    value
        What stands here; None for nothing.
    log
        Where faults go.
    """

    def __init__(
        self, settings: RawSettings, path: SettingsPath, value: object, log: FaultLog
    ) -> None:
        self._settings = settings
        self._path = path
        self._log = log
        self.value = value

    @property
    def place(self) -> str:
        """Say where this stands: a line, a row or a JSON pointer."""
        return self._settings.place(self._path)

    @property
    def name(self) -> str:
        """Give the dotted name, as people write it in messages."""
        return ".".join(str(part) for part in self._path) or "settings"

    def fault(self, code: str, cause: str, action: str | None = None) -> None:
        """Note that something is wrong here."""
        self._log.add(code, self.place, f"{self.name}: {cause}", action)

    def has(self, key: str) -> bool:
        """Say whether a key is there, be it with an empty value."""
        return isinstance(self.value, Mapping) and key in self.value

    def child(self, key: str) -> Node:
        """Step down to a key; where it is absent the child holds nothing."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(self._settings, (*self._path, key), value, self._log)

    def only(self, names: Iterable[str]) -> Node:
        """Note every key that nobody reads."""
        known = tuple(names)
        for key, child in self.entries():
            if key not in known:
                hint = self._log.meant(key, known)
                child.fault("CG-1003", f"there is no such setting{hint}",
                            f"Use only {listed(known, len(known))}")  # fmt: skip
        return self

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Give the keys and values of a mapping; absent is an empty mapping."""
        if self.value is None:
            return
        if not isinstance(self.value, Mapping):
            self.fault("CG-1027", "a mapping belongs here", "Write key: value pairs")
            return
        for key in self.value:
            yield key, self.child(key)

    def items(self) -> Iterator[Node]:
        """Give the values of a list; absent is an empty list."""
        if self.value is None:
            return
        if not isinstance(self.value, list):
            self.fault("CG-1027", "a list belongs here", "Write [item, item] or lines with - item")
            return
        for index, item in enumerate(self.value):
            yield Node(self._settings, (*self._path, index), item, self._log)

    @overload
    def read(self, parse: Parser[T], default: S) -> T | S: ...

    @overload
    def read(self, parse: Parser[T]) -> T | None: ...

    def read(self, parse: Parser[T], default: S | None = None) -> T | S | None:
        """Read one value as a cell; nothing there, or nothing legible, gives the default."""
        try:
            cell = cell_text(self.value)
            return parse(cell) if cell else default
        except CellError as error:
            self.fault(error.code, error.cause, error.action)
            return default

    def required(self, parse: Parser[T]) -> T | None:
        """Read one value that must be there; None where it is not, which is noted."""
        if self.value is None or self.value == "":
            self.fault("CG-1006", "this setting has no default and is missing")
            return None
        return self.read(parse)

    def text(self) -> str | None:
        """Read text."""
        return self.read(cells.text)


def root(settings: RawSettings, log: FaultLog) -> Node:
    """Begin at the top of the settings."""
    document: Mapping[str, Any] = settings.document
    return Node(settings, (), document, log)
