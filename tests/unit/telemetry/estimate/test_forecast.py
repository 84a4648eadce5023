"""The instant at which goods leave their band, against the closed formula and small steps."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from math import exp, inf, log, sqrt
from random import Random

import pytest

from telemetry.alarm.rules import Side
from telemetry.estimate.forecast import GRID_H, HORIZON_H, QUANTILES, SPREAD, forecast
from telemetry.estimate.trend import (
    PRIOR,
    RATE_DRIFT_C_H,
    SLOWING_H,
    Filter,
    Trend,
    begin,
    follow,
)
from telemetry.estimate.words import Forecast
from tests.telemetry_cases import HOUR, T0
from tests.unit.telemetry.estimate.freezers import OUTSIDE_C, failing

EDGE_C = -18.0
SURE = 1e-9


def _sure(air_c: float, rate_c_h: float, slowing: float, p_rr: float = SURE) -> Trend:
    """Make a trend that knows how the air slows down."""
    return Trend(
        T0 / 60_000,
        tuple(Filter(air_c, rate_c_h, SURE, 0.0, p_rr, float(one == slowing)) for one in SLOWING_H),
    )


def _ahead(
    trend: Trend, product_c: float, lag_h: float = 0.0, limit_c: float = EDGE_C,
    side: Side = Side.HIGH,
) -> Forecast:  # fmt: skip
    ahead = forecast(trend, product_c, lag_h, at_ms=T0, side=side, limit_c=limit_c)
    assert ahead is not None
    return ahead


def _hours(instant_ms: int | None) -> float:
    assert instant_ms is not None
    return (instant_ms - T0) / HOUR


def _stepwise_h(air_c: float, tau_h: float, product_c: float, lag_h: float) -> float:
    """Let air and goods warm in small steps, until the goods cross the edge."""
    step_h, hours = 1e-4, 0.0
    while product_c <= EDGE_C:
        product_c += step_h * (air_c - product_c) / lag_h
        air_c += step_h * (OUTSIDE_C - air_c) / tau_h
        hours += step_h
    return hours


@pytest.mark.parametrize("slowing", SLOWING_H)
@pytest.mark.parametrize("air_c", [-22.0, -19.0])
def test_without_a_lag_it_is_the_closed_formula(slowing: float, air_c: float) -> None:
    tau_h = 1.0 / slowing
    truth_h = tau_h * log((OUTSIDE_C - air_c) / (OUTSIDE_C - EDGE_C))
    ahead = _ahead(_sure(air_c, (OUTSIDE_C - air_c) / tau_h, slowing), air_c)
    assert _hours(ahead.breach_ms) == pytest.approx(truth_h, rel=0.01, abs=0.006)
    assert ahead.chance > 0.6


@pytest.mark.parametrize("tau_h", [4.0, 6.0, 12.0, 25.0])
def test_air_that_was_watched_for_an_hour_crosses_when_it_will(tau_h: float) -> None:
    way = failing(-22.0, tau_h)
    trend = begin(T0 / 60_000, way(0), 0.1)
    for minute in range(1, 61):
        trend = follow(trend, T0 / 60_000 + minute, way(minute), 0.1)
    limit_c = way(60) + 1.5
    truth_h = tau_h * log((OUTSIDE_C - way(60)) / (OUTSIDE_C - limit_c))
    ahead = _ahead(trend, way(60), limit_c=limit_c)
    assert _hours(ahead.breach_ms) == pytest.approx(truth_h, rel=0.1)
    assert _hours(ahead.early_ms) < truth_h < _hours(ahead.late_ms)


@pytest.mark.parametrize(
    ("slowing", "lag_h"), [(0.25, 0.5), (0.25, 2.0), (0.8, 1.25), (0.02, 6.0), (0.25, 4.0)]
)
def test_with_a_lag_it_is_what_small_steps_lead_to(slowing: float, lag_h: float) -> None:
    tau_h = 1.0 / slowing
    ahead = _ahead(_sure(-20.0, (OUTSIDE_C + 20.0) / tau_h, slowing), -20.5, lag_h)
    truth_h = _stepwise_h(-20.0, tau_h, -20.5, lag_h)
    assert _hours(ahead.breach_ms) == pytest.approx(truth_h, rel=0.02, abs=0.01)


def test_the_more_the_goods_lag_behind_the_later_they_leave() -> None:
    trend = _sure(-20.0, 3.0, 0.08)
    instants = [_hours(_ahead(trend, -20.0, lag_h).breach_ms) for lag_h in (0.0, 0.5, 1.0, 3.0)]
    assert instants == sorted(set(instants))


def test_goods_that_are_colder_than_the_air_leave_later() -> None:
    trend = _sure(-20.0, 3.0, 0.08)
    assert _hours(_ahead(trend, -23.0, 1.0).breach_ms) > _hours(_ahead(trend, -20.0, 1.0).breach_ms)


def test_air_beyond_the_edge_takes_the_goods_along() -> None:
    ahead = _ahead(_sure(-14.0, 0.0, 0.02), -20.0, 2.0)
    assert _hours(ahead.breach_ms) == pytest.approx(2.0 * log(6.0 / 4.0), rel=0.02)


def test_the_less_sure_the_rate_the_wider_the_distribution_and_it_is_in_order() -> None:
    widths = []
    for p_rr in (0.01, 0.1, 0.5):
        ahead = _ahead(_sure(-20.0, 3.0, 0.08, p_rr), -20.0, 0.5)
        early, middle, late = map(_hours, (ahead.early_ms, ahead.breach_ms, ahead.late_ms))
        assert 0.0 < early < middle < late
        widths.append(late - early)
    assert widths == sorted(set(widths))


def test_nothing_is_told_of_goods_that_are_beyond_the_edge_already() -> None:
    trend = _sure(-17.0, 3.0, 0.08)
    assert forecast(trend, -17.9, 0.5, at_ms=T0, side=Side.HIGH, limit_c=EDGE_C) is None
    at_once = forecast(trend, -18.0, 0.5, at_ms=T0, side=Side.HIGH, limit_c=EDGE_C)
    assert at_once is not None, "the edge itself is inside"
    assert _hours(at_once.breach_ms) == pytest.approx(0.0, abs=0.02)


def test_air_that_gets_no_warmer_never_crosses() -> None:
    ahead = _ahead(_sure(-30.0, 0.0, 0.25, p_rr=SURE), -30.0, 0.5)
    assert (ahead.early_ms, ahead.breach_ms, ahead.late_ms) == (None, None, None)
    assert ahead.chance == 0.0


def test_what_lies_beyond_the_horizon_cannot_be_said() -> None:
    near = _ahead(_sure(-20.0, 2.0 / (HORIZON_H - 1.0), 0.02), -20.0, limit_c=-18.5)
    assert near.breach_ms is not None
    far = _ahead(_sure(-40.0, 0.5, 0.02), -40.0)
    assert far.breach_ms is None


def test_the_chance_falls_with_the_distance() -> None:
    chances = [
        _ahead(_sure(EDGE_C - apart_c, 1.0, 0.25, p_rr=1.0), EDGE_C - apart_c, 0.5).chance
        for apart_c in (0.5, 2.0, 4.0, 8.0, 16.0, 60.0)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.75
    assert chances[-1] < 0.1
    assert all(0.0 <= chance <= 1.0 for chance in chances)


def test_every_filter_has_its_share_of_the_futures() -> None:
    bank = Trend(
        0.0,
        tuple(
            Filter(-20.0, rate, SURE, 0.0, SURE, weight)
            for rate, weight in zip((4.0, 0.0, 0.0, 0.0), PRIOR, strict=True)
        ),
    )
    ahead = _ahead(bank, -20.0)
    assert PRIOR[0] <= ahead.chance < 0.8, "one filter knows that it crosses"
    assert _hours(ahead.early_ms) == pytest.approx(0.5, rel=0.1)
    assert ahead.late_ms is None


@pytest.mark.parametrize("lag_h", [0.0, 0.5, 4.0])
@pytest.mark.parametrize("product_c", [-21.0, -18.5, -17.0])
def test_the_lower_edge_mirrors_the_upper_one(lag_h: float, product_c: float) -> None:
    trend = begin(T0 / 60_000, -21.0, 0.2)
    for minute in range(1, 40):
        trend = follow(trend, T0 / 60_000 + minute, -21.0 + 0.05 * minute, 0.2)
    high = forecast(trend, product_c, lag_h, at_ms=T0, side=Side.HIGH, limit_c=EDGE_C)
    low = forecast(trend, product_c, lag_h, at_ms=T0, side=Side.LOW, limit_c=-EDGE_C)
    if high is None:
        assert low is None
        return
    assert low is not None
    assert (low.early_ms, low.breach_ms, low.late_ms) == (
        high.early_ms,
        high.breach_ms,
        high.late_ms,
    )
    assert low.chance == high.chance
    assert (low.side, low.limit_c) == (Side.LOW, 18.0)


# --- all futures, one by one ----------------------------------------------------------------------


def _beyond_c(one: Filter, slowing: float, z: float, lag_h: float, hours: float) -> float:
    """Give the goods of one future, that begin at the temperature 0 °C, after some hours."""
    fast = exp(-hours / lag_h) if lag_h else 0.0
    faded = (exp(-slowing * hours) - fast) / (1.0 - slowing * lag_h)
    reach = (1.0 - fast - faded) / slowing
    spread = one.p_ar / sqrt(one.p_rr) * (1.0 - fast)
    spread += reach * sqrt(one.p_rr + RATE_DRIFT_C_H**2 / 3.0 * hours)
    return one.air_c * (1.0 - fast) + one.rate_c_h * reach + z * spread


def _crossing_h(beyond_c: list[float], *, is_air: bool) -> float:
    if is_air and beyond_c[0] > 0.0:
        return 0.0
    hours = GRID_H.tolist()
    for (low_h, low_c), (high_h, high_c) in pairwise(zip(hours, beyond_c, strict=True)):
        if high_c > 0.0:
            return float(low_h - low_c / (high_c - low_c) * (high_h - low_h))
    return inf


def _one_by_one(trend: Trend, product_c: float, lag_h: float) -> tuple[list[float], float]:
    """Give the quantiles and the chance, with the edge at 0 °C."""
    crossings = []
    for one, slowing in zip(trend.filters, SLOWING_H, strict=True):
        for z in SPREAD:
            way = [
                _beyond_c(one, slowing, z, lag_h, hours)
                + (product_c * exp(-hours / lag_h) if lag_h else 0.0)
                for hours in GRID_H.tolist()
            ]
            crossings.append((_crossing_h(way, is_air=not lag_h), one.weight / len(SPREAD)))
    crossings.sort()
    shares = list(accumulate(weight for _, weight in crossings))
    quantiles = [crossings[bisect_left(shares, each)][0] for each in QUANTILES]
    return quantiles, sum(weight for hours, weight in crossings if hours < inf)


@pytest.mark.parametrize("lag_h", [0.0, 0.7, 2.6, 5.0])
def test_it_is_what_all_futures_are_one_by_one(lag_h: float) -> None:
    dice = Random(f"futures {lag_h}")
    for _ in range(25):
        weights = [dice.random() ** 3 + 1e-3 for _ in SLOWING_H]
        level_c, rate_c_h = dice.uniform(-4.0, 1.0), dice.uniform(-2.0, 6.0)
        trend = Trend(
            0.0,
            tuple(
                Filter(
                    level_c + dice.gauss(0.0, 0.1), rate_c_h + dice.gauss(0.0, 0.5), 0.05,
                    dice.uniform(0.0, 0.05), dice.uniform(0.05, 1.0), weight / sum(weights),
                )
                for weight in weights
            ),
        )  # fmt: skip
        product_c = dice.uniform(-4.0, 0.0)
        ahead = _ahead(trend, product_c, lag_h, limit_c=0.0)
        quantiles, chance = _one_by_one(trend, product_c, lag_h)
        assert ahead.chance == pytest.approx(chance, abs=1e-12)
        told = (ahead.early_ms, ahead.breach_ms, ahead.late_ms)
        for instant_ms, hours in zip(told, quantiles, strict=True):
            if hours >= HORIZON_H:
                assert instant_ms is None
            else:
                assert instant_ms == pytest.approx(T0 + hours * HOUR, abs=1.0)
