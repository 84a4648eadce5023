"""When the goods leave their band if it goes on like this, as a distribution.

Every filter of the trend, with rates spread over its uncertainty, is one possible future: the air
goes on as ``T(h) = T + r/λ·(1 - e^(-λh))``, and the goods follow it as ``p' = (T - p)/τp``, both
solved exactly. The instants at which these futures cross the edge, weighted, are the distribution.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from telemetry.alarm.rules import Side
from telemetry.estimate.trend import RATE_DRIFT_C_H, SLOWING_H, Trend
from telemetry.estimate.words import Forecast

Floats = NDArray[np.float64]

HORIZON_H = 24.0
GRID_H = np.concatenate([np.arange(0.0, 4.0, 0.2), np.arange(4.0, HORIZON_H + 1.0, 1.0)])

SPREAD = np.array([-1.72, -1.04, -0.61, -0.29, 0.0, 0.29, 0.61, 1.04, 1.72])
"""Standard normal quantiles at the middles of nine equal shares, nearly."""

SINGULAR = 1e-3
"""Goods that follow the air just as fast as it slows have no solution of this form: so far off."""

QUANTILES = (0.1, 0.5, 0.9)

_FUTURES = np.arange(len(SLOWING_H) * len(SPREAD))
_SLOWING = np.array(SLOWING_H)
_FADED = np.exp(-_SLOWING[:, None] * GRID_H)
_DRIFT = RATE_DRIFT_C_H**2 / 3.0 * GRID_H
_REACH = (1.0 - _FADED) / _SLOWING[:, None]


def forecast(
    trend: Trend, product_c: float, lag_h: float, *, at_ms: int, side: Side, limit_c: float
) -> Forecast | None:
    """Give the distribution of the instant at which the goods cross an edge of their band.

    Parameters
    ----------
    trend
        Of the air; for the lower edge all temperatures are negated.
    product_c, lag_h
        The goods now, and their time constant in hours; 0 is the air itself.
    at_ms
        Now.
    side, limit_c
        Which edge, as it is; negated here for the lower one.

    Returns
    -------
    Forecast or None
        None where the goods are beyond the edge already.
    """
    edge_c = limit_c if side is Side.HIGH else -limit_c
    if product_c > edge_c:
        return None
    hours, weights = _crossings(trend, product_c, lag_h, edge_c)
    chance = float(weights[np.isfinite(hours)].sum())
    order = np.argsort(hours)
    hours, shares = hours[order], np.cumsum(weights[order])
    early, middle, late = (
        _instant(at_ms, float(hours[min(int(np.searchsorted(shares, q)), len(hours) - 1)]))
        for q in QUANTILES
    )
    return Forecast(
        at_ms=at_ms, side=side, limit_c=limit_c, early_ms=early, breach_ms=middle, late_ms=late,
        chance=min(1.0, chance),
    )  # fmt: skip


def _instant(at_ms: int, hours: float) -> int | None:
    return at_ms + round(hours * 3_600_000) if hours < HORIZON_H else None


def _crossings(
    trend: Trend, product_c: float, lag_h: float, edge_c: float
) -> tuple[Floats, Floats]:
    """Give the hours to the crossing in every future, infinite where there is none; and weights."""
    filters = trend.filters
    variance = np.array([max(one.p_rr, 1e-9) for one in filters])
    # A rate that drifts on makes what lies far ahead less certain than the rate is now.
    ahead = np.sqrt(variance[:, None] + _DRIFT)
    rates = np.array([one.rate_c_h for one in filters])[:, None, None]
    rates = rates + SPREAD[None, :, None] * ahead[:, None, :]
    lean = np.array([one.p_ar for one in filters]) / np.sqrt(variance)
    air = np.array([one.air_c for one in filters])[:, None] + np.outer(lean, SPREAD)
    weights = np.repeat(np.array([one.weight for one in filters]) / len(SPREAD), len(SPREAD))
    goods = _goods(air, rates, product_c, lag_h).reshape(len(weights), len(GRID_H))
    first = np.argmax(goods > edge_c, axis=1)
    before = np.maximum(first - 1, 0)
    low, high = goods[_FUTURES, before], goods[_FUTURES, first]
    rise = np.where(high > low, high - low, 1.0)
    share = np.minimum(1.0, np.maximum(0.0, (edge_c - low) / rise))
    hours = GRID_H[before] + share * (GRID_H[first] - GRID_H[before])
    return np.where(high > edge_c, hours, np.inf), weights


def _goods(air: Floats, rates: Floats, product_c: float, lag_h: float) -> Floats:
    """Give the goods in every future: filters, rates, hours."""
    if lag_h <= 0.0:
        ahead: Floats = air[:, :, None] + rates * _REACH[:, None, :]
        return ahead
    if np.abs(1.0 - _SLOWING * lag_h).min() < SINGULAR:
        lag_h *= 1.0 + 2.0 * SINGULAR
    share = 1.0 - _SLOWING * lag_h
    slow = rates / _SLOWING[:, None, None]
    faded = _FADED[:, None, :] / share[:, None, None]
    end = air[:, :, None] + slow
    fast = np.exp(-GRID_H / lag_h)
    goods: Floats = end - slow * faded + (product_c - end + slow / share[:, None, None]) * fast
    return goods
