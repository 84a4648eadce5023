"""Looks ahead for a point: its samples feed its estimate, and what that foresees becomes alarms.

Several sensors are fed as one. Real warming reaches all of them, a fault only one: the middle of
them counts, and where they are further apart than sensors may be, not much more than the one that
is best off. So a sensor that drifts away does not look like a unit that fails; the rules, which
take the worst, still hear it.
"""

from __future__ import annotations

from statistics import median
from zlib import crc32

from msgspec.structs import replace

from telemetry.alarm import sensors
from telemetry.alarm.foresight import FORESEEN, foresee
from telemetry.alarm.raising import Change, still_bad
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Sample, Watch
from telemetry.alarm.watch import is_watched
from telemetry.alarm.words import AlarmKind
from telemetry.estimate.calls import MINUTE_MS
from telemetry.estimate.estimator import begun, observe
from telemetry.estimate.sensing import COLDEST_C, HOTTEST_C
from telemetry.estimate.words import NO_CUES, Outlook, Regime
from telemetry.monitor.seats import Seat
from telemetry.registry import Point

PROVEN = frozenset({AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.SENSOR_FAULT})
"""While one of these stands, what is seen is nobody's usual way."""

MANY = 2
"""So many sensors have to be fed as one."""

BESIDE_MS = 900_000
"""What was said of a neighbour longer ago tells nothing of it any more."""

QUIET = frozenset({Regime.LEARNING, Regime.STEADY})


def look_ahead(seat: Seat, state: PointState, sample: Sample) -> Change:
    """Feed a sample to the estimate of a point, and raise or clear what it foresees.

    Parameters
    ----------
    seat
        The point, whose estimate is kept there.
    state
        Its machine after the same sample.
    sample
        A live one.
    """
    profile = seat.profile
    is_alone = len(state.values) < MANY
    # What no air does must not be lost in the mean of a minute.
    is_likely = COLDEST_C <= sample.value_c <= HOTTEST_C
    if is_alone and is_likely and seat.gathers(sample):
        return state, ()
    thermal = seat.thermal
    if thermal is None:
        # It foresees no more: what it foresaw under other rules must not stand for ever.
        return foresee(profile, state, (), sample.at_ms) if state.alarms else (state, ())
    cues, apart_c = NO_CUES, None
    if not is_alone:
        sample, apart_c = together(profile, state, sample)
        if seat.gathers(sample):
            return state, ()
    if apart_c is not None or not seat.surroundings.is_silent:
        cues = seat.surroundings.cues(sample.at_ms, apart_c)
    if seat.beside is not None:
        cues = replace(cues, pull_c_h=pull_c_h(seat.point, seat.beside.outlook, sample.at_ms))
    if thermal.last_ms is None:
        # Ten thousand places that begin together must not all take their step in one second.
        thermal = begun(sample.at_ms - crc32(seat.point.id.encode()) % MINUTE_MS)
    learn = learns(state, sample.at_ms)
    seat.thermal, outlook = observe(profile, thermal, sample, cues, learn=learn)
    if outlook is None:
        return state, ()
    seat.surroundings.told()
    before, seat.outlook = seat.outlook, outlook
    return foreseen(profile, state, outlook, None if before is None else before.at_ms)


def pull_c_h(point: Point, beyond: Outlook | None, at_ms: int) -> float | None:
    """Say how fast the air behind a bulkhead would warm a point from 0 °C; None where unknown.

    Parameters
    ----------
    point
        Has a neighbour.
    beyond
        The newest that is known of that; None where nothing is.
    at_ms
        Now.
    """
    if beyond is None or abs(at_ms - beyond.at_ms) > BESIDE_MS or point.beside_h <= 0.0:
        return None
    return beyond.air_c / point.beside_h


def foreseen(
    profile: Profile, state: PointState, outlook: Outlook, before_ms: int | None
) -> Change:
    """Raise and clear what an outlook asks for; over silence nothing counts as over.

    Parameters
    ----------
    profile
        The rules.
    state
        What is remembered of the point.
    outlook
        The newest.
    before_ms
        When the one before it was; None where there was none.
    """
    if before_ms is not None and outlook.at_ms - before_ms >= profile.silence_ms:
        for kind in FORESEEN:
            state = still_bad(state, kind)
    return foresee(profile, state, outlook.causes, outlook.at_ms)


def learns(state: PointState, at_ms: int) -> bool:
    """Say whether what a point does now is its usual way: it is watched, and nothing is wrong."""
    if state.alarms and any(one.kind in PROVEN and one.is_active for one in state.alarms):
        return False
    if state.watch_until_ms is None:
        return state.watch is Watch.ARMED
    return is_watched(state, at_ms)


def together(profile: Profile, state: PointState, sample: Sample) -> tuple[Sample, float | None]:
    """Make one sample of the newest of all sensors, and say by how much they differ.

    Parameters
    ----------
    profile
        Says how far sensors may differ, and which of them is best off.
    state
        The machine after the sample: it knows the newest of each sensor.
    sample
        The newest of all, or of its sensor.
    """
    at_ms = max(sample.at_ms, state.last_ms or 0)
    longest_ms = sensors.silent_ms(profile)
    values = [one.value_c for one in state.values if at_ms - one.at_ms <= longest_ms]
    apart_c = max(values) - min(values) if len(values) > 1 else None
    if apart_c is None:
        return Sample(at_ms, sample.value_c), None
    middle_c = median(values)
    best_c = max(values, key=profile.band.margin_c)
    most_c = profile.disagreement_c / 2
    return Sample(at_ms, min(max(middle_c, best_c - most_c), best_c + most_c)), apart_c


def has_news(outlook: Outlook | None, shown: Outlook | None) -> bool:
    """Say whether people should not wait for an outlook until the state is saved by its age.

    Parameters
    ----------
    outlook
        The newest; None where there is none.
    shown
        The one that is stored.
    """
    if outlook is None or outlook is shown:
        return False
    was = Regime.STEADY if shown is None else shown.regime
    if outlook.regime is not was and not (outlook.regime in QUIET and was in QUIET):
        return True
    return outlook.forecast is not None or (shown is not None and shown.forecast is not None)
