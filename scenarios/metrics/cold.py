"""How cold the goods stayed on a day."""

from __future__ import annotations

from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.domain.units import PER_THOUSAND
from scenarios.day.words import AlarmRaised, CoolingFailed, DayRecord, Diverted, Spoilt


def lost_kg(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ mass of spoilt goods / 1000."""
    return sum(one.mass_g for one in record.events if isinstance(one, Spoilt)) / PER_THOUSAND


def at_risk_kg(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ over compartments (the most on board at one of its alarms) / 1000."""
    most: dict[tuple[str, str, str], int] = {}
    for one in record.events:
        if isinstance(one, AlarmRaised):
            place = one.vehicle, one.route, one.zone.value
            most[place] = max(most.get(place, 0), one.mass_g)
    return sum(most.values()) / PER_THOUSAND


def alarms(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |alarms raised|."""
    return float(sum(isinstance(one, AlarmRaised) for one in record.events))


def false_alarms(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |alarms of compartments whose cooling did not fail that day|."""
    broken = {(x.vehicle, x.zone) for x in record.events if isinstance(x, CoolingFailed)}
    return float(
        sum(
            isinstance(one, AlarmRaised) and (one.vehicle, one.zone) not in broken
            for one in record.events
        )
    )


def diversions(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give |proposals accepted that change a route|."""
    return float(sum(isinstance(one, Diverted) and bool(one.changed) for one in record.events))


def degree_minutes(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give Σ over broken compartments ∫ (°C of the goods beyond their band) dt, in minutes."""
    return sum(one.degree_minutes for one in record.warmth)


def worst_mkt_c(problem: Problem, plan: Plan, record: DayRecord) -> float:
    """Give the largest mean kinetic temperature of goods in broken compartments, above set-point.

    The mean kinetic temperature is that of Haynes (1971); frozen goods are left out, for which it
    is not valid. 0 where nothing broke.
    """
    return max(
        (
            one.mkt_c - problem.policies[one.zone].setpoint_c
            for one in record.warmth
            if one.mkt_c is not None
        ),
        default=0.0,
    )
