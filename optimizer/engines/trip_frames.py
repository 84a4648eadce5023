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
from itertools import count, pairwise
from random import Random
from typing import TypeAlias

import numpy as np

from optimizer.domain.units import Seconds
from optimizer.engines.engine import RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.frame import Frame, behind_lock
from optimizer.engines.schedule import Schedule, schedule

MOST_VEHICLES = 200
"""A model of more vehicles is so slow that it pays to offer fewer, if still twice the need."""

MOST_CUTS = 4
"""Into so many frames a shift is cut at most where nothing is known yet."""

Span: TypeAlias = tuple[Seconds, Seconds]

LATER_START = 0.5
"""How often a frame begins later than its trip must, so that it is open to later releases."""


def framed(
    problem: RoutingProblem, routes: Sequence[RoutingRoute], *, free: bool, dice: Random
) -> list[Frame]:
    """Draw the frames of all trips that the next search may make.

    Parameters
    ----------
    problem
        The vehicles are offered for its jobs.
    routes
        The best answer so far, which every frame leaves possible.
    free
        Frames of a whole shift; the solver sees to the order of trips and to releases.
    dice
        What is not decided by the routes is drawn.
    """
    offered = _offered(problem)
    cuts = 1 if routes else _cuts(problem)
    frames: list[Frame] = []
    chains = count()
    for number, group in enumerate(problem.vehicles):
        mine = [route for route in routes if route.group == number]
        for place in range(max(offered[number], len(mine))):
            route = mine[place] if place < len(mine) else None
            whole = _whole(group, number, next(chains))
            if free:
                trips = list(_free(group, whole, route, cuts))
            else:
                trips = list(_fixed(_Around(problem, route, dice), whole, cuts))
            frames += behind_lock(problem, route, trips)
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


def _free(
    group: VehicleGroup, whole: Frame, route: RoutingRoute | None, cuts: int
) -> Iterator[Frame]:
    """Offer the trips that a vehicle makes, and one more, at any time of its shift."""
    made = () if route is None else route.trips
    for trip in range(min(group.max_trips, max(len(made) + 1, cuts))):
        yield replace(
            whole,
            fixed_cents=whole.fixed_cents if trip == 0 else 0,
            holds_cost=trip == 0,
            free=True,
            jobs=made[trip] if trip < len(made) else (),
        )


def _fixed(known: _Around, whole: Frame, cuts: int) -> Iterator[Frame]:
    """Offer the trips that a vehicle makes in frames around them; where it makes none, cut."""
    group = known.problem.vehicles[whole.group]
    timed = None if known.route is None else schedule(known.problem, known.route)
    if known.route is None or timed is None:
        return _cut(known.problem, whole, min(cuts, group.max_trips), known.dice)
    return _around(known, whole, known.route.trips, timed)


@dataclass(frozen=True, slots=True)
class _Around:
    """What frames are drawn from."""

    problem: RoutingProblem
    route: RoutingRoute | None
    dice: Random


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


def _cut(problem: RoutingProblem, whole: Frame, cuts: int, dice: Random) -> Iterator[Frame]:
    """Cut the shift of a vehicle that does nothing yet; each trip then bears the vehicle's cost."""
    group = problem.vehicles[whole.group]
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
    known: _Around, whole: Frame, trips: Sequence[tuple[int, ...]], timed: Schedule
) -> Iterator[Frame]:
    """Draw frames around the trips of a route, and one for a further trip in a gap."""
    dice = known.dice
    group = known.problem.vehicles[whole.group]
    gaps = range(1 if whole.group in known.problem.locks else 0, len(trips) + 1)
    drawn = dice.choice(gaps) if len(trips) < group.max_trips else None
    slots, spare = _slots(group, _window(group, whole, timed, dice), timed, drawn, dice)
    holder = max(range(len(trips)), key=lambda trip: len(trips[trip]))
    for place, (begins, ends) in enumerate(slots):
        if spare is not None and drawn == place:
            yield _spare(whole, spare, dice)
        ready = max([begins, *(known.problem.jobs[index].release for index in trips[place])])
        yield replace(
            whole,
            fixed_cents=whole.fixed_cents if place == holder else 0,
            holds_cost=place == holder,
            earliest=_drawn(ready, timed.trips[place].departs, dice),
            latest=ends,
            jobs=trips[place],
        )
    if spare is not None and drawn == len(slots):
        yield _spare(whole, spare, dice)


def _slots(
    group: VehicleGroup, window: Span, timed: Schedule, drawn: int | None, dice: Random
) -> tuple[list[Span], Span | None]:
    """Draw what of a shift each trip may use, and what a further one in the gap drawn may use."""
    departs = [trip.departs for trip in timed.trips]
    returns = [trip.returns for trip in timed.trips]
    trips = len(departs)
    begins, ends = [window[0], *departs[1:]], [*returns[:-1], window[1]]
    spare = None
    for gap in range(trips + 1):
        opens = window[0] if gap == 0 else returns[gap - 1] + group.reload_s
        shuts = window[1] if gap == trips else departs[gap] - group.reload_s
        if gap == drawn and opens < shuts:
            spare = (opens, shuts)
            begins[gap : gap + 1] = departs[gap : gap + 1]
            if gap == trips:
                ends[-1] = returns[-1]
        elif 0 < gap < trips:
            begins[gap] = dice.randint(opens, departs[gap])
            ends[gap - 1] = begins[gap] - group.reload_s
    return list(zip(begins, ends, strict=True)), spare


def _spare(whole: Frame, slot: Span, dice: Random) -> Frame:
    opens, shuts = slot
    return replace(whole, fixed_cents=0, earliest=_drawn(opens, shuts, dice), latest=shuts)


def _drawn(least: Seconds, most: Seconds, dice: Random) -> Seconds:
    """Draw where a frame begins: as early as may be, or anywhere up to the departure."""
    return dice.randint(least, most) if dice.random() < LATER_START and least < most else least


def _window(group: VehicleGroup, whole: Frame, timed: Schedule, dice: Random) -> Span:
    """Draw which part of the shift a vehicle works in, as long as it may and around its trips."""
    longest = group.max_duration_s
    if longest is None or group.max_trips == 1 or longest >= whole.latest - whole.earliest:
        return whole.earliest, whole.latest
    least = max(whole.earliest, timed.returns - longest)
    begins = dice.randint(least, max(least, timed.departs))
    return begins, min(whole.latest, begins + longest)
