"""OR-Tools Routing by iterated local search: constraint-rich routes and exactly tight fleets.

Service is charged on the way into a node and the clock of a visit is the end of its service, as
in ``pyvrp_engine``. Due times are soft; the longest ride narrows the window, counted from the
earliest departure of any group. A job that must be done has a penalty beyond all other costs,
because a model in which jobs are mandatory often finds no first solution at all.

Under an iteration limit the search counts solutions and looks at no clock. OR-Tools takes no
seed here: the seed shuffles the jobs instead, and with them every tie and every random choice.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.constraint_solver.routing_parameters_pb2 import RoutingSearchParameters

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import narrowed_closes, prospects

Untyped: TypeAlias = Any
"""The classes generated from C++ carry no types."""

SWIG: Untyped = pywrapcp

MOST_VEHICLES = 200
"""A model of more vehicles is so slow that it pays to offer fewer, if still twice the need."""

BEYOND_ALL = 10**15
"""Penalty in millicents of a job that must be done; eight thousand of them fit into 64 bits."""


class OrToolsRouting:
    """The engine named ``ortools``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "ortools"

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        possible = bool(problem.jobs) and any(group.count > 0 for group in problem.vehicles)
        found = _Model(problem, seed).search(limit, start) if possible else []
        answers = [answer for answer in (repaired(problem, found), start) if answer is not None]
        if not answers:
            raise EngineFailed("CG-3001", "OR-Tools found no place for a job that must be done")
        return min(answers, key=lambda answer: answer.cost_millicents)


class _Model:
    """A routing problem in OR-Tools' words: one node per job, then one per end of a route."""

    def __init__(self, problem: RoutingProblem, seed: int) -> None:
        self.problem = problem
        self.jobs = list(range(len(problem.jobs)))
        random.Random(seed).shuffle(self.jobs)
        self.groups = _offered(problem)
        ends = sorted({node for g in problem.vehicles for node in (g.start, g.end)})
        nodes = [problem.jobs[index].node for index in self.jobs] + ends
        self.nodes: IntArray = np.array(nodes, dtype=np.int64)
        place = {node: len(self.jobs) + number for number, node in enumerate(ends)}
        kinds = [problem.vehicles[number] for number in self.groups]
        self.manager = SWIG.RoutingIndexManager(
            len(nodes),
            len(kinds),
            [place[kind.start] for kind in kinds],
            [place[kind.end] for kind in kinds],
        )
        self.routing = SWIG.RoutingModel(self.manager)
        if kinds:
            self._add_costs()
            self._add_loads()
            self._add_time()
            self._add_disjunctions()

    def _add_costs(self) -> None:
        metres = self.problem.distance_m[np.ix_(self.nodes, self.nodes)].copy()
        missing = metres == UNREACHABLE
        metres[missing] = 1 + 2 * int(metres.max(initial=0)) * (len(self.jobs) + 1)
        evaluators: dict[int, int] = {}
        for vehicle, number in enumerate(self.groups):
            group = self.problem.vehicles[number]
            rate = group.cents_per_km
            if rate not in evaluators:
                evaluators[rate] = self.routing.RegisterTransitMatrix((metres * rate).tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[rate], vehicle)
            self.routing.SetFixedCostOfVehicle(group.fixed_cents * MILLICENTS_PER_CENT, vehicle)

    def _add_loads(self) -> None:
        for dimension in range(len(self.problem.vehicles[0].capacity)):
            loads = [self.problem.jobs[index].load[dimension] for index in self.jobs]
            loads += [0] * (len(self.nodes) - len(self.jobs))
            self.routing.AddDimensionWithVehicleCapacity(
                self.routing.RegisterUnaryTransitVector(loads),
                0,
                [self.problem.vehicles[number].capacity[dimension] for number in self.groups],
                True,
                f"load{dimension}",
            )

    def _add_time(self) -> None:
        horizon = 1 + max(group.latest for group in self.problem.vehicles)
        evaluators = [
            self.routing.RegisterTransitMatrix(self._seconds(profile, horizon).tolist())
            for profile in range(len(self.problem.duration_s))
        ]
        self.routing.AddDimensionWithVehicleTransits(
            [evaluators[self.problem.vehicles[number].profile] for number in self.groups],
            horizon,
            horizon,
            False,
            "time",
        )
        time = self.routing.GetDimensionOrDie("time")
        for vehicle, number in enumerate(self.groups):
            group = self.problem.vehicles[number]
            ends = (self.routing.Start(vehicle), self.routing.End(vehicle))
            for index in ends:
                time.CumulVar(index).SetRange(group.earliest, max(group.earliest, group.latest))
            if group.max_duration_s is not None:
                time.SetSpanUpperBoundForVehicle(group.max_duration_s, vehicle)
            if group.cents_per_h:
                rate = nearest_div(group.cents_per_h * MILLICENTS_PER_CENT, 3600)
                time.SetSpanCostCoefficientForVehicle(rate, vehicle)
            for index in ends:
                self.routing.AddVariableMinimizedByFinalizer(time.CumulVar(index))
        self._add_windows(time, horizon)

    def _add_windows(self, time: Untyped, horizon: Seconds) -> None:
        closes = narrowed_closes(self.problem, starts=None)
        possible = [not hopeless for hopeless in prospects(self.problem).hopeless]
        for node, index in enumerate(self.jobs):
            job = self.problem.jobs[index]
            service = self.problem.service_s[job.node]
            place = self.manager.NodeToIndex(node)
            if not possible[index]:
                self.routing.ActiveVar(place).SetValue(0)
                continue
            time.CumulVar(place).SetRange(
                max(0, job.opens + service), min(horizon, closes[index] + service)
            )
            if job.due is not None and job.late_cents_per_min > 0:
                rate = nearest_div(job.late_cents_per_min * MILLICENTS_PER_CENT, 60)
                time.SetCumulVarSoftUpperBound(place, max(0, job.due + service), rate)

    def _seconds(self, profile: int, beyond: Seconds) -> IntArray:
        """Give the durations of a profile, with service on the way into a job's node."""
        problem = self.problem
        square = np.ix_(self.nodes, self.nodes)
        travel = problem.duration_s[profile][square]
        missing = (travel == UNREACHABLE) | (problem.distance_m[square] == UNREACHABLE)
        service = np.array([problem.service_s[node] for node in self.nodes], dtype=np.int64)
        service[len(self.jobs) :] = 0
        jobs = len(self.jobs)
        seconds = travel + service
        shared = self.nodes[:jobs, None] == self.nodes[None, :jobs]
        seconds[:jobs, :jobs][shared] = 0
        seconds[missing] = beyond
        return seconds

    def _add_disjunctions(self) -> None:
        for node, index in enumerate(self.jobs):
            cents = self.problem.jobs[index].drop_cents
            penalty = BEYOND_ALL if cents is None else cents * MILLICENTS_PER_CENT
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def search(self, limit: Limit, start: RoutingAnswer | None) -> list[RoutingRoute]:
        """Run the iterated local search and give the routes found."""
        if not self.groups:
            return []
        parameters = _parameters(limit)
        self.routing.CloseModelWithParameters(parameters)
        if start is not None:
            hint = self.routing.ReadAssignmentFromRoutes(self._vehicle_routes(start), True)
            if hint is not None:
                self.routing.SetFirstSolutionHint(hint)
        found = self.routing.SolveWithIteratedLocalSearch(parameters)
        return [] if found is None else list(self._routes(found))

    def _vehicle_routes(self, answer: RoutingAnswer) -> list[list[int]]:
        node_of = {index: node for node, index in enumerate(self.jobs)}
        waiting = list(answer.routes)
        result = []
        for number in self.groups:
            mine = next((route for route in waiting if route.group == number), None)
            if mine is not None:
                waiting.remove(mine)
            jobs = mine.jobs if mine else ()
            result.append([self.manager.NodeToIndex(node_of[index]) for index in jobs])
        return result

    def _routes(self, found: Untyped) -> Iterable[RoutingRoute]:
        for vehicle, number in enumerate(self.groups):
            index = found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
            jobs = []
            while not self.routing.IsEnd(index):
                jobs.append(self.jobs[self.manager.IndexToNode(index)])
                index = found.Value(self.routing.NextVar(index))
            if jobs:
                yield RoutingRoute(group=number, jobs=tuple(jobs))


def _offered(problem: RoutingProblem) -> list[int]:
    """Give the group of every vehicle that the model has."""
    counts = [min(group.count, len(problem.jobs)) for group in problem.vehicles]
    if sum(counts) > MOST_VEHICLES:
        load = np.sum([job.load for job in problem.jobs], axis=0, dtype=np.float64)
        for number, group in enumerate(problem.vehicles):
            need = np.max(load / np.maximum(np.array(group.capacity), 1), initial=1.0)
            counts[number] = min(counts[number], 2 * int(np.ceil(need)) + 10)
    return [number for number, count in enumerate(counts) for _ in range(count)]


def _parameters(limit: Limit) -> RoutingSearchParameters:
    """Set up SISR ruins, local cheapest insertion, and annealing with automatic temperatures."""
    parameters: RoutingSearchParameters = SWIG.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.use_iterated_local_search = True
    ils = parameters.iterated_local_search_parameters
    ils.improve_perturbed_solution = False
    ruin = ils.ruin_recreate_parameters
    sisr = ruin.ruin_strategies.add().sisr
    sisr.max_removed_sequence_size = 10
    sisr.avg_num_removed_visits = 10
    sisr.bypass_factor = 0.01
    ruin.recreate_strategy.heuristic = (
        routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    )
    annealing = ils.reference_solution_acceptance_strategy.simulated_annealing
    annealing.automatic_temperatures = True
    if limit.iterations is not None:
        parameters.solution_limit = limit.iterations
    else:
        assert limit.seconds is not None
        parameters.time_limit.FromNanoseconds(max(1, round(limit.seconds * 1e9)))
    return parameters
