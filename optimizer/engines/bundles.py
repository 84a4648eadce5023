"""Jobs that ride together and are handed over at one node, told to a solver as one job.

Where every set of ``together`` ends up as one job a solver needs no rule for it at all. Sets that
span several nodes, or whose windows or due times differ, shrink to what cannot be put as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

import numpy as np

from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds
from optimizer.engines.engine import FORBIDDEN, Job, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.loads import holds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bundled:
    """A problem whose jobs are bundles of another one's.

    Parameters
    ----------
    problem
        With one job per bundle.
    members
        Per bundle the jobs of the other problem.
    """

    problem: RoutingProblem
    members: tuple[tuple[int, ...], ...]

    def folded(self, answer: RoutingAnswer) -> list[RoutingRoute]:
        """Say an answer in bundles; a bundle stands where its first job does."""
        bundle_of = {index: number for number, jobs in enumerate(self.members) for index in jobs}
        return [
            RoutingRoute.of_trips(route.group, _each_once(route.trips, bundle_of))
            for route in answer.routes
        ]

    def unfolded(self, routes: Iterable[RoutingRoute]) -> list[RoutingRoute]:
        """Say routes of bundles in the jobs that they hold."""
        return [
            RoutingRoute.of_trips(
                route.group,
                [[index for bundle in trip for index in self.members[bundle]] for trip in r_trips],
            )
            for route in routes
            for r_trips in (route.trips,)
        ]


def bundled(problem: RoutingProblem) -> Bundled:
    """Put jobs that ride together as one job where one visit does for all of them."""
    settled = {index for lock in problem.locks.values() for index in lock}
    bundles: dict[int, tuple[int, ...]] = {index: (index,) for index in range(len(problem.jobs))}
    for together in problem.together:
        if settled.isdisjoint(together):
            for bundle in _visits(problem, sorted(together)):
                for index in bundle:
                    bundles[index] = bundle
    members = tuple(sorted(set(bundles.values())))
    if len(members) == len(problem.jobs):
        return Bundled(problem=problem, members=members)
    number_of = {index: number for number, jobs in enumerate(members) for index in jobs}
    sets = (frozenset(number_of[index] for index in jobs) for jobs in problem.together)
    return Bundled(
        problem=replace(
            problem,
            jobs=tuple(_as_one([problem.jobs[index] for index in jobs]) for jobs in members),
            group_cents=_group_cents(problem, members),
            together=tuple(jobs for jobs in sets if len(jobs) > 1),
            locks={
                group: tuple(number_of[index] for index in lock)
                for group, lock in problem.locks.items()
            },
        ),
        members=members,
    )


def _each_once(trips: Iterable[Sequence[int]], bundle_of: dict[int, int]) -> list[list[int]]:
    seen: set[int] = set()
    result = []
    for trip in trips:
        bundles = [b for b in dict.fromkeys(bundle_of[index] for index in trip) if b not in seen]
        seen.update(bundles)
        result.append(bundles)
    return result


def _visits(problem: RoutingProblem, together: Sequence[int]) -> list[tuple[int, ...]]:
    """Split a set into bundles of which each takes one visit."""
    visits: list[list[int]] = []
    for index in together:
        for visit in visits:
            if _is_one([problem.jobs[other] for other in (*visit, index)]) and _has_room(
                problem, (*visit, index)
            ):
                visit.append(index)
                break
        else:
            visits.append([index])
    return [tuple(visit) for visit in visits]


def _is_one(jobs: Sequence[Job]) -> bool:
    """Say whether jobs are one visit: a node, a moment, and one due time."""
    dues = {job.due for job in jobs if job.due is not None and job.late_cents_per_min}
    return (
        len({job.node for job in jobs}) == 1
        and max(job.opens for job in jobs) <= min(job.closes for job in jobs)
        and len(dues) <= 1
    )


def _has_room(problem: RoutingProblem, jobs: Sequence[int]) -> bool:
    """Say whether every vehicle that may do all of the jobs has room for them in one trip."""
    one = _as_one([problem.jobs[index] for index in jobs])
    peak = tuple(map(max, zip(one.load, one.pickup or one.load, strict=True)))
    able = [
        group
        for number, group in enumerate(problem.vehicles)
        if group.count and problem.may_do(number)[list(jobs)].all()
    ]
    return bool(able) and all(holds(group, peak) for group in able)


def _as_one(jobs: Sequence[Job]) -> Job:
    """Put jobs of one node as one job."""
    if len(jobs) == 1:
        return jobs[0]
    drops = [job.drop_cents for job in jobs]
    dues = [(job.due, job.late_cents_per_min) for job in jobs if job.due is not None]
    priced = [(due, rate) for due, rate in dues if rate]
    return Job(
        node=jobs[0].node,
        load=tuple(map(sum, zip(*(job.load for job in jobs), strict=True))),
        opens=max(job.opens for job in jobs),
        closes=min(job.closes for job in jobs),
        drop_cents=None if None in drops else sum(cents or 0 for cents in drops),
        due=priced[0][0] if priced else None,
        late_cents_per_min=sum(rate for _, rate in priced),
        max_ride_s=_least([job.max_ride_s for job in jobs]),
        release=max(job.release for job in jobs),
        pickup=tuple(map(sum, zip_longest(*(job.pickup for job in jobs), fillvalue=0))),
        service_s=sum(job.service_s for job in jobs),
    )


def _least(bounds: Sequence[Seconds | None]) -> Seconds | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _group_cents(problem: RoutingProblem, members: Sequence[tuple[int, ...]]) -> IntArray | None:
    if problem.group_cents is None:
        return None
    rows = [problem.group_cents[list(jobs)] for jobs in members]
    return np.array(
        [np.where((row == FORBIDDEN).any(axis=0), FORBIDDEN, row.sum(axis=0)) for row in rows],
        dtype=np.int64,
    ).reshape(len(members), len(problem.vehicles))
