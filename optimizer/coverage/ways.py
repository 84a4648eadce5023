"""Distances and times from places along legs to the stations, for each place its own vehicle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from optimizer.coverage.paths import Floats, Leg, Samples
from optimizer.domain.errors import ColdgridError
from optimizer.domain.network import Site
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.travel.provider import TravelProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """From every place to every station, shape (places, stations).

    Parameters
    ----------
    by_position
        Whether they were measured from the place itself.
    """

    distance_m: IntArray
    duration_s: IntArray
    by_position: bool = True


def ways_from(
    problem: Problem,
    legs: Sequence[Leg],
    samples: Samples,
    stations: Sequence[Site],
    travel: TravelProvider,
) -> Ways:
    """Measure from places on the road; from the sites around where the source knows sites alone."""
    speed, factor = paces(problem, legs)
    try:
        matrix = travel.matrix(samples.sites(), list(stations))
    except ColdgridError:
        return _around(problem, legs, samples, stations, travel)
    of_leg = samples.leg
    seconds = seconds_of(matrix, speed[of_leg], factor[of_leg])
    return Ways(distance_m=matrix.distance_m, duration_s=seconds)


def paces(problem: Problem, legs: Sequence[Leg]) -> tuple[Floats, Floats]:
    """Give speed and traffic factor of each leg."""
    speeds = problem.travel.speed_kmh
    speed = [speeds.get(leg.route.vehicle_type, 1.0) for leg in legs]
    factor = [problem.travel.factor(problem.wave(leg.route.wave).departs) for leg in legs]
    return np.array(speed), np.array(factor)


def seconds_of(matrix: TravelMatrix, speed_kmh: Floats, factor: Floats) -> IntArray:
    """Give travel seconds as ``TravelMatrix.durations`` does, each row at its own pace."""
    seconds = (
        matrix.distance_m * (3.6 * factor / speed_kmh)[:, None]
        if matrix.duration_s is None
        else matrix.duration_s * factor[:, None]
    )
    whole = np.ceil(np.round(seconds, 6)).astype(np.int64)
    return np.where(matrix.distance_m == UNREACHABLE, UNREACHABLE, whole)


def _around(
    problem: Problem,
    legs: Sequence[Leg],
    samples: Samples,
    stations: Sequence[Site],
    travel: TravelProvider,
) -> Ways:
    """Go on to the next site or back to the last one, whichever is nearer to the station."""
    speed, factor = paces(problem, legs)
    length = np.array([leg.metres for leg in legs], dtype=np.int64)
    span = np.array([leg.arrives - leg.leaves for leg in legs], dtype=np.int64)
    metres, seconds = [], []
    for ends, share in (
        ([leg.aim for leg in legs], 1.0 - samples.along),
        ([leg.origin for leg in legs], samples.along),
    ):
        matrix = travel.matrix(ends, list(stations))
        beyond = matrix.distance_m[samples.leg]
        ride = seconds_of(matrix, speed, factor)[samples.leg]
        first_m = np.rint(share * length[samples.leg]).astype(np.int64)
        first_s = np.rint(share * span[samples.leg]).astype(np.int64)
        joined = beyond != UNREACHABLE
        metres.append(np.where(joined, beyond + first_m[:, None], np.iinfo(np.int64).max))
        seconds.append(np.where(joined, ride + first_s[:, None], np.iinfo(np.int64).max))
    onward = metres[0] <= metres[1]
    found = np.where(onward, metres[0], metres[1])
    ride = np.where(onward, seconds[0], seconds[1])
    joined = found != np.iinfo(np.int64).max
    return Ways(
        distance_m=np.where(joined, found, UNREACHABLE),
        duration_s=np.where(joined, ride, UNREACHABLE),
        by_position=False,
    )
