"""Routes from several depots, one candidate after another, by PyVRP's local search.

Who calls this decides what a candidate is worth and where the search goes on; the ``pyvrp`` engine
is for whole searches of one routing problem. A unit that leaves a depot can have a price there: it
is told as service that takes as long as the demand, by vehicles that are paid by the hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyvrp
from pyvrp import search as pyvrp_search

DepotRoute = tuple[int, tuple[int, ...]]
"""A depot, and clients in the order of their visits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DepotsProblem:
    """Clients that are served from any of several depots.

    Parameters
    ----------
    costs
        Between all places, integers of shape ``(depots + clients, depots + clients)``.
    demands
        Per client.
    capacity
        Of each vehicle.
    vehicles
        Most vehicles per depot; none where it is closed.
    prices
        Of a unit per depot, in the unit of ``costs``.
    fixed_cost
        Of a vehicle.
    """

    costs: npt.NDArray[np.int64]
    demands: Sequence[int]
    capacity: int
    vehicles: Sequence[int]
    prices: Sequence[int]
    fixed_cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DepotsPlan:
    """A plan that a search has met; only its own search can go on from it.

    Parameters
    ----------
    cost
        Ways and vehicles, without the prices of units.
    loads
        What leaves each depot.
    excess
        Units above the capacity of vehicles.
    vehicles
        How many are used.
    """

    cost: int
    loads: tuple[int, ...]
    excess: int
    vehicles: int
    solution: pyvrp.Solution


class DepotsSearch:
    """Local search on one problem.

    Parameters
    ----------
    neighbours
        Size of the granular neighbourhood.
    perturbations
        Most changes that one candidate begins with.
    """

    def __init__(
        self, problem: DepotsProblem, *, seed: int, neighbours: int, perturbations: int
    ) -> None:
        self._problem = problem
        self._open = [depot for depot, count in enumerate(problem.vehicles) if count]
        self._data = self._told()
        self._random = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
        near = pyvrp_search.NeighbourhoodParams(num_neighbours=neighbours)
        self._local = pyvrp_search.LocalSearch(
            self._data,
            self._random,
            pyvrp_search.compute_neighbours(self._data, near),
            pyvrp_search.PerturbationManager(
                pyvrp_search.PerturbationParams(max_perturbations=perturbations)
            ),
        )
        for operator in pyvrp_search.OPERATORS:
            if operator.supports(self._data):
                self._local.add_operator(operator(self._data))

    def fresh(self, load_penalty: float) -> DepotsPlan:
        """Improve a random plan until nothing helps."""
        start = pyvrp.Solution.make_random(self._data, self._random)
        return self._plan(self._local(start, _prices(load_penalty), exhaustive=True))

    def of(self, routes: Sequence[DepotRoute]) -> DepotsPlan:
        """Take over routes that start at open depots."""
        taken = [
            pyvrp.Route(self._data, list(clients), self._open.index(depot))
            for depot, clients in routes
        ]
        return self._plan(pyvrp.Solution(self._data, taken))

    def candidate(self, plan: DepotsPlan, load_penalty: float) -> DepotsPlan:
        """Change a plan a little and improve what was changed.

        Parameters
        ----------
        plan
            One that this search made.
        load_penalty
            Cost of a unit above the capacity of a vehicle.
        """
        return self._plan(self._local(plan.solution, _prices(load_penalty), exhaustive=False))

    def routes(self, plan: DepotsPlan) -> list[DepotRoute]:
        """Give the routes of a plan."""
        return [self._route(route) for route in plan.solution.routes()]

    def whole_routes(self, plan: DepotsPlan) -> list[tuple[DepotRoute, int]]:
        """Give the routes that keep the capacity, with what they cost."""
        return [
            (self._route(route), route.distance_cost() + route.fixed_vehicle_cost())
            for route in plan.solution.routes()
            if not route.has_excess_load()
        ]

    def _route(self, route: pyvrp.Route) -> DepotRoute:
        clients = tuple(stop.idx for stop in route if stop.is_client())
        return self._open[route.vehicle_type()], clients

    def _plan(self, solution: pyvrp.Solution) -> DepotsPlan:
        loads = [0] * len(self._problem.vehicles)
        excess, routes = 0, solution.routes()
        for route in routes:
            loads[self._open[route.vehicle_type()]] += route.delivery()[0]
            if route.has_excess_load():
                excess += route.excess_load()[0]
        return DepotsPlan(
            cost=solution.distance_cost() + solution.fixed_vehicle_cost(),
            loads=tuple(loads),
            excess=excess,
            vehicles=len(routes),
            solution=solution,
        )

    def _told(self) -> pyvrp.ProblemData:
        problem = self._problem
        depots = len(problem.vehicles)
        # PyVRP's annotation of a matrix is one that no array has.
        costs: Any = problem.costs
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(len(problem.costs))],
            clients=[
                pyvrp.Client(location=depots + client, delivery=[demand], service_duration=demand)
                for client, demand in enumerate(problem.demands)
            ],
            depots=[pyvrp.Depot(location) for location in range(depots)],
            vehicle_types=[
                pyvrp.VehicleType(
                    num_available=problem.vehicles[depot],
                    capacity=[problem.capacity],
                    start_depot=depot,
                    end_depot=depot,
                    fixed_cost=problem.fixed_cost,
                    unit_distance_cost=1,
                    unit_duration_cost=problem.prices[depot],
                )
                for depot in self._open
            ],
            distance_matrices=[costs],
            duration_matrices=[np.zeros_like(costs)],
        )


def _prices(load_penalty: float) -> pyvrp.CostEvaluator:
    return pyvrp.CostEvaluator([load_penalty], 0, 0)
