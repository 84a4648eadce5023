"""Vans that stand at home, and trips that they could make."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from optimizer.domain.fleet import Echelon, Vehicle, layout_for
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.temperature import COLD_ZONES, Zone
from optimizer.domain.units import Millilitres, Seconds
from optimizer.planning.freight import delivery_of
from optimizer.planning.pauses import pause_s
from optimizer.recovery.day import Day
from optimizer.recovery.retiming import from_home
from optimizer.response.tail import Visit

MOST_IDLE = 6
OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Idle:
    """A van at home.

    Parameters
    ----------
    free
        When it can leave at the earliest.
    trip
        The number of its next trip.
    """

    vehicle: Vehicle
    free: Seconds
    trip: int


def idle_vans(
    day: Day, routes: Iterable[Route], homes: Collection[SiteId], *, without: VehicleId = ""
) -> list[Idle]:
    """Give one idle van of each kind and home, own ones first; none that has a trip to come."""
    trips: dict[VehicleId, list[Route]] = {}
    for route in routes:
        trips.setdefault(route.vehicle, []).append(route)
    kinds: dict[object, Idle] = {}
    vans = sorted(day.problem.vehicles.values(), key=lambda van: van.owner != OWN)
    for van in vans:
        if van.echelon is not Echelon.LAST_MILE or van.home not in homes or van.id == without:
            continue
        known = trips.get(van.id, [])
        back = max((route.returns for route in known), default=0)
        # A trip that is still to come is loaded; one more before it would move it.
        if len(known) >= van.max_trips or any(route.departs > day.at for route in known):
            continue
        loading = pause_s(day.problem, van) if known else 0
        free = max(day.earliest, back + loading, van.shift.opens)
        if free < van.shift.closes:
            price = van.fixed_cents, van.cents_per_km, van.cents_per_h
            key = van.type, *price, van.home, van.owner, van.carrier, bool(known)
            kinds.setdefault(key, Idle(vehicle=van, free=free, trip=len(known) + 1))
    return list(kinds.values())[:MOST_IDLE]


def carries(van: Vehicle, zone: Zone) -> bool:
    """Say whether a van may bring goods of a zone."""
    return van.carries(zone) and (van.live_temperature or zone not in COLD_ZONES)


def empty_trip(day: Day, idle: Idle, departs: Seconds, layout: dict[Zone, Millilitres]) -> Route:
    """Put an empty trip before a van at home; it takes the traffic of the last wave gone."""
    waves = sorted(day.problem.waves, key=lambda wave: wave.departs)
    gone = [wave for wave in waves if wave.departs <= departs]
    wave = gone[-1] if gone else waves[0]
    van = idle.vehicle
    taken = {route.id for route in day.plan.routes}
    name = f"{van.id}-{wave.id}-{idle.trip}"
    while name in taken:
        name += "r"
    return Route(
        id=name,
        echelon=Echelon.LAST_MILE,
        vehicle=van.id,
        vehicle_type=van.type,
        wave=wave.id,
        trip=idle.trip,
        start_site=van.home,
        end_site=van.home,
        departs=departs,
        returns=departs,
        distance_m=0,
        duration_s=0,
        cost_cents=0,
        compartments=layout,
        stops=(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshTrip:
    """A trip of a van at home, and the lines that it cannot bring."""

    route: Route
    missed: tuple[OrderLine, ...]


def fresh_trip(
    day: Day, idle: Idle, lines: Sequence[OrderLine], not_before: Seconds = 0
) -> FreshTrip | None:
    """Let a van at home bring lines to their points, nearest first; None where it brings none.

    Parameters
    ----------
    day, idle
        The day and the van.
    lines
        In the order in which they are taken where the van cannot take all.
    not_before
        When the goods are ready.
    """
    problem, van = day.problem, idle.vehicle
    departs = max(idle.free, not_before)
    express = all(problem.promises[line.promise].express for line in lines)
    first = min((wave.departs for wave in problem.waves), default=0)
    if not express or not_before:
        departs = max(departs, first)
    chosen = _loadable(day, van, lines)
    layout = layout_for(van, _litres(chosen))
    if not chosen or layout is None or departs >= van.shift.closes:
        return None
    sizes = {zone: size for zone, size in layout.items() if size > 0}
    trip = empty_trip(day, idle, departs, sizes)
    route, dropped = from_home(day, trip, departs, _nearest_first(day, trip, chosen))
    if route is None:
        return None
    brought = {item.key for stop in route.stops for item in stop.delivers}
    assert all(item.key not in brought for visit in dropped for item in visit.delivers)
    return FreshTrip(route=route, missed=tuple(line for line in lines if line.key not in brought))


def _loadable(day: Day, van: Vehicle, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Take lines as long as there is room for them."""
    chosen: list[OrderLine] = []
    for line in lines:
        site = day.problem.sites[line.site]
        right = site.grid in {None, van.home} and not site.needs - van.skills
        more = [*chosen, line]
        if (
            right
            and carries(van, line.zone)
            and sum(one.mass_g for one in more) <= van.payload_g
            and layout_for(van, _litres(more)) is not None
        ):
            chosen = more
    return chosen


def _litres(lines: Iterable[OrderLine]) -> dict[Zone, Millilitres]:
    litres: dict[Zone, Millilitres] = {}
    for line in lines:
        litres[line.zone] = litres.get(line.zone, 0) + line.volume_ml
    return litres


def _nearest_first(day: Day, trip: Route, lines: Iterable[OrderLine]) -> list[Visit]:
    by_site: dict[SiteId, list[OrderLine]] = {}
    for line in lines:
        by_site.setdefault(line.site, []).append(line)
    order, place = [], trip.start_site
    while by_site:
        far = {site: _seconds(day, trip, place, site) for site in by_site}
        place = min(far, key=lambda site: (far[site], site))
        goods = tuple(delivery_of(line) for line in by_site.pop(place))
        order.append(Visit(site=place, kind=SiteKind.PICKUP, delivers=goods))
    return order


def _seconds(day: Day, trip: Route, a: SiteId, b: SiteId) -> Seconds:
    leg = day.roads.leg(trip, a, b)
    return 10**9 if leg is None else leg.duration_s
