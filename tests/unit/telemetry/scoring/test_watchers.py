"""Who is judged: each says what it says, and a branch leaves its origin alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from telemetry.alarm.packs import load_packs
from telemetry.alarm.raising import Cause
from telemetry.alarm.rules import Profile, Side
from telemetry.alarm.state import Sample
from telemetry.alarm.words import AlarmKind, Severity
from telemetry.estimate.estimator import Thermal, unknown
from telemetry.estimate.words import NO_CUES, Cues, Forecast, Outlook, Regime
from telemetry.scoring.watchers import EstimateWatcher, LineWatcher, Said, ThresholdWatcher

MINUTE_MS = 60_000
FROZEN = replace(load_packs()["frozen"], product_lag_s=0)


def fake_observe(
    profile: Profile, state: Thermal, sample: Sample, cues: Cues = NO_CUES, *, learn: bool = True
) -> tuple[Thermal, Outlook | None]:
    """Foresee a breach in an hour as soon as the air is above -20 °C."""
    if learn:
        return state, None
    warm = sample.value_c > -20.0
    cause = Cause(
        kind=AlarmKind.PREDICTED,
        severity=Severity.WARNING,
        rule="predicted",
        began_ms=sample.at_ms,
        value=sample.value_c,
        peak=sample.value_c,
        limit=-18.0,
    )
    forecast = Forecast(
        at_ms=sample.at_ms,
        side=Side.HIGH,
        limit_c=-18.0,
        early_ms=sample.at_ms + 30 * MINUTE_MS,
        breach_ms=sample.at_ms + 60 * MINUTE_MS,
        late_ms=None,
        chance=0.9,
    )
    outlook = Outlook(
        at_ms=sample.at_ms,
        air_c=sample.value_c,
        air_sd_c=0.1,
        product_c=sample.value_c,
        product_sd_c=0.1,
        rate_c_h=0.0,
        regime=Regime.WARMING,
        forecast=forecast if warm else None,
        causes=(cause,) if warm else (),
    )
    return state, outlook


def at(minute: int, value_c: float) -> Sample:
    return Sample(minute * MINUTE_MS, value_c)


def test_the_estimate_alarms_through_the_ordinary_machine() -> None:
    watcher = EstimateWatcher(FROZEN, fake_observe)
    watcher.learn(at(0, -10.0))
    assert watcher.take(at(5, -22.0)) == Said((), None, anew=True)
    said = watcher.take(at(10, -19.0))
    assert [(turn.kind, turn.on) for turn in said.turns] == [("predicted", True)]
    assert said.foretold is not None
    assert said.foretold.breach_ms == 70 * MINUTE_MS
    assert said.foretold.late_ms == float("inf")
    assert watcher.take(at(15, -19.0)).turns == ()
    last = [watcher.take(at(minute, -22.0)) for minute in range(20, 90, 5)]
    assert [turn.on for said in last for turn in said.turns] == [False]


def test_an_alarm_after_one_that_cleared_is_a_new_one() -> None:
    watcher = EstimateWatcher(FROZEN, fake_observe)
    said = [
        watcher.take(at(minute, -19.0 if minute in {5, 500} else -22.0))
        for minute in range(0, 600, 5)
    ]
    assert [turn.on for each in said for turn in each.turns] == [True, False, True]


def test_a_threshold_waits_for_its_delay_and_counts_limits_alone() -> None:
    watcher = ThresholdWatcher(FROZEN)
    said = [watcher.take(at(minute, -17.0)) for minute in range(0, 600, 5)]
    turns = [turn for each in said for turn in each.turns]
    assert [(turn.at_ms // MINUTE_MS, turn.kind) for turn in turns] == [(20, "high")]


def test_a_line_says_when_it_crosses_and_goes_when_it_does_not() -> None:
    watcher = LineWatcher(FROZEN)
    said = [watcher.take(at(minute, -25.0 + minute / 20)) for minute in range(0, 50, 5)]
    (turn,) = [turn for each in said for turn in each.turns]
    assert turn.at_ms == 20 * MINUTE_MS
    assert said[-1].foretold is not None
    assert said[-1].foretold.breach_ms == pytest.approx(140 * MINUTE_MS)
    quiet = [watcher.take(at(minute, -25.0)) for minute in range(50, 120, 5)]
    assert [turn.on for each in quiet for turn in each.turns] == [False]


def test_a_line_falls_below_a_band_too() -> None:
    watcher = LineWatcher(load_packs()["chilled"])
    said = [watcher.take(at(minute, 2.0 - minute / 60)) for minute in range(0, 40, 5)]
    assert said[-1].foretold is not None
    assert said[-1].foretold.breach_ms == pytest.approx(120 * MINUTE_MS)


def test_a_line_needs_three_samples_and_time_between_them() -> None:
    watcher = LineWatcher(FROZEN)
    assert watcher.take(at(0, -19.0)).foretold is None
    assert watcher.take(at(5, -18.1)).foretold is None
    still = LineWatcher(FROZEN)
    assert [still.take(at(0, -25.0 + step)).foretold for step in range(4)] == [None] * 4


def test_outside_of_the_band_a_line_says_now() -> None:
    watcher = LineWatcher(FROZEN)
    said = [watcher.take(at(minute, -17.0)) for minute in (0, 5, 10)]
    assert said[-1].foretold is not None
    assert said[-1].foretold.breach_ms == 10 * MINUTE_MS


@pytest.mark.parametrize("make", [EstimateWatcher, ThresholdWatcher, LineWatcher])
def test_a_branch_leaves_its_origin_alone(
    make: type[EstimateWatcher | ThresholdWatcher | LineWatcher],
) -> None:
    origin, other = make(FROZEN), make(FROZEN)
    for minute in range(0, 600, 5):
        origin.take(at(minute, -22.0))
        other.take(at(minute, -22.0))
    branch = origin.branch()
    for minute in range(600, 900, 5):
        branch.take(at(minute, -22.0 + (minute - 600) / 20))
    calm = [origin.take(at(minute, -22.0)) for minute in range(600, 900, 5)]
    assert calm == [other.take(at(minute, -22.0)) for minute in range(600, 900, 5)]


def test_the_estimator_begins_with_nothing() -> None:
    assert fake_observe(FROZEN, unknown(), at(0, -22.0), learn=True) == (unknown(), None)
