"""Services: after the arrival, long enough, while the site is open, inside the windows booked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from optimizer.check.facts import Facts, at
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import TimeWindow
from optimizer.domain.orders import Mode
from optimizer.domain.plan import Route, Stop, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_DAY, Seconds


def services(facts: Facts) -> Iterator[Violation]:
    """Judge every service."""
    problem = facts.problem
    for one in facts.judged:
        route = one.route
        if route.departs < 0:
            yield Violation(code="sequence", where=route.id, amount=float(-route.departs))
        for stop in route.stops:
            site, where = problem.sites[stop.site], at(route, stop)
            yield from _length(problem, route, stop)
            if not site.is_open(stop.service_starts):
                amount = _outside(stop.service_starts, site.hours)
                yield Violation(code="hours", where=where, amount=amount)
            if route.echelon is Echelon.LAST_MILE:
                yield from _windows(problem, stop, where)


def ends_of_services(problem: Problem, route: Route) -> list[Seconds]:
    """Give when each service of a route has ended, if it takes no longer than it must."""
    return [
        stop.service_starts + problem.sites[stop.site].service_s + _doors_s(problem, route, stop)
        for stop in route.stops
    ]


def _doors_s(problem: Problem, route: Route, stop: Stop) -> Seconds:
    """Give what the orders that go to a door add to a service."""
    if not problem.door_service_s or route.echelon is not Echelon.LAST_MILE:
        return 0
    lines = (problem.lines[item.key] for item in stop.delivers)
    doors = {line.key.order for line in lines if line.mode is Mode.DOOR}
    return problem.door_service_s * len(doors)


def _length(problem: Problem, route: Route, stop: Stop) -> Iterator[Violation]:
    """Find services that start too early or are too short; a stop has one finding of the two."""
    where, doors_s = at(route, stop), _doors_s(problem, route, stop)
    stay = stop.service_starts + problem.sites[stop.site].service_s - stop.departs
    early = max(stop.arrives - stop.service_starts, stay)
    if early > 0:
        yield Violation(code="sequence", where=where, amount=float(early))
    elif stay + doors_s > 0:
        yield Violation(code="door_service", where=where, amount=float(stay + doors_s))


def _windows(problem: Problem, stop: Stop, where: str) -> Iterator[Violation]:
    """Find lines served outside their window; a soft window only has a beginning."""
    for item in stop.delivers:
        line = problem.lines[item.key]
        window, start = line.window, stop.service_starts
        if window is None or start in window:
            continue
        if start > window.closes and problem.promises[line.promise].soft_window:
            continue
        amount = _outside(start, [window])
        yield Violation(code="window", where=f"{where}/{item.key}", amount=amount)


def _outside(moment: Seconds, windows: Iterable[TimeWindow]) -> float:
    """Say how far a moment lies from the nearest window; a day where there is none."""
    gaps = [max(w.opens - moment, moment - w.closes, 0) for w in windows]
    return float(min(gaps, default=SECONDS_PER_DAY))
