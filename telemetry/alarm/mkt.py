"""Mean kinetic temperature: the steady temperature that would do the same harm (Haynes 1971).

T_k = (ΔH/R) / −ln(mean of e^(−ΔH/RT)), T in kelvin. Bare figures weigh the same; figures with times
are weighted by time, by trapezoids on e^(−ΔH/RT). For the stream the integral over a window is kept
in about a hundred buckets, so that memory is bounded; a gap longer than ``gap_ms`` is unknown and
counts as nothing. Not valid for frozen goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp, log

from msgspec.structs import replace

from telemetry.alarm.rules import MktRule
from telemetry.alarm.state import HeatBucket, HeatSum

ACTIVATION_K = 10_000.0
"""ΔH/R: 83.144 kJ/mol over the gas constant."""

ZERO_C_IN_K = 273.15
BUCKETS = 96
LEAST_SHARE = 24
"""A mean over less than this part of its window says nothing yet."""


def rate_of(value_c: float) -> float:
    """Give e^(−ΔH/RT) of a temperature."""
    return exp(-ACTIVATION_K / (value_c + ZERO_C_IN_K))


def temperature_of(mean_rate: float) -> float:
    """Give the temperature, °C, of a mean of e^(−ΔH/RT)."""
    return ACTIVATION_K / -log(mean_rate) - ZERO_C_IN_K


def mkt_c(values_c: Sequence[float]) -> float:
    """Give the mean kinetic temperature of figures of equal weight."""
    return temperature_of(sum(map(rate_of, values_c)) / len(values_c))


def mkt_of_series(samples: Iterable[tuple[int, float]]) -> float:
    """Give the mean kinetic temperature over time; several values of one instant are averaged.

    Parameters
    ----------
    samples
        Instants, ms, and temperatures, °C, in any order.
    """
    by_instant: dict[int, list[float]] = {}
    for at_ms, value_c in samples:
        by_instant.setdefault(at_ms, []).append(value_c)
    points = [(at, sum(vs) / len(vs)) for at, vs in sorted(by_instant.items())]
    if len(points) == 1:
        return points[0][1]
    rates = [(at_ms, rate_of(value_c)) for at_ms, value_c in points]
    heat = sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(rates))
    return temperature_of(heat / (rates[-1][0] - rates[0][0]))


def heated(
    rule: MktRule,
    heat: HeatSum | None,
    at_ms: int,
    value_c: float,
    *,
    gap_ms: float,
    since_ms: int | None = None,
) -> HeatSum:
    """Add a sample to a window's sum.

    Parameters
    ----------
    rule
        Names the window.
    heat
        The sum up to now; None begins one.
    at_ms, value_c
        The sample.
    gap_ms
        After a longer silence nobody knows what was in between.
    since_ms
        When the point was armed.
    """
    rate = rate_of(value_c)
    width_ms = max(1, 1000 * rule.window_s // BUCKETS)
    if heat is None:
        return HeatSum(at_ms, rate, HeatBucket(at_ms // width_ms, 0.0, 0), since_ms=since_ms)
    passed_ms = max(0, at_ms - heat.at_ms)
    known_ms = passed_ms if passed_ms <= gap_ms else 0
    gained = known_ms * (rate + heat.rate) / 2
    index = max(heat.at_ms, at_ms) // width_ms
    if index > heat.now.index:
        heat = _turned(heat, index)
    now = HeatBucket(index, heat.now.heat_ms + gained, heat.now.known_ms + known_ms)
    return HeatSum(
        heat.at_ms + passed_ms,
        rate,
        now,
        heat.past,
        heat.past_heat_ms,
        heat.past_known_ms,
        since_ms,
    )


def _turned(heat: HeatSum, index: int) -> HeatSum:
    """Begin a new part of the window, and drop what has left it."""
    past = tuple(one for one in (*heat.past, heat.now) if one.index > index - BUCKETS)
    return replace(
        heat,
        now=HeatBucket(index, 0.0, 0),
        past=past,
        past_heat_ms=sum(one.heat_ms for one in past),
        past_known_ms=sum(one.known_ms for one in past),
    )


def mkt_of(rule: MktRule, heat: HeatSum) -> float | None:
    """Give a window's mean kinetic temperature; None while too little of it is known."""
    known_ms = heat.past_known_ms + heat.now.known_ms
    if known_ms * LEAST_SHARE < 1000 * rule.window_s:
        return None
    return temperature_of((heat.past_heat_ms + heat.now.heat_ms) / known_ms)
