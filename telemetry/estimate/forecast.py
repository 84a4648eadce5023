"""When the goods leave their band if it goes on like this, as a distribution.

Every filter of the trend, with rates spread over its uncertainty, is one possible future: the air
goes on as ``T(h) = T + r/λ·(1 - e^(-λh))``, and the goods follow it as ``p' = (T - p)/τp``, both
solved exactly. Air behind a bulkhead that changes the rate by ``n`` an hour is taken to slow down
as the air here does: ``r' = -λ·r + n·e^(-λh)``. The instants at which these futures cross the edge,
weighted, are the distribution.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate
from math import inf, sqrt

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
TINY_C = 1e-9
LEAST_VARIANCE = 1e-9

_SLOWING = np.array(SLOWING_H)[:, None]
_FADED = np.exp(-_SLOWING * GRID_H)
_DRIFT = RATE_DRIFT_C_H**2 / 3.0 * GRID_H
_KNOWN = 7
_EACH = SPREAD[:, None]
_SPREADS, _FILTERS, _POINTS = len(SPREAD), len(SLOWING_H), len(GRID_H)
_PARTS = (_FILTERS, 3, _POINTS)
_ROWS = _POINTS * np.arange(_FILTERS * _SPREADS)
_SINCE_H = np.concatenate([[inf], GRID_H[:-1]])
_STEPS_H = np.diff(GRID_H, prepend=0.0)
"""From one point to the next; a crossing before the first point is none."""


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
    hours = _crossings(_futures(trend, product_c, lag_h, edge_c), is_air=lag_h <= 0.0)
    order = hours.argsort().tolist()
    weights = [one.weight / _SPREADS for one in trend.filters] * _SPREADS
    shares = list(accumulate(map(weights.__getitem__, order)))
    crossing = bisect_left(order, HORIZON_H + 1.0, key=hours.item)
    last = len(order) - 1
    early, middle, late = [
        hours.item(order[min(bisect_left(shares, quantile), last)]) for quantile in QUANTILES
    ]
    return Forecast(
        at_ms=at_ms,
        side=side,
        limit_c=limit_c,
        early_ms=_instant(at_ms, early),
        breach_ms=_instant(at_ms, middle),
        late_ms=_instant(at_ms, late),
        chance=min(1.0, shares[crossing - 1]) if crossing else 0.0,
    )


def _instant(at_ms: int, hours: float) -> int | None:
    return at_ms + round(hours * 3_600_000) if hours < HORIZON_H else None


def _crossings(beyond: Floats, *, is_air: bool) -> Floats:
    """Give the hours to the crossing in every future, infinite where there is none."""
    first = (beyond > 0.0).reshape(-1, _POINTS).argmax(axis=1)
    places = first + _ROWS
    beyond = beyond.ravel()
    low = beyond.take(places - 1)
    rise = beyond.take(places)
    rise -= low
    np.maximum(rise, TINY_C, out=rise)
    low /= rise
    low *= _STEPS_H.take(first)
    hours: Floats = _SINCE_H.take(first)
    hours -= low
    if is_air:
        # Goods that follow may not be beyond the edge yet, but air may.
        hours[beyond.take(_ROWS) > 0.0] = 0.0
    return hours


def _futures(trend: Trend, product_c: float, lag_h: float, edge_c: float) -> Floats:
    """Give by how much the goods are beyond an edge: by spread, then by filters and hours in one.

    Long rows cost the least.
    """
    known: list[float] = []
    push_c_h2, goods_c = trend.push_c_h2, product_c - edge_c
    for one in trend.filters:
        variance = max(one.p_rr, LEAST_VARIANCE)
        lean_c = one.p_ar / sqrt(variance)
        known += (one.air_c - edge_c, one.rate_c_h, goods_c, push_c_h2, lean_c, variance, 1.0)
    parts = (np.array(known).reshape(_FILTERS, 1, _KNOWN) @ _shares(lag_h)).reshape(_PARTS)
    spread = np.sqrt(parts[:, 2])
    spread += parts[:, 1]
    beyond: Floats = _EACH * spread.ravel()
    beyond += parts[:, 0].ravel()
    return beyond


@lru_cache(maxsize=64)
def _shares(lag_h: float) -> Floats:
    """Give how much of the goods comes of what is known of a filter, by filters, parts and hours.

    Three parts: what is expected comes of air, rate, goods and push; what the air leans with the
    rate, of that alone; and the square of what the rate does, of its variance and of its drift: a
    rate that drifts on makes what lies far ahead less certain than the rate is now.
    """
    fast = np.zeros_like(GRID_H)
    if lag_h > 0.0:
        if np.abs(1.0 - _SLOWING * lag_h).min() < SINGULAR:
            lag_h *= 1.0 + 2.0 * SINGULAR
        fast = np.exp(-GRID_H / lag_h)
    slower = 1.0 / (1.0 - _SLOWING * lag_h)
    faded = slower * (_FADED - fast)
    reach = (1.0 - fast - faded) / _SLOWING
    push = (reach - slower * (GRID_H * _FADED - lag_h * faded)) / _SLOWING
    shares = np.zeros((3, len(SLOWING_H), _KNOWN, len(GRID_H)))
    shares[0, :, 0], shares[0, :, 1], shares[0, :, 2] = 1.0 - fast, reach, fast
    shares[0, :, 3] = push
    shares[1, :, 4] = 1.0 - fast
    shares[2, :, 5], shares[2, :, 6] = reach**2, _DRIFT * reach**2
    in_rows: Floats = shares.transpose(1, 2, 0, 3).reshape(_FILTERS, _KNOWN, -1)
    return in_rows
