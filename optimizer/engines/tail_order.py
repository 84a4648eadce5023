"""The order of the stops that one vehicle has still to make, by OR-Tools Routing.

What it has done is no part of the question: the way begins where it is free next. The search begins
with the order that is given and descends to an order that no exchange of stops makes cheaper; it
counts no seconds and throws no dice, so the answer is always the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Cents, Seconds
from optimizer.engines.ortools_rules import Untyped

SWIG: Untyped = pywrapcp

FAR: int = 10**12
"""Cost of a way that is none."""

MOST_SOLUTIONS = 200
"""A descent of a dozen stops ends after some ten; this only bounds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenStop:
    """A stop that may stand anywhere in the rest of the way.

    Parameters
    ----------
    opens, closes
        Service starts inside this window.
    service_s
        How long it takes.
    due, late_millicents_per_s
        From this moment on each second costs; the stop may have several such rates as one.
    """

    opens: Seconds
    closes: Seconds
    service_s: Seconds
    due: Seconds
    late_millicents_per_s: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TailQuestion:
    """One vehicle, and the stops before it.

    Parameters
    ----------
    starts
        When it is free.
    stops
        In the order in which they would be made now.
    duration_s, millicents
        Ways between places: the stops in their order, then where the vehicle is, then its end.
    before
        Pairs of stops: the first is made before the second.
    """

    starts: Seconds
    stops: Sequence[OpenStop]
    duration_s: IntArray
    millicents: IntArray
    before: Sequence[tuple[int, int]] = ()


def best_order(question: TailQuestion) -> list[int] | None:
    """Give the cheapest order that the descent finds; None where the given one is not possible."""
    count = len(question.stops)
    manager: Untyped = SWIG.RoutingIndexManager(count + 2, 1, [count], [count + 1])
    routing: Untyped = SWIG.RoutingModel(manager)
    costs = question.millicents.copy()
    costs[question.duration_s == UNREACHABLE] = FAR
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(costs.tolist()))
    _add_time(question, manager, routing)
    parameters: Untyped = SWIG.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    )
    parameters.solution_limit = MOST_SOLUTIONS
    routing.CloseModelWithParameters(parameters)
    given = routing.ReadAssignmentFromRoutes([list(range(count))], True)
    if given is None:
        return None
    answer = routing.SolveFromAssignmentWithParameters(given, parameters)
    if answer is None:
        return None
    order: list[int] = []
    index = answer.Value(routing.NextVar(routing.Start(0)))
    while not routing.IsEnd(index):
        order.append(int(manager.IndexToNode(index)))
        index = answer.Value(routing.NextVar(index))
    return order


def _add_time(question: TailQuestion, manager: Untyped, routing: Untyped) -> None:
    """Let service start inside the windows, in the order that some stops need, and price delay."""
    seconds = question.duration_s.copy()
    seconds[seconds == UNREACHABLE] = FAR
    services = [stop.service_s for stop in question.stops]
    seconds[: len(services)] += _column(services)
    latest = max((stop.closes for stop in question.stops), default=question.starts)
    horizon = latest + int(seconds[seconds < FAR].max(initial=0)) + max(services, default=0) + 1
    evaluator = routing.RegisterTransitMatrix(seconds.tolist())
    routing.AddDimension(evaluator, horizon, horizon, False, "time")
    time: Untyped = routing.GetDimensionOrDie("time")
    time.CumulVar(routing.Start(0)).SetValue(question.starts)
    for node, stop in enumerate(question.stops):
        index = manager.NodeToIndex(node)
        time.CumulVar(index).SetRange(stop.opens, stop.closes)
        if stop.late_millicents_per_s:
            time.SetCumulVarSoftUpperBound(index, stop.due, stop.late_millicents_per_s)
    for first, then in question.before:
        a, b = manager.NodeToIndex(first), manager.NodeToIndex(then)
        routing.solver().Add(time.CumulVar(a) <= time.CumulVar(b))


def _column(values: Sequence[int]) -> IntArray:
    return np.array(values, dtype=np.int64).reshape(-1, 1)


def millicents(
    cents_per_km: Cents, cents_per_h: Cents, ways_m: IntArray, ways_s: IntArray
) -> IntArray:
    """Price ways in thousandths of a cent: their length, and the time they take."""
    priced: IntArray = ways_m * cents_per_km + ways_s * cents_per_h * 1000 // 3600
    return priced
