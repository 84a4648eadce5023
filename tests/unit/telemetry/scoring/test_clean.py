"""Days on which nothing was injected: calls, and which of them were false."""

from __future__ import annotations

from math import inf

import pytest

from telemetry.alarm.words import Excursion
from telemetry.scoring.clean import Clean, calls, clean_verdict
from telemetry.scoring.material import DAY_MS, HOUR_MS, MINUTE_MS
from telemetry.scoring.watchers import Turn


def excursion(from_min: int, to_min: int | None) -> Excursion:
    return Excursion(
        point="p",
        from_ms=from_min * MINUTE_MS,
        to_ms=None if to_min is None else to_min * MINUTE_MS,
        kind="high",
        peak_c=0.0,
        mean_c=0.0,
        low_c=0.0,
        deviation_c=0.0,
        samples=1,
        minutes=1e9 if to_min is None else to_min - from_min,
        unknown_minutes=0.0,
    )


def test_alarms_that_stand_together_are_one_call() -> None:
    turns = [
        Turn(10, "no_cooling", on=True),
        Turn(20, "predicted", on=True),
        Turn(30, "no_cooling", on=False),
        Turn(40, "predicted", on=False),
        Turn(50, "predicted", on=True),
    ]
    (first, second) = calls(turns)
    assert (first.from_ms, first.to_ms) == (10, 40)
    assert first.kinds == frozenset({"no_cooling", "predicted"})
    assert (second.from_ms, second.to_ms) == (50, inf)


@pytest.mark.parametrize(
    ("from_min", "to_min", "false"),
    [
        (0, 10, True),
        (500, 620, False),
        (610, 2000, False),
        (370, 380, False),
        (355, 365, True),
        (650, 660, True),
    ],
)
def test_an_alarm_near_a_real_excursion_is_not_false(
    from_min: int, to_min: int, *, false: bool
) -> None:
    turns = [Turn(from_min * MINUTE_MS, "x", on=True), Turn(to_min * MINUTE_MS, "x", on=False)]
    found = clean_verdict(turns, [excursion(600, 640)], 0, DAY_MS)
    assert (found.calls, found.raised, len(found.false)) == (1, 1, int(false))


def test_a_short_excursion_excuses_nothing() -> None:
    turns = [Turn(600 * MINUTE_MS, "x", on=True)]
    assert clean_verdict(turns, [excursion(600, 629)], 0, DAY_MS).false == (600 * MINUTE_MS,)


def test_false_calls_of_the_day_before_are_counted() -> None:
    clean = Clean(from_ms=0, to_ms=5 * DAY_MS, calls=2, raised=2, false=(HOUR_MS, 3 * DAY_MS))
    assert clean.false_on_day_before(20 * HOUR_MS) == 1.0
    assert clean.false_on_day_before(2 * DAY_MS) == 0.0
    assert clean.false_on_day_before(3 * DAY_MS + HOUR_MS) == 1.0


def test_a_half_of_twelve_hours_is_gone_round_twice() -> None:
    clean = Clean(from_ms=0, to_ms=DAY_MS // 2, calls=1, raised=1, false=(HOUR_MS,))
    assert clean.false_on_day_before(5 * HOUR_MS) == 2.0
    assert clean.days == 0.5
