"""Routes that a search has met on its way, each with the best plan that it was part of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest

from optimizer.planning.two_echelon.instance import VanRoute, Visits

RouteKey = tuple[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class PooledRoute:
    """A route from a satellite.

    Parameters
    ----------
    cost
        Ways and the vehicle, without handling.
    rank
        Cost of the best plan that had it.
    """

    site: int
    visits: Visits
    cost: float
    rank: float

    @property
    def key(self) -> RouteKey:
        """Routes with the same key serve the same customers from the same satellite."""
        return self.site, frozenset(self.visits)


class RoutePool:
    """One route for each satellite and set of customers, the cheapest that was met."""

    def __init__(self) -> None:
        self._routes: dict[RouteKey, PooledRoute] = {}

    def __len__(self) -> int:
        """Count the routes."""
        return len(self._routes)

    def harvest(self, routes: Iterable[tuple[VanRoute, float]], rank: float) -> None:
        """Take over the routes of a plan with their costs."""
        for (site, visits), cost in routes:
            key = (site, frozenset(visits))
            known = self._routes.get(key)
            if known is None:
                self._routes[key] = PooledRoute(site, visits, cost, rank)
            elif cost < known.cost or rank < known.rank:
                kept = visits if cost < known.cost else known.visits
                self._routes[key] = PooledRoute(
                    site, kept, min(cost, known.cost), min(rank, known.rank)
                )

    def best(self, most: int) -> list[PooledRoute]:
        """Give the routes of the best plans."""
        return nsmallest(most, self._routes.values(), key=lambda route: (route.rank, route.site))

    def of(self, routes: Iterable[VanRoute]) -> list[PooledRoute]:
        """Give the pooled routes that serve as these do."""
        keys = [(site, frozenset(visits)) for site, visits in routes]
        return [self._routes[key] for key in keys if key in self._routes]
