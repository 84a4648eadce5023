"""Judges legs: on which stretches of it a van with goods on board has no station."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.coverage.paths import Leg, Samples
from optimizer.coverage.stations import Answers, Bools, Places, Stations
from optimizer.coverage.ways import Ways
from optimizer.coverage.words import Gap, Share
from optimizer.domain.temperature import Zone


def legs_in(
    legs: Sequence[Leg], samples: Samples, ways: Ways, stations: Stations, zone: Zone
) -> tuple[list[Share], list[Gap]]:
    """Judge the legs that have goods of a zone on board.

    Parameters
    ----------
    legs, samples, ways
        Every leg, the places along them, and how far these are from the stations.
    stations
        The stations.
    zone
        The zone.
    """
    load = np.array([leg.load_ml.get(zone, 0) for leg in legs], dtype=np.int64)[samples.leg]
    places = Places(
        distance_m=ways.distance_m, duration_s=ways.duration_s, at=samples.at, load_ml=load
    )
    answers = stations.judge(places, zone)
    judged = _Judged(samples=samples, answers=answers, stations=stations, zone=zone)
    shares: list[Share] = []
    gaps: list[Gap] = []
    for number, leg in enumerate(legs):
        if zone not in leg.load_ml:
            continue
        found = judged.gaps(number, leg)
        shares.append(
            Share(
                grid=leg.route.start_site,
                zone=zone,
                legs=1,
                covered_legs=int(not found),
                metres=leg.metres,
                covered_metres=leg.metres - sum(gap.metres for gap in found),
            )
        )
        gaps += found
    return shares, gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Places along legs with their answers."""

    samples: Samples
    answers: Answers
    stations: Stations
    zone: Zone

    def gaps(self, number: int, leg: Leg) -> list[Gap]:
        """Give the stretches of a leg without a station."""
        first, end = int(self.samples.first[number]), int(self.samples.first[number + 1])
        half = 0.5 / (end - first - 1)
        return [
            self._gap(leg, first + begin, first + last, half)
            for begin, last in _runs(self.answers.covered[first:end])
        ]

    def _gap(self, leg: Leg, first: int, last: int, half: float) -> Gap:
        samples, middle = self.samples, (first + last) // 2
        begin = max(0.0, float(samples.along[first]) - half)
        end = min(1.0, float(samples.along[last]) + half)
        ride = leg.arrives - leg.leaves
        return Gap(
            route=leg.route.id,
            vehicle=leg.route.vehicle,
            leg=leg.number,
            from_site=leg.origin.id,
            to_site=leg.aim.id,
            grid=leg.route.start_site,
            zone=self.zone,
            from_m=round(begin * leg.metres),
            to_m=round(end * leg.metres),
            starts=leg.leaves + round(begin * ride),
            ends=leg.leaves + round(end * ride),
            lat=float(samples.lat[middle]),
            lon=float(samples.lon[middle]),
            reason=self.stations.reason(self.answers, middle),
            nearest=self.stations.nearest(self.answers, middle),
        )


def _runs(covered: Bools) -> list[tuple[int, int]]:
    """Give the first and the last place of every stretch without a station."""
    if covered.all():
        return []
    edges = np.diff(np.concatenate([[True], covered, [True]]).astype(np.int8))
    begins, ends = np.flatnonzero(edges == -1), np.flatnonzero(edges == 1) - 1
    return list(zip(begins.tolist(), ends.tolist(), strict=True))
