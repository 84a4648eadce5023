"""Routes timed anew: vans behind the stops they have visited, trucks by the delay they have.

What a van brings must be sorted before it leaves, and a driver is home before the shift ends.
Stops that cannot be reached in time any more are left out, the last ones first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.check.rests import rested_s
from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Break, Route, Unserved, UnservedReason
from optimizer.domain.units import Seconds
from optimizer.planning.ice import boxes_for
from optimizer.planning.pauses import pause_s
from optimizer.planning.product_temperature import with_predictions
from optimizer.recovery.day import Day
from optimizer.recovery.option import Excuse
from optimizer.response.roads import Roads
from optimizer.response.situation import Underway, on_trip
from optimizer.response.tail import Timed, Visit, with_tail

TOO_LATE = "it would come after the hours of the point, the booked window or the driver's shift"


@dataclass(slots=True, kw_only=True)
class Retimed:
    """Routes that changed, lines that have to stay behind, and what is excused."""

    routes: dict[str, Route]
    left: dict[LineKey, Unserved]
    excuses: list[Excuse]


def finished(day: Day, route: Route, done: int) -> Route:
    """State distance and cost by what the checker measures with; predict what is ahead."""
    path = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    legs = [day.stated.leg(route, a, b) for a, b in pairwise(path)]
    metres = sum(leg.distance_m for leg in legs if leg is not None)
    van = day.problem.vehicles[route.vehicle]
    seconds = route.returns - route.departs
    cost = route_cost(van, distance_m=metres, duration_s=seconds, first_trip=route.trip == 1)
    if route.boxes and not done:
        route = replace(route, boxes=boxes_for(day.problem, van, route.departs, route.stops))
    cooled = van.cooling is Cooling.REFRIGERATED or day.problem.body(van).box is not None
    warm = with_predictions(day.problem, route).stops if route.stops and cooled else route.stops
    return replace(
        route,
        stops=(*route.stops[:done], *warm[done:]),
        distance_m=metres,
        duration_s=seconds,
        cost_cents=cost.total,
    )


def gaps(roads: Roads, route: Route) -> list[tuple[str, Seconds]]:
    """Say by how much each drive differs from that from site to site, and where it ends."""
    sites = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    starts = [route.departs, *(stop.departs for stop in route.stops)]
    ends = [*(stop.arrives for stop in route.stops), route.returns]
    found = []
    for (a, b), start, end in zip(pairwise(sites), starts, ends, strict=True):
        leg = roads.leg(route, a, b)
        drive = 0 if leg is None else leg.duration_s
        found.append((f"{route.id}/{b}", end - start - rested_s(route, start, end) - drive))
    return found


def as_far_as_possible(
    roads: Roads, where: Underway, visits: Sequence[Visit]
) -> tuple[Timed, list[Visit]] | None:
    """Time as many visits as hours, windows and shift allow; give those that are left out.

    A van that is late anyway may be as late as planned. None where it cannot even get home.
    """
    closes = max(where.vehicle.shift.closes, where.route.returns)

    def tried(some: Sequence[Visit]) -> Timed | None:
        timed = with_tail(roads, where, some)
        return None if timed is None or timed.route.returns > closes else timed

    whole = tried(visits)
    if whole is not None:
        return whole, []
    kept: list[Visit] = []
    for visit in visits:
        if tried([*kept, visit]) is not None:
            kept.append(visit)
    best = tried(kept)
    return None if best is None else (best, [visit for visit in visits if visit not in kept])


def put_off(day: Day, route: Route, departs: Seconds) -> tuple[Route | None, list[Visit]]:
    """Time a van's trip that has not begun from another departure; None where nothing is left."""
    visits = [Visit.of(stop) for stop in route.stops]
    return from_home(day, route, departs, visits)


def from_home(
    day: Day, route: Route, departs: Seconds, visits: Sequence[Visit]
) -> tuple[Route | None, list[Visit]]:
    """Time a van's trip with these visits; give the visits that cannot be made."""
    empty = replace(route, departs=departs, returns=departs, stops=(), breaks=())
    where = on_trip(day.problem, empty, departs)
    found = as_far_as_possible(day.roads, where, visits)
    if found is None or not found[0].route.stops:
        return None, list(visits)
    return finished(day, found[0].route, 0), found[1]


def stay_behind(
    visits: Iterable[Visit], reason: UnservedReason, detail: str
) -> dict[LineKey, Unserved]:
    """Leave out what visits were to hand over or take back."""
    return {
        item.key: Unserved(key=item.key, reason=reason, detail=detail)
        for visit in visits
        for item in (*visit.delivers, *visit.collects)
    }


def truck_later(
    day: Day, route: Route, delay: Callable[[int], Seconds], others: Iterable[Route]
) -> Route:
    """Move what is ahead of a truck by the delays of its drives.

    Drives, rests and services keep their lengths; a service waits for the hours of the warehouse
    and for a dock.

    Parameters
    ----------
    day, route
        The day and the truck's route.
    delay
        How much longer the drive to each stop takes, by the number of the stop; the way home has
        the number behind the last one.
    others
        The other trucks, which hold docks.
    """
    done, begun = day.visited(route), route.departs <= day.at
    start = delay(-1) if not begun else 0
    departs = route.departs + start
    late, before, before_late = start, route.departs, departs
    stops = list(route.stops[:done])
    if done:
        before = before_late = route.stops[done - 1].departs
    breaks = [one for one in route.breaks if begun and one.starts < before]
    for number, stop in enumerate(route.stops[done:], done):
        late = before_late - before + delay(number)
        breaks += _moved(route, before, stop.arrives, late)
        arrives = stop.arrives + late
        planned = max(arrives, stop.service_starts)
        length = stop.departs - stop.service_starts
        starts = _at_dock(day, stop.site, planned, length, others)
        stops.append(replace(stop, arrives=arrives, service_starts=starts, departs=starts + length))
        before, before_late = stop.departs, starts + length
    late = before_late - before + delay(len(route.stops))
    breaks += _moved(route, before, route.returns, late)
    moved = replace(
        route,
        departs=departs,
        stops=tuple(stops),
        returns=route.returns + late,
        breaks=tuple(breaks),
    )
    truck = day.problem.vehicles[route.vehicle]
    seconds = moved.returns - moved.departs
    cost = route_cost(
        truck, distance_m=route.distance_m, duration_s=seconds, first_trip=route.trip == 1
    )
    return replace(moved, duration_s=seconds, cost_cents=cost.total)


def _moved(route: Route, start: Seconds, end: Seconds, late: Seconds) -> list[Break]:
    """Move the rests of one drive."""
    return [
        Break(starts=one.starts + late, ends=one.ends + late)
        for one in route.breaks
        if start <= one.starts < end
    ]


def _at_dock(
    day: Day, site: SiteId, earliest: Seconds, length: Seconds, others: Iterable[Route]
) -> Seconds:
    """Give the first moment at which a warehouse is open and a dock is free."""
    place = day.problem.sites[site]
    held = sorted(
        (stop.service_starts, stop.departs)
        for other in others
        if other.echelon is Echelon.LINEHAUL
        for stop in other.stops
        if stop.site == site
    )
    moments = sorted({earliest, *(end for _, end in held if end > earliest)})
    for moment in moments:
        starts = place.next_open(moment)
        if starts is None:
            break
        taken = sum(a < starts + length and starts < b for a, b in held)
        if place.docks is None or taken < place.docks:
            return starts
    return earliest


def settled(day: Day, changed: Mapping[str, Route]) -> Retimed:
    """Let vans at home wait for their goods and for their vehicle, where routes have changed."""
    routes = {route.id: route for route in day.with_routes(changed)}
    found = Retimed(routes=dict(changed), left={}, excuses=[])
    ready = _ready(day, routes.values())
    back: dict[VehicleId, Seconds] = {}
    for route in sorted(routes.values(), key=lambda one: (one.departs, one.id)):
        if route.echelon is Echelon.LINEHAUL or not route.stops:
            continue
        now = route
        needed = _needed(route, ready, back.get(route.vehicle, 0))
        if route.departs > day.at and needed > route.departs:
            later, dropped = put_off(day, route, needed)
            found.left |= stay_behind(dropped, UnservedReason.WINDOW, TOO_LATE)
            now = replace(route, stops=()) if later is None else later
            found.routes[route.id] = now
        if now.stops:
            pause = pause_s(day.problem, day.problem.vehicles[route.vehicle])
            back[route.vehicle] = max(now.returns + pause, back.get(route.vehicle, 0))
    return found


def _needed(
    route: Route, ready: Mapping[tuple[SiteId, LineKey], Seconds], back: Seconds
) -> Seconds:
    """Give the departure for which goods and vehicle are there; not before the one planned."""
    goods = [
        ready.get((route.start_site, item.key), 0) for stop in route.stops for item in stop.delivers
    ]
    return max([route.departs, back, *goods])


def _ready(day: Day, routes: Iterable[Route]) -> dict[tuple[SiteId, LineKey], Seconds]:
    """Say when what trucks bring is sorted."""
    ready: dict[tuple[SiteId, LineKey], Seconds] = {}
    for route in routes:
        if route.echelon is Echelon.LINEHAUL:
            for stop in route.stops:
                moment = stop.departs + day.problem.sites[stop.site].sorting_s
                for item in stop.delivers:
                    place = stop.site, item.key
                    ready[place] = max(moment, ready.get(place, 0))
    return ready
