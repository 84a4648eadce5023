"""What a plan costs by the one objective, as the planner counts it; the judge counts again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.objective import (
    CostBreakdown,
    lateness_cost,
    left_behind_cost,
    route_cost,
    shelf_life_cost,
    unserved_cost,
)
from optimizer.domain.plan import Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents


def price(
    problem: Problem,
    routes: Sequence[Route],
    unserved: Sequence[Unserved],
    dearest_round_trip_cents: Cents,
) -> CostBreakdown:
    """Price the routes and the lines left out."""
    running = RunningPrice(problem)
    running.add(routes)
    left = sum(leaving_cents(problem, item.key, dearest_round_trip_cents) for item in unserved)
    return running.cost + CostBreakdown(unserved=left)


class RunningPrice:
    """The cost of routes that come one after the other; each is looked at once.

    Parameters
    ----------
    problem
        Whose lines the routes bring.
    """

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._of_routes = CostBreakdown()
        self._riding: dict[Echelon, set[str]] = {echelon: set() for echelon in Echelon}

    def add(self, routes: Iterable[Route]) -> None:
        """Take more routes in."""
        for route in routes:
            self._of_routes += _price_route(self._problem, route)
            self._riding[route.echelon].update(
                delivery.key.order for stop in route.stops for delivery in stop.delivers
            )

    @property
    def cost(self) -> CostBreakdown:
        """Give the cost of all routes so far; an order that rides on both echelons changes once."""
        both = self._riding[Echelon.LINEHAUL] & self._riding[Echelon.LAST_MILE]
        transfers = self._problem.objective.transfer_cents * len(both)
        return self._of_routes + CostBreakdown(transfers=transfers)


def leaving_cents(problem: Problem, key: LineKey, dearest_round_trip_cents: Cents) -> Cents:
    """Price leaving out a line, or leaving behind a collect."""
    if key in problem.collects:
        collect = problem.collects[key]
        return left_behind_cost(problem.objective, collect, dearest_round_trip_cents)
    return unserved_cost(problem.objective, problem.lines[key], dearest_round_trip_cents)


def _price_route(problem: Problem, route: Route) -> CostBreakdown:
    driven = route_cost(
        problem.vehicles[route.vehicle],
        distance_m=route.distance_m,
        duration_s=route.duration_s,
        first_trip=route.trip == 1,
    )
    if route.echelon is Echelon.LINEHAUL:
        return driven
    served = [
        (problem.lines[delivery.key], stop.service_starts)
        for stop in route.stops
        for delivery in stop.delivers
    ]
    return driven + CostBreakdown(
        lateness=sum(
            lateness_cost(problem.promises[line.promise], line, at) for line, at in served
        ),
        shelf_life=sum(shelf_life_cost(problem.objective, line, at) for line, at in served),
        stability=_unusual_stops(problem, route) * problem.objective.stability_cents,
    )


def _unusual_stops(problem: Problem, route: Route) -> int:
    """Count the stops at sites that another vehicle usually serves."""
    usual = problem.usual_vehicle
    return sum(usual.get(stop.site, route.vehicle) != route.vehicle for stop in route.stops)
