"""What a watcher is worth: shares, medians and their intervals by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.scoring import Verdict
from telemetry.scoring.clean import Clean
from telemetry.scoring.figures import figures
from telemetry.scoring.material import DAY_MS, HOUR_MS, MINUTE_MS


def one(
    raised_min: int | None = None,
    *,
    breach_min: int | None = 120,
    tau_h: float | None = 10.0,
    wrong: int = 0,
    false: float = 0.0,
    errors_min: tuple[float | None, float | None] = (None, None),
    ranges: tuple[int, int, int] = (0, 0, 0),
) -> Verdict:
    in_time = raised_min is not None and breach_min is not None and raised_min <= breach_min
    return Verdict(
        subject=0,
        kind="total_loss",
        tau_h=tau_h,
        failed_ms=0,
        breach_ms=None if breach_min is None else breach_min * MINUTE_MS,
        raised_ms=None if raised_min is None else raised_min * MINUTE_MS,
        temperature_c=None if raised_min is None else raised_min / 10,
        is_in_time=in_time,
        wrong_claims=wrong,
        false_before=false,
        error_ms=tuple(None if each is None else each * MINUTE_MS for each in errors_min),
        held=ranges[0],
        below=ranges[1],
        above=ranges[2],
    )


CLEAN = (Clean(from_ms=0, to_ms=4 * DAY_MS, calls=3, raised=5, false=(HOUR_MS,)),)


def test_recall_counts_breaches_alone() -> None:
    found = figures([one(10), one(20), one(None), one(5, breach_min=None)], CLEAN)
    assert (found.injections, found.breaches) == (4, 3)
    assert found.recall.share == pytest.approx(2 / 3)
    assert found.recall.of == 3


def test_precision_holds_true_calls_against_false_ones() -> None:
    found = figures([one(10), one(20, false=0.5), one(None, breach_min=None, wrong=1)], CLEAN)
    assert found.precision.share == pytest.approx(2 / 3.5)


def test_a_missed_failure_is_worse_than_every_other_in_a_median() -> None:
    found = figures([one(10), one(30), one(None)], CLEAN)
    assert (found.delay_min, found.lead_h) == (30.0, 1.5)
    assert figures([one(10), one(None), one(None)], CLEAN).delay_min is None


def test_time_constants_are_told_apart() -> None:
    verdicts = [one(130, tau_h=5.0), one(60, tau_h=20.0), one(10, tau_h=None)]
    found = figures(verdicts, CLEAN)
    assert found.before_limit == pytest.approx(2 / 3)
    assert found.before_limit_fast == 0.0
    assert (found.lead_slow_h, found.given_h, found.given_slow_h) == (1.0, 2.0, 2.0)


def test_errors_are_the_median_of_what_was_said_and_how_many_said_it() -> None:
    verdicts = [
        one(10, errors_min=(20.0, 10.0)),
        one(10, errors_min=(None, 6.0)),
        one(10, breach_min=45, errors_min=(None, 2.0)),
    ]
    found = figures(verdicts, CLEAN)
    assert (found.error_60_min, found.said_60) == (20.0, 0.5)
    assert (found.error_30_min, found.said_30) == (6.0, 1.0)


def test_coverage_is_over_all_forecasts() -> None:
    found = figures([one(10, ranges=(6, 1, 1)), one(10, ranges=(2, 0, 0))], CLEAN)
    assert found.coverage.share == 0.8
    assert (found.below, found.above, found.coverage.of) == (0.1, 0.1, 10)


def test_rates_are_by_the_day() -> None:
    found = figures([one(10)], CLEAN)
    rates = (found.clean_days, found.calls_per_day, found.raised_per_day, found.false_per_day)
    assert rates == (4.0, 0.75, 1.25, 0.25)


def test_nothing_to_count_gives_no_figure() -> None:
    found = figures([], ())
    assert found.recall.share is None
    assert (found.lead_h, found.false_per_day, found.coverage.low) == (None, None, None)


@given(hits=st.integers(0, 60), misses=st.integers(0, 60))
@settings(max_examples=20)
def test_the_interval_holds_the_share_and_narrows_with_more(hits: int, misses: int) -> None:
    verdicts = [one(10)] * hits + [one(None)] * misses
    recall = figures(verdicts, CLEAN).recall
    if recall.share is None or recall.low is None or recall.high is None:
        assert hits + misses == 0
        return
    assert 0 <= recall.low <= recall.share <= recall.high <= 1
    more = figures(verdicts * 9, CLEAN).recall
    assert more.low is not None
    assert more.high is not None
    assert more.high - more.low <= recall.high - recall.low
