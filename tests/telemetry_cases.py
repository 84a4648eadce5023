"""Points, profiles, alarms and readings for tests of telemetry, as small as can be."""

from __future__ import annotations

from math import inf
from typing import Any

from msgspec.structs import replace

from optimizer.domain.temperature import TemperatureBand, Zone
from telemetry.alarm.rules import LimitRule, Profile, Side
from telemetry.alarm.state import PointState, Watch
from telemetry.alarm.words import Alarm, AlarmKind, Command, CommandKind, Severity
from telemetry.readings import Channel, Measurement
from telemetry.registry import Placement, Point, PointKind, Registry

T0 = 1_700_000_000_000
"""2023-11-14T22:13:20Z: the instant at which most tests begin."""

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE

FROZEN = Profile(
    name="frozen",
    version=1,
    zone=Zone.FROZEN,
    band=TemperatureBand(lower_c=-inf, upper_c=-18.0),
    limits=(
        LimitRule(
            name="warn_high",
            side=Side.HIGH,
            limit_c=-18.0,
            severity=Severity.WARNING,
            on_delay_s=1200,
        ),
        LimitRule(
            name="critical_high",
            side=Side.HIGH,
            limit_c=-15.0,
            severity=Severity.CRITICAL,
            on_delay_s=900,
        ),
    ),
)
GATEWAY = Profile(
    name="gateway",
    version=1,
    zone=None,
    band=TemperatureBand(lower_c=-inf, upper_c=inf),
)
PROFILES = {"frozen": FROZEN, "gateway": GATEWAY}


def an_alarm(**changes: Any) -> Alarm:
    alarm = Alarm(
        id="high-1",
        point="V1/frozen",
        kind=AlarmKind.HIGH,
        severity=Severity.WARNING,
        rule="frozen/1:warn_high",
        began_ms=T0 - 20 * MINUTE,
        raised_ms=T0,
        value_c=-17.0,
        peak_c=-17.0,
        limit_c=-18.0,
        incident="high-1",
    )
    return replace(alarm, **changes)


def a_command(kind: CommandKind, target: str = "high-1", **changes: Any) -> Command:
    command = Command(kind=kind, target=target, by="Li Na", asked_ms=T0, number=7)
    return replace(command, **changes)


def armed(point: str = "V1/frozen", **changes: Any) -> PointState:
    return replace(PointState(point=point, watch=Watch.ARMED, watch_since_ms=T0), **changes)


def a_room(point: str = "G1/room", **changes: Any) -> Point:
    values: dict[str, Any] = {
        "id": point,
        "kind": PointKind.ROOM,
        "asset": point.partition("/")[0],
        "name": point,
        "zone": Zone.FROZEN,
        "always_armed": True,
    }
    return Point(**(values | changes))


def a_compartment(point: str = "V1/frozen", **changes: Any) -> Point:
    return a_room(point, **({"kind": PointKind.COMPARTMENT, "always_armed": False} | changes))


def a_gateway(point: str = "GW1", **changes: Any) -> Point:
    return a_room(point, **({"kind": PointKind.GATEWAY, "zone": None} | changes))


def a_sensor(sensor: str = "s1", point: str = "G1/room", **changes: Any) -> Placement:
    return Placement(sensor=sensor, point=point, **changes)


def a_registry(*rows: Point | Placement) -> Registry:
    """Make a registry; without rows it is one room with one sensor."""
    given = rows or (a_room(), a_sensor())
    points = [row for row in given if isinstance(row, Point)]
    return Registry(points, [row for row in given if isinstance(row, Placement)])


def measured(
    value: float,
    at_ms: int | None,
    sensor: str = "s1",
    *,
    channel: Channel = Channel.TEMPERATURE,
    sequence: int | None = None,
) -> Measurement:
    return Measurement(sensor, channel, value, at_ms, sequence)
