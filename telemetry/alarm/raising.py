"""Raises and clears the alarms of a point, once the rules have decided; pure.

A point has at most one open alarm of a kind. A worse rule makes the one that stands worse. An alarm
that comes back while nobody has acknowledged its forerunner closes that one and joins its
incident; so does one that tells of the same warmth in another way. Each alarm that comes back
within a day of the last one's clearing has twice the off-delay, so that a limit inside the control
band gives one long alarm and not a hundred.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from telemetry.alarm import lifecycle
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Back, Comeback, PointState
from telemetry.alarm.words import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    EventKind,
    Severity,
    alarm_id,
)

COMES_BACK_WITHIN_MS = 24 * 3_600_000
"""After so long without an alarm of a kind its off-delay is the profile's again."""

ABOUT_WARMTH = frozenset(
    {AlarmKind.HIGH, AlarmKind.CUMULATIVE, AlarmKind.MKT, AlarmKind.NO_COOLING}
)
"""Kinds that tell of one thing in several ways: those that stand together are one incident. So do
``low``, and what is predicted of the one edge or the other."""

Change = tuple[PointState, tuple[AlarmEvent, ...]]


class Cause(Struct, frozen=True, kw_only=True):
    """What raises an alarm.

    Parameters
    ----------
    rule
        Name of the rule within its pack.
    value, peak, limit
        In the unit that the rule limits.
    """

    kind: AlarmKind
    severity: Severity
    rule: str
    began_ms: int
    value: float
    peak: float
    limit: float


def active(state: PointState, kind: AlarmKind) -> Alarm | None:
    """Give the alarm of a kind that stands; None where there is none."""
    for alarm in state.alarms:
        if alarm.kind is kind and alarm.is_active:
            return alarm
    return None


def raise_or_worsen(profile: Profile, state: PointState, cause: Cause, at_ms: int) -> Change:
    """Put down that a rule's delay has ended at an instant."""
    standing = active(state, cause.kind)
    rule = f"{profile.citation}:{cause.rule}"
    if standing is None:
        return _raised(profile, state, cause, at_ms)
    if cause.severity <= standing.severity:
        return state, ()
    worse, events = lifecycle.worsened(
        standing, cause.severity, at_ms, rule=rule, limit_c=cause.limit
    )
    return replace(state, alarms=_with(state.alarms, worse)), events


def _raised(profile: Profile, state: PointState, cause: Cause, at_ms: int) -> Change:
    name = alarm_id(state.point, cause.kind, cause.began_ms)
    alarms, events, incident = _superseded(state.alarms, cause.kind, name, at_ms)
    alarm = Alarm(
        id=name,
        point=state.point,
        kind=cause.kind,
        severity=cause.severity,
        rule=f"{profile.citation}:{cause.rule}",
        began_ms=cause.began_ms,
        raised_ms=at_ms,
        value_c=cause.value,
        peak_c=cause.peak,
        limit_c=cause.limit,
        incident=incident or _shared_incident(profile, alarms, cause) or name,
    )
    event = AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=at_ms)
    after = replace(
        state,
        alarms=(*alarms, alarm),
        comebacks=_patience(profile, state.comebacks, cause.kind, at_ms),
        back=tuple(one for one in state.back if one.kind is not cause.kind),
    )
    return after, (*events, event)


def _shared_incident(profile: Profile, alarms: tuple[Alarm, ...], cause: Cause) -> str | None:
    side = side_of(profile, cause.kind, cause.limit)
    if side is None:
        return None
    standing = (
        one for one in alarms if one.is_active and side_of(profile, one.kind, one.limit_c) is side
    )
    return next((one.incident for one in standing), None)


def side_of(profile: Profile, kind: AlarmKind, limit_c: float) -> Side | None:
    """Say whether an alarm tells of warmth or of cold; None where of neither."""
    if kind in ABOUT_WARMTH:
        return Side.HIGH
    if kind is AlarmKind.LOW:
        return Side.LOW
    if kind is AlarmKind.PREDICTED:
        return Side.LOW if limit_c <= profile.band.lower_c else Side.HIGH
    return None


def _superseded(
    alarms: tuple[Alarm, ...], kind: AlarmKind, successor: str, at_ms: int
) -> tuple[tuple[Alarm, ...], tuple[AlarmEvent, ...], str | None]:
    kept: list[Alarm] = []
    events: list[AlarmEvent] = []
    incident: str | None = None
    for alarm in alarms:
        if alarm.kind is not kind:
            kept.append(alarm)
            continue
        incident = alarm.incident
        closed = replace(alarm, closed_ms=at_ms, shelved_until_ms=None, shelved_by=None)
        comment = f"came back as {successor}"
        events.append(AlarmEvent(kind=EventKind.CLOSED, alarm=closed, at_ms=at_ms, comment=comment))
    return tuple(kept), tuple(events), incident


def _patience(
    profile: Profile, comebacks: tuple[Comeback, ...], kind: AlarmKind, at_ms: int
) -> tuple[Comeback, ...]:
    off_delay_ms = 1000 * profile.off_delay_s
    for last in comebacks:
        # None: a person closed it, or the watch ended. That says nothing of chatter.
        soon = last.cleared_ms is not None and at_ms - last.cleared_ms <= COMES_BACK_WITHIN_MS
        if last.kind is kind and soon:
            longest_ms = max(off_delay_ms, 1000 * profile.most_off_delay_s)
            off_delay_ms = min(2 * last.off_delay_ms, longest_ms)
    others = tuple(one for one in comebacks if one.kind is not kind)
    return (*others, Comeback(kind, off_delay_ms))


def clear(state: PointState, alarm: Alarm, at_ms: int) -> Change:
    """Put down that an alarm's cause has been over for long enough."""
    done, event = lifecycle.cleared(alarm, at_ms)
    comebacks = tuple(
        replace(one, cleared_ms=at_ms) if one.kind is alarm.kind else one for one in state.comebacks
    )
    after = replace(
        state,
        alarms=lifecycle.still_open(_with(state.alarms, done)),
        comebacks=comebacks,
        back=tuple(one for one in state.back if one.kind is not alarm.kind),
    )
    return after, (event,)


def settle(profile: Profile, state: PointState, alarm: Alarm, at_ms: int, *, anew: bool) -> Change:
    """Go on with an alarm whose cause is over: clear it when its off-delay has passed.

    Parameters
    ----------
    profile
        The rules.
    state
        What is remembered of the point.
    alarm
        One that stands.
    at_ms
        The instant of a sample that shows it.
    anew
        Whether nobody knows what was before this instant, so that the delay begins now.
    """
    since_ms = at_ms
    if not anew:
        since_ms = next((one.since_ms for one in state.back if one.kind is alarm.kind), at_ms)
    if at_ms - since_ms >= _off_delay_ms(profile, state, alarm.kind):
        return clear(state, alarm, at_ms)
    others = tuple(one for one in state.back if one.kind is not alarm.kind)
    return replace(state, back=(*others, Back(alarm.kind, since_ms))), ()


def still_bad(state: PointState, kind: AlarmKind) -> PointState:
    """Forget that an alarm was about to clear."""
    if not any(one.kind is kind for one in state.back):
        return state
    return replace(state, back=tuple(one for one in state.back if one.kind is not kind))


def with_peak(state: PointState, alarm: Alarm, peak: float) -> PointState:
    """Put down how bad it has become."""
    return replace(state, alarms=_with(state.alarms, replace(alarm, peak_c=peak)))


def _off_delay_ms(profile: Profile, state: PointState, kind: AlarmKind) -> int:
    known = (one.off_delay_ms for one in state.comebacks if one.kind is kind)
    return next(known, 1000 * profile.off_delay_s)


def _with(alarms: tuple[Alarm, ...], changed: Alarm) -> tuple[Alarm, ...]:
    return tuple(changed if alarm.id == changed.id else alarm for alarm in alarms)
