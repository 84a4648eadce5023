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
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeAlias

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.constraint_solver.routing_parameters_pb2 import RoutingSearchParameters

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.budget import Budget
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import narrowed_closes, prospects
from optimizer.engines.ways import metres_between, seconds_between

Untyped: TypeAlias = Any
"""The classes generated from C++ carry no types."""

SWIG: Untyped = pywrapcp

MOST_VEHICLES = 200
"""A model of more vehicles is so slow that it pays to offer fewer, if still twice the need."""

NOBODY = -1
"""OR-Tools' vehicle of a job that is left out."""

SLICE_S = 1.5
SLICE_JOBS = 2000
"""A search that can be halted is cut into slices: of so many seconds, or of so many iterations
times jobs."""

HOTTEST, COLDEST = 0.1, 0.001
"""Temperatures of the annealing where it is cut into slices, in costs of an average way."""

FIRST_LOOK = Limit(iterations=1)

BEYOND_ALL = 10**15
"""Penalty in millicents of a job that must be done; eight thousand of them fit into 64 bits."""


class OrToolsRouting:
    """The engine named ``ortools``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "ortools"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return frozenset({Ability.SOFT_DUE})

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
        if limit.halt is None:
            best = _found(problem, limit, seed, start)
        else:
            best = _found_in_slices(problem, limit, seed, start)
        if best is None:
            raise EngineFailed("CG-3001", "OR-Tools found no place for a job that must be done")
        return best


def _found(
    problem: RoutingProblem,
    limit: Limit,
    seed: int,
    start: RoutingAnswer | None,
    heat: _Heat | None = None,
) -> RoutingAnswer | None:
    """Search once; None where a job that must be done found no place."""
    possible = bool(problem.jobs) and any(group.count > 0 for group in problem.vehicles)
    found = _Model(problem, seed).search(limit, start, heat) if possible else []
    answers = [answer for answer in (repaired(problem, found), start) if answer is not None]
    return min(answers, key=lambda answer: answer.cost_millicents, default=None)


def _found_in_slices(
    problem: RoutingProblem, limit: Limit, seed: int, start: RoutingAnswer | None
) -> RoutingAnswer | None:
    """Search slice by slice, each from the best so far, and look between two for a halt.

    A search that runs cannot be told to finish: OR-Tools holds the interpreter, and its iterated
    local search begins the next iteration whatever a callback says. The annealing cools over all
    slices as it would over one search.
    """
    budget, whole, best = Budget(limit), _amount(limit), start
    share = min(1.0, _slice(problem, limit) / whole)
    for number in count():
        left, part = budget.left(), budget.left(share)
        if left is None or part is None:
            break
        begins = 1.0 - _amount(left) / whole
        heat = _Heat(begins=begins, ends=min(1.0, begins + _amount(part) / whole))
        best = _found(problem, part, seed + number, best, heat)
        budget.spend(part.iterations or 0)
    if best is None or (limit.halted and best.dropped):
        return _found(problem, FIRST_LOOK, seed, best)
    return best


def _slice(problem: RoutingProblem, limit: Limit) -> float:
    """Say how long one search may be; an iteration takes the longer the more jobs there are."""
    return max(1, SLICE_JOBS // max(1, len(problem.jobs))) if limit.iterations else SLICE_S


def _amount(limit: Limit) -> float:
    """Give the number of a limit, be it seconds or iterations."""
    return float(limit.iterations or limit.seconds or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heat:
    """Which part of the annealing a slice is: 0 is the beginning, 1 the end."""

    begins: float
    ends: float

    def at(self, progress: float, reference: float) -> float:
        """Give the temperature, which falls by the same factor in every equal part."""
        return reference * HOTTEST * float((COLDEST / HOTTEST) ** progress)


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
            self._forbid()

    def _add_costs(self) -> None:
        metres = metres_between(self.problem, self.nodes, len(self.jobs))
        evaluators: dict[tuple[int, bytes], int] = {}
        for vehicle, number in enumerate(self.groups):
            group = self.problem.vehicles[number]
            added = self._added(number)
            key = (group.cents_per_km, added.tobytes())
            if key not in evaluators:
                millicents = metres * group.cents_per_km
                millicents[:, : len(self.jobs)] += added
                evaluators[key] = self.routing.RegisterTransitMatrix(millicents.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[key], vehicle)
            self.routing.SetFixedCostOfVehicle(group.fixed_cents * MILLICENTS_PER_CENT, vehicle)

    def _added(self, group: int) -> IntArray:
        """Give the millicents that a group adds to the way into each job."""
        if self.problem.group_cents is None:
            return np.zeros(len(self.jobs), dtype=np.int64)
        added: IntArray = np.maximum(self.problem.group_cents[self.jobs, group], 0)
        return added * MILLICENTS_PER_CENT

    def _forbid(self) -> None:
        """Keep the vehicles of each group from the jobs that they may not do."""
        if self.problem.group_cents is None:
            return
        may = [self.problem.may_do(number) for number in self.groups]
        for node, index in enumerate(self.jobs):
            vehicles = [vehicle for vehicle, jobs in enumerate(may) if jobs[index]]
            if vehicles and len(vehicles) < len(self.groups):
                place = self.manager.NodeToIndex(node)
                self.routing.VehicleVar(place).SetValues([NOBODY, *vehicles])

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
            self.routing.RegisterTransitMatrix(
                seconds_between(self.problem, profile, self.nodes, len(self.jobs), horizon).tolist()
            )
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

    def _add_disjunctions(self) -> None:
        for node, index in enumerate(self.jobs):
            cents = self.problem.jobs[index].drop_cents
            penalty = BEYOND_ALL if cents is None else cents * MILLICENTS_PER_CENT
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def search(
        self, limit: Limit, start: RoutingAnswer | None, heat: _Heat | None = None
    ) -> list[RoutingRoute]:
        """Run the iterated local search and give the routes found."""
        if not self.groups:
            return []
        parameters = _parameters(limit)
        if heat is not None:
            self._set_heat(parameters, heat)
        self.routing.CloseModelWithParameters(parameters)
        if start is not None:
            hint = self.routing.ReadAssignmentFromRoutes(self._vehicle_routes(start), True)
            if hint is not None:
                self.routing.SetFirstSolutionHint(hint)
        found = self.routing.SolveWithIteratedLocalSearch(parameters)
        return [] if found is None else list(self._routes(found))

    def _set_heat(self, parameters: RoutingSearchParameters, heat: _Heat) -> None:
        rates = [self.problem.vehicles[number].cents_per_km for number in set(self.groups)]
        metres = metres_between(self.problem, self.nodes, len(self.jobs))
        reference = max(1.0, float(np.mean(metres)) * float(np.mean(rates)))
        ils = parameters.iterated_local_search_parameters
        annealing = ils.reference_solution_acceptance_strategy.simulated_annealing
        annealing.automatic_temperatures = False
        annealing.initial_temperature = heat.at(heat.begins, reference)
        annealing.final_temperature = heat.at(heat.ends, reference)

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
