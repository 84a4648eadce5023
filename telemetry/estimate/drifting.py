"""A sensor that drifts while its unit goes on cooling, where no second one says so; pure.

A compressor switches by the air. It stops where the air is cold enough and starts where it is
warm: so without cooling there are no cycles, with too little of it they become longer, and with
another set-point they go on at another level. Air that keeps its cycles, and yet is warmer from one
valley to the next by as much every time, would be left by a thermostat that drifts as fast as the
sensor: it is the reading that climbs.

Only cycles that are known from days before can say so, and what climbs slowly is left alone: that
may be a unit whose ice grows.
"""

from __future__ import annotations

from math import inf

from msgspec import Struct

from telemetry.estimate.cycles import LEAST_TURN_C, Cycles
from telemetry.estimate.past import HOLE_MIN

LEAST_RATE_C_H = 3.0
"""What climbs more slowly may be air."""

MANY = 3
"""After so many cycles that climbed it is sure."""

ALIKE = (0.6, 1.5)
"""So much shorter and longer than usual a cycle may be."""

EVEN = 0.4
"""The smallest step from valley to valley is at least this share of the largest."""

TURN_SHARE = 0.5
"""A climb makes falls smaller: the air turns where it comes back by this share of its swing."""

LASTS = 2.0
"""Without another valley for so many cycles the unit may have stopped after all."""


class Climbing(Struct, frozen=True, gc=False):
    """What the cycles do while the air warms.

    Parameters
    ----------
    falls
        Whether the air falls; None while nobody knows.
    turn_c, turn_min
        Its highest or lowest since it turned.
    valley_c, valley_min
        The last valley; None before the first.
    times
        How many cycles have climbed in a row.
    least_c, most_c
        By how much, from valley to valley.
    """

    falls: bool | None = None
    turn_c: float = 0.0
    turn_min: float | None = None
    valley_c: float = 0.0
    valley_min: float | None = None
    times: int = 0
    least_c: float = inf
    most_c: float = 0.0

    def follow(
        self, at_min: float, value_c: float, swing_c: float, cycles: Cycles, *, aside: bool
    ) -> Climbing:
        """Take the air's temperature.

        Parameters
        ----------
        at_min, value_c
            Now.
        swing_c
            How far the air usually moves.
        cycles
            What is usual.
        aside
            Whether a door is open, the unit defrosts, or another sensor can say better.
        """
        if aside or not cycles.are_seen:
            return STILL
        if self.turn_min is None or at_min - self.turn_min > HOLE_MIN:
            return Climbing(turn_c=value_c, turn_min=at_min)
        falls = self.falls
        if falls is not None and (value_c < self.turn_c if falls else value_c > self.turn_c):
            return self._at(at_min, value_c, falls)
        if abs(value_c - self.turn_c) < max(LEAST_TURN_C, TURN_SHARE * swing_c):
            return self
        if falls is None:
            return self._at(at_min, value_c, value_c < self.turn_c)
        turned = self._at(at_min, value_c, not falls)
        return turned._after_valley(self.turn_min, self.turn_c, cycles) if falls else turned

    def is_sure(self, at_min: float, cycles: Cycles) -> bool:
        """Say whether it is the reading that climbs.

        Parameters
        ----------
        at_min
            Now.
        cycles
            What is usual.
        """
        if self.times < MANY or self.valley_min is None:
            return False
        is_even = self.least_c >= EVEN * self.most_c
        return is_even and at_min - self.valley_min <= LASTS * cycles.period_min

    def _at(self, at_min: float, value_c: float, falls: bool) -> Climbing:
        return Climbing(
            falls,
            value_c,
            at_min,
            self.valley_c,
            self.valley_min,
            self.times,
            self.least_c,
            self.most_c,
        )

    def _after_valley(self, at_min: float, value_c: float, cycles: Cycles) -> Climbing:
        """Compare a valley with the one before it."""
        begun = Climbing(self.falls, self.turn_c, self.turn_min, value_c, at_min)
        if self.valley_min is None:
            return begun
        lasted_min, step_c = at_min - self.valley_min, value_c - self.valley_c
        shortest, longest = (share * cycles.period_min for share in ALIKE)
        is_alike = shortest <= lasted_min <= longest
        if not is_alike or step_c * 60.0 < LEAST_RATE_C_H * lasted_min:
            return begun
        return Climbing(
            self.falls,
            self.turn_c,
            self.turn_min,
            value_c,
            at_min,
            self.times + 1,
            min(self.least_c, step_c),
            max(self.most_c, step_c),
        )


STILL = Climbing()
"""Nothing warms, or cycles are not known."""
