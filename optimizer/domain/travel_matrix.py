"""Distances and times between sites, as arrays; how they came about is a provider's business."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.domain.ids import SiteId
from optimizer.domain.units import Metres, Seconds

IntArray = npt.NDArray[np.int64]

UNREACHABLE = -1
"""Distance of a pair of sites that no road joins."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TravelMatrix:
    """Directed distances from origins to destinations.

    Parameters
    ----------
    origins, destinations
        Site ids of rows and columns; the same tuple for a square matrix.
    distance_m
        Integer metres, shape (origins, destinations); ``UNREACHABLE`` where there is no way.
    duration_s
        Integer seconds of the same shape where the source measured times, before the traffic
        factor; None where times follow from distance and a vehicle's speed.
    """

    origins: tuple[SiteId, ...]
    destinations: tuple[SiteId, ...]
    distance_m: IntArray
    duration_s: IntArray | None = None

    def durations(self, speed_kmh: float, factor: float = 1.0) -> IntArray:
        """Give travel seconds, rounded up, for a speed and a traffic factor.

        Measured durations take the factor and ignore the speed. Unreachable pairs stay
        ``UNREACHABLE``.
        """
        if self.duration_s is None:
            seconds = self.distance_m * (3.6 * factor / speed_kmh)
        else:
            seconds = self.duration_s * factor
        whole = np.ceil(np.round(seconds, 6)).astype(np.int64)
        return np.where(self.distance_m == UNREACHABLE, UNREACHABLE, whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One drive from site to site."""

    distance_m: Metres
    duration_s: Seconds
