"""Take jobs out of routes: those that break a rule, and those that are wanted elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.schedule import MILLICENTS_PER_CENT, route_millicents


def worth_millicents(problem: RoutingProblem, jobs: Iterable[int]) -> float:
    """Say what leaving jobs out costs; beyond all price where one of them must be done."""
    total = 0.0
    for index in jobs:
        cents = problem.jobs[index].drop_cents
        total += float("inf") if cents is None else cents * MILLICENTS_PER_CENT
    return total


def without(route: RoutingRoute, jobs: Collection[int]) -> RoutingRoute:
    """Give a route without some of its jobs; a trip that loses all of them is no trip any more."""
    return RoutingRoute.of_trips(
        route.group, [[index for index in trip if index not in jobs] for trip in route.trips]
    )


def stripped(problem: RoutingProblem, route: RoutingRoute) -> RoutingRoute:
    """Give the route with the jobs it can keep, each on its trip and in its place.

    The dearest to leave out stay first. A beginning that is settled stays in any case.
    """
    if route_millicents(problem, route) is not None:
        return route
    lock = problem.locks.get(route.group, ())
    left = set(route.jobs).difference(lock)
    for index in sorted(left, key=lambda job: (-worth_millicents(problem, [job]), job)):
        tried = without(route, left - {index})
        if route_millicents(problem, tried) is not None:
            left.remove(index)
    return without(route, left)
