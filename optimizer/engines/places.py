"""Where a job may go into a route: every place, with bounds that refuse most places cheaply.

Pricing one place exactly takes a whole schedule. Two bounds come before it, for all places of
all routes at once: the time at which a job would start at best, against its window and against
the latest moment from which the rest of the route can still be driven; and the least that a
place costs, from the way and the service alone. Both hold for every matrix, also where a way
around is shorter than the way itself, so the cheapest place is never missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto

import numpy as np

from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds
from optimizer.engines.engine import RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.loads import load_of
from optimizer.engines.schedule import (
    MILLICENTS_PER_CENT,
    added_millicents,
    schedule,
)
from optimizer.engines.trip_bounds import BoundedTrip, bounded_trips, early_lateness

BOUNDLESS = 2**60
"""More seconds, metres or millicents than any problem has."""

NOWHERE = -1
"""Stands for a neighbour that shares no service: the start or the end of a trip."""


class Row(IntEnum):
    """What is known of a place: one row of a table whose columns are places."""

    BEFORE = 0
    """Node from which the way to the place comes."""
    AFTER = auto()
    """Node to which it goes on."""
    SITE_BEFORE = auto()
    """The same where a job is there, else ``NOWHERE``."""
    SITE_AFTER = auto()
    LEAVES = auto()
    """Earliest end of what comes before."""
    BEGAN = auto()
    """Earliest start of the service before, which a job of its node would share."""
    NEXT = auto()
    """Earliest arrival at what comes after, as the route is."""
    LATEST = auto()
    """Latest start of what comes after, or latest return."""
    METRES = auto()
    """Way that the place replaces."""
    SECONDS = auto()
    SINCE = auto()
    """Least time from the trip's departure to the end of what comes before, without a wait."""
    BEGUN = auto()
    """The same to the start of the service before."""
    RIDE = auto()
    """By how much longer what comes after may be on board before it starts."""
    LEFT_M = auto()
    """By how much the way may grow at most."""
    LEFT_S = auto()
    """By how much driving and service may grow at most."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """The places of one route.

    Parameters
    ----------
    route, cost
        The route and its price in millicents; no jobs and 0 for a vehicle not yet used.
    table
        Shape (rows, places): the rows of ``Row``, then what is free per capacity dimension when
        the trip departs, then what is free when it returns.
    spots
        Per place: the trip, the position in it, and whether it opens a trip of its own.
    floor
        What the route costs at least when a job has joined it, the job and its way not counted.
    late
        Lateness that joins the floor where nothing is served earlier than before.
    steady
        Whether a later arrival means that nothing after it is earlier.
    """

    route: RoutingRoute
    cost: int
    table: IntArray
    spots: tuple[tuple[int, int, bool], ...]
    floor: int
    late: int
    steady: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Where a route has time for one more trip.

    Parameters
    ----------
    before
        Number of the trip that would follow it.
    leaves, latest
        Earliest departure and latest return.
    """

    before: int
    leaves: Seconds
    latest: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LoneTrip:
    """A trip that is the only one of its vehicle.

    Parameters
    ----------
    returns, latest_departs
        Earliest return and latest departure.
    busy_s
        Driving and service.
    """

    returns: Seconds
    latest_departs: Seconds
    busy_s: Seconds


def places_of(problem: RoutingProblem, route: RoutingRoute) -> Places:
    """List the places of a route that keeps every rule.

    A route that has a beginning that is settled offers no place in it.
    """
    group = problem.vehicles[route.group]
    locked = len(problem.locks.get(route.group, ()))
    if not route.jobs:
        return _of_nothing(problem, route, group)
    timed = schedule(problem, route)
    cost = 0 if timed is None else timed.cost_millicents
    trips = bounded_trips(problem, group, route)
    busy = [sum(trip.seconds) + trip.service for trip in trips]
    spare = BOUNDLESS
    if group.max_duration_s is not None:
        spare = group.max_duration_s - sum(busy) - group.reload_s * (len(trips) - 1)
    columns: list[list[int]] = []
    spots: list[tuple[int, int, bool]] = []
    for number, trip in enumerate(trips):
        first = locked if number == 0 else 0
        room = _room(problem, group, trip.jobs)
        left_m = BOUNDLESS if group.max_trip_m is None else group.max_trip_m - sum(trip.metres)
        longest = BOUNDLESS if group.max_trip_s is None else group.max_trip_s - busy[number]
        for position, column in enumerate(_columns(problem, group, trip)):
            if position >= first:
                columns.append([*column, left_m, min(spare, longest), *room])
                spots.append((number, position, False))
    if len(trips) < group.max_trips and group.start == group.end:
        for number in range(1 if locked else 0, len(trips) + 1):
            rest = spare - group.reload_s
            columns.append(_new_trip(problem, group, trips, number, rest))
            spots.append((number, 0, True))
    added = added_millicents(problem, route) or 0
    metres = sum(sum(trip.metres) for trip in trips)
    return Places(
        route=route,
        cost=cost,
        table=np.array(columns, dtype=np.int64).reshape(len(columns), -1).T,
        spots=tuple(spots),
        floor=group.fixed_cents * MILLICENTS_PER_CENT
        + group.cents_per_km * metres
        + group.cents_per_h * MILLICENTS_PER_CENT * sum(busy) // 3600
        + added,
        late=sum(early_lateness(problem, trip) for trip in trips),
        steady=not any(trip.rests for trip in trips),
    )


def gaps_of(problem: RoutingProblem, route: RoutingRoute) -> tuple[Gap, ...]:
    """Name the gaps before, between and after the trips of a route that keeps every rule."""
    places = places_of(problem, route)
    return tuple(
        Gap(
            before=number,
            leaves=int(places.table[Row.LEAVES, column]),
            latest=int(places.table[Row.LATEST, column]),
        )
        for column, (number, _, opens) in enumerate(places.spots)
        if opens
    )


def lone_trip(problem: RoutingProblem, route: RoutingRoute) -> LoneTrip:
    """Give the times of a route of one trip that keeps every rule."""
    (trip,) = bounded_trips(problem, problem.vehicles[route.group], route)
    return LoneTrip(
        returns=trip.returns,
        latest_departs=trip.latest_departs,
        busy_s=sum(trip.seconds) + trip.service,
    )


def with_job(places: Places, spot: int, index: int) -> RoutingRoute:
    """Give the route with a job at one of its places."""
    number, position, opens = places.spots[spot]
    trips = list(places.route.trips)
    if opens:
        trips.insert(number, (index,))
    else:
        trip = trips[number]
        trips[number] = (*trip[:position], index, *trip[position:])
    return RoutingRoute.of_trips(places.route.group, trips)


def _of_nothing(problem: RoutingProblem, route: RoutingRoute, group: VehicleGroup) -> Places:
    spare = BOUNDLESS if group.max_duration_s is None else group.max_duration_s
    column = _new_trip(problem, group, [], 0, spare)
    return Places(
        route=route,
        cost=0,
        table=np.array([column], dtype=np.int64).T,
        spots=((0, 0, True),),
        floor=group.fixed_cents * MILLICENTS_PER_CENT,
        late=0,
        steady=True,
    )


def _columns(
    problem: RoutingProblem, group: VehicleGroup, trip: BoundedTrip
) -> Iterator[list[int]]:
    """Give the first rows of every place of a trip, from its departure to its return."""
    rides = _rides(problem, trip)
    sites = [NOWHERE, *trip.nodes, NOWHERE]
    path = [group.start, *trip.nodes, group.end]
    leaves = [trip.departs, *trip.leaves]
    began = [trip.departs, *trip.starts]
    arrives = [*trip.arrives, trip.returns]
    for place in range(len(trip.jobs) + 1):
        yield [
            path[place],
            path[place + 1],
            sites[place],
            sites[place + 1],
            leaves[place],
            began[place],
            arrives[place],
            trip.latest[place],
            trip.metres[place],
            trip.seconds[place],
            *rides[place],
        ]


def _rides(problem: RoutingProblem, trip: BoundedTrip) -> list[tuple[Seconds, Seconds, Seconds]]:
    """Give the rows ``SINCE``, ``BEGUN`` and ``RIDE`` of every place of a trip.

    Whoever waits may leave later instead, and rests only make a ride longer: so driving and
    service alone are the least that goods are on board until their service starts.
    """
    since = begun = 0
    ends = [(0, 0)]
    for place, index in enumerate(trip.jobs):
        job = problem.jobs[index]
        if not place or trip.nodes[place - 1] != job.node:
            begun = since + trip.seconds[place]
            since = begun + problem.service_s[job.node]
        since += job.service_s
        ends.append((since, begun))
    slack, slacks = BOUNDLESS, [BOUNDLESS]
    shared = BOUNDLESS
    for place in range(len(trip.jobs) - 1, -1, -1):
        job = problem.jobs[trip.jobs[place]]
        if job.max_ride_s is not None:
            shared = min(shared, job.max_ride_s - ends[place + 1][1])
        if not place or trip.nodes[place - 1] != job.node:
            slack, shared = min(slack, shared), BOUNDLESS
        # Inside a service that others began, only what begins after it is put off for sure.
        slacks.append(slack)
    return [(*end, slack) for end, slack in zip(ends, reversed(slacks), strict=True)]


def _new_trip(
    problem: RoutingProblem,
    group: VehicleGroup,
    trips: list[BoundedTrip],
    number: int,
    spare_s: Seconds,
) -> list[int]:
    """Give the rows of a trip of its own between two trips, or before or after them."""
    earliest = trips[number - 1].returns + group.reload_s if number else group.earliest
    latest = group.latest
    if number < len(trips):
        latest = trips[number].latest_departs - group.reload_s
    left_m = BOUNDLESS if group.max_trip_m is None else group.max_trip_m
    left_s = min(BOUNDLESS if group.max_trip_s is None else group.max_trip_s, spare_s)
    ends = [group.start, group.end, NOWHERE, NOWHERE]
    times = [earliest, earliest, -BOUNDLESS, latest]
    rides = [0, 0, BOUNDLESS]
    return [*ends, *times, 0, 0, *rides, left_m, left_s, *_room(problem, group, ())]


def _room(problem: RoutingProblem, group: VehicleGroup, jobs: tuple[int, ...]) -> list[int]:
    """Give what is free when a trip departs, then what is free when it returns."""
    brought = load_of(problem, jobs)
    taken = [0] * len(brought)
    for index in jobs:
        for dimension, amount in enumerate(problem.jobs[index].pickup):
            taken[dimension] += amount
    return [
        most - amount
        for amounts in (brought, taken)
        for most, amount in zip(group.capacity, amounts, strict=True)
    ]
