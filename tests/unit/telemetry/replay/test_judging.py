"""A trace through the alarm machine: nobody acknowledges, and recordings have holes."""

from __future__ import annotations

from telemetry.alarm.packs import load_packs
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind
from telemetry.replay import RECORDING_HOLES_S, replay

MINUTE = 60_000
FROZEN = load_packs()["frozen"]


def every_minute(*stretches: tuple[int, float]) -> list[Sample]:
    values = [value_c for minutes, value_c in stretches for _ in range(minutes)]
    return [Sample(number * MINUTE, value_c, "air") for number, value_c in enumerate(values)]


def test_an_alarm_that_comes_back_is_a_new_one() -> None:
    samples = every_minute((30, -17.0), (70, -22.0), (25, -17.0), (10, -22.0))
    judged = replay(samples, FROZEN, point="air")
    first, second = (one.alarm for one in judged.alarms)
    assert (first.raised_ms, first.cleared_ms) == (20 * MINUTE, 90 * MINUTE)
    assert (second.raised_ms, second.cleared_ms) == (120 * MINUTE, None)
    assert second.incident == second.id
    assert second.closed_ms is None


def test_the_temperature_is_that_which_was_known_when_the_alarm_was_raised() -> None:
    samples = [Sample(0, -17.0), Sample(15 * MINUTE, -16.5), Sample(30 * MINUTE, -22.0)]
    (raised,) = replay(samples, FROZEN, point="air").alarms
    assert (raised.alarm.raised_ms, raised.temperature_c) == (20 * MINUTE, -16.5)


def test_a_hole_of_less_than_four_hours_is_no_alarm() -> None:
    hole_ms = 1000 * RECORDING_HOLES_S
    judged = replay([Sample(0, -22.0), Sample(hole_ms, -22.0)], FROZEN, point="air")
    assert judged.alarms == ()


def test_a_longer_hole_is_one_that_ends_with_the_next_sample() -> None:
    end_ms = 1000 * RECORDING_HOLES_S + MINUTE
    (raised,) = replay([Sample(0, -22.0), Sample(end_ms, -22.0)], FROZEN, point="air").alarms
    assert raised.alarm.kind is AlarmKind.STALE
    assert raised.alarm.raised_ms == 1000 * RECORDING_HOLES_S
    assert raised.alarm.cleared_ms == end_ms
    assert raised.temperature_c == -22.0


def test_nothing_recorded_is_nothing_judged() -> None:
    judged = replay([], FROZEN, point="air")
    assert (judged.alarms, judged.excursions) == ((), ())
