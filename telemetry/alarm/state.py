"""What the alarm machine of one point remembers; it is stored as it is and survives a restart.

Every field is small and bounded: ten thousand points are kept in memory.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from telemetry.alarm.words import Alarm, AlarmKind


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


class Outside(Struct, frozen=True, gc=False):
    """A rule whose limit is passed, since when, and how far.

    Parameters
    ----------
    raised
        Whether its delay has ended; it raises nothing more until the air was inside again.
    """

    rule: str
    began_ms: int
    peak: float
    raised: bool = False


class Back(Struct, frozen=True, gc=False):
    """An active alarm whose cause has ended, since when; the off-delay runs from there."""

    kind: AlarmKind
    since_ms: int


class Comeback(Struct, frozen=True, gc=False):
    """How patiently an alarm of a kind clears, and when the last one did; None while it stands."""

    kind: AlarmKind
    off_delay_ms: int
    cleared_ms: int | None = None


class Piece(Struct, frozen=True, gc=False):
    """A finished stay outside a cumulative rule's limit.

    Parameters
    ----------
    outside_ms
        Shorter than from begin to end where several stays have been put together.
    """

    from_ms: int
    to_ms: int
    outside_ms: int


class Tally(Struct, frozen=True):
    """What a cumulative rule has counted.

    Parameters
    ----------
    pieces
        Stays that may still lie in the window, oldest first; few, see ``accumulate``.
    since_ms
        When the point was armed as the count began; armed anew it begins anew.
    """

    rule: str
    pieces: tuple[Piece, ...] = ()
    since_ms: int | None = None


class Run(Struct, frozen=True, gc=False):
    """A short stay above a limit that may have been a defrost.

    Parameters
    ----------
    rise_c
        How far above the limit it went.
    learned
        Whether it is one of several alike that came at regular times.
    """

    from_ms: int
    to_ms: int
    rise_c: float
    learned: bool = False


class HeatBucket(Struct, frozen=True, gc=False):
    """Integral of e^(−ΔH/RT) over a finished part of a window, in milliseconds."""

    index: int
    heat_ms: float
    known_ms: int


class HeatSum(Struct, frozen=True):
    """What the mean kinetic temperature of a window needs.

    Parameters
    ----------
    at_ms, rate
        The newest sample and its e^(−ΔH/RT).
    now
        The part of the window that still grows.
    past
        The finished parts, oldest first.
    past_heat_ms, past_known_ms
        Their sums.
    """

    at_ms: int
    rate: float
    now: HeatBucket
    past: tuple[HeatBucket, ...] = ()
    past_heat_ms: float = 0.0
    past_known_ms: int = 0
    since_ms: int | None = None


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
    always_armed
        Whether it is armed whenever nothing else is said.
    then, then_until_ms
        What the point goes back to when its present state ends, and until when that holds.
    cool_since_ms
        Since when every sample lay at the set-point, while the point was not armed.
    excused_ms
        Until when an incident explained silence, which counts anew from there.
    values
        The newest sample of each sensor.
    outside, back, comebacks
        Delays that run: of rules, of alarms that may clear, and how long the latter are by now.
    silence_ms
        The instant from which silence was counted when it last raised an alarm.
    tallies, runs, heat
        What cumulative rules, the learning of defrosts and the MKT rule have seen.
    """

    point: str
    watch: Watch = Watch.OFF
    watch_until_ms: int | None = None
    watch_since_ms: int | None = None
    last_ms: int | None = None
    alarms: tuple[Alarm, ...] = ()
    always_armed: bool = False
    then: Watch = Watch.OFF
    then_until_ms: int | None = None
    cool_since_ms: int | None = None
    excused_ms: int | None = None
    values: tuple[Sample, ...] = ()
    outside: tuple[Outside, ...] = ()
    back: tuple[Back, ...] = ()
    comebacks: tuple[Comeback, ...] = ()
    silence_ms: int | None = None
    tallies: tuple[Tally, ...] = ()
    runs: tuple[Run, ...] = ()
    heat: HeatSum | None = None
