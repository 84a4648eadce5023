"""Every way out of one vehicle's break, on paper, and what cannot be done and why."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.network import SiteKind
from optimizer.domain.units import Metres
from optimizer.response.cells import cold_points, nearby_cells
from optimizer.response.draft import Draft
from optimizer.response.later import with_later_trips
from optimizer.response.outlook import outlooks
from optimizer.response.receivers import receivers
from optimizer.response.roads import Roads
from optimizer.response.scene import Scene
from optimizer.response.sharing import from_stations, on_the_way
from optimizer.response.sheltering import at_cold_points, at_stations, at_the_grid
from optimizer.response.shelters import shelters
from optimizer.response.situation import Situation
from optimizer.response.splitting import split_up
from optimizer.response.staying import carry_on
from optimizer.response.why_not import Reason, WhyNot
from optimizer.response.words import Kind, Refusal, Reservation
from optimizer.travel.provider import TravelProvider

MOST_STATIONS, MOST_CELLS = 3, 2
"""From so many stations and points another vehicle is asked to fetch, the nearest ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What could be done about one broken vehicle.

    Parameters
    ----------
    idle
        Vehicles at home that could fetch goods from a station.
    """

    scene: Scene
    drafts: tuple[Draft, ...]
    refused: tuple[Refusal, ...]
    idle: tuple[VehicleId, ...]


def candidates(
    here: Situation,
    travel: TravelProvider,
    *,
    reserved: Sequence[Reservation],
    radius_m: Metres,
    broken: Collection[VehicleId] = (),
) -> Candidates:
    """Draft every way out.

    Parameters
    ----------
    here
        The break.
    travel
        Where distances come from.
    reserved
        Room and docks that others have taken.
    radius_m
        Stations farther off need a person's override.
    broken
        Other vehicles that fail as well: they take nothing over.
    """
    ahead = outlooks(here)
    roads = _survey(here, travel, reserved, radius_m)
    scene = Scene(here=here, roads=roads, ahead=ahead, reserved=reserved, radius_m=radius_m)
    fit, refused = shelters(scene)
    takers, full, short = receivers(here, roads, broken)
    cells, no_cells = cold_points(scene)
    by_station, no_station = at_stations(scene, fit)
    by_grid, no_grid = at_the_grid(scene)
    refused += [*no_station, *no_grid, *no_cells]
    refused += [Refusal(kind=Kind.NEIGHBOUR, place=van, why=why) for van, why in full.items()]
    drafts = [
        *carry_on(here, roads, ahead),
        *by_station,
        *by_grid,
        *at_cold_points(scene, cells),
        *on_the_way(scene, takers),
        *from_stations(scene, [*fit[:MOST_STATIONS], *cells[:MOST_CELLS]], takers),
    ]
    drafts += split_up(scene, [*takers, *short])
    drafts, too_late = _in_their_shifts(here, roads, drafts)
    return Candidates(
        scene=scene,
        drafts=tuple(drafts),
        refused=(*refused, *too_late),
        idle=tuple(one.where.vehicle.id for one in takers if one.fresh),
    )


def _survey(
    here: Situation, travel: TravelProvider, reserved: Sequence[Reservation], radius_m: Metres
) -> Roads:
    """Measure the ways between everything that a candidate may touch."""
    problem, home = here.problem, here.broken.vehicle.home
    names: list[SiteId] = [home, *(stop.site for stop in here.broken.route.stops)]
    names += [site.id for site in problem.sites_of(SiteKind.STATION)]
    names += nearby_cells(here, reserved, radius_m)
    names += [
        stop.site
        for route in here.plan.routes
        if route.start_site == home and route.returns > here.disruption.at
        for stop in route.stops
        if problem.sites[stop.site].kind is not SiteKind.GRID
    ]
    return Roads.survey(problem, travel, names)


def _in_their_shifts(
    here: Situation, roads: Roads, drafts: Sequence[Draft]
) -> tuple[list[Draft], list[Refusal]]:
    """Put off later trips, and leave out what brings a driver home after the shift."""
    kept: list[Draft] = []
    late: dict[tuple[Kind, str], Refusal] = {}
    planned = {route.id: route.returns for route in here.plan.routes}
    for draft in drafts:
        whole = with_later_trips(here, roads, draft)
        if whole is not None and all(
            route.returns
            <= max(here.problem.vehicles[route.vehicle].shift.closes, planned.get(route.id, 0))
            for route in whole.routes.values()
        ):
            kept.append(whole)
        else:
            why = Reason(WhyNot.SHIFT_OVER)
            refusal = Refusal(kind=draft.kind, place=draft.place, why=why)
            late.setdefault((draft.kind, draft.place), refusal)
    offered = {(draft.kind, draft.place) for draft in kept}
    return kept, [refusal for name, refusal in late.items() if name not in offered]
