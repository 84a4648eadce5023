"""The bodies of many routes as arrays: walls, bulkheads, doors and goods, zone by route.

The first axis is the zone, in the order in the body; the last is the route. A compartment that a
route does not have leaks nothing and touches nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.check.facts import JudgedRoute
from optimizer.domain.fleet import Body
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.thermal_constants import (
    AIR_J_KGK,
    AIR_KG_M3,
    GAS_CONSTANT_AIR_J_KGK,
    GRAVITY_M_S2,
    KELVIN,
    LINING_J_M2K,
    PRESSURE_PA,
    WALL_M,
)

Floats = npt.NDArray[np.float64]

CUBIC_METRES_PER_ML = 1e-6
ABSENT_J_K = 1e6
"""Heat capacity given to compartments that are absent, so that nothing divides by zero."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cabins:
    """Constants of the heat balance; shapes (zone, route) unless said.

    Parameters
    ----------
    air_j_k
        Heat that air and lining take per degree.
    outer_w, outer_w_k
        Heat per degree through outer walls, and that times the temperature outside, sun included.
    between_w_k
        Heat per degree through bulkheads, shape (zone, zone, route).
    door_kg_s
        Air exchange through an open door but for the densities, shape (route,).
    cooling_w, heating_w
        Power of the unit, shape (route,).
    """

    air_j_k: Floats
    outer_w_k: Floats
    outer_w: Floats
    between_w_k: Floats
    door_kg_s: Floats
    cooling_w: Floats
    heating_w: Floats
    ambient_c: float

    @property
    def leak_w_k(self) -> Floats:
        """Give all heat per degree with doors shut."""
        leak: Floats = self.outer_w_k + self.between_w_k.sum(axis=1)
        return leak

    def door_w_k(self, air_c: Floats, route: npt.NDArray[np.intp]) -> Floats:
        """Give the heat per degree through open doors (Gosney and Olama 1975, dry air)."""
        gas = PRESSURE_PA / GAS_CONSTANT_AIR_J_KGK
        inside, outside = air_c + KELVIN, self.ambient_c + KELVIN
        dense = gas / np.minimum(inside, outside)
        light_share = np.minimum(inside, outside) / np.maximum(inside, outside)
        shape = (2.0 / (1.0 + np.cbrt(1.0 / light_share))) ** 1.5
        flow = self.door_kg_s[route] * dense * np.sqrt(1.0 - light_share) * shape
        heat: Floats = AIR_J_KGK * flow
        return heat


def cabins(problem: Problem, routes: Sequence[JudgedRoute]) -> Cabins:
    """Measure the bodies of some routes."""
    bodies = [problem.body(one.vehicle) for one in routes]
    volume = np.array(
        [[one.route.compartments.get(zone, 0) for one in routes] for zone in ZONES], dtype=float
    )
    width, height = _each(bodies, "width_m"), _each(bodies, "height_m")
    section = width * height
    length = volume * CUBIC_METRES_PER_ML / section
    side = 2.0 * length * (width + height)
    k_w_m2k = _each(bodies, "k_w_m2k") * _outside_factor(length.sum(axis=0), width, height)
    present = length > 0.0
    outer = k_w_m2k * (side + section * _ends(present))
    roof = k_w_m2k * length * width
    inside = side + 2.0 * section
    air = AIR_KG_M3 * AIR_J_KGK * length * section + LINING_J_M2K * inside
    door = _each(bodies, "door_m2") * np.sqrt(GRAVITY_M_S2 * _each(bodies, "door_height_m"))
    outer = np.where(present, outer, 0.0)
    return Cabins(
        air_j_k=np.where(present, air, ABSENT_J_K),
        outer_w_k=outer,
        outer_w=outer * problem.ambient_c + roof * problem.sun_c,
        between_w_k=_touching(present) * (_each(bodies, "bulkhead_k_w_m2k") * section),
        door_kg_s=0.221 * door * _each(bodies, "curtain"),
        cooling_w=_each(bodies, "cooling_w"),
        heating_w=_each(bodies, "heating_w"),
        ambient_c=problem.ambient_c,
    )


def _each(bodies: Sequence[Body], name: str) -> Floats:
    return np.array([getattr(body, name) for body in bodies], dtype=float)


def _outside_factor(length: Floats, width: Floats, height: Floats) -> Floats:
    """Give how much larger the geometric mean of both surfaces is than the inside."""
    skin = 2.0 * WALL_M
    inside = length * (width + height) + width * height
    long, wide, high = length + skin, width + skin, height + skin
    factor: Floats = np.sqrt((long * (wide + high) + wide * high) / inside)
    return factor


def _ends(present: npt.NDArray[np.bool_]) -> Floats:
    """Count front and rear walls: the foremost compartment has one, the rearmost the other."""
    before = np.cumsum(present, axis=0)
    front = present & (before == 1)
    rear = present & (before == before[-1])
    ends: Floats = front.astype(float) + rear
    return ends


def _touching(present: npt.NDArray[np.bool_]) -> Floats:
    """Say which compartments share a bulkhead: neighbours but for absent ones between them."""
    zones, routes = present.shape
    touching = np.zeros((zones, zones, routes))
    for front in range(zones):
        for rear in range(front + 1, zones):
            alone = present[front] & present[rear] & ~present[front + 1 : rear].any(axis=0)
            touching[front, rear] = touching[rear, front] = alone
    return touching
