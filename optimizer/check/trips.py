"""What one vehicle does in a day: how many trips, how far, where it can go, time to load."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.domain.plan import Violation
from optimizer.domain.problem import Problem


def trips(facts: Facts) -> Iterator[Violation]:
    """Judge every vehicle's day."""
    for one in facts.judged:
        yield from _range(one)
        yield from _skills(facts.problem, one)
    for name, ones in facts.trips.items():
        most = ones[0].vehicle.max_trips
        if len(ones) > most:
            yield Violation(code="max_trips", where=name, amount=float(len(ones) - most))
        yield from _turns(facts.problem, ones)


def _range(one: JudgedRoute) -> Iterator[Violation]:
    limit = one.vehicle.range_m
    if limit is None or not one.reachable:
        return
    over = sum(leg.distance_m for leg in one.legs) - limit
    if over > 0:
        yield Violation(code="range", where=one.route.id, amount=float(over))


def _skills(problem: Problem, one: JudgedRoute) -> Iterator[Violation]:
    for stop in one.route.stops:
        missing = problem.sites[stop.site].needs - one.vehicle.skills
        if missing:
            where = at(one.route, stop)
            yield Violation(code="skill", where=where, amount=float(len(missing)))


def _turns(problem: Problem, ones: Sequence[JudgedRoute]) -> Iterator[Violation]:
    """Find trips that begin before the one before is back, or before the vehicle is loaded."""
    back = ones[0].route.returns
    for one in ones[1:]:
        route = one.route
        short = back - route.departs
        loading = problem.sites[route.start_site].service_s
        if short > 0:
            yield Violation(code="vehicle_overlap", where=route.id, amount=float(short))
        elif short + loading > 0:
            yield Violation(code="reload", where=route.id, amount=float(short + loading))
        back = max(back, route.returns)
