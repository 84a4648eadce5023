"""The rest of a route, timed anew behind the stops that are visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.domain.driving import rests_of
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Break, Delivery, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import Leg
from optimizer.domain.units import SECONDS_PER_HOUR, Metres, Seconds
from optimizer.planning.jobs import door_service_s
from optimizer.planning.waves import binding_window
from optimizer.response.roads import Roads
from optimizer.response.situation import Underway

MOST_WAIT_S: Seconds = 4 * SECONDS_PER_HOUR
"""Nobody waits longer before a gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A stop without its times.

    Parameters
    ----------
    not_before
        Service waits for this moment: goods or another vehicle come then.
    extra_s
        What handing goods over adds to the service.
    """

    site: SiteId
    kind: SiteKind
    delivers: tuple[Delivery, ...] = ()
    collects: tuple[Delivery, ...] = ()
    not_before: Seconds = 0
    extra_s: Seconds = 0

    @classmethod
    def of(cls, stop: Stop, without: frozenset[LineKey] = frozenset()) -> Visit:
        """Take the times off a stop, and some lines out of it."""
        return cls(
            site=stop.site,
            kind=stop.kind,
            delivers=tuple(item for item in stop.delivers if item.key not in without),
            collects=stop.collects,
        )

    @property
    def needed(self) -> bool:
        """Say whether anything happens there."""
        return bool(self.delivers or self.collects or self.extra_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """A route with a new tail.

    Parameters
    ----------
    turn_s
        By how much the first arrival differs from a drive from site to site; the checker sees it.
    turn_m
        Metres of turning on the road that the route cannot state.
    """

    route: Route
    turn_s: Seconds = 0
    turn_m: Metres = 0


def visits_without(where: Underway, without: frozenset[LineKey], first: int = 0) -> list[Visit]:
    """Give the open stops of a vehicle without some lines; a stop with nothing left is dropped.

    A stop that a diversion before this one has put in stays, though nothing is handed over there.

    Parameters
    ----------
    where, without
        The vehicle and the lines.
    first
        So many open stops are passed over.
    """
    kept = []
    for stop in where.ahead[first:]:
        visit = Visit.of(stop, without)
        emptied = bool(stop.delivers) and not visit.needed
        if not emptied:
            kept.append(visit)
    return kept


def called_first(
    visits: Sequence[Visit], site: Site, not_before: Seconds, extra_s: Seconds
) -> list[Visit]:
    """Put a call at a site before the other visits; what happens there anyway happens then.

    Parameters
    ----------
    visits
        The others.
    site
        Where the call is.
    not_before, extra_s
        As for a visit.
    """
    own = [visit for visit in visits if visit.site == site.id]
    call = Visit(
        site=site.id,
        kind=site.kind,
        delivers=tuple(item for visit in own for item in visit.delivers),
        collects=tuple(item for visit in own for item in visit.collects),
        not_before=not_before,
        extra_s=extra_s,
    )
    return [call, *(visit for visit in visits if visit.site != site.id)]


def with_tail(roads: Roads, where: Underway, visits: Sequence[Visit]) -> Timed | None:
    """Time the rest of a route, as early as it can be; None where no road or no hour allows it."""
    route = where.route
    path = [*(visit.site for visit in visits), route.end_site]
    first = roads.from_here(where, path[0])
    legs = [roads.leg(route, a, b) for a, b in pairwise(path)]
    straight = roads.leg(route, where.last_site, path[0])
    if first is None or straight is None or None in legs:
        return None
    clock = _Clock.start(roads, where, path[0], first)
    rests = _rests(roads, where, clock.until, [leg for leg in legs if leg is not None])
    stops: list[Stop] = []
    for place, visit in enumerate(visits):
        if place:
            clock.drive(legs[place - 1], rests[place - 1])
        stop = _stop(roads.problem, visit, clock.now)
        if stop is None:
            return None
        stops.append(stop)
        clock.now = stop.departs
    if visits:
        clock.drive(legs[-1], rests[-1])
    written = _written(roads, where, (*where.visited, *stops), clock)
    rested = sum(
        max(0, min(one.ends, clock.until) - max(one.starts, where.last_departs))
        for one in clock.breaks
    )
    turn_s = clock.until - where.last_departs - rested - straight.duration_s
    turn_m = 0 if clock.onward else _driven_m(roads, where) + first.distance_m
    turn_m -= 0 if clock.onward else straight.distance_m
    return Timed(route=written, turn_s=turn_s, turn_m=max(0, turn_m))


@dataclass(slots=True, kw_only=True)
class _Clock:
    """The time on the way ahead; ``until`` is the first arrival, ``onward`` the one planned."""

    rest_s: Seconds
    now: Seconds
    until: Seconds
    onward: bool
    breaks: list[Break]

    @classmethod
    def start(cls, roads: Roads, where: Underway, aim: SiteId, first: Leg) -> _Clock:
        """Reach the first aim: as planned where it is the next stop anyway, else from here."""
        planned, reached = _next(where)
        onward = planned == aim
        end = reached if onward else where.free
        breaks = [one for one in where.route.breaks if one.starts < end]
        if not onward:
            reached = max([where.free, *(one.ends for one in breaks)]) + first.duration_s
        rule = roads.problem.breaks.get(where.vehicle.type)
        rest_s = 0 if rule is None else rule.rest_s
        return cls(rest_s=rest_s, now=reached, until=reached, onward=onward, breaks=breaks)

    def drive(self, leg: Leg | None, after: Sequence[Seconds]) -> None:
        """Drive a leg with its rests."""
        assert leg is not None
        for number, driven in enumerate(after):
            starts = self.now + driven + number * self.rest_s
            self.breaks.append(Break(starts=starts, ends=starts + self.rest_s))
        self.now += leg.duration_s + len(after) * self.rest_s


def _next(where: Underway) -> tuple[SiteId, Seconds]:
    """Give where a vehicle was going, and when it would have been there."""
    if where.ahead:
        return where.ahead[0].site, where.ahead[0].arrives
    return where.route.end_site, where.route.returns


def _written(roads: Roads, where: Underway, stops: tuple[Stop, ...], clock: _Clock) -> Route:
    """Write a route with its new stops, and what it costs from site to site."""
    route = where.route
    path = [route.start_site, *(stop.site for stop in stops), route.end_site]
    legs = [roads.leg(route, a, b) for a, b in pairwise(path)]
    metres = sum(leg.distance_m for leg in legs if leg is not None)
    seconds = clock.now - route.departs
    cost = route_cost(
        where.vehicle, distance_m=metres, duration_s=seconds, first_trip=route.trip == 1
    )
    return replace(
        route,
        stops=stops,
        returns=clock.now,
        breaks=tuple(clock.breaks),
        duration_s=seconds,
        distance_m=metres,
        cost_cents=cost.total,
    )


def _driven_m(roads: Roads, where: Underway) -> Metres:
    """Give the metres since the last site, by the share of the leg that is driven."""
    if where.here.id == where.last_site:
        return 0
    onward, reached = _next(where)
    leg = roads.leg(where.route, where.last_site, onward)
    span = reached - where.last_departs
    if leg is None or span <= 0:
        return 0
    return round(leg.distance_m * min(1.0, (where.free - where.last_departs) / span))


def _rests(
    roads: Roads, where: Underway, reached: Seconds, legs: Sequence[Leg]
) -> list[tuple[Seconds, ...]]:
    """Place the rests that the way behind the first arrival needs; driving before it counts."""
    rule = roads.problem.breaks.get(where.vehicle.type)
    before = 0 if rule is None else _driving_since_rest(roads, where, reached)
    return rests_of([before, *(leg.duration_s for leg in legs)], rule)[1:]


def _driving_since_rest(roads: Roads, where: Underway, reached: Seconds) -> Seconds:
    """Sum up the driving since the last rest that has begun, the way to the next site included."""
    route = where.route
    rested = max((one.ends for one in route.breaks if one.starts < reached), default=0)
    path = [route.start_site, *(stop.site for stop in where.visited)]
    leaves = [route.departs, *(stop.departs for stop in where.visited)]
    total = max(0, reached - max(where.last_departs, rested))
    for (a, b), left in zip(pairwise(path), leaves, strict=False):
        leg = roads.leg(route, a, b)
        if leg is not None and left + leg.duration_s > rested:
            total += leg.duration_s
    return total


def _stop(problem: Problem, visit: Visit, arrives: Seconds) -> Stop | None:
    """Serve a visit as early as hours and booked windows allow; None where they do not."""
    site = problem.sites[visit.site]
    lines = [problem.lines[item.key] for item in visit.delivers]
    earliest = max(arrives, visit.not_before)
    latest: Seconds | None = None
    for line in lines:
        window = binding_window(problem, line)
        if window is not None:
            earliest = max(earliest, window.opens)
            latest = window.closes if latest is None else min(latest, window.closes)
    starts = site.next_open(earliest)
    # Opening again tomorrow is no service today.
    if starts is None or starts - earliest > MOST_WAIT_S:
        return None
    if latest is not None and starts > latest:
        return None
    doors = door_service_s(problem, lines)
    return Stop(
        site=visit.site,
        kind=visit.kind,
        arrives=arrives,
        service_starts=starts,
        departs=starts + site.service_s + doors + visit.extra_s,
        delivers=visit.delivers,
        collects=visit.collects,
    )
