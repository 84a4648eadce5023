"""Cold rooms and locker cells of pickup points, as a shelter for goods that are not theirs.

A point counts only where the problem names room of the zone there: its cells, its litres, or both.
What the plan brings to the point on the same day takes its room first, hour by hour unknown, so for
the whole day. Orders share no cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, hypot, radians

from optimizer.domain.ids import OrderId, SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import Mode
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Metres, Millilitres, ceil_div
from optimizer.response.scene import Scene
from optimizer.response.shelters import Shelter, dock_free
from optimizer.response.situation import Situation
from optimizer.response.why_not import Reason, WhyNot, no_cells, too_far
from optimizer.response.words import POSSIBLE, Kind, Refusal, Reservation

DEGREE_M = 111_200.0
"""Metres of a degree of latitude, near enough to look for neighbours."""

MOST_POINTS = 6
"""So many points are looked at, the nearest ones; each costs a way timed anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdRoom:
    """What is free at a point in one zone for a day; None where that is not limited.

    Parameters
    ----------
    cells, cell_ml
        Free locker cells, and what one holds.
    room_ml
        Free litres.
    """

    cells: int | None
    cell_ml: Millilitres
    room_ml: Millilitres | None

    def uses(self, items: Iterable[Delivery]) -> tuple[int, Millilitres]:
        """Give the cells and the litres that lines of one zone take."""
        orders: dict[OrderId, Millilitres] = {}
        for item in items:
            orders[item.key.order] = orders.get(item.key.order, 0) + item.volume_ml
        cells = sum(ceil_div(ml, max(1, self.cell_ml)) for ml in orders.values())
        return cells, sum(orders.values())

    def holds(self, items: Iterable[Delivery]) -> bool:
        """Say whether lines of one zone fit in."""
        cells, litres = self.uses(items)
        return (self.cells is None or cells <= self.cells) and (
            self.room_ml is None or litres <= self.room_ml
        )


def cold_room(
    here: Situation, site: Site, zone: Zone, reserved: Sequence[Reservation]
) -> ColdRoom | None:
    """Give what is free at a point; None where it has no known room of that zone."""
    has_cells = site.cells.get(zone, 0) > 0 and site.cell_ml > 0
    if site.kind is not SiteKind.PICKUP or not (has_cells or site.capacity_ml.get(zone, 0) > 0):
        return None
    if zone in site.cells and not has_cells:
        return None
    others = sum(one.volume_ml for one in reserved if one.site == site.id and one.zone is zone)
    room = ColdRoom(cells=site.cells.get(zone), cell_ml=site.cell_ml, room_ml=None)
    used, litres = room.uses(_coming(here, site, zone))
    cells, whole_ml = site.cells.get(zone), site.capacity_ml.get(zone)
    return ColdRoom(
        cells=None if cells is None else cells - used - ceil_div(others, max(1, site.cell_ml)),
        cell_ml=site.cell_ml,
        room_ml=None if whole_ml is None else whole_ml - litres - others,
    )


def _coming(here: Situation, site: Site, zone: Zone) -> list[Delivery]:
    """Give the lines that the plan brings there, all of which wait for their households."""
    return [
        item
        for route in here.plan.routes
        for stop in route.stops
        if stop.site == site.id
        for item in stop.delivers
        if item.zone is zone and here.problem.lines[item.key].mode is Mode.PICKUP
    ]


def nearby_cells(
    here: Situation, reserved: Sequence[Reservation], radius_m: Metres
) -> list[SiteId]:
    """Give the nearest points of the same grid that have cold room free, as the crow flies."""
    spot, home = here.broken.here, here.broken.vehicle.home
    own = {stop.site for stop in here.broken.ahead}
    near = []
    for site in here.problem.sites_of(SiteKind.PICKUP):
        if site.id not in own and site.grid != home:
            continue
        if any(_has_room(here, site, zone, reserved) for zone in here.zones):
            east = (site.lon - spot.lon) * cos(radians(spot.lat))
            far = hypot(east, site.lat - spot.lat) * DEGREE_M
            if far <= radius_m:
                near.append((far, site.id))
    return [name for _, name in sorted(near)[:MOST_POINTS]]


def _has_room(here: Situation, site: Site, zone: Zone, reserved: Sequence[Reservation]) -> bool:
    if not (site.cells or site.capacity_ml):
        return False
    room = cold_room(here, site, zone, reserved)
    return room is not None and room.cells != 0 and room.room_ml != 0


def cold_points(scene: Scene) -> tuple[list[Shelter], list[Refusal]]:
    """Give the points that can keep all the goods but their own, and why others nearby cannot."""
    fit: list[Shelter] = []
    refused: list[Refusal] = []
    for name in nearby_cells(scene.here, scene.reserved, scene.radius_m):
        site = scene.here.problem.sites[name]
        leg = scene.roads.from_here(scene.here.broken, name)
        if leg is None:
            continue
        arrives = scene.here.broken.free + leg.duration_s
        starts = dock_free(scene.here.plan, site, scene.reserved, arrives)
        why = _refusal(scene, site, arrives, starts, leg.distance_m)
        if why is not None:
            refused.append(
                Refusal(kind=Kind.COLD_CELLS, place=name, why=why, distance_m=leg.distance_m)
            )
        else:
            fit.append(
                Shelter(
                    site=site,
                    distance_m=leg.distance_m,
                    arrives=arrives,
                    starts=starts,
                    handling_s=site.service_s,
                )
            )
    fit.sort(key=lambda one: (one.starts, one.site.id))
    return fit, refused


def _refusal(scene: Scene, site: Site, arrives: int, starts: int, far_m: Metres) -> Reason | None:
    """Say why a point cannot keep the goods; nothing where it can."""
    here = scene.here
    for zone in here.zones:
        goods = strangers(here, site.id, zone)
        room = cold_room(here, site, zone, scene.reserved)
        if goods and (room is None or not room.holds(goods)):
            return no_cells(zone, sum(item.volume_ml for item in goods))
    if site.needs - here.broken.vehicle.skills:
        return Reason(WhyNot.MAY_NOT_CALL)
    if not site.is_open(arrives) or not site.is_open(starts):
        return Reason(WhyNot.CLOSED)
    if scene.ahead.worst(starts) < POSSIBLE:
        return Reason(WhyNot.TOO_WARM)
    if far_m > scene.radius_m:
        return too_far(far_m, scene.radius_m)
    return None


def strangers(here: Situation, site: SiteId, zone: Zone) -> list[Delivery]:
    """Give the affected lines of a zone that are for other points."""
    return [
        item
        for item, _ in here.affected
        if item.zone is zone and here.problem.lines[item.key].site != site
    ]
