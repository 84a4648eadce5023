"""What a solver is told of a problem where telling everything would be slow or impossible.

Every simplification is checked afterwards by ``schedule``, and undone where it went too far.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Seconds
from optimizer.engines.engine import (
    FORBIDDEN,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.loads import holds, peak_of
from optimizer.engines.schedule import MILLICENTS_PER_CENT, route_millicents, schedule

NEVER = 2**40
"""A moment after every horizon."""

BULKHEADS = -1
"""Stands for a capacity dimension where bulkheads cannot stand as a load would have them."""

SLACK_SHARE = 0.8
"""A capacity dimension below this share of the fullest one is left out of the model at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prospects:
    """What becomes of each job, as far as its own route tells.

    Parameters
    ----------
    hopeless
        No vehicle can do the job even alone.
    served
        The job must be done, or costs no more on a route of its own than left out, and is not one
        of too many that only one group may do.
    """

    hopeless: tuple[bool, ...]
    served: tuple[bool, ...]


def prospects(problem: RoutingProblem) -> Prospects:
    """Try every job alone."""
    return problem.known.ask("prospects", None, lambda: _prospects(problem))


def _prospects(problem: RoutingProblem) -> Prospects:
    alone = [_alone(problem, index) for index in range(len(problem.jobs))]
    crowded = _crowded(problem)
    return Prospects(
        hopeless=tuple(cost is None for cost in alone),
        served=tuple(
            cost is not None
            and (
                job.drop_cents is None
                or (index not in crowded and job.drop_cents * MILLICENTS_PER_CENT >= cost)
            )
            for index, (job, cost) in enumerate(zip(problem.jobs, alone, strict=True))
        ),
    )


def _crowded(problem: RoutingProblem) -> set[int]:
    """Name the jobs that only one group may do, where its vehicles have no room for all of them."""
    crowded: set[int] = set()
    if problem.group_cents is None:
        return crowded
    allowed = problem.group_cents != FORBIDDEN
    single = allowed.sum(axis=1) == 1
    for number, group in enumerate(problem.vehicles):
        jobs = np.flatnonzero(single & allowed[:, number]).tolist()
        load = np.sum([problem.jobs[index].load for index in jobs], axis=0)
        trips = group.count * min(group.max_trips, len(jobs))
        if jobs and (load > trips * np.array(group.capacity)).any():
            crowded.update(jobs)
    return crowded


def _alone(problem: RoutingProblem, index: int) -> int | None:
    costs = (
        route_millicents(problem, RoutingRoute(group=number, jobs=(index,)))
        for number, group in enumerate(problem.vehicles)
        if group.count > 0
    )
    return min((cost for cost in costs if cost is not None), default=None)


def binding_dimensions(problem: RoutingProblem) -> tuple[int, ...]:
    """Name the capacity dimensions that fill some vehicle nearly as fast as its fullest one.

    Where bulkheads move, the dimension that stands for the whole body is always among them.
    """
    if not problem.jobs or not problem.vehicles:
        return ()
    room = room_of(problem, steps=0)
    total = np.maximum(room.deliveries.sum(axis=0), room.pickups.sum(axis=0)).astype(np.float64)
    vehicles = np.where(total > 0, total / np.maximum(room.capacity, 1e-9), 0.0)
    fullest = vehicles.max(axis=1, keepdims=True, initial=0.0)
    keep = (total > 0) & (vehicles >= SLACK_SHARE * fullest).any(axis=0)
    if room.body is not None:
        keep[room.body] = True
    return tuple(int(dimension) for dimension in np.flatnonzero(keep))


def broken_dimensions(problem: RoutingProblem, routes: Sequence[RoutingRoute]) -> set[int]:
    """Name the capacity dimensions in which some trip is overloaded.

    ``BULKHEADS`` is among them where no dimension is overloaded and still no position of the
    bulkheads makes room.
    """
    broken: set[int] = set()
    for route in routes:
        group = problem.vehicles[route.group]
        for trip in route.trips:
            peak = peak_of(problem, trip)
            over = {
                d
                for d, (load, most) in enumerate(zip(peak, group.capacity, strict=True))
                if load > most
            }
            broken |= over or (set() if holds(group, peak) else {BULKHEADS})
    return broken


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Room:
    """Loads and capacities per dimension, with one for the whole body where bulkheads move.

    Parameters
    ----------
    deliveries, pickups
        Shape (jobs, dimensions).
    capacity
        Shape (groups, dimensions).
    body
        The dimension of the whole body; None where no bulkheads move.
    """

    deliveries: IntArray
    pickups: IntArray
    capacity: IntArray
    body: int | None


def room_of(problem: RoutingProblem, *, steps: int) -> Room:
    """Put loads and capacities into matrices; bodies with bulkheads keep back so many steps.

    Each compartment but the last loses less than one step to the bulkheads, so with as many steps
    as there are such compartments every load that fits the body is one that the bulkheads allow.
    """
    width = max((len(group.capacity) for group in problem.vehicles), default=0)
    shape = (len(problem.jobs), width)
    deliveries = np.array([job.load for job in problem.jobs], dtype=np.int64).reshape(shape)
    pickups = np.array(
        [job.pickup or (0,) * width for job in problem.jobs], dtype=np.int64
    ).reshape(shape)
    capacity = np.array([group.capacity for group in problem.vehicles], dtype=np.int64)
    capacity = capacity.reshape(len(problem.vehicles), width)
    moving = next((group.bulkheads for group in problem.vehicles if group.bulkheads), None)
    if moving is None:
        return Room(deliveries=deliveries, pickups=pickups, capacity=capacity, body=None)
    inside = list(moving.dimensions)
    body = _whole(deliveries, inside)
    if body is None:
        body = width
        deliveries, pickups = (
            np.column_stack([amounts, amounts[:, inside].sum(axis=1)])
            for amounts in (deliveries, pickups)
        )
        capacity = np.column_stack([capacity, np.full(len(capacity), NEVER)])
    for number, group in enumerate(problem.vehicles):
        if group.bulkheads is not None:
            most = group.bulkheads.body_ml - steps * group.bulkheads.step_ml
            capacity[number, body] = max(0, min(int(capacity[number, body]), most))
    return Room(deliveries=deliveries, pickups=pickups, capacity=capacity, body=body)


def _whole(deliveries: IntArray, inside: Sequence[int]) -> int | None:
    """Find the dimension that adds up the compartments, if the problem has one."""
    total = deliveries[:, list(inside)].sum(axis=1)
    for dimension in range(deliveries.shape[1]):
        if dimension not in inside and (deliveries[:, dimension] == total).all():
            return dimension
    return None


def is_timeless(problem: RoutingProblem) -> bool:
    """Say whether no clock can matter: nothing takes time, and everything is open at once."""
    if any(matrix.max(initial=0) > 0 for matrix in problem.duration_s) or any(problem.service_s):
        return False
    if any(job.release or job.service_s for job in problem.jobs):
        return False
    if any(group.max_trips > 1 and group.reload_s for group in problem.vehicles):
        return False
    opens = max((job.opens for job in problem.jobs), default=0)
    closes = min((job.closes for job in problem.jobs), default=0)
    return all(
        max(group.earliest, opens) <= min(closes, group.latest) and group.earliest >= opens
        for group in problem.vehicles
    )


def service_starts(problem: RoutingProblem, answer: RoutingAnswer | None) -> dict[int, Seconds]:
    """Give the service start of every job that an answer does."""
    starts: dict[int, Seconds] = {}
    for route in answer.routes if answer else ():
        timed = schedule(problem, route)
        if timed is not None:
            starts.update(zip(route.jobs, timed.starts, strict=True))
    return starts


def narrowed_closes(
    problem: RoutingProblem, *, starts: Mapping[int, Seconds] | None
) -> list[Seconds]:
    """Give the closing time of every job with its longest ride, and its due time, as hard bounds.

    A ride counts from the earliest departure of any group that may do the job, or from the last
    release, for the trip may wait for other goods. A bound that none of their vehicles can keep is
    not set, nor is one on the ride of a job that a later trip of some vehicle may do. Due times
    count only where ``starts`` is given, and a job that starts later than its due time there keeps
    that start.
    """
    first, reach = _at_best(problem)
    result = []
    for index, job in enumerate(problem.jobs):
        closes = job.closes
        at_best = max(job.opens, reach[index])
        for bound in _bounds(job, first[index], starts, index):
            if bound >= at_best:
                closes = min(closes, bound)
        result.append(closes)
    return result


def _bounds(
    job: Job, first: Seconds, starts: Mapping[int, Seconds] | None, index: int
) -> list[Seconds]:
    bounds = [] if job.max_ride_s is None else [first + job.max_ride_s]
    if starts is not None and job.due is not None and job.late_cents_per_min > 0:
        bounds.append(max(job.due, starts.get(index, job.due)))
    return bounds


def _at_best(problem: RoutingProblem) -> tuple[list[Seconds], list[Seconds]]:
    """Give the first departure rides count from, and when a vehicle straight there arrives."""
    nodes = np.array([job.node for job in problem.jobs], dtype=np.int64)
    released = np.array([job.release for job in problem.jobs], dtype=np.int64)
    last = int(released.max(initial=0))
    first = np.full(len(nodes), NEVER, dtype=np.int64)
    reach = first.copy()
    again = np.zeros(len(nodes), dtype=np.bool_)
    for number, group in enumerate(problem.vehicles):
        may = problem.may_do(number)
        seconds = problem.duration_s[group.profile][group.start, nodes]
        missing = problem.distance_m[group.start, nodes] == UNREACHABLE
        missing |= (seconds == UNREACHABLE) | ~may
        first = np.where(may, np.minimum(first, max(group.earliest, last)), first)
        departs = np.maximum(group.earliest, released)
        reach = np.minimum(reach, np.where(missing, NEVER, departs + seconds))
        again |= may & (_trips(group) > 1)
    first[again] = NEVER
    return first.tolist(), reach.tolist()


def _trips(group: VehicleGroup) -> int:
    return group.max_trips if group.count > 0 else 0
