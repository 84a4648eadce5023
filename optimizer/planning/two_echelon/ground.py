"""What the parts of one search share: the best solution, the routes met, the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from random import Random

import numpy as np

from optimizer.engines.budget import Budget
from optimizer.engines.depots import DepotsPlan, DepotsProblem, DepotsSearch
from optimizer.planning.two_echelon.first_level import FirstLevel
from optimizer.planning.two_echelon.instance import Loads, TwoEchelonInstance, VanRoute
from optimizer.planning.two_echelon.route_pool import RoutePool

UNITS = 1000
"""Integer units of cost in one unit of the instance."""

FEW_CUSTOMERS = 60
NEIGHBOURS = 20
CHANGES, CHANGES_OF_MANY = 12, 40
"""Most changes that a candidate begins with; with many customers small ones lead nowhere new."""

WORTH_KEEPING = 1.02
"""Routes of plans up to this share of the best are kept."""

OFTEN, SELDOM = 0.6, 0.35
"""Load penalties fall where more candidates than this keep capacities, and rise where fewer do."""

SPREAD = (0.3, 1.7)
"""About how far a drawn price may be from a share of a round trip."""

Design = tuple[int, ...]
"""Most city vehicles per satellite; none where it is closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A solution: what both levels cost, and the routes of city vehicles."""

    cost: float
    routes: list[VanRoute]
    loads: Loads


class Penalty:
    """The cost of a unit above a vehicle's capacity, learned from candidates."""

    def __init__(self, first: float) -> None:
        self.value = first
        self._least, self._most = first / 100, 50 * first

    def learn(self, kept: int, candidates: int) -> None:
        """Adapt to how many of some candidates kept all capacities."""
        share = kept / max(1, candidates)
        change = 0.85 if share > OFTEN else 1.2 if share < SELDOM else 1.0
        self.value = min(max(change * self.value, self._least), self._most)


class Ground:
    """One search on one instance.

    Parameters
    ----------
    budget
        Candidates are booked on it as iterations.
    """

    def __init__(self, instance: TwoEchelonInstance, *, budget: Budget, seed: int) -> None:
        self.instance = instance
        self.budget = budget
        self.level = FirstLevel(instance)
        self.pool = RoutePool()
        self.random = Random(seed)
        self.best: Found | None = None
        lengths = instance.vans.unit_cost * instance.distances[1:, 1:]
        self.costs = np.round(UNITS * lengths).astype(np.int64)
        self._typical = float(self.costs.mean())
        self.penalty = Penalty(10 * self._typical / max(1.0, float(np.mean(instance.demands))))
        self.room_prices: list[float] | None = None
        """What a unit costs at each satellite by the last linear program; None before it."""

    @property
    def best_cost(self) -> float:
        """Cost of the best solution; infinite before there is one."""
        return inf if self.best is None else self.best.cost

    def is_over(self) -> bool:
        """Say whether the limit is used up."""
        return self.budget.left() is None

    def search(self, design: Design, prices: Sequence[float]) -> DepotsSearch:
        """Prepare routes of a design at prices of a unit per satellite, handling not included."""
        instance = self.instance
        asked = np.maximum(0.0, np.array(prices) + np.array(instance.handling))
        problem = DepotsProblem(
            costs=self.costs,
            demands=instance.demands,
            capacity=instance.vans.capacity,
            vehicles=design,
            prices=[round(UNITS * float(price)) for price in asked],
            fixed_cost=round(UNITS * instance.vans.fixed_cost),
        )
        many = len(instance.demands) > FEW_CUSTOMERS
        return DepotsSearch(
            problem,
            seed=self.random.randrange(2**31),
            neighbours=NEIGHBOURS,
            perturbations=CHANGES_OF_MANY if many else CHANGES,
        )

    def candidate(self, search: DepotsSearch, plan: DepotsPlan) -> DepotsPlan:
        """Give the next candidate and book it."""
        self.budget.spend(1)
        return search.candidate(plan, self.penalty.value)

    def second_level(self, plan: DepotsPlan) -> float:
        """Price the second level of a plan, with handling and with what broken rules cost."""
        handling = sum(
            price * load for price, load in zip(self.instance.handling, plan.loads, strict=True)
        )
        spare = max(0, plan.vehicles - self.instance.vans.number)
        broken = plan.excess * self.penalty.value + 2 * spare * self._typical
        return (plan.cost + broken) / UNITS + handling

    def keeps_rules(self, plan: DepotsPlan) -> bool:
        """Say whether a plan keeps capacities and the number of vehicles."""
        return not plan.excess and plan.vehicles <= self.instance.vans.number

    def meet(self, search: DepotsSearch, plan: DepotsPlan, value: float) -> None:
        """Keep what is good of a plan: its routes, or all of it where it is the best so far.

        Parameters
        ----------
        search
            The one that made the plan.
        plan
            One that may break rules.
        value
            What the plan is taken to cost by whoever searches.
        """
        if value < WORTH_KEEPING * self.best_cost:
            met = [(route, cost / UNITS) for route, cost in search.whole_routes(plan)]
            self.pool.harvest(met, value)
        if not self.keeps_rules(plan):
            return
        second = self.second_level(plan)
        if second + self.level.at_least(plan.loads) < self.best_cost - 1 / UNITS:
            self.offer(second, search.routes(plan), plan.loads)

    def offer(self, second: float, routes: list[VanRoute], loads: Loads) -> None:
        """Take over a solution of the second level if it is the best with its first level."""
        trucks = self.level.best(loads)
        if trucks is not None and second + trucks[0] < self.best_cost - 1 / UNITS:
            self.best = Found(cost=second + trucks[0], routes=routes, loads=loads)

    def started(self, search: DepotsSearch, routes: list[VanRoute] | None) -> DepotsPlan:
        """Begin from routes, or from nothing."""
        return search.fresh(self.penalty.value) if routes is None else search.of(routes)

    def drawn_prices(self, weights: Sequence[float]) -> list[float]:
        """Draw prices of a unit per satellite: a truck's round trip, by one of some weights."""
        weight = self.random.choice(weights)
        return [
            round(weight * price * self.random.choice((1.0, 1.0, self.random.uniform(*SPREAD))), 4)
            for price in self.instance.radial_prices().tolist()
        ]

    def carries_all(self, design: Design) -> bool:
        """Say whether the vehicles of a design hold the whole demand."""
        return sum(design) * self.instance.vans.capacity >= sum(self.instance.demands)

    def moved(self, routes: list[VanRoute], design: Design) -> list[VanRoute] | None:
        """Let routes of closed satellites start at the nearest that has vehicles; None if none."""
        distances, first = self.instance.distances, self.instance.customers.start
        left = list(design)
        moved: list[VanRoute] = []
        for site, visits in routes:
            home = site
            if not left[site]:
                ends = (first + visits[0], first + visits[-1])
                free = [other for other, count in enumerate(left) if count]
                if not free:
                    return None
                home = min(free, key=lambda s: float(sum(distances[s + 1, end] for end in ends)))
            left[home] -= 1
            moved.append((home, visits))
        return moved

    def open_design(self, sites: int) -> Design:
        """Give a design with all vehicles that may be of use at a set of satellites."""
        instance = self.instance
        vans = instance.vans
        most = min(vans.per_site, vans.number, instance.fewest_vans + 4)
        return tuple(most if sites >> site & 1 else 0 for site in range(instance.satellites))
