"""When one trip is where: the exact arithmetic below ``schedule``, which strings trips together.

A trip is served as early as it can be, and its departure is then put off: by no more than the
time it would wait on the way, and not so far that a service start leaves its window or that
lateness is added. Putting the departure off by ``d`` moves the start of stop ``i`` by
``max(0, d − W_i)``, where ``W_i`` is the waiting up to and including that stop. So

    d = min(W_n, min_i(W_i + limit_i − start_i)),  limit_i = min(closes_i, max(due_i, start_i))

(forward time slack: Savelsbergh, M.W.P. (1992), *ORSA Journal on Computing* 4(2), 146-154).
Where the longest trip or ride asks for a later departure than that, due times yield and
windows do not. The return stays where it is in either case, so a later trip never suffers.

Rests lie on the way and are as long at any hour, so they count as part of their leg.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from math import inf

from optimizer.domain.driving import BreakRule, rests_of
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import Metres, Seconds
from optimizer.engines.engine import Job, RoutingProblem, VehicleGroup
from optimizer.engines.runs import runs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TripTimes:
    """One trip of a route.

    Parameters
    ----------
    departs, returns
        When the vehicle leaves its start and reaches its end.
    distance_m, duration_s
        From departure to return.
    rests
        Beginning and end of every rest, in order.
    """

    departs: Seconds
    returns: Seconds
    distance_m: Metres
    duration_s: Seconds
    rests: tuple[tuple[Seconds, Seconds], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedTrip:
    """One trip with the times of its jobs: arrival, service start and service end of each."""

    times: TripTimes
    arrives: Sequence[Seconds]
    starts: Sequence[Seconds]
    leaves: Sequence[Seconds]


@dataclass(slots=True)
class _Visit:
    """A run of jobs as the one service that they share; kept, so nobody changes it."""

    node: int
    jobs: int
    service: Seconds
    opens: Seconds
    closes: Seconds
    due: float
    ride: float
    release: Seconds


@dataclass(slots=True)
class _Way:
    """The legs of a trip: travel and rests, and after how much driving of a leg each rest is."""

    metres: Metres
    seconds: list[Seconds]
    rests: list[tuple[Seconds, ...]] | None


@dataclass(slots=True)
class _Pass:
    """The pass along a trip that leaves as early as it may."""

    departs: Seconds
    returns: Seconds = 0
    arrives: list[Seconds] = field(default_factory=list)
    starts: list[Seconds] = field(default_factory=list)
    waits: list[Seconds] = field(default_factory=list)


def time_trip(
    problem: RoutingProblem,
    group: VehicleGroup,
    jobs: Sequence[int],
    *,
    earliest: Seconds,
    longest_s: Seconds | None,
) -> TimedTrip | None:
    """Time one trip; None where no departure keeps every rule of it.

    Parameters
    ----------
    problem, group
        Where, and what kind of vehicle makes the trip.
    jobs
        The jobs of the trip, in order.
    earliest
        The vehicle leaves no earlier; what its jobs are released at is seen to here.
    longest_s
        Longest time from departure to return.
    """
    visits, released = _visits(problem, jobs)
    way = _way(problem, group, [visit.node for visit in visits])
    if way is None or (group.max_trip_m is not None and way.metres > group.max_trip_m):
        return None
    early = _earliest(max(earliest, released), group.latest, visits, way.seconds)
    if early is None:
        return None
    delay = _delay(visits, early, longest_s)
    if delay is None:
        return None
    return _put_off(visits, early, delay, way, group.breaks)


def is_late_priced(job: Job) -> bool:
    """Say whether a start after the due time of a job costs anything."""
    return job.due is not None and job.late_cents_per_min > 0


def _visits(problem: RoutingProblem, jobs: Sequence[int]) -> tuple[list[_Visit], Seconds]:
    """Put jobs together that share a service, and say when all of them are released."""
    ask = problem.known.ask
    visits = [ask("visit", run, partial(_visit, problem, run)) for run in runs_of(problem, jobs)]
    return visits, max((visit.release for visit in visits), default=0)


def _visit(problem: RoutingProblem, run: Sequence[int]) -> _Visit:
    jobs = [problem.jobs[index] for index in run]
    node = jobs[0].node
    return _Visit(
        node=node,
        jobs=len(jobs),
        service=problem.service_s[node] + sum(job.service_s for job in jobs),
        opens=max(job.opens for job in jobs),
        closes=min(job.closes for job in jobs),
        due=min((j.due for j in jobs if j.due is not None and is_late_priced(j)), default=inf),
        ride=min((j.max_ride_s for j in jobs if j.max_ride_s is not None), default=inf),
        release=max(job.release for job in jobs),
    )


def _way(problem: RoutingProblem, group: VehicleGroup, nodes: Sequence[int]) -> _Way | None:
    """Give the legs by way of some nodes; None where one of them has no way."""
    path = (group.start, *nodes, group.end)
    # One by one: for the few legs of a trip that is quicker than a call on arrays.
    metres = [problem.distance_m.item(a, b) for a, b in pairwise(path)]
    matrix = problem.duration_s[group.profile]
    legs: list[Seconds] = [matrix.item(a, b) for a, b in pairwise(path)]
    if UNREACHABLE in metres or UNREACHABLE in legs:
        return None
    rule = group.breaks
    rests = None
    if rule is not None and sum(legs) > rule.after_driving_s:
        rests = rests_of(legs, rule)
        legs = [leg + rule.rest_s * len(here) for leg, here in zip(legs, rests, strict=True)]
    return _Way(sum(metres), legs, rests)


def _earliest(
    departs: Seconds, latest: Seconds, visits: Sequence[_Visit], seconds: Sequence[Seconds]
) -> _Pass | None:
    early = _Pass(departs)
    now = departs
    waited = 0
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
    return early if early.returns <= latest else None


def _delay(visits: Sequence[_Visit], early: _Pass, longest_s: Seconds | None) -> Seconds | None:
    """Say by how much the departure is put off; None where no departure keeps every rule."""
    waited = early.waits[-1] if early.waits else 0
    needed: float = 0
    if longest_s is not None:
        needed = max(0, early.returns - early.departs - longest_s)
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
    visits: Sequence[_Visit], early: _Pass, delay: Seconds, way: _Way, rule: BreakRule | None
) -> TimedTrip:
    arrives: list[Seconds] = []
    starts: list[Seconds] = []
    leaves: list[Seconds] = []
    left = [early.departs + delay]
    before = 0
    for place, visit in enumerate(visits):
        wait = early.waits[place]
        start = early.starts[place] + max(0, delay - wait)
        arrive = early.arrives[place] + max(0, delay - before)
        before = wait
        arrives += [arrive] * visit.jobs
        starts += [start] * visit.jobs
        leaves += [start + visit.service] * visit.jobs
        left.append(start + visit.service)
    times = TripTimes(
        departs=left[0],
        returns=early.returns,
        distance_m=way.metres,
        duration_s=early.returns - left[0],
        rests=() if rule is None else _rests(left, way, rule),
    )
    return TimedTrip(times=times, arrives=arrives, starts=starts, leaves=leaves)


def _rests(
    left: Sequence[Seconds], way: _Way, rule: BreakRule
) -> tuple[tuple[Seconds, Seconds], ...]:
    """Say when each rest is, given when each leg begins."""
    begins = [
        leaves + driven + rule.rest_s * number
        for leaves, here in zip(left, way.rests or (), strict=False)
        for number, driven in enumerate(here)
    ]
    return tuple((begin, begin + rule.rest_s) for begin in begins)
