"""Another van comes to the place where one stands, takes goods over and brings them on.

No plan from site to site can state a call on the road: the taker's drive past that place is longer
than the way between two sites, by exactly so much, and that is what is excused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.domain.fleet import layout_for
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Delivery, Route, Stop
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, Metres
from optimizer.recovery.day import Day
from optimizer.recovery.idle import carries
from optimizer.recovery.lateness import lateness_cents
from optimizer.recovery.loads import fits, taken_on_the_way
from optimizer.recovery.option import Excuse
from optimizer.recovery.retiming import finished, gaps
from optimizer.recovery.standing import Standing
from optimizer.response.roads import Roads
from optimizer.response.sheltering import HANDING_S
from optimizer.response.situation import Underway
from optimizer.response.tail import Timed, Visit, visits_without, with_tail
from optimizer.response.words import LIKELY, Fate, Handover, Outcome

MOST_STOPS_BEFORE = 2
"""A taker makes at most so many of its own stops before it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The taker's route, the goods it has taken, and how the checker sees that.

    Parameters
    ----------
    handovers
        Where the van stands, and where the goods are kept cold, if they are.
    """

    route: Route
    fates: Mapping[LineKey, Fate]
    handovers: tuple[Handover, ...]
    excuses: tuple[Excuse, ...]
    extra_m: Metres
    cents: Cents


def fetched(
    day: Day, stood: Standing, taker: Underway, goods: Sequence[Delivery]
) -> Fetched | None:
    """Find the best way for a van to fetch goods; it takes what it has room and time for."""
    best: Fetched | None = None
    most = min(MOST_STOPS_BEFORE, len(taker.ahead))
    for own in range(most + 1):
        found = _with_call(day, stood, taker, goods, own)
        if found is not None and (best is None or _rank(found) > _rank(best)):
            best = found
    return best


def _rank(one: Fetched) -> tuple[int, int]:
    return sum(fate.value_cents for fate in one.fates.values()), -one.cents


def _with_call(
    day: Day, stood: Standing, taker: Underway, goods: Sequence[Delivery], own: int
) -> Fetched | None:
    """Fetch after so many own stops; goods that do not fit or keep are left, then tried again."""
    order = visits_without(taker, frozenset())
    wanted = [item for item in goods if carries(taker.vehicle, item.zone)]
    for _ in range(len(wanted) + 1):
        if not wanted:
            return None
        visits = _inserted(day, stood, taker, order, wanted, own=own)
        timed = with_tail(stood.roads, taker, visits)
        if timed is None or timed.route.returns > taker.vehicle.shift.closes:
            wanted = wanted[: _without_last(day, wanted)]
            continue
        call = timed.route.stops[taker.done + own]
        sound = {zone: one.sound(call.service_starts) for zone, one in stood.ahead.items()}
        keeps = [item for item in wanted if sound[item.zone] >= LIKELY]
        if len(keeps) < len(wanted):
            wanted = keeps
            continue
        route = with_room(taker, timed.route, wanted, taker.done + own)
        if route is None:
            wanted = wanted[: _without_last(day, wanted)]
            continue
        return _told(day, stood, taker, replace(timed, route=route), wanted, own=own)
    return None


def _without_last(day: Day, goods: Sequence[Delivery]) -> int:
    """Count the goods without those of the last point."""
    last = day.problem.lines[goods[-1].key].site
    return sum(day.problem.lines[item.key].site != last for item in goods)


def with_room(
    taker: Underway, route: Route, goods: Sequence[Delivery], called: int
) -> Route | None:
    """Give the route if everything fits; a van that leaves empty moves its bulkheads for it."""
    keys = {item.key for item in goods}
    if not taker.route.stops and taker.done == 0 and taker.vehicle.bulkhead_step_ml is not None:
        litres: dict[Zone, int] = {}
        for item in goods:
            litres[item.zone] = litres.get(item.zone, 0) + item.volume_ml
        layout = layout_for(taker.vehicle, litres)
        if layout is None:
            return None
        route = replace(route, compartments={z: ml for z, ml in layout.items() if ml > 0})
    return route if fits(route, taker.vehicle, keys, called) else None


def _inserted(
    day: Day,
    stood: Standing,
    taker: Underway,
    order: Sequence[Visit],
    goods: Sequence[Delivery],
    *,
    own: int,
) -> list[Visit]:
    """Put the call behind so many own stops, and every point where it costs least behind that."""
    call = Visit(site=stood.place, kind=SiteKind.PICKUP, extra_s=HANDING_S)
    head, tail = [*order[:own], call], list(order[own:])
    points: dict[SiteId, tuple[Delivery, ...]] = {}
    for item in goods:
        site = day.problem.lines[item.key].site
        points[site] = (*points.get(site, ()), item)
    for site, items in points.items():
        same = next((n for n, visit in enumerate(tail) if visit.site == site), None)
        if same is not None:
            tail[same] = replace(tail[same], delivers=(*tail[same].delivers, *items))
            continue
        new = Visit(site=site, kind=SiteKind.PICKUP, delivers=items)
        path = [call.site, *(visit.site for visit in tail), taker.route.end_site]
        dear = [
            _drive(stood.roads, taker, path[n], site)
            + _drive(stood.roads, taker, site, path[n + 1])
            - _drive(stood.roads, taker, path[n], path[n + 1])
            for n in range(len(path) - 1)
        ]
        tail.insert(dear.index(min(dear)), new)
    return [*head, *tail]


def _drive(roads: Roads, taker: Underway, a: SiteId, b: SiteId) -> int:
    leg = roads.leg(taker.route, a, b)
    return 10**7 if leg is None else leg.duration_s


def _told(
    day: Day, stood: Standing, taker: Underway, timed: Timed, goods: Sequence[Delivery], *, own: int
) -> Fetched:
    """Say what comes of bringing the goods to their points."""
    call = timed.route.stops[taker.done + own]
    one = without_call(day, stood, taker, timed, goods, at=taker.done + own)
    keys = frozenset(item.key for item in goods)
    since = stood.where.route.departs
    excuses = taken_on_the_way(day.problem, one.route, keys, since, call.service_starts)
    return replace(
        one,
        fates=_fates(day, stood, one.route, call, goods),
        excuses=(*one.excuses, *excuses),
    )


def without_call(
    day: Day, stood: Standing, taker: Underway, timed: Timed, goods: Sequence[Delivery], *, at: int
) -> Fetched:
    """Take the call out of a route, and say what the checker will find there; fates are to come.

    Parameters
    ----------
    day, stood, taker
        The day, the van that stands, and the one that comes.
    timed
        The taker's route with its call.
    goods
        What it takes over.
    at
        The number of the call among its stops.
    """
    whole = timed.route
    call = whole.stops[at]
    bare = replace(whole, stops=(*whole.stops[:at], *whole.stops[at + 1 :]))
    route = finished(day, bare, taker.done)
    turned = gaps(day.stated, route)
    excuses = [
        Excuse(code="travel_time", where=turned[n][0], amount=float(abs(turned[n][1])))
        for n in sorted({taker.done, at})
        if turned[n][1]
    ]
    if taker.route.departs <= day.at:
        excuses.append(Excuse(code="synchronisation", where=route.id))
    hand = Handover(
        site=stood.where.last_site,
        giver=stood.where.vehicle.id,
        taker=route.vehicle,
        starts=call.service_starts,
        ends=call.departs,
        keys=tuple(item.key for item in goods),
        volume_ml=sum(item.volume_ml for item in goods),
    )
    driven = _metres(stood.roads, whole) - route.distance_m
    return Fetched(
        route=route,
        fates={},
        handovers=(hand,),
        excuses=tuple(excuses),
        extra_m=max(0, driven) + timed.turn_m,
        cents=route.cost_cents + lateness_cents(day.problem, route),
    )


def _metres(roads: Roads, route: Route) -> Metres:
    path = [route.start_site, *(stop.site for stop in route.stops), route.end_site]
    legs = [roads.leg(route, a, b) for a, b in pairwise(path)]
    return sum(leg.distance_m for leg in legs if leg is not None)


def _fates(
    day: Day, stood: Standing, route: Route, call: Stop, goods: Sequence[Delivery]
) -> dict[LineKey, Fate]:
    reached = {item.key: stop.service_starts for stop in route.stops for item in stop.delivers}
    return {
        item.key: Fate(
            key=item.key,
            outcome=Outcome.DELIVERED,
            mass_g=item.mass_g,
            volume_ml=item.volume_ml,
            value_cents=day.problem.lines[item.key].value_cents,
            sound=stood.ahead[item.zone].sound(call.service_starts),
            out_at=call.service_starts,
            arrives=reached[item.key],
            vehicle=route.vehicle,
        )
        for item in goods
    }
