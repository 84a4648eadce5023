"""YAML as nodes that know their line and column, so that every fault is found and placed at once.

Scalars are text until a kind reads them: YAML 1.1 takes ``22:00`` for the number 1320. Aliases are
refused, for ten lines of them can stand for billions of values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import yaml

from optimizer.domain.errors import Fault
from optimizer.formats.faults import listed, nearest, shown
from scenarios.error_table import SCENARIO_ERRORS

LARGEST_TEXT = 1_000_000
DEEPEST = 30
NOTHING = frozenset({"", "~", "null"})


class FaultLog:
    """The faults of one file, in the order in which they were found."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, code: str, place: str, cause: str) -> None:
        """Note a fault; its action stands in the table of errors."""
        action = SCENARIO_ERRORS[code].action.rstrip(".")
        self.faults.append(Fault(code=code, place=place, cause=cause.rstrip("."), action=action))


class Node:
    """A value with its place; it may be absent, and then it holds nothing.

    Parameters
    ----------
    node
        What the parser made; None where nothing stands.
    file
        Name of the file, for faults.
    path
        Keys that lead here.
    log
        Where faults go.
    parent
        Where this would stand if it were there.
    """

    def __init__(
        self,
        node: yaml.Node | None,
        *,
        file: str,
        path: str,
        log: FaultLog,
        parent: yaml.Node | None = None,
    ) -> None:
        self._node = node
        self._file = file
        self._parent = parent
        self.log = log
        self.path = path

    @property
    def is_absent(self) -> bool:
        """Say whether nothing stands here."""
        node = self._node
        return node is None or (
            isinstance(node, yaml.ScalarNode) and not node.style and node.value in NOTHING
        )

    @property
    def is_list(self) -> bool:
        """Say whether a list stands here."""
        return isinstance(self._node, yaml.SequenceNode)

    @property
    def is_mapping(self) -> bool:
        """Say whether a mapping stands here."""
        return isinstance(self._node, yaml.MappingNode)

    @property
    def place(self) -> str:
        """Name file, line and column; an absent value has the place of what lacks it."""
        node = self._parent if self._node is None else self._node
        if node is None:
            return self._file
        mark = node.start_mark
        return f"{self._file} line {mark.line + 1} column {mark.column + 1}"

    def fault(self, code: str, cause: str) -> None:
        """Note that something is wrong here."""
        where = f"{self.path}: " if self.path else ""
        self.log.add(code, self.place, f"{where}{cause}")

    def entries(self, only: Sequence[str] | None = None) -> Iterator[tuple[str, Node]]:
        """Give keys and values of a mapping, after noting keys that stand twice or mean nothing.

        Parameters
        ----------
        only
            The keys that there are; None allows all.
        """
        if self._node is None or self.is_absent:
            return
        if not isinstance(self._node, yaml.MappingNode):
            self.fault("CG-1604", "keys with values belong here")
            return
        seen: set[str] = set()
        for key, value in self._node.value:
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
            at_key, child = self._child(key, name), self._child(value, name)
            if child.is_absent:
                # Nothing stands anywhere: what is wrong with it is seen at its key.
                child = self._child(None, name, parent=key)
            if name in seen:
                at_key.fault("CG-1602", "this key stands twice")
            elif only is not None and name not in only:
                near = nearest(name, only)
                meant = "" if near is None else f" (did you mean {shown(near)}?)"
                at_key.fault(
                    "CG-1602", f"there is no such key{meant}; there are {listed(only, len(only))}"
                )
            else:
                yield name, child
            seen.add(name)

    def _child(self, node: yaml.Node | None, name: str, parent: yaml.Node | None = None) -> Node:
        path = f"{self.path}.{name}".lstrip(".")
        return Node(node, file=self._file, path=path, log=self.log, parent=parent or self._node)

    def fields(self, only: Sequence[str]) -> Callable[[str], Node]:
        """Check the keys of a mapping, and give what finds a value by its key."""
        found = dict(self.entries(only))
        return lambda key: found.get(key) or self._child(None, key)

    def items(self) -> Iterator[Node]:
        """Give the values of a list; a single value is a list of one."""
        if self.is_absent:
            return
        if isinstance(self._node, yaml.SequenceNode):
            for index, value in enumerate(self._node.value):
                yield Node(value, file=self._file, path=f"{self.path}[{index}]", log=self.log)
        else:
            yield self

    def text(self) -> str | None:
        """Read text; None where there is none or something else stands here, which is noted."""
        if isinstance(self._node, yaml.ScalarNode):
            if self.is_absent:
                return None
            return str(self._node.value)
        if self._node is not None:
            self.fault("CG-1604", "one value belongs here")
        return None


def parsed(text: str, file: str, log: FaultLog) -> Node:
    """Read a document; what is no YAML is one fault and an absent node.

    Parameters
    ----------
    text
        The file's content.
    file
        Its name.
    log
        Where faults go.
    """
    root: yaml.Node | None = None
    if len(text) > LARGEST_TEXT:
        log.add("CG-1601", file, f"the file is longer than {LARGEST_TEXT} characters")
        return Node(None, file=file, path="", log=log)
    try:
        trick = _trick(text)
        if trick is None:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        else:
            log.add("CG-1601", f"{file} {trick[1]}", trick[0])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = "" if mark is None else f" line {mark.line + 1} column {mark.column + 1}"
        reason = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
        log.add("CG-1601", f"{file}{where}", f"this is no YAML: {reason}")
    return Node(root, file=file, path="", log=log)


def _trick(text: str) -> tuple[str, str] | None:
    """Find what no honest file holds, and where."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        mark = event.start_mark
        place = "" if mark is None else f"line {mark.line + 1} column {mark.column + 1}"
        if isinstance(event, yaml.AliasEvent):
            return "aliases (*name) are not taken", place
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            return "it is nested too deep", place
    return None
