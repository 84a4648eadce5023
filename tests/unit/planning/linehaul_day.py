"""Small days for linehaul, and a judge of its plans that shares no code with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np

from optimizer.domain.fleet import Body, Cooling, Echelon, Vehicle, layout_is_legal
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.objective import ObjectiveWeights
from optimizer.domain.plan import Delivery, Route
from optimizer.domain.problem import Horizon, Problem, TravelSettings, Wave
from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan
from optimizer.planning.linehaul.plan import plan_linehaul

HOUR = 3600
DAY = TimeWindow(opens=0, closes=24 * HOUR)
QUICK = Limit(iterations=400)


def central(**changes: object) -> Site:
    site = Site(id="C", kind=SiteKind.CENTRAL, name="", lat=0.0, lon=0.0, hours=(DAY,))
    return replace(site, **changes)  # type: ignore[arg-type]


def grid(name: str, **changes: object) -> Site:
    site = Site(id=name, kind=SiteKind.GRID, name="", lat=0.0, lon=0.0, hours=(DAY,), service_s=600)
    return replace(site, **changes)  # type: ignore[arg-type]


def truck(name: str, **changes: object) -> Vehicle:
    vehicle = Vehicle(
        id=name,
        type="truck",
        home="C",
        echelon=Echelon.LINEHAUL,
        owner="own",
        payload_g=1_000_000,
        capacity_ml=dict.fromkeys(Zone, 4000000),
        bulkhead_step_ml=None,
        fixed_cents=10_000,
        cents_per_km=100,
        cents_per_h=0,
        shift=DAY,
        max_trips=1,
        cooling=Cooling.REFRIGERATED,
        live_temperature=True,
    )
    return replace(vehicle, **changes)  # type: ignore[arg-type]


def part(
    order: str, mass_kg: float, *, zone: Zone = Zone.CHILLED, litres: float | None = None
) -> Delivery:
    return Delivery(
        key=LineKey(order, "1"),
        zone=zone,
        mass_g=round(1000 * mass_kg),
        volume_ml=round(1000 * (mass_kg if litres is None else litres)),
    )


def demand(
    name: str,
    *parts: Delivery,
    wave: str = "w",
    due: int = 20 * HOUR,
    latest: int | None = None,
) -> GridDemand:
    return GridDemand(grid=name, wave=wave, deliveries=parts, due=due, latest=latest)


def day(sites: Sequence[Site], trucks: Sequence[Vehicle], **changes: object) -> Problem:
    problem = Problem(
        id="day",
        horizon=Horizon(start=datetime(2026, 2, 10, tzinfo=UTC), time_zone="UTC"),
        sites={site.id: site for site in sites},
        vehicles={vehicle.id: vehicle for vehicle in trucks},
        lines={},
        stock=(),
        waves=(Wave(id="w", departs=20 * HOUR), Wave(id="x", departs=24 * HOUR)),
        travel=TravelSettings(speed_kmh={"truck": 60.0}),
        policies=DEFAULT_POLICIES,
        promises={},
        time_on_board_s={},
        objective=ObjectiveWeights(),
        bodies={"truck": Body()},
        radius_m=None,
        ambient_c=20.0,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


def roads(
    problem: Problem, kilometres: Mapping[tuple[str, str], int], *, otherwise: int = 30
) -> TravelMatrix:
    """Give symmetric distances; pairs that are not named are ``otherwise`` kilometres apart."""
    ids = tuple(problem.sites)
    distance_m = np.full((len(ids), len(ids)), otherwise * 1000, dtype=np.int64)
    np.fill_diagonal(distance_m, 0)
    for (origin, destination), km in kilometres.items():
        row, column = ids.index(origin), ids.index(destination)
        distance_m[row, column] = distance_m[column, row] = km * 1000 if km >= 0 else -1
    return TravelMatrix(origins=ids, destinations=ids, distance_m=distance_m)


def planned(
    problem: Problem,
    travel: TravelMatrix,
    demands: Sequence[GridDemand],
    *,
    leaving: Mapping[str, int] | None = None,
    limit: Limit = QUICK,
    seed: int = 1,
) -> LinehaulPlan:
    """Plan and judge; a plan that breaks a rule fails the test that asked for it."""
    keys = [item.key for call in demands for item in call.deliveries]
    cents = {key: (leaving or {}).get(key.order, 1_000_000) for key in keys}
    plan = plan_linehaul(problem, travel, demands, leaving_cents=cents, seed=seed, limit=limit)
    faults = [*quantity_faults(plan, demands), *route_faults(plan, problem, travel, demands)]
    assert not faults, faults
    return plan


def quantity_faults(plan: LinehaulPlan, demands: Sequence[GridDemand]) -> list[str]:
    """Every line is brought in full to its own grid, or it is unserved and on no truck."""
    faults = []
    brought: Counter[tuple[str, str, LineKey, Zone, str]] = Counter()
    for route in plan.routes:
        for stop in route.stops:
            for item in stop.delivers:
                name = (stop.site, route.wave, item.key, item.zone)
                brought[*name, "g"] += item.mass_g
                brought[*name, "ml"] += item.volume_ml
    wanted: Counter[tuple[str, str, LineKey, Zone, str]] = Counter()
    unserved = {item.key for item in plan.unserved}
    for call in demands:
        for item in call.deliveries:
            if item.key not in unserved:
                wanted[call.grid, call.wave, item.key, item.zone, "g"] += item.mass_g
                wanted[call.grid, call.wave, item.key, item.zone, "ml"] += item.volume_ml
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
    faults += _vehicle_faults(plan.routes, problem)
    faults += _dock_faults(plan.routes, problem)
    for call in demands:
        ends = [
            stop.departs
            for route in plan.routes
            if route.wave == call.wave
            for stop in route.stops
            if stop.site == call.grid
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
        if stop.arrives != now + durations[here, there]:
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
    if (route.distance_m, route.returns) != (metres, now + durations[here, back]):
        faults.append("distance or return")
    if route.departs < vehicle.shift.opens or route.returns > vehicle.shift.closes:
        faults.append("shift")
    return faults


def _vehicle_faults(routes: Sequence[Route], problem: Problem) -> list[str]:
    faults = []
    for name in {route.vehicle for route in routes}:
        vehicle = problem.vehicles[name]
        loading_s = problem.sites[vehicle.home].service_s
        trips = sorted((r for r in routes if r.vehicle == name), key=lambda route: route.departs)
        if [trip.trip for trip in trips] != list(range(1, len(trips) + 1)):
            faults.append(f"{name}: trip numbers")
        if len(trips) > vehicle.max_trips:
            faults.append(f"{name}: {len(trips)} trips")
        for before, after in pairwise(trips):
            if after.departs - loading_s < before.returns:
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
