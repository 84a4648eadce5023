"""Exact times, cost and faults of routes: the arithmetic that every engine's answer goes through.

A route is served as early as it can be, and its departure is then put off: by no more than the
time it would wait on the way, and not so far that a service start leaves its window or that
lateness is added. Putting the departure off by ``d`` moves the start of stop ``i`` by
``max(0, d − W_i)``, where ``W_i`` is the waiting up to and including that stop. So

    d = min(W_n, min_i(W_i + limit_i − start_i)),  limit_i = min(closes_i, max(due_i, start_i))

(forward time slack: Savelsbergh, M.W.P. (1992), *ORSA Journal on Computing* 4(2), 146-154).
Where the longest duration or ride asks for a later departure than that, due times yield and
windows do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Metres, Seconds, nearest_div
from optimizer.engines.engine import (
    FORBIDDEN,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)

MILLICENTS_PER_CENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a route is where, and what follows from it.

    Parameters
    ----------
    departs, returns
        When the vehicle leaves its start and reaches its end.
    arrives, starts, leaves
        Per job of the route: arrival at its node, start and end of its service. Jobs that share
        one service have the same three times.
    distance_m, duration_s
        From departure to return.
    late_s
        Per job: seconds by which its service starts after its due time.
    cost_millicents
        Vehicle, distance, time, lateness, and what its group adds to its jobs.
    """

    departs: Seconds
    returns: Seconds
    arrives: tuple[Seconds, ...]
    starts: tuple[Seconds, ...]
    leaves: tuple[Seconds, ...]
    distance_m: Metres
    duration_s: Seconds
    late_s: tuple[Seconds, ...]
    cost_millicents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """Jobs of one node that follow each other, as the one service that they share."""

    node: int
    jobs: tuple[Job, ...]
    service: Seconds
    opens: Seconds
    closes: Seconds
    due: float
    ride: float


@dataclass(slots=True)
class _Pass:
    """The pass along a route that leaves as early as it may."""

    arrives: list[Seconds]
    starts: list[Seconds]
    waits: list[Seconds]
    departs: Seconds
    returns: Seconds


def visits_of(problem: RoutingProblem, route: RoutingRoute) -> Iterator[tuple[int, list[int]]]:
    """Give the nodes of a route in order, each with the jobs that share its service."""
    for node, jobs in groupby(route.jobs, key=lambda index: problem.jobs[index].node):
        yield node, list(jobs)


def schedule(problem: RoutingProblem, route: RoutingRoute) -> Schedule | None:
    """Time and price a route.

    None where a window, the shift, a ride, a missing way or ``group_cents`` forbids it. Loads are
    not looked at.
    """
    added = added_millicents(problem, route)
    if added is None:
        return None
    group = problem.vehicles[route.group]
    visits = [_visit(problem, jobs) for _, jobs in visits_of(problem, route)]
    legs = _legs(problem, group, [visit.node for visit in visits])
    if legs is None:
        return None
    metres, seconds = legs
    early = _earliest(group, visits, seconds)
    if early is None:
        return None
    delay = _delay(group, visits, early)
    if delay is None:
        return None
    timed = _put_off(group, visits, early, delay, sum(metres))
    return replace(timed, cost_millicents=timed.cost_millicents + added) if added else timed


def added_millicents(problem: RoutingProblem, route: RoutingRoute) -> int | None:
    """Price what a route's group adds to its jobs; None where it may not do one of them."""
    if problem.group_cents is None:
        return 0
    cents = problem.group_cents[list(route.jobs), route.group]
    return None if (cents == FORBIDDEN).any() else int(cents.sum()) * MILLICENTS_PER_CENT


def load_of(problem: RoutingProblem, jobs: Iterable[int]) -> tuple[int, ...]:
    """Add up the loads of jobs per capacity dimension."""
    dimensions = len(problem.vehicles[0].capacity) if problem.vehicles else 0
    total = [0] * dimensions
    for index in jobs:
        for dimension, amount in enumerate(problem.jobs[index].load):
            total[dimension] += amount
    return tuple(total)


def fits(problem: RoutingProblem, route: RoutingRoute) -> bool:
    """Say whether the loads of a route fit into its vehicle."""
    load = load_of(problem, route.jobs)
    return all(x <= y for x, y in zip(load, problem.vehicles[route.group].capacity, strict=True))


def route_millicents(problem: RoutingProblem, route: RoutingRoute) -> int | None:
    """Price a route; None where it breaks a rule, its loads included."""
    if not fits(problem, route):
        return None
    timed = schedule(problem, route)
    return None if timed is None else timed.cost_millicents


def drop_millicents(problem: RoutingProblem, dropped: Iterable[int]) -> int:
    """Price the jobs left out; a job that must be done has no price and counts nothing here."""
    return MILLICENTS_PER_CENT * sum(problem.jobs[index].drop_cents or 0 for index in dropped)


def cost_millicents(
    problem: RoutingProblem, routes: Iterable[RoutingRoute], dropped: Iterable[int]
) -> int:
    """Price routes and the jobs left out, in thousandths of a cent.

    Raises
    ------
    ValueError
        A route cannot be driven.
    """
    total = drop_millicents(problem, dropped)
    for route in routes:
        timed = schedule(problem, route)
        if timed is None:
            raise ValueError(f"route {route} cannot be driven")
        total += timed.cost_millicents
    return total


def answer_of(problem: RoutingProblem, routes: Iterable[RoutingRoute]) -> RoutingAnswer:
    """Make the answer that consists of these routes, in an order that is always the same.

    Raises
    ------
    ValueError
        A route cannot be driven.
    """
    used = tuple(sorted((route for route in routes if route.jobs), key=lambda r: (r.group, r.jobs)))
    done = {index for route in used for index in route.jobs}
    dropped = tuple(index for index in range(len(problem.jobs)) if index not in done)
    cost = cost_millicents(problem, used, dropped)
    return RoutingAnswer(routes=used, dropped=dropped, cost_millicents=cost)


def is_feasible(problem: RoutingProblem, answer: RoutingAnswer) -> bool:
    """Say whether an answer keeps every rule."""
    return next(_faults(problem, answer), None) is None


def faults(problem: RoutingProblem, answer: RoutingAnswer) -> list[str]:
    """Name every rule that an answer breaks, its price included."""
    return list(_faults(problem, answer))


def _faults(problem: RoutingProblem, answer: RoutingAnswer) -> Iterator[str]:
    seen = Counter(index for route in answer.routes for index in route.jobs)
    seen.update(answer.dropped)
    for index in range(len(problem.jobs)):
        if seen[index] != 1:
            yield f"job {index} stands {seen[index]} times in the answer"
    for index in answer.dropped:
        if 0 <= index < len(problem.jobs) and problem.jobs[index].drop_cents is None:
            yield f"job {index} is left out and must be done"
    if any(not 0 <= index < len(problem.jobs) for index in seen):
        yield "the answer names a job that the problem does not have"
        return
    yield from _route_faults(problem, answer)


def _route_faults(problem: RoutingProblem, answer: RoutingAnswer) -> Iterator[str]:
    used = Counter(route.group for route in answer.routes)
    for number, count in used.items():
        if not 0 <= number < len(problem.vehicles):
            yield f"group {number} does not exist"
            return
        if count > problem.vehicles[number].count:
            yield f"group {number} has {problem.vehicles[number].count} vehicles, {count} are used"
    total = drop_millicents(problem, answer.dropped)
    for place, route in enumerate(answer.routes):
        if not route.jobs:
            yield f"route {place} does nothing"
        if not fits(problem, route):
            yield f"route {place} is loaded beyond its capacity"
        if added_millicents(problem, route) is None:
            yield f"route {place} does a job that its group may not do"
            return
        timed = schedule(problem, route)
        if timed is None:
            yield f"route {place} breaks a window, its shift, a ride, or has no way"
            return
        total += timed.cost_millicents
    if total != answer.cost_millicents:
        yield f"the answer costs {total}, not {answer.cost_millicents}"


def _visit(problem: RoutingProblem, indices: Sequence[int]) -> _Visit:
    jobs = tuple(problem.jobs[index] for index in indices)
    return _Visit(
        node=jobs[0].node,
        jobs=jobs,
        service=problem.service_s[jobs[0].node],
        opens=max(job.opens for job in jobs),
        closes=min(job.closes for job in jobs),
        due=min(_due(job) for job in jobs),
        ride=min((job.max_ride_s for job in jobs if job.max_ride_s is not None), default=inf),
    )


def _due(job: Job) -> float:
    """Say from when on a later start costs; never where lateness is free."""
    return job.due if job.due is not None and job.late_cents_per_min > 0 else inf


def _legs(
    problem: RoutingProblem, group: VehicleGroup, nodes: Sequence[int]
) -> tuple[list[Metres], list[Seconds]] | None:
    """Give metres and seconds of every leg; None where one of them has no way."""
    path = np.array([group.start, *nodes, group.end])
    metres: IntArray = problem.distance_m[path[:-1], path[1:]]
    seconds: IntArray = problem.duration_s[group.profile][path[:-1], path[1:]]
    if (metres == UNREACHABLE).any() or (seconds == UNREACHABLE).any():
        return None
    return metres.tolist(), seconds.tolist()


def _earliest(
    group: VehicleGroup,
    visits: Sequence[_Visit],
    seconds: Sequence[Seconds],
) -> _Pass | None:
    now = group.earliest
    waited = 0
    early = _Pass(arrives=[], starts=[], waits=[], departs=group.earliest, returns=now)
    for visit, leg in zip(visits, seconds, strict=False):
        now += leg
        start = max(now, visit.opens)
        if start > visit.closes:
            return None
        waited += start - now
        early.arrives.append(now)
        early.starts.append(start)
        early.waits.append(waited)
        now = start + visit.service
    early.returns = now + seconds[-1]
    return early if early.returns <= group.latest else None


def _delay(group: VehicleGroup, visits: Sequence[_Visit], early: _Pass) -> Seconds | None:
    """Say by how much the departure is put off; None where no departure keeps every rule."""
    waited = early.waits[-1] if early.waits else 0
    needed: float = 0
    if group.max_duration_s is not None:
        needed = max(0, early.returns - early.departs - group.max_duration_s)
    hard: float = waited
    soft: float = waited
    for visit, start, wait in zip(visits, early.starts, early.waits, strict=True):
        hard = min(hard, wait + visit.closes - start)
        soft = min(soft, wait + max(visit.due, start) - start)
        short = start - early.departs - visit.ride
        if short > 0:
            if short > wait:
                return None
            needed = max(needed, short)
    if needed > hard:
        return None
    return int(max(needed, min(soft, hard)))


def _put_off(
    group: VehicleGroup,
    visits: Sequence[_Visit],
    early: _Pass,
    delay: Seconds,
    distance_m: Metres,
) -> Schedule:
    arrives: list[Seconds] = []
    starts: list[Seconds] = []
    leaves: list[Seconds] = []
    late: list[Seconds] = []
    lateness = 0
    before = 0
    for place, visit in enumerate(visits):
        start = early.starts[place] + max(0, delay - early.waits[place])
        arrive = early.arrives[place] + max(0, delay - before)
        before = early.waits[place]
        for job in visit.jobs:
            arrives.append(arrive)
            starts.append(start)
            leaves.append(start + visit.service)
            late.append(max(0, start - job.due) if job.due is not None else 0)
            lateness += late_millicents(job, late[-1])
    departs = early.departs + delay
    duration_s = early.returns - departs
    driven = driven_millicents(group, distance_m, duration_s)
    return Schedule(
        departs=departs,
        returns=early.returns,
        arrives=tuple(arrives),
        starts=tuple(starts),
        leaves=tuple(leaves),
        distance_m=distance_m,
        duration_s=duration_s,
        late_s=tuple(late),
        cost_millicents=driven + lateness,
    )


def driven_millicents(group: VehicleGroup, distance_m: Metres, duration_s: Seconds) -> int:
    """Price a vehicle, its metres and its seconds; one cent per km is a millicent per metre."""
    time = nearest_div(group.cents_per_h * MILLICENTS_PER_CENT * duration_s, 3600)
    return group.fixed_cents * MILLICENTS_PER_CENT + group.cents_per_km * distance_m + time


def late_millicents(job: Job, late_s: Seconds) -> int:
    """Price the lateness of one job."""
    return nearest_div(job.late_cents_per_min * MILLICENTS_PER_CENT * late_s, 60)
