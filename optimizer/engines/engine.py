"""The words of a routing problem and the protocol that every routing solver answers to.

A routing problem is what remains of one grid and wave (or of a benchmark file) when everything
but routing is decided: nodes, jobs with loads and windows, groups of equal vehicles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import accumulate, chain, pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optimizer.domain.driving import BreakRule
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Cents, Metres, Millilitres, Seconds
from optimizer.engines.known import Known

FORBIDDEN = -1
"""In ``RoutingProblem.group_cents``: no vehicle of the group may do the job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to deliver at a node, whole or not at all.

    Parameters
    ----------
    node
        Row of the matrices.
    load
        Demand per capacity dimension, the same dimensions as ``VehicleGroup.capacity``.
    opens, closes
        Service starts inside this window.
    drop_cents
        Cost of leaving the job out; None means it must be done.
    due, late_cents_per_min
        From this moment on each minute costs; None means no due time.
    max_ride_s
        Longest time from the departure of its trip to the start of this job's service.
    release
        Its trip departs no earlier.
    pickup
        What is taken back from the node, in the same dimensions; empty where nothing is.
    service_s
        What the job adds to the service of its node, whether or not it shares that with others.
    """

    node: int
    load: tuple[int, ...]
    opens: Seconds
    closes: Seconds
    drop_cents: Cents | None = None
    due: Seconds | None = None
    late_cents_per_min: Cents = 0
    max_ride_s: Seconds | None = None
    release: Seconds = 0
    pickup: tuple[int, ...] = ()
    service_s: Seconds = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulkheads:
    """Movable bulkheads, set anew for every trip.

    The dimensions named are compartments that lie behind each other in this order. Each used
    compartment but the last is a whole number of steps; the last takes the rest of the body.

    Parameters
    ----------
    dimensions
        Capacity dimensions of the compartments, from the front.
    step_ml, body_ml
        Step of the bulkheads and volume of the body.
    """

    dimensions: tuple[int, ...]
    step_ml: Millilitres
    body_ml: Millilitres


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleGroup:
    """Equal vehicles.

    Parameters
    ----------
    count
        How many there are.
    profile
        Which duration matrix they drive by.
    start, end
        Nodes where a route begins and ends.
    earliest, latest
        Earliest departure and latest return.
    max_duration_s
        Longest route from its first departure to its last return.
    max_trips
        How often each may be loaded; more than one needs ``start == end``.
    reload_s
        Time at home between the return of one trip and the departure of the next.
    max_trip_s, max_trip_m
        Longest trip from departure to return, and its longest way.
    breaks
        When the driver rests; None means that no trip needs a rest.
    bulkheads
        Movable bulkheads; then ``capacity`` holds what each compartment could be at most.
    """

    count: int
    capacity: tuple[int, ...]
    fixed_cents: Cents
    cents_per_km: Cents
    cents_per_h: Cents
    start: int
    end: int
    earliest: Seconds
    latest: Seconds
    max_duration_s: Seconds | None = None
    profile: int = 0
    max_trips: int = 1
    reload_s: Seconds = 0
    max_trip_s: Seconds | None = None
    max_trip_m: Metres | None = None
    breaks: BreakRule | None = None
    bulkheads: Bulkheads | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoutingProblem:
    """One routing problem; what has been worked out of it already is kept in ``known``.

    Parameters
    ----------
    distance_m
        Shape (nodes, nodes); ``UNREACHABLE`` (-1) where there is no way.
    duration_s
        One matrix per speed profile, same shape, without service.
    service_s
        Service time per node, charged on every arrival from another node: jobs of one node that
        follow each other share one service, and with it one service start inside all their windows.
        The start of a route counts as another node even where the first job is right there.
    group_cents
        Shape (jobs, groups): cents added when a vehicle of that group does the job, ``FORBIDDEN``
        where none of them may; None where all groups may do all jobs and nothing is added.
    together
        Sets of jobs that one vehicle does, on whichever of its trips, or nobody does.
    locks
        Beginnings that are settled: group → the jobs with which the first trip of its vehicle
        begins, in order. Such a group has one vehicle.
    """

    distance_m: IntArray
    duration_s: tuple[IntArray, ...]
    service_s: tuple[Seconds, ...]
    jobs: tuple[Job, ...]
    vehicles: tuple[VehicleGroup, ...]
    group_cents: IntArray | None = None
    together: tuple[frozenset[int], ...] = ()
    locks: Mapping[int, tuple[int, ...]] = field(default_factory=dict)
    known: Known = field(default_factory=Known, init=False, repr=False)

    def may_do(self, group: int) -> npt.NDArray[np.bool_]:
        """Say of every job whether the vehicles of a group may do it."""
        if self.group_cents is None:
            return np.ones(len(self.jobs), dtype=np.bool_)
        allowed: npt.NDArray[np.bool_] = self.group_cents[:, group] != FORBIDDEN
        return allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRoute:
    """The jobs that one vehicle of a group does, in order, as indices into ``jobs``.

    Parameters
    ----------
    reloads
        Ascending positions in ``jobs`` before which the vehicle returns home and is loaded anew.
    """

    group: int
    jobs: tuple[int, ...]
    reloads: tuple[int, ...] = ()

    @property
    def trips(self) -> tuple[tuple[int, ...], ...]:
        """The jobs of each trip; none is empty."""
        if not self.reloads:
            return (self.jobs,)
        edges = (0, *self.reloads, len(self.jobs))
        return tuple(self.jobs[a:b] for a, b in pairwise(edges))

    @classmethod
    def of_trips(cls, group: int, trips: Iterable[Sequence[int]]) -> RoutingRoute:
        """Make a route of trips; empty ones are passed over."""
        kept = [tuple(trip) for trip in trips if trip]
        ends = list(accumulate(len(trip) for trip in kept))
        return cls(group=group, jobs=tuple(chain.from_iterable(kept)), reloads=tuple(ends[:-1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingAnswer:
    """Routes, the jobs left out, and the exact cost of both in thousandths of a cent."""

    routes: tuple[RoutingRoute, ...]
    dropped: tuple[int, ...]
    cost_millicents: int


class Ability(Enum):
    """What not every solver can be told; what it is not told, ``repair`` mends afterwards."""

    BREAKS = "breaks"
    SOFT_DUE = "soft_due"
    TOGETHER = "together"
    LOCKS = "locks"
    TRIPS = "trips"


def asked_of(problem: RoutingProblem) -> frozenset[Ability]:
    """Name the abilities that a problem asks for."""
    asked = {
        Ability.TRIPS: any(group.max_trips > 1 for group in problem.vehicles),
        Ability.BREAKS: any(group.breaks is not None for group in problem.vehicles),
        Ability.SOFT_DUE: any(j.due is not None and j.late_cents_per_min for j in problem.jobs),
        Ability.TOGETHER: bool(problem.together),
        Ability.LOCKS: bool(problem.locks),
    }
    return frozenset(ability for ability, needed in asked.items() if needed)


class Engine(Protocol):
    """A routing solver.

    An answer respects every rule of the problem; a job without ``drop_cents`` that cannot be
    done is an ``EngineFailed``. ``start`` is a warm start: the answer is never worse than it.
    """

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        ...

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        ...

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit."""
        ...
