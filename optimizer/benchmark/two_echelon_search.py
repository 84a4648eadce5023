"""Search over designs: how many city vehicles may start at which satellite.

The second level of a design is one routing problem with several depots, for an engine; the first
level of the loads that follow from it is exact (``two_echelon_trucks``). While routing, a unit
that starts at a satellite costs what trucks ask for bringing it there. That price goes into the
routing problem as time: service takes as many seconds as the demand, driving takes none, and an
hour of a vehicle costs what its satellite says.

Where city vehicles are exactly tight all splits over the satellites are looked at, for a solver
left to itself uses too many; else designs are sets of open satellites.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil, inf
from time import perf_counter

import numpy as np

from optimizer.benchmark.result import BenchmarkRoute
from optimizer.benchmark.two_echelon_instance import TwoEchelonInstance
from optimizer.benchmark.two_echelon_trucks import TruckPlanner
from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.engine import Engine, Job, RoutingAnswer, RoutingProblem, VehicleGroup

UNITS = 1000
"""Metres and cents in one unit of distance and of cost."""

MOST_SPLITS = 80
EXPLORED = 0.5
"""Share of the time in which designs are looked at shortly; in the rest the best are deepened."""

SPARE = 0.15
"""With less capacity to spare than this a solver left to itself uses too many vehicles."""

SHORTEST_S = 0.04
SHORTEST_S_PER_CUSTOMER = 0.003
"""A look at a design takes at least this long."""

MOST_MARGINAL = 6
"""With more satellites than this in use the first level takes too long to ask for prices."""

RUNS_FOR_A_FIRST = 60

DEEPENED = 3
STRIDES = 4

Design = tuple[int, ...]
"""Most city vehicles per satellite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """Routes of both levels, with the answer from which an engine can go on."""

    cost: float
    design: Design
    answer: RoutingAnswer
    loads: tuple[int, ...]
    routes: tuple[BenchmarkRoute, ...]


class Search:
    """One search on one instance."""

    def __init__(
        self, instance: TwoEchelonInstance, *, scout: Engine, engine: Engine, seed: int
    ) -> None:
        self._instance = instance
        self._scout = scout
        self._engine = engine
        self._seed = seed
        self._trucks = TruckPlanner(instance)
        self._distance_m = np.round(UNITS * instance.distances).astype(np.int64)
        self._found: dict[Design, Solution] = {}
        self._tried: set[Design] = set()
        # Asked of each vehicle besides its cost, while solutions use more than there are.
        self._charge = 0.0 if self._spare() > SPARE else self._typical_leg()
        self._runs = 0
        self._splits = self._all_splits()

    def run(self, limit_s: float) -> Solution | None:
        """Find a good solution; None where not one was feasible."""
        began = perf_counter()
        self._explore(began + EXPLORED * limit_s, limit_s)
        # A first solution is worth more than the limit on a busy machine, up to a point.
        while not self._found and self._runs < RUNS_FOR_A_FIRST:
            self._charge = 2 * self._charge + self._typical_leg()
            self._tried.clear()
            self._explore(perf_counter() + 0.1 * limit_s, limit_s)
        ranked = sorted(self._found.values(), key=lambda solution: solution.cost)[:DEEPENED]
        if not ranked:
            return None
        left_s = limit_s - (perf_counter() - began)
        for solution in ranked:
            self._deepen(solution, 0.4 * left_s / len(ranked))
        best = min(self._found.values(), key=lambda solution: solution.cost)
        self._deepen(best, limit_s - (perf_counter() - began))
        return min(self._found.values(), key=lambda solution: solution.cost)

    def _spare(self) -> float:
        """Say how much of all city vehicles' capacity no demand needs."""
        vans = self._instance.vans
        return 1 - sum(self._instance.demands) / (vans.number * vans.capacity)

    def _typical_leg(self) -> float:
        return self._instance.vans.unit_cost * float(self._instance.distances.mean()) / 4

    # --- designs ------------------------------------------------------------------------------

    def _explore(self, until: float, limit_s: float) -> None:
        """Try designs, then the neighbours of the best, until the time is up."""
        first = self._designs()
        step_s = max(
            SHORTEST_S,
            SHORTEST_S_PER_CUSTOMER * len(self._instance.demands) if not self._splits else 0.0,
            EXPLORED * limit_s / max(20, 2 * len(first)),
        )
        free = list(self._instance.handling)
        queue = list(first)
        while perf_counter() < until or (not self._found and self._runs < RUNS_FOR_A_FIRST):
            if not queue:
                queue = [design for design in self._neighbours() if design not in self._tried]
            if not queue:
                return
            design = queue.pop(0)
            self._tried.add(design)
            for prices in (self._radial_prices(), free):
                self._try(design, step_s / 2, prices, self._scout, None)

    def _all_splits(self) -> list[Design]:
        """Give all splits of vehicles that are tight; none where there are too many of either."""
        vans, sites = self._instance.vans, self._instance.satellites
        if vans.number > ceil(sum(self._instance.demands) / vans.capacity) + 1:
            return []
        splits = [s for s in _splits(vans.number, sites) if max(s) <= vans.per_site]
        splits.sort(key=lambda split: (max(split) - min(split), split))
        return splits if len(splits) <= MOST_SPLITS else []

    def _designs(self) -> list[Design]:
        if self._splits:
            return self._splits
        vans, sites = self._instance.vans, self._instance.satellites
        most = min(vans.per_site, vans.number)
        everything = (most,) * sites
        sizes = range(sites - 1, max(0, sites - 3), -1)
        some = [
            tuple(most if s in chosen else 0 for s in range(sites))
            for size in sizes
            for chosen in combinations(range(sites), size)
        ]
        return [everything, *some[:sites]]

    def _neighbours(self) -> Iterator[Design]:
        """Open, close or exchange a satellite of the best designs; all splits have none."""
        if self._splits:
            return
        most = min(self._instance.vans.per_site, self._instance.vans.number)
        for solution in sorted(self._found.values(), key=lambda item: item.cost)[:2]:
            design = solution.design
            pairs = zip(design, solution.loads, strict=True)
            used = tuple(count if load else 0 for count, load in pairs)
            if used not in self._tried:
                yield used
            for a in range(len(design)):
                flipped = list(used)
                flipped[a] = 0 if used[a] else most
                yield tuple(flipped)
                for b in range(len(design)):
                    if used[a] and not used[b]:
                        swapped = list(used)
                        swapped[a], swapped[b] = 0, most
                        yield tuple(swapped)

    # --- one design ---------------------------------------------------------------------------

    def _deepen(self, solution: Solution, seconds: float) -> None:
        """Go on from a solution: as if trucks cost nothing, at their marginal price, at their mean.

        Where a truck drives its tour whatever it brings, a unit is free.
        """
        until = perf_counter() + seconds
        best = solution
        for stride in range(STRIDES):
            left_s = until - perf_counter()
            if left_s < SHORTEST_S:
                return
            prices = list(self._instance.handling)
            if stride % 3:
                few = sum(load > 0 for load in best.loads) <= MOST_MARGINAL
                marginal = few and stride % 3 == 1
                prices = self._marginal_prices(best) if marginal else self._radial_prices()
            found = self._try(
                best.design, left_s / (STRIDES - stride), prices, self._engine, best.answer
            )
            if found is not None and found.cost < best.cost:
                best = found

    def _try(
        self,
        design: Design,
        seconds: float,
        prices: Sequence[float],
        engine: Engine,
        start: RoutingAnswer | None,
    ) -> Solution | None:
        self._runs += 1
        if sum(design) * self._instance.vans.capacity < sum(self._instance.demands):
            return None
        try:
            answer = engine.solve(
                self._problem(design, prices),
                limit=Limit(seconds=seconds),
                seed=self._seed + self._runs,
                start=start,
            )
        except EngineFailed:
            return None
        solution = self._completed(design, answer)
        if solution is not None:
            known = self._found.get(design)
            if known is None or solution.cost < known.cost:
                self._found[design] = solution
        return solution

    def _completed(self, design: Design, answer: RoutingAnswer) -> Solution | None:
        """Add the first level; None where that or the number of vehicles does not allow it."""
        instance = self._instance
        if answer.dropped:
            return None
        if len(answer.routes) > instance.vans.number:
            self._charge = max(self._charge * 1.5, self._typical_leg())
            return None
        first_customer = instance.customers.start
        loads = [0] * instance.satellites
        vans = []
        sites = [site for site, count in enumerate(design, start=1) if count]
        for route in answer.routes:
            site = sites[route.group]
            nodes = [first_customer + job for job in route.jobs]
            quantities = tuple(instance.demand(node) for node in nodes)
            loads[site - 1] += sum(quantities)
            vans.append(
                BenchmarkRoute(
                    echelon="last_mile", nodes=(site, *nodes, site), quantities=quantities
                )
            )
        trucks = self._trucks.routes(loads)
        if trucks is None:
            return None
        routes = (*trucks, *vans)
        return Solution(
            cost=cost_of(instance, routes),
            design=design,
            answer=answer,
            loads=tuple(loads),
            routes=routes,
        )

    def _problem(self, design: Design, prices: Sequence[float]) -> RoutingProblem:
        instance, vans = self._instance, self._instance.vans
        nodes = len(self._distance_m)
        service = [0] * instance.customers.start + list(instance.demands)
        longest = sum(instance.demands) + 1
        drop = round(UNITS * 4 * nodes * float(instance.distances.max()))
        return RoutingProblem(
            distance_m=self._distance_m,
            duration_s=(np.zeros_like(self._distance_m),),
            service_s=tuple(service),
            jobs=tuple(
                Job(
                    node=node,
                    load=(instance.demand(node),),
                    opens=0,
                    closes=longest,
                    drop_cents=drop,
                )
                for node in instance.customers
            ),
            vehicles=tuple(
                VehicleGroup(
                    count=count,
                    capacity=(vans.capacity,),
                    fixed_cents=round(UNITS * (vans.fixed_cost + self._charge)),
                    cents_per_km=round(1000 * vans.unit_cost),
                    cents_per_h=round(3600 * UNITS * max(0.0, prices[site - 1])),
                    start=site,
                    end=site,
                    earliest=0,
                    latest=longest,
                )
                for site, count in enumerate(design, start=1)
                if count
            ),
        )

    # --- prices -------------------------------------------------------------------------------

    def _radial_prices(self) -> list[float]:
        """Price a unit at each satellite as a share of a full truck's round trip."""
        instance, trucks = self._instance, self._instance.trucks
        return [
            instance.handling[site - 1]
            + 2 * trucks.unit_cost * float(instance.distances[0, site]) / trucks.capacity
            for site in range(1, instance.satellites + 1)
        ]

    def _marginal_prices(self, solution: Solution) -> list[float]:
        """Price a unit by what a few customers more at a satellite, and fewer, would cost."""
        instance = self._instance
        step = max(1, 2 * sum(instance.demands) // len(instance.demands))
        prices = []
        for site, radial in enumerate(self._radial_prices()):
            load = solution.loads[site]
            more, fewer = list(solution.loads), list(solution.loads)
            more[site], fewer[site] = load + step, max(0, load - step)
            dear, cheap = self._trucks.cost(more), self._trucks.cost(fewer)
            width = more[site] - fewer[site]
            marginal = instance.handling[site] + (dear - cheap) / width
            prices.append(2 * radial if dear == inf else marginal)
        return prices


def cost_of(instance: TwoEchelonInstance, routes: Sequence[BenchmarkRoute]) -> float:
    """Price routes of both levels from the file alone, in double precision."""
    total = 0.0
    for route in routes:
        trucks = route.echelon == "linehaul"
        kind = instance.trucks if trucks else instance.vans
        length = sum(
            float(instance.distances[a, b])
            for a, b in zip(route.nodes[:-1], route.nodes[1:], strict=True)
        )
        total += kind.fixed_cost + kind.unit_cost * length
        if trucks:
            inner = zip(route.nodes[1:-1], route.quantities, strict=True)
            total += sum(instance.handling[node - 1] * quantity for node, quantity in inner)
    return total


def _splits(number: int, sites: int) -> Iterator[Design]:
    """Give all ways to split a number of vehicles over satellites."""
    if sites == 1:
        yield (number,)
        return
    for here in range(number + 1):
        for rest in _splits(number - here, sites - 1):
            yield (here, *rest)
