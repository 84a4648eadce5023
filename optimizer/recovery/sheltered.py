"""A van fetches goods of one that stands and leaves them where they keep cold.

That is a station near the place, or a point of the same grid with cold room to spare: for goods
that no van has the time or the room to bring to their points today.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.domain.ids import LineKey
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery, Stop
from optimizer.domain.temperature import Zone
from optimizer.recovery.day import Day, may_keep_cold
from optimizer.recovery.fetching import Fetched, with_room, without_call
from optimizer.recovery.idle import carries
from optimizer.recovery.option import Excuse
from optimizer.recovery.standing import Standing
from optimizer.response.cells import cold_room
from optimizer.response.sheltering import HANDING_S
from optimizer.response.shelters import dock_free, room_ml
from optimizer.response.situation import Underway
from optimizer.response.tail import Timed, Visit, visits_without, with_tail
from optimizer.response.why_not import Reason, WhyNot, no_cells, no_room, too_far
from optimizer.response.words import LIKELY, RADIUS_M, Fate, Handover, Kind, Outcome, Refusal

MOST_SHELTERS = 3
"""So many places are tried with each taker, the nearest ones."""


def shelters_near(
    day: Day, stood: Standing, goods: Sequence[Delivery]
) -> tuple[list[Site], list[Refusal]]:
    """Give the places with room for all the goods, nearest first, and why stations are none.

    Parameters
    ----------
    day, stood
        The day and the van that stands.
    goods
        What is to be kept cold.
    """
    near: list[tuple[int, str]] = []
    refused: list[Refusal] = []
    for site in day.problem.sites.values():
        is_station = site.kind is SiteKind.STATION
        mine = is_station or site.grid in {None, stood.where.vehicle.home}
        if not (mine and may_keep_cold(site) and site.id in stood.roads.row):
            continue
        leg = stood.roads.leg(stood.where.route, stood.place, site.id)
        why = _short_of_room(day, stood, site, goods)
        if leg is None:
            why = why or Reason(WhyNot.NO_ROAD)
        elif leg.distance_m > RADIUS_M:
            why = why or too_far(leg.distance_m, RADIUS_M)
        elif why is None:
            near.append((leg.duration_s, site.id))
        if why is not None and is_station:
            metres = None if leg is None else leg.distance_m
            refused.append(Refusal(kind=Kind.STATION, place=site.id, why=why, distance_m=metres))
    return [day.problem.sites[name] for _, name in sorted(near)[:MOST_SHELTERS]], refused


def _short_of_room(
    day: Day, stood: Standing, site: Site, goods: Sequence[Delivery]
) -> Reason | None:
    for zone, items in _by_zone(goods):
        need = sum(item.volume_ml for item in items)
        if site.kind is SiteKind.STATION:
            left = room_ml(site, zone, day.reserved)
            if left is not None and left < need:
                return no_room(zone, left, need)
            continue
        room = cold_room(stood.here, site, zone, day.reserved)
        if room is None or not room.holds(items):
            return no_cells(zone, need)
    return None


def _by_zone(goods: Sequence[Delivery]) -> Iterator[tuple[Zone, list[Delivery]]]:
    for zone in dict.fromkeys(item.zone for item in goods):
        yield zone, [item for item in goods if item.zone is zone]


def stored(
    day: Day, stood: Standing, taker: Underway, goods: Sequence[Delivery], site: Site
) -> Fetched | None:
    """Let a van fetch all the goods at once and leave them at a site; None where it cannot.

    Parameters
    ----------
    day, stood
        The day and the van that stands.
    taker
        The van that comes.
    goods
        What it takes.
    site
        Where it leaves them, one of ``shelters_near``.
    """
    if site.needs - taker.vehicle.skills:
        return None
    if not goods or not all(carries(taker.vehicle, item.zone) for item in goods):
        return None
    timed = _timed(day, stood, taker, goods, site)
    if timed is None or timed.route.returns > taker.vehicle.shift.closes:
        return None
    route = with_room(taker, timed.route, goods, taker.done)
    call, kept = timed.route.stops[taker.done : taker.done + 2]
    sound = {zone: one.sound(call.service_starts) for zone, one in stood.ahead.items()}
    if route is None or not site.is_open(kept.arrives):
        return None
    if any(sound[item.zone] < LIKELY for item in goods):
        return None
    # Nothing is handed over there for good: the goods come with a later plan.
    stops = list(route.stops)
    stops[taker.done + 1] = replace(stops[taker.done + 1], delivers=())
    bare = replace(timed, route=replace(route, stops=tuple(stops)))
    one = without_call(day, stood, taker, bare, goods, at=taker.done)
    return replace(
        one,
        fates=_fates(day, goods, sound, call, site),
        handovers=(*one.handovers, _left(taker, kept, goods)),
        excuses=(*one.excuses, *_excuses(one, site)),
    )


def _timed(
    day: Day, stood: Standing, taker: Underway, goods: Sequence[Delivery], site: Site
) -> Timed | None:
    """Time the way by the place and the shelter; a second time if no dock is free at once."""
    call = Visit(site=stood.place, kind=SiteKind.PICKUP, extra_s=HANDING_S)
    extra = 0 if site.kind is SiteKind.STATION else HANDING_S
    drop = Visit(site=site.id, kind=site.kind, delivers=tuple(goods), extra_s=extra)
    rest = visits_without(taker, frozenset())
    for _ in range(2):
        timed = with_tail(stood.roads, taker, [call, drop, *rest])
        if timed is None or site.kind is not SiteKind.STATION:
            return timed
        stop = timed.route.stops[taker.done + 1]
        free = dock_free(day.plan, site, day.reserved, stop.arrives)
        if free <= stop.service_starts:
            return timed
        drop = replace(drop, not_before=free)
    return None


def _fates(
    day: Day, goods: Sequence[Delivery], sound: dict[Zone, float], call: Stop, site: Site
) -> dict[LineKey, Fate]:
    return {
        item.key: Fate(
            key=item.key,
            outcome=Outcome.SHELTERED,
            mass_g=item.mass_g,
            volume_ml=item.volume_ml,
            value_cents=day.problem.lines[item.key].value_cents,
            sound=sound[item.zone],
            out_at=call.service_starts,
            shelter=site.id,
        )
        for item in goods
    }


def _left(taker: Underway, kept: Stop, goods: Sequence[Delivery]) -> Handover:
    return Handover(
        site=kept.site,
        giver=taker.vehicle.id,
        taker=None,
        starts=kept.service_starts,
        ends=kept.departs,
        keys=tuple(item.key for item in goods),
        volume_ml=sum(item.volume_ml for item in goods),
        stored=True,
    )


def _excuses(one: Fetched, site: Site) -> Iterator[Excuse]:
    """Excuse the call at the shelter: no plan from a warehouse to points has one."""
    yield Excuse(code="wrong_start", where=f"{one.route.id}/{site.id}")
