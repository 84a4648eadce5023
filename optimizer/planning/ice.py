"""Boxes and ice of a trip: as many boxes as the goods fill, as much ice as the ride needs.

A box loses U A (Ta - Tm) watts through its walls while its ice melts at Tm in air of Ta; ice takes
334 kJ/kg. So a ride of t seconds needs U A (Ta - Tm) t / L kilograms in every box.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from optimizer.domain.fleet import Box, Cooling, Vehicle
from optimizer.domain.plan import BoxLoad, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.thermal_constants import ICE_J_KG
from optimizer.domain.units import (
    PER_THOUSAND,
    SECONDS_PER_MINUTE,
    Grams,
    Millilitres,
    Seconds,
    ceil_div,
)

RESERVE_S = 30 * SECONDS_PER_MINUTE
"""Ice is to last so much longer than the last drop, where the box takes that much."""
GRAINS = 1e-9
"""Slack of a division whose true result is a whole number of bricks."""


def boxes_for(
    problem: Problem, vehicle: Vehicle, departs: Seconds, stops: Sequence[Stop]
) -> tuple[BoxLoad, ...]:
    """Choose boxes and ice for the stops of one trip; none where the body itself is cooled."""
    box = problem.body(vehicle).box
    if box is None or vehicle.cooling is not Cooling.BOXES:
        return ()
    volume: dict[Zone, Millilitres] = {}
    last: dict[Zone, Seconds] = {}
    for stop in stops:
        for item in stop.delivers:
            volume[item.zone] = volume.get(item.zone, 0) + item.volume_ml
            last[item.zone] = stop.service_starts
    loads = []
    for zone, filled in volume.items():
        count = ceil_div(filled, box.volume_ml)
        one_kg = ice_kg(box, zone, problem.ambient_c, last[zone] - departs + RESERVE_S)
        loads.append(BoxLoad(zone=zone, count=count, ice_kg=round(count * one_kg, 3)))
    return tuple(load for load in loads if load.count)


def ice_needed_kg(box: Box, zone: Zone, ambient_c: float, ride_s: float) -> float:
    """Give the ice that melts in one box of a zone within a ride; 0 where there is none."""
    gap = ambient_c - box.melt_c[zone] if zone in box.melt_c else 0.0
    return max(0.0, box.u_w_m2k * box.area_m2 * gap * ride_s / ICE_J_KG)


def ice_kg(box: Box, zone: Zone, ambient_c: float, ride_s: float) -> float:
    """Give the bricks of ice for one box of a zone, in kilograms; a full box has no more room."""
    needed = ice_needed_kg(box, zone, ambient_c, ride_s)
    bricks = ceil(needed / box.ice_step_kg - GRAINS) if box.ice_step_kg > 0.0 else 0
    chosen = bricks * box.ice_step_kg if box.ice_step_kg > 0.0 else needed
    return min(box.ice_kg, chosen)


def ice_reserve_g(problem: Problem, vehicle: Vehicle) -> Grams:
    """Give what the ice of a vehicle weighs at most: every box of an iced zone full of it."""
    box = problem.body(vehicle).box
    if box is None or vehicle.cooling is not Cooling.BOXES:
        return 0
    iced = sum(vehicle.capacity_ml.get(zone, 0) for zone in ZONES if zone in box.melt_c)
    return ceil(ceil_div(iced, box.volume_ml) * box.ice_kg * PER_THOUSAND)
