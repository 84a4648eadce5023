"""Ways out with another vehicle: it meets the broken one, or fetches the goods from a station."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery
from optimizer.domain.units import Seconds
from optimizer.response.draft import Draft, fate, quarantined
from optimizer.response.receivers import Receiver
from optimizer.response.roads import Roads
from optimizer.response.scene import Scene
from optimizer.response.sheltering import HANDING_S, Dropped, dropped, dropped_at_point, handover
from optimizer.response.shelters import Shelter
from optimizer.response.situation import Situation
from optimizer.response.tail import Timed, Visit, called_first, with_tail
from optimizer.response.words import POSSIBLE, Kind, Outcome


def from_stations(
    scene: Scene, fit: Sequence[Shelter], takers: Sequence[Receiver]
) -> Iterator[Draft]:
    """Let the broken vehicle leave the goods somewhere cold, and another one complete its stops."""
    for shelter in fit:
        site = shelter.site
        point = site.kind is SiteKind.PICKUP
        one = dropped_at_point(scene, site) if point else dropped(scene, site)
        if one is None or not one.left:
            continue
        for taker in takers:
            call = Visit(
                site=site.id,
                kind=site.kind,
                not_before=one.stop.departs,
                extra_s=HANDING_S if point else 0,
            )
            draft = completed(scene, one, taker, call, met=False)
            if draft is not None:
                yield draft


def on_the_way(scene: Scene, takers: Sequence[Receiver]) -> Iterator[Draft]:
    """Let another vehicle meet the broken one at a stop of either, and take the goods over."""
    for taker in takers:
        for site in meeting_points(scene.here, taker):
            draft = _met(scene, taker, site)
            if draft is not None:
                yield draft


def meeting_points(here: Situation, taker: Receiver) -> list[Site]:
    """Give the points where two vehicles could meet: the next stops of either."""
    names: list[SiteId] = []
    for where in (taker.where, here.broken):
        names += [stop.site for stop in where.ahead[:2]]
    sites = [here.problem.sites[name] for name in dict.fromkeys(names)]
    return [site for site in sites if site.kind is SiteKind.PICKUP]


def _met(scene: Scene, taker: Receiver, site: Site) -> Draft | None:
    """Time both vehicles to a meeting: who comes first waits, and both stay until it is done."""
    here, roads, ahead = scene.here, scene.roads, scene.ahead
    to_us = roads.from_here(here.broken, site.id)
    to_them = roads.from_here(taker.where, site.id)
    if to_us is None or to_them is None or site.needs - taker.where.vehicle.skills:
        return None
    starts = max(here.broken.free + to_us.duration_s, taker.where.free + to_them.duration_s)
    if not site.is_open(starts) or ahead.best(starts) < POSSIBLE:
        return None
    gone = frozenset(item.key for item, _ in here.affected)
    rest = [
        visit
        for stop in here.broken.ahead
        if (visit := Visit.of(stop, gone)).needed or not stop.delivers
    ]
    timed = with_tail(roads, here.broken, called_first(rest, site, starts, HANDING_S))
    if timed is None:
        return None
    stop = timed.route.stops[here.broken.done]
    items = [item for item, _ in here.affected]
    left = tuple(i for i in items if ahead.of_item(i, stop.service_starts) >= POSSIBLE)
    if not left:
        return None
    lost = tuple(quarantined(here, item) for item in items if item not in left)
    one = Dropped(timed=timed, stop=stop, first=lost, left=left)
    call = Visit(site=site.id, kind=site.kind, not_before=stop.service_starts, extra_s=HANDING_S)
    return completed(scene, one, taker, call, met=True)


def completed(
    scene: Scene, one: Dropped, taker: Receiver, call: Visit, *, met: bool
) -> Draft | None:
    """Let a vehicle call for the goods and bring them to their points among its own stops.

    Parameters
    ----------
    scene, one
        The break, and what the broken vehicle left where.
    taker, call
        Who takes it, and the visit at which that happens.
    met
        Whether the two vehicles meet there.
    """
    here, roads, ahead = scene.here, scene.roads, scene.ahead
    kind = Kind.NEIGHBOUR if met and not taker.fresh else Kind.SECOND_VEHICLE
    timed = inserted(here, roads, taker, call, one.left)
    if timed is None or timed.route.returns > taker.where.vehicle.shift.closes:
        return None
    fetched = next(stop for stop in timed.route.stops[taker.where.done :] if stop.site == call.site)
    if met and fetched.service_starts > one.stop.departs:
        return None
    reached = {i.key: stop.service_starts for stop in timed.route.stops for i in stop.delivers}
    out, route, van = one.stop.service_starts, timed.route, taker.where.vehicle
    fates = tuple(
        fate(
            here,
            item,
            Outcome.DELIVERED,
            ahead.of_item(item, out),
            out,
            arrives=reached[item.key],
            vehicle=van.id,
        )
        for item in one.left
    )
    given = handover(here, one, van.id, fetched.departs, stored=not met)
    broken = one.timed.route
    return Draft(
        kind=kind,
        place=call.site,
        routes={broken.id: broken, route.id: route},
        fates=(*one.first, *fates),
        handovers=(given,),
        turns={broken.id: one.timed.turn_s, route.id: timed.turn_s},
        extra_m={broken.id: one.timed.turn_m, route.id: timed.turn_m},
        calls=frozenset({(broken.id, call.site), (route.id, call.site)}),
        received={route.id: frozenset(item.key for item in one.left)},
        collector=van.id,
    )


def inserted(
    here: Situation, roads: Roads, taker: Receiver, call: Visit, goods: Sequence[Delivery]
) -> Timed | None:
    """Put the call first and every point where it costs the least driving behind it."""
    order = [Visit.of(stop) for stop in taker.where.ahead]
    own = [visit for visit in order if visit.site == call.site]
    order = [visit for visit in order if visit.site != call.site]
    for visit in own:
        call = replace(
            call,
            delivers=(*call.delivers, *visit.delivers),
            collects=(*call.collects, *visit.collects),
        )
    route = [call, *order]
    for site, lines in _by_site(here, goods).items():
        route = _placed(roads, taker, route, site, lines)
    return with_tail(roads, taker.where, route)


def _by_site(here: Situation, goods: Sequence[Delivery]) -> dict[SiteId, tuple[Delivery, ...]]:
    sites: dict[SiteId, tuple[Delivery, ...]] = {}
    for item in goods:
        site = here.problem.lines[item.key].site
        sites[site] = (*sites.get(site, ()), item)
    return sites


def _placed(
    roads: Roads, taker: Receiver, route: list[Visit], site: SiteId, lines: tuple[Delivery, ...]
) -> list[Visit]:
    """Insert a point behind the call; a point that is visited anyway takes its lines there."""
    for place, visit in enumerate(route):
        if visit.site == site:
            both = replace(visit, delivers=(*visit.delivers, *lines))
            return [*route[:place], both, *route[place + 1 :]]
    new = Visit(site=site, kind=SiteKind.PICKUP, delivers=lines)
    trip, path = taker.where.route, [*(one.site for one in route), taker.where.route.end_site]
    dear = [
        _drive(roads, taker, path[place], site)
        + _drive(roads, taker, site, path[place + 1])
        - _drive(roads, taker, path[place], path[place + 1])
        for place in range(len(route))
    ]
    assert trip.vehicle == taker.where.vehicle.id
    place = dear.index(min(dear)) + 1
    return [*route[:place], new, *route[place:]]


FAR_S: Seconds = 10**7


def _drive(roads: Roads, taker: Receiver, a: SiteId, b: SiteId) -> Seconds:
    leg = roads.leg(taker.where.route, a, b)
    return FAR_S if leg is None else leg.duration_s
