"""Settings of the drivers' rests: ``vehicle_types.<type>.breaks``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from optimizer.domain.driving import BreakRule
from optimizer.domain.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Seconds
from optimizer.formats import cells
from optimizer.formats.cells import Parser
from optimizer.formats.faults import CellError
from optimizer.formats.settings_nodes import Node
from optimizer.formats.written_units import in_units

DEFAULT_BREAKS = BreakRule(after_driving_s=4 * SECONDS_PER_HOUR, rest_s=20 * SECONDS_PER_MINUTE)
"""Article 62 of China's regulation on the road traffic safety law: 20 minutes after 4 hours."""
BREAK_KEYS = ("after_driving_h", "rest_min")
LONGEST_S = 24 * SECONDS_PER_HOUR


def read_breaks(node: Node) -> BreakRule | None:
    """Read the rule of one type; an explicit null says that nobody needs a rest."""
    if node.value is None:
        return None
    if not isinstance(node.value, Mapping):
        cause = "after_driving_h and rest_min belong here, or null"
        node.fault("CG-1027", cause, "Write {after_driving_h: 4, rest_min: 20}, or null")
        return DEFAULT_BREAKS
    node.only(BREAK_KEYS)
    return BreakRule(
        after_driving_s=node.child("after_driving_h").read(
            _duration(SECONDS_PER_HOUR), DEFAULT_BREAKS.after_driving_s
        ),
        rest_s=node.child("rest_min").read(_duration(SECONDS_PER_MINUTE), DEFAULT_BREAKS.rest_s),
    )


def breaks_for(types: Iterable[str], given: Mapping[str, BreakRule | None]) -> dict[str, BreakRule]:
    """Give the rule of every vehicle type; only what the settings name replaces the default."""
    rules = {name: given.get(name, DEFAULT_BREAKS) for name in types}
    return {name: rule for name, rule in rules.items() if rule is not None}


def breaks_document(rule: BreakRule | None) -> dict[str, Any] | None:
    """Write a rule so that reading gives it back."""
    if rule is None:
        return None
    return {
        "after_driving_h": in_units(rule.after_driving_s, SECONDS_PER_HOUR),
        "rest_min": in_units(rule.rest_s, SECONDS_PER_MINUTE),
    }


def _duration(unit_s: Seconds) -> Parser[Seconds]:
    """Make a parser of durations of a second to a day."""
    parse = cells.within(in_units(1, unit_s), LONGEST_S / unit_s)

    def duration(cell: str) -> Seconds:
        try:
            return int(parse(cell) * unit_s)
        except CellError as error:
            if error.code != "CG-1008":
                raise
            action = "Write a length of a second to a day, or breaks: null for no rests"
            raise CellError(error.code, error.cause, action) from error

    return duration
