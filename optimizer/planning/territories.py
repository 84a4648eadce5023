"""Which grid warehouse serves which pickup point, and which lines no grid can serve.

A point belongs to one grid as a whole, because its leader meets one van. Where a grid's rooms are
too small, single *lines* are left out and not the whole point: the frozen room may be full while
milk and bananas still fit. What is left out is what costs least to leave.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import LARGEST_SUM, Cents, thousands
from optimizer.planning.placement import place
from optimizer.planning.placement_case import NOWHERE, UNLIMITED, BoolArray, Load, PlacementCase
from optimizer.travel.provider import TravelProvider

MOST_PAIRS = 80_000
LEAST_CANDIDATES = 8
"""All grids in reach are considered while the pairs are few, beyond that each point's nearest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Territories:
    """The answer: a grid for each point that gets anything, and the lines left out.

    Parameters
    ----------
    grid_of
        In file order of the points; a point whose lines are all left out is absent.
    unserved
        In file order of the lines.
    """

    grid_of: Mapping[SiteId, SiteId]
    unserved: tuple[Unserved, ...] = ()

    def lines_of(self, problem: Problem) -> dict[SiteId, list[OrderLine]]:
        """Group the lines that have a grid by grid, both in file order."""
        left = {item.key for item in self.unserved}
        groups: dict[SiteId, list[OrderLine]] = {
            grid.id: [] for grid in problem.sites_of(SiteKind.GRID)
        }
        for line in problem.lines.values():
            if line.key not in left:
                groups[self.grid_of[line.site]].append(line)
        return {grid: lines for grid, lines in groups.items() if lines}


def assign(
    problem: Problem,
    travel: TravelProvider,
    *,
    leaving_cents: Mapping[LineKey, Cents],
    seed: int,
    limit: Limit,
) -> Territories:
    """Find a grid for every point with lines, or the reason why there is none.

    A grid that the user gave is kept. Any other point takes the grid that, over all points, makes
    the fewest kilogram-metres from grid to point, within the radius and the grids' rooms.
    """
    reach = _survey(problem, travel)
    if not reach.served:
        return _answer(problem, reach, {}, frozenset())
    case = _case(problem, reach, leaving_cents)
    placement = place(case, seed=seed, limit=limit)
    chosen = case.grids[np.arange(len(reach.served)), np.array(placement.columns)]
    grid_of = {
        reach.points[column].id: reach.grids[grid].id
        for column, grid in zip(reach.served, chosen.tolist(), strict=True)
    }
    return _answer(problem, reach, grid_of, placement.left)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reach:
    """Which grid may serve which point: rows are ``grids``, columns are ``points`` with lines."""

    grids: tuple[Site, ...]
    points: tuple[Site, ...]
    distance_m: IntArray
    usable: BoolArray
    allowed: BoolArray

    @property
    def served(self) -> list[int]:
        """Columns of the points that some grid may serve."""
        columns: list[int] = np.flatnonzero(self.allowed.any(axis=0)).tolist()
        return columns


def _survey(problem: Problem, travel: TravelProvider) -> _Reach:
    ordered = {line.site for line in problem.lines.values()}
    points = tuple(site for site in problem.sites.values() if site.id in ordered)
    grids = tuple(problem.sites_of(SiteKind.GRID))
    distance = travel.matrix(grids, points).distance_m
    usable = np.repeat(_usable(problem, grids)[:, None], len(points), axis=1)
    rows = {grid.id: row for row, grid in enumerate(grids)}
    for column, point in enumerate(points):
        if point.grid is not None:
            usable[:, column] = False
            usable[rows[point.grid], column] = True
    allowed = usable & (distance != UNREACHABLE)
    if problem.radius_m is not None:
        allowed &= distance <= problem.radius_m
    return _Reach(grids=grids, points=points, distance_m=distance, usable=usable, allowed=allowed)


def _usable(problem: Problem, grids: Sequence[Site]) -> BoolArray:
    """Say which grids may get points of the planner's choice: open at a wave, home to a van.

    Where no grid has a van the points are spread all the same, so that the reason a person reads
    is the missing fleet and not a missing grid.
    """
    is_open = np.array(
        [any(grid.is_open(wave.departs) for wave in problem.waves) for grid in grids],
        dtype=np.bool_,
    )
    vans = problem.vehicles.values()
    homes = {van.home for van in vans if van.echelon is Echelon.LAST_MILE}
    is_home = np.array([grid.id in homes for grid in grids], dtype=np.bool_)
    both: BoolArray = is_open & is_home
    return both if both.any() else is_open


def _case(problem: Problem, reach: _Reach, leaving_cents: Mapping[LineKey, Cents]) -> PlacementCase:
    capacity = np.array(
        [[grid.capacity_ml.get(zone, UNLIMITED) for zone in ZONES] for grid in reach.grids],
        dtype=np.int64,
    )
    loads: dict[SiteId, list[Load]] = {site.id: [] for site in reach.points}
    for line in problem.lines.values():
        loads[line.site].append(
            Load(
                key=line.key,
                zone=ZONES.index(line.zone),
                volume_ml=line.volume_ml,
                mass_g=line.mass_g,
                drop_cents=leaving_cents[line.key],
            )
        )
    grids, distance = _nearest(reach)
    return PlacementCase(
        loads=tuple(tuple(loads[reach.points[column].id]) for column in reach.served),
        grids=grids,
        distance_m=distance,
        capacity_ml=capacity,
    )


def _nearest(reach: _Reach) -> tuple[IntArray, IntArray]:
    """Rank the allowed grids of each served point by distance, ties in file order."""
    allowed, distance = reach.allowed[:, reach.served].T, reach.distance_m[:, reach.served].T
    ranked = np.where(allowed, distance, LARGEST_SUM)
    most = max(LEAST_CANDIDATES, MOST_PAIRS // len(reach.served))
    width = min(most, int(allowed.sum(axis=1).max()))
    order = np.argsort(ranked, axis=1, kind="stable")[:, :width]
    near = np.take_along_axis(ranked, order, axis=1)
    return np.where(near < LARGEST_SUM, order, NOWHERE), near


# --- what is left out, and why ------------------------------------------------------------------


def _answer(
    problem: Problem,
    reach: _Reach,
    grid_of: Mapping[SiteId, SiteId],
    left: frozenset[LineKey],
) -> Territories:
    reasons = {
        site.id: _why_unserved(problem, reach, column)
        for column, site in enumerate(reach.points)
        if site.id not in grid_of
    }
    unserved = []
    for line in problem.lines.values():
        if line.site in reasons:
            reason, detail = reasons[line.site]
            unserved.append(Unserved(key=line.key, reason=reason, detail=detail))
        elif line.key in left:
            detail = _no_room(problem.sites[grid_of[line.site]], line)
            reason = UnservedReason.GRID_CAPACITY
            unserved.append(Unserved(key=line.key, reason=reason, detail=detail))
    gone = {item.key for item in unserved}
    supplied = {line.site for line in problem.lines.values() if line.key not in gone}
    kept = {point: grid for point, grid in grid_of.items() if point in supplied}
    return Territories(grid_of=kept, unserved=tuple(unserved))


def _why_unserved(problem: Problem, reach: _Reach, column: int) -> tuple[UnservedReason, str]:
    """Name the first rule that no grid passes: there is one, a way leads from it, it is near."""
    point = reach.points[column]
    usable = reach.usable[:, column]
    if not usable.any():
        return UnservedReason.NO_GRID, "No grid warehouse is open when a wave departs."
    joined = usable & (reach.distance_m[:, column] != UNREACHABLE)
    if not joined.any():
        start = point.grid or "any open grid warehouse"
        return UnservedReason.UNREACHABLE, f"No way leads from {start} to {point.id}."
    distance = np.where(joined, reach.distance_m[:, column], LARGEST_SUM)
    row = int(np.argmin(distance))
    which = "its grid warehouse" if point.grid else "the nearest grid warehouse"
    km, radius_km = thousands(int(distance[row])), thousands(problem.radius_m or 0)
    return UnservedReason.OUTSIDE_RADIUS, (
        f"{point.id} lies {km:.3f} km from {reach.grids[row].id}, {which};"
        f" the radius is {radius_km:.3f} km."
    )


def _no_room(grid: Site, line: OrderLine) -> str:
    room, wanted = grid.capacity_ml.get(line.zone, 0), thousands(line.volume_ml)
    if room == 0:
        return f"{grid.id} has no {line.zone.value} room."
    return (
        f"The {line.zone.value} room of {grid.id} holds {thousands(room):.1f} l, which go to lines"
        f" that cost more to leave out; this line needs {wanted:.1f} l."
    )
