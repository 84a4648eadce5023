"""When the goods leave their band if it goes on like this, as a distribution.

Every filter of the trend, with rates spread over its uncertainty, is one possible future: the air
goes on as ``T(h) = T + r/λ·(1 - e^(-λh))``, and the goods follow it as ``p' = (T - p)/τp``, both
solved exactly. Air behind a bulkhead that changes the rate by ``n`` an hour is taken to slow down
as the air here does: ``r' = -λ·r + n·e^(-λh)``. The instants at which these futures cross the edge,
weighted, are the distribution.

A future of a filter is ``m(h) + z·s(h)`` beyond the edge, with a quantile ``z`` of its own and a
spread ``s`` above 0: it has crossed by an hour when ``m/s`` has been above ``-z`` up to then. So
the running maximum of ``m/s`` counts the futures of a filter that have crossed by each hour, and
instants are worked out only for those that cross in the same interval as a percentile.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import lru_cache
from math import inf, sqrt

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from telemetry.alarm.rules import Side
from telemetry.estimate.trend import RATE_DRIFT_C_H, SLOWING_H, Trend
from telemetry.estimate.words import Forecast

Floats = NDArray[np.float64]

HORIZON_H = 24.0
GRID_H = np.concatenate([np.arange(0.0, 4.0, 0.2), np.arange(4.0, HORIZON_H + 1.0, 1.0)])

SPREAD = (-1.72, -1.04, -0.61, -0.29, 0.0, 0.29, 0.61, 1.04, 1.72)
"""Standard normal quantiles at the middles of nine equal shares, nearly; the same on both sides."""

SINGULAR = 1e-3
"""Goods that follow the air just as fast as it slows have no solution of this form: so far off."""

QUANTILES = (0.1, 0.5, 0.9)
TINY_C = 1e-9
LEAST_VARIANCE = 1e-9
HOUR_MS = 3_600_000

_SLOWING = np.array(SLOWING_H)[:, None]
_FADED = np.exp(-_SLOWING * GRID_H)
_DRIFT = RATE_DRIFT_C_H**2 / 3.0 * GRID_H
_KNOWN = 7
_SPREADS, _FILTERS = len(SPREAD), len(SLOWING_H)
_WARMEST_FIRST = SPREAD[::-1]
_count_below = np.array(SPREAD).searchsorted
_running_max = np.maximum.accumulate


class _Hours(Struct, frozen=True, gc=False):
    """The hours at which futures are looked at, for goods of one time constant.

    Parameters
    ----------
    shares
        How much of the goods comes of what is known, by filters and what is known of them, then by
        parts, filters and hours (see ``_hours``).
    count
        How many filters and hours there are.
    since_h, steps_h
        Where the interval that ends at each of them begins, and how long it is.
    """

    shares: Floats
    count: int
    since_h: list[float]
    steps_h: list[float]


class _Ahead(Struct, frozen=True, gc=False):
    """All futures at all hours.

    Parameters
    ----------
    hours, points
        Their hours, and how many those are.
    mean_c, spread_c
        By how much the goods are beyond the edge, and how uncertain that is: to be asked for one
        of filters and hours in one row.
    crossed
        How many futures of a filter have crossed the edge by an hour, to be asked for as well.
    shares
        What share of all futures has crossed by each hour.
    weights
        Of one future of each filter.
    goods_c
        By how much the goods are beyond the edge now.
    """

    hours: _Hours
    points: int
    mean_c: Callable[[int], float]
    spread_c: Callable[[int], float]
    crossed: Callable[[int], int]
    shares: list[float]
    weights: list[float]
    goods_c: float


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
    ahead = _futures(trend, product_c - edge_c, lag_h, edge_c)
    early, middle, late = _quantiles(ahead)
    return Forecast(
        at_ms=at_ms,
        side=side,
        limit_c=limit_c,
        early_ms=_instant(at_ms, early),
        breach_ms=_instant(at_ms, middle),
        late_ms=_instant(at_ms, late),
        chance=min(1.0, ahead.shares[-1]),
    )


def _instant(at_ms: int, hours: float) -> int | None:
    return at_ms + round(hours * HOUR_MS) if hours < HORIZON_H else None


def _quantiles(ahead: _Ahead) -> list[float]:
    """Give the hours by which shares of all futures have crossed; infinite where they do not."""
    shares, seen = ahead.shares, -1
    quantiles = []
    crossing: list[tuple[float, float]] = []
    for quantile in QUANTILES:
        if shares[-1] < quantile:
            quantiles.append(inf)
            continue
        place = bisect_left(shares, quantile)
        if place != seen:
            seen, crossing = place, _crossing(ahead, place)
        into = _reached(crossing, shares[place - 1] if place else 0.0, quantile)
        quantiles.append(ahead.hours.since_h[place] + into * ahead.hours.steps_h[place])
    return quantiles


def _reached(crossing: Sequence[tuple[float, float]], share: float, quantile: float) -> float:
    """Give how much of an interval is over when a share of the futures has crossed."""
    for into, weight in crossing:
        share += weight
        if share >= quantile:
            return into
    return crossing[-1][0]


def _crossing(ahead: _Ahead, place: int) -> list[tuple[float, float]]:
    """Give the futures that cross in the interval before an hour, in the order in which they do.

    Parameters
    ----------
    ahead
        All of them.
    place
        Of the hour.

    Returns
    -------
    list
        How much of the interval is over when it happens, and the weight.
    """
    crossed, mean_c, spread_c = ahead.crossed, ahead.mean_c, ahead.spread_c
    found: list[tuple[float, float]] = []
    low_c, low_spread_c, before, here = -ahead.goods_c, 0.0, 0, place
    for weight in ahead.weights:
        by_now = crossed(here)
        if place:
            before = crossed(here - 1)
        if before != by_now:
            if place:
                low_c, low_spread_c = -mean_c(here - 1), spread_c(here - 1)
            rise_c, spread_rise_c = mean_c(here) + low_c, spread_c(here) - low_spread_c
            for z in _WARMEST_FIRST[before:by_now]:
                rises_c = rise_c + z * spread_rise_c
                left_c = low_c - z * low_spread_c
                found.append((left_c / (rises_c if rises_c > TINY_C else TINY_C), weight))
        here += ahead.points
    if len(found) > 1:
        found.sort()
    return found


def _futures(trend: Trend, goods_c: float, lag_h: float, edge_c: float) -> _Ahead:
    """Let everything go on; temperatures are counted from the edge."""
    hours, push_c_h2 = _hours(lag_h), trend.push_c_h2
    known: list[float] = []
    weights = []
    for one in trend.filters:
        p_rr = one.p_rr
        variance = p_rr if p_rr > LEAST_VARIANCE else LEAST_VARIANCE
        # Air that is warmer than expected has warmed faster: they lean the same way.
        lean_c = one.p_ar / sqrt(variance)
        lean_c = lean_c if lean_c > TINY_C else TINY_C
        known += (one.air_c - edge_c, one.rate_c_h, goods_c, push_c_h2, lean_c, variance, 1.0)
        weights.append(one.weight / _SPREADS)
    parts, count = np.array(known).dot(hours.shares), hours.count
    mean_c, leans_c, spread_c = parts[:count], parts[count:-count], parts[-count:]
    np.sqrt(spread_c, spread_c)
    np.add(spread_c, leans_c, spread_c)
    np.divide(mean_c, spread_c, leans_c)
    crossed = _count_below(_running_max(leans_c.reshape(_FILTERS, -1), 1))
    shares = np.dot(weights, crossed).tolist()
    points = len(shares)
    return _Ahead(hours, points, mean_c.item, spread_c.item, crossed.item, shares, weights, goods_c)


@lru_cache(maxsize=64)
def _hours(lag_h: float) -> _Hours:
    """Work out what does not change from minute to minute.

    How much of the goods comes of what is known of a filter has three parts: what is expected comes
    of air, rate, goods and push; what the air leans with the rate, of that alone; and the square of
    what the rate does, of its variance and of its drift: a rate that drifts on makes what lies far
    ahead less certain than the rate is now.

    Goods that follow the air are not beyond the edge now, whatever the air is; the air itself may
    be. So only there the first hour is 0.
    """
    first = 1 if lag_h > 0.0 else 0
    expected, leans, squares = _shares(lag_h)
    count = _FILTERS * (len(GRID_H) - first)
    shares = np.zeros((_FILTERS, _KNOWN, 3, _FILTERS, len(GRID_H) - first))
    for one in range(_FILTERS):
        shares[one, :4, 0, one] = expected[:, one, first:]
        shares[one, 4, 1, one] = leans[first:]
        shares[one, 5:, 2, one] = squares[:, one, first:]
    since_h = np.concatenate([[0.0], GRID_H[:-1]])[first:].tolist()
    steps_h = np.diff(GRID_H, prepend=0.0)[first:].tolist()
    return _Hours(shares.reshape(_FILTERS * _KNOWN, -1), count, since_h, steps_h)


def _shares(lag_h: float) -> tuple[Floats, Floats, Floats]:
    """Solve how air and goods go on: the three parts, each by what it comes of, filters and hours.

    What leans is the same for all filters.
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
    same = np.ones((_FILTERS, 1))
    expected = np.stack([same * (1.0 - fast), reach, same * fast, push])
    return expected, 1.0 - fast, np.stack([reach**2, _DRIFT * reach**2])
