"""Ways out that keep the goods cold elsewhere: an emergency station, or the grid they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery, Stop
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.response.draft import Draft, delivered, fate, quarantined
from optimizer.response.outlook import Outlooks
from optimizer.response.scene import Scene
from optimizer.response.shelters import Shelter, dock_free
from optimizer.response.situation import Situation
from optimizer.response.tail import Timed, Visit, called_first, visits_without, with_tail
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import (
    POSSIBLE,
    SURE,
    Fate,
    Handover,
    Kind,
    Outcome,
    Refusal,
)

HANDING_S: Seconds = 10 * SECONDS_PER_MINUTE
"""Crates from one body into another or into a cell, doors open as short as it goes."""

MOST_STOPS_FIRST = 3
"""So many stops may be served before the station, where the product bears it for certain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """A broken vehicle that has left its goods somewhere.

    Parameters
    ----------
    first
        What it handed over before, as planned, and what was spoilt by then.
    left
        What it left there.
    """

    timed: Timed
    stop: Stop
    first: tuple[Fate, ...]
    left: tuple[Delivery, ...]


def at_stations(scene: Scene, fit: Sequence[Shelter]) -> tuple[list[Draft], list[Refusal]]:
    """Bring the goods to each station, at once or after a stop or two that are nearer."""
    drafts: list[Draft] = []
    refused: list[Refusal] = []
    for shelter in fit:
        found = [
            sheltered(scene, Kind.STATION, one)
            for first in range(MOST_STOPS_FIRST + 1)
            if (one := dropped(scene, shelter.site, first)) is not None
        ]
        drafts += found
        if not found:
            why = Reason(WhyNot.STOPS_BEHIND)
            refused.append(Refusal(kind=Kind.STATION, place=shelter.site.id, why=why))
    return drafts, refused


def at_the_grid(scene: Scene) -> tuple[list[Draft], list[Refusal]]:
    """Bring the goods back to the grid warehouse and go on with the others."""
    here, roads, ahead = scene.here, scene.roads, scene.ahead
    grid = here.problem.sites[here.broken.route.end_site]
    leg = roads.from_here(here.broken, grid.id)
    if leg is None:
        code = WhyNot.NO_ROAD
    elif not grid.is_open(here.broken.free + leg.duration_s):
        code = WhyNot.CLOSED
    elif ahead.best(here.broken.free + leg.duration_s) < POSSIBLE:
        code = WhyNot.TOO_WARM_BACK
    else:
        one = dropped(scene, grid)
        if one is not None:
            return [sheltered(scene, Kind.RETURN_TO_GRID, one)], []
        code = WhyNot.STOPS_BEHIND
    return [], [Refusal(kind=Kind.RETURN_TO_GRID, place=grid.id, why=Reason(code))]


def at_cold_points(scene: Scene, fit: Sequence[Shelter]) -> list[Draft]:
    """Bring the goods into the cold cells of a pickup point that has room for them."""
    found = [dropped_at_point(scene, shelter.site) for shelter in fit]
    return [sheltered(scene, Kind.COLD_CELLS, one) for one in found if one is not None]


def dropped_at_point(scene: Scene, site: Site) -> Dropped | None:
    """Leave the goods at a pickup point, which gets its own lines at the same stop."""
    here, ahead = scene.here, scene.ahead
    left = tuple(i for i, _ in here.affected if here.problem.lines[i.key].site != site.id)
    if not left:
        return None
    rest = visits_without(here.broken, frozenset(item.key for item in left))
    timed = with_tail(scene.roads, here.broken, called_first(rest, site, 0, HANDING_S))
    if timed is None:
        return None
    stop = timed.route.stops[here.broken.done]
    starts = stop.service_starts
    if ahead.worst(starts) < POSSIBLE or not site.is_open(stop.arrives):
        return None
    own = tuple(
        delivered(here, ahead, item, starts) for item, _ in here.affected if item not in left
    )
    return Dropped(timed=timed, stop=stop, first=own, left=left)


def dropped(scene: Scene, site: Site, first: int = 0) -> Dropped | None:
    """Leave the goods at a site after some stops; None where they do not bear it."""
    here, ahead, stops = scene.here, scene.ahead, scene.here.broken.ahead
    early = {item.key for stop in stops[:first] for item in stop.delivers}
    left = tuple(item for item, _ in here.affected if item.key not in early)
    # Stops that hand over none of the threatened goods only cost time.
    if not left or (first and len(left) == len(here.affected)):
        return None
    timed = _timed(scene, site, first, frozenset(item.key for item in left))
    if timed is None:
        return None
    stop = timed.route.stops[here.broken.done + first]
    served = _first(here, ahead, timed, early)
    # Open when it arrives; a wait for a free dock is no wait for a gate.
    starts = stop.service_starts
    in_time = ahead.worst(starts) >= SURE if first else ahead.best(starts) >= POSSIBLE
    if served is None or not in_time or not site.is_open(stop.arrives):
        return None
    spoilt = tuple(item for item in left if ahead.of_item(item, starts) < POSSIBLE)
    lost = tuple(quarantined(here, item) for item in spoilt)
    kept = tuple(item for item in left if item not in spoilt)
    return Dropped(timed=timed, stop=stop, first=(*served, *lost), left=kept)


def _timed(scene: Scene, site: Site, first: int, gone: frozenset[LineKey]) -> Timed | None:
    """Time the way with a call at the site; None where no dock gets free when it is said to."""
    here = scene.here
    before = [Visit.of(stop) for stop in here.broken.ahead[:first]]
    behind = visits_without(here.broken, gone, first)
    not_before: Seconds = 0
    for _ in range(2):
        call = Visit(site=site.id, kind=site.kind, not_before=not_before)
        timed = with_tail(scene.roads, here.broken, [*before, call, *behind])
        if timed is None:
            return None
        stop = timed.route.stops[here.broken.done + first]
        if site.kind is not SiteKind.STATION:
            return timed
        not_before = dock_free(here.plan, site, scene.reserved, stop.arrives)
        if not_before <= stop.service_starts:
            return timed
    return None


def _first(
    here: Situation, ahead: Outlooks, timed: Timed, early: set[LineKey]
) -> tuple[Fate, ...] | None:
    """Hand over what comes before the station; None where it is not certain to be sound."""
    reached = {i.key: stop.service_starts for stop in timed.route.stops for i in stop.delivers}
    served = tuple(
        delivered(here, ahead, item, reached[item.key])
        for item, _ in here.affected
        if item.key in early
    )
    return None if any(one.sound < SURE for one in served) else served


def sheltered(scene: Scene, kind: Kind, one: Dropped) -> Draft:
    """Write a draft that ends where the goods are kept cold."""
    starts, route = one.stop.service_starts, one.timed.route
    kept = tuple(
        fate(
            scene.here,
            item,
            Outcome.SHELTERED,
            scene.ahead.of_item(item, starts),
            starts,
            shelter=one.stop.site,
        )
        for item in one.left
    )
    return Draft(
        kind=kind,
        place=one.stop.site,
        routes={route.id: route},
        fates=(*one.first, *kept),
        handovers=(handover(scene.here, one, None, one.stop.departs, stored=True),),
        turns={route.id: one.timed.turn_s},
        extra_m={route.id: one.timed.turn_m},
        calls=frozenset({(route.id, one.stop.site)}),
    )


def handover(
    here: Situation, one: Dropped, taker: VehicleId | None, ends: Seconds, *, stored: bool
) -> Handover:
    """Write down what the broken vehicle leaves, with whom, and until when."""
    return Handover(
        site=one.stop.site,
        giver=here.broken.vehicle.id,
        taker=taker,
        starts=one.stop.service_starts,
        ends=ends,
        keys=tuple(item.key for item in one.left),
        volume_ml=sum(item.volume_ml for item in one.left),
        stored=stored,
    )
