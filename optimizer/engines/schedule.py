"""Exact times, cost and faults of routes: the arithmetic that every engine's answer goes through.

The trips of a route follow each other, each as early as the one before and the goods let it
leave; ``trip_times`` says how one of them is timed, ``loads`` what it has on board. Because
putting a departure off never moves a return, trips can be put off one by one. Only a longest
duration of the whole route ties them together. Where it is passed, the route sets out anew so
late that its last return, if it stays, is just in time; if that return moves, there is no wait
left on the way that a later departure could take out, and no schedule exists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise
from math import inf

from optimizer.domain.units import Metres, Seconds, nearest_div
from optimizer.engines.engine import (
    FORBIDDEN,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.loads import fits, holds, load_of, peak_of
from optimizer.engines.trip_times import TimedTrip, TripTimes, time_trip

__all__ = [
    "MILLICENTS_PER_CENT",
    "Schedule",
    "TripTimes",
    "added_millicents",
    "answer_of",
    "cost_millicents",
    "driven_millicents",
    "drop_millicents",
    "faults",
    "fits",
    "holds",
    "is_feasible",
    "late_millicents",
    "load_of",
    "peak_of",
    "route_millicents",
    "schedule",
    "visits_of",
]

MILLICENTS_PER_CENT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a route is where, and what follows from it.

    Parameters
    ----------
    departs, returns
        When the vehicle leaves its start first and reaches its end last.
    arrives, starts, leaves
        Per job of the route, over all its trips: arrival at its node, start and end of its
        service. Jobs that share one service have the same three times.
    distance_m, duration_s
        From departure to return of each trip, all trips together.
    late_s
        Per job: seconds by which its service starts after its due time.
    cost_millicents
        Vehicle, distance, time, lateness, and what its group adds to its jobs.
    trips
        Each trip by itself, in order.
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
    trips: tuple[TripTimes, ...]


def visits_of(problem: RoutingProblem, route: RoutingRoute) -> Iterator[tuple[int, list[int]]]:
    """Give the nodes of a route in order, each with the jobs that share its service."""
    for node, jobs in groupby(route.jobs, key=lambda index: problem.jobs[index].node):
        yield node, list(jobs)


def schedule(problem: RoutingProblem, route: RoutingRoute) -> Schedule | None:
    """Time and price a route.

    None where a window, a release, the shift, a longest trip, way or ride, the number of trips, a
    missing way or ``group_cents`` forbids it. Loads are not looked at.
    """
    question = route.group, route.jobs, route.reloads
    return problem.known.ask("schedule", question, lambda: _scheduled(problem, route))


def _scheduled(problem: RoutingProblem, route: RoutingRoute) -> Schedule | None:
    added = added_millicents(problem, route)
    group = problem.vehicles[route.group]
    if added is None or not _are_trips(group, route):
        return None
    trips = _timed(problem, group, route)
    if trips is None:
        return None
    starts = tuple(start for trip in trips for start in trip.starts)
    dues = problem.known.ask("dues", None, lambda: _dues(problem))
    late = tuple(
        int(start - dues[index]) if start > dues[index] else 0
        for index, start in zip(route.jobs, starts, strict=True)
    )
    times = tuple(trip.times for trip in trips)
    distance_m = sum(trip.distance_m for trip in times)
    duration_s = sum(trip.duration_s for trip in times)
    lateness = sum(
        late_millicents(problem.jobs[index], seconds)
        for index, seconds in zip(route.jobs, late, strict=True)
        if seconds
    )
    return Schedule(
        departs=times[0].departs,
        returns=times[-1].returns,
        arrives=tuple(moment for trip in trips for moment in trip.arrives),
        starts=starts,
        leaves=tuple(moment for trip in trips for moment in trip.leaves),
        distance_m=distance_m,
        duration_s=duration_s,
        late_s=late,
        cost_millicents=driven_millicents(group, distance_m, duration_s) + lateness + added,
        trips=times,
    )


def _dues(problem: RoutingProblem) -> tuple[float, ...]:
    """Give the due time of every job; infinite where it has none."""
    return tuple(inf if job.due is None else job.due for job in problem.jobs)


def _are_trips(group: VehicleGroup, route: RoutingRoute) -> bool:
    """Say whether the trips of a route are as many as they may be, and none of them is empty."""
    if not route.reloads:
        return True
    edges = (0, *route.reloads, len(route.jobs))
    enough = len(route.reloads) < group.max_trips and group.start == group.end
    return enough and all(begin < end for begin, end in pairwise(edges))


def _timed(
    problem: RoutingProblem, group: VehicleGroup, route: RoutingRoute
) -> list[TimedTrip] | None:
    """Time every trip of a route, all of them within the longest duration of the route."""
    bounds = [group.max_trip_s]
    if not route.reloads:
        bounds.append(group.max_duration_s)
    longest_s = min((bound for bound in bounds if bound is not None), default=None)
    timed = _in_turn(problem, group, route, group.earliest, longest_s)
    if timed is None or group.max_duration_s is None or _span(timed) <= group.max_duration_s:
        return timed
    latest_start = timed[-1].times.returns - group.max_duration_s
    timed = _in_turn(problem, group, route, latest_start, longest_s)
    return timed if timed is not None and _span(timed) <= group.max_duration_s else None


def _in_turn(
    problem: RoutingProblem,
    group: VehicleGroup,
    route: RoutingRoute,
    earliest: Seconds,
    longest_s: Seconds | None,
) -> list[TimedTrip] | None:
    timed: list[TimedTrip] = []
    for jobs in route.trips:
        trip = _trip(problem, route.group, jobs, earliest, longest_s)
        if trip is None:
            return None
        timed.append(trip)
        earliest = trip.times.returns + group.reload_s
    return timed


def _trip(
    problem: RoutingProblem,
    number: int,
    jobs: tuple[int, ...],
    earliest: Seconds,
    longest_s: Seconds | None,
) -> TimedTrip | None:
    """Time a trip of a vehicle of a group; a route that changes has most of its trips as before."""
    group = problem.vehicles[number]
    return problem.known.ask(
        "trip",
        (number, jobs, earliest, longest_s),
        lambda: time_trip(problem, group, jobs, earliest=earliest, longest_s=longest_s),
    )


def _span(timed: list[TimedTrip]) -> Seconds:
    return timed[-1].times.returns - timed[0].times.departs


def added_millicents(problem: RoutingProblem, route: RoutingRoute) -> int | None:
    """Price what a route's group adds to its jobs; None where it may not do one of them."""
    if problem.group_cents is None:
        return 0
    number, table = route.group, problem.group_cents
    of_group = problem.known.ask("group cents", number, table[:, number].tolist)
    cents = [of_group[index] for index in route.jobs]
    return None if FORBIDDEN in cents else sum(cents) * MILLICENTS_PER_CENT


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
    yield from _kept_together(problem, answer)
    yield from _route_faults(problem, answer)


def _kept_together(problem: RoutingProblem, answer: RoutingAnswer) -> Iterator[str]:
    """Name what ``together`` and ``locks`` ask for and an answer does not give."""
    place_of = {index: place for place, route in enumerate(answer.routes) for index in route.jobs}
    for jobs in problem.together:
        if len({place_of.get(index) for index in jobs}) > 1:
            yield f"jobs {sorted(jobs)} do not ride with one vehicle"
    for number, lock in problem.locks.items():
        begun = [route.trips[0][: len(lock)] for route in answer.routes if route.group == number]
        if lock and begun != [lock]:
            yield f"no route of group {number} begins with jobs {list(lock)}"


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
        if not _are_trips(problem.vehicles[route.group], route):
            yield f"route {place} makes an empty trip, or more trips than its vehicle may"
            return
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


def driven_millicents(group: VehicleGroup, distance_m: Metres, duration_s: Seconds) -> int:
    """Price a vehicle, its metres and its seconds; one cent per km is a millicent per metre."""
    time = nearest_div(group.cents_per_h * MILLICENTS_PER_CENT * duration_s, 3600)
    return group.fixed_cents * MILLICENTS_PER_CENT + group.cents_per_km * distance_m + time


def late_millicents(job: Job, late_s: Seconds) -> int:
    """Price the lateness of one job."""
    return nearest_div(job.late_cents_per_min * MILLICENTS_PER_CENT * late_s, 60)
