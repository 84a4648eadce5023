"""Settings as YAML text: plain values with the line of each, safe from hostile files.

YAML 1.1 reads ``16:30`` as the number 990 and an instant as a naive one; this loader leaves both
as text, so that one parser of times sees what the person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

import yaml

from optimizer.formats.faults import FaultLog
from optimizer.formats.raw import RawSettings, SettingsPath

LARGEST_TEXT = 1_000_000
MOST_NODES = 50_000
"""Aliases count as often as they are used: ten lines of them can stand for billions of values."""
DEEPEST = 20
MOST_BRACKETS = 100

_TAG = "tag:yaml.org,2002:"
_REPLACED = {_TAG + "int", _TAG + "float", _TAG + "timestamp"}


class _PlainLoader(yaml.SafeLoader):
    """A safe loader for which times are text."""


_PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_PlainLoader.add_implicit_resolver(
    _TAG + "int", re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,17})$"), list("-+0123456789")
)
_PlainLoader.add_implicit_resolver(
    _TAG + "float",
    re.compile(r"^(?:[-+]?[0-9]{1,17}\.[0-9]{0,17}|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"),
    list("-+.0123456789"),
)


class _TooMuchError(Exception):
    """The text stands for more values than settings can have."""


class _Walk:
    """Lines and repeated keys of a document, and the count that stops a bomb."""

    def __init__(self) -> None:
        self.lines: dict[SettingsPath, int] = {}
        self.repeated: list[tuple[str, int]] = []
        self._nodes = 0

    def visit(self, node: yaml.Node, path: SettingsPath, line: int) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES or len(path) > DEEPEST:
            raise _TooMuchError
        self.lines.setdefault(path, line)
        if isinstance(node, yaml.MappingNode):
            self._visit_mapping(node, path)
        elif isinstance(node, yaml.SequenceNode):
            for index, item in enumerate(node.value):
                self.visit(item, (*path, index), _line(item))

    def _visit_mapping(self, node: yaml.MappingNode, path: SettingsPath) -> None:
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen and name != "<<":
                self.repeated.append((name, _line(key)))
            seen.add(name)
            self.visit(value, (*path, name), _line(key))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def settings_from_text(text: str, place: str, log: FaultLog) -> RawSettings | None:
    """Read settings.yaml; None where it is no mapping at all."""
    walk = _Walk()
    document = _load(text, place, walk, log)
    if document is None:
        return None
    if not isinstance(document, Mapping):
        log.add("CG-1027", place, "the settings are no mapping", "Write lines like key: value")
        return None

    def line_of(path: SettingsPath) -> str:
        while path and path not in walk.lines:
            path = path[:-1]
        return f"{place} line {walk.lines[path]}" if path else place

    return RawSettings(document=_with_text_keys(document), place=line_of)


def value_from_text(text: str, place: str, log: FaultLog) -> Any:  # noqa: ANN401 - any YAML value
    """Read the YAML value of one cell; None where it cannot be read."""
    value = _load(text, place, _Walk(), log, lines=False)
    return _with_text_keys(value)


def settings_to_text(settings: Mapping[str, Any]) -> str:
    """Write settings as YAML, keys in their own order."""
    return "".join(_entry(key, value) for key, value in settings.items())


def _entry(key: str, value: object) -> str:
    """Write one key on lines of its own, innermost lists and mappings on one line each."""
    flow = None if isinstance(value, Mapping | list | tuple) else False
    return yaml.safe_dump(
        {key: value}, sort_keys=False, allow_unicode=True, default_flow_style=flow, width=100
    )


def value_to_text(value: object) -> str:
    """Write one value as one line of YAML."""
    line = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10**6)
    return line.removesuffix("\n").removesuffix("\n...")


def _load(text: str, place: str, walk: _Walk, log: FaultLog, *, lines: bool = True) -> object:
    """Parse a document after its size and its aliases were found harmless."""
    if len(text) > LARGEST_TEXT:
        log.add("CG-1005", place, f"the settings are longer than {LARGEST_TEXT} characters")
        return None
    try:
        _refuse_deep_brackets(text)
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            return {} if lines else None
        walk.visit(node, (), 1)
        document: object = loader.construct_document(node)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{place} line {mark.line + 1}" if mark and lines else place
        reason = getattr(error, "problem", None) or "it holds characters that YAML does not allow"
        log.add("CG-1005", where, f"this is no YAML: {reason}")
        return None
    except (_TooMuchError, RecursionError):
        log.add("CG-1005", place, "the YAML stands for too many values or is nested too deep")
        return None
    except ValueError as error:
        log.add("CG-1005", place, f"this is no YAML: {error}")
        return None
    for name, line in walk.repeated:
        log.add("CG-1004", f"{place} line {line}" if lines else place, f"key {name!r} stands twice")
    return {} if document is None and lines else document


def _refuse_deep_brackets(text: str) -> None:
    """Stop early at what the YAML scanner needs seconds for; brackets in quotes count as well."""
    steps = {"[": 1, "{": 1, "]": -1, "}": -1}
    if max(accumulate(steps.get(character, 0) for character in text), default=0) > MOST_BRACKETS:
        raise _TooMuchError


def _with_text_keys(value: Any) -> Any:  # noqa: ANN401 - any YAML value
    """Turn keys into text, as JSON has them: YAML reads ``1:`` as a number."""
    if isinstance(value, Mapping):
        return {str(key): _with_text_keys(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(item) for item in value]
    return value
