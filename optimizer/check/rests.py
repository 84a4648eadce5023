"""Drivers' rests: where breaks may lie, and how long anybody drives between two of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.check.services import ends_of_services
from optimizer.domain.driving import BreakRule
from optimizer.domain.plan import Route, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds

Span = tuple[Seconds, Seconds]


def rests(facts: Facts) -> Iterator[Violation]:
    """Judge the breaks of every trip and the driving of every vehicle between its rests."""
    for one in facts.judged:
        if one.route.breaks:
            yield from _places(facts.problem, one.route)
    for trips in facts.trips.values():
        rule = facts.problem.breaks.get(trips[0].vehicle.type)
        if rule is not None:
            yield from _driving(facts.problem, trips, rule)


def breaks_within(route: Route, start: Seconds, end: Seconds) -> list[Span]:
    """Give the times inside a span at which a route has a break; breaks that touch are one."""
    joined: list[Span] = []
    for pause in sorted((one.starts, one.ends) for one in route.breaks):
        begins, ends = max(pause[0], start), min(pause[1], end)
        if begins >= ends:
            continue
        if joined and begins <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], ends)
        else:
            joined.append((begins, ends))
    return joined


def rested_s(route: Route, start: Seconds, end: Seconds) -> Seconds:
    """Give the seconds of a span that a route's breaks take."""
    return _length(breaks_within(route, start, end)) if route.breaks else 0


def _length(spans: Iterable[Span]) -> Seconds:
    return sum(end - start for start, end in spans)


def _roads(problem: Problem, route: Route) -> list[Span]:
    """Give the times in which a break may lie: from a service's end to the next arrival."""
    free = [route.departs, *ends_of_services(problem, route)]
    arrivals = [*(stop.arrives for stop in route.stops), route.returns]
    return list(zip(free, arrivals, strict=True))


def _places(problem: Problem, route: Route) -> Iterator[Violation]:
    """Compare the length of all breaks with what of them lies between services, counted once."""
    roads = _roads(problem, route)
    stated = sum(abs(one.ends - one.starts) for one in route.breaks)
    outside = stated - sum(rested_s(route, start, end) for start, end in roads)
    if outside > 0:
        yield Violation(code="break_place", where=at(route), amount=float(outside))


def _driving(
    problem: Problem, trips: Sequence[JudgedRoute], rule: BreakRule
) -> Iterator[Violation]:
    """Follow a vehicle through its day; a finding per stretch that is too long."""
    driven, place = 0, ""
    for seconds, where, rested in _stretches(problem, trips, rule.rest_s):
        driven += seconds
        if driven > rule.after_driving_s and not place:
            place = where
        if rested:
            if place:
                over = float(driven - rule.after_driving_s)
                yield Violation(code="rest", where=place, amount=over)
            driven, place = 0, ""
    if place:
        yield Violation(code="rest", where=place, amount=float(driven - rule.after_driving_s))


def _stretches(
    problem: Problem, trips: Sequence[JudgedRoute], rest_s: Seconds
) -> Iterator[tuple[Seconds, str, bool]]:
    """Give pieces of driving, where each ends, and whether a rest follows it.

    Drives are as long as the travel matrix says; the plan says where in them a break lies.
    """
    back: Seconds | None = None
    for one in trips:
        route = one.route
        if back is not None and route.departs - back >= rest_s:
            yield 0, route.id, True
        starts = [route.departs, *(stop.departs for stop in route.stops)]
        waits = [*(stop.service_starts - stop.arrives for stop in route.stops), 0]
        roads = _roads(problem, route)
        rows = zip(one.legs, starts, roads, waits, one.places, strict=True)
        for leg, start, (free, end), wait, where in rows:
            done = paused = 0
            drive_s = max(0, leg.duration_s)
            for begins, ends in breaks_within(route, free, end) if route.breaks else ():
                if ends - begins >= rest_s:
                    at_break = min(max(begins - start - paused, done), drive_s)
                    yield at_break - done, where, True
                    done = at_break
                paused += max(0, ends - max(begins, start))
            yield drive_s - done, where, wait >= rest_s
        back = route.returns if back is None else max(back, route.returns)
