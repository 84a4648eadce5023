"""Routes that stay cannot do without others: the trucks with their goods, and earlier trips."""

from __future__ import annotations

from collections.abc import Iterable

from optimizer.domain.errors import ColdgridError
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.planning.held_day import riding


class HeldRefused(ColdgridError):
    """What shall stay of a plan contradicts the problem or itself."""


def closure(problem: Problem, plan: Plan, frozen: Iterable[str]) -> frozenset[str]:
    """Add to fixed routes those that they cannot do without.

    A van that stays needs its goods, so the trucks that bring them stay. A trip that stays is
    counted and priced as its vehicle's second or third, so the earlier trips of the vehicle stay.

    Parameters
    ----------
    problem
        The day; only its vehicles are looked at.
    plan
        The plan as it stands.
    frozen
        Ids of routes.

    Raises
    ------
    HeldRefused
        The plan has no route of an id, or the problem lacks a vehicle.
    """
    routes = {route.id: route for route in plan.routes}
    stays = set(frozen)
    for name in sorted(stays):
        if name not in routes:
            raise HeldRefused("CG-4010", f"route {name}: the plan has no route of this id")
    while True:
        kept = [routes[name] for name in sorted(stays)]
        _know_vehicles(problem, kept)
        needed = _needed(plan.routes, kept)
        if needed <= stays:
            return frozenset(stays)
        stays |= needed


def _know_vehicles(problem: Problem, routes: Iterable[Route]) -> None:
    for route in routes:
        if route.vehicle not in problem.vehicles:
            raise HeldRefused(
                "CG-4014",
                f"route {route.id}: its vehicle {route.vehicle} is none of the problem's;"
                " it cannot stay",
            )


def _needed(routes: Iterable[Route], kept: Iterable[Route]) -> set[str]:
    """Give the routes that bring goods for those that stay, or are earlier trips of theirs."""
    last: dict[VehicleId, Seconds] = {}
    goods: set[tuple[SiteId, LineKey]] = set()
    for route in kept:
        last[route.vehicle] = max(route.departs, last.get(route.vehicle, route.departs))
        if route.echelon is Echelon.LAST_MILE:
            goods |= {(route.start_site, key) for key in riding([route])}
    return {
        route.id
        for route in routes
        if route.departs < last.get(route.vehicle, route.departs)
        or (
            route.echelon is Echelon.LINEHAUL
            and any(
                (stop.site, item.key) in goods for stop in route.stops for item in stop.delivers
            )
        )
    }
