"""Failures that a trace never had: hidden bodies warm up, and the trace's noise stays on them.

A body has two modes. Air leaves its level at once by a share of the way to the new balance, and
follows the slow mode, goods and walls, from there::

    T(t) = Te + (L - Te) (s exp(-t/τ) + (1 - s) exp(-t/τf)) + (T0 - L) exp(-t/τf)

with L the trace's level and T0 its air when it fails, s the share of the slow mode, τ and τf the
two time constants and Te the new balance: the ambient where nothing cools, else Ta - k (Ta - L) for
k, what is left of the cooling that it needs. A ramp leaves the trace as it is, cycles and defrosts
included, and adds to it. The truth is the curve without noise, or goods that follow it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, log

import numpy as np
from msgspec import Struct

from optimizer.domain.temperature import TemperatureBand
from telemetry.alarm.state import Sample
from telemetry.scoring.material import HOUR_MS, MINUTE_MS, Floats, Ints, Material
from telemetry.scoring.truths import HORIZON_MS, breach_ms, until_ms

BLOCK_MS = 2 * HOUR_MS
"""Noise is taken from the trace in pieces of this length."""

TAU_H = (4.0, 40.0)
FAST_H = (0.1, 0.6)
AMBIENT_C = (15.0, 35.0)
SLOW_SHARE = (0.9, 1.0)
COOLING_LEFT = (0.0, 0.6)
"""Of what the unit can do."""

DUTY = (0.4, 1.0)
"""How much of what it can do the unit needs while nothing is wrong."""

MOST_LEFT = 0.97
SLOPE_C_H = (0.2, 2.0)


class Kind(StrEnum):
    """What fails."""

    TOTAL_LOSS = "total_loss"
    PARTIAL_LOSS = "partial_loss"
    RAMP = "ramp"


SHARES = {Kind.TOTAL_LOSS: 0.5, Kind.PARTIAL_LOSS: 0.25, Kind.RAMP: 0.25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """A failure, by what nobody who watches may know.

    Parameters
    ----------
    at_ms
        When it begins.
    tau_h, fast_h
        Time constants of the slow and the fast mode; 0 for a ramp.
    slow_share
        How much of the way is the slow mode's.
    ambient_c
        Nothing becomes warmer than this.
    left
        Share of the cooling it needs that it still gets.
    slope_c_h
        Of a ramp.
    """

    kind: Kind
    at_ms: int
    ambient_c: float
    tau_h: float = 0.0
    fast_h: float = 0.0
    slow_share: float = 1.0
    left: float = 0.0
    slope_c_h: float = 0.0


class Episode(Struct, frozen=True, kw_only=True):
    """A failure as a sensor sees it, and its truth.

    Parameters
    ----------
    subject
        Number of the trace.
    failed_ms, breach_ms
        When it fails, and when what is protected leaves its band for good; None is never.
    samples
        After the failure.
    truth_c
        What is protected, at every minute from the failure to the last sample.
    tau_h
        Time constant of its warming; None where it has none.
    """

    subject: int
    kind: str
    failed_ms: int
    breach_ms: int | None
    samples: tuple[Sample, ...]
    truth_c: tuple[float, ...]
    tau_h: float | None = None

    def truth_at(self, at_ms: int) -> float:
        """Give the true temperature at an instant."""
        place = (at_ms - self.failed_ms) // MINUTE_MS
        return self.truth_c[min(max(place, 0), len(self.truth_c) - 1)]


def draw(at_ms: int, chance: np.random.Generator) -> Injection:
    """Draw a failure that begins at an instant."""
    kinds = tuple(SHARES)
    kind = kinds[int(chance.choice(len(kinds), p=list(SHARES.values())))]
    ambient_c, tau_h = float(chance.uniform(*AMBIENT_C)), _log_uniform(TAU_H, chance)
    fast_h, slow_share = _log_uniform(FAST_H, chance), float(chance.uniform(*SLOW_SHARE))
    left = float(chance.uniform(*COOLING_LEFT)) / float(chance.uniform(*DUTY))
    slope_c_h = _log_uniform(SLOPE_C_H, chance)
    if kind is Kind.RAMP:
        return Injection(kind=kind, at_ms=at_ms, ambient_c=ambient_c, slope_c_h=slope_c_h)
    return Injection(
        kind=kind,
        at_ms=at_ms,
        ambient_c=ambient_c,
        tau_h=tau_h,
        fast_h=fast_h,
        slow_share=slow_share,
        left=min(MOST_LEFT, left) if kind is Kind.PARTIAL_LOSS else 0.0,
    )


def inject(
    material: Material,
    band: TemperatureBand,
    injection: Injection,
    chance: np.random.Generator,
    *,
    lag_s: float = 0.0,
    subject: int = 0,
    sensor: str = "",
) -> Episode:
    """Let a trace fail.

    Parameters
    ----------
    material
        The trace; it lasts for the horizon.
    band
        What must not be left.
    injection
        What fails.
    chance
        Where the noise comes from.
    lag_s
        How slowly goods follow the air (time constant); 0 protects the air itself.
    subject
        Number of the trace.
    sensor
        Which one measured it; samples that come from elsewhere are another's.
    """
    begin_ms = injection.at_ms
    minutes = np.arange(begin_ms, begin_ms + HORIZON_MS + MINUTE_MS, MINUTE_MS, dtype=np.int64)
    truth = curve(material, injection, minutes)
    if lag_s > 0:
        truth = _followed(truth, float(material.level_c(minutes[:1])[0]), lag_s)
    curve_c: list[float] = truth.tolist()
    breaks_ms = breach_ms(begin_ms, curve_c, band)
    last_ms = until_ms(begin_ms, breaks_ms)
    is_seen = (material.at_ms > begin_ms) & (material.at_ms <= last_ms)
    at_ms = material.at_ms[is_seen]
    seen = _seen(material, injection, at_ms, is_seen, chance)
    return Episode(
        subject=subject,
        kind=injection.kind.value,
        failed_ms=begin_ms,
        breach_ms=breaks_ms,
        samples=tuple(
            Sample(at, round(value_c, material.decimals), sensor)
            for at, value_c in zip(at_ms.tolist(), seen.tolist(), strict=True)
        ),
        truth_c=tuple(curve_c[: (last_ms - begin_ms) // MINUTE_MS + 1]),
        tau_h=injection.tau_h or None,
    )


def curve(material: Material, injection: Injection, at_ms: Ints) -> Floats:
    """Give the air without noise at some instants from the failure on."""
    hours = (at_ms - injection.at_ms) / HOUR_MS
    if injection.kind is Kind.RAMP:
        level = material.level_c(at_ms)
        return np.minimum(level + injection.slope_c_h * hours, _ceiling(injection, level))
    begin = np.array([injection.at_ms], dtype=np.int64)
    level_c = float(material.level_c(begin)[0])
    place = int(np.searchsorted(material.at_ms, injection.at_ms, side="right")) - 1
    air_c = float(material.value_c[max(0, place)])
    balance_c = injection.ambient_c - injection.left * (injection.ambient_c - level_c)
    fast = np.exp(-hours / injection.fast_h)
    slow = np.exp(-hours / injection.tau_h)
    mixed = injection.slow_share * slow + (1.0 - injection.slow_share) * fast
    found: Floats = balance_c + (level_c - balance_c) * mixed + (air_c - level_c) * fast
    return found


def _seen(
    material: Material,
    injection: Injection,
    at_ms: Ints,
    is_seen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    chance: np.random.Generator,
) -> Floats:
    truth = curve(material, injection, at_ms)
    if injection.kind is Kind.RAMP:
        ramp = truth - material.level_c(at_ms)
        both: Floats = material.value_c[is_seen] + ramp
        return both
    return truth + _noise(material, len(at_ms), chance)


def _noise(material: Material, count: int, chance: np.random.Generator) -> Floats:
    own = material.noise_c
    length = min(max(4, BLOCK_MS // material.interval_ms), len(own))
    blocks = -(-count // length)
    begins = chance.integers(0, len(own) - length + 1, size=blocks)
    found: Floats = own[(begins[:, None] + np.arange(length)).ravel()[:count]]
    return found


def _ceiling(injection: Injection, level: Floats) -> Floats:
    """Give how warm a ramp may become: the ambient, or what the trace is anyway."""
    return np.maximum(level, injection.ambient_c)


def _followed(air: Floats, begin_c: float, lag_s: float) -> Floats:
    kept = exp(-MINUTE_MS / 1000 / lag_s)
    goods_c, found = begin_c, []
    for air_c in air.tolist():
        found.append(goods_c)
        goods_c = air_c + (goods_c - air_c) * kept
    return np.array(found)


def _log_uniform(bounds: tuple[float, float], chance: np.random.Generator) -> float:
    low, high = bounds
    return float(exp(chance.uniform(log(low), log(high))))
