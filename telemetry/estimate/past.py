"""The last hours of a point as marks some minutes apart, and what they show of its movement.

What is measured of the movement, each over several spans of time: how warm the air is at least, how
far it has risen, where it would be if it rose on like that, and how cold it has been at best. Noise
and the cycles of a compressor hardly show in them; a failure shows in all of them sooner or later.
Plain floats and arrays: this runs once a minute for every point, on a few dozen figures.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from math import inf
from struct import pack

from msgspec import Struct

SPANS_MIN = (30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 360.0, 480.0)
SPANS = len(SPANS_MIN)
AHEAD_MIN = 120.0
CONTINUED = tuple(max(1.0, AHEAD_MIN / span_min) for span_min in SPANS_MIN)
"""A rise is continued for ``AHEAD_MIN``, or for as long as it was watched."""

FEATURES = 1 + 3 * SPANS
"""Air now, then for every span its rise, the rise continued, and the coldest."""

COLDEST = 1 + 2 * SPANS
"""Where the coldest of the spans begin among the figures."""

APART_MIN = 5.0
HOLE_MIN = 120.0
"""After a longer silence nobody knows what happened meanwhile: the past begins anew."""

NOW_MIN = 10.0
"""The air now is the coldest of so many minutes: a gust from a door is not taken for the air."""

KEPT_MIN = 500.0
SLACK_MIN = 0.6
WIDTH = 8
"""Bytes of a float."""


class Past(Struct, frozen=True, gc=False):
    """Marks of the last hours.

    Parameters
    ----------
    times, values
        Minutes and °C, as the bytes of 64-bit floats, oldest first.
    """

    times: bytes = b""
    values: bytes = b""

    @property
    def minutes(self) -> array[float]:
        """Give the instants of the marks in minutes."""
        return array("d", self.times)

    @property
    def temperatures(self) -> array[float]:
        """Give the temperatures of the marks in °C."""
        return array("d", self.values)

    def with_mark(self, times: array[float], at_min: float, value_c: float) -> Past:
        """Add a mark where the last one is old enough.

        Parameters
        ----------
        times
            Its own ``minutes``.
        at_min, value_c
            Now.
        """
        if times:
            age_min = at_min - times[-1]
            if age_min < APART_MIN - SLACK_MIN:
                return self
            if age_min > HOLE_MIN:
                return Past(pack("d", at_min), pack("d", value_c))
        gone = WIDTH * bisect_left(times, at_min - KEPT_MIN)
        return Past(self.times[gone:] + pack("d", at_min), self.values[gone:] + pack("d", value_c))


def coldest_c(
    times: array[float], values: array[float], at_min: float, value_c: float, span_min: float
) -> float:
    """Give the coldest of a span of time that ends now; at least one mark belongs to it."""
    if not times or at_min - times[-1] > HOLE_MIN:
        return value_c
    first = min(bisect_left(times, at_min - span_min - SLACK_MIN), len(times) - 1)
    return min(value_c, *values[first:])


def figures_of(
    times: array[float], values: array[float], at_min: float, value_c: float
) -> array[float] | None:
    """Measure the movement.

    Parameters
    ----------
    times, values
        The marks.
    at_min, value_c
        Now.

    Returns
    -------
    array or None
        ``FEATURES`` figures in °C, -∞ where the past is too short; None where there is none.
    """
    count = len(times)
    if count <= 1 or at_min - times[-1] > HOLE_MIN:
        return None
    now_c = coldest_c(times, values, at_min, value_c, NOW_MIN)
    rises, aheads, lows = [-inf] * SPANS, [-inf] * SPANS, [-inf] * SPANS
    low_c, behind = value_c, count
    seen_min = at_min - times[0] + SLACK_MIN
    for place, span_min in enumerate(SPANS_MIN):
        if span_min > seen_min:
            break
        first = min(bisect_left(times, at_min - span_min - SLACK_MIN, 0, behind), count - 1)
        if first < behind:
            part_c = min(values[first:behind])
            low_c = min(part_c, low_c)
            behind = first
        rise_c = now_c - 0.5 * (values[first] + values[first - 1 if first else 0])
        rises[place], lows[place] = rise_c, low_c
        aheads[place] = now_c + CONTINUED[place] * rise_c
    return array("d", (now_c, *rises, *aheads, *lows))
