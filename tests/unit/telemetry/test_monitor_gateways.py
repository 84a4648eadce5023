"""One incident for one lost gateway."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from telemetry.alarm.words import AlarmKind, CommandKind, EventKind
from telemetry.readings import Channel
from telemetry.registry import Placement, Point
from tests.telemetry_cases import (
    HOUR,
    MINUTE,
    SECOND,
    T0,
    a_command,
    a_compartment,
    a_gateway,
    a_registry,
    a_room,
    a_sensor,
    measured,
)
from tests.telemetry_stores import sqlite_store
from tests.telemetry_watching import Watching

ROOMS = 20
STALE = 15 * MINUTE


def _rows() -> list[Point | Placement]:
    rooms = [a_room(f"G1/{number}") for number in range(ROOMS)]
    sensors = [a_sensor(f"s{number}", f"G1/{number}", gateway="GW1") for number in range(ROOMS)]
    other: list[Point | Placement] = [
        a_gateway("GW2"),
        a_room("G2/0"),
        a_sensor("other", "G2/0", gateway="GW2"),
    ]
    return [a_gateway(), *rooms, *sensors, *other]


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    with sqlite_store(tmp_path) as store:
        yield Watching(store, a_registry(*_rows()))


def _speak(watching: Watching, numbers: range, at_ms: int) -> None:
    """Have sensors speak one after another within a minute, and the other gateway with them."""
    messages = [measured(-20.0, at_ms + number * SECOND, f"s{number}") for number in numbers]
    messages.append(measured(-20.0, at_ms, "other"))
    watching.take(messages, at_ms + 30 * SECOND)


def _quiet_until(watching: Watching, from_ms: int, to_ms: int) -> None:
    for at_ms in range(from_ms, to_ms + 1, 5 * MINUTE):
        watching.take([measured(-20.0, at_ms, "other")], at_ms)
        watching.tick(at_ms)


def _points(watching: Watching) -> list[tuple[str, AlarmKind]]:
    return [(alarm.point, alarm.kind) for alarm in watching.alarms]


def test_a_lost_gateway_is_one_alarm_and_not_one_for_every_room(watching: Watching) -> None:
    for minute in range(5):
        _speak(watching, range(ROOMS), T0 + minute * MINUTE)
    _quiet_until(watching, T0 + 5 * MINUTE, T0 + 3 * HOUR)
    assert _points(watching) == [("GW1", AlarmKind.STALE)]
    assert watching.alarms[0].raised_ms == T0 + 4 * MINUTE + 30 * SECOND + STALE


def test_it_is_one_alarm_when_all_speak_at_the_same_instant(watching: Watching) -> None:
    messages = [measured(-20.0, T0, f"s{number}") for number in range(ROOMS)]
    watching.take([*messages, measured(-20.0, T0, "other")], T0)
    watching.tick(T0 + STALE)
    assert sorted(_points(watching)) == [
        ("GW1", AlarmKind.STALE),
        ("GW2", AlarmKind.STALE),
    ]


def test_one_silent_sensor_behind_a_gateway_that_speaks_is_an_alarm_of_its_room(
    watching: Watching,
) -> None:
    for minute in range(25):
        _speak(watching, range(ROOMS if minute < 3 else ROOMS - 1), T0 + minute * MINUTE)
        watching.tick(T0 + minute * MINUTE + 40 * SECOND)
    assert _points(watching) == [(f"G1/{ROOMS - 1}", AlarmKind.STALE)]


def test_a_sensor_that_fell_silent_before_its_gateway_has_its_own_alarm(
    watching: Watching,
) -> None:
    for minute in range(10):
        _speak(watching, range(ROOMS if minute < 2 else ROOMS - 1), T0 + minute * MINUTE)
    _quiet_until(watching, T0 + 10 * MINUTE, T0 + HOUR)
    assert sorted(_points(watching)) == [("G1/19", AlarmKind.STALE), ("GW1", AlarmKind.STALE)]


def test_when_a_gateway_speaks_again_its_alarm_clears_and_all_is_well(watching: Watching) -> None:
    _speak(watching, range(ROOMS), T0)
    _quiet_until(watching, T0 + MINUTE, T0 + HOUR)
    for minute in range(61, 90):
        _speak(watching, range(ROOMS), T0 + minute * MINUTE)
        watching.tick(T0 + minute * MINUTE + 40 * SECOND)
    assert [kind for kind, _ in watching.events if kind is not EventKind.ESCALATED] == [
        EventKind.RAISED,
        EventKind.CLEARED,
    ]


def test_who_stays_silent_when_the_gateway_is_back_has_the_whole_time_to_speak(
    watching: Watching,
) -> None:
    _speak(watching, range(ROOMS), T0)
    _quiet_until(watching, T0 + MINUTE, T0 + HOUR)
    back = T0 + HOUR + MINUTE
    for minute in range(15):
        _speak(watching, range(ROOMS - 2), back + minute * MINUTE)
    watching.tick(back + 15 * MINUTE + 30 * SECOND - 1)
    assert len(watching.alarms) == 1
    watching.tick(back + 15 * MINUTE + 30 * SECOND)
    silent = [alarm for alarm in watching.alarms if alarm.point.startswith("G1/")]
    assert {alarm.point for alarm in silent} == {"G1/18", "G1/19"}
    # By the time of their own messages, which were some seconds on their way.
    late = [back + 30 * SECOND + STALE - alarm.raised_ms for alarm in silent]
    assert all(0 <= behind < 30 * SECOND for behind in late)


def test_a_backlog_after_a_lost_gateway_is_judged_and_nobody_was_silent(
    watching: Watching,
) -> None:
    _speak(watching, range(ROOMS), T0)
    _quiet_until(watching, T0 + MINUTE, T0 + 2 * HOUR)
    now_ms = T0 + 2 * HOUR
    for minute in range(1, 121):
        value = -17.0 if 30 <= minute < 70 else -20.0
        watching.take([measured(value, T0 + minute * MINUTE, "s0")], now_ms)
    high = [alarm for alarm in watching.alarms if alarm.kind is AlarmKind.HIGH]
    assert [(alarm.point, alarm.raised_ms) for alarm in high] == [("G1/0", T0 + 50 * MINUTE)]
    assert [alarm.point for alarm in watching.alarms if alarm.kind is AlarmKind.STALE] == ["GW1"]


def test_anything_that_comes_through_a_gateway_is_a_sign_of_it(watching: Watching) -> None:
    _speak(watching, range(ROOMS), T0)
    for minute in range(1, 60):
        at_ms = T0 + minute * MINUTE
        watching.take([measured(50.0, at_ms, "s3", channel=Channel.BATTERY)], at_ms)
        watching.tick(at_ms)
    points = {alarm.point for alarm in watching.alarms}
    assert "GW1" not in points
    assert {f"G1/{number}" for number in range(ROOMS)} <= points


def test_a_crash_while_a_gateway_is_lost_makes_no_alarms(watching: Watching) -> None:
    _speak(watching, range(ROOMS), T0)
    for minute in range(1, 60):
        at_ms = T0 + minute * MINUTE
        if minute in {10, 30}:
            watching.restart(at_ms)
        watching.take([measured(-20.0, at_ms, "other")], at_ms)
        watching.tick(at_ms)
    assert _points(watching) == [("GW1", AlarmKind.STALE)]


def test_a_gateway_of_a_lorry_is_watched_while_goods_are_on_board(tmp_path: Path) -> None:
    point = "V1/frozen"
    registry = a_registry(
        a_gateway("V1", always_armed=False),
        a_compartment(point),
        a_sensor("on board", point, gateway="V1"),
    )
    with sqlite_store(tmp_path) as store:
        watching = Watching(store, registry)
        end = watching.run([-20.0] * 25, sensor="on board")
        watching.tick(end + 2 * HOUR)
        assert watching.events == []
        end = watching.run([-20.0] * 25, from_ms=end + 3 * HOUR, sensor="on board")
        watching.command(a_command(CommandKind.ARM, point, until_ms=end + HOUR), end)
        watching.restart(end)
        watching.tick(end + 30 * MINUTE)
        assert _points(watching) == [("V1", AlarmKind.STALE)]
        watching.tick(end + HOUR)
        assert watching.events[-1] == (EventKind.CLEARED, end + HOUR)
