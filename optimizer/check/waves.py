"""When a van may leave: with its wave, or earlier where all it carries is express from stock."""

from __future__ import annotations

from collections.abc import Iterator, Set

from optimizer.check.facts import Facts, at
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.plan import Route, Violation
from optimizer.domain.problem import Problem


def waves(facts: Facts) -> Iterator[Violation]:
    """Judge the departures of the last mile."""
    problem = facts.problem
    trucked = _trucked(facts)
    first = min(problem.waves, key=lambda wave: wave.departs, default=None)
    for one in facts.judged:
        route = one.route
        if route.echelon is not Echelon.LAST_MILE:
            continue
        early = problem.wave(route.wave).departs - route.departs
        # A route before all waves names the first; naming a later one would borrow its traffic.
        of_first = first is not None and route.wave == first.id
        if early > 0 and not (of_first and _all_express(problem, route, trucked)):
            yield Violation(code="wave", where=route.id, amount=float(early))
        yield from _orders(problem, route)


def _trucked(facts: Facts) -> Set[tuple[SiteId, LineKey]]:
    """Give the lines that do not lie at a grid wholly, because a truck brings some of them."""
    return {
        (stop.site, item.key)
        for route in facts.routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        for item in stop.delivers
    }


def _all_express(problem: Problem, route: Route, trucked: Set[tuple[SiteId, LineKey]]) -> bool:
    keys = [item.key for stop in route.stops for item in stop.delivers]
    return bool(keys) and all(
        problem.promises[problem.lines[key].promise].express
        and (route.start_site, key) not in trucked
        for key in keys
    )


def _orders(problem: Problem, route: Route) -> Iterator[Violation]:
    """Find express lines that leave before somebody ordered them."""
    for stop in route.stops:
        for item in stop.delivers:
            line = problem.lines[item.key]
            early = (line.ordered_s or 0) - route.departs
            if early > 0 and problem.promises[line.promise].express:
                where = f"{at(route, stop)}/{item.key}"
                yield Violation(code="before_order", where=where, amount=float(early))
