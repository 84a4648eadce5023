"""When vehicles stand and cooling fails, by their own luck and by what they do on the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import SECONDS_PER_HOUR, Seconds
from scenarios.day.running import courses
from scenarios.day.words import Arrived, DayEvent, Returned
from scenarios.variation import Draws, Variation


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """A vehicle stands on a trip."""

    at: Seconds
    vehicle: VehicleId
    route: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The cooling of a compartment fails on a trip."""

    at: Seconds
    vehicle: VehicleId
    route: str
    zone: Zone


def stands(
    problem: Problem, events: Iterable[DayEvent], variation: Variation, draws: Draws
) -> Iterator[Stand]:
    """Say who would stand, and when: at the wheel, after so many hours of driving."""
    drives: dict[VehicleId, list[Arrived | Returned]] = defaultdict(list)
    for one in events:
        if isinstance(one, Arrived | Returned):
            drives[one.vehicle].append(one)
    for vehicle, ones in drives.items():
        hours = draws.waiting_h(variation.breakdowns_per_1000_h, "breakdown", vehicle)
        left = hours * SECONDS_PER_HOUR
        for one in ones:
            left -= one.drive_s
            if left < 0:
                yield Stand(at=round(one.at + left), vehicle=vehicle, route=one.route)
                break


def failures(
    problem: Problem, plan: Plan, events: Iterable[DayEvent], variation: Variation, draws: Draws
) -> Iterator[Failure]:
    """Say which cooled compartments of vans fail, and when: after so many hours on the road."""
    went = courses(events)
    trips: dict[VehicleId, list[Route]] = defaultdict(list)
    for route in sorted(plan.routes, key=lambda one: one.departs):
        cooled = problem.vehicles[route.vehicle].cooling is Cooling.REFRIGERATED
        if cooled and route.echelon is Echelon.LAST_MILE and route.id in went:
            trips[route.vehicle].append(route)
    for vehicle, routes in trips.items():
        for zone in ZONES:
            name = ("cooling", vehicle, zone.value)
            hours = draws.waiting_h(variation.failures_per_1000_h, *name)
            left = hours * SECONDS_PER_HOUR
            for route in routes:
                course = went[route.id]
                begins, ends = course.left[0], max(course.left.values())
                left -= ends - begins
                if left < 0:
                    yield Failure(at=round(ends + left), vehicle=vehicle, route=route.id, zone=zone)
                    break
