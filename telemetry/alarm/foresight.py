"""Alarms about what is going to happen: raised and cleared by what the estimate says; pure.

The estimate says once a minute which causes hold. A cause that holds no more is over when that has
lasted for the off-delay, as with every other alarm. Nobody is told of what stands already: where it
is too warm, nothing is foreseen of warmth, and a breach that is foreseen says that cooling is
missing. A sensor that says what no air does says nothing of either: while it is at fault, what was
foreseen stands. A unit that runs nearly all of the time and air that warms are both ``no_cooling``,
and two things: the one ends where the other begins, for goods are in danger of the second alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from telemetry.alarm import raising
from telemetry.alarm.raising import Cause, Change
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.sensors import is_found_alone
from telemetry.alarm.state import PointState
from telemetry.alarm.watch import is_watched
from telemetry.alarm.words import CAPACITY, Alarm, AlarmEvent, AlarmKind

FORESEEN = (AlarmKind.PREDICTED, AlarmKind.NO_COOLING)
"""Kinds that are raised and cleared here and nowhere else; so is a fault of a lonely sensor."""


def foresee(profile: Profile, state: PointState, causes: Sequence[Cause], at_ms: int) -> Change:
    """Raise, worsen or clear what is foreseen.

    Parameters
    ----------
    profile
        The rules.
    state
        What is remembered of the point.
    causes
        What holds now, at most one of a kind; a kind that is not among them is over.
    at_ms
        When that was found.

    Returns
    -------
    tuple
        The state after it, and what happened, in order.
    """
    events: tuple[AlarmEvent, ...] = ()
    fault = next((one for one in causes if one.kind is AlarmKind.SENSOR_FAULT), None)
    if fault is not None:
        return _with_fault(profile, state, fault, at_ms)
    found = raising.active(state, AlarmKind.SENSOR_FAULT) if state.alarms else None
    if found is not None and is_found_alone(found):
        state, events = raising.settle(profile, state, found, at_ms, anew=False)
    for kind in FORESEEN:
        cause = next((one for one in causes if one.kind is kind), None)
        state, more = _of_kind(profile, state, kind, cause, at_ms)
        events += more
    return state, events


def _of_kind(
    profile: Profile, state: PointState, kind: AlarmKind, cause: Cause | None, at_ms: int
) -> Change:
    """Raise, worsen or clear the alarm of a kind."""
    events: tuple[AlarmEvent, ...] = ()
    standing = raising.active(state, kind)
    if cause is not None and standing is not None and _is_other(standing, cause):
        if not standing.is_of_capacity:
            # It is over when its off-delay says so; only then the other is told of.
            return raising.settle(profile, state, standing, at_ms, anew=False)
        state, events = raising.clear(state, standing, at_ms)
        standing = None
    if cause is not None and standing is None and _is_told(profile, state, cause):
        return state, events
    if cause is not None and is_watched(state, at_ms):
        state, more = raising.raise_or_worsen(profile, state, cause, at_ms)
        return raising.still_bad(state, kind), events + more
    if standing is not None:
        return raising.settle(profile, state, standing, at_ms, anew=False)
    return state, events


def _with_fault(profile: Profile, state: PointState, fault: Cause, at_ms: int) -> Change:
    """Raise a sensor's fault; nothing that was foreseen is over by what such a sensor says."""
    for kind in FORESEEN:
        state = raising.still_bad(state, kind)
    if not is_watched(state, at_ms):
        return state, ()
    standing = raising.active(state, AlarmKind.SENSOR_FAULT)
    if standing is not None and is_found_alone(standing):
        return raising.still_bad(state, AlarmKind.SENSOR_FAULT), ()
    return raising.raise_or_worsen(profile, state, fault, at_ms)


def _is_other(standing: Alarm, cause: Cause) -> bool:
    """Say whether a unit without reserve is the one of both, and air that warms the other."""
    return standing.is_of_capacity is not (cause.rule == CAPACITY)


def _is_told(profile: Profile, state: PointState, cause: Cause) -> bool:
    """Say whether an alarm stands that says more: it is too warm already, or will be."""
    if cause.kind is AlarmKind.NO_COOLING and raising.active(state, AlarmKind.PREDICTED):
        return True
    side = raising.side_of(profile, cause.kind, cause.limit)
    passed = AlarmKind.LOW if side is Side.LOW else AlarmKind.HIGH
    return raising.active(state, passed) is not None
