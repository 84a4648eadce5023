"""The bank of filters: what it makes of air without cooling, of steady air and of noise."""

from __future__ import annotations

from math import exp
from random import Random

import msgspec
import pytest

from telemetry.estimate.trend import (
    FIRST_RATE_SD_C_H,
    LEAST_NOISE_C,
    PRIOR,
    RATE_DRIFT_C_H,
    SLOWING_H,
    Trend,
    begin,
    follow,
)
from tests.unit.telemetry.estimate.freezers import DAY0, OUTSIDE_C, Way, failing

NOISE_C = 0.1


def _followed(way: Way, minutes: int, noise_c: float = NOISE_C, step: int = 1) -> Trend:
    trend = begin(DAY0, way(0), noise_c)
    for minute in range(step, minutes + 1, step):
        trend = follow(trend, DAY0 + minute, way(minute), noise_c)
    return trend


@pytest.mark.parametrize("tau_h", [4.0, 6.0, 12.0, 25.0, 40.0, 100.0])
@pytest.mark.parametrize("minutes", [30, 60, 120])
def test_air_without_cooling_is_followed_with_its_rate(tau_h: float, minutes: int) -> None:
    way = failing(-22.0, tau_h)
    trend = _followed(way, minutes)
    assert trend.air_c == pytest.approx(way(minutes), abs=0.05)
    assert trend.rate_c_h == pytest.approx((OUTSIDE_C - way(minutes)) / tau_h, rel=0.04)
    assert trend.at_min == DAY0 + minutes


def test_steady_air_has_hardly_a_rate() -> None:
    trend = _followed(lambda _: -22.0, 120)
    assert trend.rate_c_h == pytest.approx(0.0, abs=1e-9)
    assert trend.air_c == pytest.approx(-22.0)
    numbers = Random(3)
    noisy = _followed(lambda _: -22.0 + numbers.gauss(0.0, 0.2), 120, noise_c=0.2)
    assert abs(noisy.rate_c_h) < 0.4
    assert noisy.air_c == pytest.approx(-22.0, abs=0.2)


@pytest.mark.parametrize("minutes", [1, 30, 600])
def test_weights_add_up_to_one_and_none_dies(minutes: int) -> None:
    trend = _followed(failing(-22.0, 0.3), minutes)
    weights = [one.weight for one in trend.filters]
    assert sum(weights) == pytest.approx(1.0)
    assert min(weights) > 5e-5


def test_air_that_slows_down_is_told_from_air_that_does_not() -> None:
    empty = [one.weight for one in _followed(failing(-22.0, 1.25), 120).filters]
    full = [one.weight for one in _followed(failing(-22.0, 50.0), 120).filters]
    assert empty.index(max(empty)) == SLOWING_H.index(0.8)
    assert full[0] + full[1] > sum(PRIOR[:2])
    assert full.index(max(full)) < 2


def test_the_filter_that_slows_down_as_the_air_does_foretells_it_best() -> None:
    way = failing(-22.0, 1 / 0.25)
    trend = _followed(way, 240)
    hours = 5.0
    ahead = [
        one.air_c + one.rate_c_h / slowing * (1.0 - exp(-slowing * hours))
        for one, slowing in zip(trend.filters, SLOWING_H, strict=True)
    ]
    misses = [abs(air_c - way(240 + 300)) for air_c in ahead]
    assert misses.index(min(misses)) == SLOWING_H.index(0.25)


def test_it_begins_where_warming_began_and_knows_nothing_of_the_rate() -> None:
    trend = begin(DAY0, -22.0, 0.3)
    assert (trend.at_min, trend.rate_c_h) == (DAY0, 0.0)
    assert trend.air_c == pytest.approx(-22.0)
    assert trend.means()[2] == pytest.approx(0.3)
    assert {one.p_rr for one in trend.filters} == {FIRST_RATE_SD_C_H**2}
    assert tuple(one.weight for one in trend.filters) == PRIOR


@pytest.mark.parametrize("noise_c", [0.0, LEAST_NOISE_C / 2])
def test_no_sensor_is_believed_to_have_no_noise(noise_c: float) -> None:
    way = failing(-22.0, 12.0)
    assert _followed(way, 30, noise_c) == _followed(way, 30, LEAST_NOISE_C)


def test_what_is_measured_makes_it_surer_and_silence_less_sure() -> None:
    way = failing(-22.0, 12.0)
    course = [_followed(way, minutes) for minutes in (2, 10, 40)]
    rates = [one.filters[0].p_rr for one in course]
    assert rates == sorted(rates, reverse=True)
    assert course[-1].means()[2] < NOISE_C
    after = follow(course[-1], DAY0 + 40 + 600, way(640), NOISE_C)
    assert after.filters[0].p_rr > course[-1].filters[0].p_rr
    assert after.filters[0].p_rr < RATE_DRIFT_C_H**2 * 11 + FIRST_RATE_SD_C_H**2


def test_filters_that_do_not_agree_make_the_air_less_sure() -> None:
    trend = begin(DAY0, -22.0, 0.1)
    first, *others = trend.filters
    apart = Trend(DAY0, (msgspec.structs.replace(first, air_c=-20.0), *others))
    share = PRIOR[0]
    assert apart.air_c == pytest.approx(-22.0 + 2.0 * share)
    assert apart.means()[2] == pytest.approx((0.01 + 4.0 * share * (1 - share)) ** 0.5)


@pytest.mark.parametrize("earlier_min", [0.0, 5.0])
def test_a_sample_that_is_older_changes_nothing(earlier_min: float) -> None:
    trend = _followed(failing(-22.0, 12.0), 30)
    assert follow(trend, trend.at_min - earlier_min, 50.0, NOISE_C) is trend


def test_samples_come_as_often_as_they_like() -> None:
    way = failing(-22.0, 12.0)
    often, seldom = _followed(way, 120, step=1), _followed(way, 120, step=5)
    assert often.rate_c_h == pytest.approx(seldom.rate_c_h, rel=0.03)
    noisier = [one.weight for one in _followed(way, 120, step=1).filters]
    for one, other in zip(noisier, seldom.filters, strict=True):
        assert one == pytest.approx(other.weight, abs=0.05)
