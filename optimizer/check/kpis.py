"""Key figures of a plan, for people and reports; none of them is a rule."""

from __future__ import annotations

from collections import defaultdict

from optimizer.check.rests import rested_s
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import PER_THOUSAND, Metres, Seconds

TOLERANCE_C = 1e-6

KPIS: dict[str, str] = {
    "served_lines": "Order lines that are delivered.",
    "unserved_lines": "Order lines that are left out.",
    "served_kg_share": "Kilograms delivered, of those ordered.",
    "vehicles_used": "Vehicles that drive at all.",
    "linehaul_km": "Kilometres of the trucks.",
    "last_mile_km": "Kilometres of the vans.",
    "empty_km": "Kilometres home from last stops, of trips that collect nothing.",
    "transfers_per_order": "Changes of vehicle per order delivered.",
    "trips": "Trips of all vehicles.",
    "rests": "Breaks that drivers take on the way.",
    "collected_share": "Empties and returns that are taken, of those that wait.",
    "frozen_thawed_share": "Frozen kilograms predicted to be handed over outside their band.",
    "appointments_kept_share": "Lines served in the window booked for them, of those with one.",
    "on_time_share": "Lines served when they are due or before, of those ordered.",
    "on_time_share_CLASS": "The same of one promise class.",
    "fill_ZONE": "Litres loaded, of the compartments of the zone that were taken along.",
}
"""What each figure means; CLASS and ZONE stand for the classes of a problem and the zones."""


def kpis(problem: Problem, plan: Plan) -> dict[str, float]:
    """Count what a plan does.

    Shares lie between 0 and 1. On-time shares are of all lines ordered: a line left out is not on
    time. A share of nothing is 1, a fill of no compartment 0, and of no frozen goods none thaw.
    ``KPIS`` says what each figure means.
    """
    served = _service_starts(problem, plan)
    mass = sum(line.mass_g for line in problem.lines.values())
    figures = {
        "served_lines": float(len(served)),
        "unserved_lines": float(len(problem.lines) - len(served)),
        "served_kg_share": _share(sum(problem.lines[key].mass_g for key in served), mass),
        "vehicles_used": float(len({route.vehicle for route in plan.routes})),
        "linehaul_km": _km(plan, Echelon.LINEHAUL),
        "last_mile_km": _km(plan, Echelon.LAST_MILE),
        "empty_km": sum(_empty_m(route) for route in plan.routes) / PER_THOUSAND,
        "transfers_per_order": _transfers_per_order(plan, served),
        "trips": float(len(plan.routes)),
        "rests": float(sum(len(route.breaks) for route in plan.routes)),
        "collected_share": _share(len(_taken(problem, plan)), len(problem.collects)),
        "frozen_thawed_share": _thawed(problem, plan),
        "appointments_kept_share": _appointments(problem, served),
    }
    return figures | _on_time(problem, served) | _fill(plan)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _service_starts(problem: Problem, plan: Plan) -> dict[LineKey, Seconds]:
    return {
        item.key: stop.service_starts
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in stop.delivers
        if item.key in problem.lines
    }


def _on_time(problem: Problem, served: dict[LineKey, Seconds]) -> dict[str, float]:
    ordered: dict[str, int] = defaultdict(int)
    punctual: dict[str, int] = defaultdict(int)
    for key, line in problem.lines.items():
        ordered[line.promise] += 1
        due = problem.promises[line.promise].due(line)
        punctual[line.promise] += key in served and served[key] <= due
    shares = {"on_time_share": _share(sum(punctual.values()), len(problem.lines))}
    for promise in problem.promises:
        shares[f"on_time_share_{promise}"] = _share(punctual[promise], ordered[promise])
    return shares


def _appointments(problem: Problem, served: dict[LineKey, Seconds]) -> float:
    """Give the share of the booked windows in which service starts."""
    booked = {key: line.window for key, line in problem.lines.items() if line.window is not None}
    kept = sum(key in served and served[key] in window for key, window in booked.items())
    return _share(kept, len(booked))


def _taken(problem: Problem, plan: Plan) -> set[LineKey]:
    return {
        item.key
        for route in plan.routes
        for stop in route.stops
        for item in stop.collects
        if item.key in problem.collects
    }


def _thawed(problem: Problem, plan: Plan) -> float:
    """Give the share of the frozen mass that is predicted to be handed over out of its band.

    Stops that state no prediction are left out.
    """
    band = problem.policies[Zone.FROZEN].product
    kept = thawed = 0
    for route in plan.routes:
        for stop in route.stops if route.echelon is Echelon.LAST_MILE else ():
            seen = stop.predicted.get(Zone.FROZEN)
            mass = sum(item.mass_g for item in stop.delivers if item.zone is Zone.FROZEN)
            if seen is None:
                continue
            if band.margin_c(seen.product_c) < -TOLERANCE_C:
                thawed += mass
            else:
                kept += mass
    return thawed / (kept + thawed) if kept + thawed else 0.0


def _km(plan: Plan, echelon: Echelon) -> float:
    metres = sum(route.distance_m for route in plan.routes if route.echelon is echelon)
    return metres / PER_THOUSAND


def _empty_m(route: Route) -> Metres:
    """Give the way back from the last stop, as its share of the driving time says."""
    if not route.stops or any(stop.collects for stop in route.stops):
        return 0
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    drives = [
        end - start - rested_s(route, start, end) for start, end in zip(starts, ends, strict=True)
    ]
    return round(route.distance_m * drives[-1] / sum(drives)) if sum(drives) else 0


def _transfers_per_order(plan: Plan, served: dict[LineKey, Seconds]) -> float:
    trucked = {
        item.key
        for route in plan.routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        for item in stop.delivers
    }
    orders = {key.order for key in served}
    changed = {key.order for key in served if key in trucked}
    return len(changed) / len(orders) if orders else 0.0


def _fill(plan: Plan) -> dict[str, float]:
    loaded: dict[str, int] = defaultdict(int)
    room: dict[str, int] = defaultdict(int)
    for route in plan.routes:
        for zone, size in route.compartments.items():
            room[zone.value] += size
        for stop in route.stops:
            for item in stop.delivers:
                loaded[item.zone.value] += item.volume_ml
    return {
        f"fill_{zone.value}": loaded[zone.value] / room[zone.value] if room[zone.value] else 0.0
        for zone in ZONES
    }
