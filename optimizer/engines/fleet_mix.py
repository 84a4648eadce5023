"""Which vehicles to send at all: numbers per group that could carry the load for less.

Local search moves jobs, and hardly ever changes the mix of vehicles: that takes many moves, each
of them bad. Where vehicles cost much, the mix decides more than the order of stops. So mixes are
listed here, and tried one by one with the fleet cut down to each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from optimizer.domain.units import SECONDS_PER_HOUR
from optimizer.engines.engine import FORBIDDEN, RoutingAnswer, RoutingProblem, VehicleGroup
from optimizer.engines.schedule import MILLICENTS_PER_CENT, schedule

MOST_MIXES = 50_000
"""Beyond that many combinations the list is not made."""

FULLEST = 0.997
"""Share of a fleet's capacity that whole jobs may hope to fill."""

FULLER = 0.15
"""How much fuller than the given answer a fleet may hope to become: time may bind, not load."""

DEARER = 1.01
"""How much dearer than that of the given answer the estimate of a mix may be."""

DECISIVE = 0.2
"""From this share of the cost on, vehicles decide more than kilometres and hours."""

Mix = tuple[int, ...]
"""How many vehicles of each group."""


def mix_of(problem: RoutingProblem, answer: RoutingAnswer) -> Mix:
    """Count the vehicles that an answer uses."""
    used = Counter(route.group for route in answer.routes)
    return tuple(used[number] for number in range(len(problem.vehicles)))


def vehicles_decide(problem: RoutingProblem, answer: RoutingAnswer) -> bool:
    """Say whether using vehicles at all is a large part of an answer's cost."""
    fixed = sum(problem.vehicles[route.group].fixed_cents for route in answer.routes)
    return fixed * MILLICENTS_PER_CENT >= DECISIVE * max(1, answer.cost_millicents)


def mixes(problem: RoutingProblem, answer: RoutingAnswer, *, most: int) -> list[Mix]:
    """List mixes worth a trial besides that of the answer, the most promising first.

    A mix is as small as the load allows. Its cost is estimated from the answer's kilometres and
    hours, shared out over the vehicles by their capacity. Groups that differ only in what they
    add to jobs are one kind of vehicle here; a mix keeps those of the kind that the answer uses
    first; what they add is left to the trial. Capacity counts once per trip, and a vehicle may hope
    for as many trips as any of the answer makes.
    """
    kinds = _kinds(problem)
    groups = [problem.vehicles[members[0]] for members in kinds]
    jobs = len(problem.jobs)
    counts = [min(sum(problem.vehicles[n].count for n in members), jobs) for members in kinds]
    if not answer.routes or np.prod([count + 1.0 for count in counts]) > MOST_MIXES:
        return []
    done = [index for route in answer.routes for index in route.jobs]
    load = np.sum([problem.jobs[index].load for index in done], axis=0, dtype=np.float64)
    most_trips = max(len(route.trips) for route in answer.routes)
    trips = np.array([[min(group.max_trips, most_trips)] for group in groups], dtype=np.float64)
    capacity = trips * np.array([group.capacity for group in groups], dtype=np.float64)
    used = mix_of(problem, answer)
    own = np.array([sum(used[number] for number in members) for members in kinds], dtype=np.float64)
    use = load / np.maximum(_room_used(problem, answer), 1.0)
    if use.max(initial=0.0) <= 0:
        return []
    tightest = int(np.argmax(use))
    need = np.asarray(load / min(FULLEST, float(use[tightest]) + FULLER))
    grid = np.indices([count + 1 for count in counts]).reshape(len(groups), -1).T
    kept = grid[_minimal(grid, capacity, need)]
    costs = _estimates(problem, answer, groups, capacity[:, tightest], kept)
    bound = DEARER * _estimates(problem, answer, groups, capacity[:, tightest], own[None, :])[0]
    ranked = sorted(zip(costs.tolist(), (tuple(map(int, mix)) for mix in kept), strict=True))
    mine = tuple(map(int, own))
    best = [mix for cost, mix in ranked if cost <= bound and mix != mine]
    needed = _needed(problem, done) | {group for group, lock in problem.locks.items() if lock}
    split = (_by_group(problem, kinds, mix, used, needed) for mix in best)
    return [mix for mix in split if all(mix[number] for number in needed)][:most]


def _room_used(problem: RoutingProblem, answer: RoutingAnswer) -> npt.NDArray[np.float64]:
    """Add up the capacities of the answer's vehicles, once per trip."""
    rooms = [
        np.array(problem.vehicles[route.group].capacity, dtype=np.float64) * len(route.trips)
        for route in answer.routes
    ]
    total: npt.NDArray[np.float64] = np.sum(rooms, axis=0)
    return total


def _kinds(problem: RoutingProblem) -> list[list[int]]:
    """Put the groups together that are equal but for their number and what they add to jobs."""
    if problem.group_cents is None:
        return [[number] for number in range(len(problem.vehicles))]
    kinds: dict[VehicleGroup, list[int]] = {}
    for number, group in enumerate(problem.vehicles):
        kinds.setdefault(replace(group, count=0), []).append(number)
    return list(kinds.values())


def _needed(problem: RoutingProblem, jobs: Sequence[int]) -> frozenset[int]:
    """Name the groups that are the only ones that may do some of these jobs."""
    if problem.group_cents is None:
        return frozenset()
    allowed = problem.group_cents[list(jobs)] != FORBIDDEN
    only = allowed[allowed.sum(axis=1) == 1].any(axis=0)
    return frozenset(np.flatnonzero(only).tolist())


def _by_group(
    problem: RoutingProblem,
    kinds: list[list[int]],
    mix: Mix,
    used: Mix,
    needed: frozenset[int],
) -> Mix:
    """Say which groups a number of vehicles per kind is taken from."""
    result = [0] * len(problem.vehicles)
    for members, wanted in zip(kinds, mix, strict=True):
        rest = wanted
        for number in sorted(members, key=lambda group: group not in needed):
            result[number] = min(rest, used[number])
            rest -= result[number]
        for number in members:
            more = min(rest, problem.vehicles[number].count - result[number])
            result[number] += more
            rest -= more
    return tuple(result)


def _minimal(
    grid: npt.NDArray[np.int64], capacity: npt.NDArray[np.float64], need: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Mark the mixes that carry the load and would not without any one of their vehicles."""
    carried = grid @ capacity
    enough: npt.NDArray[np.bool_] = np.all(carried >= need, axis=1)
    for number, one in enumerate(capacity):
        enough &= (grid[:, number] == 0) | ~np.all(carried - one >= need, axis=1)
    return enough


def _estimates(
    problem: RoutingProblem,
    answer: RoutingAnswer,
    groups: Sequence[VehicleGroup],
    capacity: npt.NDArray[np.float64],
    grid: npt.NDArray[np.int64] | npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    times = [schedule(problem, route) for route in answer.routes]
    metres = sum(timed.distance_m for timed in times if timed is not None)
    hours = sum(timed.duration_s for timed in times if timed is not None) / SECONDS_PER_HOUR
    fixed = np.array([group.fixed_cents * MILLICENTS_PER_CENT for group in groups])
    driven = np.array(
        [g.cents_per_km * metres + g.cents_per_h * MILLICENTS_PER_CENT * hours for g in groups]
    )
    shares = grid * capacity
    result: npt.NDArray[np.float64] = grid @ fixed + (shares @ driven) / np.maximum(
        shares.sum(axis=1), 1.0
    )
    return result
