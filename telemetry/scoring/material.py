"""What a trace is made of: its level, its noise, its instants and the step of its figures.

The level is the running median of three hours: cycles of the compressor, defrosts and doors are
gone from it. The noise is how a sample differs from the middle of its neighbours, bounded so that
the corners of cycles do not count. So a failure can be drawn on a level and still look like this
trace.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from telemetry.alarm.state import Sample

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

LEVEL_WINDOW_MS = 3 * HOUR_MS
LAST_DAYS_MS = 14 * DAY_MS
SHORTEST_STEP_MS, LONGEST_STEP_MS = MINUTE_MS, 15 * MINUTE_MS
FEWEST_SAMPLES = 5

QUIET_QUARTILE = 0.3186
"""The smallest quarter of a normal variable's sizes lies below so many standard deviations. Taken
there, cycles of the compressor hardly count."""

CURVATURE = 1.5**0.5
"""How much more a sample's distance from the middle of its neighbours varies than the sample."""

NOISE_SIGMAS = 3.0
MOST_NOISE_C = 0.2
"""What goes up and down by more from sample to sample is a unit or a door at work."""

MOST_DECIMALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A trace taken apart.

    Parameters
    ----------
    at_ms, value_c
        Its samples.
    noise_c
        One figure a sample; not at the place where it was.
    grid_ms, grid_c
        The level, at even steps.
    interval_ms
        Usual time between two samples.
    decimals
        To how many its figures are rounded.
    """

    at_ms: Ints
    value_c: Floats
    noise_c: Floats
    grid_ms: Ints
    grid_c: Floats
    interval_ms: int
    decimals: int

    def level_c(self, at_ms: Ints) -> Floats:
        """Give the level at some instants."""
        found: Floats = np.interp(at_ms, self.grid_ms, self.grid_c)
        return found

    def lasting_until(self, until_ms: int) -> Material:
        """Go on where the trace ends: with its last days again, or backwards where it is short."""
        length_ms = int(self.at_ms[-1] - self.at_ms[0])
        days_ms = min(length_ms // (2 * DAY_MS) * DAY_MS, LAST_DAYS_MS)
        again = _again_from(days_ms) if days_ms else _backwards
        at_ms, value_c, grid_ms, grid_c = self.at_ms, self.value_c, self.grid_ms, self.grid_c
        while at_ms[-1] < until_ms or grid_ms[-1] < until_ms:
            at_ms, value_c = again(at_ms, value_c)
            grid_ms, grid_c = again(grid_ms, grid_c)
        return replace(self, at_ms=at_ms, value_c=value_c, grid_ms=grid_ms, grid_c=grid_c)


def material_of(samples: Sequence[Sample]) -> Material:
    """Take a trace apart.

    Parameters
    ----------
    samples
        By time, at least five.
    """
    if len(samples) < FEWEST_SAMPLES:
        raise ValueError(f"{len(samples)} samples are no trace")
    at_ms = np.array([one.at_ms for one in samples], dtype=np.int64)
    value_c = np.array([one.value_c for one in samples])
    interval_ms = _usual_interval_ms(at_ms)
    decimals = _decimals(value_c)
    step_ms = min(max(interval_ms, SHORTEST_STEP_MS), LONGEST_STEP_MS)
    grid_ms = np.arange(at_ms[0], at_ms[-1] + step_ms, step_ms, dtype=np.int64)
    return Material(
        at_ms=at_ms,
        value_c=value_c,
        noise_c=_noise(value_c, decimals),
        grid_ms=grid_ms,
        grid_c=_running_median(np.interp(grid_ms, at_ms, value_c), LEVEL_WINDOW_MS // step_ms),
        interval_ms=interval_ms,
        decimals=decimals,
    )


def _again_from(days_ms: int) -> Callable[[Ints, Floats], tuple[Ints, Floats]]:
    """Make a continuation at the same times of day."""

    def again(at_ms: Ints, value_c: Floats) -> tuple[Ints, Floats]:
        later = at_ms + days_ms > at_ms[-1]
        return (
            np.concatenate((at_ms, at_ms[later] + days_ms)),
            np.concatenate((value_c, value_c[later])),
        )

    return again


def _backwards(at_ms: Ints, value_c: Floats) -> tuple[Ints, Floats]:
    mirrored = 2 * at_ms[-1] - at_ms[:-1][::-1]
    return np.concatenate((at_ms, mirrored)), np.concatenate((value_c, value_c[:-1][::-1]))


def _usual_interval_ms(at_ms: Ints) -> int:
    """Give the interval that half of the time lies in; bursts of samples do not count for more."""
    gaps = np.sort(np.diff(at_ms))
    half = int(np.searchsorted(np.cumsum(gaps), gaps.sum() / 2))
    return max(1000, int(gaps[half]))


def _running_median(values: Floats, window: int) -> Floats:
    """Give the median of a centred window; at both ends, of what there is of it."""
    half = max(1, min(window // 2, (len(values) - 1) // 2))
    padded = np.pad(values, half, constant_values=np.nan)
    medians: Floats = np.nanmedian(sliding_window_view(padded, 2 * half + 1), axis=1)
    return medians


def _noise(values: Floats, decimals: int) -> Floats:
    apart = values[1:-1] - 0.5 * (values[:-2] + values[2:])
    quartile = float(np.quantile(np.abs(apart), 0.25))
    # Rounded to whole steps, a quiet sensor repeats itself; half a step is what rounding hides.
    sigma = max(quartile / QUIET_QUARTILE, 0.5 * 10.0**-decimals) / CURVATURE
    bounded: Floats = np.clip(apart, -NOISE_SIGMAS * sigma, NOISE_SIGMAS * sigma)
    bounded -= bounded.mean()
    spread = float(bounded.std())
    return bounded * (min(sigma, MOST_NOISE_C) / spread) if spread else bounded


def _decimals(values: Floats) -> int:
    for decimals in range(MOST_DECIMALS):
        if np.allclose(values, np.round(values, decimals), rtol=0.0, atol=1e-6):
            return decimals
    return MOST_DECIMALS
