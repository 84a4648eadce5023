"""What the alarm machine of one point remembers; it is stored as it is and survives a restart.

Every field is small and bounded: ten thousand points are kept in memory.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from telemetry.alarm.words import Alarm


class Watch(Enum):
    """Whether a point is watched; all but the first two are states that end by themselves."""

    OFF = "off"
    ARMED = "armed"
    PRECOOLING = "precooling"
    WASHING = "washing"
    OUT_OF_SERVICE = "out_of_service"


class Sample(Struct, frozen=True, gc=False):
    """One temperature at one point, corrected by the sensor's offset."""

    at_ms: int
    value_c: float
    sensor: str = ""


class PointState(Struct, frozen=True, kw_only=True):
    """What is remembered of one point.

    Parameters
    ----------
    watch, watch_until_ms
        Whether it is watched, and until when; None is until somebody says otherwise.
    last_ms
        The newest sample's time, or when something was heard of a gateway; None before the first.
    alarms
        Alarms that are open: active, or not acknowledged yet.
    """

    point: str
    watch: Watch = Watch.OFF
    watch_until_ms: int | None = None
    watch_since_ms: int | None = None
    last_ms: int | None = None
    alarms: tuple[Alarm, ...] = ()
