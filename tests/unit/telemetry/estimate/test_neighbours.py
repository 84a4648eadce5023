"""Air behind a bulkhead: what it does is known, and the forecast counts with it."""

from __future__ import annotations

from math import exp

import pytest
from msgspec.structs import replace

from telemetry.alarm.rules import Side
from telemetry.alarm.state import Sample
from telemetry.estimate.estimator import Thermal, observe, unknown
from telemetry.estimate.forecast import forecast
from telemetry.estimate.trend import SLOWING_H, Filter, Trend, begin, follow
from telemetry.estimate.words import Cues, Outlook
from tests.telemetry_cases import FROZEN, HOUR, MINUTE, T0
from tests.unit.telemetry.estimate.freezers import steady

OUTSIDE_C = 25.0
SLOWING = SLOWING_H[2]
BESIDE_H = 10.0
"""Of all that passes the walls a part passes the bulkhead: 1/BESIDE_H of SLOWING an hour."""

HERE_C, THERE_C, EDGE_C = -22.0, -20.0, -18.0
SURE = 1e-9


def _there_c(hours: float) -> float:
    """Give the air behind the bulkhead, which feels nothing of the air here."""
    return OUTSIDE_C + (THERE_C - OUTSIDE_C) * exp(-SLOWING * hours)


def _here_c(hours: float) -> float:
    """Solve ``T' = (Ta - T)/τ + (B - T)/τb`` for the B above, where 1/τ + 1/τb is SLOWING.

    With ``B = Ta + b·e^(-λt)`` that is ``T = Ta + (T0 - Ta + b/τb·t)·e^(-λt)``.
    """
    b_c = THERE_C - OUTSIDE_C
    return OUTSIDE_C + (HERE_C - OUTSIDE_C + b_c / BESIDE_H * hours) * exp(-SLOWING * hours)


def _rate_c_h(hours: float) -> float:
    tiny = 1e-5
    return (_here_c(hours + tiny) - _here_c(hours - tiny)) / (2.0 * tiny)


def _sure(push_c_h2: float, hours: float = 0.0) -> Trend:
    """Make a trend that knows the air, and how it slows down."""
    filters = tuple(
        Filter(_here_c(hours), _rate_c_h(hours), SURE, 0.0, SURE, float(one == SLOWING))
        for one in SLOWING_H
    )
    return Trend(T0 / MINUTE, filters, push_c_h2)


def _passed_h(lag_h: float) -> float:
    """Let goods follow in small steps until they pass the edge."""
    step_h, hours, goods_c = 1e-4, 0.0, HERE_C
    while (goods_c if lag_h else _here_c(hours)) <= EDGE_C:
        if lag_h:
            goods_c += step_h * (_here_c(hours) - goods_c) / lag_h
        hours += step_h
    return hours


def _error_h(trend: Trend, lag_h: float) -> float:
    ahead = forecast(trend, HERE_C, lag_h, at_ms=T0, side=Side.HIGH, limit_c=EDGE_C)
    assert ahead is not None
    assert ahead.breach_ms is not None
    return (ahead.breach_ms - T0) / HOUR - _passed_h(lag_h)


@pytest.mark.parametrize("lag_h", [0.0, 0.5, 4.0])
def test_two_spaces_are_what_their_equations_lead_to(lag_h: float) -> None:
    # The rate changes by what B changes over τb: B' = -λ·b·e^(-λt) at the beginning.
    push_c_h2 = -SLOWING * (THERE_C - OUTSIDE_C) / BESIDE_H
    known, unknown_ = abs(_error_h(_sure(push_c_h2), lag_h)), abs(_error_h(_sure(0.0), lag_h))
    assert known < 0.01
    assert unknown_ > 0.02
    assert unknown_ > 5.0 * known


def test_a_filter_that_is_told_follows_without_a_miss() -> None:
    told = _sure(0.0)
    untold = told
    for minute in range(1, 61):
        before, now = (minute - 1) / 60.0, minute / 60.0
        pushed_c_h = (_there_c(now) - _there_c(before)) / BESIDE_H
        at_min = T0 / MINUTE + minute
        told = follow(told, at_min, _here_c(now), 5.0, pushed_c_h)
        untold = follow(untold, at_min, _here_c(now), 5.0)
    right_c_h = _rate_c_h(1.0)
    assert told.filters[2].rate_c_h == pytest.approx(right_c_h, abs=0.003)
    assert abs(untold.filters[2].rate_c_h - right_c_h) > 0.02
    assert told.push_c_h2 == pytest.approx(-SLOWING * (_there_c(1.0) - 25.0) / BESIDE_H, rel=0.2)


def test_without_a_neighbour_nothing_changes() -> None:
    trend = begin(0.0, -20.0, 0.1)
    assert follow(trend, 1.0, -19.9, 0.1) == follow(trend, 1.0, -19.9, 0.1, 0.0)
    assert follow(trend, 1.0, -19.9, 0.1).push_c_h2 == 0.0


def _watched(pull_of_minute: dict[int, float | None]) -> tuple[Thermal, Outlook]:
    """Watch a freezer fail after a day, with what is said of its neighbour by the minute."""
    state, told = unknown(), None
    for minute in range(-1440, 90):
        value_c = steady(minute) if minute < 0 else -21.5 + 0.04 * minute
        pull_c_h = pull_of_minute.get(minute, 1.0 if pull_of_minute else None)
        cues = Cues(pull_c_h=pull_c_h)
        state, outlook = observe(FROZEN, state, Sample(T0 + minute * MINUTE, value_c), cues)
        told = outlook or told
    assert told is not None
    return state, told


def test_a_neighbour_that_warms_as_well_brings_the_breach_nearer() -> None:
    alone, beside = _watched({}), _watched({minute: 1.0 + 0.01 * minute for minute in range(90)})
    still, lost = _watched({0: 1.0}), _watched(dict.fromkeys(range(60, 90)))
    assert beside[0].high.warming is not None
    assert beside[0].high.warming.trend.push_c_h2 > 0.3
    assert alone[1].forecast is not None
    assert beside[1].forecast is not None
    assert (beside[1].forecast.breach_ms or 0) < (alone[1].forecast.breach_ms or 0)
    assert still[1] == alone[1], "a neighbour at rest tells nothing"
    assert lost[1] == alone[1], "nor one that is heard no more"
    assert replace(still[0], pull_c_h=None) == alone[0]
