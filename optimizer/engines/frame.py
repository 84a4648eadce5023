"""One trip as a solver is told of it, and what is settled of the first trip of a vehicle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from optimizer.domain.units import Cents, Metres, Seconds
from optimizer.engines.engine import RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.schedule import load_of, schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A vehicle of the model: one trip of a vehicle.

    Parameters
    ----------
    group, chain
        Group of the vehicle, and its number; the trips of a vehicle follow each other.
    start
        Node where the trip begins: behind what is settled of it.
    capacity
        What is free besides what is settled.
    fixed_cents
        The vehicle's cost, with one of its trips.
    earliest, latest
        The frame: departure from, return by.
    holds_cost
        No other trip of the vehicle is made without this one, which holds the vehicle's cost.
    free
        The solver sees to the order of trips and to releases.
    loaded_by
        What is released later may not ride.
    longest_s, longest_m
        Longest trip, in what is left besides what is settled; None for any.
    begun
        Jobs with which the trip begins, settled and not part of the model.
    driven_s
        Driving on what is settled.
    jobs
        What the best answer so far does on this trip, ``begun`` left out.
    """

    group: int
    chain: int
    start: int
    capacity: tuple[int, ...]
    fixed_cents: Cents
    earliest: Seconds
    latest: Seconds
    holds_cost: bool = False
    free: bool = False
    loaded_by: Seconds | None = None
    longest_s: Seconds | None = None
    longest_m: Metres | None = None
    begun: tuple[int, ...] = ()
    driven_s: Seconds = 0
    jobs: tuple[int, ...] = ()

    @property
    def released_by(self) -> Seconds | None:
        """Until when a job must be released to ride; None where the solver sees to it."""
        if self.loaded_by is not None:
            return self.loaded_by
        return None if self.free else self.earliest


def behind_lock(
    problem: RoutingProblem, route: RoutingRoute | None, trips: list[Frame]
) -> list[Frame]:
    """Let the first trip of a vehicle begin behind what is settled of it.

    Parameters
    ----------
    problem
        With its locks.
    route
        What the best answer so far does with the vehicle.
    trips
        The frames of the vehicle, in order; those of other groups stay as they are.
    """
    number = trips[0].group if trips else 0
    lock = problem.locks.get(number, ())
    settled = _settled(problem, number, lock, route) if lock and trips else None
    if settled is None:
        return trips
    departs, begins = settled
    group = problem.vehicles[number]
    latest = group.latest
    if group.max_duration_s is not None:
        latest = min(latest, departs + group.max_duration_s)
    kept = [
        replace(frame, fixed_cents=0, latest=max(frame.earliest, min(latest, frame.latest)))
        for frame in trips
    ]
    first = kept[0]
    driven_s, driven_m = _driven(problem, group, lock)
    taken = map(max, zip(load_of(problem, lock), _back(problem, lock), strict=True))
    kept[0] = replace(
        first,
        start=problem.jobs[lock[-1]].node,
        capacity=tuple(max(0, x - y) for x, y in zip(first.capacity, taken, strict=True)),
        earliest=begins,
        latest=max(begins, first.latest),
        loaded_by=departs,
        longest_s=None if first.longest_s is None else max(0, departs + first.longest_s - begins),
        longest_m=None if first.longest_m is None else max(0, first.longest_m - driven_m),
        begun=lock,
        driven_s=driven_s,
        jobs=first.jobs[len(lock) :] if first.jobs[: len(lock)] == lock else (),
    )
    return kept


def _settled(
    problem: RoutingProblem, number: int, lock: tuple[int, ...], route: RoutingRoute | None
) -> tuple[Seconds, Seconds] | None:
    """Say when a vehicle departs and is done with what is settled; None if it never can be.

    As early as it can, unless its first trip has to wait for more than that.
    """
    alone = schedule(problem, RoutingRoute(group=number, jobs=lock))
    if alone is None:
        return None
    first = () if route is None else route.trips[0]
    if route is not None and any(problem.jobs[i].release > alone.departs for i in first):
        timed = schedule(problem, route)
        if timed is not None:
            return timed.departs, timed.leaves[len(lock) - 1]
    return alone.departs, alone.leaves[-1]


def _driven(
    problem: RoutingProblem, group: VehicleGroup, lock: tuple[int, ...]
) -> tuple[Seconds, Metres]:
    """Add up the seconds and metres of what is settled."""
    nodes = [group.start, *(problem.jobs[index].node for index in lock)]
    legs = [(a, b) for a, b in pairwise(nodes) if a != b]
    seconds = sum(int(problem.duration_s[group.profile][leg]) for leg in legs)
    return seconds, sum(int(problem.distance_m[leg]) for leg in legs)


def _back(problem: RoutingProblem, jobs: tuple[int, ...]) -> tuple[int, ...]:
    """Add up what jobs bring back."""
    backs = [problem.jobs[i].pickup or (0,) * len(problem.jobs[i].load) for i in jobs]
    return tuple(map(sum, zip(*backs, strict=True)))
