"""The planner's prediction for insulated boxes: ice holds, then the box warms up like one node."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf

from optimizer.domain.fleet import Body, Box
from optimizer.domain.plan import PredictedTemperature
from optimizer.domain.temperature import TemperatureBand, Zone
from optimizer.domain.thermal.oracles import ice_hold_s, warm_up_c
from optimizer.domain.thermal.trip import ThermalTrip
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import ceil_div


def box_of(body: Body) -> Box:
    """Give the box of a body that has one.

    Raises
    ------
    ValueError
        The vehicle type carries boxes and names none.
    """
    if body.box is None:
        raise ValueError("a vehicle with boxes needs a box in its vehicle type")
    return body.box


def hold_s(box: Box, zone: Zone, ambient_c: float, ice_kg: float | None = None) -> float:
    """Give the seconds until the ice of a zone is used up; 0 where the zone has no ice.

    Without a number of kilograms the box is full.
    """
    if zone not in box.melt_c:
        return 0.0
    ice = box.ice_kg if ice_kg is None else ice_kg
    return ice_hold_s(ice, box.u_w_m2k, box.area_m2, ambient_c, box.melt_c[zone])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """How the goods of one zone fare in their boxes: towards the ice, then towards the air."""

    ice_c: float | None
    hold_s: float
    ambient_c: float
    tau_box_s: float
    tau_product_s: float

    def at(self, start_c: float, seconds: float) -> float:
        """Give the product temperature some seconds after the departure."""
        if self.ice_c is None:
            return warm_up_c(start_c, self.ambient_c, self.tau_box_s, seconds)
        held = min(seconds, self.hold_s)
        ice = self.ice_c + (start_c - self.ice_c) * exp(-held / self.tau_product_s)
        return warm_up_c(ice, self.ambient_c, self.tau_box_s, seconds - held)

    def margin(self, band: TemperatureBand, start_c: float, seconds: float) -> float:
        """Give the smallest margin so far: the course turns only when the ice is gone."""
        turn = min(seconds, self.hold_s)
        return min(band.margin_c(self.at(start_c, moment)) for moment in (0.0, turn, seconds))


def _course(trip: ThermalTrip, zone: Zone) -> _Course:
    box = box_of(trip.body)
    mass = max(leg.mass_kg.get(zone, 0.0) for leg in trip.legs)
    count = trip.box_count.get(zone) or max(1, ceil_div(trip.layout.get(zone, 0), box.volume_ml))
    ice = box.melt_c.get(zone)
    # Air colder than the ice melts nothing: the box follows the air from the start.
    melts = ice is not None and trip.ambient_c > ice
    return _Course(
        ice_c=ice if melts else None,
        hold_s=hold_s(box, zone, trip.ambient_c, trip.ice_kg.get(zone)) if melts else 0.0,
        ambient_c=trip.ambient_c,
        tau_box_s=mass / count * PRODUCT_J_KGK[zone] / (box.u_w_m2k * box.area_m2),
        tau_product_s=PRODUCT_J_KGK[zone] / EXCHANGE_W_KGK,
    )


def ride_in_boxes(trip: ThermalTrip) -> tuple[dict[Zone, PredictedTemperature], ...]:
    """Predict a trip in insulated boxes, leg by leg, for the zones with goods on board."""
    courses = {zone: _course(trip, zone) for zone in trip.zones}
    answer = []
    clock = 0.0
    for leg in trip.legs:
        clock += leg.closed_s + max(leg.open_s.values(), default=0)
        seen = {}
        for zone, course in courses.items():
            if leg.mass_kg.get(zone, 0.0) <= 0.0:
                continue
            policy = trip.policies[zone]
            warm = trip.start_product_c.get(zone, policy.loading_c)
            cold = trip.coldest_start_c.get(zone, warm)
            margins = [course.margin(policy.product, start, clock) for start in (warm, cold)]
            product = course.at(warm, clock)
            seen[zone] = PredictedTemperature(
                product_c=product,
                air_max_c=max(warm, product, course.ice_c or -inf),
                margin_c=min(margins),
            )
        answer.append(seen)
    return tuple(answer)
