"""The trucks of a day: what they must bring for the waves, and then for the vans as planned.

Trucks that stay bring what they bring; the rest is asked of those that may still leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Delivery, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import TravelMatrix
from optimizer.domain.units import Seconds
from optimizer.planning.calls import Calls, keep
from optimizer.planning.desk import Desk, cents_of
from optimizer.planning.linehaul.demand import Call, GridDemand, LinehaulPlan
from optimizer.planning.linehaul.plan import plan_linehaul
from optimizer.planning.linehaul.soonest import soonest_unloading
from optimizer.planning.product_temperature import broken_lines, with_predictions
from optimizer.planning.stock import carried
from optimizer.planning.truck_room import beyond_all_trucks

LINEHAUL_SHARE = 0.1


def _demands(
    desk: Desk, calls: Calls, latest: Mapping[Call, Seconds] | None = None
) -> list[GridDemand]:
    """Say what trucks must bring to each grid for each wave, and by when."""
    rest = carried(desk.trucks, for_trucks(desk, calls))
    soonest = _soonest(desk, calls)
    demands = []
    for call, keys in calls.items():
        grid, wave = call
        deliveries = tuple(rest[key] for key in keys if key in rest)
        if deliveries:
            sorting_s = desk.problem.sites[grid].sorting_s
            due = max(desk.problem.wave(wave).departs - sorting_s, soonest.get(grid, 0))
            last = None if latest is None else latest[call] - sorting_s
            demands.append(
                GridDemand(grid=grid, wave=wave, deliveries=deliveries, due=due, latest=last)
            )
    return demands


def for_trucks(desk: Desk, calls: Calls) -> Calls:
    """Take out of calls what trucks that stay bring in full."""
    return keep(calls, desk.problem.lines.keys() - desk.trucks.lines.keys())


def _soonest(desk: Desk, calls: Calls) -> Mapping[SiteId, Seconds]:
    """Give the first possible unloading where the day has begun; at its eve waves alone count."""
    if not desk.held.anything:
        return {}
    grids = list(dict.fromkeys(grid for grid, _ in calls))
    return soonest_unloading(desk.problem, _truck_ways(desk), grids, desk.held.underway)


def haul(desk: Desk, calls: Calls) -> tuple[LinehaulPlan, list[Unserved]]:
    """Plan the trucks; say which lines they leave, or would not keep cold enough."""
    need = carried(desk.trucks, for_trucks(desk, calls))
    left = beyond_all_trucks(desk.trucks, need, desk.charges)
    while True:
        kept = keep(calls, {item.key for item in left})
        plan = _trucks(desk, _demands(desk, kept))
        broken = broken_lines(plan.routes).lines
        if not broken:
            return plan, [*left, *plan.unserved]
        left += [_spoilt_on_truck(desk.problem, key) for key in sorted(broken)]


def _spoilt_on_truck(problem: Problem, key: LineKey) -> Unserved:
    zone = problem.lines[key].zone
    detail = (
        f"the product would leave the {zone.value} band on the truck, loaded at"
        f" {problem.loading_c(problem.lines[key]):g} °C with {problem.ambient_c:g} °C outside"
    )
    return Unserved(key=key, reason=UnservedReason.TEMPERATURE, detail=detail)


def _truck_ways(desk: Desk) -> TravelMatrix:
    ends = desk.problem.sites_of(SiteKind.CENTRAL) + desk.problem.sites_of(SiteKind.GRID)
    return desk.means.travel.matrix(ends, ends)


def _trucks(desk: Desk, demands: Sequence[GridDemand]) -> LinehaulPlan:
    """Plan linehaul and predict what the goods go through on the trucks."""
    plan = plan_linehaul(
        desk.problem,
        _truck_ways(desk),
        demands,
        leaving_cents=desk.charges,
        seed=desk.means.seed,
        limit=desk.means.limit.share(LINEHAUL_SHARE),
        underway=desk.held.underway,
    )
    return replace(plan, routes=tuple(with_predictions(desk.problem, r) for r in plan.routes))


def follow(desk: Desk, vans: Sequence[Route], before: LinehaulPlan) -> LinehaulPlan:
    """Plan the trucks anew for the lines that vans serve, no later than the vans leave.

    Where that fails or is no cheaper, the trucks stay and leave the other lines behind. A line may
    have moved to a later wave, so what counts is the wave that its van drives with.
    """
    served: dict[Call, tuple[LineKey, ...]] = {}
    for van in vans:
        call = (van.start_site, van.wave)
        served[call] = (*served.get(call, ()), *_delivered(van))
    need = carried(desk.trucks, for_trucks(desk, served))
    latest: dict[Call, Seconds] = {}
    for van in vans:
        if any(key in need for key in _delivered(van)):
            call = (van.start_site, van.wave)
            latest[call] = min(van.departs, latest.get(call, van.departs))
    after = _trucks(desk, _demands(desk, served, latest))
    stay = _staying(before.routes, {key for group in served.values() for key in group})
    fits = not after.unserved and not broken_lines(after.routes).lines
    if fits and cents_of(after.routes) <= cents_of(stay):
        return after
    return replace(before, routes=tuple(with_predictions(desk.problem, r) for r in stay))


def _delivered(route: Route) -> list[LineKey]:
    return [delivery.key for stop in route.stops for delivery in stop.delivers]


def _staying(routes: Sequence[Route], keys: set[LineKey]) -> tuple[Route, ...]:
    """Leave lines behind; trucks that bring nothing any more stay at home."""
    lighter = [_carrying(route, keys) for route in routes]
    busy = {route.vehicle for route in lighter if any(stop.delivers for stop in route.stops)}
    return tuple(route for route in lighter if route.vehicle in busy)


def _carrying(route: Route, keys: set[LineKey]) -> Route:
    """Take lines off a truck, which still drives and calls as planned."""

    def kept(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
        return tuple(delivery for delivery in deliveries if delivery.key in keys)

    stops = tuple(replace(stop, delivers=kept(stop.delivers)) for stop in route.stops)
    return replace(route, stops=stops)
