"""Vans of a backup carrier join: they take what is left out and what is late from open trips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.objective import lateness_cost
from optimizer.domain.plan import Route
from optimizer.domain.units import Cents, Seconds
from optimizer.recovery.anew import TAKEN_OUT
from optimizer.recovery.day import Day
from optimizer.recovery.events import BackupCarrier
from optimizer.recovery.found import Found
from optimizer.recovery.idle import Idle, fresh_trip, idle_vans
from optimizer.recovery.option import Option
from optimizer.recovery.retiming import from_home, settled
from optimizer.recovery.stock import FreeStock
from optimizer.response.tail import Visit
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A line that another van should bring.

    Parameters
    ----------
    late_cents
        What its lateness costs as planned.
    route
        The trip that it rides on; None where it is left out.
    ready
        When it is sorted at its grid.
    """

    key: LineKey
    late_cents: Cents
    route: str | None
    ready: Seconds


def backup_carrier(day: Day, event: BackupCarrier) -> Found:
    """Draw up what vans of a backup carrier could take."""
    vans = tuple(van.id for van in event.vehicles)
    wishes = _wishes(day)
    home = day.problem.sites[event.vehicles[0].home]
    last = Option(
        kind=Kind.CARRY_ON,
        place="",
        routes=day.plan.routes,
        unserved=day.plan.unserved,
        said=("The backup vans have nothing to do.", "备用车辆无需出动。"),
    )
    affected = frozenset(wish.key for wish in wishes)
    found = Found(affected=affected, last=last, lat=home.lat, lon=home.lon)
    _relief(day, vans, wishes, found)
    found.plan_anew(day, day.plan.routes, homes={van.home for van in event.vehicles})
    return found


def _wishes(day: Day) -> list[Wish]:
    """Give the lines that are left out though their goods lie at a grid, and those that are late.

    Only trips that have not left can give lines away; the dearest come first.
    """
    problem = day.problem
    wishes = [
        Wish(key=one.key, late_cents=problem.lines[one.key].value_cents, route=None, ready=0)
        for one in day.plan.unserved
        if one.key in problem.lines and one.reason not in TAKEN_OUT
    ]
    ready = {
        (stop.site, item.key): stop.departs + problem.sites[stop.site].sorting_s
        for route in day.plan.routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        for item in stop.delivers
    }
    for route in day.plan.routes:
        if route.echelon is not Echelon.LAST_MILE or route.departs < day.earliest:
            continue
        for stop in route.stops:
            for item in stop.delivers:
                line = problem.lines[item.key]
                cents = lateness_cost(problem.promises[line.promise], line, stop.service_starts)
                if cents:
                    there = ready.get((route.start_site, item.key), 0)
                    wishes.append(Wish(key=item.key, late_cents=cents, route=route.id, ready=there))
    return sorted(wishes, key=lambda wish: (-wish.late_cents, wish.key))


def _relief(day: Day, vans: Sequence[VehicleId], wishes: Sequence[Wish], found: Found) -> None:
    """Let one van after the other take what it can, and the donors go on without it."""
    routes = {route.id: route for route in day.plan.routes}
    changed: dict[str, Route] = {}
    open_wishes = list(wishes)
    used: list[VehicleId] = []
    for name in vans:
        van = day.problem.vehicles[name]
        now = day.with_routes(changed)
        idle = _alone(day, now, name)
        if idle is None:
            found.refuse(Kind.SECOND_VEHICLE, name, Reason(WhyNot.BUSY))
            continue
        mine = [wish for wish in open_wishes if _may(day, wish, van.home, routes)]
        stock = FreeStock.of(day.problem, now)
        lines = [day.problem.lines[wish.key] for wish in mine if wish.route is None]
        there = {line.key for line in stock.covered(van.home, lines)}
        mine = [wish for wish in mine if wish.route is not None or wish.key in there]
        trip = fresh_trip(
            day,
            idle,
            [day.problem.lines[wish.key] for wish in mine],
            max((wish.ready for wish in mine), default=0),
        )
        if trip is None:
            found.refuse(Kind.SECOND_VEHICLE, name, Reason(WhyNot.NOTHING_TO_BRING))
            continue
        brought = {item.key for stop in trip.route.stops for item in stop.delivers}
        changed[trip.route.id] = trip.route
        used.append(name)
        open_wishes = [wish for wish in open_wishes if wish.key not in brought]
        donors = {wish.route for wish in mine if wish.key in brought and wish.route is not None}
        for donor in sorted(donors):
            _give(day, changed, routes[donor], brought)
    if used:
        _relieved(day, changed, used, wishes, found)


def _alone(day: Day, routes: Sequence[Route], name: VehicleId) -> Idle | None:
    """Give a van if it is idle, whatever others of its kind stand beside it."""
    van = day.problem.vehicles[name]
    alone = replace(day, problem=replace(day.problem, vehicles={name: van}))
    return next(iter(idle_vans(alone, routes, {van.home})), None)


def _may(day: Day, wish: Wish, home: str, routes: dict[str, Route]) -> bool:
    grid = day.problem.sites[day.problem.lines[wish.key].site].grid
    if wish.route is None:
        return grid in {None, home}
    return routes[wish.route].start_site == home


def _give(day: Day, changed: dict[str, Route], donor: Route, brought: set[LineKey]) -> None:
    """Take lines out of a trip that has not left."""
    route = changed.get(donor.id, donor)
    visits = [Visit.of(stop, frozenset(brought)) for stop in route.stops]
    kept = [visit for visit in visits if visit.needed]
    timed, _ = from_home(day, route, route.departs, kept)
    changed[donor.id] = replace(route, stops=()) if timed is None else timed


def _relieved(
    day: Day,
    changed: dict[str, Route],
    used: Sequence[VehicleId],
    wishes: Sequence[Wish],
    found: Found,
) -> None:
    retimed = settled(day, changed)
    vans, verb = ", ".join(used), "brings" if len(used) == 1 else "bring"
    keys = [
        item.key
        for route in changed.values()
        if route.vehicle in used
        for stop in route.stops
        for item in stop.delivers
    ]
    found.options.append(
        Option(
            kind=Kind.SECOND_VEHICLE,
            place="+".join(used),
            routes=day.with_routes(retimed.routes),
            unserved=day.unserved(retimed.left, keys),
            said=(
                f"{vans} {verb} {len(keys)} of {len(wishes)} lines that are late or left out.",
                f"{vans} 配送 {len(wishes)} 行迟到或未排货物中的 {len(keys)} 行。",
            ),
            collector=used[0] if len(used) == 1 else None,
        )
    )
