"""What people and time do to an alarm."""

from collections.abc import Callable
from dataclasses import replace as with_rules

import pytest
from msgspec.structs import replace

from telemetry.alarm import lifecycle
from telemetry.alarm.words import (
    Alarm,
    AlarmEvent,
    AlarmKind,
    Command,
    CommandKind,
    EventKind,
    Severity,
)
from telemetry.errors import CommandRefused
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, T0, a_command, an_alarm

ESCALATION = T0 + 30 * MINUTE
RE_ALARM = T0 + HOUR


def _until(alarm: Alarm, now_ms: int) -> tuple[Alarm, list[tuple[EventKind, int]]]:
    (after,), events = lifecycle.age(FROZEN, (alarm,), now_ms)
    return after, [(event.kind, event.at_ms) for event in events]


def test_nobody_is_escalated_to_a_millisecond_before_half_an_hour() -> None:
    assert _until(an_alarm(), ESCALATION - 1)[1] == []


def test_an_unacknowledged_alarm_is_escalated_at_half_an_hour_exactly_once() -> None:
    after, events = _until(an_alarm(), ESCALATION)
    assert events == [(EventKind.ESCALATED, ESCALATION)]
    assert _until(after, RE_ALARM - 1)[1] == []


def test_a_late_tick_gives_the_instant_of_the_deadline() -> None:
    assert _until(an_alarm(), ESCALATION + 7_777)[1] == [(EventKind.ESCALATED, ESCALATION)]


def test_an_acknowledged_alarm_is_not_escalated() -> None:
    assert _until(an_alarm(acknowledged_ms=T0 + MINUTE), ESCALATION + MINUTE)[1] == []


def test_what_cleared_unacknowledged_is_escalated_all_the_same() -> None:
    assert _until(an_alarm(cleared_ms=T0 + MINUTE), 2 * HOUR + T0)[1] == [
        (EventKind.ESCALATED, ESCALATION)
    ]


def test_an_active_alarm_speaks_up_every_hour() -> None:
    alarm = an_alarm(acknowledged_ms=T0)
    assert _until(alarm, T0 + 2 * HOUR)[1] == [
        (EventKind.RE_ALARMED, T0 + HOUR),
        (EventKind.RE_ALARMED, T0 + 2 * HOUR),
    ]


def test_who_acknowledges_is_reminded_an_hour_later() -> None:
    alarm = an_alarm(acknowledged_ms=T0 + 50 * MINUTE)
    assert lifecycle.next_ms(FROZEN, (alarm,)) == T0 + 110 * MINUTE


def test_a_profile_may_remind_nobody() -> None:
    silent = with_rules(FROZEN, re_alarm_s=None, escalate_after_s=None)
    assert lifecycle.next_ms(silent, (an_alarm(),)) is None


def test_information_asks_nobody_to_act() -> None:
    assert _until(an_alarm(severity=Severity.INFO), T0 + 9 * HOUR)[1] == []


def test_a_shelved_alarm_is_silent_until_its_end_and_its_delays_begin_anew() -> None:
    alarm = an_alarm(shelved_until_ms=T0 + 5 * HOUR, shelved_by="Li Na")
    after, events = _until(alarm, T0 + 5 * HOUR)
    assert events == [(EventKind.UNSHELVED, T0 + 5 * HOUR)]
    assert (after.shelved_until_ms, after.shelved_by) == (None, None)
    assert _until(after, T0 + 6 * HOUR)[1] == [
        (EventKind.ESCALATED, T0 + 5 * HOUR + 30 * MINUTE),
        (EventKind.RE_ALARMED, T0 + 6 * HOUR),
    ]


def test_an_alarm_found_late_waits_from_when_it_was_found() -> None:
    alarm = an_alarm(late=True, found_ms=T0 + 3 * HOUR, cleared_ms=T0 + HOUR)
    assert lifecycle.next_ms(FROZEN, (alarm,)) == T0 + 3 * HOUR + 30 * MINUTE


def test_events_of_several_alarms_come_in_the_order_of_their_instants() -> None:
    later = an_alarm(id="b", raised_ms=T0 + 10 * MINUTE)
    _, events = lifecycle.age(FROZEN, (later, an_alarm()), T0 + 45 * MINUTE)
    assert [event.alarm.id for event in events] == ["high-1", "b"]


def test_one_late_tick_tells_the_same_as_many() -> None:
    whole = _until(an_alarm(), T0 + 5 * HOUR)
    alarm, told = an_alarm(), []
    for minute in range(301):
        alarm, events = _until(alarm, T0 + minute * MINUTE)
        told += events
    assert (alarm, told) == whole


def test_becoming_critical_ends_a_shelving() -> None:
    alarm = an_alarm(shelved_until_ms=T0 + HOUR)
    after, events = lifecycle.worsened(
        alarm, Severity.CRITICAL, T0 + MINUTE, rule="frozen/1:critical_high", limit_c=-15.0
    )
    assert [event.kind for event in events] == [EventKind.UNSHELVED, EventKind.WORSENED]
    assert (after.shelved_until_ms, after.severity) == (None, Severity.CRITICAL)


def test_what_is_cleared_and_acknowledged_needs_nobody() -> None:
    seen = an_alarm(acknowledged_ms=T0)
    gone, _ = lifecycle.cleared(seen, T0 + MINUTE)
    unseen, _ = lifecycle.cleared(an_alarm(), T0 + MINUTE)
    shut = an_alarm(closed_ms=T0)
    assert lifecycle.still_open((seen, gone, unseen, shut)) == (seen, unseen)


# --- people -------------------------------------------------------------------------------------

SHELVE = a_command(CommandKind.SHELVE, until_ms=T0 + HOUR)


def _signed(event: AlarmEvent) -> tuple[EventKind, int, str | None, int | None]:
    return event.kind, event.at_ms, event.by, event.command


def test_an_acknowledgement_names_who_and_when_and_the_command() -> None:
    command = a_command(CommandKind.ACKNOWLEDGE, comment="on my way")
    after, event = lifecycle.acknowledge(an_alarm(), command, T0 + 5)
    assert (after.acknowledged_ms, after.acknowledged_by) == (T0 + 5, "Li Na")
    assert _signed(event) == (EventKind.ACKNOWLEDGED, T0 + 5, "Li Na", 7)
    assert event.comment == "on my way"
    assert event.alarm == after


def test_a_critical_alarm_may_be_shelved_for_an_hour_and_not_longer() -> None:
    critical = an_alarm(severity=Severity.CRITICAL)
    after, event = lifecycle.shelve(critical, SHELVE, T0)
    assert (after.shelved_until_ms, after.shelved_by) == (T0 + HOUR, "Li Na")
    assert _signed(event) == (EventKind.SHELVED, T0, "Li Na", 7)
    with pytest.raises(CommandRefused, match="1 h at most") as refused:
        lifecycle.shelve(critical, replace(SHELVE, until_ms=T0 + HOUR + 1), T0)
    assert refused.value.code == "CG-8154"


@pytest.mark.parametrize(
    ("until_ms", "code"),
    [(None, "CG-8153"), (T0, "CG-8153"), (T0 + 24 * HOUR + 1, "CG-8154")],
)
def test_a_shelving_needs_an_end_within_a_day(until_ms: int | None, code: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        lifecycle.shelve(an_alarm(), replace(SHELVE, until_ms=until_ms), T0)
    assert refused.value.code == code


def test_a_shelved_alarm_can_be_brought_back_by_hand() -> None:
    shelved, _ = lifecycle.shelve(an_alarm(), SHELVE, T0)
    after, event = lifecycle.unshelve(shelved, a_command(CommandKind.UNSHELVE), T0 + MINUTE)
    assert (after.shelved_until_ms, after.unshelved_ms) == (None, T0 + MINUTE)
    assert _signed(event) == (EventKind.UNSHELVED, T0 + MINUTE, "Li Na", 7)


def test_closing_puts_down_who_and_why() -> None:
    command = a_command(CommandKind.CLOSE, comment="sensor was replaced")
    shelved = an_alarm(shelved_until_ms=T0 + HOUR)
    after, event = lifecycle.close(shelved, command, T0)
    assert (after.closed_ms, after.closed_by, after.shelved_until_ms) == (T0, "Li Na", None)
    assert not after.is_active
    assert not after.is_open
    assert event.comment == "sensor was replaced"


def test_a_comment_changes_nothing_of_the_alarm() -> None:
    after, event = lifecycle.comment(an_alarm(), a_command(CommandKind.COMMENT, comment="?"), T0)
    assert after == an_alarm()
    assert (event.kind, event.comment) == (EventKind.COMMENTED, "?")


@pytest.mark.parametrize(
    ("change", "alarm", "command", "code"),
    [
        (lifecycle.acknowledge, an_alarm(acknowledged_ms=1), a_command(CommandKind.ACKNOWLEDGE),
         "CG-8151"),
        (lifecycle.close, an_alarm(), a_command(CommandKind.CLOSE), "CG-8152"),
        (lifecycle.close, an_alarm(), a_command(CommandKind.CLOSE, comment=" "), "CG-8152"),
        (lifecycle.shelve, an_alarm(cleared_ms=T0), SHELVE, "CG-8155"),
        (lifecycle.unshelve, an_alarm(), a_command(CommandKind.UNSHELVE), "CG-8156"),
        (lifecycle.comment, an_alarm(), a_command(CommandKind.COMMENT, comment=""), "CG-8157"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    change: Callable[[Alarm, Command, int], lifecycle.Change],
    alarm: Alarm,
    command: Command,
    code: str,
) -> None:
    with pytest.raises(CommandRefused) as refused:
        change(alarm, command, T0)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("kind", "severity", "is_open"),
    [
        (AlarmKind.PREDICTED, Severity.INFO, False),
        (AlarmKind.NO_COOLING, Severity.INFO, False),
        (AlarmKind.PREDICTED, Severity.WARNING, True),
        (AlarmKind.NOT_PRECOOLED, Severity.INFO, True),
    ],
)
def test_a_foreseen_notice_that_is_over_needs_nobody(
    kind: AlarmKind, severity: Severity, is_open: bool
) -> None:
    notice = replace(an_alarm(), kind=kind, severity=severity)
    assert notice.is_open, "while it stands somebody may look"
    assert replace(notice, cleared_ms=T0 + MINUTE).is_open is is_open


def test_a_notice_that_becomes_a_warning_waits_from_then_on_to_be_acknowledged() -> None:
    notice = replace(an_alarm(), severity=Severity.INFO, acknowledged_ms=T0, acknowledged_by="a")
    late_ms = T0 + 120 * MINUTE
    worse, _ = lifecycle.worsened(notice, Severity.WARNING, late_ms, rule="r", limit_c=-18.0)
    assert worse.acknowledged_ms is None
    assert lifecycle.next_ms(FROZEN, [worse]) == late_ms + 30 * MINUTE
    still = replace(an_alarm(), severity=Severity.WARNING, acknowledged_ms=T0)
    worst, _ = lifecycle.worsened(still, Severity.CRITICAL, late_ms, rule="r", limit_c=-18.0)
    assert worst.acknowledged_ms == T0, "who has seen to a warning knows of it"
