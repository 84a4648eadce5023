"""Settings per temperature zone: the product band, the air profile, set-point, loading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from math import inf
from typing import Any

from optimizer.domain.temperature import (
    DEFAULT_POLICIES,
    AirProfile,
    TemperatureBand,
    TemperaturePolicy,
    Zone,
)
from optimizer.formats import cells
from optimizer.formats.cells import Parser
from optimizer.formats.faults import CellError
from optimizer.formats.settings_nodes import Node

temperature: Parser[float] = cells.real(-100, 100)
_delay = cells.whole(0, 7 * 86_400)
AIR_FIELDS: dict[str, Parser[Any]] = {
    field.name: _delay if field.name.endswith("_s") else temperature for field in fields(AirProfile)
}

MAY_BE_ABSENT = {"warn_low_c", "critical_low_c"}


def zones_of(node: Node) -> Iterator[tuple[Zone, Node]]:
    """Give the entries of a mapping whose keys are zones, in any mixture of cases."""
    for key, entry in node.entries():
        try:
            zone = cells.word(Zone)(key)
        except CellError as error:
            entry.fault(error.code, error.cause, error.action)
        else:
            yield zone, entry


def read_policies(node: Node) -> dict[Zone, TemperaturePolicy]:
    """Read ``zones``; only what is given replaces a default."""
    policies = dict(DEFAULT_POLICIES)
    for zone, entry in zones_of(node):
        entry.only(("product", "air", "setpoint_c", "loading_c"))
        default = policies[zone]
        policies[zone] = TemperaturePolicy(
            product=_band(entry.child("product"), default.product),
            air=_air(entry.child("air"), default.air),
            setpoint_c=entry.child("setpoint_c").read(temperature, default.setpoint_c),
            loading_c=entry.child("loading_c").read(temperature, default.loading_c),
        )
    return policies


def _band(node: Node, default: TemperatureBand) -> TemperatureBand:
    node.only(("lower_c", "upper_c"))
    lower_c = default.lower_c
    if node.has("lower_c"):
        # An explicit null, or YAML's -.inf, says that nothing is too cold.
        lower_c = node.child("lower_c").read(_lower_edge, -inf)
    band = TemperatureBand(
        lower_c=lower_c, upper_c=node.child("upper_c").read(temperature, default.upper_c)
    )
    if band.lower_c > band.upper_c:
        node.fault("CG-1028", f"lower_c {band.lower_c:g} lies above upper_c {band.upper_c:g}")
    return band


def _lower_edge(cell: str) -> float:
    return -inf if cell == "-inf" else temperature(cell)


def _air(node: Node, default: AirProfile) -> AirProfile:
    node.only(AIR_FIELDS)
    given: dict[str, Any] = {}
    for name, parse in AIR_FIELDS.items():
        if node.has(name):
            # Null switches off a limit that need not be there; the others keep their default.
            unless_given = None if name in MAY_BE_ABSENT else getattr(default, name)
            given[name] = node.child(name).read(parse, unless_given)
    return replace(default, **given)
