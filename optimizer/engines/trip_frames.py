"""Vehicles as a solver of single routes is offered them: one for every trip that may be made.

OR-Tools builds its routes one by one and asks the rules between two of them only afterwards: of a
hundred candidates with trips chained by their times hardly one survives. So each trip is given a
frame, a departure from which on and a return by which, that no other trip of its vehicle enters;
then trips are routes of their own, and so are releases, for a frame begins when all that may ride
in it is there. Frames are drawn anew around the best answer so far, slice by slice.

Small problems get ``free`` trips in between: frames of a whole shift, where the order of trips
and the releases are left to the solver.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random

import numpy as np

from optimizer.domain.units import Cents, Metres, Seconds
from optimizer.engines.engine import Job, RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.schedule import Schedule, load_of, schedule

MOST_VEHICLES = 200
"""A model of more vehicles is so slow that it pays to offer fewer, if still twice the need."""

MOST_CUTS = 4
"""Into so many frames a shift is cut at most where nothing is known yet."""

LATER_START = 0.5
"""How often a frame begins later than its trip must, so that it is open to later releases."""


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
    holds_cost
        No other trip of the vehicle is made without this one, which holds the vehicle's cost.
    earliest, latest
        The frame: departure from, return by.
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


def framed(
    problem: RoutingProblem, routes: Sequence[RoutingRoute], *, free: bool, dice: Random
) -> list[Frame]:
    """Draw the frames of all trips that the next search may make.

    Parameters
    ----------
    routes
        The best answer so far, which every frame leaves possible.
    free
        Frames of a whole shift; the solver sees to the order of trips and to releases.
    dice
        What is not decided by the routes is drawn.
    """
    offered = _offered(problem)
    frames: list[Frame] = []
    chain = 0
    for number, group in enumerate(problem.vehicles):
        mine = [route for route in routes if route.group == number]
        for place in range(max(offered[number], len(mine))):
            route = mine[place] if place < len(mine) else None
            trips = _trips(problem, number, chain, route, free, dice, cold=not routes)
            frames += _with_lock(problem, group, number, list(trips))
            chain += 1
    return frames


def has_frames(problem: RoutingProblem) -> bool:
    """Say whether a vehicle may make several trips, or a trip may have to wait for a release."""
    first = min((group.earliest for group in problem.vehicles), default=0)
    return any(group.max_trips > 1 for group in problem.vehicles) or any(
        job.release > first for job in problem.jobs
    )


def _offered(problem: RoutingProblem) -> list[int]:
    """Give the number of vehicles of each group that the model has."""
    counts = [min(group.count, len(problem.jobs)) for group in problem.vehicles]
    if sum(counts) > MOST_VEHICLES:
        need = _need(problem)
        counts = [
            min(count, 2 * int(np.ceil(most)) + 10)
            for count, most in zip(counts, need, strict=True)
        ]
    return counts


def _need(problem: RoutingProblem) -> list[float]:
    """Say how many trips of each group alone would carry everything."""
    load = np.sum([job.load for job in problem.jobs], axis=0, dtype=np.float64)
    return [
        float(np.max(load / np.maximum(np.array(group.capacity), 1), initial=1.0))
        for group in problem.vehicles
    ]


def _trips(
    problem: RoutingProblem,
    number: int,
    chain: int,
    route: RoutingRoute | None,
    free: bool,
    dice: Random,
    *,
    cold: bool,
) -> Iterator[Frame]:
    """Give the frames of one vehicle, in order."""
    group = problem.vehicles[number]
    whole = _whole(group, number, chain)
    timed = None if route is None else schedule(problem, route)
    if free:
        made = () if route is None else route.trips
        offered = min(group.max_trips, max(len(made) + 1, _cuts(problem) if cold else 1))
        for trip in range(offered):
            cents = whole.fixed_cents if trip == 0 else 0
            jobs = made[trip] if trip < len(made) else ()
            yield replace(
                whole, fixed_cents=cents, holds_cost=trip == 0, free=True, jobs=tuple(jobs)
            )
    elif route is None or timed is None:
        cuts = _cuts(problem) if cold else 1
        yield from _cut(problem, group, whole, cuts, dice)
    else:
        yield from _around(problem, group, whole, route, timed, dice)


def _whole(group: VehicleGroup, number: int, chain: int) -> Frame:
    bounds = [group.max_trip_s, group.max_duration_s if group.max_trips == 1 else None]
    return Frame(
        group=number,
        chain=chain,
        start=group.start,
        capacity=group.capacity,
        fixed_cents=group.fixed_cents,
        earliest=group.earliest,
        latest=max(group.earliest, group.latest),
        longest_s=min((bound for bound in bounds if bound is not None), default=None),
        longest_m=group.max_trip_m,
    )


def _cuts(problem: RoutingProblem) -> int:
    """Say into how many frames a shift is cut where nothing is known yet."""
    most = max((group.max_trips for group in problem.vehicles), default=1)
    if most == 1:
        return 1
    shares = [
        group.count / need for group, need in zip(problem.vehicles, _need(problem), strict=True)
    ]
    need = int(np.ceil(1.2 / max(sum(shares), 1e-9)))
    return max(1, min(most, MOST_CUTS, max(need, len({job.release for job in problem.jobs}))))


def _cut(
    problem: RoutingProblem, group: VehicleGroup, whole: Frame, cuts: int, dice: Random
) -> Iterator[Frame]:
    """Cut the shift of a vehicle that does nothing yet; each trip then bears the vehicle's cost."""
    cuts = min(cuts, group.max_trips)
    begins, ends = whole.earliest, whole.latest
    releases = sorted({job.release for job in problem.jobs if begins < job.release < ends})
    if cuts == 1:
        late = dice.choice(releases) if releases else begins
        yield replace(whole, earliest=dice.choice([begins, late]))
        return
    if group.max_duration_s is not None and group.max_duration_s < ends - begins:
        begins += dice.randint(0, ends - begins - group.max_duration_s)
        ends = begins + group.max_duration_s
    if len(releases) + 1 == cuts:
        edges = [begins, *releases, ends + group.reload_s]
    else:
        edges = [begins + (ends + group.reload_s - begins) * k // cuts for k in range(cuts + 1)]
    for edge, following in pairwise(edges):
        yield replace(whole, earliest=edge, latest=max(edge, following - group.reload_s))


def _around(
    problem: RoutingProblem,
    group: VehicleGroup,
    whole: Frame,
    route: RoutingRoute,
    timed: Schedule,
    dice: Random,
) -> Iterator[Frame]:
    """Draw frames around the trips of a route, and one for a further trip in a gap."""
    trips = route.trips
    slots, spare = _slots(
        group, _window(group, whole, timed, dice), timed, dice, locked=whole.group in problem.locks
    )
    holder = max(range(len(trips)), key=lambda trip: len(trips[trip]))
    for place, (begins, ends) in enumerate(slots):
        if spare is not None and spare[0] == place:
            yield _spare(whole, spare[1], dice)
        departs = timed.trips[place].departs
        ready = max([begins, *(problem.jobs[index].release for index in trips[place])])
        yield replace(
            whole,
            fixed_cents=whole.fixed_cents if place == holder else 0,
            holds_cost=place == holder,
            earliest=_drawn(ready, departs, dice),
            latest=ends,
            jobs=tuple(trips[place]),
        )
    if spare is not None and spare[0] == len(slots):
        yield _spare(whole, spare[1], dice)


def _slots(
    group: VehicleGroup,
    window: tuple[Seconds, Seconds],
    timed: Schedule,
    dice: Random,
    *,
    locked: bool,
) -> tuple[list[tuple[Seconds, Seconds]], tuple[int, tuple[Seconds, Seconds]] | None]:
    """Draw what of a shift each trip may use, and perhaps a gap before some trip for another."""
    departs = [trip.departs for trip in timed.trips]
    returns = [trip.returns for trip in timed.trips]
    trips = len(departs)
    begins, ends = [window[0], *departs[1:]], [*returns[:-1], window[1]]
    first = 1 if locked else 0
    drawn = dice.randint(first, trips) if trips < group.max_trips else None
    spare = None
    for gap in range(trips + 1):
        opens = window[0] if gap == 0 else returns[gap - 1] + group.reload_s
        shuts = window[1] if gap == trips else departs[gap] - group.reload_s
        if gap == drawn and opens < shuts:
            spare = (gap, (opens, shuts))
            begins[gap : gap + 1] = departs[gap : gap + 1]
            if gap == trips:
                ends[-1] = returns[-1]
        elif 0 < gap < trips:
            begins[gap] = dice.randint(opens, departs[gap])
            ends[gap - 1] = begins[gap] - group.reload_s
    return list(zip(begins, ends, strict=True)), spare


def _spare(whole: Frame, slot: tuple[Seconds, Seconds], dice: Random) -> Frame:
    opens, shuts = slot
    return replace(whole, fixed_cents=0, earliest=_drawn(opens, shuts, dice), latest=shuts)


def _drawn(least: Seconds, most: Seconds, dice: Random) -> Seconds:
    """Draw where a frame begins: as early as may be, or anywhere up to the departure."""
    return dice.randint(least, most) if dice.random() < LATER_START and least < most else least


def _window(
    group: VehicleGroup, whole: Frame, timed: Schedule, dice: Random
) -> tuple[Seconds, Seconds]:
    """Draw which part of the shift a vehicle works in, as long as it may and around its trips."""
    longest = group.max_duration_s
    if longest is None or group.max_trips == 1 or longest >= whole.latest - whole.earliest:
        return whole.earliest, whole.latest
    least = max(whole.earliest, timed.returns - longest)
    begins = dice.randint(least, max(least, timed.departs))
    return begins, min(whole.latest, begins + longest)


def _with_lock(
    problem: RoutingProblem, group: VehicleGroup, number: int, frames: list[Frame]
) -> list[Frame]:
    """Let the first trip of a group begin behind what is settled of it."""
    lock = problem.locks.get(number, ())
    settled = schedule(problem, RoutingRoute(group=number, jobs=lock)) if lock else None
    if settled is None:
        return frames
    jobs: list[Job] = [problem.jobs[index] for index in lock]
    taken = [
        max(used, back) for used, back in zip(load_of(problem, lock), _back(jobs), strict=True)
    ]
    nodes = [group.start, *(job.node for job in jobs)]
    driven = sum(int(problem.duration_s[group.profile][a, b]) for a, b in pairwise(nodes) if a != b)
    metres = sum(int(problem.distance_m[a, b]) for a, b in pairwise(nodes) if a != b)
    begins, departs = settled.leaves[-1], settled.departs
    latest = group.latest
    if group.max_duration_s is not None:
        latest = min(latest, departs + group.max_duration_s)
    kept = [
        replace(frame, fixed_cents=0, latest=max(frame.earliest, min(latest, frame.latest)))
        for frame in frames
    ]
    first = kept[0]
    kept[0] = replace(
        first,
        start=jobs[-1].node,
        capacity=tuple(max(0, x - y) for x, y in zip(first.capacity, taken, strict=True)),
        earliest=begins,
        latest=max(begins, first.latest),
        loaded_by=departs,
        longest_s=None if first.longest_s is None else max(0, departs + first.longest_s - begins),
        longest_m=None if first.longest_m is None else max(0, first.longest_m - metres),
        begun=lock,
        driven_s=driven,
        jobs=first.jobs[len(lock) :] if first.jobs[: len(lock)] == lock else (),
    )
    return kept


def _back(jobs: Sequence[Job]) -> tuple[int, ...]:
    """Add up what jobs bring back."""
    dimensions = len(jobs[0].load)
    backs = [job.pickup or (0,) * dimensions for job in jobs]
    return tuple(sum(back[dimension] for back in backs) for dimension in range(dimensions))
