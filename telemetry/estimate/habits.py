"""What is usual at a point: the highest figures of its movement, by quarters of a day.

A figure that passes what was usual is news. Where usual ends is read off the highest quarters: as
excesses over a high threshold are nearly exponential (Pickands 1975), their tail is continued until
it is passed once in ``ODD_AMONG`` quarters. So there is more room while few quarters are known, and
where they differ much. The quarter that is going on does not count: a slow
failure must not become usual while it goes on. Nor does one in which something was wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf, log
from operator import gt
from struct import Struct as Layout

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from telemetry.estimate.past import CONTINUED, FEATURES, SPANS_MIN

QUARTER_MIN = 360.0
REMEMBERED = 720
"""Quarters of a day after which one is forgotten: half a year."""

KEPT = 6
"""So many of the highest quarters are kept of each figure."""

ODD_AMONG = 60
"""Of so many quarters one passes the end of the usual."""

MOST_BEYOND = 15.0
"""The tail is continued no farther than to this chance, however few quarters are known."""

ROOM = 0.15
"""Least scale of the tail, as a share of how far the air usually moves."""

ROOM_OF_NOISE = 0.3
"""Room above, as a share of the noise."""

LONG_MIN, ROOM_OF_LONG = 240.0, 1.5
LEAST_SWING_C = 0.5
SEEN_OFTEN = 12
"""A span of time tells nothing before so many of them have been seen."""

LEAST_MIN = 120.0
"""Of a quarter that was seen for less nothing is learned."""

_LONG = [ROOM_OF_LONG if span_min >= LONG_MIN else 1.0 for span_min in SPANS_MIN]
_ROOMS = np.array(
    [1.0, *_LONG, *(a * (1 + b) for a, b in zip(_LONG, CONTINUED, strict=True)), *_LONG]
)
"""A rise that is continued has its noise as often; of long spans fewer have been seen."""

_SPANS = np.array([0.0, *SPANS_MIN, *SPANS_MIN, *SPANS_MIN])
_RISES = range(1, 1 + len(SPANS_MIN))
_COLUMNS = np.arange(FEATURES)
_SINCE_MIN = _SPANS * SEEN_OFTEN
_FIGURES = Layout(f"{FEATURES}d")


class Habits(Struct, frozen=True, gc=False):
    """The highest figures, by quarters of a day.

    Parameters
    ----------
    quarter
        Number of the one that is going on; None before the first.
    seen_min
        How much of it has been seen.
    now
        Its highest figures up to now; bytes of 64-bit floats.
    highest, quarters
        The ``KEPT`` highest of each figure before, and numbers of the quarters they are of.
    known
        How many quarters are behind them, at most ``REMEMBERED``.
    spoilt
        Whether something is wrong in the one that is going on.
    ends
        Up to where each figure is usual; bytes of 64-bit floats, none while too little is known.
    warmest_c
        How warm the air has been at most; infinite while too little is known.
    """

    quarter: int | None = None
    seen_min: float = 0.0
    now: bytes = b""
    highest: bytes = b""
    quarters: bytes = b""
    known: int = 0
    spoilt: bool = False
    ends: bytes = b""
    warmest_c: float = inf

    def has_news(self, figures: Sequence[float], first: int, end: int) -> bool:
        """Say whether one of some figures is not usual."""
        if not self.ends:
            return False
        return any(map(gt, figures[first:end], _FIGURES.unpack(self.ends)[first:end]))

    @property
    def limits(self) -> list[tuple[float, ...]]:
        """Give what a figure must pass to be news, or higher than those of this quarter."""
        return [_FIGURES.unpack(each) for each in (self.ends, self.now) if each]

    def has_leapt(self, figures: Sequence[float], by_c: float) -> bool:
        """Say whether air has risen farther than is usual over some span, by so much or more."""
        if not self.ends:
            return False
        ends = _FIGURES.unpack(self.ends)
        return any(figures[place] > ends[place] + by_c for place in _RISES)

    def turned(self, at_min: float, swing_c: float, noise_c: float) -> Habits:
        """Take up a quarter that is over, where a new one has begun.

        Parameters
        ----------
        at_min
            Now.
        swing_c, noise_c
            How far the air usually moves, and how noisy its samples are.
        """
        quarter = int(at_min // QUARTER_MIN)
        if quarter == self.quarter:
            return self
        if self.quarter is None or self.spoilt or self.seen_min < LEAST_MIN or not self.now:
            return replace(self, quarter=quarter, seen_min=0.0, now=b"", spoilt=False)
        highest, quarters = _merged(self, quarter)
        left = int(np.isfinite(highest[:, 0]).sum())
        # Where long silence has made the oldest forgotten, few are known again.
        known = left if left < KEPT else min(REMEMBERED, self.known + 1)
        return Habits(
            quarter=quarter,
            highest=highest.astype(np.float32).tobytes(),
            quarters=quarters.tobytes(),
            known=known,
            ends=_ends(highest, known, swing_c, noise_c).tobytes(),
            warmest_c=float(highest[0, 0]),
        )

    def with_figures(self, figures: Sequence[float], minutes: float) -> Habits:
        """Learn from figures of the quarter that is going on."""
        return self.with_highest(highest_of(self.now, figures), minutes)

    def with_highest(self, highest: bytes, minutes: float) -> Habits:
        """Learn what the highest figures of the quarter that is going on are by now."""
        return Habits(
            self.quarter,
            self.seen_min + minutes,
            highest,
            self.highest,
            self.quarters,
            self.known,
            self.spoilt,
            self.ends,
            self.warmest_c,
        )

    def accept(self, figures: Sequence[float]) -> Habits:
        """Take figures, and all of this quarter, for usual at once, whatever was before."""
        if not self.ends:
            return self
        rows = np.frombuffer(self.highest, np.float32).reshape(KEPT, FEATURES)
        fresh = np.array(figures)
        if self.now:
            fresh = np.fmax(fresh, np.frombuffer(self.now))
        return replace(
            self,
            highest=np.fmax(rows, fresh.astype(np.float32)).tobytes(),
            ends=np.fmax(np.frombuffer(self.ends), fresh).tobytes(),
            warmest_c=max(self.warmest_c, float(fresh[0])),
        )

    def spoil(self) -> Habits:
        """Have nothing learned from the quarter that is going on."""
        return self if self.spoilt else replace(self, spoilt=True)


def highest_of(highest: bytes, figures: Sequence[float]) -> bytes:
    """Give the higher of every figure; the same bytes where none is higher.

    Parameters
    ----------
    highest
        Figures as bytes; none before the first.
    figures
        New ones.
    """
    if not highest:
        return _FIGURES.pack(*figures)
    before = _FIGURES.unpack(highest)
    if not any(map(gt, figures, before)):
        return highest
    return _FIGURES.pack(*[
        new if new > old else old for new, old in zip(figures, before, strict=True)
    ])  # fmt: skip


def _merged(habits: Habits, quarter: int) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Sort the figures of a finished quarter in among the highest, and forget the oldest."""
    highest = np.full((KEPT + 1, FEATURES), -inf)
    quarters = np.zeros((KEPT + 1, FEATURES), np.int32)
    if habits.highest:
        highest[:KEPT] = np.frombuffer(habits.highest, np.float32).reshape(KEPT, FEATURES)
        quarters[:KEPT] = np.frombuffer(habits.quarters, np.int32).reshape(KEPT, FEATURES)
        highest[:KEPT][quarters[:KEPT] <= quarter - REMEMBERED] = -inf
    highest[KEPT] = np.frombuffer(habits.now)
    quarters[KEPT] = habits.quarter or 0
    order = np.argsort(-highest, axis=0, kind="stable")[:KEPT]
    return highest[order, _COLUMNS], quarters[order, _COLUMNS]


def _ends(
    highest: NDArray[np.float64], known: int, swing_c: float, noise_c: float
) -> NDArray[np.float64]:
    """Give up to where each figure is usual; infinite where that is not known yet."""
    rows = highest[: min(KEPT, known)]
    least = rows[-1]
    is_known = np.isfinite(least) & (known * QUARTER_MIN >= _SINCE_MIN)
    known_least = np.where(is_known, least, 0.0)
    scale = ROOM * max(LEAST_SWING_C, swing_c) * _ROOMS
    if len(rows) > 1:
        excess = np.where(np.isfinite(rows), rows, 0.0)[:-1].mean(axis=0) - known_least
        scale = np.where(is_known, np.maximum(scale, excess), scale)
    beyond = scale * log(min(MOST_BEYOND, len(rows) * ODD_AMONG / known))
    ends = known_least + beyond + ROOM_OF_NOISE * noise_c * _ROOMS
    return np.where(is_known, ends, inf)
