"""When vehicles stand, cooling fails and sensors err: by luck and by what they do on the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Plan
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


class Fault(StrEnum):
    """What can be wrong with a sensor."""

    SILENT = "silent"
    STUCK = "stuck"
    DRIFTING = "drifting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorFault:
    """The sensor of a compartment errs from a moment on; a drifting one by so much an hour."""

    at: Seconds
    kind: Fault
    drift_c_per_h: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The cooling of a compartment fails on a trip, its sensor, or both.

    Parameters
    ----------
    cools
        Whether the cooling works, and nothing but the sensor has failed.
    sensor
        What is wrong with the sensor; None where it is right.
    """

    at: Seconds
    vehicle: VehicleId
    route: str
    zone: Zone
    cools: bool = False
    sensor: SensorFault | None = None


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
    """Say which compartments of cooled vans fail, and when: after so many hours on the road.

    Where cooling and sensor of a compartment fail, what counts is the trip of the cooling.
    """
    rates = {
        Fault.SILENT: variation.silent_per_1000_h,
        Fault.STUCK: variation.stuck_per_1000_h,
        Fault.DRIFTING: variation.drifting_per_1000_h,
    }
    for vehicle, trips in _trips(problem, plan, events).items():
        for zone in ZONES:
            name = vehicle, zone.value
            hours = draws.waiting_h(variation.failures_per_1000_h, "cooling", *name)
            broken = _after(trips, hours)
            faults = [
                (*found, kind)
                for kind, rate in rates.items()
                if (found := _after(trips, draws.waiting_h(rate, kind, *name)))
            ]
            sensor, erring = None, ""
            if faults:
                at, erring, kind = min(faults)
                sensor = SensorFault(at=at, kind=kind, drift_c_per_h=variation.drift_c_per_h)
            if broken is not None:
                at, route = broken
                yield Failure(at=at, vehicle=vehicle, route=route, zone=zone, sensor=sensor)
            elif sensor is not None:
                yield Failure(
                    at=sensor.at,
                    vehicle=vehicle,
                    route=erring,
                    zone=zone,
                    sensor=sensor,
                    cools=True,
                )


@dataclass(frozen=True, slots=True)
class _Trip:
    route: str
    begins: Seconds
    ends: Seconds


def _trips(
    problem: Problem, plan: Plan, events: Iterable[DayEvent]
) -> Mapping[VehicleId, list[_Trip]]:
    """Give the trips of cooled vans as they were driven, in order."""
    went = courses(events)
    trips: dict[VehicleId, list[_Trip]] = defaultdict(list)
    for route in sorted(plan.routes, key=lambda one: one.departs):
        cooled = problem.vehicles[route.vehicle].cooling is Cooling.REFRIGERATED
        if cooled and route.echelon is Echelon.LAST_MILE and route.id in went:
            left = went[route.id].left
            trips[route.vehicle].append(_Trip(route.id, left[0], max(left.values())))
    return trips


def _after(trips: Iterable[_Trip], hours: float) -> tuple[Seconds, str] | None:
    """Give moment and trip at which so many hours on the road are over; None where never."""
    left = hours * SECONDS_PER_HOUR
    for trip in trips:
        left -= trip.ends - trip.begins
        if left < 0:
            return round(trip.ends + left), trip.route
    return None
