"""When: drives with their breaks, shifts, time on board, and what a route states of itself."""

from __future__ import annotations

from collections.abc import Iterator

from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.check.rests import rested_s
from optimizer.domain.plan import Route, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE


def timing(facts: Facts) -> Iterator[Violation]:
    """Judge the times of every route."""
    for one in facts.judged:
        yield from _drives(one)
        yield from _shift(one)
        yield from _time_on_board(facts.problem, one.route)
        yield from _stated(one)


def _drives(one: JudgedRoute) -> Iterator[Violation]:
    """Compare every arrival with the departure before it, the drive and the breaks between."""
    route = one.route
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    for leg, start, end, where in zip(one.legs, starts, ends, one.places, strict=True):
        if leg.distance_m == UNREACHABLE:
            yield Violation(code="unreachable", where=where, amount=1.0)
            continue
        wrong = end - start - rested_s(route, start, end) - leg.duration_s
        if wrong:
            yield Violation(code="travel_time", where=where, amount=float(abs(wrong)))


def _shift(one: JudgedRoute) -> Iterator[Violation]:
    route, shift = one.route, one.vehicle.shift
    outside = max(shift.opens - route.departs, route.returns - shift.closes)
    if outside > 0:
        yield Violation(code="shift", where=route.id, amount=float(outside))


def _time_on_board(problem: Problem, route: Route) -> Iterator[Violation]:
    for stop in route.stops:
        for zone in dict.fromkeys(item.zone for item in stop.delivers):
            limit = problem.time_on_board_s.get(zone)
            ride = stop.service_starts - route.departs
            if limit is not None and ride > limit:
                where = at(route, stop, zone)
                yield Violation(code="time_on_board", where=where, amount=float(ride - limit))


def _stated(one: JudgedRoute) -> Iterator[Violation]:
    route = one.route
    if one.reachable:
        wrong = abs(route.distance_m - sum(leg.distance_m for leg in one.legs))
        if wrong:
            where = f"{route.id}/distance_m"
            yield Violation(code="distance", where=where, amount=float(wrong))
    wrong = abs(route.duration_s - (route.returns - route.departs))
    if wrong:
        yield Violation(code="distance", where=f"{route.id}/duration_s", amount=float(wrong))
