"""Cycles of a compressor: how much of the time it cools, and whether that becomes too much; pure.

A unit that has lost a part of its capacity runs longer for the same cold. Where the air shows when
it runs (falling) and when it rests (rising), the share of time that it falls is its duty. It nears
1 long before the temperature leaves its usual way: then nothing is left for a hot day or a door.
One that does not reach its set-point any more does not stop, and the air turns no more. How high
the duty is at most, how long a fall lasts and how long the air does not turn, is learned by days.
"""

from __future__ import annotations

from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from telemetry.estimate.past import HOLE_MIN

DAY_MIN = 1440.0
LEAST_TURN_C = 0.3
"""The air turns where it comes back by so much, or by as much as it usually moves."""

RECENT = 0.2
"""How much one cycle changes what is held for usual by now."""

FEWEST_STEPS = 4.0
MOST_IRREGULAR = 0.35
"""Cycles with fewer steps, or whose lengths differ by a larger share, may be noise."""

FEWEST_CYCLES = 12
"""A day with fewer cycles tells nothing."""

FEWEST_DAYS, REMEMBERED_DAYS = 2, 14
RESERVE_LEFT = 0.4
"""When the time that a unit rests is less than this share of what it ever was, capacity is lost."""

LONGER = 3.0
"""So is it when the air falls for so many times longer than ever, and yet is no colder than usual:
a unit that rests lets it rise."""

STEADIER = 3.0
"""So is it when the air has not turned for so many times longer than ever: a unit that cannot reach
its set-point does not stop, and the air hangs somewhere below the top of its cycles."""

LASTS_MIN = 90.0
"""Each has to last for so long."""


class Day(Struct, frozen=True, gc=False):
    """What one day has shown.

    Parameters
    ----------
    duty, fall_min
        The highest duty, and the longest fall.
    cycles
        How many there were.
    still_min
        For how long the air did not turn at most, defrosts and doors included.
    """

    duty: float = 0.0
    fall_min: float = 0.0
    cycles: int = 0
    still_min: float = 0.0


class Cycles(Struct, frozen=True, gc=False):
    """What is remembered.

    Parameters
    ----------
    last_min, step_min
        The last step, and how far apart they are.
    falls
        Whether the air falls; None while nobody knows.
    turn_c, turn_min
        Its highest or lowest since it turned.
    top_min, bottom_min
        When it last began to fall, and to rise; None where that was not seen.
    duty, period_min, irregular
        Of the last cycles.
    since_min
        Since when the duty is higher than ever; None while it is not.
    day, now, days
        Number of the day that goes on, what it has shown, and days before it, oldest first.
    is_spoilt
        Whether something was wrong on it.
    usual
        The duty of most days; 0 while too few are known.
    turned_min
        When the air last turned, or began to be watched; None while cooling is missing.
    """

    last_min: float | None = None
    step_min: float = 1.0
    falls: bool | None = None
    turn_c: float = 0.0
    turn_min: float = 0.0
    top_min: float | None = None
    bottom_min: float | None = None
    duty: float = 0.0
    period_min: float = 0.0
    irregular: float = 1.0
    since_min: float | None = None
    day: int | None = None
    now: Day = Day()
    days: tuple[Day, ...] = ()
    is_spoilt: bool = False
    usual: float = 0.0
    turned_min: float | None = None

    @property
    def are_seen(self) -> bool:
        """Say whether the air shows cycles, and not its noise."""
        return (
            self.irregular <= MOST_IRREGULAR
            and self.period_min >= FEWEST_STEPS * self.step_min
            and len(self.days) >= FEWEST_DAYS
        )

    def capacity(self, at_min: float) -> float | None:
        """Say what share of the usual capacity is left; None where nobody knows.

        For the same heat a unit with half of its capacity runs twice as long. One that falls for
        longer than ever, and does not rest, runs all of the time.
        """
        if not self.usual or not self.are_seen:
            return None
        duty = self.duty
        if self.falls and self.top_min is not None:
            falls_min = at_min - self.top_min
            if falls_min >= LASTS_MIN and falls_min >= LONGER * self.usual * self.period_min:
                duty = 1.0
        return self.usual / duty if duty > self.usual else 1.0

    def lost_since(
        self, at_min: float, value_c: float, mean_c: float, swing_c: float
    ) -> float | None:
        """Say since when capacity is lost; None where it is not.

        Parameters
        ----------
        at_min, value_c
            Now.
        mean_c, swing_c
            Where the air usually is, and how far it moves.
        """
        if not self.are_seen:
            return None
        if self.since_min is not None and at_min - self.since_min >= LASTS_MIN:
            return self.since_min
        if self._hangs(at_min, value_c, mean_c - swing_c):
            return self.turned_min
        if not self.falls or self.top_min is None or value_c < mean_c:
            return None
        longest_min = max(one.fall_min for one in self.days)
        falls_min = at_min - self.top_min
        return self.top_min if falls_min >= max(LASTS_MIN, LONGER * longest_min) else None

    def _hangs(self, at_min: float, value_c: float, coldest_c: float) -> bool:
        """Say whether the air has stopped turning, and is no colder than in its cycles.

        Air that still rises, as while a unit rests on a cold day, has not stopped.
        """
        if self.turned_min is None or value_c < coldest_c:
            return False
        if self.falls is False and at_min - self.turn_min < LASTS_MIN:
            return False
        longest_min = max(one.still_min for one in self.days)
        return at_min - self.turned_min >= max(LASTS_MIN, STEADIER * longest_min)

    def follow(
        self, at_min: float, value_c: float, swing_c: float, *, aside: bool, learn: bool
    ) -> Cycles:
        """Take the air's temperature.

        Parameters
        ----------
        at_min, value_c
            Now.
        swing_c
            How far the air usually moves.
        aside
            Whether it does something else now: a door, a defrost, or it warms.
        learn
            Whether this may be taken for usual.
        """
        day = int(at_min // DAY_MIN)
        one = self if day == self.day else self._turned(day)
        last_min = one.last_min
        is_hole = last_min is None or at_min - last_min > HOLE_MIN
        if aside or last_min is None or is_hole:
            return replace(
                one, last_min=at_min, falls=None, turn_c=value_c, turn_min=at_min, top_min=None,
                bottom_min=None, since_min=None,
                turned_min=at_min if is_hole or one.turned_min is None else one.turned_min,
            )  # fmt: skip
        apart_min, step_min = at_min - last_min, one.step_min
        if apart_min != step_min:
            step_min += RECENT * (apart_min - step_min)
        falls, turn_c = one.falls, one.turn_c
        if falls is not None and (value_c < turn_c if falls else value_c > turn_c):
            return replace(one, last_min=at_min, step_min=step_min, turn_c=value_c, turn_min=at_min)
        one = replace(one, last_min=at_min, step_min=step_min)
        if abs(value_c - turn_c) < max(LEAST_TURN_C, swing_c):
            return one
        return _turned_back(one, at_min, value_c, learn=learn)

    def stopped(self) -> Cycles:
        """Forget when the air last turned: cooling is missing, and the day teaches nothing."""
        if self.is_spoilt and self.turned_min is None:
            return self
        return replace(self, is_spoilt=True, turned_min=None)

    def spoil(self) -> Cycles:
        """Have nothing learned from the day that goes on."""
        return self if self.is_spoilt else replace(self, is_spoilt=True)

    def _turned(self, day: int) -> Cycles:
        """Take up a day that is over."""
        days, usual = self.days, self.usual
        if not self.is_spoilt and self.now.cycles >= FEWEST_CYCLES:
            days = (*days, self.now)[-REMEMBERED_DAYS:]
            usual = median([one.duty for one in days]) if len(days) >= FEWEST_DAYS else 0.0
        return replace(self, day=day, now=Day(), days=days, is_spoilt=False, usual=usual)


def _turned_back(one: Cycles, at_min: float, value_c: float, *, learn: bool) -> Cycles:
    """Turn: what fell rises, and what rose falls."""
    falls, turn_min, now = one.falls, one.turn_min, one.now
    if learn and one.turned_min is not None and at_min - one.turned_min > now.still_min:
        now = Day(now.duty, now.fall_min, now.cycles, at_min - one.turned_min)
    if falls is None:
        falls = value_c > one.turn_c
        return replace(
            one, falls=not falls, turn_c=value_c, turn_min=at_min, now=now, turned_min=at_min
        )
    turned = replace(
        one, falls=not falls, turn_c=value_c, turn_min=at_min, now=now, turned_min=at_min
    )
    if falls:
        return replace(turned, bottom_min=turn_min)
    return _cycled(turned, turn_min, at_min, learn=learn)


def _cycled(one: Cycles, top_min: float, at_min: float, *, learn: bool) -> Cycles:
    """Take a cycle: the air has come from a top, over a bottom, to the next top."""
    if one.top_min is None or one.bottom_min is None:
        return replace(one, top_min=top_min)
    fall_min, period_min = one.bottom_min - one.top_min, top_min - one.top_min
    if period_min <= 0.0:
        return replace(one, top_min=top_min)
    first = one.period_min <= 0.0
    share = 1.0 if first else RECENT
    odd = 0.5 if first else abs(period_min - one.period_min) / one.period_min
    duty = one.duty + share * (fall_min / period_min - one.duty)
    now = one.now
    if learn:
        now = Day(max(now.duty, duty), max(now.fall_min, fall_min), now.cycles + 1, now.still_min)
    since_min = one.since_min
    if one.days:
        rested = 1.0 - max(day.duty for day in one.days)
        is_high = 1.0 - duty < RESERVE_LEFT * rested
        since_min = (at_min if since_min is None else since_min) if is_high else None
    return replace(
        one,
        top_min=top_min,
        duty=duty,
        period_min=one.period_min + share * (period_min - one.period_min),
        irregular=one.irregular + share * (min(1.0, odd) - one.irregular),
        since_min=since_min,
        now=now,
    )
