"""The words of a routing problem and the protocol that every routing solver answers to.

A routing problem is what remains of one grid and wave (or of a benchmark file) when everything
but routing is decided: nodes, jobs with loads and windows, groups of equal vehicles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Cents, Seconds

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
        Longest time from the route's departure to the start of this job's service.
    """

    node: int
    load: tuple[int, ...]
    opens: Seconds
    closes: Seconds
    drop_cents: Cents | None = None
    due: Seconds | None = None
    late_cents_per_min: Cents = 0
    max_ride_s: Seconds | None = None


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
        Longest route from departure to return.
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoutingProblem:
    """One routing problem.

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
    """

    distance_m: IntArray
    duration_s: tuple[IntArray, ...]
    service_s: tuple[Seconds, ...]
    jobs: tuple[Job, ...]
    vehicles: tuple[VehicleGroup, ...]
    group_cents: IntArray | None = None

    def may_do(self, group: int) -> npt.NDArray[np.bool_]:
        """Say of every job whether the vehicles of a group may do it."""
        if self.group_cents is None:
            return np.ones(len(self.jobs), dtype=np.bool_)
        allowed: npt.NDArray[np.bool_] = self.group_cents[:, group] != FORBIDDEN
        return allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingRoute:
    """The jobs that one vehicle of a group does, in order, as indices into ``jobs``."""

    group: int
    jobs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingAnswer:
    """Routes, the jobs left out, and the exact cost of both in thousandths of a cent."""

    routes: tuple[RoutingRoute, ...]
    dropped: tuple[int, ...]
    cost_millicents: int


class Engine(Protocol):
    """A routing solver.

    An answer respects every rule of the problem; a job without ``drop_cents`` that cannot be
    done is an ``EngineFailed``. ``start`` is a warm start: the answer is never worse than it.
    """

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
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
