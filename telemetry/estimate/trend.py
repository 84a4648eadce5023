"""How the air warms while cooling is missing: a bank of Kalman filters, one per way of slowing.

Without cooling air follows ``T' = (Ta - T)/τ``: its rate falls off as ``r' = -λ·r`` with
``λ = 1/τ``. Each filter has the state (T, r) and a λ of its own; how well it foretold the samples
says how likely it is (multiple-model estimation, Bar-Shalom, Li and Kirubarajan 2001, chapter 11).
"""

from __future__ import annotations

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
    """The bank, and the instant it is of."""

    at_min: float
    filters: tuple[Filter, ...]

    @property
    def air_c(self) -> float:
        """Give the temperature."""
        return sum(one.weight * one.air_c for one in self.filters)

    @property
    def rate_c_h(self) -> float:
        """Give the rate per hour."""
        return sum(one.weight * one.rate_c_h for one in self.filters)

    @property
    def air_sd_c(self) -> float:
        """Give how uncertain the temperature is."""
        mean_c = self.air_c
        return sqrt(
            sum(one.weight * (one.p_aa + (one.air_c - mean_c) ** 2) for one in self.filters)
        )


def begin(at_min: float, value_c: float, noise_c: float) -> Trend:
    """Begin where warming began."""
    variance = max(LEAST_NOISE_C, noise_c) ** 2
    filters = tuple(
        Filter(value_c, 0.0, variance, 0.0, FIRST_RATE_SD_C_H**2, prior) for prior in PRIOR
    )
    return Trend(at_min, filters)


def follow(trend: Trend, at_min: float, value_c: float, noise_c: float) -> Trend:
    """Take a sample.

    Parameters
    ----------
    trend
        What is known.
    at_min, value_c
        The sample; an older one changes nothing.
    noise_c
        Standard deviation of what a sample has besides the trend.
    """
    hours = (at_min - trend.at_min) / 60.0
    if hours <= 0.0:
        return trend
    noise = max(LEAST_NOISE_C, noise_c) ** 2
    moved = [
        _step(one, hours, slowing, value_c, noise)
        for one, slowing in zip(trend.filters, SLOWING_H, strict=True)
    ]
    best = max(score for _, score in moved)
    # Samples close together miss alike, for cycles of a compressor are no white noise.
    told = min(1.0, hours / INDEPENDENT_H)
    weights = [max(LEAST_WEIGHT, one.weight * exp(told * (score - best))) for one, score in moved]
    total = sum(weights)
    filters = tuple(
        Filter(one.air_c, one.rate_c_h, one.p_aa, one.p_ar, one.p_rr, weight / total)
        for (one, _), weight in zip(moved, weights, strict=True)
    )
    return Trend(at_min, filters)


def _step(
    one: Filter, hours: float, slowing: float, value_c: float, noise: float
) -> tuple[Filter, float]:
    """Predict and correct one filter; besides, give the logarithm of its likelihood."""
    left = exp(-slowing * hours)
    reach = (1.0 - left) / slowing
    air_c, rate = one.air_c + reach * one.rate_c_h, left * one.rate_c_h
    drift = RATE_DRIFT_C_H**2 * hours
    p_aa = one.p_aa + 2 * reach * one.p_ar + reach**2 * one.p_rr + drift * hours**2 / 3
    p_ar = left * (one.p_ar + reach * one.p_rr) + drift * hours / 2
    p_rr = left**2 * one.p_rr + drift
    spread = p_aa + noise
    miss = value_c - air_c
    gain_a, gain_r = p_aa / spread, p_ar / spread
    corrected = Filter(
        air_c + gain_a * miss,
        rate + gain_r * miss,
        (1.0 - gain_a) * p_aa,
        (1.0 - gain_a) * p_ar,
        p_rr - gain_r * p_ar,
        one.weight,
    )
    return corrected, -0.5 * (log(spread) + miss**2 / spread)
