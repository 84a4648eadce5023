"""How OR-Tools is to search: annealed local search, guided local search, and their temperatures."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.constraint_solver.routing_parameters_pb2 import RoutingSearchParameters

from optimizer.domain.limit import Limit
from optimizer.engines.ortools_rules import Untyped

SWIG: Untyped = pywrapcp

HOTTEST, COLDEST = 0.1, 0.001
"""Temperatures of the annealing where it is cut into slices, in costs of an average way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """Which part of the annealing a slice is: 0 is the beginning, 1 the end."""

    begins: float
    ends: float

    def at(self, progress: float, reference: float) -> float:
        """Give the temperature, which falls by the same factor in every equal part."""
        return reference * HOTTEST * float((COLDEST / HOTTEST) ** progress)


def annealed(limit: Limit) -> RoutingSearchParameters:
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


def guided(parameters: RoutingSearchParameters) -> None:
    """Turn to guided local search, which goes on from its start and counts what it tries."""
    parameters.use_iterated_local_search = False
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
