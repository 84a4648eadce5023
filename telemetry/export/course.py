"""The course of temperature in a compartment: what it costs goods between any two instants.

Several sensors make one course: at every moment the one counts that does most harm, for nobody
knows beside which the goods lie. Between two readings of a sensor a rate runs straight, as in the
mean kinetic temperature; values of one instant are averaged.

A gap of more than three intervals is unknown, as in the excursions, unless another sensor spoke.
Unknown is never normal: unknown time ages goods at the worse of the rates on both sides of it, and
never slower than the clock, and its minutes are stated. Before the first reading and after the
last one there is one side. Of a time without any reading nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt

from telemetry.alarm.mkt import ACTIVATION_K, ZERO_C_IN_K, temperature_of

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Rate = Callable[[Floats], Floats]
"""Gives how fast something goes on at each of many temperatures."""

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What one sensor measured at one place.

    Parameters
    ----------
    samples
        Instants, ms, and corrected temperatures, °C, in any order.
    from_ms, to_ms
        While it was there, within the time that is asked for.
    gap_ms
        Two readings farther apart say nothing about what was in between.
    """

    samples: Sequence[tuple[int, float]]
    from_ms: int
    to_ms: int
    gap_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """What a stretch of time cost.

    Parameters
    ----------
    minutes, unknown_minutes
        How long it was, and how much of that nobody knows.
    used_h
        Hours of shelf life, counted at the reference; None where nothing was measured at all.
    assumed_h
        That part of them that stands for unknown minutes.
    mkt_c
        Mean kinetic temperature of the known time; None where there is none.
    """

    minutes: float
    unknown_minutes: float
    used_h: float | None
    assumed_h: float
    mkt_c: float | None

    @property
    def unknown_share(self) -> float:
        """Give the share of the time without readings, 0 to 1."""
        return self.unknown_minutes / self.minutes if self.minutes else 0.0


class Course:
    """The course of one compartment, laid out once and asked about many stretches.

    Parameters
    ----------
    tracks
        What its sensors measured.
    ageing
        How fast goods age at a temperature, against the clock.
    instants
        Where the stretches begin and end that will be asked about.
    """

    def __init__(self, tracks: Iterable[Track], ageing: Rate, instants: Iterable[int]) -> None:
        laid = [one for one in map(_sorted, tracks) if one.at.size]
        ends = [edge for one in laid for edge in (one.from_ms, one.to_ms)]
        cuts = np.array([*instants, *ends], dtype=np.float64)
        self._at = np.unique(np.concatenate([cuts, *(one.at for one in laid)]))
        spans_h = np.diff(self._at) / MS_PER_HOUR
        known, levels = _merged(laid, self._at, ageing)
        unknown = np.isnan(known)
        assumed = np.where(unknown, _assumed(levels) * spans_h, 0.0)
        heat, _ = _merged(laid, self._at, _kinetic_rate)
        self._ages = _running(np.where(unknown, assumed, known))
        self._assumed_ages = _running(assumed)
        self._unknown_h = _running(np.where(unknown, spans_h, 0.0))
        self._heat = _running(np.where(unknown, 0.0, heat))

    def toll(self, from_ms: int, to_ms: int) -> Toll:
        """Say what the time between two of the instants cost.

        Parameters
        ----------
        from_ms, to_ms
            The first may not be after the second.
        """
        begin, end = np.searchsorted(self._at, (from_ms, to_ms))
        used_h, assumed_h, unknown_h, heat = (
            float(sums[end] - sums[begin])
            for sums in (self._ages, self._assumed_ages, self._unknown_h, self._heat)
        )
        known_h = (to_ms - from_ms) / MS_PER_HOUR - unknown_h
        # Less than a reading's own millisecond is the dust of sums.
        is_known = known_h * MS_PER_HOUR >= 1.0
        return Toll(
            minutes=(to_ms - from_ms) / MS_PER_MINUTE,
            unknown_minutes=60.0 * unknown_h,
            used_h=None if isnan(used_h) else used_h,
            assumed_h=0.0 if isnan(assumed_h) else assumed_h,
            mkt_c=temperature_of(heat / known_h) if is_known else None,
        )


@dataclass(frozen=True, slots=True)
class _Laid:
    """A track, sorted, each instant once."""

    at: Floats
    value_c: Floats
    from_ms: int
    to_ms: int
    gap_ms: int

    def knows(self, at: Floats) -> Flags:
        """Say between which neighbours of the instants this sensor knew how warm it was."""
        waits = np.diff(np.concatenate([[self.from_ms], self.at, [self.to_ms]]))
        middle = (at[1:] + at[:-1]) / 2.0
        wait = waits[np.searchsorted(self.at, middle)]
        return (wait <= self.gap_ms) & (self.from_ms <= middle) & (middle <= self.to_ms)


def _sorted(track: Track) -> _Laid:
    times = np.array([at_ms for at_ms, _ in track.samples], dtype=np.float64)
    values = np.array([value_c for _, value_c in track.samples], dtype=np.float64)
    at, place = np.unique(times, return_inverse=True)
    mean_c = np.bincount(place, weights=values, minlength=at.size) / np.bincount(place)
    return _Laid(at, mean_c, track.from_ms, track.to_ms, track.gap_ms)


def _merged(tracks: Sequence[_Laid], at: Floats, rate: Rate) -> tuple[Floats, Floats]:
    """Put sensors together, the worst first.

    Returns
    -------
    tuple
        The integral between neighbouring instants, in hours, and the rate at each instant; both
        not a number where no sensor knew.
    """
    sums = np.full(at.size - 1, np.nan)
    levels = np.full(at.size, np.nan)
    for track in tracks:
        # Beyond its ends a track goes on at its last value, for as long as it is known to.
        rates = np.interp(at, track.at, rate(track.value_c))
        known = track.knows(at)
        here = np.diff(at) / MS_PER_HOUR * (rates[1:] + rates[:-1]) / 2.0
        sums = np.fmax(sums, np.where(known, here, np.nan))
        seen = np.isin(at, track.at)
        seen[1:] |= known
        seen[:-1] |= known
        levels = np.fmax(levels, np.where(seen, rates, np.nan))
    return sums, levels


def _assumed(levels: Floats) -> Floats:
    """Give what is assumed between instants: the worse of the known rates around, 1 at least.

    Not a number where nothing is known at all.
    """
    before = _carried(levels)[:-1]
    after = _carried(levels[::-1])[::-1][1:]
    worse = np.fmax(before, after)
    return np.where(np.isnan(worse), np.nan, np.maximum(worse, 1.0))


def _carried(levels: Floats) -> Floats:
    """Carry what is known on over what is not."""
    last = np.maximum.accumulate(np.where(np.isnan(levels), 0, np.arange(levels.size)))
    return np.asarray(levels[last])


def _running(parts: Floats) -> Floats:
    return np.concatenate([[0.0], np.cumsum(parts)])


def _kinetic_rate(value_c: Floats) -> Floats:
    return np.asarray(np.exp(-ACTIVATION_K / (value_c + ZERO_C_IN_K)))
