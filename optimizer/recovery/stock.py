"""Goods that lie at a grid warehouse and that no line of the plan counts on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import ArticleId, LineKey, SiteId
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Grams, Millilitres


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeStock:
    """Mass and volume per grid and article beyond what vans carry and trucks do not bring."""

    left: dict[tuple[SiteId, ArticleId], tuple[Grams, Millilitres]]

    @classmethod
    def of(cls, problem: Problem, routes: Iterable[Route]) -> FreeStock:
        """Take what the routes use from the stock of the problem."""
        left: dict[tuple[SiteId, ArticleId], tuple[Grams, Millilitres]] = defaultdict(
            lambda: (0, 0)
        )
        for stock in problem.stock:
            mass_g, volume_ml = left[stock.site, stock.article]
            left[stock.site, stock.article] = mass_g + stock.mass_g, volume_ml + stock.volume_ml
        brought: dict[tuple[SiteId, LineKey], tuple[Grams, Millilitres]] = {}
        kept = list(routes)
        for route in kept:
            for stop in route.stops if route.echelon is Echelon.LINEHAUL else ():
                for item in stop.delivers:
                    mass_g, volume_ml = brought.get((stop.site, item.key), (0, 0))
                    place = stop.site, item.key
                    brought[place] = mass_g + item.mass_g, volume_ml + item.volume_ml
        for route in kept:
            for stop in route.stops if route.echelon is Echelon.LAST_MILE else ():
                for item in stop.delivers:
                    there = brought.get((route.start_site, item.key), (0, 0))
                    place_at = route.start_site, problem.lines[item.key].article
                    mass_g, volume_ml = left[place_at]
                    left[place_at] = (
                        mass_g - max(0, item.mass_g - there[0]),
                        volume_ml - max(0, item.volume_ml - there[1]),
                    )
        return cls(left=dict(left))

    def covers(self, grid: SiteId, lines: Collection[OrderLine]) -> bool:
        """Say whether all of these lines lie at a grid."""
        need: dict[ArticleId, tuple[Grams, Millilitres]] = {}
        for line in lines:
            mass_g, volume_ml = need.get(line.article, (0, 0))
            need[line.article] = mass_g + line.mass_g, volume_ml + line.volume_ml
        return all(
            mass_g <= self.left.get((grid, article), (0, 0))[0]
            and volume_ml <= self.left.get((grid, article), (0, 0))[1]
            for article, (mass_g, volume_ml) in need.items()
        )

    def covered(self, grid: SiteId, lines: Iterable[OrderLine]) -> list[OrderLine]:
        """Give the lines that lie at a grid, the first ones first where it is not enough."""
        found: list[OrderLine] = []
        for line in lines:
            if self.covers(grid, [*found, line]):
                found.append(line)
        return found
