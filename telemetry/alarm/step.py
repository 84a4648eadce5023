"""One step of a point's alarm machine: (rules, state, sample, now) gives (state, events); pure.

A sample is judged at the device's time. What should have happened before it (a delay that ended,
silence that grew too long, an alarm that speaks up again) happens first, each at its own instant,
so that it makes no difference how often somebody ticked in between; at one and the same instant the
sample comes first. A tick is a step without a sample. Nothing clears but by a sample.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemetry.alarm import lifecycle, limits, raising
from telemetry.alarm.rules import Profile
from telemetry.alarm.sensors import is_found_alone
from telemetry.alarm.silence import end_silence, raise_silence, silent_from_ms
from telemetry.alarm.state import Outside, PointState, Sample, Watch
from telemetry.alarm.watch import is_watched, turn
from telemetry.alarm.words import AlarmEvent, AlarmKind

Change = tuple[PointState, tuple[AlarmEvent, ...]]

BY_SAMPLES = frozenset(
    {
        AlarmKind.HIGH,
        AlarmKind.LOW,
        AlarmKind.CUMULATIVE,
        AlarmKind.MKT,
        AlarmKind.SENSOR_FAULT,
    }
)
"""Alarms that samples clear here; the others belong to whoever raised them."""


def fresh(point: str, *, always_armed: bool = False) -> PointState:
    """Make the state of a point of which nothing has been heard.

    Parameters
    ----------
    point
        Its id.
    always_armed
        Whether it is watched when nobody has armed it.
    """
    watch = Watch.ARMED if always_armed else Watch.OFF
    return PointState(point=point, watch=watch, always_armed=always_armed)


def step(
    profile: Profile,
    state: PointState,
    sample: Sample | None,
    now_ms: int,
    *,
    excused: str | None = None,
) -> Change:
    """Judge a sample, or let time pass.

    Parameters
    ----------
    profile
        The rules.
    state
        What is remembered of the point.
    sample
        None is a tick. One that is older than another sensor's counts as if it came at that
        instant; one that is older than its own sensor's newest is history, and changes nothing.
    now_ms
        The clock of who asks; it counts for ticks alone.
    excused
        Id of an incident that explains silence, so that there is no alarm about it.

    Returns
    -------
    tuple
        The state after it, and what happened, in order.
    """
    if sample is None:
        return _until(profile, state, now_ms, excused)
    at_ms = sample.at_ms
    last_ms = state.last_ms
    if (
        last_ms is not None
        and not state.outside
        and not state.alarms
        and profile.quiet_above_c < sample.value_c < profile.quiet_below_c
        and 0 <= at_ms - last_ms < profile.silence_ms
        and (state.watch_until_ms is None or at_ms < state.watch_until_ms)
    ):
        values = state.values
        if profile.mkt is None and len(values) == 1 and values[0].sensor == sample.sensor:
            return replace(state, last_ms=at_ms, values=(sample,)), ()
        calm = limits.stay_calm(profile, state, sample)
        if calm is not None:
            return calm, ()
    if last_ms is not None and at_ms < last_ms:
        if any(one.sensor == sample.sensor and one.at_ms > at_ms for one in state.values):
            return state, ()
        at_ms = last_ms
    before, first = _until(profile, state, at_ms - 1, excused)
    after, then = _judge(profile, before, sample, at_ms)
    return after, (*first, *then)


def heard(state: PointState, at_ms: int) -> Change:
    """Put down that there was a sign of life, which ends silence.

    Parameters
    ----------
    state
        What is remembered of the point, mostly a gateway.
    at_ms
        When that was.
    """
    if state.last_ms is None or at_ms > state.last_ms:
        state = replace(state, last_ms=at_ms)
    return end_silence(state, at_ms)


def due_ms(profile: Profile, state: PointState, *, excused: str | None = None) -> int | None:
    """Say when a tick would next do something; None where nothing waits.

    Parameters
    ----------
    profile
        The rules.
    state
        What is remembered of the point.
    excused
        Id of an incident that explains silence.
    """
    soonest = state.watch_until_ms
    if state.watch is Watch.ARMED:
        if excused is None:
            soonest = _sooner(soonest, silent_from_ms(profile, state))
        for outside in _watched(state):
            soonest = _sooner(soonest, limits.deadline_ms(profile, state, outside))
    if state.alarms:
        soonest = _sooner(soonest, lifecycle.next_ms(profile, state.alarms))
    return soonest


def _sooner(one: int | None, other: int | None) -> int | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _watched(state: PointState) -> tuple[Outside, ...]:
    """Leave out what began before the point was armed."""
    since_ms = state.watch_since_ms
    if since_ms is None or not state.outside:
        return state.outside
    return tuple(one for one in state.outside if one.began_ms >= since_ms)


# --- time ---------------------------------------------------------------------------------------


def _until(profile: Profile, state: PointState, until_ms: int, excused: str | None) -> Change:
    """Let everything happen that is due by an instant, in order."""
    events: list[AlarmEvent] = []
    before: PointState | None = None
    while (at_ms := due_ms(profile, state, excused=excused)) is not None and at_ms <= until_ms:
        if state is before:
            break  # What is due and changes nothing would be due for ever.
        before = state
        state, turned = turn(state, at_ms)
        state, raised = _raise_due(profile, state, at_ms)
        state, silent = raise_silence(profile, state, at_ms, excused)
        alarms, aged = lifecycle.age(profile, state.alarms, at_ms)
        if alarms is not state.alarms:
            state = replace(state, alarms=alarms)
        events += (*turned, *raised, *silent, *aged)
    return state, tuple(events)


def _raise_due(profile: Profile, state: PointState, at_ms: int, *, sums: bool = False) -> Change:
    """Raise what rules ask for whose delay has ended by an instant; where told, sums alone."""
    if not state.outside or not is_watched(state, at_ms):
        return state, ()
    due: list[tuple[int, int, Outside]] = []
    for place, outside in enumerate(_watched(state)):
        deadline_ms = limits.deadline_ms(profile, state, outside)
        if deadline_ms is None or deadline_ms > at_ms:
            continue
        if not sums or any(rule.name == outside.rule for rule in profile.cumulative):
            due.append((deadline_ms, place, outside))
    events: tuple[AlarmEvent, ...] = ()
    for deadline_ms, _, outside in sorted(due, key=lambda one: one[:2]):
        done = replace(outside, raised=True)
        state = replace(
            state, outside=tuple(done if one is outside else one for one in state.outside)
        )
        cause = limits.cause_of(profile, state, outside)
        if cause is not None:
            state, more = raising.raise_or_worsen(profile, state, cause, deadline_ms)
            events += more
    return state, events


# --- samples ------------------------------------------------------------------------------------


def _judge(profile: Profile, state: PointState, sample: Sample, at_ms: int) -> Change:
    state, turned = turn(state, at_ms)
    unknown = state.last_ms is not None and at_ms - state.last_ms > profile.silence_ms
    state = replace(state, outside=_watched(state))
    full: tuple[AlarmEvent, ...] = ()
    if not all(rule.is_outside(sample.value_c) for rule in profile.cumulative):
        # A sum that is full with this very sample is full, whether the air is inside or not.
        state, full = _raise_due(profile, state, at_ms, sums=True)
    before = state
    state = limits.follow(profile, state, sample, at_ms)
    if not is_watched(state, at_ms):
        # Nothing is counted against a point that nobody watches.
        kept = (before.tallies, before.runs, before.heat)
        state = replace(state, outside=(), tallies=kept[0], runs=kept[1], heat=kept[2])
    state, silent = end_silence(state, sample.at_ms)
    state, raised = _raise_due(profile, state, at_ms)
    state, cleared = _clear(profile, state, at_ms, anew=unknown)
    return state, (*turned, *full, *silent, *raised, *cleared)


def _clear(profile: Profile, state: PointState, at_ms: int, *, anew: bool) -> Change:
    """Clear alarms whose cause has been over for their off-delay."""
    events: tuple[AlarmEvent, ...] = ()
    for alarm in state.alarms:
        if not alarm.is_active or alarm.kind not in BY_SAMPLES or is_found_alone(alarm):
            continue
        if limits.has_ended(profile, state, alarm.kind, at_ms):
            state, more = raising.settle(profile, state, alarm, at_ms, anew=anew)
            events += more
            continue
        state = raising.still_bad(state, alarm.kind)
        peak = limits.peak_of(state, alarm.kind, alarm.peak_c, at_ms)
        if peak != alarm.peak_c:
            state = raising.with_peak(state, alarm, peak)
    return state, events
