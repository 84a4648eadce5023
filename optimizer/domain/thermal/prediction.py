"""What the planner asks: how the goods fare on a trip, and how long they may ride at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from optimizer.domain.fleet import Cooling, Vehicle
from optimizer.domain.plan import PredictedTemperature, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal.boxes import box_of, hold_s, ride_in_boxes
from optimizer.domain.thermal.ride import ride
from optimizer.domain.thermal.trip import ThermalLeg, ThermalTrip
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_DAY, Seconds, ceil_div

SAFETY_C = 0.2
"""Margin a planner keeps, so that the checker's finer arithmetic never finds a breach."""

LOOK_S = 900


def predict(trip: ThermalTrip) -> tuple[Mapping[Zone, PredictedTemperature], ...]:
    """Predict temperatures per leg, for the zones that have goods on board during that leg."""
    return ride_in_boxes(trip) if trip.boxes else ride(trip)


def predict_route(
    problem: Problem, route: Route
) -> tuple[Mapping[Zone, PredictedTemperature], ...]:
    """Predict temperatures for every stop of a route."""
    return predict(trip_of(problem, route))


def trip_of(problem: Problem, route: Route) -> ThermalTrip:
    """Describe a route to the thermal model."""
    vehicle = problem.vehicles[route.vehicle]
    body = problem.body(vehicle)
    handed = [_handed_over(stop) for stop in route.stops]
    legs, clock = [], route.departs
    for place, stop in enumerate(route.stops):
        open_s = dict.fromkeys(handed[place], body.door_open_s)
        on_board: dict[Zone, float] = {}
        for later in handed[place:]:
            for zone, kg in later.items():
                on_board[zone] = on_board.get(zone, 0.0) + kg
        closed = max(0, stop.service_starts - clock)
        legs.append(ThermalLeg(closed_s=closed, open_s=open_s, mass_kg=on_board))
        clock = stop.service_starts + max(open_s.values(), default=0)
    loading = _loading(problem, route)
    return ThermalTrip(
        body=body,
        boxes=vehicle.cooling is Cooling.BOXES,
        layout=route.compartments,
        policies=problem.policies,
        start_product_c={zone: max(temperatures) for zone, temperatures in loading.items()},
        coldest_start_c={zone: min(temperatures) for zone, temperatures in loading.items()},
        ambient_c=problem.ambient_c,
        sun_c=problem.sun_c,
        legs=tuple(legs),
        box_count=_box_count(vehicle, problem, route),
        ice_kg={load.zone: load.ice_kg / load.count for load in route.boxes if load.count > 0},
    )


def _handed_over(stop: Stop) -> dict[Zone, float]:
    mass: dict[Zone, float] = {}
    for item in stop.delivers:
        mass[item.zone] = mass.get(item.zone, 0.0) + item.mass_g / PER_THOUSAND
    return mass


def _loading(problem: Problem, route: Route) -> dict[Zone, list[float]]:
    loading: dict[Zone, list[float]] = {}
    for stop in route.stops:
        for item in stop.delivers:
            loading.setdefault(item.zone, []).append(problem.loading_c(problem.lines[item.key]))
    return loading


def _box_count(vehicle: Vehicle, problem: Problem, route: Route) -> dict[Zone, int]:
    """Count the boxes: as the route says, else as many as the load fills."""
    if vehicle.cooling is not Cooling.BOXES:
        return {}
    volume: dict[Zone, int] = {}
    for stop in route.stops:
        for item in stop.delivers:
            volume[item.zone] = volume.get(item.zone, 0) + item.volume_ml
    size = box_of(problem.body(vehicle)).volume_ml
    filled = {zone: ceil_div(ml, size) for zone, ml in volume.items()}
    return filled | {load.zone: load.count for load in route.boxes if load.count > 0}


def longest_ride_s(
    trip: ThermalTrip, zone: Zone, *, opening_every_s: Seconds | None = None
) -> Seconds | None:
    """Bound how long the goods of a zone keep in a vehicle, before any route is known.

    The first leg of ``trip`` gives the goods on board, which stay on board. For boxes with ice the
    bound is the hold time of the ice; otherwise the last quarter of an hour within a day at whose
    end the margin is not below zero.

    Parameters
    ----------
    trip
        Body, weather, loading temperatures, and one leg with the goods.
    zone
        Whose goods; they must be on board.
    opening_every_s
        How often the doors of all loaded zones open; None keeps them shut, which is the optimist's
        bound.

    Returns
    -------
    Seconds
        None where the goods keep for a day and longer.
    """
    if trip.boxes and zone in box_of(trip.body).melt_c:
        hold = hold_s(box_of(trip.body), zone, trip.ambient_c)
        return None if hold >= SECONDS_PER_DAY else int(hold)
    mass = trip.legs[0].mass_kg
    step = opening_every_s or LOOK_S
    opened = dict.fromkeys(mass, trip.body.door_open_s) if opening_every_s else {}
    length = step + max(opened.values(), default=0)
    leg = ThermalLeg(closed_s=step, open_s=opened, mass_kg=mass)
    legs = (leg,) * (SECONDS_PER_DAY // length)
    for count, seen in enumerate(predict(replace(trip, legs=legs))):
        if seen[zone].margin_c < 0.0:
            return count * length
    return None
