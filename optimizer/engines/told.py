"""A routing problem in the integers that a solver of routes takes, as a view tells it.

Locations are the nodes that have jobs, then the ends of routes. Where groups add cents to jobs,
every job has a location of its own and every kind of group a profile of its own, whose distances
are millicents. Service is charged on the way into a node, and the clock of a visit is the end of
its service: jobs of one node that follow each other are then 0 s apart and share one service.

A vehicle of several trips is loaded anew on its way home: the time is part of every way there,
and home closes later by as long. A home has an end for each length of loading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, VehicleGroup
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import is_timeless, narrowed_closes, room_of, service_starts
from optimizer.engines.view import Dues, View
from optimizer.engines.ways import forbids, metres_between, seconds_between, ways_by_group

Matrix: TypeAlias = Any
"""A solver's annotation of a matrix, ``ndarray[int]``, is none that numpy knows."""

UNBOUNDED = int(np.iinfo(np.int64).max)
"""The solver's word for no bound at all, and for the cost of an infeasible solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A job of the view.

    Parameters
    ----------
    opens, closes
        When the service of its node may end.
    service
        What the job adds to that service.
    prize
        What leaving it out costs, in millicents.
    """

    location: int
    delivery: tuple[int, ...]
    pickup: tuple[int, ...]
    service: Seconds
    opens: Seconds
    closes: Seconds
    release: Seconds
    prize: int
    required: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Equal vehicles.

    Parameters
    ----------
    start, end
        Numbers of ends.
    fixed, per_metre, per_second
        Costs in millicents.
    longest, farthest
        Most seconds and most distance of a whole route.
    reloads
        How often they are loaded anew.
    """

    count: int
    capacity: tuple[int, ...]
    start: int
    end: int
    fixed: int
    per_metre: int
    per_second: int
    profile: int
    earliest: Seconds
    latest: Seconds
    longest: Seconds
    farthest: int
    reloads: int


class Told:
    """What a solver is told of a problem.

    Parameters
    ----------
    problem, view
        The problem, and how much of it is told.
    start
        A warm start; its lateness is known.
    """

    def __init__(self, problem: RoutingProblem, view: View, start: RoutingAnswer | None) -> None:
        self.problem = problem
        self.view = view
        self.groups = [number for number, group in enumerate(problem.vehicles) if group.count > 0]
        self.timeless = is_timeless(problem) and not forbids(problem)
        starts = None if view.dues is Dues.OPEN else service_starts(problem, start)
        self._closes = narrowed_closes(problem, starts=starts)
        self._room = room_of(problem, steps=view.steps)
        latest = [group.latest + loading_s(group) for group in problem.vehicles]
        self.beyond = 1 + max(latest, default=0)
        homes = {(end, loading_s(g)) for g in problem.vehicles for end in (g.start, g.end)}
        self._end_of = {home: place for place, home in enumerate(sorted(homes))}
        ends = [node for node, _ in sorted(homes)]
        nodes = sorted({problem.jobs[index].node for index in view.jobs})
        if problem.group_cents is None:
            places = {node: place for place, node in enumerate(nodes)}
            self._location_of = {index: places[problem.jobs[index].node] for index in view.jobs}
            self.distances, self.durations = self._matrices([*nodes, *ends], len(nodes))
            self._kind_of = [group.profile for group in problem.vehicles]
        else:
            self._location_of = {index: place for place, index in enumerate(view.jobs)}
            ways, self._kind_of = ways_by_group(problem, view.jobs, ends, beyond=self.beyond)
            self.distances = [kind.millicents for kind in ways]
            self.durations = [kind.seconds for kind in ways]
        first_end = 1 + max(self._location_of.values(), default=-1)
        self.ends = [first_end + place for place in range(len(ends))]
        self.locations = first_end + len(ends)
        self._charge_loading()

    def clients(self) -> list[Client]:
        """Give the jobs of the view, in its order."""
        return [self._client(index) for index in self.view.jobs]

    def fleets(self) -> list[Fleet]:
        """Give the groups that have vehicles, in the order of ``groups``."""
        return [self._fleet(number) for number in self.groups]

    def first_penalties(
        self, load_penalty: float, time_penalty: float
    ) -> tuple[list[float], float, float]:
        """Price a unit of load, a second and a unit of distance by what an average way costs."""
        metres = max(1.0, float(np.mean(self.distances[0])))
        durations: npt.NDArray[np.int64] = np.asarray(self.durations[0], dtype=np.int64)
        if self.problem.group_cents is not None:
            # What a group may not do says nothing of how long ways take.
            durations = durations[durations < self.beyond]
        seconds = max(1.0, float(np.mean(durations)))
        fleets = self.fleets()
        way = float(np.mean([f.per_metre * metres + f.per_second * seconds for f in fleets]))
        loads = np.array([client.delivery for client in self.clients()], dtype=np.float64)
        mean = np.maximum(1.0, loads.mean(axis=0)) if loads.size else np.zeros(0)
        per_load = [load_penalty * way / float(load) for load in mean]
        return per_load, time_penalty * way / seconds, time_penalty * way / metres

    def _matrices(self, places: Sequence[int], with_jobs: int) -> tuple[list[Matrix], list[Matrix]]:
        """Give distances and durations per profile, with service on the way into a job's node.

        A missing way is farther than all ways together and takes longer than any shift.
        """
        problem = self.problem
        nodes = np.array(places, dtype=np.int64)
        metres = metres_between(problem, nodes, len(problem.jobs))
        durations = [
            seconds_between(problem, profile, nodes, with_jobs, self.beyond)
            for profile in range(len(problem.duration_s))
        ]
        for matrix in (metres, *durations):
            np.fill_diagonal(matrix, 0)
        return [metres] * len(durations), durations

    def _charge_loading(self) -> None:
        for (_, loading), place in self._end_of.items():
            home = self.ends[place]
            for matrix in self.durations if loading else ():
                matrix[np.arange(len(matrix)) != home, home] += loading

    def _client(self, index: int) -> Client:
        job = self.problem.jobs[index]
        service = self.problem.service_s[job.node]
        closes = self._closes[index]
        dimensions = list(self.view.dimensions)
        latest = UNBOUNDED if self.timeless else max(0, closes + service)
        return Client(
            location=self._location_of[index],
            delivery=_amounts(self._room.deliveries, index, dimensions),
            pickup=_amounts(self._room.pickups, index, dimensions) if job.pickup else (),
            service=job.service_s,
            opens=0 if self.timeless else max(0, min(job.opens, closes) + service),
            closes=latest,
            release=0 if self.timeless else min(job.release, latest),
            prize=(job.drop_cents or 0) * MILLICENTS_PER_CENT,
            required=job.drop_cents is None or index in self.view.required,
        )

    def _fleet(self, number: int) -> Fleet:
        group = self.problem.vehicles[number]
        loading = loading_s(group)
        longest = group.max_duration_s
        return Fleet(
            count=min(group.count, len(self.view.jobs)),
            capacity=_amounts(self._room.capacity, number, list(self.view.dimensions)),
            start=self._end_of[group.start, loading],
            end=self._end_of[group.end, loading],
            fixed=group.fixed_cents * MILLICENTS_PER_CENT,
            per_metre=group.cents_per_km if self.problem.group_cents is None else 1,
            per_second=nearest_div(group.cents_per_h * MILLICENTS_PER_CENT, 3600),
            profile=self._kind_of[number],
            earliest=0 if self.timeless else group.earliest,
            latest=UNBOUNDED if self.timeless else max(group.earliest, group.latest + loading),
            longest=UNBOUNDED if longest is None or self.timeless else longest + loading,
            farthest=self._farthest(group),
            reloads=min(group.max_trips, len(self.view.jobs)) - 1 if group.max_trips > 1 else 0,
        )

    def _farthest(self, group: VehicleGroup) -> int:
        """Bound a route by what bounds its only trip; where distances are cents, by their price."""
        if group.max_trip_m is None or group.max_trips > 1:
            return UNBOUNDED
        if self.problem.group_cents is None:
            return group.max_trip_m
        free = int(self.problem.group_cents.max(initial=0)) == 0
        return group.max_trip_m * group.cents_per_km if free and group.cents_per_km else UNBOUNDED


def loading_s(group: VehicleGroup) -> Seconds:
    """Say how long a vehicle is loaded between two trips; nothing where it makes one only."""
    return group.reload_s if group.max_trips > 1 else 0


def _amounts(table: IntArray, row: int, dimensions: list[int]) -> tuple[int, ...]:
    amounts: list[int] = table[row, dimensions].tolist()
    return tuple(amounts)
