"""A trace through the alarm machine: nobody acknowledges, and recordings have holes."""

from __future__ import annotations

from dataclasses import replace as with_rules
from typing import Any

import pytest
from msgspec.structs import replace

from telemetry.alarm.packs import load_packs
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind
from telemetry.replay import RECORDING_HOLES_S, foresight, replay
from tests.telemetry_foresight import Seer

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


# --- what was foreseen --------------------------------------------------------------------------


@pytest.fixture
def seer(monkeypatch: pytest.MonkeyPatch) -> Seer:
    seer = Seer()
    monkeypatch.setattr(foresight, "observe", seer.observe)
    return seer


def test_what_is_foreseen_is_an_alarm_with_predictions_while_it_is(seer: Seer) -> None:
    samples = every_minute((10, -22.0), (5, -19.0), (40, -22.0))
    judged = replay(samples, FROZEN, point="air")
    (raised,) = judged.alarms
    alarm = raised.alarm
    assert (alarm.kind, raised.temperature_c) == (AlarmKind.PREDICTED, -19.0)
    off_delay_ms = 1000 * FROZEN.off_delay_s
    assert (alarm.raised_ms, alarm.cleared_ms) == (10 * MINUTE, None)
    assert [one.at_ms for one in judged.predictions] == [at * MINUTE for at in range(10, 15)]
    longer = replay(every_minute((10, -22.0), (5, -19.0), (90, -22.0)), FROZEN, point="air")
    assert longer.alarms[0].alarm.cleared_ms == 15 * MINUTE + off_delay_ms
    assert all(learn for _, _, learn in seer.fed)


def test_a_break_that_calls_nobody_yet_is_no_prediction(
    seer: Seer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def observe(*args: Any, **kwargs: Any) -> Any:
        thermal, outlook = seer.observe(*args, **kwargs)
        return thermal, outlook and replace(outlook, causes=())

    monkeypatch.setattr(foresight, "observe", observe)
    judged = replay(every_minute((10, -19.0)), FROZEN, point="air")
    assert (judged.alarms, judged.predictions) == ((), ())


def test_a_hole_of_the_recording_does_not_clear_what_was_foreseen(seer: Seer) -> None:
    before = every_minute((5, -19.0), (1, -22.0))
    end_ms = 1000 * RECORDING_HOLES_S + 6 * MINUTE
    after = [Sample(end_ms + one.at_ms, one.value_c) for one in every_minute((20, -22.0))]
    judged = replay([*before, *after], FROZEN, point="air")
    (predicted,) = (one.alarm for one in judged.alarms if one.alarm.kind is AlarmKind.PREDICTED)
    assert predicted.is_active
    assert seer.fed


def test_there_is_at_most_one_prediction_a_minute(seer: Seer) -> None:
    samples = [Sample(10_000 * number, -19.0, "air") for number in range(30)]
    judged = replay(samples, FROZEN, point="air")
    assert [one.at_ms for one in judged.predictions] == [at * MINUTE for at in range(5)]
    assert len(seer.fed) == 30


def test_what_was_out_of_its_band_is_not_learned(seer: Seer) -> None:
    replay(every_minute((21, -17.0), (5, -22.0)), FROZEN, point="air")
    assert [learn for _, _, learn in seer.fed] == [True] * 20 + [False] * 6


def test_rules_that_foresee_nothing_ask_no_estimate(seer: Seer) -> None:
    judged = replay(every_minute((10, -19.0)), with_rules(FROZEN, product_lag_s=None), point="air")
    assert (judged.predictions, seer.fed) == ((), [])
