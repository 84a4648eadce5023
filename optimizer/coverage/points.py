"""Judges pickup points: whoever stands there with a broken compartment, where does it go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from optimizer.coverage.paths import Floats
from optimizer.coverage.stations import ANY_TIME, Places, Stations
from optimizer.coverage.ways import seconds_of
from optimizer.coverage.words import OpenPoint, Share
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Seconds
from optimizer.travel.provider import TravelProvider


def points_of(
    problem: Problem, plan: Plan | None, stations: Stations, travel: TravelProvider
) -> Iterator[tuple[Share, OpenPoint | None]]:
    """Judge every pickup point in every zone that it gets goods of; in all, if it gets none."""
    sites = problem.sites_of(SiteKind.PICKUP)
    if not sites:
        return
    visits = _visits(plan)
    zones = _zones(problem)
    speed, factor = _pace_of(problem, sites, visits)
    matrix = travel.matrix(sites, list(stations.sites))
    seconds = seconds_of(matrix, speed, factor)
    for zone in Zone:
        rows = [row for row, site in enumerate(sites) if zone in zones.get(site.id, set(Zone))]
        if not rows:
            continue
        at = [visits[sites[row].id][1] if sites[row].id in visits else ANY_TIME for row in rows]
        places = Places(
            distance_m=matrix.distance_m[rows],
            duration_s=seconds[rows],
            at=np.array(at, dtype=np.int64),
            load_ml=np.ones(len(rows), dtype=np.int64),
        )
        answers = stations.judge(places, zone)
        for place, row in enumerate(rows):
            covered = bool(answers.covered[place])
            grid = _grid(sites[row], visits)
            share = Share(grid=grid, zone=zone, points=1, covered_points=int(covered))
            found = None if covered else OpenPoint(
                site=sites[row].id,
                grid=grid,
                zone=zone,
                reason=stations.reason(answers, place),
                nearest=stations.nearest(answers, place),
                at=None if at[place] == ANY_TIME else at[place],
            )  # fmt: skip
            yield share, found


def _visits(plan: Plan | None) -> dict[SiteId, tuple[Route, Seconds]]:
    """Give the first call of a van at every point, and when it is there."""
    found: dict[SiteId, tuple[Route, Seconds]] = {}
    for route in () if plan is None else plan.routes:
        if route.echelon is not Echelon.LAST_MILE:
            continue
        for stop in route.stops:
            known = found.get(stop.site)
            if known is None or stop.arrives < known[1]:
                found[stop.site] = route, stop.arrives
    return found


def _zones(problem: Problem) -> dict[SiteId, set[Zone]]:
    found: dict[SiteId, set[Zone]] = {}
    for line in problem.lines.values():
        found.setdefault(line.site, set()).add(line.zone)
    return found


def _pace_of(
    problem: Problem, sites: Sequence[Site], visits: Mapping[SiteId, tuple[Route, Seconds]]
) -> tuple[Floats, Floats]:
    """Give speed and traffic factor of the van that calls; of a point without one, any."""
    speed, factor = np.ones(len(sites)), np.ones(len(sites))
    for row, site in enumerate(sites):
        if site.id in visits:
            route = visits[site.id][0]
            speed[row] = problem.travel.speed_kmh.get(route.vehicle_type, 1.0)
            factor[row] = problem.travel.factor(problem.wave(route.wave).departs)
    return speed, factor


def _grid(site: Site, visits: Mapping[SiteId, tuple[Route, Seconds]]) -> SiteId:
    return visits[site.id][0].start_site if site.id in visits else site.grid or ""
