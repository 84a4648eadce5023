"""Grid warehouses, or front warehouses, where the demand is: the p-median by CP-SAT."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import SiteId
from optimizer.domain.limit import Limit
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import Problem
from optimizer.planning.siting import candidate_points, choose_sites
from scenarios.language.kinds import Number
from scenarios.language.shapes import told
from scenarios.overrides.network import metres, needs_any_place
from scenarios.overrides.setting import DoesNotFit, Setting

EFFORT = 100
"""Iterations for CP-SAT; under iterations the same seed gives the same sites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayoutGrids:
    """Move the grid warehouses to where the weighted distance to the demand is least."""

    within_km: float = told(
        "The last leg that is wanted, as the crow flies; longer ones are counted.",
        Number(above=0, most=100),
        3.0,
    )
    candidates: int = told(
        "Places that are tried, thinned from the pickup points.",
        Number(least=1, most=200, whole=True),
        30,
    )

    def applied(self, setting: Setting, seed: int) -> Setting:
        """Choose as many places as there are grid warehouses, and move each to the nearest."""
        needs_any_place(setting)
        problem = setting.problem
        houses = problem.sites_of(SiteKind.GRID)
        points = problem.sites_of(SiteKind.PICKUP)
        if len(points) < len(houses):
            raise DoesNotFit("CG-1611", "there are fewer pickup points than grid warehouses")
        chosen = self._chosen(setting, points, len(houses), seed)
        moved = _nearest_first(houses, chosen)
        sites = dict(problem.sites)
        sites.update(moved)
        homes = list(moved.values())
        for point in points:
            grid = min(homes, key=lambda house: (metres(house, point), house.id))
            sites[point.id] = replace(point, grid=grid.id)
        after = replace(problem, sites=sites)
        was, now = (_far(one, self.within_km) for one in (problem, after))
        return setting.became(
            f"{len(houses)} grid warehouses are laid out anew; {now} points instead of {was} lie"
            f" more than {self.within_km:g} km from theirs.",
            f"{len(houses)} 个网格仓重新选址；距离超过 {self.within_km:g} km 的自提点由 {was}"
            f" 个变为 {now} 个。",
            sites=sites,
        )

    def _chosen(
        self, setting: Setting, points: Sequence[Site], count: int, seed: int
    ) -> list[Site]:
        weight = dict.fromkeys((point.id for point in points), 1)
        for line in setting.problem.lines.values():
            weight[line.site] += line.mass_g
        weights = [weight[point.id] for point in points]
        lat, lon = [point.lat for point in points], [point.lon for point in points]
        tried = candidate_points(lat, lon, weights, most=max(self.candidates, count))
        if len(tried) < count:
            raise DoesNotFit("CG-1611", "there are fewer places than grid warehouses")
        matrix = setting.travel.matrix([points[index] for index in tried], points)
        found = choose_sites(
            matrix.distance_m, weights, count,
            candidates=tried, seed=seed, limit=Limit(iterations=EFFORT),
        )  # fmt: skip
        return [points[index] for index in found]


def _nearest_first(houses: Sequence[Site], places: Sequence[Site]) -> dict[SiteId, Site]:
    """Move houses to places, the shortest move first."""
    pairs = sorted(
        (metres(house, place), house.id, place.id) for house in houses for place in places
    )
    by_id, spot = {house.id: house for house in houses}, {place.id: place for place in places}
    moved: dict[SiteId, Site] = {}
    taken: set[SiteId] = set()
    for _, house, place in pairs:
        if house not in moved and place not in taken:
            moved[house] = replace(by_id[house], lat=spot[place].lat, lon=spot[place].lon)
            taken.add(place)
    return moved


def _far(problem: Problem, within_km: float) -> int:
    return sum(
        point.grid is not None and metres(problem.sites[point.grid], point) > 1000 * within_km
        for point in problem.sites_of(SiteKind.PICKUP)
    )
