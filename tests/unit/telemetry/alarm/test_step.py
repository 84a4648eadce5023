"""Delays to the millisecond, one alarm of a kind, silence, and what people have done meanwhile."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.alarm.silence import patient
from telemetry.alarm.state import PointState, Sample, Watch
from telemetry.alarm.step import due_ms, fresh, heard, step
from telemetry.alarm.words import Alarm, AlarmEvent, AlarmKind, EventKind, Severity

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
FROZEN, CHILLED = (
    replace(
        load_packs()[name],
        stale_after_s=None,
        cumulative=(),
        re_alarm_s=None,
        escalate_after_s=None,
    )
    for name in ("frozen", "chilled")
)
"""The shipped limits, without what would happen beside them."""


class Room:
    """A point that is always watched, and all that happened there."""

    def __init__(self, profile: Profile, *, always_armed: bool = True) -> None:
        self.profile = profile
        self.state = fresh("room", always_armed=always_armed)
        self.events: list[AlarmEvent] = []

    def sample(self, at_ms: int, value_c: float, sensor: str = "a") -> list[EventKind]:
        return self._take(step(self.profile, self.state, Sample(at_ms, value_c, sensor), at_ms))

    def stay(self, from_ms: int, to_ms: int, value_c: float) -> list[EventKind]:
        return [kind for at in range(from_ms, to_ms, MINUTE) for kind in self.sample(at, value_c)]

    def tick(self, now_ms: int, excused: str | None = None) -> list[EventKind]:
        return self._take(step(self.profile, self.state, None, now_ms, excused=excused))

    def _take(self, change: tuple[PointState, tuple[AlarmEvent, ...]]) -> list[EventKind]:
        self.state, events = change
        self.events += events
        return [event.kind for event in events]

    def alter(self, **changes: object) -> None:
        self.state = msgspec.structs.replace(self.state, **changes)

    def alarm(self, kind: AlarmKind = AlarmKind.HIGH) -> Alarm:
        return next(one for one in reversed(self.state.alarms) if one.kind is kind)


def test_a_tick_ends_the_delay_to_the_millisecond() -> None:
    room = Room(FROZEN)
    room.sample(0, -17.9)
    assert room.tick(20 * MINUTE - 1) == []
    assert due_ms(room.profile, room.state) == 20 * MINUTE
    assert room.tick(20 * MINUTE) == [EventKind.RAISED]
    assert room.alarm().raised_ms == 20 * MINUTE
    assert room.alarm().began_ms == 0


def test_a_sample_ends_the_delay_to_the_millisecond() -> None:
    room = Room(FROZEN)
    room.sample(0, -17.9)
    assert room.sample(20 * MINUTE - 1, -17.8) == []
    assert room.sample(20 * MINUTE, -17.8) == [EventKind.RAISED]
    assert room.alarm().value_c == -17.8


def test_a_late_tick_puts_the_alarm_where_its_delay_ended() -> None:
    room = Room(FROZEN)
    room.sample(0, -17.9)
    room.tick(25 * MINUTE)
    assert [event.at_ms for event in room.events] == [20 * MINUTE]


def test_a_sample_that_comes_after_the_delay_shows_it_too() -> None:
    room = Room(FROZEN)
    room.sample(0, -17.9)
    assert room.sample(50 * MINUTE, -20.0) == [EventKind.RAISED]
    assert room.alarm().raised_ms == 20 * MINUTE


def test_an_alarm_that_worsens_stays_one_alarm() -> None:
    room = Room(FROZEN)
    room.stay(0, 30 * MINUTE, -17.0)
    assert room.stay(30 * MINUTE, 46 * MINUTE, -14.0) == [EventKind.WORSENED]
    (alarm,) = room.state.alarms
    assert alarm.severity is Severity.CRITICAL
    assert alarm.raised_ms == 20 * MINUTE
    assert alarm.peak_c == -14.0
    assert room.events[-1].at_ms == 45 * MINUTE


def test_clearing_needs_the_deadband_for_the_whole_off_delay() -> None:
    room = Room(CHILLED)
    room.stay(0, 20 * MINUTE, 5.0)
    room.stay(20 * MINUTE, 45 * MINUTE, 3.5)
    assert room.sample(45 * MINUTE, 3.6) == []
    assert room.stay(46 * MINUTE, 76 * MINUTE, 3.5) == []
    assert room.sample(76 * MINUTE, 3.5) == [EventKind.CLEARED]


def test_a_gap_on_the_way_back_begins_the_off_delay_anew() -> None:
    room = Room(replace(CHILLED, stale_after_s=900))
    room.stay(0, 20 * MINUTE, 5.0)
    room.stay(20 * MINUTE, 40 * MINUTE, 3.0)
    kinds = room.sample(40 * MINUTE + 5 * HOUR, 3.0)
    assert EventKind.RAISED in kinds  # about the silence
    assert room.alarm().is_active
    room.stay(41 * MINUTE + 5 * HOUR, 70 * MINUTE + 5 * HOUR, 3.0)
    assert room.alarm().is_active
    assert room.sample(70 * MINUTE + 5 * HOUR, 3.0) == [EventKind.CLEARED]


def _come_and_go(room: Room, at_ms: int) -> int:
    """Raise and clear an alarm; gives how long the clearing took."""
    room.stay(at_ms, at_ms + 20 * MINUTE, 5.0)
    at_ms += 20 * MINUTE
    begun = at_ms
    while room.sample(at_ms, 2.0) != [EventKind.CLEARED]:
        at_ms += MINUTE
    return at_ms - begun


def test_each_return_within_a_day_doubles_the_off_delay_up_to_a_bound() -> None:
    room = Room(CHILLED)
    took = [_come_and_go(room, number * 12 * HOUR) // MINUTE for number in range(6)]
    assert took == [30, 60, 120, 240, 240, 240]


def test_a_quiet_day_forgets_the_returns() -> None:
    room = Room(CHILLED)
    assert _come_and_go(room, 0) == 30 * MINUTE
    assert _come_and_go(room, 12 * HOUR) == 60 * MINUTE
    assert _come_and_go(room, 38 * HOUR) == 30 * MINUTE


def test_one_that_comes_back_unseen_closes_its_forerunner_and_joins_its_incident() -> None:
    room = Room(CHILLED)
    _come_and_go(room, 0)
    first = room.alarm()
    assert first.is_open
    room.stay(2 * HOUR, 2 * HOUR + 16 * MINUTE, 5.0)
    (second,) = room.state.alarms
    assert second.id != first.id
    assert second.incident == first.incident
    closing = next(event for event in room.events if event.kind is EventKind.CLOSED)
    assert closing.alarm.id == first.id
    assert closing.by is None
    assert closing.comment == f"came back as {second.id}"


def test_closed_by_force_it_stays_away_until_a_sample_is_outside_for_the_delay_again() -> None:
    room = Room(FROZEN)
    room.stay(0, 21 * MINUTE, -17.0)
    room.alter(alarms=())
    assert due_ms(room.profile, room.state) is None
    assert room.tick(10 * HOUR) == []
    assert room.sample(10 * HOUR, -17.0) == []
    assert room.stay(10 * HOUR + MINUTE, 10 * HOUR + 20 * MINUTE, -17.0) == []
    assert room.sample(10 * HOUR + 20 * MINUTE, -17.0) == [EventKind.RAISED]
    assert room.alarm().began_ms == 10 * HOUR


def test_what_time_does_to_an_alarm_happens_in_its_turn() -> None:
    room = Room(replace(FROZEN, re_alarm_s=3600, escalate_after_s=1800))
    room.sample(0, -17.0)
    room.sample(2 * HOUR, -17.0)
    assert [(event.kind, event.at_ms // MINUTE) for event in room.events] == [
        (EventKind.RAISED, 20),
        (EventKind.ESCALATED, 50),
        (EventKind.RE_ALARMED, 80),
    ]


def test_what_tells_of_the_same_warmth_is_one_incident() -> None:
    room = Room(replace(FROZEN, cumulative=load_packs()["frozen"].cumulative))
    room.stay(0, 61 * MINUTE, -17.0)
    high, total = room.state.alarms
    assert (high.kind, total.kind) == (AlarmKind.HIGH, AlarmKind.CUMULATIVE)
    assert total.incident == high.incident == high.id
    assert total.value_c == total.limit_c == 60.0


# --- silence ------------------------------------------------------------------------------------


def test_silence_is_an_alarm_of_its_own_and_the_next_sample_ends_it() -> None:
    room = Room(replace(FROZEN, stale_after_s=900))
    room.sample(0, -20.0)
    assert room.tick(15 * MINUTE - 1) == []
    assert room.tick(15 * MINUTE) == [EventKind.RAISED]
    assert room.alarm(AlarmKind.STALE).raised_ms == 15 * MINUTE
    assert room.sample(16 * MINUTE, -20.0) == [EventKind.CLEARED]


def test_silence_that_nobody_ticked_through_is_told_by_the_next_sample() -> None:
    room = Room(replace(FROZEN, stale_after_s=900))
    room.sample(0, -20.0)
    assert room.sample(HOUR, -20.0) == [EventKind.RAISED, EventKind.CLEARED]
    assert [event.at_ms for event in room.events] == [15 * MINUTE, HOUR]


def test_silence_that_is_explained_is_none() -> None:
    room = Room(replace(FROZEN, stale_after_s=900))
    room.sample(0, -20.0)
    assert room.tick(HOUR, excused="gateway") == []
    assert due_ms(room.profile, room.state, excused="gateway") is None
    assert room.tick(HOUR) == [EventKind.RAISED]


def test_silence_closed_by_force_is_told_again_only_after_something_was_heard() -> None:
    room = Room(replace(FROZEN, stale_after_s=900))
    room.sample(0, -20.0)
    room.tick(15 * MINUTE)
    room.alter(alarms=())
    assert room.tick(10 * HOUR) == []
    room.sample(11 * HOUR, -20.0)
    assert room.tick(12 * HOUR) == [EventKind.RAISED]


def test_a_gateway_lives_by_signs_of_life() -> None:
    room = Room(load_packs()["gateway"])
    room.state, _ = heard(room.state, 0)
    assert room.tick(10 * MINUTE) == [EventKind.RAISED]
    room.state, events = heard(room.state, 11 * MINUTE)
    assert [event.kind for event in events] == [EventKind.CLEARED]
    assert due_ms(room.profile, msgspec.structs.replace(room.state, alarms=())) == 21 * MINUTE


def test_a_point_that_never_spoke_is_silent_from_its_arming_on() -> None:
    room = Room(replace(FROZEN, stale_after_s=900), always_armed=False)
    assert due_ms(room.profile, room.state) is None
    room.alter(watch=Watch.ARMED, watch_since_ms=HOUR)
    assert room.tick(HOUR + 15 * MINUTE) == [EventKind.RAISED]


@pytest.mark.parametrize(("interval_s", "after_s"), [(60, 900), (300, 900), (900, 2700)])
def test_three_missed_reports_are_the_least_that_silence_is(interval_s: int, after_s: int) -> None:
    assert patient(load_packs()["frozen"], interval_s).stale_after_s == after_s
    assert patient(FROZEN, interval_s).stale_after_s is None


# --- arming -------------------------------------------------------------------------------------


def test_nothing_is_raised_at_a_point_that_nobody_watches() -> None:
    room = Room(FROZEN, always_armed=False)
    assert room.stay(0, 2 * HOUR, -5.0) == []
    assert due_ms(room.profile, room.state) is None


def test_a_delay_begins_with_the_arming() -> None:
    room = Room(FROZEN, always_armed=False)
    room.stay(0, HOUR, -17.0)
    room.alter(watch=Watch.ARMED, watch_since_ms=HOUR)
    assert room.stay(HOUR, HOUR + 20 * MINUTE, -17.0) == []
    assert room.sample(HOUR + 20 * MINUTE, -17.0) == [EventKind.RAISED]


def test_what_was_pending_before_the_arming_is_forgotten() -> None:
    room = Room(FROZEN)
    room.sample(0, -17.0)
    room.alter(watch_since_ms=10 * MINUTE)
    assert due_ms(room.profile, room.state) is None
    assert room.tick(HOUR) == []


# --- several sensors ----------------------------------------------------------------------------


def test_the_warmest_sensor_raises_and_all_have_to_be_back() -> None:
    room = Room(replace(CHILLED, disagreement_c=50.0))
    for minute in range(16):
        room.sample(minute * MINUTE, 5.0, "door")
        room.sample(minute * MINUTE, 3.0, "front")
    (alarm,) = room.state.alarms
    assert alarm.value_c == 5.0
    for minute in range(16, 60):
        room.sample(minute * MINUTE, 3.8, "door")
        room.sample(minute * MINUTE, 3.0, "front")
    assert room.alarm().is_active


def test_a_sensor_that_falls_silent_outside_keeps_the_alarm_for_a_day() -> None:
    room = Room(replace(CHILLED, disagreement_c=50.0))
    room.sample(0, 5.0, "lost")
    room.stay(MINUTE, 24 * HOUR, 2.0)
    assert room.alarm().is_active
    room.stay(24 * HOUR, 25 * HOUR, 2.0)
    assert not room.alarm().is_active


def test_a_sensor_that_falls_silent_inside_is_forgotten() -> None:
    room = Room(CHILLED)
    room.sample(0, 2.0, "lost")
    room.stay(MINUTE, 2 * HOUR, 3.0)
    assert [one.sensor for one in room.state.values] == ["a"]


@pytest.mark.parametrize(("apart_c", "is_fault"), [(2.0, False), (2.1, True)])
def test_sensors_that_differ_for_long_are_a_fault(apart_c: float, is_fault: bool) -> None:
    room = Room(CHILLED)
    for minute in range(17):
        room.sample(minute * MINUTE, 1.0, "front")
        room.sample(minute * MINUTE, 1.0 + apart_c, "door")
    faults = [alarm for alarm in room.state.alarms if alarm.kind is AlarmKind.SENSOR_FAULT]
    assert bool(faults) is is_fault
    if is_fault:
        assert faults[0].raised_ms == 15 * MINUTE
        assert faults[0].value_c == pytest.approx(apart_c)


def test_a_fault_clears_when_they_agree_and_not_when_one_falls_silent() -> None:
    room = Room(CHILLED)
    for minute in range(17):
        room.sample(minute * MINUTE, 0.5, "front")
        room.sample(minute * MINUTE, 3.5, "door")
    room.stay(20 * MINUTE, 3 * HOUR, 3.0)
    assert room.alarm(AlarmKind.SENSOR_FAULT).is_active
    for minute in range(180, 215):
        room.sample(minute * MINUTE, 3.0, "front")
        room.sample(minute * MINUTE, 3.0, "a")
    assert not room.alarm(AlarmKind.SENSOR_FAULT).is_active


def test_a_sample_that_is_older_than_the_newest_turns_no_clock_back() -> None:
    room = Room(FROZEN)
    room.sample(HOUR, -20.0)
    room.sample(HOUR - MINUTE, -17.0, "b")
    assert room.state.last_ms == HOUR
    assert room.state.outside[0].began_ms == HOUR


def test_history_of_a_sensor_changes_nothing() -> None:
    room = Room(FROZEN)
    room.sample(HOUR, -20.0)
    before = room.state
    assert room.sample(HOUR - MINUTE, -5.0) == []
    assert room.state == before


def test_an_alarm_that_somebody_ended_is_no_return() -> None:
    room = Room(CHILLED)
    room.stay(0, 20 * MINUTE, 5.0)
    room.alter(alarms=(), watch_since_ms=20 * MINUTE)
    assert _come_and_go(room, HOUR) == 30 * MINUTE


def test_warmth_that_nobody_watches_counts_for_nothing() -> None:
    room = Room(load_packs()["controlled"], always_armed=False)
    room.stay(0, 2 * HOUR, 30.0)
    assert (room.state.heat, room.state.tallies, room.state.outside) == (None, (), ())
