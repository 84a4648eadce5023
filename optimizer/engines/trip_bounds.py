"""How early and how late each job of a route may start: what the bounds of ``places`` rest on.

The early pass is that of ``schedule``, with every job as though its visit ended with it; the
late pass has every job as though its visit began with it, and passes over rests. So both hold
for whatever joins the route, inside a visit as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from optimizer.domain.driving import rests_of
from optimizer.domain.units import Seconds
from optimizer.engines.engine import RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.schedule import late_millicents


@dataclass(slots=True)
class BoundedTrip:
    """One trip as its places see it.

    Parameters
    ----------
    jobs, nodes
        In order.
    metres, seconds
        Of each leg; nothing between jobs of one node.
    departs, returns
        As early as they can be.
    service
        Seconds of service, all visits together.
    rests
        Whether there is a rest on the way.
    arrives, starts, leaves
        Per job, as early as they can be.
    latest
        Per job the latest start, then the latest return.
    latest_departs
        Latest departure.
    """

    jobs: tuple[int, ...]
    nodes: list[int]
    metres: list[int]
    seconds: list[Seconds]
    departs: Seconds
    returns: Seconds = 0
    service: Seconds = 0
    rests: bool = False
    arrives: list[Seconds] = field(default_factory=list)
    starts: list[Seconds] = field(default_factory=list)
    leaves: list[Seconds] = field(default_factory=list)
    latest: list[Seconds] = field(default_factory=list)
    latest_departs: Seconds = 0


def bounded_trips(
    problem: RoutingProblem, group: VehicleGroup, route: RoutingRoute
) -> list[BoundedTrip]:
    """Follow every trip of a route that keeps every rule, forwards and backwards."""
    trips: list[BoundedTrip] = []
    earliest = group.earliest
    for jobs in route.trips:
        departs = max([earliest, *(problem.jobs[index].release for index in jobs)])
        trip = _forward(problem, group, jobs, departs)
        earliest = trip.returns + group.reload_s
        trips.append(trip)
    latest = group.latest
    for trip in reversed(trips):
        _backward(problem, trip, latest)
        latest = trip.latest[-1] - group.reload_s
    return trips


def _forward(
    problem: RoutingProblem, group: VehicleGroup, jobs: tuple[int, ...], departs: Seconds
) -> BoundedTrip:
    """Follow a trip as early as it can be; each job as though its visit ended with it."""
    nodes = [problem.jobs[index].node for index in jobs]
    trip = BoundedTrip(jobs, nodes, *_legs(problem, group, nodes), departs)
    rule = group.breaks
    resting = [0] * len(trip.seconds)
    if rule is not None:
        resting = [rule.rest_s * len(here) for here in rests_of(trip.seconds, rule)]
        trip.rests = any(resting)
    now = start = departs
    for place, index in enumerate(jobs):
        job = problem.jobs[index]
        if place and nodes[place - 1] == job.node:
            trip.arrives.append(trip.arrives[-1])
            now += max(0, job.opens - start) + job.service_s
            start = max(start, job.opens)
        else:
            service = problem.service_s[job.node]
            trip.arrives.append(now + trip.seconds[place] + resting[place])
            start = max(trip.arrives[-1], job.opens)
            now = start + service + job.service_s
            trip.service += service
        trip.service += job.service_s
        trip.starts.append(start)
        trip.leaves.append(now)
    trip.returns = now + trip.seconds[-1] + resting[-1]
    return trip


def _backward(problem: RoutingProblem, trip: BoundedTrip, latest: Seconds) -> None:
    """Say how late each job may start, as though its visit began with it; rests are passed over."""
    trip.latest = [latest]
    after = latest
    closes = service = 0
    for place in range(len(trip.jobs) - 1, -1, -1):
        job = problem.jobs[trip.jobs[place]]
        if place + 1 < len(trip.jobs) and trip.nodes[place + 1] == job.node:
            closes = min(closes, job.closes)
            service += job.service_s
        else:
            after = trip.latest[-1] - trip.seconds[place + 1]
            closes = job.closes
            service = problem.service_s[job.node] + job.service_s
        trip.latest.append(min(closes, after - service))
    trip.latest_departs = trip.latest[-1] - trip.seconds[0]
    trip.latest.reverse()


def _legs(
    problem: RoutingProblem, group: VehicleGroup, nodes: list[int]
) -> tuple[list[int], list[Seconds]]:
    path = np.array([group.start, *nodes, group.end])
    apart = path[:-1] != path[1:]
    apart[[0, -1]] = True
    metres = problem.distance_m[path[:-1], path[1:]] * apart
    seconds = problem.duration_s[group.profile][path[:-1], path[1:]] * apart
    return metres.tolist(), seconds.tolist()


def early_lateness(problem: RoutingProblem, trip: BoundedTrip) -> int:
    """Price the lateness of a trip that leaves as early as it may."""
    total = 0
    start = 0
    for place in range(len(trip.jobs) - 1, -1, -1):
        job = problem.jobs[trip.jobs[place]]
        if trip.nodes[place + 1 : place + 2] != [job.node]:
            start = trip.starts[place]
        if job.due is not None and start > job.due:
            total += late_millicents(job, start - job.due)
    return total
