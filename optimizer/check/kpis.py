"""Key figures of a plan, for people and reports; none of them is a rule."""

from __future__ import annotations

from collections import defaultdict

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import PER_THOUSAND, Metres, Seconds


def kpis(problem: Problem, plan: Plan) -> dict[str, float]:
    """Count what a plan does.

    Shares lie between 0 and 1. On-time shares are of all lines ordered: a line left out is not on
    time. A share of nothing is 1, a fill of no compartment 0.
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
        deadline = problem.promises[line.promise].deadline_s
        punctual[line.promise] += key in served and served[key] <= deadline
    shares = {"on_time_share": _share(sum(punctual.values()), len(problem.lines))}
    for promise in problem.promises:
        shares[f"on_time_share_{promise}"] = _share(punctual[promise], ordered[promise])
    return shares


def _km(plan: Plan, echelon: Echelon) -> float:
    metres = sum(route.distance_m for route in plan.routes if route.echelon is echelon)
    return metres / PER_THOUSAND


def _empty_m(route: Route) -> Metres:
    """Give the way back from the last stop, as its share of the driving time says."""
    if not route.stops or any(route.stops[-1].collects):
        return 0
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    drives = [end - start for start, end in zip(starts, ends, strict=True)]
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
