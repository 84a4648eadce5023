"""Distances as the crow flies times circuity: needs no file, no network and no road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
import numpy.typing as npt
from geopy.distance import EARTH_RADIUS

from optimizer.domain.network import Site
from optimizer.domain.plan import TravelSource
from optimizer.domain.problem import digest_of
from optimizer.domain.travel_matrix import TravelMatrix

NAME = "great_circle"
EARTH_RADIUS_M = 1000.0 * float(EARTH_RADIUS)

FloatArray = npt.NDArray[np.float64]


def haversine_m(
    lat: npt.ArrayLike, lon: npt.ArrayLike, to_lat: npt.ArrayLike, to_lon: npt.ArrayLike
) -> FloatArray:
    """Measure all great circles from one list of coordinates to another, in metres.

    hav θ = hav Δφ + cos φ₁ cos φ₂ hav Δλ with hav x = sin²(x / 2); the distance is R θ
    (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope 68, 1984, p. 159). Unlike the
    spherical law of cosines it loses no digits between neighbours.

    Parameters
    ----------
    lat, lon
        Degrees of the origins, the rows of the answer.
    to_lat, to_lon
        Degrees of the destinations, its columns.
    """
    phi = np.radians(np.asarray(lat, dtype=np.float64))[:, None]
    to_phi = np.radians(np.asarray(to_lat, dtype=np.float64))[None, :]
    away = np.radians(np.asarray(to_lon, dtype=np.float64))[None, :]
    away = away - np.radians(np.asarray(lon, dtype=np.float64))[:, None]
    hav = np.sin((to_phi - phi) / 2) ** 2
    hav += np.cos(phi) * np.cos(to_phi) * np.sin(away / 2) ** 2
    # Rounding may carry antipodes a hair beyond 1, where arcsin has no value.
    angle: FloatArray = 2.0 * np.arcsin(np.sqrt(np.minimum(hav, 1.0)))
    return EARTH_RADIUS_M * angle


@dataclass(frozen=True, slots=True, kw_only=True)
class GreatCircle:
    """Great circle times circuity; durations follow from a vehicle's speed.

    Parameters
    ----------
    circuity
        Road metres per great-circle metre.
    """

    circuity: float = 1.3

    def __post_init__(self) -> None:
        if not (isfinite(self.circuity) and self.circuity > 0):
            raise ValueError(f"circuity must be a positive number, not {self.circuity}")

    @property
    def source(self) -> TravelSource:
        """Name the formula and the two numbers that determine its answers."""
        return TravelSource(
            provider=NAME, digest=digest_of([NAME, EARTH_RADIUS_M, float(self.circuity)])
        )

    def matrix(self, origins: Sequence[Site], destinations: Sequence[Site]) -> TravelMatrix:
        """Give distances between all origins and destinations; every pair has a way."""
        crow = haversine_m(
            [site.lat for site in origins],
            [site.lon for site in origins],
            [site.lat for site in destinations],
            [site.lon for site in destinations],
        )
        return TravelMatrix(
            origins=tuple(site.id for site in origins),
            destinations=tuple(site.id for site in destinations),
            distance_m=np.rint(crow * self.circuity).astype(np.int64),
        )
