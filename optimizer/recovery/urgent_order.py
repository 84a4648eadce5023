"""An order comes in while the day runs: a trip not yet begun, a van that passes, an idle one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.by_hand.edits import EditRefused, MoveLine
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.units import Cents, Metres
from optimizer.planning.closure import closure
from optimizer.planning.freight import delivery_of
from optimizer.recovery.day import Day
from optimizer.recovery.events import UrgentOrder
from optimizer.recovery.found import Found, left_out
from optimizer.recovery.idle import carries, fresh_trip, idle_vans
from optimizer.recovery.lateness import lateness_cents
from optimizer.recovery.loads import fits, taken_on_the_way
from optimizer.recovery.option import Excuse, Option
from optimizer.recovery.retiming import finished, gaps, settled
from optimizer.recovery.stock import FreeStock
from optimizer.response.sheltering import HANDING_S
from optimizer.response.situation import Underway
from optimizer.response.tail import Visit, visits_without, with_tail
from optimizer.response.why_not import Reason, WhyNot, plan_refused
from optimizer.response.words import Kind
from optimizer.revise import revise

NOT_TODAY = "ordered while the day runs; bring it with a later plan"
MOST_TRIPS = 4
"""Open trips that are tried one by one, the nearest first; the planner sees them all."""

MOST_CALLS = 4
"""A van under way calls at the grid before one of so many of its next stops."""


def urgent_order(day: Day, event: UrgentOrder) -> Found:
    """Draw up the ways to bring an order that has just come in."""
    keys = tuple(line.key for line in event.lines)
    site = day.problem.sites[event.lines[0].site]
    last = Option(
        kind=Kind.LEAVE_OUT,
        place="",
        routes=day.plan.routes,
        unserved=day.unserved(left_out(keys, NOT_TODAY)),
        said=("The order waits for a later plan.", "该订单留待后续计划。"),
    )
    found = Found(affected=frozenset(keys), last=last, lat=site.lat, lon=site.lon)
    _open_trips(day, event, found)
    stock = FreeStock.of(day.problem, day.plan.routes)
    grids = [g.id for g in day.problem.sites_of(SiteKind.GRID) if stock.covers(g.id, event.lines)]
    if grids:
        _passing(day, event, grids, found)
        _idle(day, event, grids, found)
    else:
        found.refuse(Kind.SECOND_VEHICLE, "", Reason(WhyNot.NOT_IN_STOCK))
    homes = {g.id for g in day.problem.sites_of(SiteKind.GRID) if site.grid in {None, g.id}}
    found.plan_anew(day, day.plan.routes, homes=homes)
    return found


def _open_trips(day: Day, event: UrgentOrder, found: Found) -> None:
    """Put the lines into a trip that has not left; trucks bring what is not in stock."""
    gone = {r.id for r in day.plan.routes if r.departs < day.earliest}
    frozen = closure(day.problem, day.plan, gone)
    site = day.problem.sites[event.lines[0].site]
    trips = [
        route
        for route in day.plan.routes
        if route.echelon is Echelon.LAST_MILE
        and route.id not in frozen
        and site.grid in {None, route.start_site}
    ]
    trips.sort(key=lambda route: (_away(day, route, site.id), route.id))
    for route in trips[:MOST_TRIPS]:
        edits = [MoveLine(key=line.key, to_route=route.id) for line in event.lines]
        try:
            plan = revise(
                day.problem,
                day.plan,
                edits,
                travel=day.travel,
                frozen=frozen,
                earliest=day.earliest,
            )
        except EditRefused as refusal:
            found.refuse(Kind.NEIGHBOUR, route.vehicle, plan_refused(refusal))
            continue
        found.options.append(
            Option(
                kind=Kind.NEIGHBOUR,
                place=route.vehicle,
                routes=plan.routes,
                unserved=plan.unserved,
                said=(
                    f"{route.vehicle} takes it along on {route.id}, which has not left yet.",
                    f"{route.vehicle} 在尚未出发的 {route.id} 中顺带配送。",
                ),
                collector=route.vehicle,
            )
        )


def _away(day: Day, route: Route, site: SiteId) -> int:
    """Give the drive from the nearest stop of a trip to a point."""
    legs = [day.roads.leg(route, stop.site, site) for stop in route.stops]
    return min((leg.duration_s for leg in legs if leg is not None), default=10**9)


def _idle(day: Day, event: UrgentOrder, grids: Sequence[SiteId], found: Found) -> None:
    for idle in idle_vans(day, day.plan.routes, grids):
        van = idle.vehicle
        fresh = fresh_trip(day, idle, event.lines)
        if fresh is None or fresh.missed:
            found.refuse(Kind.SECOND_VEHICLE, van.id, Reason(WhyNot.WHOLE_ORDER_LATE))
            continue
        retimed = settled(day, {fresh.route.id: fresh.route})
        found.options.append(
            Option(
                kind=Kind.SECOND_VEHICLE,
                place=van.id,
                routes=day.with_routes(retimed.routes),
                unserved=day.unserved(retimed.left, [line.key for line in event.lines]),
                said=(
                    f"{van.id}, which stands at {van.home}, brings it from stock.",
                    f"停在 {van.home} 的 {van.id} 用库存配送。",
                ),
                collector=van.id,
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Passing:
    """A van that calls at its grid on its way, and what that costs."""

    route: Route
    called: int
    cost: Cents
    turn_m: Metres


def _passing(day: Day, event: UrgentOrder, grids: Sequence[SiteId], found: Found) -> None:
    """Let a van under way call at the grid, load the order, and bring it among its stops."""
    for where in day.on_road():
        van = where.vehicle
        if van.home not in grids:
            continue
        why = _cannot(day, van, event.lines)
        best = _best_call(day, where, event.lines) if why is None else None
        if best is None:
            found.refuse(Kind.NEIGHBOUR, van.id, why or Reason(WhyNot.NO_WAY_PAST))
            continue
        found.options.append(_passing_option(day, where, best, event.lines))


def _cannot(day: Day, van: Vehicle, lines: Sequence[OrderLine]) -> Reason | None:
    site = day.problem.sites[lines[0].site]
    if site.grid not in {None, van.home} or site.needs - van.skills:
        return Reason(WhyNot.MAY_NOT_CALL)
    if not all(carries(van, line.zone) for line in lines):
        return Reason(WhyNot.LACKS_COMPARTMENT)
    return None


def _best_call(day: Day, where: Underway, lines: Sequence[OrderLine]) -> Passing | None:
    order = visits_without(where, frozenset())
    call = Visit(site=where.vehicle.home, kind=SiteKind.GRID, extra_s=HANDING_S)
    goods = tuple(delivery_of(line) for line in lines)
    new = Visit(site=lines[0].site, kind=SiteKind.PICKUP, delivers=goods)
    best: Passing | None = None
    for at in range(min(MOST_CALLS, len(order)) + 1):
        for to in range(at, len(order) + 1):
            visits = [*order[:at], call, *order[at:to], new, *order[to:]]
            timed = with_tail(day.roads, where, visits)
            if timed is None or timed.route.returns > where.vehicle.shift.closes:
                continue
            route = finished(day, timed.route, where.done)
            passing = Passing(
                route=route,
                called=where.done + at,
                cost=route.cost_cents + lateness_cents(day.problem, route),
                turn_m=timed.turn_m,
            )
            keys = {line.key for line in lines}
            room = fits(route, where.vehicle, keys, passing.called)
            if room and (best is None or passing.cost < best.cost):
                best = passing
    return best


def _passing_option(day: Day, where: Underway, best: Passing, lines: Sequence[OrderLine]) -> Option:
    route, van = best.route, where.vehicle
    keys = frozenset(line.key for line in lines)
    call = route.stops[best.called]
    retimed = settled(day, {route.id: route})
    turned = [
        Excuse(code="travel_time", where=place, amount=float(abs(gap)))
        for place, gap in gaps(day.stated, route)[where.done : where.done + 1]
        if gap
    ]
    since = call.service_starts
    return Option(
        kind=Kind.NEIGHBOUR,
        place=van.id,
        routes=day.with_routes(retimed.routes),
        unserved=day.unserved(retimed.left, keys),
        said=(
            f"{van.id} is on the road, calls at {van.home} on its way, loads it and brings it.",
            f"在途的 {van.id} 顺路到 {van.home} 装货后配送。",
        ),
        excuses=(
            Excuse(code="wrong_start", where=f"{route.id}/{van.home}"),
            *turned,
            *taken_on_the_way(day.problem, route, keys, since, since),
        ),
        extra_m=best.turn_m,
        collector=van.id,
    )
