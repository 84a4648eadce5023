"""YAML as nodes that know their line, so that every fault of a file is found and placed at once.

All scalars are text: YAML 1.1 reads ``22:00`` as the number 1320 and ``no`` as false, and a roster
means neither. Aliases are refused: ten lines of them can stand for billions of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import yaml

from optimizer.domain.errors import Fault
from telemetry.error_table import TELEMETRY_ERRORS

T = TypeVar("T")

LARGEST_TEXT = 1_000_000
DEEPEST = 20
NOTHING = frozenset({"", "~", "null"})


class FaultLog:
    """The faults of one file, in the order in which they were found."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, code: str, place: str, cause: str) -> None:
        """Note a fault; its action stands in the table of errors."""
        action = TELEMETRY_ERRORS[code].action.rstrip(".")
        self.faults.append(Fault(code=code, place=place, cause=cause, action=action))


class Node:
    """A value with its place; it may be absent, and then it holds nothing.

    Parameters
    ----------
    node
        What the parser made; None where nothing stands.
    place
        Name of the file, for faults.
    path
        Keys that lead here.
    """

    def __init__(self, node: yaml.Node | None, place: str, path: str, log: FaultLog) -> None:
        self._node = node
        self._place = place
        self._log = log
        self.path = path

    @property
    def is_absent(self) -> bool:
        """Say whether nothing stands here."""
        node = self._node
        return node is None or (
            isinstance(node, yaml.ScalarNode) and not node.style and node.value in NOTHING
        )

    def fault(self, code: str, cause: str) -> None:
        """Note that something is wrong here."""
        line = "" if self._node is None else f" line {self._node.start_mark.line + 1}"
        where = f"{self.path}: " if self.path else ""
        self._log.add(code, f"{self._place}{line}", f"{where}{cause}")

    def entries(self, code: str, only: Sequence[str] | None = None) -> Iterator[tuple[str, Node]]:
        """Give keys and values of a mapping, after noting keys that stand twice or mean nothing.

        Parameters
        ----------
        code
            Of the faults.
        only
            The keys that there are; None allows all.
        """
        if self.is_absent:
            return
        if not isinstance(self._node, yaml.MappingNode):
            self.fault(code, "keys with values belong here")
            return
        seen: set[str] = set()
        for key, value in self._node.value:
            name = str(key.value)
            child = Node(value, self._place, f"{self.path}.{name}".lstrip("."), self._log)
            if name in seen:
                child.fault(code, "this key stands twice")
            elif only is not None and name not in only:
                child.fault(code, f"there is no such key; there are {', '.join(only)}")
            else:
                yield name, child
            seen.add(name)

    def fields(self, code: str, only: Sequence[str]) -> Callable[[str], Node]:
        """Check the keys of a mapping, and give what finds a value by its key."""
        found = dict(self.entries(code, only))

        def child(key: str) -> Node:
            absent = Node(None, self._place, f"{self.path}.{key}".lstrip("."), self._log)
            return found.get(key, absent)

        return child

    def items(self, code: str) -> Iterator[Node]:
        """Give the values of a list; a single value is a list of one."""
        if self.is_absent:
            return
        if isinstance(self._node, yaml.SequenceNode):
            for index, value in enumerate(self._node.value):
                yield Node(value, self._place, f"{self.path}[{index}]", self._log)
        elif isinstance(self._node, yaml.ScalarNode):
            yield self
        else:
            self.fault(code, "a list belongs here")

    def text(self, code: str) -> str | None:
        """Read text; None where there is none."""
        if self.is_absent:
            return None
        if isinstance(self._node, yaml.ScalarNode):
            return str(self._node.value)
        self.fault(code, "one value belongs here")
        return None

    def read(self, code: str, parse: Callable[[str], T], default: T) -> T:
        """Read one value; where it is absent or wrong, give the default.

        Parameters
        ----------
        code
            Of the fault.
        parse
            Raises ``ValueError`` with the cause.
        default
            What an absent value means.
        """
        text = self.text(code)
        if text is None:
            return default
        try:
            return parse(text)
        except ValueError as error:
            self.fault(code, str(error))
            return default


def parsed(text: str, place: str, code: str, log: FaultLog) -> Node:
    """Read a document; what is no YAML is one fault and an absent node.

    Parameters
    ----------
    text
        The file.
    place
        Its name.
    code
        Of the faults.
    log
        Where they go.
    """
    root: yaml.Node | None = None
    if len(text) > LARGEST_TEXT:
        log.add(code, place, f"the file is longer than {LARGEST_TEXT} characters")
        return Node(None, place, "", log)
    try:
        trick = _trick(text)
        if trick is not None:
            log.add(code, f"{place} line {trick[1]}", trick[0])
            return Node(None, place, "", log)
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = place if mark is None else f"{place} line {mark.line + 1}"
        reason = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
        log.add(code, where, f"this is no YAML: {reason}")
    return Node(root, place, "", log)


def _trick(text: str) -> tuple[str, int] | None:
    """Find what no honest roster holds, with its line."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = 0 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            return "aliases (*name) are not taken", line
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return "it is nested too deep", line
    return None
