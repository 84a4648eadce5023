"""The first level: trucks from the depot to satellites, deliveries split, by the linehaul model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from optimizer.benchmark.result import BenchmarkRoute
from optimizer.benchmark.two_echelon_instance import TwoEchelonInstance
from optimizer.domain.limit import Limit
from optimizer.planning.linehaul.pricing import priced
from optimizer.planning.linehaul.selection import Fleet, Goods, Option, Question, Selection, select

Cost = float
UNITS = 1000
"""Integer units of cost in one unit of the file."""

LIMIT = Limit(iterations=60)
"""For one first level; hundreds of them are solved on the way."""

MOST_TOURS = 150


class TruckPlanner:
    """First levels of one instance, each solved once."""

    def __init__(self, instance: TwoEchelonInstance) -> None:
        self._instance = instance
        self._tours = _shortest_tours(instance)
        self._known: dict[tuple[int, ...], tuple[BenchmarkRoute, ...] | None] = {}

    def routes(self, loads: Sequence[int]) -> tuple[BenchmarkRoute, ...] | None:
        """Bring these loads to the satellites; None where the trucks cannot."""
        key = tuple(loads)
        if key not in self._known:
            self._known[key] = self._solved(key)
        return self._known[key]

    def cost(self, loads: Sequence[int]) -> Cost:
        """Price the first level for loads; infinite where the trucks cannot."""
        routes = self.routes(loads)
        if routes is None:
            return float("inf")
        return sum(tour_cost(self._instance, route.nodes) for route in routes)

    def _solved(self, loads: tuple[int, ...]) -> tuple[BenchmarkRoute, ...] | None:
        trucks = self._instance.trucks
        served = [s for s, load in enumerate(loads, start=1) if load]
        sets = [
            frozenset(chosen)
            for size in range(1, len(served) + 1)
            for chosen in combinations(served, size)
        ]
        goods = tuple(Goods(place=s, load=(1,), parts=loads[s - 1]) for s in served)
        fleet = Fleet(
            trucks=trucks.number,
            trips=1,
            fixed_cents=round(UNITS * trucks.fixed_cost),
            capacity=(trucks.capacity,),
        )
        options = tuple(
            Option(
                fleet=0,
                goods=tuple(k for k, s in enumerate(served) if s in chosen),
                cents=round(UNITS * trucks.unit_cost * self._tours[chosen][0]),
            )
            for chosen in sets
        )
        if sum(loads) > trucks.number * trucks.capacity:
            return None
        question = Question(goods=goods, fleets=(fleet,), options=options)
        pricing = priced(question)
        kept = sorted(pricing.order[:MOST_TOURS])
        question = Question(
            goods=goods,
            fleets=(fleet,),
            options=tuple(options[o] for o in kept),
            rows=pricing.rows,
        )
        selection = select(question, limit=LIMIT, seed=1)
        return (
            None if selection is None else self._routes(selection, [sets[o] for o in kept], served)
        )

    def _routes(
        self, selection: Selection, sets: Sequence[frozenset[int]], served: Sequence[int]
    ) -> tuple[BenchmarkRoute, ...]:
        """Deal what several trucks bring on one tour out to them, one full truck after another."""
        routes = []
        for option, copies in sorted(selection.copies.items()):
            rest = {s: selection.shares.get((option, k), 0) for k, s in enumerate(served)}
            for _ in range(copies):
                room = self._instance.trucks.capacity
                taken: dict[int, int] = {}
                for satellite in sets[option]:
                    taken[satellite] = min(room, rest[satellite])
                    rest[satellite] -= taken[satellite]
                    room -= taken[satellite]
                chosen = frozenset(satellite for satellite, amount in taken.items() if amount)
                if chosen:
                    order = self._tours[chosen][1]
                    routes.append(
                        BenchmarkRoute(
                            echelon="linehaul",
                            nodes=(0, *order, 0),
                            quantities=tuple(taken[satellite] for satellite in order),
                        )
                    )
        return tuple(routes)


def tour_cost(instance: TwoEchelonInstance, nodes: Sequence[int]) -> Cost:
    """Price a truck's tour."""
    path = list(nodes)
    length = float(instance.distances[path[:-1], path[1:]].sum())
    return instance.trucks.fixed_cost + instance.trucks.unit_cost * length


def _shortest_tours(
    instance: TwoEchelonInstance,
) -> Mapping[frozenset[int], tuple[float, tuple[int, ...]]]:
    """Give the shortest tour over every set of satellites (dynamic programme of Held and Karp)."""
    distances = np.asarray(instance.distances).tolist()
    satellites = range(1, instance.satellites + 1)
    paths: dict[tuple[frozenset[int], int], tuple[float, tuple[int, ...]]] = {
        (frozenset({s}), s): (distances[0][s], (s,)) for s in satellites
    }
    tours: dict[frozenset[int], tuple[float, tuple[int, ...]]] = {}
    for size in range(1, instance.satellites + 1):
        for chosen in map(frozenset, combinations(satellites, size)):
            if size > 1:
                for last in chosen:
                    before = chosen - {last}
                    length, order = min(
                        (paths[before, s][0] + distances[s][last], paths[before, s][1])
                        for s in before
                    )
                    paths[chosen, last] = (length, (*order, last))
            ends = ((paths[chosen, s][0] + distances[s][0], paths[chosen, s][1]) for s in chosen)
            tours[chosen] = min(ends)
    return tours
