"""Product temperatures of planned routes: what the plan predicts and which lines it would spoil.

The physics is ``domain.thermal``; here a prediction becomes an answer to "which zones may this
vehicle carry today" and "who must get a shorter ride".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Cooling, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import COLD_ZONES, ZONES, Zone
from optimizer.domain.thermal import (
    SAFETY_C,
    ThermalLeg,
    ThermalTrip,
    longest_ride_s,
    predict,
    predict_route,
)
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds

SHORTEST_USEFUL_RIDE_S = 15 * SECONDS_PER_MINUTE
"""A vehicle that cannot keep a zone this long does not carry it."""
TYPICAL_LOAD_KG = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Lines whose product would leave its band, and the longest ride that each zone still bears."""

    lines: frozenset[LineKey]
    longest_rides_s: Mapping[Zone, Seconds]


def with_predictions(problem: Problem, route: Route) -> Route:
    """Write the predicted temperatures into the stops of a route."""
    stops = tuple(
        replace(
            stop,
            predicted={
                zone: forecast
                for zone, forecast in predicted.items()
                if any(delivery.zone is zone for delivery in stop.delivers)
            },
        )
        for stop, predicted in zip(route.stops, predict_route(problem, route), strict=True)
    )
    return replace(route, stops=stops)


def broken_lines(routes: Sequence[Route]) -> Broken:
    """Find the lines that these routes, with their predictions, would spoil."""
    lines: set[LineKey] = set()
    rides: dict[Zone, Seconds] = {}
    for route in routes:
        for zone in ZONES:
            first = _first_break(route, zone)
            if first is None:
                continue
            lines |= {
                delivery.key
                for stop in route.stops[first:]
                for delivery in stop.delivers
                if delivery.zone is zone
            }
            kept = [stop.service_starts for stop in route.stops[:first] if zone in stop.predicted]
            broke_after = route.stops[first].service_starts - route.departs
            ride = kept[-1] - route.departs if kept else broke_after // 2
            rides[zone] = min(ride, rides.get(zone, ride))
    return Broken(lines=frozenset(lines), longest_rides_s=rides)


def zones_kept(problem: Problem, vehicle: Vehicle) -> frozenset[Zone]:
    """Give the zones that a vehicle keeps in their band long enough to be of use today."""
    (after,) = predict(_standing(problem, vehicle))
    kept = frozenset(zone for zone, forecast in after.items() if forecast.margin_c >= SAFETY_C)
    return kept - (COLD_ZONES - _iced(problem, vehicle)) if _has_boxes(vehicle) else kept


def keeping_time_s(problem: Problem, vehicle: Vehicle) -> Seconds | None:
    """Give the longest trip that the ice of a vehicle's boxes allows; None without limit."""
    if not _has_boxes(vehicle):
        return None
    trip = _standing(problem, vehicle)
    iced = _iced(problem, vehicle)
    times = [longest_ride_s(trip, zone) for zone in trip.legs[0].mass_kg if zone in iced]
    return min((time for time in times if time is not None), default=None)


def _has_boxes(vehicle: Vehicle) -> bool:
    return vehicle.cooling is Cooling.BOXES


def _iced(problem: Problem, vehicle: Vehicle) -> frozenset[Zone]:
    """Give the zones for which a vehicle's boxes have ice."""
    box = problem.body(vehicle).box
    return frozenset(() if box is None else box.melt_c)


def _standing(problem: Problem, vehicle: Vehicle) -> ThermalTrip:
    """Give a short ride with a light load in every compartment."""
    loading = {zone: policy.loading_c for zone, policy in problem.policies.items()}
    load = {zone: TYPICAL_LOAD_KG for zone in ZONES if vehicle.carries(zone)}
    return ThermalTrip(
        body=problem.body(vehicle),
        boxes=_has_boxes(vehicle),
        layout=vehicle.capacity_ml,
        policies=problem.policies,
        start_product_c=loading,
        ambient_c=problem.ambient_c,
        sun_c=problem.sun_c,
        legs=(ThermalLeg(closed_s=SHORTEST_USEFUL_RIDE_S, open_s={}, mass_kg=load),),
    )


def _first_break(route: Route, zone: Zone) -> int | None:
    for number, stop in enumerate(route.stops):
        forecast = stop.predicted.get(zone)
        if forecast is not None and forecast.margin_c < SAFETY_C:
            return number
    return None
