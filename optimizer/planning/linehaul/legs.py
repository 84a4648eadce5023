"""What a truck drives between two sites, with the rests that its driver takes on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.domain.driving import BreakRule, rests_of
from optimizer.domain.plan import Break
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The way to the next site.

    Parameters
    ----------
    drive_s
        Seconds at the wheel.
    rests
        After how many of them the driver rests; 0 is before the leg.
    rest_s
        Length of one rest.
    """

    drive_s: Seconds
    rests: tuple[Seconds, ...] = ()
    rest_s: Seconds = 0

    @property
    def total_s(self) -> Seconds:
        """Seconds from departure to arrival."""
        return self.drive_s + self.rest_s * len(self.rests)

    def breaks(self, departs: Seconds) -> list[Break]:
        """Give the rests of a leg that begins at this moment."""
        found = []
        for number, driven_s in enumerate(self.rests):
            begins = departs + driven_s + self.rest_s * number
            found.append(Break(starts=begins, ends=begins + self.rest_s))
        return found


def legs_of(drives_s: Sequence[Seconds], rule: BreakRule | None) -> tuple[Leg, ...]:
    """Give the legs of one trip; its driver leaves home rested."""
    if rule is None:
        return tuple(Leg(drive_s=drive_s) for drive_s in drives_s)
    return tuple(
        Leg(drive_s=drive_s, rests=rests, rest_s=rule.rest_s)
        for drive_s, rests in zip(drives_s, rests_of(drives_s, rule), strict=True)
    )


def with_rests(drives_s: IntArray, rule: BreakRule | None) -> IntArray:
    """Add the rests to the legs of many trips, as ``legs_of`` does for one.

    Parameters
    ----------
    drives_s
        Seconds at the wheel, one row per trip and one column per leg.
    rule
        None means that nobody needs a rest.
    """
    if rule is None:
        return drives_s
    longest = rule.after_driving_s
    rests = np.zeros_like(drives_s)
    driven = np.zeros(len(drives_s), dtype=np.int64)
    for k in range(drives_s.shape[1]):
        leg = drives_s[:, k]
        before = (driven + leg > longest) & (leg <= longest)
        stretch = np.where(before, leg, driven + leg)
        midway = np.maximum(stretch - 1, 0) // longest
        rests[:, k] = before + midway
        driven = stretch - midway * longest
    total: IntArray = drives_s + rests * rule.rest_s
    return total
