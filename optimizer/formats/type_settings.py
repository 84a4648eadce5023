"""Settings per vehicle type: the fields of its body, its boxes and its speed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Box
from optimizer.formats import cells
from optimizer.formats.bodies import DEFAULT_BOX
from optimizer.formats.break_settings import read_breaks
from optimizer.formats.cells import Parser
from optimizer.formats.policy_settings import temperature, zones_of
from optimizer.formats.settings_nodes import Node

speed: Parser[float] = cells.real(most=300, above=0)
_length = cells.real(most=50, above=0)
_power = cells.real(0, 1_000_000)
_transfer = cells.real(most=100, above=0)

BODY_FIELDS: Mapping[str, Parser[Any]] = {
    "k_w_m2k": _transfer,
    "bulkhead_k_w_m2k": _transfer,
    "width_m": _length,
    "height_m": _length,
    "door_m2": cells.real(0, 100),
    "door_height_m": _length,
    "door_open_s": cells.whole(0, 86_400),
    "curtain": cells.real(0, 1),
    "cooling_w": _power,
    "heating_w": _power,
}
BOX_KEYS = ("volume_l", "u_w_m2k", "area_m2", "ice_kg", "ice_step_kg", "melt_c")
OTHER_KEYS = ("box", "speed_kmh", "breaks")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeSettings:
    """What the settings say of vehicle types.

    Parameters
    ----------
    bodies
        Fields of ``Body`` per type, those that are given.
    speed_kmh
        Speed per type, where ``vehicle_types`` gives it.
    breaks
        Rests of the drivers per type, where ``vehicle_types`` gives them; None for no rests.
    nodes
        Where each type stands, for messages.
    """

    bodies: Mapping[str, Mapping[str, Any]]
    speed_kmh: Mapping[str, float]
    breaks: Mapping[str, BreakRule | None]
    nodes: Mapping[str, Node]


def read_types(node: Node) -> TypeSettings:
    """Read ``vehicle_types``."""
    bodies: dict[str, dict[str, Any]] = {}
    speeds: dict[str, float] = {}
    breaks: dict[str, BreakRule | None] = {}
    nodes: dict[str, Node] = {}
    for name, entry in node.entries():
        entry.only((*BODY_FIELDS, *OTHER_KEYS))
        nodes[name] = entry
        bodies[name] = {}
        for field, parse in BODY_FIELDS.items():
            value = entry.child(field).read(parse)
            if value is not None:
                bodies[name][field] = value
        if entry.child("box").value is not None:
            bodies[name]["box"] = _box(entry.child("box"))
        kmh = entry.child("speed_kmh").read(speed)
        if kmh is not None:
            speeds[name] = kmh
        if entry.has("breaks"):
            breaks[name] = read_breaks(entry.child("breaks"))
    return TypeSettings(bodies=bodies, speed_kmh=speeds, breaks=breaks, nodes=nodes)


def _box(node: Node) -> Box:
    node.only(BOX_KEYS)
    ice_kg = node.child("ice_kg").read(cells.real(0, 1000), DEFAULT_BOX.ice_kg)
    box = Box(
        volume_ml=node.child("volume_l").read(cells.step, DEFAULT_BOX.volume_ml),
        u_w_m2k=node.child("u_w_m2k").read(_transfer, DEFAULT_BOX.u_w_m2k),
        area_m2=node.child("area_m2").read(cells.real(most=100, above=0), DEFAULT_BOX.area_m2),
        ice_kg=ice_kg,
        ice_step_kg=_ice_step(node.child("ice_step_kg"), ice_kg),
        melt_c=DEFAULT_BOX.melt_c,
    )
    if not node.has("melt_c"):
        return box
    melting = ((zone, entry.read(temperature)) for zone, entry in zones_of(node.child("melt_c")))
    return replace(box, melt_c={zone: c for zone, c in melting if c is not None})


def _ice_step(node: Node, ice_kg: float) -> float:
    """Read the weight of one brick of ice; a box that takes less than the usual one takes one."""
    usual = DEFAULT_BOX.ice_step_kg if ice_kg == 0 else min(DEFAULT_BOX.ice_step_kg, ice_kg)
    step_kg = node.read(cells.real(most=1000, above=0), usual)
    if 0 < ice_kg < step_kg:
        node.fault("CG-1028", f"a brick of {step_kg:g} kg in a box for {ice_kg:g} kg of ice")
    return step_kg
