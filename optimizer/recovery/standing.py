"""Where a van stands, how far everything is from there, and how long its goods keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from optimizer.domain.errors import ColdgridError
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind, TimeWindow
from optimizer.domain.plan import Delivery
from optimizer.domain.problem import HORIZON_S
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.recovery.day import Day
from optimizer.recovery.events import Breakdown
from optimizer.response.outlook import Outlook, outlook
from optimizer.response.roads import Roads
from optimizer.response.situation import Situation, Underway
from optimizer.response.words import Disruption


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A van that stands, and what is on board.

    Parameters
    ----------
    where
        The van on its trip.
    place
        Where it stands: a place of its own in ``roads``, or a site nearby where distances are
        known between sites alone.
    here
        The same as rooms for goods are looked for from.
    ahead
        How long the goods of each zone keep.
    goods
        In the order of the stops that were planned.
    """

    where: Underway
    place: SiteId
    roads: Roads
    here: Situation
    ahead: Mapping[Zone, Outlook]
    goods: tuple[Delivery, ...]


def standing(
    day: Day, event: Breakdown, where: Underway, on_board: tuple[Delivery, ...]
) -> Standing:
    """Say where the van stands, how far everything is from there, and how long its goods keep."""
    lat = where.here.lat if event.lat is None else event.lat
    lon = where.here.lon if event.lon is None else event.lon
    spot = Site(
        id=f"standing\n{where.vehicle.id}",
        kind=SiteKind.PICKUP,
        name=f"position of {where.vehicle.id}",
        lat=lat,
        lon=lon,
        hours=(TimeWindow(opens=0, closes=HORIZON_S),),
    )
    problem = replace(day.problem, sites={**day.problem.sites, spot.id: spot})
    place = spot.id
    try:
        roads = Roads.survey(problem, day.travel, [*day.roads.row, spot.id])
        if (roads.matrix.distance_m[-1, :-1] == UNREACHABLE).all():
            place, roads = where.last_site, day.roads
    except ColdgridError:
        # Distances from site to site alone: it is looked for where it was last.
        place, roads = where.last_site, day.roads
    here = _situation(day, event, where)
    zones = dict.fromkeys(item.zone for item in on_board)
    return Standing(
        where=where,
        place=place,
        roads=roads,
        here=here,
        ahead={zone: outlook(_situation(day, event, where, zone)) for zone in zones},
        goods=on_board,
    )


def _situation(day: Day, event: Breakdown, where: Underway, zone: Zone | None = None) -> Situation:
    """Look at the goods of one zone, or at all, as if their compartment had failed."""
    affected = tuple(
        (item, stop)
        for stop in where.ahead
        for item in stop.delivers
        if zone is None or item.zone is zone
    )
    told = Disruption(
        vehicle=event.vehicle, zone=zone or Zone.CHILLED, at=day.at, cooling_w=event.cooling_w
    )
    return Situation(
        problem=day.problem, plan=day.plan, disruption=told, broken=where, affected=affected
    )
