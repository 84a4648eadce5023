"""The last hours of a point as marks some minutes apart, and what they show of its movement.

What is measured of the movement, each over several spans of time: how warm the air is at least, how
far it has risen, where it would be if it rose on like that, and how cold it has been at best. Noise
and the cycles of a compressor hardly show in them; a failure shows in all of them sooner or later.
All but the air now is the same from one mark to the next, so a view of the marks is kept for as
long as it holds: this runs once a minute for every point.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress
from math import inf
from operator import gt
from struct import pack, unpack_from

from msgspec import Struct

SPANS_MIN = (30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 360.0, 480.0)
SPANS = len(SPANS_MIN)
AHEAD_MIN = 120.0
CONTINUED = tuple(max(1.0, AHEAD_MIN / span_min) for span_min in SPANS_MIN)
"""A rise is continued for ``AHEAD_MIN``, or for as long as it was watched."""

FEATURES = 1 + 3 * SPANS
"""Air now, then for every span its rise, the rise continued, and the coldest."""

_PLACES = range(FEATURES)
COLDEST = 1 + 2 * SPANS
"""Where the coldest of the spans begin among the figures."""

APART_MIN = 5.0
HOLE_MIN = 120.0
"""After a longer silence nobody knows what happened meanwhile: the past begins anew."""

NOW_MIN = 10.0
"""The air now is the coldest of so many minutes: a gust from a door is not taken for the air."""

WITHIN_MIN = 15.0
"""How steeply the air climbs is seen over so many minutes."""

KEPT_MIN = 500.0
SLACK_MIN = 0.6
WIDTH = 8
"""Bytes of a float."""

TINY_C = 1e-9
"""So far a figure may be off by its rounding, and less."""


class View(Struct, frozen=True, gc=False):
    """What the marks say by themselves, for as long as the same of them belong to each span.

    Parameters
    ----------
    until_min
        So long it holds.
    now_c, before_c
        The coldest of ``NOW_MIN`` and of ``WITHIN_MIN``.
    bases, coldest
        By spans: what a rise is measured from, and the coldest. Of a span that is longer than the
        past they are ∞ and -∞; there are none at all where there is but one mark.
    usual_c, bump_c
        Up to here no air has a figure that is news, or higher than those that are learned, outside
        bumps and in one; infinite where none can have. None where it was not seen to.
    """

    until_min: float
    now_c: float = inf
    before_c: float = inf
    bases: tuple[float, ...] = ()
    coldest: tuple[float, ...] = ()
    usual_c: float | None = None
    bump_c: float | None = None

    def judged(self, usual_c: float | None, bump_c: float | None) -> View:
        """Put down what was found."""
        return View(
            self.until_min, self.now_c, self.before_c, self.bases, self.coldest, usual_c, bump_c
        )

    def most_c(self, *limits: Sequence[float]) -> float:
        """Give up to where the air has no figure beyond its limit: all of them rise with the air.

        Parameters
        ----------
        *limits
            ``FEATURES`` limits, several times.

        Returns
        -------
        float
            °C; infinite where no air has one, -∞ where there are no figures, or where that is
            colder than the air has been for half an hour.
        """
        figures, most_c = self.figures(inf), inf
        if figures is None:
            return -inf
        for each in limits:
            for place in compress(_PLACES, map(gt, figures, each)):
                air_c = self._air_with(place, each[place])
                if air_c < self.coldest[0]:
                    return -inf
                most_c = min(most_c, air_c)
        return most_c - TINY_C

    def _air_with(self, place: int, figure: float) -> float:
        """Give the air that has a figure."""
        if place == 0 or place >= COLDEST:
            return figure
        number = (place - 1) % SPANS
        base_c, share = self.bases[number], CONTINUED[number]
        return figure + base_c if place <= SPANS else (figure + share * base_c) / (1.0 + share)

    def figures(self, value_c: float) -> list[float] | None:
        """Measure the movement.

        Parameters
        ----------
        value_c
            The air.

        Returns
        -------
        list or None
            ``FEATURES`` figures in °C, -∞ where the past is too short; None where there is none.
        """
        if not self.bases:
            return None
        now_c = value_c if value_c < self.now_c else self.now_c
        rises = [now_c - base_c for base_c in self.bases]
        figures = [now_c, *rises]
        figures += [now_c + share * rise_c for share, rise_c in zip(CONTINUED, rises, strict=True)]
        if value_c >= self.coldest[0]:
            # Of a longer span the coldest is no warmer.
            figures += self.coldest
        else:
            figures += [low_c if low_c < value_c else value_c for low_c in self.coldest]
        return figures


class Past(Struct, frozen=True, gc=False):
    """Marks of the last hours.

    Parameters
    ----------
    times, values
        Minutes and °C, as the bytes of 64-bit floats, oldest first.
    view
        What they say; None where that has to be looked up.
    """

    times: bytes = b""
    values: bytes = b""
    view: View | None = None

    @property
    def minutes(self) -> list[float]:
        """Give the instants of the marks in minutes."""
        return array("d", self.times).tolist()

    @property
    def temperatures(self) -> list[float]:
        """Give the temperatures of the marks in °C."""
        return array("d", self.values).tolist()

    def seen(self, at_min: float) -> View:
        """Look back from an instant."""
        view = self.view
        if view is None or at_min >= view.until_min:
            return view_of(self.times, self.values, at_min)
        return view

    def unjudged(self) -> Past:
        """Forget what was found of a view: what is usual has changed."""
        view = self.view
        if view is None or (view.usual_c is None and view.bump_c is None):
            return self
        return Past(self.times, self.values, view.judged(None, None))

    def with_mark(self, view: View, at_min: float, value_c: float) -> Past:
        """Add a mark where the last one is old enough.

        Parameters
        ----------
        view
            What was ``seen``.
        at_min, value_c
            Now.
        """
        if self.times:
            age_min = at_min - unpack_from("d", self.times, len(self.times) - WIDTH)[0]
            if age_min < APART_MIN - SLACK_MIN:
                return self if view is self.view else Past(self.times, self.values, view)
            if age_min > HOLE_MIN:
                return Past(pack("d", at_min), pack("d", value_c))
        gone, end = 0, len(self.times)
        while gone < end and unpack_from("d", self.times, gone)[0] < at_min - KEPT_MIN:
            gone += WIDTH
        return Past(self.times[gone:] + pack("d", at_min), self.values[gone:] + pack("d", value_c))


def view_of(times: bytes, values: bytes, at_min: float) -> View:
    """Look back at marks from an instant.

    Parameters
    ----------
    times, values
        The marks, as they are kept.
    at_min
        Now.
    """
    reach = _reach_of(times, at_min)
    if reach is None:
        return View(at_min)
    marks = array("d", values).tolist()
    now_c, before_c = min(marks[reach.now :]), min(marks[reach.near :])
    if len(marks) == 1:
        return View(reach.until_min, now_c, before_c)
    bases, coldest = [], []
    low_c, behind = inf, len(marks)
    for first in reach.firsts:
        if first < behind:
            part_c = min(marks[first:behind])
            low_c = part_c if part_c < low_c else low_c
            behind = first
        bases.append(0.5 * (marks[first] + marks[first - 1 if first else 0]))
        coldest.append(low_c)
    unknown = SPANS - len(bases)
    if unknown:
        bases += [inf] * unknown
        coldest += [-inf] * unknown
    return View(reach.until_min, now_c, before_c, tuple(bases), tuple(coldest))


class _Reach(Struct, frozen=True, gc=False):
    """Which marks belong to what, and for how long that holds.

    Parameters
    ----------
    now, near
        The first ones of ``NOW_MIN`` and of ``WITHIN_MIN``.
    firsts
        Those of the spans that are no longer than the past.
    """

    until_min: float
    now: int
    near: int
    firsts: list[int]


@lru_cache(maxsize=2)
def _reach_of(times: bytes, at_min: float) -> _Reach | None:
    """Say which marks belong to what; None where that is not known.

    Both edges of a band have marks of the same instants, one after the other: once is enough.
    """
    minutes = array("d", times).tolist()
    if not minutes or at_min - minutes[-1] > HOLE_MIN:
        return None
    # Of all spans the last mark is part.
    since_min, last = at_min - SLACK_MIN, len(minutes) - 1
    near = bisect_left(minutes, since_min - WITHIN_MIN, 0, last)
    now = bisect_left(minutes, since_min - NOW_MIN, near, last)
    untils = [minutes[near] + WITHIN_MIN + SLACK_MIN, minutes[now] + NOW_MIN + SLACK_MIN]
    untils.append(minutes[-1] + HOLE_MIN)
    known = bisect_right(SPANS_MIN, at_min - minutes[0] + SLACK_MIN)
    if known < SPANS:
        untils.append(minutes[0] + SPANS_MIN[known] - SLACK_MIN)
    firsts = []
    for span_min in SPANS_MIN[:known]:
        first = bisect_left(minutes, since_min - span_min, 0, last)
        firsts.append(first)
        untils.append(minutes[first] + span_min + SLACK_MIN)
        last = first
    return _Reach(min(untils), now, near, firsts)
