"""Default bodies and boxes for vehicle types that the settings do not describe.

A body follows from its volume V (m³): a cross-section of side (V / 1.5)^(1/3), at most 2.25 m
wide and 2.2 m high, as long as the volume asks; walls of K 0.40 W/m²K (ATP, reinforced).

Cooling = 1.75 · UA · (40 °C - (-20 °C)) + doors. 1.75 is ATP's reserve for a mechanical unit
(annex 1, appendix 2); UA = K · S with S the inside surface. Doors: one opening in ten minutes of
the body's usual length, 24.7 kW per m²·√m of door at 60 K (Gosney-Olama: 141 kW for 2.3 × 2.2 m
at 50 K, scaled by the power 1.5), what the curtain lets through, times 1.7 for the three
compartments together. A body of 6 m³ gets about 1.9 kW, one of 30 m³ about 5 kW.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import sqrt
from typing import Any

from optimizer.domain.fleet import Body, Box, Cooling, Vehicle
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres

MILLILITRES_PER_M3 = 1_000_000
LENGTH_PER_SIDE = 1.5
WIDEST_M, HIGHEST_M, SMALLEST_M = 2.25, 2.2, 0.5
DOOR_HEIGHT_SHARE, DOOR_WIDTH_SHARE = 0.9, 0.35
"""Of the inside height and width; with a side of 1.7 m the usual side door of 0.9 m²."""
ATP_RESERVE = 1.75
HOT_C, COLD_C = 40.0, -20.0
SECONDS_BETWEEN_DOORS = 600
DOOR_W_PER_M2_5 = 24_700.0
DOORS_TOGETHER = 1.7
"""One frozen door, half as much for chilled, a quarter for controlled goods."""
HEATING_SPAN_K = 35.0
"""From a winter day of -20 °C to 15 °C in the compartment."""

DEFAULT_BOX = Box(
    volume_ml=40_000,
    u_w_m2k=0.72,
    area_m2=0.72,
    ice_kg=2.0,
    melt_c={Zone.FROZEN: -21.0, Zone.CHILLED: 0.0},
)
"""40 mm EPS (U 0.72 W/m²K), 0.72 m² outside, 40 litres, 2 kg of ice: eutectic brine melting at
-21 °C for frozen goods, water ice at 0 °C for chilled goods."""


def default_body(volume_ml: Millilitres) -> Body:
    """Size body and unit for a volume."""
    volume_m3 = max(volume_ml, 1) / MILLILITRES_PER_M3
    side_m = max(SMALLEST_M, (volume_m3 / LENGTH_PER_SIDE) ** (1 / 3))
    width_m, height_m = min(side_m, WIDEST_M), min(side_m, HIGHEST_M)
    length_m = volume_m3 / (width_m * height_m)
    surface_m2 = 2 * (width_m * height_m + length_m * (width_m + height_m))
    door_height_m = DOOR_HEIGHT_SHARE * height_m
    door_m2 = DOOR_WIDTH_SHARE * width_m * door_height_m
    usual = Body()
    ua_w_k = usual.k_w_m2k * surface_m2
    open_share = usual.door_open_s / SECONDS_BETWEEN_DOORS
    doors_w = DOOR_W_PER_M2_5 * door_m2 * sqrt(door_height_m) * open_share * usual.curtain
    return Body(
        width_m=round(width_m, 3),
        height_m=round(height_m, 3),
        door_m2=round(door_m2, 3),
        door_height_m=round(door_height_m, 3),
        cooling_w=float(round(ATP_RESERVE * ua_w_k * (HOT_C - COLD_C) + DOORS_TOGETHER * doors_w)),
        heating_w=float(round(ATP_RESERVE * ua_w_k * HEATING_SPAN_K)),
    )


def bodies_for(
    vehicles: Iterable[Vehicle], given: Mapping[str, Mapping[str, Any]]
) -> dict[str, Body]:
    """Give the body of every vehicle type; only what the settings name replaces a default.

    Parameters
    ----------
    vehicles
        The fleet; the largest vehicle of a type sizes the type.
    given
        Fields of ``Body`` per type, from the settings.
    """
    volumes: dict[str, Millilitres] = dict.fromkeys(given, 0)
    boxed: set[str] = set()
    for vehicle in vehicles:
        volumes[vehicle.type] = max(volumes.get(vehicle.type, 0), vehicle.body_ml)
        if vehicle.cooling is Cooling.BOXES:
            boxed.add(vehicle.type)
    bodies = {}
    for name, volume_ml in volumes.items():
        body = default_body(volume_ml) if volume_ml else Body()
        fields = {"box": DEFAULT_BOX if name in boxed else None} | dict(given.get(name, {}))
        bodies[name] = _replaced(body, fields)
    return bodies


def _replaced(body: Body, fields: Mapping[str, Any]) -> Body:
    every = {name: getattr(body, name) for name in Body.__slots__}
    return Body(**(every | dict(fields)))
