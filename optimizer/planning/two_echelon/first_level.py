"""The first level: which tours trucks drive so that satellites get what leaves them.

A configuration is the satellites of each truck. It can bring loads exactly when for every set of
satellites the trucks that touch it hold what the set needs (Hall's condition); deliveries may be
split. Where distances keep the triangle inequality some best configuration has no two trucks that
share more than one satellite (Dror and Trudeau 1989, Transportation Science 23(2)), so that only
such are looked at, depth first, with the shortest tour over what is not yet reached as a bound.
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.graph.python.max_flow import SimpleMaxFlow

from optimizer.planning.two_echelon.instance import Loads, TwoEchelonInstance
from optimizer.planning.two_echelon.tours import Sites, members, shortest_tours

Configuration = tuple[Sites, ...]
"""The satellites that each truck reaches, ascending."""

Trucks = tuple[float, Configuration]
"""What a configuration costs, and the configuration."""

MOST_NODES = 1500
"""A search of one first level ends here with the best it has; few of ten satellites do."""

CLOSE = 1e-9


class FirstLevel:
    """Truck configurations of one instance; what was searched once is known."""

    def __init__(self, instance: TwoEchelonInstance) -> None:
        self.instance = instance
        self.tours = shortest_tours(instance)
        sites = instance.satellites
        self._sets = np.arange(1, 1 << sites)
        self.inside = (self._sets[:, None] >> np.arange(sites)) & 1
        """Sets by satellites: 1 where a satellite is in a set."""
        ascending = sorted(self.tours, key=lambda sites: (self.tours[sites].cost, sites))
        self.by_cost = np.array(ascending)
        """All sets, those of the cheapest tours first."""
        self.costs = np.array([self.tours[sites].cost for sites in ascending])
        self.cost_of = np.zeros(1 << sites)
        """Costs of tours by set, and 0 for none."""
        self.cost_of[self.by_cost] = self.costs
        self._apart: dict[Sites, npt.NDArray[np.bool_]] = {}
        self._room: dict[Sites, npt.NDArray[np.int64]] = {}
        self._searched: dict[Loads, Trucks | None] = {}
        self._bounds: dict[Loads, Trucks | None] = {}
        self.known: list[Trucks] = []
        """Configurations met so far, the cheapest first."""
        self._rooms = np.zeros((0, len(self._sets)), dtype=np.int64)

    def cost(self, configuration: Configuration) -> float:
        """Price a configuration."""
        return sum(self.tours[sites].cost for sites in configuration)

    def rooms(self, configuration: Configuration) -> npt.NDArray[np.int64]:
        """Give what the trucks that touch each set of satellites hold."""
        none = np.zeros(len(self._sets), dtype=np.int64)
        return sum((self._holds(sites) for sites in configuration), start=none)

    def apart(self, sites: Sites) -> npt.NDArray[np.bool_]:
        """Say of ``by_cost`` which sets share at most one satellite with a set."""
        if sites not in self._apart:
            self._apart[sites] = np.bitwise_count(self.by_cost & sites) <= 1
        return self._apart[sites]

    def at_least(self, loads: Loads) -> float:
        """Bound the cost of bringing loads from below: one tour over all, and each unit's share."""
        instance = self.instance
        served = sum(1 << site for site, load in enumerate(loads) if load)
        if not served:
            return 0.0
        trucks = instance.trucks
        fixed = trucks.fixed_cost * -(-sum(loads) // trucks.capacity)
        tour = self.tours[served].cost - trucks.fixed_cost
        radial = float(instance.radial_prices() @ np.array(loads))
        return fixed + max(tour, radial)

    def bound(self, loads: Loads) -> Trucks | None:
        """Give a configuration for loads, the cheapest of those known; search where none fits."""
        if loads in self._searched:
            return self._searched[loads]
        if loads not in self._bounds:
            fits = (self._rooms >= self.inside @ np.array(loads)).all(axis=1)
            first = int(fits.argmax()) if fits.any() else None
            self._bounds[loads] = self.best(loads) if first is None else self.known[first]
        return self._bounds[loads]

    def best(self, loads: Loads) -> Trucks | None:
        """Give the cheapest configuration for loads; None where the trucks cannot bring them."""
        if loads not in self._searched:
            found = _Descent(self, loads).run()
            self._searched[loads] = found
            if found is not None:
                self._learn(found)
        return self._searched[loads]

    def deliveries(
        self, loads: Loads, configuration: Configuration
    ) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
        """Deal loads out to trucks: the satellites of each in order, and what it brings there."""
        # The bindings of ortools carry no annotations.
        flow: Any = SimpleMaxFlow()
        source, first, sink = 0, 1 + len(configuration), 1 + len(configuration) + len(loads)
        arcs = {}
        for truck, sites in enumerate(configuration, start=1):
            flow.add_arc_with_capacity(source, truck, self.instance.trucks.capacity)
            for site in members(sites):
                arc = flow.add_arc_with_capacity(truck, first + site, loads[site])
                arcs[truck, site] = arc
        for site, load in enumerate(loads):
            flow.add_arc_with_capacity(first + site, sink, load)
        flow.solve(source, sink)
        dealt = []
        for truck in range(1, first):
            brought = {site: flow.flow(arc) for (of, site), arc in arcs.items() if of == truck}
            served = sum(1 << site for site, units in brought.items() if units)
            if served:
                order = self.tours[served].order
                dealt.append((order, tuple(brought[site] for site in order)))
        return dealt

    def _holds(self, sites: Sites) -> npt.NDArray[np.int64]:
        if sites not in self._room:
            touched = (self._sets & sites) != 0
            self._room[sites] = self.instance.trucks.capacity * touched.astype(np.int64)
        return self._room[sites]

    def _learn(self, found: Trucks) -> None:
        if found in self.known:
            return
        place = sum(known < found for known in self.known)
        self.known.insert(place, found)
        self._rooms = np.insert(self._rooms, place, self.rooms(found[1]), axis=0)
        self._bounds.clear()

    def filled_in_turn(self, loads: Loads) -> Trucks | None:
        """Fill one truck after another along a tour over all: quick, and seldom far from best."""
        trucks = self.instance.trucks
        if sum(loads) > trucks.number * trucks.capacity or not any(loads):
            return None
        served = sum(1 << site for site, load in enumerate(loads) if load)
        order = self.tours[served].order
        found: list[Trucks] = []
        for start in range(len(order)):
            turned = order[start:] + order[:start]
            for way in (turned, turned[::-1]):
                configuration = _filled(way, loads, trucks.capacity)
                found.append((self.cost(configuration), configuration))
        return min(found)


def _filled(order: tuple[int, ...], loads: Loads, capacity: int) -> Configuration:
    trucks, sites, room = [], 0, capacity
    for site in order:
        rest = loads[site]
        while rest:
            if not room:
                trucks.append(sites)
                sites, room = 0, capacity
            sites |= 1 << site
            taken = min(rest, room)
            rest, room = rest - taken, room - taken
    return tuple(sorted([*trucks, sites]))


class _Descent:
    """One search for the cheapest configuration, depth first."""

    def __init__(self, level: FirstLevel, loads: Loads) -> None:
        self._level = level
        self._most = level.instance.trucks.number
        self._served = sum(1 << site for site, load in enumerate(loads) if load)
        self._need = level.inside @ np.array(loads)
        self._loads = loads
        self._cost = {sites: tour.cost for sites, tour in level.tours.items()}
        subsets = [sites for sites in level.tours if sites & self._served == sites]
        self._subsets = sorted(subsets, key=lambda sites: (self._cost[sites], sites))
        self._nodes = 0
        self._best: Trucks | None = None

    def run(self) -> Trucks | None:
        """Search."""
        if not self._served:
            return 0.0, ()
        fits = [known for known in self._level.known if self._brings(known[1])]
        turn = self._level.filled_in_turn(self._loads)
        if turn is None:
            return None
        self._best = min([turn, *fits[:1]])
        self._reach([], 0, 0.0, (self._level.by_cost & ~self._served) == 0)
        return self._best

    def _brings(self, configuration: Configuration) -> bool:
        return bool((self._level.rooms(configuration) >= self._need).all())

    @property
    def _dearest(self) -> float:
        return inf if self._best is None else self._best[0] - CLOSE

    def _worse(self, cost: float) -> bool:
        return cost >= self._dearest

    def _reach(
        self, chosen: list[Sites], reached: Sites, cost: float, apart: npt.NDArray[np.bool_]
    ) -> None:
        """Send a truck to the first satellite that none has reached yet.

        ``apart`` says which sets share at most one satellite with each of those chosen.
        """
        self._nodes += 1
        rest = self._served & ~reached
        if not rest:
            self._fill(chosen, cost)
            return
        if len(chosen) >= self._most:
            return
        level = self._level
        places = np.flatnonzero(apart & ((level.by_cost & rest & -rest) != 0))
        costs, sets = cost + level.costs[places], level.by_cost[places]
        whole = costs + level.cost_of[rest & ~sets]
        open_to = whole < self._dearest
        tried = (each[open_to].tolist() for each in (costs, sets, whole))
        for dearer, sites, at_least in zip(*tried, strict=True):
            if self._worse(dearer) or self._nodes > MOST_NODES:
                return
            if not self._worse(at_least):
                further = apart & level.apart(sites)
                self._reach([*chosen, sites], reached | sites, dearer, further)

    def _fill(self, chosen: list[Sites], cost: float) -> None:
        """Send more trucks until Hall's condition holds."""
        self._nodes += 1
        short = self._need > self._level.rooms(tuple(chosen))
        if not short.any():
            if not self._worse(cost):
                self._best = (cost, tuple(sorted(chosen)))
            return
        if len(chosen) >= self._most:
            return
        lacking = int(short.argmax()) + 1
        for sites in self._subsets:
            dearer = cost + self._cost[sites]
            if self._worse(dearer) or self._nodes > MOST_NODES:
                return
            if sites & lacking and _apart(sites, chosen):
                self._fill([*chosen, sites], dearer)


def _apart(sites: Sites, chosen: list[Sites]) -> bool:
    """Say whether a tour shares at most one satellite with each of the others."""
    return all((sites & other).bit_count() <= 1 for other in chosen)


def shortfall(
    level: FirstLevel, rooms: npt.NDArray[np.int64], loads: npt.NDArray[np.float64] | Loads
) -> tuple[float, int]:
    """Say how much the set of satellites that lacks most lacks, and which (its bits)."""
    lacking = level.inside @ np.array(loads) - rooms
    worst = int(lacking.argmax())
    return max(0.0, float(lacking[worst])), worst + 1
