"""Whether the only sensor of a compartment drifts while its unit goes on cooling; pure.

Goods are diverted for warm air, never for a reading. Between two door openings both are told
apart by what a unit does. One that cools lets the air fall and rise between its switching points,
and one that does not leaves it where it is or lets it warm. So air that is warmer from valley to
valley, and yet goes on falling and rising with no door open, is not air: its thermostat would not
stop cooling there. Nor is air that is warmer than it is outside.

How it climbs tells the same. A sensor drifts in a straight line from where it was. Air that loses
its cooling jumps first, for it holds no heat, and then follows goods and lining ever more slowly; a
wrong set-point jumps and stays level. The plan knows when the doors open: what a door lets in
shoots up and comes down slowly, and a cycle comes down at least as fast as it rose.

The valleys, the lowest of some minutes each, are fitted by a line that is level up to some instant
and climbs from then on, and by two lines with a jump between them, both by least squares.
"""

# Long because what is fitted and what follows from it are read together.
from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.units import SECONDS_PER_HOUR, SECONDS_PER_MINUTE, Seconds

Floats = NDArray[np.float64]

WINDOW_S: Seconds = 100 * SECONDS_PER_MINUTE
VALLEY_S: Seconds = 7 * SECONDS_PER_MINUTE
"""So far back is looked, and over so long the lowest is taken for a valley."""

BEFORE_S: Seconds = 12 * SECONDS_PER_MINUTE
CLIMBS_S: Seconds = 18 * SECONDS_PER_MINUTE
JUMPS_S: Seconds = 6 * SECONDS_PER_MINUTE
"""A level has to be known for so long, a climb and what follows a jump too."""

EVERY_S: Seconds = 3 * SECONDS_PER_MINUTE
"""So far apart the instants are that are tried."""

FEWEST = 30
"""With fewer valleys nothing can be said."""

LEAST_RISE_C, LEAST_RATE_C_H = 1.0, 1.5
"""What has climbed less, or more slowly, is not worth a doubt."""

TURN_C = 0.3
"""Air turns where it comes back by so much."""

SHORTEST_S: Seconds = 2 * SECONDS_PER_MINUTE
"""What rises for a shorter time is a gust."""

OPENS_S: Seconds = 4 * SECONDS_PER_MINUTE
CLOSES_S: Seconds = SECONDS_PER_MINUTE
"""A rise that begins less than so long after a stop, or ends less than so long before, is a door's.
"""

ABOVE_OUTSIDE_C = 4.0
"""Weather differs from what was planned with, and a roof may be in the sun; not by so much."""

REMEMBERED_S: Seconds = 180 * SECONDS_PER_MINUTE
LOOKS_S: Seconds = 10 * SECONDS_PER_MINUTE
ON_LINE_C, OFF_SHARE = 1.0, 0.3
"""What was a drift some looks ago is one while the reading goes on as it did: so much of the way
may be missing or too much."""

MANY_CYCLES, CROOKED = 2, 0.2
STRAIGHTER, NO_JUMP = 0.1, 0.15
"""So many cycles tell by themselves, unless valleys are too far off the line; one only if they are
near it and did not jump."""

FAST_C_H, STRAIGHTEST, NO_SMOOTHER, NO_STEP = 3.0, 0.03, 0.9, 0.1
"""So tells a climb that no unit has to explain; of 409 units that failed and 67 wrong set-points in
the virtual fleet none looked so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """A reading that climbs while the unit cools.

    Parameters
    ----------
    since
        When it began.
    rate_c_h
        How fast it climbs.
    """

    since: Seconds
    rate_c_h: float

    def off_c(self, moment: Seconds) -> float:
        """Give how far the reading is off at a moment."""
        return self.rate_c_h * max(0, moment - self.since) / SECONDS_PER_HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Climb:
    """How the valleys climb.

    Parameters
    ----------
    rise_c
        How far they are above their level by now.
    crooked
        Root mean square of what they are off the line, as a share of the rise.
    jump
        The jump of the other fit, as a share of the rise.
    smoother
        How much of the error is left to the other fit: 1 where a jump explains nothing.
    cycles
        How often the air has come down since by itself, with no door.
    """

    drift: Drift
    rise_c: float
    crooked: float
    jump: float
    smoother: float
    cycles: int


def drift_of(
    minutes: Sequence[tuple[Seconds, float]],
    stops: Sequence[Seconds],
    *,
    at: Seconds,
    outside_c: float,
) -> Drift | None:
    """Say whether a reading drifts; None where it does not, or where that is not known.

    Parameters
    ----------
    minutes
        What a sensor that is alone has read, minute by minute.
    stops
        When the door of its compartment opens.
    at
        Now; what comes later is left out.
    outside_c
        The air outside.
    """
    drift, found_at, then_c = None, at, 0.0
    for look in range(at - REMEMBERED_S, at + 1, LOOKS_S):
        known = [one for one in minutes if look - WINDOW_S < one[0] <= look]
        if not known:
            continue
        if drift is not None and not _is_on(drift, found_at, then_c, look, _valley(known)):
            drift = None
        if drift is None:
            drift, found_at, then_c = _found(known, stops, outside_c), look, _valley(known)
    return drift


def _is_on(drift: Drift, found_at: Seconds, then_c: float, at: Seconds, now_c: float) -> bool:
    """Say whether a reading has gone on as it did when it was found to drift."""
    due_c = drift.off_c(at) - drift.off_c(found_at)
    return abs(now_c - then_c - due_c) <= max(ON_LINE_C, OFF_SHARE * due_c)


def _found(
    known: Sequence[tuple[Seconds, float]], stops: Sequence[Seconds], outside_c: float
) -> Drift | None:
    """Say by one look whether a reading drifts."""
    climb = climb_of(known, stops)
    if climb is None or climb.drift.rate_c_h < LEAST_RATE_C_H:
        return None
    is_hot = climb.rise_c >= ABOVE_OUTSIDE_C and _valley(known) >= outside_c + ABOVE_OUTSIDE_C
    return climb.drift if is_hot or _cycles_on(climb) or _is_straight(climb) else None


def _cycles_on(climb: Climb) -> bool:
    """Say whether the unit still switches; one cycle may be a door that nobody planned."""
    if climb.cycles >= MANY_CYCLES:
        return climb.crooked <= CROOKED
    return climb.cycles > 0 and climb.crooked <= STRAIGHTER and climb.jump <= NO_JUMP


def _is_straight(climb: Climb) -> bool:
    """Say whether it climbs fast, and straighter than any air does."""
    return (
        climb.drift.rate_c_h >= FAST_C_H
        and climb.crooked <= STRAIGHTEST
        and climb.smoother >= NO_SMOOTHER
        and abs(climb.jump) <= NO_STEP
    )


def _valley(known: Sequence[tuple[Seconds, float]]) -> float:
    last = known[-1][0]
    return min(value_c for moment, value_c in known if moment >= last - VALLEY_S)


# --- how it climbs ------------------------------------------------------------------------------


def climb_of(known: Sequence[tuple[Seconds, float]], stops: Sequence[Seconds]) -> Climb | None:
    """Fit both pictures to what was read; None where it is too little, or does not climb.

    Parameters
    ----------
    known
        What was read, minute by minute.
    stops
        When the door opens.
    """
    valleys = _valleys(known)
    if len(valleys) < FEWEST:
        return None
    times, values = np.array(valleys).T
    first, last = float(times[0]), float(times[-1])
    begins = np.arange(first + BEFORE_S, last - CLIMBS_S, EVERY_S)
    if not len(begins):
        return None
    error, since, slope = _hinge(times, values, begins)
    rise_c = slope * (last - since)
    if rise_c < LEAST_RISE_C:
        return None
    other, jump_c = _jump(times, values, np.arange(first + BEFORE_S, last - JUMPS_S, EVERY_S))
    return Climb(
        drift=Drift(since=round(since), rate_c_h=slope * SECONDS_PER_HOUR),
        rise_c=rise_c,
        crooked=sqrt(error / len(valleys)) / rise_c,
        jump=jump_c / rise_c,
        smoother=sqrt(other / error) if error > 0.0 else 1.0,
        cycles=_cycles([one for one in known if one[0] >= since + EVERY_S], stops),
    )


def _valleys(known: Sequence[tuple[Seconds, float]]) -> list[tuple[Seconds, float]]:
    """Give the lowest of the last minutes, for every minute that has so many behind it."""
    found, first = [], 0
    for place, (moment, _) in enumerate(known):
        while known[first][0] < moment - VALLEY_S:
            first += 1
        if moment - VALLEY_S >= known[0][0]:
            found.append((moment, min(value_c for _, value_c in known[first : place + 1])))
    return found


def _hinge(times: Floats, values: Floats, begins: Floats) -> tuple[float, float, float]:
    """Fit a level that climbs from some instant on: error, instant and slope of the best."""
    past = np.maximum(0.0, times - begins[:, None])
    past -= past.mean(axis=1, keepdims=True)
    off = values - values.mean()
    slopes = (past @ off) / (past * past).sum(axis=1)
    errors = ((off - slopes[:, None] * past) ** 2).sum(axis=1)
    best = int(errors.argmin())
    return float(errors[best]), float(begins[best]), float(slopes[best])


def _jump(times: Floats, values: Floats, begins: Floats) -> tuple[float, float]:
    """Fit a level and, from some instant on, a line of its own: error and jump of the best."""
    after = (times >= begins[:, None]).astype(np.float64)
    count = after.sum(axis=1, keepdims=True)
    level = ((1.0 - after) @ values)[:, None] / (len(times) - count)
    middle, mean = (after @ times)[:, None] / count, (after @ values)[:, None] / count
    past = (times - middle) * after
    slopes = (past @ values)[:, None] / (past * past).sum(axis=1, keepdims=True)
    fitted = level + after * (mean - level) + slopes * past
    errors = ((values - fitted) ** 2).sum(axis=1)
    best = int(errors.argmin())
    jumped = mean - slopes * (middle - begins[:, None]) - level
    return float(errors[best]), float(jumped[best, 0])


# --- whether the unit cools ---------------------------------------------------------------------


def _cycles(known: Sequence[tuple[Seconds, float]], stops: Sequence[Seconds]) -> int:
    """Count how often the air rose with no door open, and came down at least as fast."""
    turns, count = _turns(known), 0
    for (low, _), (high, is_top), (next_low, _) in zip(turns, turns[1:], turns[2:], strict=False):
        near = bisect_right(stops, low - OPENS_S)
        has_door = near < len(stops) and stops[near] < high + CLOSES_S
        rose = high - low
        count += is_top and not has_door and rose >= SHORTEST_S and next_low - high <= rose
    return count


def _turns(known: Sequence[tuple[Seconds, float]]) -> list[tuple[Seconds, bool]]:
    """Give when the air turned, and whether at a top: highest and lowest in turn."""
    found: list[tuple[Seconds, bool]] = []
    if not known:
        return found
    high = low = known[0]
    for one in known:
        was_top = found[-1][1] if found else None
        if was_top is not True and one[1] > high[1]:
            high = one
        if was_top is not False and one[1] < low[1]:
            low = one
        if was_top is not True and high[1] - one[1] >= TURN_C and (found or high[0] >= low[0]):
            found.append((high[0], True))
            low = one
        elif was_top is not False and one[1] - low[1] >= TURN_C and (found or low[0] >= high[0]):
            found.append((low[0], False))
            high = one
    return found
