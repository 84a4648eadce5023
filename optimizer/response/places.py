"""Places that could take a part of the goods: what room each has, and when a van gets there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Seconds
from optimizer.response.cells import cold_room, nearby_cells
from optimizer.response.receivers import Receiver, room_in
from optimizer.response.scene import Scene
from optimizer.response.sharing import meeting_points
from optimizer.response.sheltering import HANDING_S
from optimizer.response.shelters import dock_free, room_ml
from optimizer.response.words import POSSIBLE

MOST_PLACES = 6
"""So many places are paired, the earliest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A site where goods may leave the broken vehicle.

    Parameters
    ----------
    name
        The site's id, or that of the vehicle that takes the goods there.
    starts, handling_s
        When the hand-over could begin if the vehicle went there at once, and how long it takes.
    taker
        The vehicle that comes for them; None where the site keeps them.
    rooms
        What it has room for, by the name of the room.
    cell_ml
        What a locker cell holds, by the room that counts cells.
    short
        Whether it has no room for all goods.
    """

    name: str
    site: Site
    starts: Seconds
    handling_s: Seconds
    taker: Receiver | None
    rooms: dict[str, int]
    cell_ml: dict[str, int]
    short: bool

    def uses(self, items: Sequence[Delivery]) -> dict[str, int]:
        """Give what the lines of one order and zone take of its rooms."""
        zone = items[0].zone
        litres = sum(item.volume_ml for item in items)
        uses = {
            f"{self.name}/{zone.value}": litres,
            f"{self.name}/mass": sum(item.mass_g for item in items),
        }
        for room, cell_ml in self.cell_ml.items():
            if room == f"{self.name}/{zone.value}/cells":
                uses[room] = -(-litres // cell_ml)
        return uses


def places(scene: Scene, takers: Sequence[Receiver]) -> list[Place]:
    """Give the places that are reached in time and have any room, earliest first."""
    near = [site for site in scene.here.problem.sites_of(SiteKind.STATION) if _is_near(scene, site)]
    points = [scene.here.problem.sites[name] for name in _points(scene)]
    found = [_shelter(scene, site) for site in (*near, *points)]
    found += [_meeting(scene, taker) for taker in takers]
    known = [one for one in found if one is not None and _worth_it(scene, one)]
    known.sort(key=lambda one: (one.starts, one.name))
    return known[:MOST_PLACES]


def _points(scene: Scene) -> list[str]:
    return nearby_cells(scene.here, scene.reserved, scene.radius_m)


def _is_near(scene: Scene, site: Site) -> bool:
    leg = scene.roads.from_here(scene.here.broken, site.id)
    return leg is not None and leg.distance_m <= scene.radius_m


def _worth_it(scene: Scene, one: Place) -> bool:
    """Leave out what has no room at all, is closed, or comes when everything is spoilt."""
    litres = [one.rooms.get(f"{one.name}/{zone.value}", 1) for zone in scene.here.zones]
    return (
        any(ml > 0 for ml in litres)
        and one.rooms.get(f"{one.name}/mass", 1) > 0
        and one.site.is_open(one.starts)
        and scene.ahead.best(one.starts) >= POSSIBLE
    )


def _shelter(scene: Scene, site: Site) -> Place | None:
    here = scene.here
    leg = scene.roads.from_here(here.broken, site.id)
    if leg is None or site.needs - here.broken.vehicle.skills:
        return None
    rooms: dict[str, int] = {}
    cell_ml: dict[str, int] = {}
    point = site.kind is SiteKind.PICKUP
    for zone in here.zones:
        name = f"{site.id}/{zone.value}"
        if point:
            _add_cells(scene, site, zone, rooms, cell_ml)
        else:
            free = room_ml(site, zone, scene.reserved)
            rooms |= {} if free is None else {name: max(0, free)}
    starts = dock_free(here.plan, site, scene.reserved, here.broken.free + leg.duration_s)
    return Place(
        name=site.id,
        site=site,
        starts=starts,
        handling_s=site.service_s + (HANDING_S if point else 0),
        taker=None,
        rooms=rooms,
        cell_ml=cell_ml,
        short=_is_short(scene, site.id, rooms) or bool(cell_ml),
    )


def _add_cells(
    scene: Scene, site: Site, zone: Zone, rooms: dict[str, int], cell_ml: dict[str, int]
) -> None:
    room, name = cold_room(scene.here, site, zone, scene.reserved), f"{site.id}/{zone.value}"
    if room is None:
        rooms[name] = 0
        return
    if room.room_ml is not None:
        rooms[name] = max(0, room.room_ml)
    if room.cells is not None:
        rooms[f"{name}/cells"] = max(0, room.cells)
        cell_ml[f"{name}/cells"] = max(1, room.cell_ml)


def _meeting(scene: Scene, taker: Receiver) -> Place | None:
    """Meet another vehicle where that can be soonest."""
    here, where = scene.here, taker.where
    soonest: tuple[Seconds, Site] | None = None
    for site in meeting_points(here, taker):
        ours = scene.roads.from_here(here.broken, site.id)
        theirs = scene.roads.from_here(where, site.id)
        if ours is None or theirs is None or site.needs - where.vehicle.skills:
            continue
        starts = max(here.broken.free + ours.duration_s, where.free + theirs.duration_s)
        if site.is_open(starts) and (soonest is None or starts < soonest[0]):
            soonest = starts, site
    if soonest is None:
        return None
    name = where.vehicle.id
    rooms = {
        f"{name}/{zone.value}": max(0, room_in(where.route, where, zone)) for zone in here.zones
    }
    rooms[f"{name}/mass"] = max(0, where.vehicle.payload_g - where.load_g())
    return Place(
        name=name,
        site=soonest[1],
        starts=soonest[0],
        handling_s=soonest[1].service_s + HANDING_S,
        taker=taker,
        rooms=rooms,
        cell_ml={},
        short=_is_short(scene, name, rooms),
    )


def _is_short(scene: Scene, name: str, rooms: dict[str, int]) -> bool:
    here = scene.here
    needs = {f"{name}/{zone.value}": here.need_ml(zone) for zone in here.zones}
    needs[f"{name}/mass"] = here.mass_g
    return any(need > rooms[room] for room, need in needs.items() if room in rooms)


def names_of(ones: Iterable[Place]) -> str:
    """Join the names of places for a person."""
    return " + ".join(one.name for one in ones)
