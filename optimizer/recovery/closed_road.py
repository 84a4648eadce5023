"""A road closes: drive around it, in the best order, plan anew what has not left, or leave out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, Leg
from optimizer.domain.units import Cents, Seconds
from optimizer.recovery.closed_travel import ClosedTravel
from optimizer.recovery.day import Day
from optimizer.recovery.events import ClosedRoad
from optimizer.recovery.found import Found
from optimizer.recovery.lateness import lateness_cents
from optimizer.recovery.option import Excuse, Option
from optimizer.recovery.retiming import (
    Retimed,
    as_far_as_possible,
    finished,
    from_home,
    gaps,
    settled,
    stay_behind,
    truck_later,
)
from optimizer.response.situation import Underway, on_trip
from optimizer.response.tail import Visit, visits_without, with_tail
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import Kind, RerouteRefused
from optimizer.travel.provider import TravelProvider

CUT_OFF = "its point lies inside the closed area, or no road leads there while it is closed"
MOST_MOVES = 120
"""Orders of the stops ahead of one van that are tried."""

Span = tuple[SiteId, SiteId, Seconds, Seconds]


def closing(
    problem: Problem, plan: Plan, event: ClosedRoad, before: TravelProvider
) -> tuple[ClosedTravel, ClosedTravel]:
    """Close an area in a source of distances: for those who drive now, and for the checker.

    The checker measures drives that are over, or that begin when the area is open again, as they
    were.
    """
    closed = ClosedTravel.of(before, event.polygon)
    passed: set[tuple[SiteId, SiteId]] = set()
    ahead: set[tuple[SiteId, SiteId]] = set()
    for route in plan.routes:
        for a, b, start, end in _legs(route):
            over = end <= event.at or (event.until is not None and start >= event.until)
            if not over and start <= event.at < end and route.echelon is Echelon.LAST_MILE:
                over = not _blocked_here(problem, route, event, closed, before)
            (passed if over else ahead).add((a, b))
    return closed, replace(closed, passed=frozenset(passed - ahead))


def _legs(route: Route) -> Iterator[Span]:
    sites = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    for (a, b), start, end in zip(pairwise(sites), starts, ends, strict=True):
        yield a, b, start, end


def _blocked_here(
    problem: Problem,
    route: Route,
    event: ClosedRoad,
    closed: ClosedTravel,
    before: TravelProvider,
) -> bool:
    """Say whether the rest of the drive that a van is on leads through the area."""
    where = on_trip(problem, route, event.at)
    aim = problem.sites[where.ahead[0].site if where.ahead else route.end_site]
    there = closed.area.plane([aim.lat], [aim.lon])
    here = closed.area.plane([where.here.lat], [where.here.lon])
    if closed.streets is None or closed.holds(aim):
        return bool(closed.area.crossed(here, there)[0, 0]) or closed.holds(aim)
    now = closed.matrix([where.here], [aim]).distance_m[0, 0]
    return int(now) != int(before.matrix([where.here], [aim]).distance_m[0, 0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The day, and what the closing changes in it.

    Parameters
    ----------
    routes
        Ids of the routes whose drives ahead lead through the area.
    """

    day: Day
    event: ClosedRoad
    routes: frozenset[str]


def closed_road(day: Day, event: ClosedRoad) -> Found:
    """Draw up the ways out when an area is closed.

    Raises
    ------
    RerouteRefused
        No vehicle has a drive ahead that leads through it.
    """
    shut = Closing(day=day, event=event, routes=frozenset(_concerned(day, event)))
    if not shut.routes:
        raise RerouteRefused("CG-1527", "no drive that is still to come leads through the area")
    concerned = [route for route in day.plan.routes if route.id in shut.routes]
    lat = sum(corner[0] for corner in event.polygon) / len(event.polygon)
    lon = sum(corner[1] for corner in event.polygon) / len(event.polygon)
    around, other = _driven(shut, _same), _driven(shut, _better)
    last = _option(shut, _driven(shut, _spared), Kind.LEAVE_OUT, "", LEFT)
    found = Found(affected=frozenset(day.ahead(concerned)), last=last, lat=lat, lon=lon)
    if around is None or other is None:
        found.refuse(Kind.CARRY_ON, "detour", Reason(WhyNot.NO_DETOUR))
    else:
        found.options.append(_option(shut, around, Kind.CARRY_ON, "detour", DETOUR))
        found.options.append(_option(shut, other, Kind.CARRY_ON, "other order", ORDER))
    _anew(shut, other, found)
    return found


DETOUR = "The vehicles drive around the closed area.", "车辆绕行封闭区域。"
ORDER = (
    "The vehicles drive around the closed area, their stops in a better order.",
    "车辆绕行封闭区域，并调整停靠顺序。",
)
LEFT = (
    "Points behind the closed area are left out; the others are served.",
    "封闭区域另一侧的自提点暂不配送，其余照常。",
)


def _concerned(day: Day, event: ClosedRoad) -> Iterator[str]:
    for route in day.plan.routes:
        for a, b, start, end in _legs(route):
            ahead = end > day.at and (event.until is None or start < event.until)
            if ahead and day.stated.leg(route, a, b) != _open(day, route, a, b):
                yield route.id
                break


def _open(day: Day, route: Route, a: SiteId, b: SiteId) -> Leg | None:
    """Give the drive as it was before the area was closed."""
    sites = [day.problem.sites[a]], [day.problem.sites[b]]
    matrix = day.before.matrix(*sites)
    if int(matrix.distance_m[0, 0]) == UNREACHABLE:
        return None
    van = day.problem.vehicles[route.vehicle]
    factor = day.problem.travel.factor(day.problem.wave(route.wave).departs)
    seconds = matrix.durations(day.problem.travel.speed_kmh.get(van.type, 1.0), factor)
    return Leg(distance_m=int(matrix.distance_m[0, 0]), duration_s=int(seconds[0, 0]))


Ordering = Callable[[Closing, Underway, list[Visit]], list[Visit]]


def _driven(shut: Closing, ordering: Ordering) -> Retimed | None:
    """Time every concerned route anew; None where a truck cannot get where it must."""
    day = shut.day
    found = Retimed(routes={}, left={}, excuses=[])
    for route in day.plan.routes:
        if route.id not in shut.routes:
            continue
        if route.echelon is Echelon.LINEHAUL:
            done = _truck(shut, route, found)
        elif route.departs <= day.at:
            done = _on_road(shut, route, ordering, found)
        else:
            done = _at_home(shut, route, ordering, found)
        if not done:
            return None
    more = settled(day, found.routes)
    found.routes, found.left = more.routes, {**found.left, **more.left}
    return found


def _truck(shut: Closing, route: Route, found: Retimed) -> bool:
    """Move a truck by its detours; grids inside the area cannot be spared."""
    day = shut.day
    drives = [_truck_drive(day, provider, route) for provider in (day.before, day.judge)]
    if None in drives:
        return False
    before, now = drives
    assert before is not None and now is not None
    more = [b[1] - a[1] for a, b in zip(before, now, strict=True)]

    def delay(number: int) -> Seconds:
        return more[number] if number >= 0 else 0

    others = [one for one in day.with_routes(found.routes) if one.id != route.id]
    moved = truck_later(day, route, delay, others)
    metres = sum(row[0] for row in now)
    truck = day.problem.vehicles[route.vehicle]
    cost = route_cost(
        truck,
        distance_m=metres,
        duration_s=moved.duration_s,
        first_trip=route.trip == 1,
    )
    found.routes[route.id] = replace(moved, distance_m=metres, cost_cents=cost.total)
    found.excuses.append(Excuse(code="shift", where=route.id))
    return True


def _truck_drive(
    day: Day, travel: TravelProvider, route: Route
) -> list[tuple[int, Seconds]] | None:
    """Give metres and seconds of each drive of a truck; None where one is not possible."""
    path = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    sites = [day.problem.sites[name] for name in dict.fromkeys(path)]
    row = {site.id: number for number, site in enumerate(sites)}
    matrix = travel.matrix(sites, sites)
    truck = day.problem.vehicles[route.vehicle]
    factor = day.problem.travel.factor(truck.shift.opens)
    seconds = matrix.durations(day.problem.travel.speed_kmh.get(truck.type, 1.0), factor)
    found = []
    for a, b in pairwise(path):
        metres = int(matrix.distance_m[row[a], row[b]])
        if metres == UNREACHABLE:
            return None
        found.append((metres, int(seconds[row[a], row[b]])))
    return found


def _on_road(shut: Closing, route: Route, ordering: Ordering, found: Retimed) -> bool:
    day = shut.day
    where = _as_it_drives_on(shut, on_trip(day.problem, route, day.at))
    visits, cut = _reachable(shut, visits_without(where, frozenset()))
    found.left |= stay_behind(cut, UnservedReason.UNREACHABLE, CUT_OFF)
    ordered = ordering(shut, where, visits)
    far = [visit for visit in visits if visit not in ordered]
    found.left |= stay_behind(far, UnservedReason.UNREACHABLE, CUT_OFF)
    timed = as_far_as_possible(day.roads, where, ordered)
    if timed is None:
        return False
    late = "the detour brings it after the hours of the point, the window or the driver's shift"
    found.left |= stay_behind(timed[1], UnservedReason.WINDOW, late)
    done = finished(day, timed[0].route, where.done)
    found.routes[route.id] = done
    place, gap = gaps(day.stated, done)[where.done]
    if gap:
        found.excuses.append(Excuse(code="travel_time", where=place, amount=float(abs(gap))))
    return True


def _as_it_drives_on(shut: Closing, where: Underway) -> Underway:
    """Let a van reach its next site by the way around, if what is left of its drive is closed."""
    day, route = shut.day, where.route
    if not where.on_road or not _blocked_here(
        day.problem, route, shut.event, _closed(day), day.before
    ):
        return where
    aim = where.ahead[0].site if where.ahead else route.end_site
    leg = day.roads.from_here(where, aim)
    if leg is None:
        return where
    arrives = max([where.free, *(b.ends for b in route.breaks if b.starts < where.free)])
    arrives += leg.duration_s
    if not where.ahead:
        return replace(where, route=replace(route, returns=arrives))
    stops = list(route.stops)
    stops[where.done] = replace(stops[where.done], arrives=arrives)
    return replace(where, route=replace(route, stops=tuple(stops)))


def _closed(day: Day) -> ClosedTravel:
    assert isinstance(day.travel, ClosedTravel)
    return day.travel


def _reachable(shut: Closing, visits: Sequence[Visit]) -> tuple[list[Visit], list[Visit]]:
    closed, sites = _closed(shut.day), shut.day.problem.sites
    cut = [visit for visit in visits if closed.holds(sites[visit.site])]
    return [visit for visit in visits if visit not in cut], cut


def _at_home(shut: Closing, route: Route, ordering: Ordering, found: Retimed) -> bool:
    day = shut.day
    visits, cut = _reachable(shut, [Visit.of(stop) for stop in route.stops])
    found.left |= stay_behind(cut, UnservedReason.UNREACHABLE, CUT_OFF)
    empty = replace(route, returns=route.departs, stops=(), breaks=())
    where = on_trip(day.problem, empty, route.departs)
    ordered = ordering(shut, where, visits)
    far = [visit for visit in visits if visit not in ordered]
    found.left |= stay_behind(far, UnservedReason.UNREACHABLE, CUT_OFF)
    bare = replace(route, stops=())
    timed, dropped = from_home(day, bare, route.departs, ordered)
    late = "the detour brings it after the hours of the point, the window or the driver's shift"
    found.left |= stay_behind(dropped, UnservedReason.WINDOW, late)
    found.routes[route.id] = bare if timed is None else timed
    return True


def _same(shut: Closing, where: Underway, visits: list[Visit]) -> list[Visit]:
    assert shut.day.at <= where.free
    return visits


def _better(shut: Closing, where: Underway, visits: list[Visit]) -> list[Visit]:
    """Look for a cheaper order: one stop elsewhere at a time, as long as that helps."""
    best, order = _cents(shut.day, where, visits), list(visits)
    tries, improved = 0, True
    while improved and tries < MOST_MOVES:
        improved = False
        for start in range(len(order)):
            for end in range(len(order)):
                if start == end or tries >= MOST_MOVES:
                    continue
                tries += 1
                rest = [*order[:start], *order[start + 1 :]]
                moved = [*rest[:end], order[start], *rest[end:]]
                cents = _cents(shut.day, where, moved)
                if cents is not None and (best is None or cents < best):
                    best, order, improved = cents, moved, True
    return order


def _cents(day: Day, where: Underway, visits: Sequence[Visit]) -> Cents | None:
    timed = with_tail(day.roads, where, visits)
    if timed is None:
        return None
    return timed.route.cost_cents + lateness_cents(day.problem, timed.route)


def _spared(shut: Closing, where: Underway, visits: list[Visit]) -> list[Visit]:
    """Keep the stops that need no detour from the stop before; only the way home may need one."""
    day = shut.day
    kept: list[Visit] = []
    place = where.last_site
    for visit in visits:
        if day.roads.leg(where.route, place, visit.site) == _open(
            day, where.route, place, visit.site
        ):
            kept.append(visit)
            place = visit.site
    return kept


def _option(
    shut: Closing, driven: Retimed | None, kind: Kind, place: str, said: tuple[str, str]
) -> Option:
    day = shut.day
    if driven is None:
        # Somebody cannot move at all: the plan stays as it is, whatever the judge says of it.
        return Option(
            kind=kind, place=place, routes=day.plan.routes, unserved=day.plan.unserved, said=said
        )
    return Option(
        kind=kind,
        place=place,
        routes=day.with_routes(driven.routes),
        unserved=day.unserved(driven.left),
        said=said,
        excuses=tuple(driven.excuses),
    )


def _anew(shut: Closing, driven: Retimed | None, found: Found) -> None:
    """Plan what has not left anew; those on the road drive around."""
    if driven is None:
        return
    day = shut.day
    routes = tuple(route for route in day.with_routes(driven.routes) if route.stops)
    on_road = {
        key: one
        for key, one in driven.left.items()
        if key in day.ahead(r for r in day.plan.routes if r.departs <= day.at)
    }
    homes = {r.start_site for r in day.plan.routes if r.id in shut.routes}
    homes |= {stop.site for r in day.plan.routes if r.id in shut.routes for stop in r.stops}
    found.plan_anew(day, routes, homes=homes, left=on_road, excuses=tuple(driven.excuses))
