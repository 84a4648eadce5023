"""Silence of a point: how long it may last, and the alarm about it; pure.

It counts from the newest sample, or from the arming of a point that was silent before. An alarm
about a silence that somebody has closed by force does not come back before something was heard.
"""

from __future__ import annotations

from dataclasses import replace as replace_fields

from msgspec.structs import replace

from telemetry.alarm import raising
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState
from telemetry.alarm.watch import is_watched
from telemetry.alarm.words import AlarmEvent, AlarmKind, Severity

Change = tuple[PointState, tuple[AlarmEvent, ...]]

STALE = "stale"
"""Name of the rule about silence."""

PAUSES = 3
"""As many missed reports in a row are silence."""


def silent_from_ms(profile: Profile, state: PointState) -> int | None:
    """Say when silence becomes an alarm; None where it is none, or has been one."""
    base_ms = _base_ms(state)
    if profile.stale_after_s is None or base_ms is None or base_ms == state.silence_ms:
        return None
    return base_ms + 1000 * profile.stale_after_s


def _base_ms(state: PointState) -> int | None:
    base_ms = state.last_ms
    for other_ms in (state.watch_since_ms, state.excused_ms):
        if other_ms is not None and (base_ms is None or other_ms > base_ms):
            base_ms = other_ms
    return base_ms


def raise_silence(profile: Profile, state: PointState, at_ms: int, excused: str | None) -> Change:
    """Raise an alarm where silence has lasted too long by an instant, and nothing explains it."""
    base_ms, deadline_ms = _base_ms(state), silent_from_ms(profile, state)
    if excused is not None or base_ms is None or deadline_ms is None or deadline_ms > at_ms:
        return state, ()
    if not is_watched(state, at_ms):
        return state, ()
    minutes = (deadline_ms - base_ms) / 60_000
    cause = raising.Cause(
        kind=AlarmKind.STALE,
        severity=Severity.WARNING,
        rule=STALE,
        began_ms=base_ms,
        value=minutes,
        peak=minutes,
        limit=minutes,
    )
    return raising.raise_or_worsen(profile, replace(state, silence_ms=base_ms), cause, deadline_ms)


def end_silence(state: PointState, at_ms: int) -> Change:
    """Clear the alarm about silence, for something came from after it began."""
    silent = raising.active(state, AlarmKind.STALE) if state.alarms else None
    if silent is None or at_ms <= silent.began_ms:
        return state, ()
    return raising.clear(state, silent, max(at_ms, silent.raised_ms))


def patient(profile: Profile, interval_s: int) -> Profile:
    """Give rules that take no usual pause for silence.

    Parameters
    ----------
    profile
        Rules of a point.
    interval_s
        How often its slowest sensor reports; three intervals are the least that silence is.
    """
    if profile.stale_after_s is None or profile.stale_after_s >= PAUSES * interval_s:
        return profile
    return replace_fields(profile, stale_after_s=PAUSES * interval_s)
