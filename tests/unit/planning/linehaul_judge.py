"""A judge of linehaul plans that shares no code with the planner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from optimizer.domain.fleet import layout_is_legal
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan

HOUR = 3600


def quantity_faults(plan: LinehaulPlan, demands: Sequence[GridDemand]) -> list[str]:
    """Every line is brought in full to its own grid, or it is unserved and on no truck."""
    faults = []
    brought: Counter[tuple[str, LineKey, Zone, str]] = Counter()
    for route in plan.routes:
        for stop in route.stops:
            for item in stop.delivers:
                name = (stop.site, item.key, item.zone)
                brought[*name, "g"] += item.mass_g
                brought[*name, "ml"] += item.volume_ml
    wanted: Counter[tuple[str, LineKey, Zone, str]] = Counter()
    unserved = {item.key for item in plan.unserved}
    for call in demands:
        for item in call.deliveries:
            if item.key not in unserved:
                wanted[call.grid, item.key, item.zone, "g"] += item.mass_g
                wanted[call.grid, item.key, item.zone, "ml"] += item.volume_ml
    for key in brought.keys() | wanted.keys():
        if brought[key] != wanted[key]:
            faults.append(f"{key}: {brought[key]} of {wanted[key]}")
    return faults


def route_faults(
    plan: LinehaulPlan, problem: Problem, travel: TravelMatrix, demands: Sequence[GridDemand]
) -> list[str]:
    faults = []
    for route in plan.routes:
        faults += [f"{route.id}: {fault}" for fault in _load_faults(route, problem)]
        faults += [f"{route.id}: {fault}" for fault in _time_faults(route, problem, travel)]
        faults += [f"{route.id}: {fault}" for fault in _rest_faults(route, problem)]
        faults += _wave_faults(route, problem, demands)
    faults += _vehicle_faults(plan.routes, problem)
    faults += _dock_faults(plan.routes, problem)
    for call in demands:
        keys = {item.key for item in call.deliveries}
        ends = [
            stop.departs
            for route in plan.routes
            for stop in route.stops
            if any(item.key in keys for item in stop.delivers)
        ]
        sorting_s = problem.sites[call.grid].sorting_s
        if ends and plan.ready.get((call.grid, call.wave)) != max(ends) + sorting_s:
            faults.append(f"{call.grid}: ready {plan.ready.get((call.grid, call.wave))}")
        if ends and call.latest is not None and max(ends) > call.latest:
            faults.append(f"{call.grid}: unloaded after the latest moment")
    return faults


def _load_faults(route: Route, problem: Problem) -> list[str]:
    vehicle = problem.vehicles[route.vehicle]
    items = [item for stop in route.stops for item in stop.delivers]
    faults = [] if layout_is_legal(vehicle, route.compartments) else ["bulkheads"]
    if vehicle.range_m is not None and route.distance_m > vehicle.range_m:
        faults.append("range")
    if any(not problem.sites[stop.site].needs <= vehicle.skills for stop in route.stops):
        faults.append("skill")
    if sum(item.mass_g for item in items) > vehicle.payload_g:
        faults.append("payload")
    for zone in Zone:
        volume_ml = sum(item.volume_ml for item in items if item.zone is zone)
        if volume_ml > route.compartments.get(zone, 0):
            faults.append(f"{zone} holds {volume_ml}")
        if volume_ml and zone is not Zone.CONTROLLED and not vehicle.live_temperature:
            faults.append(f"{zone} without live temperature")
    return faults


def _time_faults(route: Route, problem: Problem, travel: TravelMatrix) -> list[str]:
    vehicle = problem.vehicles[route.vehicle]
    speed, factor = (
        problem.travel.speed_kmh[vehicle.type],
        problem.travel.factor(vehicle.shift.opens),
    )
    durations = travel.durations(speed, factor)
    ids = travel.origins
    faults, now, here, metres = [], route.departs, ids.index(route.start_site), 0
    home = problem.sites[route.start_site]
    if not (home.is_open(route.departs) and home.is_open(route.departs - home.service_s)):
        faults.append("loads or leaves while the central is closed")
    for stop in route.stops:
        site, there = problem.sites[stop.site], ids.index(stop.site)
        if stop.arrives != now + durations[here, there] + _rested_s(route, now, stop.arrives):
            faults.append(f"arrives at {stop.site} at {stop.arrives}")
        if stop.service_starts < stop.arrives or not site.is_open(stop.service_starts):
            faults.append(f"serves {stop.site} at {stop.service_starts}")
        if stop.departs != stop.service_starts + site.service_s:
            faults.append(f"leaves {stop.site} at {stop.departs}")
        for item in stop.delivers:
            if stop.service_starts - route.departs > problem.time_on_board_s.get(item.zone, 10**9):
                faults.append(f"{item.key} too long on board")
        metres += int(travel.distance_m[here, there])
        now, here = stop.departs, there
    back = ids.index(route.end_site)
    metres += int(travel.distance_m[here, back])
    returns = now + durations[here, back] + _rested_s(route, now, route.returns)
    if (route.distance_m, route.returns) != (metres, returns):
        faults.append("distance or return")
    if route.departs < vehicle.shift.opens or route.returns > vehicle.shift.closes:
        faults.append("shift")
    return faults


def _rested_s(route: Route, begins: int, ends: int) -> int:
    return sum(b.ends - b.starts for b in route.breaks if begins <= b.starts and b.ends <= ends)


def _rest_faults(route: Route, problem: Problem) -> list[str]:
    """Walk along the trip second by second of driving; waits before service are rests as well."""
    rule = problem.breaks.get(route.vehicle_type)
    if rule is None:
        return ["rests although nobody must"] if route.breaks else []
    vehicle = problem.vehicles[route.vehicle]
    faults, driven, now = [], 0, route.departs
    if any(b.ends - b.starts != rule.rest_s for b in route.breaks):
        faults.append("a rest of another length")
    for arrives, starts, departs in [
        *((stop.arrives, stop.service_starts, stop.departs) for stop in route.stops),
        (route.returns, route.returns, route.returns),
    ]:
        for rest in [b for b in route.breaks if now <= b.starts and b.ends <= arrives]:
            driven += rest.starts - now
            if driven > rule.after_driving_s:
                faults.append(f"{vehicle.id} drives {driven} s")
            driven, now = 0, rest.ends
        driven += arrives - now
        if driven > rule.after_driving_s:
            faults.append(f"{vehicle.id} drives {driven} s")
        if starts - arrives >= rule.rest_s:
            driven = 0
        now = departs
    return faults


def _wave_faults(route: Route, problem: Problem, demands: Sequence[GridDemand]) -> list[str]:
    """The wave of a trip is the earliest that it brings goods for."""
    keys = {item.key for stop in route.stops for item in stop.delivers}
    departs = {wave.id: wave.departs for wave in problem.waves}
    served = [
        departs[call.wave] for call in demands if any(item.key in keys for item in call.deliveries)
    ]
    if served and min(served) != departs[route.wave]:
        return [f"{route.id}: wave {route.wave}"]
    return []


def _vehicle_faults(routes: Sequence[Route], problem: Problem) -> list[str]:
    faults = []
    for name in {route.vehicle for route in routes}:
        vehicle = problem.vehicles[name]
        rule = problem.breaks.get(vehicle.type)
        home_s = max(problem.sites[vehicle.home].service_s, 0 if rule is None else rule.rest_s)
        trips = sorted((r for r in routes if r.vehicle == name), key=lambda route: route.departs)
        if [trip.trip for trip in trips] != list(range(1, len(trips) + 1)):
            faults.append(f"{name}: trip numbers")
        if len(trips) > vehicle.max_trips:
            faults.append(f"{name}: {len(trips)} trips")
        for before, after in pairwise(trips):
            if after.departs - home_s < before.returns:
                faults.append(f"{name}: two trips at once")
        for trip in trips:
            kilometres = -(-vehicle.cents_per_km * trip.distance_m // 1000)
            fixed = vehicle.fixed_cents if trip.trip == 1 else 0
            hours = vehicle.cents_per_h * trip.duration_s / HOUR
            if abs(trip.cost_cents - fixed - kilometres - hours) > 1:
                faults.append(f"{trip.id}: cost {trip.cost_cents}")
    return faults


def _dock_faults(routes: Sequence[Route], problem: Problem) -> list[str]:
    visits: dict[str, list[tuple[int, int]]] = {}
    for route in routes:
        loading_s = problem.sites[route.start_site].service_s
        visits.setdefault(route.start_site, []).append((route.departs - loading_s, route.departs))
        for stop in route.stops:
            visits.setdefault(stop.site, []).append((stop.service_starts, stop.departs))
    faults = []
    for name, spans in visits.items():
        docks = problem.sites[name].docks
        most = max(sum(a <= moment < b for a, b in spans) for moment, _ in spans)
        if docks is not None and most > docks:
            faults.append(f"{name}: {most} trucks at {docks} docks")
    return faults
