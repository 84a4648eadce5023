"""Ways as solvers are told of them where a group of vehicles adds cents to jobs or may not do them.

A solver knows costs of ways only. What a group adds to a job is added to every way into it, and
a job that the group may not do is entered on no way that ends in time. For this every job has a
place of its own in the model, even where two jobs share a node.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Metres, Seconds
from optimizer.engines.engine import FORBIDDEN, RoutingProblem
from optimizer.engines.schedule import MILLICENTS_PER_CENT


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ways:
    """The ways of groups that differ in nothing that a way can tell.

    Parameters
    ----------
    millicents
        Cost of each way, what the groups add to the job at its end included.
    seconds
        Duration of each way with the service at its end.
    """

    millicents: IntArray
    seconds: IntArray


def ways_by_group(
    problem: RoutingProblem, jobs: Sequence[int], ends: Sequence[int], *, beyond: Seconds
) -> tuple[list[Ways], list[int]]:
    """Give the different kinds of ways, and for each group the number of its kind.

    Parameters
    ----------
    problem
        With ``group_cents``.
    jobs, ends
        Jobs and nodes that are the places of the model, in this order.
    beyond
        Longer than any shift: how long a way takes that nobody may take.
    """
    nodes = np.array([*(problem.jobs[index].node for index in jobs), *ends], dtype=np.int64)
    metres = metres_between(problem, nodes, len(jobs))
    kinds: dict[tuple[int, int, bytes], int] = {}
    ways: list[Ways] = []
    kind_of = []
    for number, group in enumerate(problem.vehicles):
        added = _column(problem, jobs, number)
        key = (group.profile, group.cents_per_km, added.tobytes())
        if key not in kinds:
            kinds[key] = len(ways)
            seconds = seconds_between(problem, group.profile, nodes, len(jobs), beyond)
            seconds[:, : len(jobs)][:, added == FORBIDDEN] = beyond
            millicents = metres * group.cents_per_km
            millicents[:, : len(jobs)] += np.maximum(added, 0) * MILLICENTS_PER_CENT
            for matrix in (seconds, millicents):
                np.fill_diagonal(matrix, 0)
            ways.append(Ways(millicents=millicents, seconds=seconds))
        kind_of.append(kinds[key])
    return ways, kind_of


def forbids(problem: RoutingProblem) -> bool:
    """Say whether some group may not do some job."""
    return problem.group_cents is not None and bool((problem.group_cents == FORBIDDEN).any())


def _column(problem: RoutingProblem, jobs: Sequence[int], group: int) -> IntArray:
    if problem.group_cents is None:
        return np.zeros(len(jobs), dtype=np.int64)
    column: IntArray = problem.group_cents[list(jobs), group]
    return column


def metres_between(problem: RoutingProblem, nodes: IntArray, jobs: int) -> IntArray:
    """Give the metres between nodes; a missing way is farther than all ways together."""
    metres: IntArray = problem.distance_m[np.ix_(nodes, nodes)].copy()
    missing = metres == UNREACHABLE
    farther: Metres = 1 + 2 * int(metres.max(initial=0)) * (jobs + 1)
    metres[missing] = farther
    return metres


def seconds_between(
    problem: RoutingProblem, profile: int, nodes: IntArray, jobs: int, beyond: Seconds
) -> IntArray:
    """Give the durations of a profile, with service on the way into a job's node.

    The first nodes are those of jobs. Jobs of one node are 0 s apart: they share one service.
    """
    square = np.ix_(nodes, nodes)
    travel = problem.duration_s[profile][square]
    missing = (travel == UNREACHABLE) | (problem.distance_m[square] == UNREACHABLE)
    service = np.array([problem.service_s[node] for node in nodes], dtype=np.int64)
    service[jobs:] = 0
    seconds: IntArray = travel + service
    seconds[:jobs, :jobs][nodes[:jobs, None] == nodes[None, :jobs]] = 0
    seconds[missing] = beyond
    return seconds
