"""What leaving a line out costs: the yardstick is the dearest round trip of any single order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_HOUR, Cents
from optimizer.planning.pricing import leaving_cents
from optimizer.travel.provider import TravelProvider


def dearest_round_trip_cents(problem: Problem, travel: TravelProvider) -> Cents:
    """Price the dearest round trip that a single order could need, over both echelons.

    For every pickup point with lines: the dearest van there and back from a grid that may serve
    it, and the dearest truck from a central warehouse to that grid and back. Traffic is left out.
    """
    ordered = {line.site for line in problem.lines.values()}
    points = [problem.sites[site] for site in problem.sites if site in ordered]
    grids = problem.sites_of(SiteKind.GRID)
    if not points or not grids:
        return 0
    out, back = travel.matrix(grids, points), travel.matrix(points, grids)
    vans = _dearest(problem, _homed(problem, Echelon.LAST_MILE), out, back)
    total = vans + _trucks(problem, travel, grids)[:, None]
    allowed = _allowed(problem, grids, points, out) & _joined(out, back)
    return int(np.where(allowed, total, 0).max())


def drop_charges(
    problem: Problem, keys: Iterable[LineKey], dearest_cents: Cents
) -> Mapping[LineKey, Cents]:
    """Price leaving out each of these lines, or leaving behind each of these collects."""
    return {key: leaving_cents(problem, key, dearest_cents) for key in keys}


def _homed(problem: Problem, echelon: Echelon) -> dict[SiteId, list[Vehicle]]:
    """Group the vehicles of an echelon by home; equal costs once."""
    homes: dict[SiteId, dict[tuple[str, int, int, int], Vehicle]] = {}
    for vehicle in problem.vehicles.values():
        if vehicle.echelon is echelon:
            price = (vehicle.type, vehicle.fixed_cents, vehicle.cents_per_km, vehicle.cents_per_h)
            homes.setdefault(vehicle.home, {})[price] = vehicle
    return {home: list(kinds.values()) for home, kinds in homes.items()}


def _joined(out: TravelMatrix, back: TravelMatrix) -> npt.NDArray[np.bool_]:
    """Say which pairs have a way there and a way back."""
    joined: npt.NDArray[np.bool_] = (out.distance_m != UNREACHABLE) & (
        back.distance_m.T != UNREACHABLE
    )
    return joined


def _dearest(
    problem: Problem,
    homed: Mapping[SiteId, list[Vehicle]],
    out: TravelMatrix,
    back: TravelMatrix,
) -> IntArray:
    """Price the dearest round trip per (home, destination), every part in whole cents.

    0 where no vehicle lives or no way leads.
    """
    dearest = np.zeros(out.distance_m.shape, dtype=np.int64)
    joined = _joined(out, back)
    metres = out.distance_m + back.distance_m.T
    seconds = {
        kind: out.durations(speed) + back.durations(speed).T
        for kind, speed in problem.travel.speed_kmh.items()
    }
    for row, home in enumerate(out.origins):
        for vehicle in homed.get(home, []):
            cost = (
                vehicle.fixed_cents
                + _nearest(vehicle.cents_per_km * metres[row], PER_THOUSAND)
                + _nearest(vehicle.cents_per_h * seconds[vehicle.type][row], SECONDS_PER_HOUR)
            )
            dearest[row] = np.maximum(dearest[row], np.where(joined[row], cost, 0))
    return dearest


def _nearest(dividend: IntArray, divisor: int) -> IntArray:
    """Divide and round half up, as the objective does for one route."""
    return (2 * dividend + divisor) // (2 * divisor)


def _trucks(problem: Problem, travel: TravelProvider, grids: list[Site]) -> IntArray:
    centrals = problem.sites_of(SiteKind.CENTRAL)
    out, back = travel.matrix(centrals, grids), travel.matrix(grids, centrals)
    costs: IntArray = _dearest(problem, _homed(problem, Echelon.LINEHAUL), out, back).max(axis=0)
    return costs


def _allowed(
    problem: Problem, grids: list[Site], points: list[Site], out: TravelMatrix
) -> npt.NDArray[np.bool_]:
    """Say which grid may serve which point: the given one, else any within the radius."""
    allowed = np.ones(out.distance_m.shape, dtype=np.bool_)
    rows = {grid.id: row for row, grid in enumerate(grids)}
    for column, point in enumerate(points):
        if point.grid is not None:
            allowed[:, column] = False
            allowed[rows[point.grid], column] = True
        elif problem.radius_m is not None:
            within = out.distance_m[:, column] <= problem.radius_m
            if within.any():
                allowed[:, column] = within
    return allowed
