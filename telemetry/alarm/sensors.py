"""Sensors of a point: of several the worst counts, and those that differ are at fault; pure.

The worst is the warmest for a limit above, the coldest for one below. A sensor that has fallen
silent beside one that speaks counts with its last value for a while; for a whole day where that
value was outside, for silence is no return.
"""

from __future__ import annotations

from math import inf

from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Alarm, AlarmKind

FORGOTTEN_AFTER_MS = 24 * 3_600_000
SILENT_AFTER_MS = 3_600_000
"""Where the profile watches no silence, this is one."""

MOST_SENSORS = 16

JUMP, STUCK, OUT_OF_REACH = "impossible_jump", "stuck_value", "out_of_reach"
DRIFT = "drift"
"""Rules by which a sensor is at fault that has no other beside it: the estimate finds it."""

ALONE = frozenset({JUMP, STUCK, OUT_OF_REACH, DRIFT})


def is_found_alone(alarm: Alarm) -> bool:
    """Say whether a sensor's fault was found without another sensor."""
    return alarm.kind is AlarmKind.SENSOR_FAULT and alarm.rule.rpartition(":")[2] in ALONE


def worst(values: tuple[Sample, ...], side: Side) -> float:
    """Give the value that counts for a limit."""
    pick = max if side is Side.HIGH else min
    return pick(sample.value_c for sample in values)


def difference(profile: Profile, values: tuple[Sample, ...], at_ms: int) -> float | None:
    """Give by how much sensors differ that have spoken lately; None where it is fewer than two."""
    if len(values) == 1:
        return None
    longest_ms = silent_ms(profile)
    fresh = [one.value_c for one in values if at_ms - one.at_ms <= longest_ms]
    return round(max(fresh) - min(fresh), 9) if len(fresh) > 1 else None


def newest(
    profile: Profile, values: tuple[Sample, ...], sample: Sample, at_ms: int
) -> tuple[Sample, ...]:
    """Put a sample in the place of its sensor's last one, and forget who is silent."""
    if not values or (len(values) == 1 and values[0].sensor == sample.sensor):
        return (sample,)
    kept = [one for one in values if one.sensor != sample.sensor and _counts(profile, one, at_ms)]
    return (*kept[-MOST_SENSORS + 1 :], sample)


def _counts(profile: Profile, sample: Sample, at_ms: int) -> bool:
    age_ms = at_ms - sample.at_ms
    if age_ms <= silent_ms(profile):
        return True
    outside = any(rule.is_outside(sample.value_c) for rule in profile.rules)
    return outside and age_ms <= FORGOTTEN_AFTER_MS


def silent_ms(profile: Profile) -> float:
    """Say how old the newest sample of a sensor may be before nobody knows how things are."""
    return SILENT_AFTER_MS if profile.silence_ms == inf else profile.silence_ms
