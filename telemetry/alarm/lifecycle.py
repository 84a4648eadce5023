"""What people and time do to an alarm that is open; pure.

An active alarm speaks up again, an alarm that nobody has acknowledged is escalated, a shelving
ends. Every deadline is an instant of its own: an event bears that instant, not the tick that saw
it, so that late ticks and early ones tell the same story. While an alarm is shelved neither delay
runs; both begin anew when the shelving ends. Severity ``INFO`` asks nobody to act, and does
neither.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from telemetry.alarm.rules import Profile
from telemetry.alarm.words import Alarm, AlarmEvent, Command, EventKind, Severity
from telemetry.errors import CommandRefused

SHELVED_AT_MOST_MS: dict[Severity, int] = {
    Severity.INFO: 24 * 3_600_000,
    Severity.WARNING: 24 * 3_600_000,
    Severity.CRITICAL: 3_600_000,
}
"""Longest shelving: a shift's worth of quiet, and for what spoils goods not more than an hour."""

Change = tuple[Alarm, AlarmEvent]


# --- what time does -----------------------------------------------------------------------------


def age(
    profile: Profile, alarms: tuple[Alarm, ...], now_ms: int
) -> tuple[tuple[Alarm, ...], tuple[AlarmEvent, ...]]:
    """Let time pass for the alarms of a point: re-alarm, escalation, end of shelving.

    Events come in the order of their instants. Nothing that is due means the same tuple back.
    """
    due = next_ms(profile, alarms)
    if due is None or due > now_ms:
        return alarms, ()
    aged: list[Alarm] = []
    events: list[AlarmEvent] = []
    for alarm in alarms:
        current = alarm
        while (deadline := _deadline(profile, current)) is not None and deadline[0] <= now_ms:
            current, event = _DUE[deadline[1]](current, deadline[0])
            events.append(event)
        aged.append(current)
    events.sort(key=lambda event: event.at_ms)
    return tuple(aged), tuple(events)


def next_ms(profile: Profile, alarms: Sequence[Alarm]) -> int | None:
    """Say when ``age`` will have something to do; None where nothing waits."""
    deadlines = [_deadline(profile, alarm) for alarm in alarms]
    return min((deadline[0] for deadline in deadlines if deadline is not None), default=None)


def _deadline(profile: Profile, alarm: Alarm) -> tuple[int, EventKind] | None:
    if alarm.shelved_until_ms is not None:
        return alarm.shelved_until_ms, EventKind.UNSHELVED
    if alarm.severity is Severity.INFO:
        return None
    seen = alarm.raised_ms if alarm.found_ms is None else alarm.found_ms
    begun = seen if alarm.unshelved_ms is None else max(seen, alarm.unshelved_ms)
    waiting: list[tuple[int, EventKind]] = []
    if (
        profile.escalate_after_s is not None
        and alarm.escalated_ms is None
        and alarm.acknowledged_ms is None
        and alarm.is_open
    ):
        waiting.append((begun + 1000 * profile.escalate_after_s, EventKind.ESCALATED))
    if profile.re_alarm_s is not None and alarm.is_active:
        # Who acknowledges has just been reminded.
        last = max(begun, alarm.re_alarmed_ms or begun, alarm.acknowledged_ms or begun)
        waiting.append((last + 1000 * profile.re_alarm_s, EventKind.RE_ALARMED))
    return min(waiting, key=lambda deadline: deadline[0], default=None)


def _escalate(alarm: Alarm, at_ms: int) -> Change:
    return _happened(EventKind.ESCALATED, replace(alarm, escalated_ms=at_ms), at_ms)


def _re_alarm(alarm: Alarm, at_ms: int) -> Change:
    return _happened(EventKind.RE_ALARMED, replace(alarm, re_alarmed_ms=at_ms), at_ms)


def end_shelving(alarm: Alarm, at_ms: int) -> Change:
    """Bring a shelved alarm back: its time is over, or it has become worse."""
    back = replace(alarm, shelved_until_ms=None, shelved_by=None, unshelved_ms=at_ms)
    return _happened(EventKind.UNSHELVED, back, at_ms)


_DUE = {
    EventKind.ESCALATED: _escalate,
    EventKind.RE_ALARMED: _re_alarm,
    EventKind.UNSHELVED: end_shelving,
}


# --- what the rules do --------------------------------------------------------------------------


def worsened(
    alarm: Alarm, severity: Severity, at_ms: int, *, rule: str, limit_c: float
) -> tuple[Alarm, tuple[AlarmEvent, ...]]:
    """Make an alarm as urgent as it has become; what becomes critical is shelved no longer.

    Of a notice nobody was called, so from here on it waits to be acknowledged.

    Parameters
    ----------
    alarm, severity
        What stands, and how urgent it is from now on.
    at_ms
        When the rule's delay ended.
    rule, limit_c
        The rule, and what it holds the value against.
    """
    events: tuple[AlarmEvent, ...] = ()
    current = alarm
    if severity is Severity.CRITICAL and alarm.shelved_until_ms is not None:
        current, unshelved = end_shelving(current, at_ms)
        events = (unshelved,)
    worse = replace(current, severity=severity, rule=rule, limit_c=limit_c)
    if alarm.severity is Severity.INFO:
        worse = replace(
            worse, found_ms=at_ms, acknowledged_ms=None, acknowledged_by=None, re_alarmed_ms=None
        )
    worse, event = _happened(EventKind.WORSENED, worse, at_ms)
    return worse, (*events, event)


def cleared(alarm: Alarm, at_ms: int, *, comment: str | None = None) -> Change:
    """Put down that what an alarm warned of is over."""
    return _happened(EventKind.CLEARED, replace(alarm, cleared_ms=at_ms), at_ms, comment=comment)


def still_open(alarms: Sequence[Alarm]) -> tuple[Alarm, ...]:
    """Leave out what is cleared and acknowledged, or closed: nobody has to see to it."""
    return tuple(alarm for alarm in alarms if alarm.is_open)


# --- what people do -----------------------------------------------------------------------------


def acknowledge(alarm: Alarm, command: Command, now_ms: int) -> Change:
    """Put down that somebody sees to an alarm."""
    if alarm.acknowledged_ms is not None:
        raise CommandRefused("CG-8151", f"{alarm.id} was acknowledged by {alarm.acknowledged_by}")
    known = replace(alarm, acknowledged_ms=now_ms, acknowledged_by=command.by)
    return _asked(EventKind.ACKNOWLEDGED, known, command, now_ms)


def shelve(alarm: Alarm, command: Command, now_ms: int) -> Change:
    """Silence an alarm until an instant; shelved again it has a new end."""
    until_ms = command.until_ms
    if until_ms is None or until_ms <= now_ms:
        raise CommandRefused("CG-8153", f"{alarm.id} needs an end of its shelving, after now")
    longest_ms = SHELVED_AT_MOST_MS[alarm.severity]
    if until_ms - now_ms > longest_ms:
        hours = longest_ms // 3_600_000
        raise CommandRefused(
            "CG-8154", f"{alarm.id} is {alarm.severity.word}: shelved for {hours} h at most"
        )
    if not alarm.is_active:
        raise CommandRefused("CG-8155", f"{alarm.id} has cleared: there is nothing to silence")
    silent = replace(alarm, shelved_until_ms=until_ms, shelved_by=command.by)
    return _asked(EventKind.SHELVED, silent, command, now_ms)


def unshelve(alarm: Alarm, command: Command, now_ms: int) -> Change:
    """Bring a shelved alarm back before its time."""
    if alarm.shelved_until_ms is None:
        raise CommandRefused("CG-8156", f"{alarm.id} is not shelved")
    back, _ = end_shelving(alarm, now_ms)
    return _asked(EventKind.UNSHELVED, back, command, now_ms)


def comment(alarm: Alarm, command: Command, now_ms: int) -> Change:
    """Put a sentence to an alarm."""
    _comment_of(command, "CG-8157", f"a comment on {alarm.id} has no words")
    return _asked(EventKind.COMMENTED, alarm, command, now_ms)


def close(alarm: Alarm, command: Command, now_ms: int) -> Change:
    """Close an alarm by force, for a breach that can end in no other way."""
    _comment_of(command, "CG-8152", f"closing {alarm.id} by force needs a comment")
    shut = replace(
        alarm, closed_ms=now_ms, closed_by=command.by, shelved_until_ms=None, shelved_by=None
    )
    return _asked(EventKind.CLOSED, shut, command, now_ms)


def _comment_of(command: Command, code: str, refusal: str) -> None:
    if command.comment is None or not command.comment.strip():
        raise CommandRefused(code, refusal)


def _asked(kind: EventKind, alarm: Alarm, command: Command, now_ms: int) -> Change:
    event = AlarmEvent(
        kind=kind,
        alarm=alarm,
        at_ms=now_ms,
        by=command.by,
        comment=command.comment,
        command=command.number,
    )
    return alarm, event


def _happened(kind: EventKind, alarm: Alarm, at_ms: int, *, comment: str | None = None) -> Change:
    return alarm, AlarmEvent(kind=kind, alarm=alarm, at_ms=at_ms, comment=comment)
