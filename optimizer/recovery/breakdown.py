"""A van stands: others fetch its goods, new ones come from stock, or it is towed home with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route, Unserved, UnservedReason
from optimizer.domain.units import Seconds
from optimizer.recovery.anew import planned_anew
from optimizer.recovery.day import Day
from optimizer.recovery.events import Breakdown
from optimizer.recovery.fetch_words import kept_kind, said_of
from optimizer.recovery.fetching import Fetched, fetched
from optimizer.recovery.found import NEVER, Found, left_out
from optimizer.recovery.idle import Idle, empty_trip, fresh_trip, idle_vans
from optimizer.recovery.option import Excuse, Option
from optimizer.recovery.retiming import finished, gaps, settled
from optimizer.recovery.sheltered import shelters_near, stored
from optimizer.recovery.standing import Standing, standing
from optimizer.recovery.stock import FreeStock
from optimizer.response.situation import Underway, on_trip, underway
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import (
    LIKELY,
    BreachTimes,
    Fate,
    Kind,
    Outcome,
    RerouteRefused,
)

MOST_TAKERS = 6
MOST_STORERS = 4
"""So many vans are asked whether they bring the goods to a place that keeps them cold."""

LATER = "bring it with a later plan"
STANDS = "its van stands and cannot leave; bring it with a later plan"
SPOILT = "quarantined: its van stands, and nobody fetches it before it is out of its band"
TOWED = "towed home with its van; bring it with a later plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The day without the van, before anybody fetches what is on board.

    Parameters
    ----------
    routes
        Without the tail of the van's trip; its later trips are others' or gone.
    unserved
        Without the lines that are on board.
    """

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]


def breakdown(day: Day, event: Breakdown) -> Found:
    """Draw up the ways out when a van stands.

    Raises
    ------
    RerouteRefused
        There is no such van, or it has nothing more to do.
    """
    van = _van(day, event)
    where = underway(day.problem, day.plan.routes, van.id, day.at)
    later = [r for r in day.plan.routes if r.vehicle == van.id and r.departs > day.at]
    if where is None and not later:
        raise RerouteRefused("CG-1522", f"vehicle {van.id}: it has no trip any more today")
    on_board = () if where is None else tuple(i for stop in where.ahead for i in stop.delivers)
    affected = frozenset(i.key for r in later for stop in r.stops for i in stop.delivers)
    affected |= {item.key for item in on_board}
    base, why = _base(day, van, where, later)
    if where is None:
        return _at_home(day, van, base, affected, why)
    stood = standing(day, event, where, on_board)
    spot = stood.roads.problem.sites[stood.place]
    last = _option(day, stood, base, [])
    found = Found(affected=affected, last=last, lat=spot.lat, lon=spot.lon)
    found.breach = min((one.breach for one in stood.ahead.values()), default=NEVER, key=_first)
    if why is not None:
        found.refuse(Kind.REPLAN, "", why)
    _fetch(day, stood, base, found)
    _shelter(day, stood, base, found)
    _send_anew(day, stood, base, found)
    return found


def _first(times: BreachTimes) -> Seconds:
    return times.p10


def _van(day: Day, event: Breakdown) -> Vehicle:
    van = day.problem.vehicles.get(event.vehicle)
    if van is None:
        raise RerouteRefused("CG-1501", f"vehicle {event.vehicle}: the problem has none of this id")
    if van.echelon is not Echelon.LAST_MILE:
        raise RerouteRefused("CG-1521", f"vehicle {van.id}: it is a truck of the linehaul")
    return van


def _base(
    day: Day, van: Vehicle, where: Underway | None, later: Sequence[Route]
) -> tuple[Base, Reason | None]:
    """Plan the van's later trips for others; give why not where that cannot be."""
    gone = {route.id for route in later}
    kept = [route for route in day.plan.routes if route.id not in gone]
    if where is not None:
        cut = replace(where.route, stops=where.visited)
        kept = [cut if route.id == cut.id else route for route in kept]
    lost = {i.key for r in later for s in r.stops for i in (*s.delivers, *s.collects)}
    left = left_out((key for key in lost), STANDS)
    alone = Base(routes=tuple(kept), unserved=day.unserved(left))
    if not later:
        return alone, None
    done = sum(route.vehicle == van.id for route in kept)
    fewer = replace(van, max_trips=done)
    asked = replace(day.problem, vehicles={**day.problem.vehicles, van.id: fewer})
    on_board = {} if where is None else left_out(_ahead(where), STANDS)
    answer = planned_anew(day, kept, homes={van.home}, left=on_board, problem=asked)
    if isinstance(answer, Reason):
        return alone, answer
    routes, unserved = answer
    return Base(
        routes=routes, unserved=tuple(one for one in unserved if one.key not in on_board)
    ), None


def _ahead(where: Underway) -> list[LineKey]:
    return [i.key for stop in where.ahead for i in (*stop.delivers, *stop.collects)]


def _at_home(
    day: Day, van: Vehicle, base: Base, affected: frozenset[LineKey], why: Reason | None
) -> Found:
    home = day.problem.sites[van.home]
    gone = {r.id for r in day.plan.routes if r.vehicle == van.id and r.departs > day.at}
    rest = tuple(route for route in day.plan.routes if route.id not in gone)
    lost = [
        item.key
        for route in day.plan.routes
        if route.id in gone
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    ]
    last = Option(
        kind=Kind.LEAVE_OUT,
        place="",
        routes=rest,
        unserved=day.unserved(left_out(lost, STANDS)),
        said=(f"The trips of {van.id} are called off.", f"取消 {van.id} 的行程。"),
    )
    found = Found(affected=affected, last=last, lat=home.lat, lon=home.lon)
    if why is not None:
        found.refuse(Kind.REPLAN, "", why)
    else:
        said = (f"Others make the trips of {van.id}.", f"由其他车辆完成 {van.id} 的行程。")
        found.options.append(
            Option(
                kind=Kind.REPLAN, place="", routes=base.routes, unserved=base.unserved, said=said
            )
        )
    return found


def _fetch(day: Day, stood: Standing, base: Base, found: Found) -> None:
    """Let one van fetch what it can, and a second one the rest."""
    takers = _takers(day, stood, base)
    for number, (first, idle) in enumerate(takers):
        one = fetched(day, stood, first, stood.goods)
        if one is None:
            kind = Kind.SECOND_VEHICLE if idle else Kind.NEIGHBOUR
            found.refuse(kind, first.vehicle.id, Reason(WhyNot.NOT_IN_TIME))
            continue
        found.options.append(_option(day, stood, base, [one], idle=idle))
        rest = [item for item in stood.goods if item.key not in one.fates]
        for second, _ in takers[number + 1 :] if rest else ():
            if second.vehicle.id == first.vehicle.id:
                continue
            two = fetched(day, stood, second, rest)
            if two is not None:
                found.options.append(_option(day, stood, base, [one, two], idle=idle))


def _shelter(day: Day, stood: Standing, base: Base, found: Found) -> None:
    """Let one van bring the goods to a place that keeps them cold, all or what another leaves."""
    near, refused = shelters_near(day, stood, stood.goods)
    found.refused += refused
    takers = _takers(day, stood, base)[:MOST_STORERS]
    for site in near:
        for taker, idle in takers:
            one = stored(day, stood, taker, stood.goods, site)
            if one is not None:
                found.options.append(_option(day, stood, base, [one], idle=idle))
                break
        else:
            found.refuse(kept_kind(site), site.id, Reason(WhyNot.NOT_IN_TIME))
    for first, idle in takers:
        brought = fetched(day, stood, first, stood.goods)
        rest = [i for i in stood.goods if brought is None or i.key not in brought.fates]
        if brought is None or not rest:
            continue
        others = [one for one, _ in takers if one.vehicle.id != first.vehicle.id]
        pairs = ((one, site) for site in shelters_near(day, stood, rest)[0] for one in others)
        two = next(filter(None, (stored(day, stood, one, rest, site) for one, site in pairs)), None)
        if two is not None:
            found.options.append(_option(day, stood, base, [brought, two], idle=idle))


def _takers(day: Day, stood: Standing, base: Base) -> list[tuple[Underway, bool]]:
    """Give vans of the same grid that could come: on the road, the nearest first, and idle."""
    van = stood.where.vehicle
    near: list[tuple[Seconds, str, Underway]] = []
    for where in day.on_road():
        if where.vehicle.home == van.home and where.vehicle.id != van.id:
            leg = stood.roads.from_here(where, stood.place)
            if leg is not None:
                near.append((leg.duration_s, where.vehicle.id, where))
    on_road = [(where, False) for _, _, where in sorted(near, key=lambda row: row[:2])]
    at_home = [
        (_put(day, idle), True) for idle in idle_vans(day, base.routes, {van.home}, without=van.id)
    ]
    return [*on_road[:MOST_TAKERS], *at_home[:MOST_TAKERS]]


def _put(day: Day, idle: Idle) -> Underway:
    van = idle.vehicle
    first = min((wave.departs for wave in day.problem.waves), default=0)
    departs = max(idle.free, first)
    layout = {zone: ml for zone, ml in van.capacity_ml.items() if ml > 0}
    return on_trip(day.problem, empty_trip(day, idle, departs, layout), departs)


def _option(
    day: Day, stood: Standing, base: Base, takers: Sequence[Fetched], *, idle: bool = False
) -> Option:
    """Put together what becomes of the van, its goods and those who fetch them."""
    ends = max((one.handovers[0].ends for one in takers), default=day.at)
    own, excuses = _towed(day, stood, ends)
    changed = {own.id: own} | {one.route.id: one.route for one in takers}
    fates: dict[LineKey, Fate] = {}
    for one in takers:
        fates |= one.fates
    left, more = _left(day, stood, own.returns, fates)
    routes = _merged(base.routes, changed)
    retimed = settled(replace(day, plan=replace(day.plan, routes=routes)), {})
    vans = [one.route.vehicle for one in takers]
    kind, said = said_of(day, stood, takers, more, idle=idle)
    places = [hand.site for one in takers for hand in one.handovers if hand.stored]
    for one in takers:
        excuses += one.excuses
    return Option(
        kind=kind,
        place="+".join([*vans, *places]) if len(takers) > 1 else "".join(places or vans),
        routes=_merged(routes, retimed.routes),
        unserved=(*base.unserved, *left.values(), *retimed.left.values()),
        said=said,
        fates=fates | more,
        handovers=tuple(hand for one in takers for hand in one.handovers),
        excuses=tuple(excuses),
        extra_m=sum(one.extra_m for one in takers),
        collector=vans[0] if vans else None,
    )


def _merged(routes: Sequence[Route], changed: Mapping[str, Route]) -> tuple[Route, ...]:
    known = {route.id for route in routes}
    new = [route for name, route in changed.items() if name not in known]
    return (*(changed.get(route.id, route) for route in routes), *new)


def _towed(day: Day, stood: Standing, ends: Seconds) -> tuple[Route, list[Excuse]]:
    """Bring the van home behind a tow truck once nobody needs it any more."""
    where = stood.where
    leg = stood.roads.leg(where.route, stood.place, where.route.end_site)
    drive = 0 if leg is None else leg.duration_s
    free = max(ends, where.free)
    route = replace(
        where.route,
        stops=where.visited,
        returns=free + drive,
        breaks=tuple(one for one in where.route.breaks if one.ends <= day.at),
    )
    own = finished(day, route, where.done)
    place, gap = gaps(day.stated, own)[-1]
    return own, [
        Excuse(code="travel_time", where=place, amount=float(abs(gap))),
        Excuse(code="shift", where=own.id),
    ]


def _left(
    day: Day, stood: Standing, home_at: Seconds, taken: Mapping[LineKey, Fate]
) -> tuple[dict[LineKey, Unserved], dict[LineKey, Fate]]:
    """Say what becomes of the goods that nobody fetches: home in their band, or quarantined."""
    left: dict[LineKey, Unserved] = {}
    fates: dict[LineKey, Fate] = {}
    for item in stood.goods:
        fetched_fate = taken.get(item.key)
        if fetched_fate is not None:
            if fetched_fate.shelter is not None:
                left |= left_out([item.key], f"kept cold at {fetched_fate.shelter}; {LATER}")
            continue
        sound = stood.ahead[item.zone].sound(home_at)
        keeps = sound >= LIKELY
        reason = UnservedReason.LEFT_OUT if keeps else UnservedReason.TEMPERATURE
        left[item.key] = Unserved(key=item.key, reason=reason, detail=TOWED if keeps else SPOILT)
        fates[item.key] = Fate(
            key=item.key,
            outcome=Outcome.SHELTERED if keeps else Outcome.QUARANTINED,
            mass_g=item.mass_g,
            volume_ml=item.volume_ml,
            value_cents=day.problem.lines[item.key].value_cents,
            sound=sound if keeps else 0.0,
            out_at=home_at if keeps else None,
            shelter=stood.where.vehicle.home if keeps else None,
        )
    collects = [i.key for stop in stood.where.ahead for i in stop.collects]
    return left | left_out(collects, STANDS), fates


def _send_anew(day: Day, stood: Standing, base: Base, found: Found) -> None:
    """Send the same goods once more from stock; those on board are brought home or given up."""
    home = stood.where.vehicle.home
    plain = _option(day, stood, base, [])
    stock = FreeStock.of(day.problem, day.plan.routes)
    wanted = stock.covered(home, [day.problem.lines[item.key] for item in stood.goods])
    for idle in idle_vans(day, base.routes, {home}, without=stood.where.vehicle.id):
        trip = fresh_trip(day, idle, wanted) if wanted else None
        if trip is None:
            why = Reason(WhyNot.NOT_IN_TIME if wanted else WhyNot.NOT_IN_STOCK)
            found.refuse(Kind.SECOND_VEHICLE, f"{home}/{idle.vehicle.id}", why)
            continue
        found.options.append(_sent(day, plain, trip.route, home))


def _sent(day: Day, plain: Option, route: Route, home: str) -> Option:
    reached = {i.key: stop.service_starts for stop in route.stops for i in stop.delivers}
    fates = dict(plain.fates)
    lost = 0
    for key, moment in reached.items():
        was = fates[key]
        lost += was.value_cents if was.outcome is Outcome.QUARANTINED else 0
        fates[key] = replace(
            was,
            outcome=Outcome.DELIVERED,
            sound=1.0,
            out_at=moment,
            arrives=moment,
            vehicle=route.vehicle,
            shelter=None,
        )
    return replace(
        plain,
        kind=Kind.SECOND_VEHICLE,
        place=f"{home}/{route.vehicle}",
        routes=_merged(plain.routes, {route.id: route}),
        unserved=_not(plain.unserved, reached),
        said=(
            f"{route.vehicle} brings the same goods anew from the stock of {home}; goods on board"
            f" worth {lost / 100:,.2f} are lost.",
            f"{route.vehicle} 用 {home} 库存重新配送；车上货物损失 {lost / 100:,.2f}。",
        ),
        fates=fates,
        collector=route.vehicle,
        lost_cents=lost,
    )


def _not(unserved: Iterable[Unserved], keys: Mapping[LineKey, Seconds]) -> tuple[Unserved, ...]:
    return tuple(one for one in unserved if one.key not in keys)
