"""What the service would see of a failure: a reading a minute, the rules, the estimate, an alarm.

Samples pass through the alarm machine and the estimate of a monitor's seat in this process; nothing
else of the truth is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import expm1

from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from optimizer.domain.units import PER_THOUSAND, SECONDS_PER_HOUR, Seconds
from optimizer.response.words import Disruption
from scenarios.day.cold import Degrees
from scenarios.day.troubles import Fault, SensorFault
from scenarios.variation import Draws
from telemetry.alarm.packs import default_profile
from telemetry.alarm.state import Sample
from telemetry.alarm.step import step
from telemetry.alarm.words import AlarmEvent, AlarmKind
from telemetry.monitor.foreseeing import look_ahead
from telemetry.monitor.seats import Seat
from telemetry.registry import Point, PointKind

THREATENING = frozenset({AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.PREDICTED, AlarmKind.NO_COOLING})
"""Kinds of alarms after which somebody asks for ways out."""

OF_SENSORS = frozenset({AlarmKind.STALE, AlarmKind.SENSOR_FAULT})
"""Kinds that say that nobody knows the temperature."""

NOISE_C, STEPS_PER_DEGREE = 0.1, 10.0
INTERVAL_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What is known at a minute while an alarm stands.

    Parameters
    ----------
    kind
        Of the alarm that came first.
    raised
        When it was raised.
    product_c, air_c
        The goods by the air that was measured, and that air.
    """

    at: Seconds
    kind: str
    raised: Seconds
    product_c: float
    air_c: float


def watched(
    problem: Problem,
    route: Route,
    zone: Zone,
    seen: Degrees,
    *,
    departs: Seconds,
    draws: Draws,
    fault: SensorFault | None = None,
) -> Iterator[Minute]:
    """Give the minutes on the road at which an alarm stands.

    Parameters
    ----------
    problem, route, zone
        Which compartment.
    seen
        What there is to measure.
    departs
        When the van left.
    draws
        Of the sensor's noise.
    fault
        What is wrong with the sensor.
    """
    start_ms = start_of(problem)
    goods_c = loaded_c(problem, route, zone)
    nearer = -expm1(-INTERVAL_S * EXCHANGE_W_KGK / PRODUCT_J_KGK[zone])
    for at, value_c, seat, _ in judged(problem, route.vehicle, zone, seen, draws, fault=fault):
        if at < departs:
            continue
        goods_c += (value_c - goods_c) * nearer
        standing = [
            one
            for one in seat.state.alarms
            if one.is_active and one.kind in THREATENING and not one.is_of_capacity
        ]
        if standing:
            first = min(standing, key=lambda one: (one.raised_ms, one.id))
            raised = (first.raised_ms - start_ms) // PER_THOUSAND
            yield Minute(
                at=at, kind=first.kind.value, raised=raised, product_c=goods_c, air_c=value_c
            )


def start_of(problem: Problem) -> int:
    """Give the start of the horizon in milliseconds."""
    return round(PER_THOUSAND * problem.horizon.instant(0).timestamp())


def judged(
    problem: Problem,
    vehicle: VehicleId,
    zone: Zone,
    seen: Degrees,
    draws: Draws,
    *,
    fault: SensorFault | None = None,
) -> Iterator[tuple[Seconds, float, Seat, tuple[AlarmEvent, ...]]]:
    """Let the rules and the estimate judge a reading a minute; give it, the seat, what happened.

    While a sensor is silent the rules see time pass, and the reading is its last.
    """
    start_ms = start_of(problem)
    from_ms = start_ms + PER_THOUSAND * int(seen.at[0])
    seat = _seat(vehicle, zone, from_ms, silence=fault is not None)
    last_c = problem.policies[zone].setpoint_c
    for at, felt_c in zip(seen.at.tolist(), seen.felt_c.tolist(), strict=True):
        at_ms = start_ms + PER_THOUSAND * at
        if fault is not None and fault.kind is Fault.SILENT and at >= fault.at:
            seat.state, gone = step(seat.profile, seat.state, None, at_ms)
            yield at, last_c, seat, gone
            continue
        noise_c = NOISE_C * (2.0 * draws.uniform("sensor", vehicle, zone.value, str(at)) - 1)
        said_c = _said(felt_c + noise_c, at, last_c, fault)
        last_c = round(said_c * STEPS_PER_DEGREE) / STEPS_PER_DEGREE
        sample = Sample(at_ms, last_c, f"{vehicle}-{zone.value}")
        state, events = step(seat.profile, seat.state, sample, at_ms)
        seat.state, foreseen = look_ahead(seat, state, sample)
        yield at, last_c, seat, (*events, *foreseen)


def _said(felt_c: float, at: Seconds, last_c: float, fault: SensorFault | None) -> float:
    if fault is None or at < fault.at:
        return felt_c
    if fault.kind is Fault.STUCK:
        return last_c
    return felt_c + fault.drift_c_per_h * (at - fault.at) / SECONDS_PER_HOUR


def disruption_of(
    problem: Problem, vehicle: VehicleId, zone: Zone, minute: Minute, at: Seconds
) -> Disruption:
    """Say what an alarm means: the compartment keeps its zone no longer, and no cooling is left.

    How warm the goods are follows from the air that was measured, p' = (T − p) / τ; when they leave
    their band, the body's own model says.
    """
    return Disruption(
        vehicle=vehicle,
        zone=zone,
        at=at,
        product_c=round(minute.product_c, 3),
        air_c=round(minute.air_c, 3),
        ambient_c=problem.ambient_c,
    )


def loaded_c(problem: Problem, route: Route, zone: Zone) -> float:
    """Give the mean temperature, by mass, at which the goods of a zone were loaded."""
    items = [item for stop in route.stops for item in stop.delivers if item.zone is zone]
    mass = sum(item.mass_g for item in items)
    if not mass:
        return problem.policies[zone].loading_c
    heat = sum(item.mass_g * problem.loading_c(problem.lines[item.key]) for item in items)
    return heat / mass


def _seat(vehicle: VehicleId, zone: Zone, from_ms: int, *, silence: bool) -> Seat:
    point = Point(
        id=f"{vehicle}/{zone.value}",
        kind=PointKind.COMPARTMENT,
        asset=vehicle,
        name=vehicle,
        zone=zone,
        always_armed=True,
    )
    profile = default_profile(zone)
    # Who has a sensor that speaks need not ask every minute whether it does.
    watching = profile if silence else replace(profile, stale_after_s=None)
    return Seat(point, watching, INTERVAL_S, from_ms)
