"""Places that keep goods cold for a while: which may take them now, and why the others may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres, Seconds
from optimizer.response.scene import Scene
from optimizer.response.why_not import Reason, WhyNot, lacks, no_room, too_far
from optimizer.response.words import POSSIBLE, Kind, Refusal, Reservation


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelter:
    """A station that can take the goods.

    Parameters
    ----------
    starts, handling_s
        When a dock is free for us, and how long unloading takes.
    """

    site: Site
    distance_m: Metres
    arrives: Seconds
    starts: Seconds
    handling_s: Seconds


def shelters(scene: Scene) -> tuple[list[Shelter], list[Refusal]]:
    """Give the stations that can take the goods, nearest first, and why others cannot."""
    fit: list[Shelter] = []
    refused: list[Refusal] = []
    for site in scene.here.problem.sites_of(SiteKind.STATION):
        found = _judged(scene, site)
        if isinstance(found, Shelter):
            fit.append(found)
        else:
            refused.append(found)
    fit.sort(key=lambda one: (one.starts, one.site.id))
    return fit, refused


def _judged(scene: Scene, site: Site) -> Shelter | Refusal:
    """Judge one station; what nobody can change comes before the distance."""
    here, roads, ahead = scene.here, scene.roads, scene.ahead
    leg = roads.from_here(here.broken, site.id)
    if leg is None:
        return _no(site, Reason(WhyNot.NO_ROAD), None)
    arrives = here.broken.free + leg.duration_s
    missing = site.needs - here.broken.vehicle.skills
    starts = dock_free(here.plan, site, scene.reserved, arrives)
    why = _short_of_room(scene, site)
    if why is not None:
        pass
    elif missing:
        why = lacks(missing)
    elif not site.is_open(arrives):
        why = Reason(WhyNot.CLOSED)
    elif not site.is_open(starts):
        why = Reason(WhyNot.DOCKS_TAKEN)
    elif ahead.best(starts) < POSSIBLE:
        why = Reason(WhyNot.TOO_WARM)
    elif leg.distance_m > scene.radius_m:
        why = too_far(leg.distance_m, scene.radius_m)
        return _no(site, why, leg.distance_m, needs_override=True)
    if why is not None:
        return _no(site, why, leg.distance_m)
    return Shelter(
        site=site,
        distance_m=leg.distance_m,
        arrives=arrives,
        starts=starts,
        handling_s=site.service_s,
    )


def _short_of_room(scene: Scene, site: Site) -> Reason | None:
    """Say in which zone a station has no room for all goods; nothing where it has."""
    for zone in scene.here.zones:
        free_ml, need_ml = room_ml(site, zone, scene.reserved), scene.here.need_ml(zone)
        if free_ml is not None and free_ml < need_ml:
            return no_room(zone, free_ml, need_ml)
    return None


def _no(
    site: Site, why: Reason, distance_m: Metres | None, *, needs_override: bool = False
) -> Refusal:
    return Refusal(
        kind=Kind.STATION,
        place=site.id,
        why=why,
        needs_override=needs_override,
        distance_m=distance_m,
    )


def room_ml(site: Site, zone: Zone, reserved: Sequence[Reservation]) -> int | None:
    """Give the room of a zone that nobody has reserved; None where there is no limit."""
    room = site.capacity_ml.get(zone)
    if room is None:
        return None
    taken = sum(one.volume_ml for one in reserved if one.site == site.id and one.zone is zone)
    return room - taken


def dock_free(plan: Plan, site: Site, reserved: Sequence[Reservation], arrives: Seconds) -> Seconds:
    """Give the first moment from an arrival on at which a dock is free for a whole service.

    Docks are taken by reservations and by stops that the plan already has there.
    """
    if site.docks is None:
        return arrives
    taken = docked(plan, site.id, reserved)
    for moment in sorted({arrives, *(end for _, end in taken if end > arrives)}):
        done = moment + site.service_s
        at_once = sum(start < done and end > moment for start, end in taken)
        if at_once < site.docks:
            return moment
    return max([arrives, *(end for _, end in taken)])


def docked(
    plan: Plan, site: SiteId, reserved: Sequence[Reservation]
) -> list[tuple[Seconds, Seconds]]:
    """Give from when to when docks of a site are taken, by others and by stops of the plan.

    A stop that the plan already has may be reserved as well; then it counts once.
    """
    stops = [
        (stop.service_starts, stop.departs)
        for route in plan.routes
        for stop in route.stops
        if stop.site == site
    ]
    others = [(one.starts, one.ends) for one in reserved if one.site == site]
    for stop in stops:
        if stop in others:
            others.remove(stop)
    return [*stops, *others]
