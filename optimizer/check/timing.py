"""When: drives, services, opening hours, booked windows, shifts, waves, trips, time on board."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from optimizer.check.facts import Facts, JudgedRoute, at
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import VehicleId
from optimizer.domain.network import TimeWindow
from optimizer.domain.plan import Route, Stop, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import Seconds


def timing(facts: Facts) -> Iterator[Violation]:
    """Judge the times of every route."""
    for one in facts.judged:
        yield from _drives(one)
        yield from _services(facts.problem, one.route)
        yield from _shift_and_wave(facts.problem, one)
        yield from _time_on_board(facts.problem, one.route)
        yield from _stated(one)
    yield from _trips(facts)


def _drives(one: JudgedRoute) -> Iterator[Violation]:
    """Compare every arrival with the departure before it, the drive and the breaks between."""
    route = one.route
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    places = [*(at(route, stop) for stop in route.stops), f"{route.id}/{route.end_site}"]
    for leg, start, end, where in zip(one.legs, starts, ends, places, strict=True):
        if leg.distance_m == UNREACHABLE:
            yield Violation(code="unreachable", where=where, amount=1.0)
            continue
        rest = sum(b.ends - b.starts for b in route.breaks if start <= b.starts <= b.ends <= end)
        wrong = end - start - rest - leg.duration_s
        if wrong:
            yield Violation(code="travel_time", where=where, amount=float(abs(wrong)))


def _services(problem: Problem, route: Route) -> Iterator[Violation]:
    if route.departs < 0:
        yield Violation(code="sequence", where=route.id, amount=float(-route.departs))
    for stop in route.stops:
        site = problem.sites[stop.site]
        where = at(route, stop)
        early = max(
            stop.arrives - stop.service_starts,
            stop.service_starts + site.service_s - stop.departs,
        )
        if early > 0:
            yield Violation(code="sequence", where=where, amount=float(early))
        if not site.is_open(stop.service_starts):
            amount = _outside(stop.service_starts, site.hours)
            yield Violation(code="hours", where=where, amount=amount)
        if route.echelon is Echelon.LAST_MILE:
            yield from _windows(problem, stop, where)


def _windows(problem: Problem, stop: Stop, where: str) -> Iterator[Violation]:
    for item in stop.delivers:
        window = problem.lines[item.key].window
        if window is not None and stop.service_starts not in window:
            amount = _outside(stop.service_starts, [window])
            yield Violation(code="window", where=f"{where}/{item.key}", amount=amount)


def _outside(moment: Seconds, windows: Iterable[TimeWindow]) -> float:
    """Say how far a moment lies from the nearest window; a day where there is none."""
    gaps = [max(w.opens - moment, moment - w.closes, 0) for w in windows]
    return float(min(gaps, default=86_400))


def _shift_and_wave(problem: Problem, one: JudgedRoute) -> Iterator[Violation]:
    route, shift = one.route, one.vehicle.shift
    outside = max(shift.opens - route.departs, route.returns - shift.closes)
    if outside > 0:
        yield Violation(code="shift", where=route.id, amount=float(outside))
    if route.echelon is Echelon.LAST_MILE:
        early = problem.wave(route.wave).departs - route.departs
        if early > 0:
            yield Violation(code="wave", where=route.id, amount=float(early))


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


def _trips(facts: Facts) -> Iterator[Violation]:
    trips: dict[VehicleId, list[JudgedRoute]] = defaultdict(list)
    for one in facts.judged:
        trips[one.vehicle.id].append(one)
    for vehicle_id, ones in trips.items():
        most = ones[0].vehicle.max_trips
        if len(ones) > most:
            yield Violation(code="max_trips", where=vehicle_id, amount=float(len(ones) - most))
        in_order = sorted((one.route for one in ones), key=lambda r: (r.departs, r.returns))
        back = in_order[0].returns
        for route in in_order[1:]:
            if route.departs < back:
                amount = float(back - route.departs)
                yield Violation(code="vehicle_overlap", where=route.id, amount=amount)
            back = max(back, route.returns)
