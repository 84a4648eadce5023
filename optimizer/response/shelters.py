"""Places that keep goods cold for a while: which may take them now, and why the others may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres, Seconds
from optimizer.response.scene import Scene
from optimizer.response.words import LIKELY, Kind, Refusal, Reservation

LITRE_ML = 1000


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
        return _no(site, "no road leads there from here", None)
    arrives = here.broken.free + leg.duration_s
    free_ml = room_ml(site, here.disruption.zone, scene.reserved)
    missing = site.needs - here.broken.vehicle.skills
    starts = dock_free(here.plan, site, scene.reserved, arrives)
    reason = ""
    if free_ml is not None and free_ml < here.volume_ml:
        short, need = free_ml // LITRE_ML, -(-here.volume_ml // LITRE_ML)
        zone = here.disruption.zone.value
        reason = f"it has {short} l of {zone} room left, the goods need {need} l"
    elif missing:
        reason = f"the vehicle lacks {', '.join(sorted(missing))}"
    elif not site.is_open(arrives):
        reason = "it is closed when the vehicle gets there"
    elif not site.is_open(starts):
        reason = "its docks are taken until it closes"
    elif ahead.sound(starts) < LIKELY:
        reason = "the product is out of its band before it can be unloaded"
    elif leg.distance_m > scene.radius_m:
        reason = (
            f"it is {leg.distance_m / 1000:.2f} km away, more than {scene.radius_m / 1000:g} km"
        )
        return _no(site, reason, leg.distance_m, needs_override=True)
    if reason:
        return _no(site, reason, leg.distance_m)
    return Shelter(
        site=site,
        distance_m=leg.distance_m,
        arrives=arrives,
        starts=starts,
        handling_s=site.service_s,
    )


def _no(
    site: Site, reason: str, distance_m: Metres | None, *, needs_override: bool = False
) -> Refusal:
    return Refusal(
        kind=Kind.STATION,
        place=site.id,
        reason=reason,
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
    taken = {(one.starts, one.ends) for one in reserved if one.site == site.id}
    taken |= {
        (stop.service_starts, stop.departs)
        for route in plan.routes
        for stop in route.stops
        if stop.site == site.id
    }
    for moment in sorted({arrives, *(end for _, end in taken if end > arrives)}):
        done = moment + site.service_s
        at_once = sum(start < done and end > moment for start, end in taken)
        if at_once < site.docks:
            return moment
    return max([arrives, *(end for _, end in taken)])
