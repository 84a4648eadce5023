"""What a watcher made of a failure, and of days without one."""

from __future__ import annotations

from math import inf

import pytest

from telemetry.alarm.state import Sample
from telemetry.scoring.clean import Clean
from telemetry.scoring.injection import Episode
from telemetry.scoring.material import DAY_MS, MINUTE_MS
from telemetry.scoring.verdicts import verdict
from telemetry.scoring.watchers import NOTHING, Foretold, Said, Turn

CLEAN = Clean(from_ms=0, to_ms=DAY_MS, calls=0, raised=0, false=())


class Scripted:
    """Says what it is told to, by the minute after the failure."""

    name = "scripted"
    claims = frozenset({"predicted"})

    def __init__(self, said: dict[int, Said]) -> None:
        self._said = said

    def learn(self, sample: Sample) -> None:
        raise AssertionError("a failure is nothing to learn from")

    def take(self, sample: Sample) -> Said:
        return self._said.get(sample.at_ms // MINUTE_MS, NOTHING)

    def branch(self) -> Scripted:
        return self


def failure(breach_min: int | None, minutes: int = 300) -> Episode:
    return Episode(
        subject=0,
        kind="total_loss",
        failed_ms=0,
        breach_ms=None if breach_min is None else breach_min * MINUTE_MS,
        samples=tuple(Sample(minute * MINUTE_MS, 0.0) for minute in range(5, minutes, 5)),
        truth_c=tuple(minute / 10 for minute in range(minutes)),
        tau_h=10.0,
    )


def alarm(minute: int, kind: str = "no_cooling", *, on: bool = True) -> Said:
    return Said((Turn(minute * MINUTE_MS, kind, on),))


def forecast(early: float, middle: float, late: float) -> Said:
    return Said((), Foretold(middle * MINUTE_MS, early * MINUTE_MS, late * MINUTE_MS), anew=True)


def test_an_alarm_before_the_breach_is_in_time() -> None:
    found = verdict(Scripted({20: alarm(20)}), failure(60), CLEAN)
    assert found.is_in_time
    assert (found.raised_ms, found.alarm) == (20 * MINUTE_MS, "no_cooling")
    assert found.temperature_c == 2.0


@pytest.mark.parametrize(
    ("breach", "raised", "in_time"), [(10, 30, True), (10, 35, False), (60, 65, False)]
)
def test_half_an_hour_is_allowed_where_the_breach_comes_sooner(
    breach: int, raised: int, *, in_time: bool
) -> None:
    assert verdict(Scripted({raised: alarm(raised)}), failure(breach), CLEAN).is_in_time is in_time


def test_silence_is_a_miss() -> None:
    found = verdict(Scripted({}), failure(60), CLEAN)
    assert (found.is_in_time, found.raised_ms, found.temperature_c) == (False, None, None)


def test_who_claims_a_breach_that_never_comes_is_wrong_and_who_says_no_cooling_is_not() -> None:
    said = {20: alarm(20), 30: alarm(30, "predicted"), 40: alarm(40, "predicted", on=False)}
    found = verdict(Scripted({**said, 90: alarm(90, "predicted")}), failure(None), CLEAN)
    assert (found.wrong_claims, found.is_in_time) == (2, False)
    assert verdict(Scripted({20: alarm(20)}), failure(None), CLEAN).wrong_claims == 0


def test_forecasts_are_held_against_the_breach_an_hour_and_half_an_hour_before() -> None:
    said = {10: forecast(0, 110, 300), 60: forecast(0, 130, 300), 90: forecast(0, 125, 300)}
    found = verdict(Scripted(said), failure(120), CLEAN)
    assert found.error_ms == (10 * MINUTE_MS, 5 * MINUTE_MS)


def test_an_old_forecast_is_none_and_one_that_was_taken_back_too() -> None:
    old = verdict(Scripted({30: forecast(0, 120, 300)}), failure(120), CLEAN)
    assert old.error_ms == (None, None)
    back = {55: forecast(0, 120, 300), 60: Said((), None, anew=True)}
    assert verdict(Scripted(back), failure(120), CLEAN).error_ms == (None, None)


def test_ranges_count_every_quarter_of_an_hour_from_the_alarm_to_the_breach() -> None:
    said = {minute: forecast(100, 120, 140) for minute in range(5, 60, 5)}
    said |= {minute: forecast(130, 140, inf) for minute in range(60, 90, 5)}
    said |= {minute: forecast(90, 100, 110) for minute in range(90, 120, 5)}
    raised = said[30]
    said[30] = Said((Turn(30 * MINUTE_MS, "predicted", on=True),), raised.foretold, anew=True)
    found = verdict(Scripted(said), failure(120), CLEAN)
    assert (found.held, found.below, found.above) == (2, 2, 2)
