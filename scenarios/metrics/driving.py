"""What the vehicles do on a day, and what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from optimizer.domain.objective import lateness_cost, route_cost
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_HOUR, Metres, Seconds
from scenarios.day.words import Arrived, DayRecord, Departed, Returned
from scenarios.metrics.service import served


@dataclass(slots=True)
class Trip:
    """A trip as it was driven; ``ends`` is the last that is known of it."""

    vehicle: str
    begins: Seconds
    ends: Seconds
    metres: Metres = 0


def trips_of(record: DayRecord) -> list[Trip]:
    """Give the trips by departure."""
    trips: dict[str, Trip] = {}
    for one in record.events:
        if isinstance(one, Departed) and one.place == 0:
            trips[one.route] = Trip(one.vehicle, one.at, one.at)
        elif isinstance(one, Arrived | Returned):
            trips[one.route].metres += one.distance_m
        if isinstance(one, Departed | Arrived | Returned):
            trips[one.route].ends = one.at
    return list(trips.values())


def cost_cents(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ over trips (fixed, once per vehicle + km + hours) + Σ lateness of the lines served.

    The objective's own prices of what was driven and of how late it came; what is left out is
    counted by other figures and not priced here.
    """
    cents, used = 0, set()
    for trip in trips_of(record):
        cents += route_cost(
            problem.vehicles[trip.vehicle],
            distance_m=trip.metres,
            duration_s=trip.ends - trip.begins,
            first_trip=trip.vehicle not in used,
        ).total
        used.add(trip.vehicle)
    for key, began in served(record).items():
        line = problem.lines[key]
        cents += lateness_cost(problem.promises[line.promise], line, began)
    return float(cents)


def km(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ distance of all drives / 1000."""
    return sum(trip.metres for trip in trips_of(record)) / PER_THOUSAND


def hours_on_road(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ over trips (return − departure) / 3600."""
    return sum(trip.ends - trip.begins for trip in trips_of(record)) / SECONDS_PER_HOUR


def utilisation(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ litres loaded for delivery / Σ litres of the compartments taken along; 0 of none."""
    starts = [one for one in record.events if isinstance(one, Departed) and one.place == 0]
    room = sum(one.room_ml for one in starts)
    return sum(one.loaded_ml for one in starts) / room if room else 0.0
