"""The linear program over pooled routes with the trucks' tours fixed, and routes that it lacks.

Fixing the configuration keeps the bound close: with tours as variables it lies ten per cent low.
The duals say what serving each customer is worth and what room costs at each satellite; routes
one change away from known ones that are worth more than they cost join.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import nsmallest
from math import inf

import numpy as np
import numpy.typing as npt

from optimizer.planning.linehaul.linear import LinearProgram
from optimizer.planning.two_echelon.first_level import Configuration
from optimizer.planning.two_echelon.ground import UNITS, Ground
from optimizer.planning.two_echelon.instance import Visits
from optimizer.planning.two_echelon.route_pool import PooledRoute
from optimizer.planning.two_echelon.tours import members

CHANGED = 250
"""Routes of the lowest reduced costs that are changed to find others."""

JOINING = 600
"""Most routes that join at a time."""


class Master:
    """The linear program of one configuration.

    Parameters
    ----------
    routes
        Those it begins with; routes from satellites that no truck reaches are left out.
    """

    def __init__(
        self, ground: Ground, configuration: Configuration, routes: Sequence[PooledRoute]
    ) -> None:
        instance = ground.instance
        self._ground, self._instance = ground, instance
        self.configuration = configuration
        self.trucks_cost = ground.level.cost(configuration)
        self._reached = 0
        for sites in configuration:
            self._reached |= sites
        self._program = LinearProgram()
        self._served = [self._program.row(1.0, 1.0) for _ in instance.demands]
        self._balance = {site: self._program.row(0.0, 0.0) for site in members(self._reached)}
        self._number = self._program.row(-inf, instance.vans.number)
        self._alone()
        self.routes: list[PooledRoute] = []
        self._variables: list[int] = []
        self._known: set[tuple[int, frozenset[int]]] = set()
        self._duals: npt.NDArray[np.float64] = np.zeros(0)
        self._demands = np.array(instance.demands)
        self._deliver()
        for route in routes:
            self.add(route)

    def _alone(self) -> None:
        """Serve customers alone at worst, so that there is always a solution."""
        instance = self._instance
        first = instance.customers.start
        dearest = 4 * instance.vans.unit_cost * float(instance.distances.max())
        for customer, demand in enumerate(instance.demands):
            for site, balance in self._balance.items():
                way = 2 * instance.vans.unit_cost * instance.distances[site + 1, first + customer]
                cost = float(way) + dearest + demand * instance.handling[site]
                variable = self._program.variable(cost=cost)
                self._program.put(self._served[customer], variable, 1.0)
                self._program.put(balance, variable, -float(demand))

    def _deliver(self) -> None:
        for sites in self.configuration:
            truck = self._program.row(-inf, self._instance.trucks.capacity)
            for site in members(sites):
                units = self._program.variable(cost=0.0)
                self._program.put(truck, units, 1.0)
                self._program.put(self._balance[site], units, 1.0)

    def add(self, route: PooledRoute) -> bool:
        """Add a route; False where it is known or no truck reaches its satellite."""
        if route.key in self._known or not self._reached >> route.site & 1:
            return False
        self._known.add(route.key)
        load = self.load(route)
        variable = self._program.variable(cost=self.cost_of(route))
        self._program.put(self._balance[route.site], variable, -float(load))
        self._program.put(self._number, variable, 1.0)
        for customer in route.visits:
            self._program.put(self._served[customer], variable, 1.0)
        self.routes.append(route)
        self._variables.append(variable)
        return True

    def load(self, route: PooledRoute) -> int:
        """Sum up what a route carries."""
        return sum(self._instance.demands[customer] for customer in route.visits)

    def cost_of(self, route: PooledRoute) -> float:
        """Price a route with the handling of its load."""
        return route.cost + self._instance.handling[route.site] * self.load(route)

    def solve(self) -> bool:
        """Solve; False where rounding denies a solution."""
        if self._program.attempt() is None:
            return False
        self._duals = self._program.duals
        return True

    @property
    def bound(self) -> float:
        """Both levels, at least, with these routes and this configuration."""
        return self._program.cost + self.trucks_cost

    @property
    def reduced_costs(self) -> npt.NDArray[np.float64]:
        """What each route would cost on balance."""
        return self._program.reduced_costs[self._variables]

    @property
    def room_prices(self) -> list[float]:
        """Say what a unit costs at each satellite; 0 where no truck comes."""
        duals = self._duals
        return [
            abs(float(duals[self._balance[site]])) if site in self._balance else 0.0
            for site in range(self._instance.satellites)
        ]

    def extend(self, gap: float) -> int:
        """Add routes one change away from the best whose reduced cost is below a gap."""
        reduced = self.reduced_costs
        order = np.argsort(reduced, kind="stable")[:CHANGED]
        near = [self.routes[place] for place in order if reduced[place] < gap]
        changes = (change for route in near for change in self._changes(route, gap))
        joining = nsmallest(JOINING, changes, key=lambda change: change[0])
        return sum(self.add(route) for _, route in joining)

    def _changes(self, route: PooledRoute, gap: float) -> Iterator[tuple[float, PooledRoute]]:
        """Take a customer out, put one in, exchange one: with reduced costs below a gap."""
        yield from self._with_one_more(route.visits, route.site, gap)
        for place in range(len(route.visits)):
            rest = route.visits[:place] + route.visits[place + 1 :]
            if rest:
                yield from self._with_one_more(rest, route.site, gap, out=route.visits[place])

    def _with_one_more(
        self, visits: Visits, site: int, gap: float, out: int | None = None
    ) -> Iterator[tuple[float, PooledRoute]]:
        instance, duals = self._instance, self._duals
        costs = self._ground.costs
        sites, demands = instance.satellites, self._demands
        worth = duals[self._served]
        room = -float(duals[self._balance[site]]) - instance.handling[site]
        path = np.array([site, *(sites + customer for customer in visits), site])
        legs = costs[path[:-1], path[1:]]
        chosen = list(visits)
        load = int(demands[chosen].sum())
        cost = float(legs.sum()) / UNITS + instance.vans.fixed_cost
        reduced = cost - float(worth[chosen].sum()) - room * load - float(duals[self._number])
        rank = self._ground.best_cost
        if out is not None and reduced < gap:
            yield reduced, PooledRoute(site, visits, cost, rank)
        into = costs[path[:-1], sites:] + costs[path[1:], sites:] - legs[:, None]
        detour = into.min(axis=0) / UNITS
        after = reduced + detour - worth - room * demands
        fits = (demands <= instance.vans.capacity - load) & (after < gap)
        fits[chosen if out is None else [*chosen, out]] = False
        for customer in np.nonzero(fits)[0].tolist():
            place = int(into[:, customer].argmin())
            longer = (*visits[:place], customer, *visits[place:])
            one = PooledRoute(site, longer, cost + float(detour[customer]), rank)
            yield float(after[customer]), one
