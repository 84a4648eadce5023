"""Gives every point of a registry its seat, with the rules that it is watched by."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from msgspec.structs import replace

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.rules import Profile
from telemetry.alarm.silence import patient
from telemetry.alarm.state import Watch
from telemetry.alarm.watch import default_setpoint_c
from telemetry.error_table import TELEMETRY_ERRORS
from telemetry.monitor.seats import Seat
from telemetry.registry import Point, PointKind, Registry

GATEWAY_PROFILE = "gateway"
USUAL_INTERVAL_S = 60

NOTHING = Profile(
    name="nothing",
    version=1,
    zone=None,
    band=TemperatureBand(lower_c=-inf, upper_c=inf),
    stale_after_s=None,
)
"""Rules of a point that is no more."""


def seats_of(registry: Registry, profiles: Mapping[str, Profile], now_ms: int) -> dict[str, Seat]:
    """Seat every point.

    Raises
    ------
    InputRefused
        Points are to be watched by rules that are not there.
    """
    seats: dict[str, Seat] = {}
    faults: list[Fault] = []
    for point in registry:
        name = profile_name(point)
        profile = profiles.get(name)
        if profile is None:
            faults.append(
                Fault(
                    code="CG-8019",
                    place=f"point {point.id}",
                    cause=f"there are no rules named {name!r}",
                    action=TELEMETRY_ERRORS["CG-8019"].action.rstrip("."),
                )
            )
            continue
        intervals = [stay.interval_s for stay in registry.placements_at(point.id)]
        interval_s = max(intervals, default=USUAL_INTERVAL_S)
        seat = Seat(point, patient(profile, interval_s), interval_s, now_ms)
        seat.setpoint_c = default_setpoint_c(point.zone)
        seats[point.id] = seat
    if faults:
        raise InputRefused(faults)
    for seat in seats.values():
        seat.beside = seats.get(seat.point.beside)
    return seats


def orphaned(name: str, payload: bytes) -> Seat | None:
    """Seat a point that the registry has no more, while alarms of it are open; else None.

    It is watched no longer, so that what is active clears; people can still see to the rest.
    """
    point = Point(id=name, kind=PointKind.CELLS, asset="", name=name, zone=None, always_armed=False)
    seat = Seat(point, NOTHING, USUAL_INTERVAL_S, 0)
    seat.recall(payload)
    if not seat.state.alarms:
        return None
    at_ms = max(alarm.raised_ms for alarm in seat.state.alarms)
    last_ms = at_ms if seat.state.last_ms is None else max(at_ms, seat.state.last_ms)
    if seat.state.watch is not Watch.OFF:
        # At once, by the first tick.
        seat.state = replace(
            seat.state, watch_until_ms=last_ms + 1, then=Watch.OFF, then_until_ms=None
        )
    return seat


def profile_name(point: Point) -> str:
    """Name the rules of a point: its own, else those of its zone, or of gateways."""
    if point.profile:
        return point.profile
    return GATEWAY_PROFILE if point.zone is None else point.zone.value
