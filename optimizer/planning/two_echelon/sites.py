"""Which satellites are open: a local search over sets of them, with short looks at each.

It begins with all of them and with sets that closing them one by one leads to; then one is
opened, closed or exchanged in one of the best sets, whose routes start from the nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from optimizer.planning.two_echelon.chain import both_levels, chain
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.instance import TwoEchelonInstance, VanRoute
from optimizer.planning.two_echelon.tours import Sites, members

LOOK = 40
"""Candidates of a look; twice as many where it begins from nothing."""

BEGUN, EXPLORED = 0.1, 0.25
"""Shares of the limit after which no first set is looked at, and no other."""

THRESHOLD = 0.01
DETOUR = 0.8
"""A full vehicle's round trip to a customer, times its share of the load, times this, is about
what serving it costs."""

CLOSING, NO_EXCHANGE, NEAR_KNOWN = 0.4, 0.7, 0.5
"""How often a satellite is closed, closed or opened, and prices are drawn near good ones."""

OFTEN_KNOWN = 6
"""Of so many sets that are known one is looked at again."""


@dataclass(slots=True)
class _Look:
    cost: float
    routes: list[VanRoute]
    prices: list[float]


class SitesSearch:
    """The search; ``ranked`` gives the sets that were looked at, the best first."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._looks: dict[Sites, _Look] = {}

    def run(self) -> None:
        """Search until its share of the limit is used up."""
        ground = self._ground
        for sites in [(1 << ground.instance.satellites) - 1, *_closed_one_by_one(ground)]:
            if self._looks and ground.budget.used > BEGUN:
                break
            self._look(sites, None, self._prices(None))
        known = 0
        while ground.budget.used < EXPLORED and not ground.is_over():
            source = self._drawn()
            sites = self._neighbour(source)
            known += 1
            again = sites not in self._looks or known % OFTEN_KNOWN == 0
            if again and ground.carries_all(ground.open_design(sites)):
                look = self._looks[source]
                routes = ground.moved(look.routes, ground.open_design(sites))
                self._look(sites, routes, self._prices(look.prices))
            if known > 100 * OFTEN_KNOWN * max(1, len(self._looks)):
                return

    def ranked(self) -> list[Sites]:
        """Give the sets, the best first."""
        return sorted(self._looks, key=lambda sites: (self._looks[sites].cost, sites))

    def _drawn(self) -> Sites:
        ranked = self.ranked()
        return ranked[min(len(ranked) - 1, int(self._ground.random.expovariate(1.2)))]

    def _neighbour(self, sites: Sites) -> Sites:
        """Close, open or exchange a satellite."""
        random, count = self._ground.random, self._ground.instance.satellites
        inside = members(sites)
        outside = [site for site in range(count) if site not in inside]
        drawn = random.random()
        if drawn < CLOSING and len(inside) > 1:
            return sites & ~(1 << random.choice(inside))
        if not outside:
            return sites
        if drawn < NO_EXCHANGE:
            return sites | 1 << random.choice(outside)
        return sites & ~(1 << random.choice(inside)) | 1 << random.choice(outside)

    def _prices(self, near: list[float] | None) -> list[float]:
        """Draw prices of a unit: about those that were good, or a share of a truck's round trip."""
        random = self._ground.random
        if near is not None and random.random() < NEAR_KNOWN:
            return [round(price * random.lognormvariate(0.0, 0.3), 4) for price in near]
        return self._ground.drawn_prices((0.0, 0.5, 1.0, 1.0))

    def _look(self, sites: Sites, start: list[VanRoute] | None, prices: list[float]) -> None:
        ground = self._ground
        found = chain(
            ground,
            ground.search(ground.open_design(sites), prices),
            start,
            length=LOOK if start else 2 * LOOK,
            value=both_levels(ground),
            allowed=lambda done: THRESHOLD * (1 - done),
        )
        known = self._looks.get(sites)
        if known is None or found.cost < known.cost:
            self._looks[sites] = _Look(found.cost, found.best or found.last, prices)


def serving_costs(
    instance: TwoEchelonInstance,
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Estimate what serving each customer from each satellite costs: satellites by customers."""
    first = instance.customers.start
    ways = instance.distances[1:first, first:]
    demands = np.array(instance.demands)
    share = demands / instance.vans.capacity
    handling = np.array(instance.handling)[:, None] * demands
    return np.asarray(2 * DETOUR * instance.vans.unit_cost * ways * share + handling)


def _closed_one_by_one(ground: Ground) -> list[Sites]:
    """Close the satellite that is least missed, again and again; the best set first."""
    instance = ground.instance
    costs, demands = serving_costs(instance), np.array(instance.demands)

    def estimate(sites: Sites) -> float:
        inside = members(sites)
        nearest = costs[inside].argmin(axis=0)
        loads = np.bincount(np.array(inside)[nearest], demands, instance.satellites)
        trucks = ground.level.filled_in_turn(tuple(int(load) for load in loads))
        first = inf if trucks is None else trucks[0]
        return float(costs[inside].min(axis=0).sum()) + first

    sites, found = (1 << instance.satellites) - 1, []
    while sites.bit_count() > 1:
        fewer = [sites & ~(1 << site) for site in members(sites)]
        cost, sites = min((estimate(left), left) for left in fewer)
        found.append((cost, sites))
    return [sites for _, sites in sorted(found)]
