"""Judges many places at once: which of them has a station that would take its goods in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.coverage.words import Nearest, Reason
from optimizer.domain.network import Site
from optimizer.domain.temperature import Zone
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Metres

Bools = NDArray[np.bool_]

ANY_TIME = -1
"""A moment that nobody knows: hours do not count."""

NO_LIMIT = np.iinfo(np.int64).max
REASONS = (Reason.NO_ROAD, Reason.TOO_FAR, Reason.NO_ROOM, Reason.CLOSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Places with goods of one zone.

    Parameters
    ----------
    distance_m, duration_s
        By road to every station, shape (places, stations).
    at
        When a vehicle is there; ``ANY_TIME`` where that is not known.
    load_ml
        What would have to be taken in.
    """

    distance_m: IntArray
    duration_s: IntArray
    at: IntArray
    load_ml: IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """One element per place.

    Parameters
    ----------
    covered
        Whether some station helps.
    reason
        Place in ``REASONS``; it means nothing where one helps.
    station, metres
        The nearest by road and how far it is; -1 where no road leads to any.
    """

    covered: Bools
    reason: IntArray
    station: IntArray
    metres: IntArray


class Stations:
    """The stations of a network.

    Parameters
    ----------
    sites
        All of them.
    radius_m
        Those farther off by road do not count; this distance itself does.
    """

    def __init__(self, sites: Sequence[Site], radius_m: Metres) -> None:
        self.sites = tuple(sites)
        self._radius_m = radius_m

    def judge(self, places: Places, zone: Zone) -> Answers:
        """Say which places have a station."""
        size = len(places.at)
        if not self.sites:
            none = np.full(size, -1, dtype=np.int64)
            nowhere = np.zeros(size, dtype=np.bool_)
            return Answers(covered=nowhere, reason=none, station=none, metres=none)
        joined = places.distance_m != UNREACHABLE
        near = joined & (places.distance_m <= self._radius_m)
        roomy = near & (self._room_ml(zone)[None, :] >= places.load_ml[:, None])
        helps = roomy & self._open(places)
        steps = np.stack([joined.any(1), near.any(1), roomy.any(1), helps.any(1)])
        far = np.where(joined, places.distance_m, NO_LIMIT)
        station = far.argmin(axis=1)
        return Answers(
            covered=steps[3],
            reason=np.argmin(steps, axis=0),
            station=np.where(steps[0], station, -1),
            metres=np.where(steps[0], far[np.arange(size), station], -1),
        )

    def reason(self, answers: Answers, place: int) -> Reason:
        """Say why a place has none."""
        return REASONS[int(answers.reason[place])] if self.sites else Reason.NO_STATION

    def nearest(self, answers: Answers, place: int) -> Nearest | None:
        """Give the station that is nearest to a place."""
        station = int(answers.station[place])
        if station < 0:
            return None
        return Nearest(site=self.sites[station].id, distance_m=int(answers.metres[place]))

    def _room_ml(self, zone: Zone) -> IntArray:
        return np.array(
            [site.capacity_ml.get(zone, NO_LIMIT) for site in self.sites], dtype=np.int64
        )

    def _open(self, places: Places) -> Bools:
        """Say who is open on arrival: hours are few, places many."""
        arrival = places.at[:, None] + places.duration_s
        found = np.zeros(arrival.shape, dtype=np.bool_)
        for column, site in enumerate(self.sites):
            for window in site.hours:
                moment = arrival[:, column]
                found[:, column] |= (window.opens <= moment) & (moment <= window.closes)
        found |= (places.at == ANY_TIME)[:, None]
        return found
