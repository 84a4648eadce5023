"""The compartments of a body: what each stores and what leaks into it, from its layout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from optimizer.domain.fleet import Body, Layout
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.thermal.oracles import (
    body_heat_capacity_j_k,
    body_surface_m2,
    mean_surface_m2,
)

ML_PER_M3 = 1_000_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Compartment:
    """One cooled space.

    Parameters
    ----------
    air_j_k
        Heat that its air and lining take per degree.
    outer_w_k, roof_w_k
        Heat per degree through all outer walls, and through the roof, which is one of them.
    neighbours
        Heat per degree through each bulkhead.
    """

    zone: Zone
    air_j_k: float
    outer_w_k: float
    roof_w_k: float
    neighbours: Mapping[Zone, float]

    def outside_c(self, ambient_c: float, sun_c: float) -> float:
        """Give the temperature at which this compartment would rest without neighbours."""
        return ambient_c + sun_c * self.roof_w_k / self.outer_w_k


def compartments(body: Body, layout: Layout) -> tuple[Compartment, ...]:
    """Divide a body, from the front to the rear; the body is as long as its compartments need.

    Outer walls count with the geometric mean of inside and outside surface, as ATP measures them.
    """
    present = [zone for zone in ZONES if layout.get(zone, 0) > 0]
    section = body.width_m * body.height_m
    lengths = {zone: layout[zone] / ML_PER_M3 / section for zone in present}
    whole = (sum(lengths.values()), body.width_m, body.height_m)
    mean = mean_surface_m2(*whole) / body_surface_m2(*whole) if present else 1.0
    rooms = []
    for place, zone in enumerate(present):
        length = lengths[zone]
        ends = (place == 0) + (place == len(present) - 1)
        roof = length * body.width_m
        outer = 2.0 * roof + 2.0 * length * body.height_m + ends * section
        beside = [present[i] for i in (place - 1, place + 1) if 0 <= i < len(present)]
        inside = body_surface_m2(length, body.width_m, body.height_m)
        rooms.append(
            Compartment(
                zone=zone,
                air_j_k=body_heat_capacity_j_k(length * section, inside),
                outer_w_k=body.k_w_m2k * mean * outer,
                roof_w_k=body.k_w_m2k * mean * roof,
                neighbours=dict.fromkeys(beside, body.bulkhead_k_w_m2k * section),
            )
        )
    return tuple(rooms)
