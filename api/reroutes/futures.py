"""The futures of goods in a compartment that is in trouble, and when each leaves the band; pure.

Nobody knows how the air goes on, so many futures are run: the goods a little warmer or colder than
believed, packed more or less densely, the air still rising or not, and either held where it is (a
wrong set-point, a unit that keeps up), or moved by a constant flow of heat, so that the air goes up
with the goods, and with every stop that leaves fewer of them. Doors open at the stops ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.temperature import TemperatureBand
from optimizer.domain.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Seconds

Floats = NDArray[np.float64]

PRODUCT_SD_C, OF_WARMING = 0.12, 0.2
"""How unsure the goods are: at the beginning, and so much of every degree that they have warmed."""

AIR_SD_C, OF_EXCESS = 0.3, 0.2
"""The same of the air above the goods: a still fan, the spot of the sensor, the share of a rise."""

STEP_S: Seconds = 10 * SECONDS_PER_MINUTE
AHEAD_S: Seconds = 7 * SECONDS_PER_HOUR
NEVER_S: Seconds = 24 * SECONDS_PER_HOUR
"""Goods that keep longer than anybody drives are said to keep for a day."""

OF_DOOR = 0.5
"""While its door is open the air of a compartment is so much of the way to the outside."""

QUANTILES = (-0.97, 0.0, 0.97)
"""Standard normal quantiles at the middles of three equal shares."""

PACKED = (0.8, 1.15, 1.7)
"""Goods follow the air so many times as slowly as the planner's figure says, which is on the safe
side: that of cartons with air all around. A dense pallet takes half as long again, and more."""

SETTLES_H = (0.0, 0.5, 1.0)
"""The rise of the air goes on as if it slowed with such a time constant; 0 says it is over."""

FLOWS = (False, True)

_SLOWER, _WARM, _MORE, _SETTLES_H, _FLOWS = np.array(
    list(product(PACKED, QUANTILES, QUANTILES, SETTLES_H, FLOWS))
).T
_FLOWS = _FLOWS > 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What has been: goods and air now, and how fast the air rises, °C an hour.

    Parameters
    ----------
    goods_c, air_c
        Now.
    most_c
        By how much walls let calm air be above the goods; infinite where that is not known.
    planned_c
        Where the goods began.
    beyond_c
        So much warmer they would be by what was read, if walls let through any heat.
    """

    at: Seconds
    goods_c: float
    most_c: float
    planned_c: float
    air_c: float
    rate_c_h: float
    beyond_c: float = 0.0

    @property
    def sd_c(self) -> float:
        """Give how unsure the goods are."""
        return sqrt(PRODUCT_SD_C**2 + (OF_WARMING * (self.goods_c - self.planned_c)) ** 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What all futures share: band, weather, time constant; by step the goods and open doors."""

    band: TemperatureBand
    ambient_c: float
    lag_s: float
    left: tuple[float, ...]
    doors: tuple[Seconds, ...]


def crossings(past: Past, way: Way) -> list[Seconds]:
    """Give when the goods leave their band in each future, ascending.

    Parameters
    ----------
    past
        How it is now.
    way
        What is known of the rest of the trip.

    Returns
    -------
    list
        Seconds of the plan. A day from now where they do not; before now where they have left.
    """
    excess_c = min(past.air_c - past.goods_c, past.most_c)
    air_sd_c = sqrt(AIR_SD_C**2 + (OF_EXCESS * excess_c) ** 2)
    warmed_c = past.goods_c - past.planned_c
    # Who follows more slowly has also warmed less by now.
    goods_c = past.planned_c + warmed_c / _SLOWER + _WARM * past.sd_c
    above_c = excess_c + warmed_c * (1.0 - 1.0 / _SLOWER) + _MORE * air_sd_c
    found = _crossed(way, goods_c, above_c, past.rate_c_h, np.maximum(past.most_c, above_c))
    return sorted(past.at + one for one in found)


def _crossed(
    way: Way, goods_c: Floats, excess_c: Floats, rate_c_h: float, limit_c: Floats
) -> list[Seconds]:
    """Give in how many seconds goods leave their band, by future; air rises to a limit."""
    band, lag_s = way.band, way.lag_s * _SLOWER
    beyond_c = np.maximum(goods_c - band.upper_c, band.lower_c - goods_c)
    ago_s = beyond_c * lag_s / np.maximum(np.abs(excess_c), AIR_SD_C)
    found = np.where(beyond_c > 0.0, -ago_s, np.inf)
    level_c, flows = goods_c + excess_c, _FLOWS & (excess_c > 0.0)
    follows = -np.expm1(-STEP_S / lag_s)
    for number, (left, open_s) in enumerate(zip(way.left, way.doors, strict=True)):
        passed = number * STEP_S
        risen_c = np.minimum(rate_c_h * _rises(passed), limit_c - excess_c)
        pull_c = level_c + risen_c - goods_c
        pulled_c = _pulled(excess_c + risen_c, way.ambient_c - goods_c, left)
        after_c = goods_c + np.where(flows, pulled_c, pull_c) * follows
        after_c += OF_DOOR * (way.ambient_c - after_c) * open_s / lag_s
        beyond_c = np.maximum(after_c - band.upper_c, band.lower_c - after_c)
        new = np.flatnonzero((beyond_c > 0.0) & np.isinf(found))
        if len(new):
            moved_c = np.abs(after_c[new] - goods_c[new])
            found[new] = passed + STEP_S * (1.0 - beyond_c[new] / moved_c)
            if np.isfinite(found).all():
                break
        goods_c = after_c
    return [NEVER_S if np.isinf(one) else round(one) for one in found.tolist()]


def _rises(passed: Seconds) -> Floats:
    """Give for how many hours as fast as now the air has risen on after a time."""
    settles_s = np.maximum(1.0, _SETTLES_H * SECONDS_PER_HOUR)
    hours: Floats = -np.expm1(-passed / settles_s) * _SETTLES_H
    return hours


def _pulled(excess_c: Floats, outside_c: Floats, left: float) -> Floats:
    """Give how far the air is above goods of which a share is left, if so much heat flows in.

    With a leak L from outside and an exchange G with the goods the air is L/(L + G) of the way from
    them to the outside; G goes down with the goods.
    """
    leads = (excess_c > 0.0) & (outside_c > excess_c)
    leak = np.where(leads, excess_c / np.where(leads, outside_c - excess_c, 1.0), 0.0)
    return np.where(leads, outside_c * leak / (leak + left), excess_c)
