"""The monitor over a store: readings, time, commands and crashes."""

from collections.abc import Iterator
from dataclasses import replace as with_rules
from pathlib import Path

import pytest

from optimizer.domain.errors import InputRefused
from telemetry.alarm.rules import CumulativeRule, Side
from telemetry.alarm.words import AlarmKind, Command, CommandKind, EventKind, Severity
from telemetry.errors import MessageRejected, StoreUnavailable
from telemetry.monitor import Monitor
from telemetry.ports import Store
from telemetry.readings import Channel, Mark, Measurement, Reason
from tests.telemetry_cases import (
    FROZEN,
    HOUR,
    MINUTE,
    PROFILES,
    SECOND,
    T0,
    a_command,
    a_compartment,
    a_registry,
    a_room,
    a_sensor,
    measured,
)
from tests.telemetry_stores import sqlite_store
from tests.telemetry_watching import Watching

WARM = -17.0
COLD = -20.0
RAISED = T0 + 20 * MINUTE


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with sqlite_store(tmp_path) as store:
        yield store


@pytest.fixture
def watching(store: Store) -> Watching:
    return Watching(store)


# --- what is taken ------------------------------------------------------------------------------


def _marks(watching: Watching, measurement: Measurement, now_ms: int = T0) -> tuple[int, Mark]:
    reading = watching.monitor.admit(measurement, now_ms)
    return reading.at_ms, reading.marks


def test_a_clock_may_be_two_minutes_ahead_and_not_more(watching: Watching) -> None:
    assert _marks(watching, measured(COLD, T0 + 120 * SECOND)) == (T0 + 120 * SECOND, Mark.NONE)
    other = measured(COLD, T0 + 120 * SECOND + 1, channel=Channel.HUMIDITY)
    assert _marks(watching, other) == (T0, Mark.CLOCK_SKEW)


def test_a_message_without_a_time_is_judged_by_its_arrival(watching: Watching) -> None:
    assert _marks(watching, measured(COLD, None)) == (T0, Mark.NO_CLOCK)


def test_what_is_older_than_the_newest_of_its_channel_is_late(watching: Watching) -> None:
    assert _marks(watching, measured(COLD, T0))[1] == Mark.NONE
    assert _marks(watching, measured(COLD, T0 - 1))[1] == Mark.LATE
    assert _marks(watching, measured(50.0, T0 - 1, channel=Channel.HUMIDITY))[1] == Mark.NONE
    assert _marks(watching, measured(COLD, T0 + 1))[1] == Mark.NONE


def test_two_values_with_one_stamp_are_two_and_the_same_value_is_one(watching: Watching) -> None:
    watching.take([measured(COLD, T0), measured(-19.0, T0)], T0)
    watching.take([measured(-19.0, T0), measured(COLD, T0)], T0 + SECOND)
    stored = watching.store.readings(["s1"], Channel.TEMPERATURE, 0, T0 + HOUR)
    assert [reading.value for reading in stored] == [COLD, -19.0]
    assert watching.duplicates == 1


def test_what_a_device_calls_old_says_so(watching: Watching) -> None:
    old = Measurement("s1", Channel.TEMPERATURE, COLD, T0, None, historical=True)
    assert _marks(watching, old)[1] == Mark.HISTORICAL


def test_a_message_without_a_time_that_comes_twice_is_known_by_its_count(
    watching: Watching,
) -> None:
    watching.take([measured(COLD, None, sequence=7)], T0)
    watching.restart(T0 + 10 * MINUTE)
    watching.take([measured(COLD, None, sequence=7)], T0 + 10 * MINUTE)
    assert watching.duplicates == 1


@pytest.mark.parametrize(
    ("sensor", "at_ms", "reason"),
    [
        ("who", T0, Reason.UNKNOWN_SENSOR),
        ("moved", T0 - 2 * HOUR, Reason.UNKNOWN_SENSOR),
        ("s1", T0 - 3 * 366 * 24 * HOUR, Reason.BAD_TIME),
    ],
)
def test_what_cannot_be_placed_is_no_reading(
    store: Store, sensor: str, at_ms: int, reason: Reason
) -> None:
    registry = a_registry(a_room(), a_sensor(), a_sensor("moved", from_ms=T0 - HOUR))
    with pytest.raises(MessageRejected) as rejected:
        Watching(store, registry).monitor.admit(measured(COLD, at_ms, sensor), T0)
    assert rejected.value.reason is reason


def test_messages_that_never_came_are_counted_once(watching: Watching) -> None:
    for place, sequence in enumerate([5, 6, 9, 9, 10, 12, 2, 3]):
        at_ms = T0 + place * SECOND
        watching.take([measured(COLD, at_ms, sequence=sequence)], at_ms)
    assert watching.store.counts(0, T0 + 2 * HOUR)[Reason.SEQUENCE_GAP] == 3


def test_a_count_of_something_else_than_messages_is_soon_not_believed(watching: Watching) -> None:
    for place in range(50):
        at_ms = T0 + place * SECOND
        watching.take([measured(COLD, at_ms, sequence=20 * place)], at_ms)
    assert watching.store.counts(0, T0 + 2 * HOUR)[Reason.SEQUENCE_GAP] == 3 * 19


# --- alarms -------------------------------------------------------------------------------------


def test_a_delay_that_ends_between_samples_raises_at_its_own_instant(watching: Watching) -> None:
    watching.take([measured(WARM, T0)], T0)
    assert watching.monitor.next_due_ms is not None
    watching.tick(T0 + 14 * MINUTE)
    watching.take([measured(WARM, T0 + 14 * MINUTE)], T0 + 14 * MINUTE)
    watching.tick(RAISED - 1)
    assert watching.events == []
    watching.tick(RAISED)
    assert watching.events == [(EventKind.RAISED, RAISED)]


def test_offset_is_added_where_a_value_is_judged_and_not_where_it_is_kept(store: Store) -> None:
    registry = a_registry(a_room(), a_sensor(offset_c=-2.0))
    watching = Watching(store, registry)
    watching.run([WARM] * 25)
    assert watching.events == []
    assert store.readings(["s1"], Channel.TEMPERATURE, 0, T0 + HOUR)[0].value == WARM


def test_only_temperature_reaches_the_alarms(watching: Watching) -> None:
    for minute in range(30):
        at_ms = T0 + minute * MINUTE
        watching.take([measured(1.0, at_ms, channel=Channel.DOOR), measured(COLD, at_ms)], at_ms)
    assert watching.events == []


def test_silence_is_an_alarm_of_its_own(watching: Watching) -> None:
    watching.run([COLD] * 3)
    watching.tick(T0 + 17 * MINUTE - 1)
    assert watching.events == []
    watching.tick(T0 + 17 * MINUTE)
    assert [(alarm.kind, alarm.raised_ms) for alarm in watching.alarms] == [
        (AlarmKind.STALE, T0 + 17 * MINUTE)
    ]


def test_the_first_minute_after_a_start_judges_no_silence(watching: Watching) -> None:
    watching.run([COLD] * 3)
    back = T0 + 2 * HOUR
    watching.restart(back)
    watching.tick(back + 59 * SECOND)
    assert watching.events == []
    watching.tick(back + 60 * SECOND)
    assert watching.events[0] == (EventKind.RAISED, T0 + 17 * MINUTE)


def test_nobody_watches_an_empty_compartment(store: Store) -> None:
    point = "V1/frozen"
    registry = a_registry(a_compartment(point), a_sensor(point=point))
    watching = Watching(store, registry)
    watching.run([5.0] * 40)
    assert watching.events == []
    now_ms = T0 + 40 * MINUTE
    armed = watching.command(a_command(CommandKind.ARM, point), now_ms)
    assert armed.code is None
    assert [alarm.kind for alarm in watching.alarms] == [AlarmKind.NOT_PRECOOLED]
    watching.run([5.0] * 21, from_ms=now_ms)
    assert {alarm.kind for alarm in watching.alarms} == {AlarmKind.NOT_PRECOOLED, AlarmKind.HIGH}


def test_the_set_point_that_a_unit_tells_counts_for_pre_cooling(store: Store) -> None:
    point = "V1/frozen"
    watching = Watching(store, a_registry(a_compartment(point), a_sensor(point=point)))
    watching.take([measured(-25.0, T0 - MINUTE, channel=Channel.SETPOINT)], T0 - MINUTE)
    now_ms = watching.run([-25.0] * 25)
    watching.restart(now_ms)
    watching.run([-25.0], from_ms=now_ms + MINUTE)
    watching.command(a_command(CommandKind.ARM, point), now_ms + MINUTE)
    assert watching.events == []


def test_rules_that_are_not_there_are_refused() -> None:
    with pytest.raises(InputRefused) as refused:
        Monitor(a_registry(a_room(profile="my_own")), PROFILES)
    assert refused.value.code == "CG-8019"


# --- commands -----------------------------------------------------------------------------------


def test_a_command_about_an_alarm_finds_its_point(watching: Watching) -> None:
    watching.run([WARM] * 21)
    (alarm,) = watching.alarms
    command = a_command(CommandKind.ACKNOWLEDGE, alarm.id)
    outcome = watching.command(command, RAISED + MINUTE)
    assert (outcome.number, outcome.code) == (7, None)
    assert outcome.alarm == watching.store.alarm(alarm.id)
    assert outcome.alarm is not None
    assert outcome.alarm.acknowledged_by == "Li Na"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (a_command(CommandKind.ACKNOWLEDGE, "nothing"), "CG-8150"),
        (a_command(CommandKind.ARM, "nowhere"), "CG-8158"),
        (a_command(CommandKind.WASH, "G1/room"), "CG-8159"),
    ],
)
def test_a_refusal_is_an_outcome(watching: Watching, command: Command, code: str) -> None:
    outcome = watching.command(command, T0)
    assert (outcome.code, outcome.alarm, watching.events) == (code, None, [])
    assert outcome.message


def test_washing_is_over_at_its_end(watching: Watching) -> None:
    watching.command(a_command(CommandKind.WASH, "G1/room", until_ms=T0 + 30 * MINUTE), T0)
    watching.run([10.0] * 60)
    assert [(alarm.kind, alarm.began_ms) for alarm in watching.alarms] == [
        (AlarmKind.HIGH, T0 + 30 * MINUTE)
    ]


def test_an_alarm_closed_by_force_is_gone_and_its_sensor_may_stay_silent(
    watching: Watching,
) -> None:
    watching.run([COLD])
    watching.tick(T0 + HOUR)
    alarm = watching.alarms[0]
    command = a_command(CommandKind.CLOSE, alarm.id, comment="sensor was taken out")
    watching.command(command, T0 + HOUR)
    watching.tick(T0 + 24 * HOUR)
    assert watching.store.alarms() == []
    assert watching.events[-1][0] is EventKind.CLOSED


# --- crashes ------------------------------------------------------------------------------------


def test_delays_keep_running_over_a_crash(watching: Watching) -> None:
    crash = watching.run([COLD] * 3 + [WARM] * 10)
    watching.restart(crash + 30 * SECOND)
    watching.run([WARM] * 15, from_ms=crash + MINUTE)
    assert watching.events == [(EventKind.RAISED, T0 + 23 * MINUTE)]
    watching.write((), T0 + HOUR)
    (excursion,) = watching.excursions
    assert (excursion.from_ms, excursion.samples, excursion.to_ms) == (T0 + 3 * MINUTE, 25, None)


def test_a_crash_at_any_moment_changes_nothing_of_the_story(tmp_path: Path) -> None:
    values = [COLD] * 5 + [WARM] * 45 + [COLD] * 50
    stories = []
    for number, crashes in enumerate([(), (7,), (20, 26, 50), tuple(range(3, 100, 4))]):
        folder = tmp_path / str(number)
        folder.mkdir()
        with sqlite_store(folder) as store:
            watching = Watching(store)
            for place, value in enumerate(values):
                at_ms = T0 + place * MINUTE
                if place in crashes:
                    watching.restart(at_ms - MINUTE)
                watching.tick(at_ms)
                watching.take([measured(value, at_ms)], at_ms)
            stories.append((watching.events, watching.excursions))
    assert len(stories[0][0]) > 2
    assert all(story == stories[0] for story in stories)


def test_a_redelivered_message_changes_nothing(watching: Watching) -> None:
    crash = watching.run([COLD] * 3 + [WARM] * 10)
    watching.write((), crash + 5 * MINUTE)
    before = watching.excursions
    watching.restart(crash)
    watching.take([measured(WARM, crash), measured(WARM, crash - MINUTE)], crash + SECOND)
    watching.write((), crash + 5 * MINUTE)
    assert watching.excursions == before
    assert watching.duplicates == 2


def test_an_excursion_is_put_down_at_once_then_now_and_then_and_when_it_ends(
    watching: Watching,
) -> None:
    known = []
    for minute, value in enumerate([COLD] + [WARM] * 8 + [COLD]):
        watching.run([value], from_ms=T0 + minute * MINUTE)
        known.append([one.samples for one in watching.excursions])
    # Four more samples came before five minutes were over.
    assert known == [[], [1], [1], [1], [1], [1], [5], [5], [5], [8]]


def test_a_transaction_that_failed_is_written_again_as_it_was(watching: Watching) -> None:
    watching.run([WARM] * 20)
    monitor, at_ms = watching.monitor, RAISED
    late = monitor.admit(measured(WARM, T0 + 30 * SECOND), at_ms)
    reading = monitor.admit(measured(WARM, at_ms), at_ms)
    monitor.handle(late)
    monitor.handle(reading)
    for _ in range(3):
        with pytest.raises(StoreUnavailable), watching.store.write() as ledger:
            ledger.add_readings([reading])
            monitor.settle(ledger, at_ms)
            raise StoreUnavailable("CG-8201", "gone")
    assert watching.events == []
    watching.write([reading], at_ms)
    watching.write((), at_ms)
    assert watching.events == [(EventKind.RAISED, RAISED)]
    assert watching.excursions[0].samples == 22


def test_alarms_of_a_point_that_is_no_more_clear_and_people_can_see_to_them(
    store: Store, watching: Watching
) -> None:
    now_ms = watching.run([WARM] * 25)
    (alarm,) = watching.alarms
    later = Watching(store, a_registry(a_room("G1/new"), a_sensor("other", point="G1/new")))
    later.restart(now_ms)
    later.tick(now_ms + MINUTE)
    assert later.events[-1] == (EventKind.CLEARED, RAISED + 1)
    done = later.command(a_command(CommandKind.ACKNOWLEDGE, alarm.id), now_ms + 2 * MINUTE)
    assert done.code is None
    assert [one.id for one in store.alarms()] == []


def test_a_pause_of_our_own_is_nobody_elses_silence(watching: Watching) -> None:
    end = watching.run([COLD] * 5)
    monitor = watching.monitor
    now_ms = end + HOUR
    monitor.tick(now_ms)
    backlog = [measured(COLD, end + minute * MINUTE) for minute in range(1, 61)]
    for reading in [monitor.admit(one, now_ms) for one in backlog]:
        monitor.handle(reading)
    monitor.tick(now_ms + SECOND)
    watching.write((), now_ms + SECOND)
    assert watching.events == []


def test_a_point_that_never_spoke_is_silent_from_the_start_on(store: Store) -> None:
    watching = Watching(store, started_ms=T0)
    watching.tick(T0 + 15 * MINUTE - 1)
    assert watching.events == []
    watching.tick(T0 + 15 * MINUTE)
    assert watching.events == [(EventKind.RAISED, T0 + 15 * MINUTE)]


def test_a_point_that_is_always_watched_from_now_on_is_watched_after_the_next_start(
    store: Store,
) -> None:
    point = "V1/frozen"
    watching = Watching(store, a_registry(a_compartment(point), a_sensor(point=point)))
    now_ms = watching.run([WARM] * 20)
    room = a_compartment(point, always_armed=True)
    later = Watching(store, a_registry(room, a_sensor(point=point)), started_ms=now_ms)
    later.run([WARM] * 25, from_ms=now_ms + MINUTE)
    assert [alarm.began_ms for alarm in later.alarms] == [now_ms]


def test_what_a_sensor_kept_from_before_the_first_start_is_judged(store: Store) -> None:
    watching = Watching(store, started_ms=T0 + 3 * HOUR)
    watching.run([WARM] * 25, from_ms=T0)
    assert [alarm.raised_ms for alarm in watching.alarms] == [RAISED]


def test_what_a_sensor_kept_for_more_than_a_day_before_is_not(store: Store) -> None:
    watching = Watching(store, started_ms=T0 + 25 * HOUR)
    watching.run([WARM] * 25, from_ms=T0)
    assert watching.alarms == []


def test_a_state_is_saved_at_least_every_five_minutes(watching: Watching) -> None:
    watching.run([COLD] * 7)
    first = watching.store.states()["G1/room"]
    watching.run([COLD] * 6, from_ms=T0 + 7 * MINUTE)
    assert watching.store.states()["G1/room"] != first


def test_calls_are_made_of_every_event(watching: Watching) -> None:
    watching.run([WARM] * 21)
    assert [event.kind for event in watching.called] == [EventKind.RAISED]


# --- late ---------------------------------------------------------------------------------------


def _late(values: list[float], *, from_minute: int) -> list[Measurement]:
    return [
        measured(value, T0 + (from_minute + place) * MINUTE) for place, value in enumerate(values)
    ]


def test_a_stay_found_late_becomes_an_alarm_in_the_past_that_says_so(watching: Watching) -> None:
    watching.run([COLD] * 5)
    end = watching.run([COLD] * 20, from_ms=T0 + 120 * MINUTE)
    open_before = {alarm.id for alarm in watching.alarms}
    watching.take(_late([WARM] * 30 + [COLD] * 85, from_minute=5), end)
    (alarm,) = [one for one in watching.alarms if one.kind is AlarmKind.HIGH]
    assert (alarm.late, alarm.began_ms, alarm.raised_ms, alarm.found_ms) == (
        True,
        T0 + 5 * MINUTE,
        T0 + 25 * MINUTE,
        end,
    )
    assert alarm.cleared_ms is not None
    assert alarm.id not in open_before
    (excursion,) = watching.excursions
    assert (excursion.from_ms, excursion.to_ms, excursion.samples) == (
        T0 + 5 * MINUTE,
        T0 + 35 * MINUTE,
        30,
    )
    watching.take(_late([WARM] * 30, from_minute=5), end + SECOND)
    assert len([one for one in watching.alarms if one.kind is AlarmKind.HIGH]) == 1


def test_an_alarm_found_late_beside_one_that_is_open_belongs_to_it(watching: Watching) -> None:
    watching.run([COLD] * 5)
    end = watching.run([COLD] * 5 + [WARM] * 25, from_ms=T0 + 130 * MINUTE)
    (standing,) = [one for one in watching.alarms if one.kind is AlarmKind.HIGH]
    watching.take(_late([WARM] * 30 + [COLD] * 95, from_minute=5), end)
    (late,) = [one for one in watching.alarms if one.late]
    assert (late.incident, late.closed_ms) == (standing.incident, end)
    still_open = [one for one in watching.store.alarms() if one.kind is AlarmKind.HIGH]
    assert [one.id for one in still_open] == [standing.id]


def test_readings_that_come_late_into_an_alarm_raise_no_second_one(watching: Watching) -> None:
    end = watching.run([COLD] * 5 + [WARM] * 30 + [COLD] * 60)
    before = watching.events
    watching.take([measured(WARM, T0 + minute * MINUTE + 1) for minute in range(6, 34)], end)
    assert watching.events == before
    assert watching.excursions[0].samples == 58


def test_history_of_many_points_is_evaluated_little_by_little_and_a_crash_forgets_none(
    store: Store,
) -> None:
    names = [f"G1/{number}" for number in range(40)]
    rooms = [a_room(name) for name in names]
    sensors = [a_sensor(f"of {name}", name) for name in names]
    watching = Watching(store, a_registry(*rooms, *sensors))
    for minute in (0, 60):
        at_ms = T0 + minute * MINUTE
        watching.take([measured(COLD, at_ms, f"of {name}") for name in names], at_ms)
    now_ms = T0 + 60 * MINUTE
    watching.take([measured(WARM, T0 + 30 * MINUTE, f"of {name}") for name in names], now_ms)
    assert watching.monitor.next_due_ms == 0
    assert 0 < len(watching.excursions) < 40
    watching.restart(now_ms + SECOND)
    for _ in range(3):
        watching.tick(now_ms + SECOND)
    watching.monitor.tick(now_ms + SECOND)
    assert len(watching.excursions) == 40
    assert watching.monitor.next_due_ms != 0


def test_a_late_stay_that_was_too_short_is_a_fact_and_no_alarm(watching: Watching) -> None:
    watching.run([COLD] * 5)
    end = watching.run([COLD] * 5, from_ms=T0 + 60 * MINUTE)
    watching.take(_late([WARM] * 19 + [COLD] * 36, from_minute=5), end)
    assert [alarm for alarm in watching.alarms if alarm.kind is AlarmKind.HIGH] == []
    assert len(watching.excursions) == 1


def test_late_readings_may_show_that_a_stay_began_earlier(watching: Watching) -> None:
    watching.run([COLD] * 5)
    end = watching.run([WARM] * 6, from_ms=T0 + 15 * MINUTE)
    watching.take(_late([WARM] * 10, from_minute=5), end)
    watching.tick(T0 + 25 * MINUTE)
    raised = [alarm for alarm in watching.alarms if alarm.kind is AlarmKind.HIGH]
    assert [(alarm.began_ms, alarm.raised_ms) for alarm in raised] == [
        (T0 + 5 * MINUTE, T0 + 25 * MINUTE)
    ]


def test_late_readings_may_split_a_stay(watching: Watching) -> None:
    end = watching.run([COLD, WARM, WARM, COLD, WARM, COLD])
    hole = [measured(COLD, T0 + 90 * SECOND)]
    watching.take(hole, end)
    assert [(one.from_ms, one.to_ms) for one in watching.excursions] == [
        (T0 + MINUTE, T0 + 90 * SECOND),
        (T0 + 2 * MINUTE, T0 + 3 * MINUTE),
        (T0 + 4 * MINUTE, T0 + 5 * MINUTE),
    ]


def test_a_stay_that_begins_at_the_instant_at_which_another_ended_leaves_that_in_place(
    watching: Watching,
) -> None:
    end = watching.run([COLD, WARM, COLD])
    watching.take([measured(WARM, end)], end)
    assert [(one.from_ms, one.to_ms) for one in watching.excursions] == [
        (T0 + MINUTE, end),
        (end, None),
    ]


def test_sums_follow_what_came_late(store: Store) -> None:
    rule = CumulativeRule(
        name="sum",
        side=Side.HIGH,
        limit_c=-18.0,
        severity=Severity.WARNING,
        most_s=1800,
        without_defrosts=False,
    )
    profiles = PROFILES | {"frozen": with_rules(FROZEN, cumulative=(rule,))}
    watching = Watching(store, profiles=profiles)
    watching.run([COLD] * 5)
    end = watching.run([COLD] * 5, from_ms=T0 + 60 * MINUTE)
    watching.take(_late([WARM] * 18 + [COLD] * 37, from_minute=5), end)
    watching.run([WARM] * 14 + [COLD], from_ms=end + MINUTE)
    raised = [alarm for alarm in watching.alarms if alarm.kind is AlarmKind.CUMULATIVE]
    assert [alarm.raised_ms for alarm in raised] == [end + 13 * MINUTE]


def test_nobody_is_told_of_what_happened_while_nobody_watched(store: Store) -> None:
    point = "V1/frozen"
    watching = Watching(store, a_registry(a_compartment(point), a_sensor(point=point)))
    watching.run([COLD] * 5)
    end = watching.run([COLD] * 5, from_ms=T0 + 60 * MINUTE)
    watching.take(_late([WARM] * 40, from_minute=5), end)
    assert watching.events == []
    assert len(watching.excursions) == 1


def test_two_sensors_of_a_point_make_one_excursion(store: Store) -> None:
    registry = a_registry(a_room(), a_sensor("s1"), a_sensor("s2"))
    watching = Watching(store, registry)
    for minute in range(10):
        at_ms = T0 + minute * MINUTE
        watching.take([measured(WARM if 2 <= minute < 6 else COLD, at_ms, "s1")], at_ms)
        behind = at_ms - 20 * SECOND
        watching.take([measured(COLD, behind, "s2")], at_ms + SECOND)
    assert [(one.from_ms, one.to_ms) for one in watching.excursions] == [
        (T0 + 2 * MINUTE, T0 + 6 * MINUTE)
    ]


def test_a_sensor_that_fell_silent_outside_says_nothing_after_three_intervals(
    store: Store,
) -> None:
    watching = Watching(store, a_registry(a_room(), a_sensor("s1"), a_sensor("s2")))
    watching.run([COLD] * 3)
    now_ms = T0 + 3 * MINUTE
    watching.take([measured(WARM, now_ms, "s2")], now_ms)
    watching.run([COLD] * 6, from_ms=now_ms + MINUTE)
    assert [(one.from_ms, one.to_ms) for one in watching.excursions] == [
        (now_ms, now_ms + 4 * MINUTE)
    ]


def test_a_backlog_is_judged_by_its_own_time_and_not_by_ours(store: Store) -> None:
    # Three hours that a sensor kept, and time passes between any two of its readings: a short
    # stay outside is no alarm, although much more than its delay has gone by since.
    watching = Watching(store, started_ms=T0)
    monitor, now_ms = watching.monitor, T0 + 3 * HOUR
    values = [COLD] * 10 + [WARM] * 5 + [COLD] * 10
    for minute, value in enumerate(values):
        monitor.handle(monitor.admit(measured(value, T0 + minute * MINUTE), now_ms))
        monitor.tick(now_ms + SECOND)
        now_ms += 2 * SECOND
    watching.write((), now_ms)
    assert watching.events == []


def test_who_sends_a_backlog_and_falls_silent_outside_is_alarmed_after_the_delay(
    store: Store,
) -> None:
    watching = Watching(store, started_ms=T0)
    monitor, now_ms = watching.monitor, T0 + 3 * HOUR
    for minute, value in enumerate([COLD] * 10 + [WARM] * 5):
        monitor.handle(monitor.admit(measured(value, T0 + minute * MINUTE), now_ms))
    left_ms = 20 * MINUTE - 4 * MINUTE
    for at_ms in range(now_ms, now_ms + left_ms, 10 * SECOND):
        monitor.tick(at_ms)
    watching.tick(now_ms + left_ms - 1)
    assert [alarm.kind for alarm in watching.alarms] == [AlarmKind.STALE]
    watching.tick(now_ms + left_ms)
    raised = {alarm.kind: alarm.raised_ms for alarm in watching.alarms}
    assert raised == {AlarmKind.STALE: T0 + 29 * MINUTE, AlarmKind.HIGH: T0 + 30 * MINUTE}
