"""Which grid warehouse takes back the empties and returns of which pickup point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np

from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import Collect
from optimizer.domain.plan import Unserved, UnservedReason
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import LARGEST_SUM
from optimizer.planning.calls import Calls
from optimizer.planning.desk import Desk

CollectsByGrid: TypeAlias = Mapping[SiteId, Sequence[Collect]]


def collects_by_grid(desk: Desk, calls: Calls) -> tuple[CollectsByGrid, list[Unserved]]:
    """Give every collect its grid: the one that serves its point today, else given, else nearest.

    One that is pinned to a van rides to the van's home.

    Returns
    -------
    tuple
        Collects per grid in file order, and those that no grid can take.
    """
    problem = desk.problem
    serving = {problem.lines[key].site: grid for (grid, _), keys in calls.items() for key in keys}
    lost = {one.site for one in problem.collects.values()} - serving.keys()
    others = [problem.sites[site] for site in problem.sites if site in lost]
    grid_of = _nearest(desk, others) | serving
    homes = {key: problem.vehicles[van].home for key, van in desk.held.pins.items()}
    taking: dict[SiteId, list[Collect]] = {}
    stranded = []
    for one in problem.collects.values():
        grid = homes.get(one.key, grid_of[one.site])
        if grid is None:
            detail = f"no grid warehouse with vehicles within reach of {one.site}"
            stranded.append(Unserved(key=one.key, reason=UnservedReason.NO_GRID, detail=detail))
        else:
            taking.setdefault(grid, []).append(one)
    return taking, stranded


def _nearest(desk: Desk, points: Sequence[Site]) -> dict[SiteId, SiteId | None]:
    """Give points that get nothing today their own grid, else the nearest, within the radius."""
    problem = desk.problem
    homes = {van.home for van in problem.vehicles.values()}
    grids = [grid for grid in problem.sites_of(SiteKind.GRID) if grid.id in homes]
    if not points or not grids:
        return {point.id: None for point in points}
    metres = desk.means.travel.matrix(grids, points).distance_m
    far = metres == UNREACHABLE
    if problem.radius_m is not None:
        far |= metres > problem.radius_m
    names = [grid.id for grid in grids]
    for column, point in enumerate(points):
        own = desk.held.grid_of.get(point.id, point.grid)
        if own is not None:
            far[:, column] |= [name != own for name in names]
    ranked = np.where(far, LARGEST_SUM, metres)
    rows = ranked.argmin(axis=0)
    return {
        point.id: None if far[row, column] else grids[row].id
        for column, (point, row) in enumerate(zip(points, rows.tolist(), strict=True))
    }
