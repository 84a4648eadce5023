"""Whether a point is watched: armed, or in a state that ends by itself; pure.

A compartment is watched while goods are in it, a room always. Pre-cooling, washing and out of
service raise nothing and end at an instant that was said when they began; then the point goes back
to what it was before, as far as that still holds. What was pending when the watch ended is
forgotten, and active alarms clear with a comment: nobody looks whether they still hold.
"""

from __future__ import annotations

from msgspec.structs import replace

from optimizer.domain.temperature import DEFAULT_POLICIES, Zone
from telemetry.alarm import lifecycle
from telemetry.alarm.rules import Profile
from telemetry.alarm.state import PointState, Sample, Watch
from telemetry.alarm.words import Alarm, AlarmEvent, AlarmKind, EventKind, Severity, alarm_id

PRECOOLED_WITHIN_C = 1.0
"""How near to its set-point a compartment has to stay before it is loaded."""

PRECOOLED_FOR_MS = 20 * 60_000
"""For how long; common practice, no law."""

LONGEST_GAP_MS = 15 * 60_000
"""Silence after which nobody knows whether the set-point was held."""

NO_LONGER_WATCHED = "no longer watched"

Change = tuple[PointState, tuple[AlarmEvent, ...]]


def is_watched(state: PointState, now_ms: int) -> bool:
    """Say whether a point is watched at an instant, counting ends that nobody has seen yet."""
    until_ms = state.watch_until_ms
    if until_ms is None or now_ms < until_ms:
        return state.watch is Watch.ARMED
    return _ended(state, until_ms).watch is Watch.ARMED


def turn(state: PointState, now_ms: int) -> Change:
    """End what has ended by an instant."""
    events: tuple[AlarmEvent, ...] = ()
    current = state
    while (until_ms := current.watch_until_ms) is not None and until_ms <= now_ms:
        after = _ended(current, until_ms)
        if current.watch is Watch.ARMED and after.watch is not Watch.ARMED:
            after, more = _let_go(after, until_ms)
            events += more
        current = after
    return current, events


def _ended(state: PointState, at_ms: int) -> PointState:
    """Give what comes after the present state: what was there before, else the state of rest."""
    holds = state.then_until_ms is None or state.then_until_ms > at_ms
    rest = _rest(state)
    watch = state.then if holds and state.then is not Watch.OFF else rest
    until_ms = state.then_until_ms if holds and watch is state.then else None
    return replace(
        state,
        watch=watch,
        watch_until_ms=None if watch is rest and state.always_armed else until_ms,
        watch_since_ms=state.watch_since_ms if watch is state.watch else at_ms,
        then=Watch.OFF,
        then_until_ms=None,
    )


def _rest(state: PointState) -> Watch:
    return Watch.ARMED if state.always_armed else Watch.OFF


# --- what is asked ------------------------------------------------------------------------------


def arm(profile: Profile, state: PointState, now_ms: int, until_ms: int | None) -> Change:
    """Watch a point from now on; a compartment that was not pre-cooled is said to be so.

    Parameters
    ----------
    profile, state
        The point.
    now_ms, until_ms
        When the watch begins and ends; None until somebody says so.
    """
    was_armed = state.watch is Watch.ARMED
    armed = replace(
        state,
        watch=Watch.ARMED,
        watch_until_ms=until_ms,
        watch_since_ms=state.watch_since_ms if was_armed else now_ms,
        then=Watch.OFF,
        then_until_ms=None,
        cool_since_ms=None,
    )
    if was_armed or state.always_armed or profile.zone is None:
        return armed, ()
    held_ms = held_for_ms(state, now_ms)
    if held_ms >= PRECOOLED_FOR_MS:
        return armed, ()
    alarm = _not_precooled(profile, state, held_ms, now_ms)
    event = AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=now_ms)
    others = tuple(one for one in armed.alarms if one.kind is not AlarmKind.NOT_PRECOOLED)
    if len(others) < len(armed.alarms):
        # The last loading was flagged too, and nobody has looked since: it stays one alarm.
        return armed, ()
    return replace(armed, alarms=(*others, alarm)), (event,)


def _not_precooled(profile: Profile, state: PointState, held_ms: int, now_ms: int) -> Alarm:
    name = alarm_id(state.point, AlarmKind.NOT_PRECOOLED, now_ms)
    return Alarm(
        id=name,
        point=state.point,
        kind=AlarmKind.NOT_PRECOOLED,
        severity=Severity.INFO,
        rule=f"{profile.citation}:precooling",
        began_ms=now_ms,
        raised_ms=now_ms,
        value_c=held_ms / 60_000,
        peak_c=held_ms / 60_000,
        limit_c=PRECOOLED_FOR_MS / 60_000,
        incident=name,
    )


def disarm(state: PointState, now_ms: int, until_ms: int | None) -> Change:
    """Watch a point no longer."""
    return _leave(replace(state, then=Watch.OFF, then_until_ms=None), Watch.OFF, now_ms, until_ms)


def set_aside(state: PointState, watch: Watch, now_ms: int, until_ms: int) -> Change:
    """Put a point into a state that ends: pre-cooling, washing, out of service."""
    if state.watch is Watch.ARMED:
        state = replace(state, then=Watch.ARMED, then_until_ms=state.watch_until_ms)
    return _leave(state, watch, now_ms, until_ms)


def _leave(state: PointState, watch: Watch, now_ms: int, until_ms: int | None) -> Change:
    left = replace(state, watch=watch, watch_until_ms=until_ms, watch_since_ms=now_ms)
    return _let_go(left, now_ms) if state.watch is Watch.ARMED else (left, ())


def _let_go(state: PointState, at_ms: int) -> Change:
    alarms: list[Alarm] = []
    events: list[AlarmEvent] = []
    for alarm in state.alarms:
        current = alarm
        if alarm.is_active:
            current, event = lifecycle.cleared(alarm, at_ms, comment=NO_LONGER_WATCHED)
            events.append(event)
        alarms.append(current)
    quiet = replace(
        state,
        alarms=lifecycle.still_open(alarms),
        outside=(),
        back=(),
        comebacks=tuple(one for one in state.comebacks if one.cleared_ms is not None),
        silence_ms=None,
    )
    return quiet, tuple(events)


# --- pre-cooling --------------------------------------------------------------------------------


def cooled(state: PointState, sample: Sample, setpoint_c: float) -> PointState:
    """Follow how long a point that is not armed has held its set-point; before its ``step``."""
    holds = abs(sample.value_c - setpoint_c) <= PRECOOLED_WITHIN_C + 1e-9
    if not holds:
        return state if state.cool_since_ms is None else replace(state, cool_since_ms=None)
    gap = state.last_ms is None or sample.at_ms - state.last_ms > LONGEST_GAP_MS
    if state.cool_since_ms is None or gap:
        return replace(state, cool_since_ms=sample.at_ms)
    return state


def held_for_ms(state: PointState, now_ms: int) -> int:
    """Say for how long a point has held its set-point; 0 where nothing was heard of it lately."""
    if state.cool_since_ms is None or state.last_ms is None:
        return 0
    return now_ms - state.cool_since_ms if now_ms - state.last_ms <= LONGEST_GAP_MS else 0


def default_setpoint_c(zone: Zone | None) -> float | None:
    """Give the set-point of a zone, for points whose unit does not tell its own."""
    return None if zone is None else DEFAULT_POLICIES[zone].setpoint_c
