"""Mean kinetic temperature against published and hand-calculated figures."""

import random

import pytest

from telemetry.alarm.mkt import BUCKETS, heated, mkt_c, mkt_of, mkt_of_series
from telemetry.alarm.rules import MktRule
from telemetry.alarm.state import HeatSum
from telemetry.alarm.words import Severity

HOUR = 3_600_000
DAY = 24 * HOUR
RULE = MktRule(name="mkt", limit_c=8.0, severity=Severity.CRITICAL, window_s=86_400)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2, 2, 5, 8, 8, 8, 8], 6.250),
        ([4, 4, 4, 4, 16], 8.109),
        ([20, 30], 26.260),
        ([5] * 23 + [25], 7.756),
        ([25] * 29 + [40], 26.113),
        ([2, 8], 5.536),
        ([15], 15.0),
    ],
)
def test_bare_figures_weigh_the_same(values: list[float], expected: float) -> None:
    assert mkt_c(values) == pytest.approx(expected, abs=1e-3)


def test_figures_with_times_are_weighted_by_time() -> None:
    assert mkt_of_series([(0, 2.0), (HOUR, 8.0)]) == pytest.approx(5.536, abs=1e-3)
    # 23 hours at 5 and one at 25, with edges a millisecond wide.
    steps = [(0, 5.0), (23 * HOUR, 5.0), (23 * HOUR + 1, 25.0), (DAY, 25.0)]
    assert mkt_of_series(steps) == pytest.approx(7.756, abs=1e-3)


def test_values_of_one_instant_are_averaged() -> None:
    doubled = [(0, 2.0), (HOUR, 7.0), (HOUR, 9.0), (2 * HOUR, 2.0)]
    assert mkt_of_series(doubled) == pytest.approx(
        mkt_of_series([(0, 2.0), (HOUR, 8.0), (2 * HOUR, 2.0)])
    )


def test_a_single_instant_is_its_own_mean() -> None:
    assert mkt_of_series([(0, 4.0), (0, 6.0)]) == pytest.approx(5.0)


def _stream(samples: list[tuple[int, float]]) -> HeatSum:
    heat: HeatSum | None = None
    for at_ms, value_c in samples:
        heat = heated(RULE, heat, at_ms, value_c, gap_ms=HOUR)
    assert heat is not None
    return heat


def test_the_stream_agrees_with_the_whole_series() -> None:
    numbers = random.Random(1)
    samples = [(number * 60_000, 5 + 4 * numbers.random()) for number in range(1381)]
    assert mkt_of(RULE, _stream(samples)) == pytest.approx(mkt_of_series(samples), abs=1e-6)


def test_what_has_left_the_window_counts_no_more() -> None:
    hot = [(number * 600_000, 30.0) for number in range(145)]
    cold = [(DAY + number * 600_000, 3.0) for number in range(1, 160)]
    assert mkt_of(RULE, _stream(hot + cold)) == pytest.approx(3.0, abs=1e-6)


def test_the_stream_remembers_about_a_hundred_parts() -> None:
    heat = _stream([(number * 600_000, 5.0) for number in range(2000)])
    assert len(heat.past) <= BUCKETS


def test_a_gap_counts_as_nothing() -> None:
    samples = [(number * 600_000, 3.0) for number in range(13)]
    after = samples[-1][0] + 3 * HOUR
    samples += [(after + number * 600_000, 3.0) for number in range(7)]
    heat = _stream(samples)
    assert heat.past_known_ms + heat.now.known_ms == 3 * HOUR


def test_an_hour_of_a_day_has_to_be_known() -> None:
    assert mkt_of(RULE, _stream([(0, 30.0), (HOUR - 1, 30.0)])) is None
    assert mkt_of(RULE, _stream([(0, 30.0), (HOUR, 30.0)])) == pytest.approx(30.0)
