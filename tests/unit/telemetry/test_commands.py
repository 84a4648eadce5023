"""Commands on a point and its alarms."""

import pytest

from telemetry.alarm.commands import apply
from telemetry.alarm.state import PointState, Watch
from telemetry.alarm.words import Alarm, Command, CommandKind, EventKind
from telemetry.errors import CommandRefused
from tests.telemetry_cases import FROZEN, HOUR, T0, a_command, an_alarm, armed

POINT = "V1/frozen"


def test_an_alarm_in_the_middle_is_found_and_the_others_stay_where_they_are() -> None:
    state = armed(alarms=(an_alarm(id="a"), an_alarm(), an_alarm(id="c")))
    after, events = apply(FROZEN, state, a_command(CommandKind.ACKNOWLEDGE), T0)
    assert [alarm.acknowledged_ms for alarm in after.alarms] == [None, T0, None]
    assert [alarm.id for alarm in after.alarms] == ["a", "high-1", "c"]
    assert [event.kind for event in events] == [EventKind.ACKNOWLEDGED]


@pytest.mark.parametrize(
    ("alarm", "command"),
    [
        (an_alarm(cleared_ms=T0), a_command(CommandKind.ACKNOWLEDGE)),
        (an_alarm(), a_command(CommandKind.CLOSE, comment="replaced")),
    ],
)
def test_what_needs_nobody_any_more_leaves_the_state(alarm: Alarm, command: Command) -> None:
    assert apply(FROZEN, armed(alarms=(alarm,)), command, T0)[0].alarms == ()


@pytest.mark.parametrize(
    ("kind", "watch"),
    [
        (CommandKind.PRECOOL, Watch.PRECOOLING),
        (CommandKind.WASH, Watch.WASHING),
        (CommandKind.OUT_OF_SERVICE, Watch.OUT_OF_SERVICE),
        (CommandKind.DISARM, Watch.OFF),
        (CommandKind.ARM, Watch.ARMED),
    ],
)
def test_a_point_goes_into_the_state_that_is_asked_for(kind: CommandKind, watch: Watch) -> None:
    command = a_command(kind, POINT, until_ms=T0 + HOUR)
    after, _ = apply(FROZEN, PointState(point=POINT), command, T0)
    assert (after.watch, after.watch_until_ms, after.watch_since_ms) == (watch, T0 + HOUR, T0)


def test_events_of_a_disarming_are_signed_by_who_asked_for_it() -> None:
    command = a_command(CommandKind.DISARM, POINT, by="plan:P1")
    _, (event,) = apply(FROZEN, armed(alarms=(an_alarm(),)), command, T0)
    assert (event.by, event.command, event.comment) == ("plan:P1", 7, "no longer watched")


def test_a_watch_that_was_over_ends_before_the_command_counts() -> None:
    state = armed(watch_until_ms=T0 - HOUR, alarms=(an_alarm(),))
    after, events = apply(FROZEN, state, a_command(CommandKind.ARM, POINT), T0)
    assert (events[0].kind, events[0].at_ms, events[0].by) == (EventKind.CLEARED, T0 - HOUR, None)
    assert (after.watch, after.watch_since_ms) == (Watch.ARMED, T0)


@pytest.mark.parametrize(
    ("state", "command", "code"),
    [
        (armed(), a_command(CommandKind.ACKNOWLEDGE), "CG-8150"),
        (armed(), a_command(CommandKind.WASH, POINT), "CG-8159"),
        (armed(), a_command(CommandKind.PRECOOL, POINT), "CG-8159"),
        (armed(), a_command(CommandKind.OUT_OF_SERVICE, POINT), "CG-8159"),
        (armed(), a_command(CommandKind.ARM, POINT, until_ms=T0), "CG-8160"),
        (armed(always_armed=True), a_command(CommandKind.DISARM, POINT), "CG-8161"),
    ],
)
def test_what_makes_no_sense_is_refused(state: PointState, command: Command, code: str) -> None:
    with pytest.raises(CommandRefused) as refused:
        apply(FROZEN, state, command, T0)
    assert refused.value.code == code
