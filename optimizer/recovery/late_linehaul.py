"""A truck comes late: wait for it, plan anew, send the late goods after, or leave without them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.planning.pauses import pause_s
from optimizer.recovery.day import Day
from optimizer.recovery.events import LateLinehaul
from optimizer.recovery.found import Found, left_out
from optimizer.recovery.idle import fresh_trip, idle_vans
from optimizer.recovery.option import Excuse, Option
from optimizer.recovery.retiming import Retimed, from_home, settled, truck_later
from optimizer.recovery.stock import FreeStock
from optimizer.response.tail import Visit
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import Kind, RerouteRefused

AFTER = "its goods come too late with the truck; bring it with a later plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Trucks in their new times, what is excused of that, and the lines that come late.

    Parameters
    ----------
    ready
        When each late line is sorted at its grid.
    """

    trucks: dict[str, Route]
    excuses: tuple[Excuse, ...]
    ready: dict[tuple[SiteId, LineKey], Seconds]


def late_linehaul(day: Day, event: LateLinehaul) -> Found:
    """Draw up the ways out when trucks come late.

    Raises
    ------
    RerouteRefused
        There is no such truck or warehouse, or nothing of it is still to come.
    """
    late = _late(day, event)
    waiting = settled(day, late.trucks)
    affected = frozenset(key for _, key in late.ready)
    first = day.problem.sites[next(iter(late.ready))[0]]
    without = _without(day, late, affected)
    last = _leave_out(day, late, without, affected)
    found = Found(affected=affected, last=last, lat=first.lat, lon=first.lon)
    minutes = -(-event.delay_s // SECONDS_PER_MINUTE)
    found.options.append(
        Option(
            kind=Kind.CARRY_ON,
            place="wait",
            routes=day.with_routes(waiting.routes),
            unserved=day.unserved(waiting.left),
            said=(
                f"The vans wait for the truck, which is {minutes} min late.",
                f"车辆等待晚点 {minutes} 分钟的干线车。",
            ),
            excuses=late.excuses,
        )
    )
    if last.kind is Kind.CARRY_ON:
        return found
    _anew(day, late, waiting, found)
    _after(day, late, without, found)
    _from_elsewhere(day, late, without, found)
    return found


def _late(day: Day, event: LateLinehaul) -> Late:
    if event.delay_s <= 0:
        raise RerouteRefused("CG-1524", f"a delay of {event.delay_s} s is none")
    trucks: dict[str, Route] = {}
    excuses: list[Excuse] = []
    ready: dict[tuple[SiteId, LineKey], Seconds] = {}
    for route, number in _concerned(day, event):
        _delay(day, trucks, excuses, route, number=number, delay_s=event.delay_s)
    before = {route.id: route for route in day.plan.routes}
    for name, route in trucks.items():
        for stop, was in zip(route.stops, before[name].stops, strict=True):
            if stop.departs > was.departs:
                moment = stop.departs + day.problem.sites[stop.site].sorting_s
                ready |= {(stop.site, item.key): moment for item in stop.delivers}
    if not ready:
        raise RerouteRefused("CG-1523", "no truck that is still to come brings anything later")
    return Late(trucks=trucks, excuses=tuple(excuses), ready=ready)


def _concerned(day: Day, event: LateLinehaul) -> list[tuple[Route, int]]:
    """Give the trucks concerned, and the number of the drive that takes longer."""
    trucks = [route for route in day.plan.routes if route.echelon is Echelon.LINEHAUL]
    if event.route is not None:
        found = [route for route in trucks if route.id == event.route]
        if not found or event.site is not None:
            raise RerouteRefused("CG-1523", f"route {event.route}: the plan has no such truck")
        route = found[0]
        done = day.visited(route)
        if done == len(route.stops):
            raise RerouteRefused("CG-1523", f"route {route.id}: it has nothing more to bring")
        return [(route, done if route.departs <= day.at else -1)]
    place = day.problem.sites.get(event.site or "")
    if place is None or place.kind is not SiteKind.GRID:
        raise RerouteRefused("CG-1523", f"site {event.site}: it is no grid warehouse")
    rows = [
        (route, number)
        for route in trucks
        for number, stop in enumerate(route.stops)
        if stop.site == place.id and number >= day.visited(route)
    ]
    return list({route.id: (route, number) for route, number in reversed(rows)}.values())


def _delay(
    day: Day,
    trucks: dict[str, Route],
    excuses: list[Excuse],
    route: Route,
    *,
    number: int,
    delay_s: Seconds,
) -> None:
    """Delay one drive of a truck, and with it the truck's later trips."""
    known = {one.id: one for one in day.with_routes(trucks)}
    others = [one for name, one in known.items() if name != route.id]
    moved = truck_later(day, route, lambda place: delay_s if place == number else 0, others)
    trucks[route.id] = moved
    if number >= 0:
        where = f"{route.id}/{route.stops[number].site}"
        excuses.append(Excuse(code="travel_time", where=where, amount=float(delay_s)))
    # No way out makes up for it: the driver's day and the ride of what is on board are longer.
    excuses += [Excuse(code=code, where=route.id) for code in ("shift", "time_on_board")]
    later = [r for r in known.values() if r.vehicle == route.vehicle and r.departs > route.departs]
    pause = pause_s(day.problem, day.problem.vehicles[route.vehicle])
    for trip in sorted(later, key=lambda one: one.departs)[:1]:
        short = moved.returns + pause - trip.departs
        if short > 0:
            _delay(day, trucks, excuses, trip, number=-1, delay_s=short)


def _anew(day: Day, late: Late, waiting: Retimed, found: Found) -> None:
    left = {key: one for key, one in waiting.left.items() if key in day.problem.collects}
    routes = [route for route in day.with_routes(waiting.routes) if route.stops]
    homes = {grid for grid, _ in late.ready}
    found.plan_anew(
        day, routes, homes=homes, left=left, fixed=late.trucks.keys(), excuses=late.excuses
    )


def _without(day: Day, late: Late, gone: Iterable[LineKey]) -> dict[str, Route]:
    """Let vans that would wait leave as planned without the late goods."""
    keys = frozenset(gone)
    routes = dict(late.trucks)
    for route in day.plan.routes:
        if route.echelon is not Echelon.LAST_MILE or route.departs <= day.at:
            continue
        goods = [(route.start_site, i.key) for stop in route.stops for i in stop.delivers]
        if any(late.ready.get(place, 0) > route.departs for place in goods):
            visits = [Visit.of(stop, keys) for stop in route.stops]
            kept = [visit for visit in visits if visit.needed]
            timed, dropped = from_home(day, route, route.departs, kept)
            if dropped:
                timed = None
            routes[route.id] = replace(route, stops=()) if timed is None else timed
    return routes


def _leave_out(
    day: Day, late: Late, without: dict[str, Route], affected: frozenset[LineKey]
) -> Option:
    gone = _unbrought(day, without)
    if not gone:
        kind = Kind.CARRY_ON
        said = (
            f"The vans leave as planned: all {len(affected):,} late lines are sorted before.",
            f"车辆按计划出发：{len(affected)} 行晚到货物仍能及时分拣。",
        )
    else:
        kind = Kind.LEAVE_OUT
        said = (
            f"The vans leave as planned; {len(gone)} lines wait for a later plan.",
            f"车辆按计划出发；{len(gone)} 行货物留待后续计划。",
        )
    return Option(
        kind=kind,
        place="",
        routes=day.with_routes(without),
        unserved=day.unserved(left_out(gone, AFTER)),
        said=said,
        excuses=late.excuses,
    )


def _unbrought(day: Day, changed: dict[str, Route]) -> list[LineKey]:
    """Give the lines and collects that changed routes do not serve any more."""

    def served(routes: Iterable[Route]) -> dict[LineKey, None]:
        return {
            item.key: None
            for route in routes
            if route.echelon is Echelon.LAST_MILE
            for stop in route.stops
            for item in (*stop.delivers, *stop.collects)
        }

    now = served(day.with_routes(changed))
    return [key for key in served(day.plan.routes) if key not in now]


def _lines(day: Day, keys: Iterable[LineKey]) -> list[OrderLine]:
    """Give lines, the dearest lateness and the highest priority first."""
    lines = [day.problem.lines[key] for key in keys if key in day.problem.lines]
    promises = day.problem.promises
    return sorted(
        lines,
        key=lambda line: (
            -line.priority,
            promises[line.promise].due(line),
            -promises[line.promise].cents_per_min_late,
            line.key,
        ),
    )


def _after(day: Day, late: Late, without: dict[str, Route], found: Found) -> None:
    """Let the vans leave, and idle ones bring the late goods when they are there."""
    waiting = _unbrought(day, without)
    grids = {grid for grid, key in late.ready if key in waiting}
    for idle in idle_vans(day, day.with_routes(without), grids):
        home = idle.vehicle.home
        mine = [key for key in waiting if (home, key) in late.ready]
        ready = max((late.ready[home, key] for key in mine), default=0)
        _with_trip(day, late, without, found, (idle.vehicle.id, mine, ready))


def _from_elsewhere(day: Day, late: Late, without: dict[str, Route], found: Found) -> None:
    """Let an idle van of another grid bring the late lines that lie there too."""
    waiting = _unbrought(day, without)
    homes = {site.id for site in day.problem.sites_of(SiteKind.GRID)}
    homes -= {grid for grid, _ in late.ready}
    stock = FreeStock.of(day.problem, day.with_routes(without))
    for idle in idle_vans(day, day.with_routes(without), homes):
        lines = stock.covered(idle.vehicle.home, _lines(day, waiting))
        mine = [line.key for line in lines]
        if mine:
            _with_trip(day, late, without, found, (idle.vehicle.id, mine, 0))


def _with_trip(
    day: Day,
    late: Late,
    without: dict[str, Route],
    found: Found,
    trip: tuple[str, list[LineKey], Seconds],
) -> None:
    van, keys, ready = trip
    routes = day.with_routes(without)
    home = day.problem.vehicles[van].home
    idle = next((one for one in idle_vans(day, routes, {home}) if one.vehicle.id == van), None)
    fresh = None if idle is None else fresh_trip(day, idle, _lines(day, keys), ready)
    if fresh is None:
        found.refuse(Kind.SECOND_VEHICLE, van, Reason(WhyNot.NOT_IN_TIME))
        return
    changed = {**without, fresh.route.id: fresh.route}
    missing = left_out(_unbrought(day, changed), AFTER)
    brought = {item.key for stop in fresh.route.stops for item in stop.delivers}
    elsewhere = [
        Excuse(code="linehaul_quantity", where=f"{grid}/{key}")
        for grid, key in late.ready
        if key in brought and grid != home
    ]
    place = van if any(grid == home for grid, _ in late.ready) else f"{home}/{van}"
    found.options.append(
        Option(
            kind=Kind.SECOND_VEHICLE,
            place=place,
            routes=day.with_routes(changed),
            unserved=day.unserved(missing),
            said=(
                f"The vans leave as planned; {van} of {home} brings {len(brought)} late lines.",
                f"车辆按计划出发；{home} 的 {van} 配送 {len(brought)} 行晚到货物。",
            ),
            excuses=(*late.excuses, *elsewhere),
            collector=van,
        )
    )
