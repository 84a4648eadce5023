"""How the air warms while cooling is missing: a bank of Kalman filters, one per way of slowing.

Without cooling air follows ``T' = (Ta - T)/τ``: its rate falls off as ``r' = -λ·r`` with
``λ = 1/τ``. Each filter has the state (T, r) and a λ of its own; how well it foretold the samples
says how likely it is (multiple-model estimation, Bar-Shalom, Li and Kirubarajan 2001, chapter 11).
"""

from __future__ import annotations

from functools import lru_cache
from math import exp, log, sqrt

from msgspec import Struct

SLOWING_H = (0.02, 0.08, 0.25, 0.8)
"""λ per hour: a full cold store, down to an empty body or what a partial failure settles at."""

PRIOR = (0.35, 0.35, 0.2, 0.1)
FIRST_RATE_SD_C_H = 4.0
RATE_DRIFT_C_H = 0.5
"""Standard deviation of what a rate does by itself in an hour, besides slowing."""

INDEPENDENT_H = 0.5
"""Samples so far apart miss the trend independently of each other."""

PUSH_H = 0.5
"""Over so long it is averaged how fast a neighbour changes the rate."""

LEAST_NOISE_C = 0.1
LEAST_WEIGHT = 1e-4


class Filter(Struct, frozen=True, gc=False):
    """One filter: temperature, rate per hour, their covariance, and the filter's weight."""

    air_c: float
    rate_c_h: float
    p_aa: float
    p_ar: float
    p_rr: float
    weight: float


class Trend(Struct, frozen=True, gc=False):
    """The bank, the instant it is of, and what a neighbour does to the rate (°C/h per hour)."""

    at_min: float
    filters: tuple[Filter, ...]
    push_c_h2: float = 0.0

    @property
    def air_c(self) -> float:
        """Give the temperature."""
        one, two, three, four = self.filters
        return (
            one.weight * one.air_c
            + two.weight * two.air_c
            + three.weight * three.air_c
            + four.weight * four.air_c
        )

    @property
    def rate_c_h(self) -> float:
        """Give the rate per hour."""
        one, two, three, four = self.filters
        return (
            one.weight * one.rate_c_h
            + two.weight * two.rate_c_h
            + three.weight * three.rate_c_h
            + four.weight * four.rate_c_h
        )

    def means(self) -> tuple[float, float, float]:
        """Give the temperature, the rate per hour, and how uncertain the temperature is."""
        mean_c, variance = self.air_c, 0.0
        for one in self.filters:
            away_c = one.air_c - mean_c
            variance += one.weight * (one.p_aa + away_c * away_c)
        return mean_c, self.rate_c_h, sqrt(variance)


def begin(at_min: float, value_c: float, noise_c: float) -> Trend:
    """Begin where warming began."""
    variance = max(LEAST_NOISE_C, noise_c) ** 2
    filters = tuple(
        Filter(value_c, 0.0, variance, 0.0, FIRST_RATE_SD_C_H**2, prior) for prior in PRIOR
    )
    return Trend(at_min, filters)


def follow(
    trend: Trend, at_min: float, value_c: float, noise_c: float, pushed_c_h: float = 0.0
) -> Trend:
    """Take a sample.

    Parameters
    ----------
    trend
        What is known.
    at_min, value_c
        The sample; an older one changes nothing.
    noise_c
        Standard deviation of what a sample has besides the trend.
    pushed_c_h
        By how much the air behind a bulkhead has changed the rate since the last sample.
    """
    hours = (at_min - trend.at_min) / 60.0
    if hours <= 0.0:
        return trend
    noise, half_c_h = max(LEAST_NOISE_C, noise_c) ** 2, 0.5 * pushed_c_h
    moved, likely = [], []
    for one, (left, reach, drift_aa, drift_ar, drift_rr) in zip(
        trend.filters, _moves(hours), strict=True
    ):
        # A push comes evenly over the interval: half of it, on average, has moved the air.
        rate, p_ar, p_rr = one.rate_c_h + half_c_h, one.p_ar, one.p_rr
        far = reach * p_rr
        p_aa = one.p_aa + reach * (2.0 * p_ar + far) + drift_aa
        p_ar = left * (p_ar + far) + drift_ar
        air_c, spread = one.air_c + reach * rate, p_aa + noise
        miss, gain_a, gain_r = value_c - air_c, p_aa / spread, p_ar / spread
        likely.append(-0.5 * (log(spread) + miss * miss / spread))
        moved.append((
            air_c + gain_a * miss,
            left * rate + half_c_h + gain_r * miss,
            noise * gain_a,
            noise * gain_r,
            left * left * p_rr + drift_rr - gain_r * p_ar,
        ))  # fmt: skip
    # Samples close together miss alike, for cycles of a compressor are no white noise.
    told, best = min(1.0, hours / INDEPENDENT_H), max(likely)
    weights = []
    for one, how_likely in zip(trend.filters, likely, strict=True):
        weight = one.weight * exp(told * (how_likely - best))
        weights.append(weight if weight > LEAST_WEIGHT else LEAST_WEIGHT)
    total = sum(weights)
    filters = [Filter(*each, weight / total) for each, weight in zip(moved, weights, strict=True)]
    push_c_h2 = trend.push_c_h2
    if pushed_c_h != 0.0 or push_c_h2 != 0.0:
        push_c_h2 += (pushed_c_h / hours - push_c_h2) * (1.0 - exp(-hours / PUSH_H))
    return Trend(at_min, tuple(filters), push_c_h2)


@lru_cache(maxsize=256)
def _moves(hours: float) -> list[tuple[float, float, float, float, float]]:
    """Give what an interval does to each filter: what is left of a rate, its reach, and drift."""
    moves = []
    for slowing in SLOWING_H:
        left = exp(-slowing * hours)
        drift = RATE_DRIFT_C_H**2 * hours
        reach = (1.0 - left) / slowing
        moves.append((left, reach, drift * hours**2 / 3, drift * hours / 2, drift))
    return moves
