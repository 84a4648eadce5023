"""Random figures by name."""

from __future__ import annotations

from statistics import fmean, stdev

import pytest

from optimizer.domain.problem import TrafficSlot
from scenarios.variation import NONE, Draws, Variation
from tests.builders import hours


def test_the_same_name_has_the_same_figure_and_another_seed_another() -> None:
    draws = Draws(7)
    assert draws.uniform("travel", "A", "B") == Draws(7).uniform("travel", "A", "B")
    assert draws.uniform("travel", "A", "B") != Draws(8).uniform("travel", "A", "B")
    assert draws.uniform("travel", "A", "B") != draws.uniform("travel", "AB")


def test_factors_have_mean_one_and_the_spread_that_was_asked_for() -> None:
    factors = [Draws(1).factor(0.3, "leg", str(number)) for number in range(4000)]
    assert fmean(factors) == pytest.approx(1.0, abs=0.02)
    assert stdev(factors) == pytest.approx(0.3, abs=0.02)
    assert Draws(1).factor(0.0, "leg") == 1.0


def test_waiting_times_have_their_rate() -> None:
    waits = [Draws(1).waiting_h(2.0, "van", str(number)) for number in range(4000)]
    assert fmean(waits) == pytest.approx(500.0, rel=0.05)
    assert Draws(1).waiting_h(0.0, "van") == float("inf")


def test_a_day_takes_the_slowness_of_the_hour() -> None:

    rush = Variation(traffic=(TrafficSlot(window=hours(7, 9), factor=1.4),))
    assert [rush.slowness(3600 * hour) for hour in (6, 8, 10)] == [1.0, 1.4, 1.0]
    assert NONE.slowness(0) == 1.0
