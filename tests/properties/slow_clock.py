"""Trips followed second by second: slow, plain, and written without the engines' arithmetic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from optimizer.engines.engine import Bulkheads, RoutingProblem, VehicleGroup


@dataclass(slots=True)
class Day:
    """What a driver noted down."""

    departs: int
    returns: int = 0
    metres: int = 0
    starts: dict[int, int] = field(default_factory=dict)
    rests: list[tuple[int, int]] = field(default_factory=list)

    @property
    def duration(self) -> int:
        return self.returns - self.departs


def drive(problem: RoutingProblem, group: VehicleGroup, jobs: Sequence[int], departs: int) -> Day:
    """Leave at a moment and do one job after another; windows are not looked at."""
    day = Day(departs)
    clock, driven, here = departs, 0, group.start
    stops = [(problem.jobs[visit[0]].node, visit) for visit in _visits(problem, jobs)]
    for node, visit in [*stops, (group.end, [])]:
        leg = int(problem.duration_s[group.profile][here, node])
        day.metres += int(problem.distance_m[here, node])
        rule = group.breaks
        if rule and driven + leg > rule.after_driving_s and leg <= rule.after_driving_s:
            day.rests.append((clock, clock + rule.rest_s))
            clock, driven = clock + rule.rest_s, 0
        for _ in range(leg):
            if rule and driven == rule.after_driving_s:
                day.rests.append((clock, clock + rule.rest_s))
                clock, driven = clock + rule.rest_s, 0
            clock, driven = clock + 1, driven + 1
        while visit and any(clock < problem.jobs[index].opens for index in visit):
            clock += 1
        for index in visit:
            day.starts[index] = clock
        if visit:
            clock += problem.service_s[node] + sum(problem.jobs[index].service_s for index in visit)
        here = node
    day.returns = clock
    return day


def trip(
    problem: RoutingProblem,
    group: VehicleGroup,
    jobs: Sequence[int],
    *,
    earliest: int,
    longest: int | None,
) -> Day | None:
    """Try every departure that returns as early as the first one does.

    The last departure that adds no lateness is taken; where rides and the longest trip allow
    none of these, the first that they allow.
    """
    earliest = max([earliest, *(problem.jobs[index].release for index in jobs)])
    first = drive(problem, group, jobs, earliest)
    if first.returns > group.latest or _misses(problem, first):
        return None
    if group.max_trip_m is not None and first.metres > group.max_trip_m:
        return None
    days = [drive(problem, group, jobs, now) for now in range(earliest, first.returns + 1)]
    days = [day for day in days if day.returns == first.returns and not _misses(problem, day)]
    allowed = [
        day
        for day in days
        if (longest is None or day.duration <= longest) and not _rides_too_long(problem, day)
    ]
    same = [day for day in allowed if _lateness(problem, day) == _lateness(problem, first)]
    return same[-1] if same else (allowed[0] if allowed else None)


def route(
    problem: RoutingProblem, group: VehicleGroup, trips: Sequence[Sequence[int]]
) -> list[Day] | None:
    """Make trips one after another; a first departure after another until the route is short."""
    longest = group.max_duration_s
    bounds = [group.max_trip_s, longest if len(trips) == 1 else None]
    bound = min((one for one in bounds if one is not None), default=None)
    for earliest in range(group.earliest, group.latest + 1):
        days: list[Day] = []
        now = earliest
        for jobs in trips:
            day = trip(problem, group, jobs, earliest=now, longest=bound)
            if day is None:
                return None
            days.append(day)
            now = day.returns + group.reload_s
        if longest is None or days[-1].returns - days[0].departs <= longest:
            return days
    return None


def price(problem: RoutingProblem, group: VehicleGroup, days: Sequence[Day]) -> Fraction:
    """Price trips in cents, without any rounding."""
    hours = Fraction(sum(day.duration for day in days), 3600)
    metres = Fraction(sum(day.metres for day in days), 1000)
    late = sum(_lateness(problem, day) for day in days)
    return group.fixed_cents + group.cents_per_km * metres + group.cents_per_h * hours + late


def boards(problem: RoutingProblem, jobs: Sequence[int]) -> Iterator[list[int]]:
    """Say what is on board on every leg of a trip."""
    visits = list(_visits(problem, jobs))
    dimensions = range(len(problem.vehicles[0].capacity))
    for leg in range(len(visits) + 1):
        yield [
            sum(problem.jobs[index].load[d] for visit in visits[leg:] for index in visit)
            + sum(
                problem.jobs[index].pickup[d]
                for visit in visits[:leg]
                for index in visit
                if problem.jobs[index].pickup
            )
            for d in dimensions
        ]


def has_layout(bulkheads: Bulkheads, most: Sequence[int]) -> bool:
    """Try every position of every bulkhead."""
    used = [most[dimension] for dimension in bulkheads.dimensions if most[dimension]]
    steps = range(bulkheads.body_ml // bulkheads.step_ml + 1)
    for front in product(steps, repeat=max(0, len(used) - 1)):
        sizes = [number * bulkheads.step_ml for number in front]
        sizes.append(bulkheads.body_ml - sum(sizes))
        if all(size >= need for size, need in zip(sizes, used, strict=False)):
            return True
    return False


def _visits(problem: RoutingProblem, jobs: Sequence[int]) -> Iterator[list[int]]:
    waiting = list(jobs)
    while waiting:
        node = problem.jobs[waiting[0]].node
        visit = []
        while waiting and problem.jobs[waiting[0]].node == node:
            visit.append(waiting.pop(0))
        yield visit


def _misses(problem: RoutingProblem, day: Day) -> bool:
    return any(start > problem.jobs[index].closes for index, start in day.starts.items())


def _rides_too_long(problem: RoutingProblem, day: Day) -> bool:
    rides = {index: problem.jobs[index].max_ride_s for index in day.starts}
    return any(
        start - day.departs > ride
        for index, start in day.starts.items()
        if (ride := rides[index]) is not None
    )


def _lateness(problem: RoutingProblem, day: Day) -> Fraction:
    total = Fraction(0)
    for index, start in day.starts.items():
        due = problem.jobs[index].due
        if due is not None and start > due:
            total += Fraction(problem.jobs[index].late_cents_per_min * (start - due), 60)
    return total
