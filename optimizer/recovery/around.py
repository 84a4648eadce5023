"""The shortest way around an area as the crow flies, as a factor of the straight line.

Corners of the area and places are joined where the straight line between them does not lead
through it; the shortest way runs over such lines (Lozano-Pérez and Wesley 1979, *Communications of
the ACM* 22(10), 560-570). Between corners it is found once for all (Floyd 1962).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

METRES_PER_DEGREE = 111_195.0
"""Of latitude on the mean sphere."""

TOUCHES_M = 0.01
"""What lies so near to an edge lies on it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Area:
    """A simple polygon on a plane that touches the earth at its middle.

    Parameters
    ----------
    corners
        East and north of each corner in metres, shape (n, 2).
    middle
        Latitude and longitude of the origin.
    between
        Shortest way from corner to corner, shape (n, n).
    """

    corners: FloatArray
    middle: tuple[float, float]
    between: FloatArray

    @classmethod
    def of(cls, ring: tuple[tuple[float, float], ...]) -> Area:
        """Build an area from latitudes and longitudes of its corners."""
        degrees = np.asarray(ring, dtype=np.float64)
        middle = float(degrees[:, 0].mean()), float(degrees[:, 1].mean())
        corners = _plane(degrees, middle)
        return cls(corners=corners, middle=middle, between=_between(corners))

    def plane(self, lat: npt.ArrayLike, lon: npt.ArrayLike) -> FloatArray:
        """Give east and north of places in metres."""
        degrees = np.stack([np.asarray(lat, float), np.asarray(lon, float)], axis=-1)
        return _plane(degrees, self.middle)

    def holds(self, places: FloatArray) -> BoolArray:
        """Say which places lie inside."""
        near, found = _near(self.corners, places, places), np.zeros(len(places), dtype=np.bool_)
        if near.any():
            found[near] = _inside(self.corners, places[near])
        return found

    def crossed(self, origins: FloatArray, destinations: FloatArray) -> BoolArray:
        """Say which straight lines lead through it, shape (origins, destinations)."""
        a, b = _pairs(origins, destinations)
        return _through(self.corners, a, b).reshape(len(origins), len(destinations))

    def factor(self, origins: FloatArray, destinations: FloatArray) -> FloatArray:
        """Give the way around over the straight line; 1 where that does not lead through.

        Infinite where either end lies inside.
        """
        found: FloatArray = np.ones((len(origins), len(destinations)))
        through = self.crossed(origins, destinations)
        if not through.any():
            return found
        rows, columns = np.flatnonzero(through.any(axis=1)), np.flatnonzero(through.any(axis=0))
        here, there = origins[rows], destinations[columns]
        a, b = _pairs(here, there)
        straight = np.hypot(*(b - a).T).reshape(len(here), len(there))
        out, back = self._to_corners(here), self._to_corners(there)
        # The best way leaves an origin for some corner; from there it is known for all places.
        onward = np.min(self.between[:, :, None] + back.T[None, :, :], axis=1)
        way = np.min(out[:, :, None] + onward[None, :, :], axis=1)
        ratio = np.maximum(way / np.maximum(straight, 1.0), 1.0)
        grid = np.ix_(rows, columns)
        found[grid] = np.where(through[grid], ratio, 1.0)
        return found

    def _to_corners(self, places: FloatArray) -> FloatArray:
        """Measure the lines from places to the corners that they see; infinite to the others."""
        a, b = _pairs(places, self.corners)
        seen = ~_through(self.corners, a, b) & ~np.repeat(self.holds(places), len(self.corners))
        metres = np.where(seen, np.hypot(*(b - a).T), np.inf)
        return metres.reshape(len(places), len(self.corners))


def _plane(degrees: FloatArray, middle: tuple[float, float]) -> FloatArray:
    north = (degrees[..., 0] - middle[0]) * METRES_PER_DEGREE
    east = (degrees[..., 1] - middle[1]) * METRES_PER_DEGREE * np.cos(np.radians(middle[0]))
    return np.stack([east, north], axis=-1)


def _pairs(a: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.repeat(a, len(b), axis=0), np.tile(b, (len(a), 1))


def _side(a: FloatArray, b: FloatArray, c: FloatArray) -> FloatArray:
    """Say on which side of the line from a to b a place lies: the sign of a double area."""
    ab, ac = b - a, c - a
    area: FloatArray = ab[..., 0] * ac[..., 1] - ab[..., 1] * ac[..., 0]
    # Half a metre over a kilometre: corners and what touches them lie on the line.
    area[np.abs(area) < 1e-6 * (1.0 + np.hypot(ab[..., 0], ab[..., 1]) ** 2)] = 0.0
    return area


def _inside(corners: FloatArray, places: FloatArray) -> BoolArray:
    """Count the edges that a ray to the east meets; what lies on an edge is outside."""
    a, b = corners, np.roll(corners, -1, axis=0)
    x, y = places[:, 0:1], places[:, 1:2]
    spans = (a[:, 1] > y) != (b[:, 1] > y)
    rise = np.where(a[:, 1] == b[:, 1], 1.0, b[:, 1] - a[:, 1])
    meets = spans & (x < a[:, 0] + (y - a[:, 1]) / rise * (b[:, 0] - a[:, 0]))
    odd: BoolArray = meets.sum(axis=1) % 2 == 1
    return odd & ~_on_edge(corners, places)


def _on_edge(corners: FloatArray, places: FloatArray) -> BoolArray:
    a, b = corners[None], np.roll(corners, -1, axis=0)[None]
    p = places[:, None, :]
    along = np.sum((p - a) * (b - a), axis=-1) / np.maximum(np.sum((b - a) ** 2, axis=-1), 1e-9)
    foot = a + np.clip(along, 0.0, 1.0)[..., None] * (b - a)
    away = np.hypot(*np.moveaxis(p - foot, -1, 0))
    near: BoolArray = np.asarray((away < TOUCHES_M).any(axis=1), dtype=np.bool_)
    return near


def _through(corners: FloatArray, a: FloatArray, b: FloatArray) -> BoolArray:
    """Say which straight lines lead through the inside.

    Most lines of a city pass far from an area: only those whose frame meets its own are looked at.
    """
    near, found = _near(corners, a, b), np.zeros(len(a), dtype=np.bool_)
    if near.any():
        found[near] = _cuts(corners, a[near], b[near])
    return found


def _near(corners: FloatArray, a: FloatArray, b: FloatArray) -> BoolArray:
    """Say which straight lines have a frame, west to east and south to north, that meets it."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    meets = (low <= corners.max(axis=0)) & (high >= corners.min(axis=0))
    near: BoolArray = np.logical_and.reduce(meets, axis=1)
    return near


def _cuts(corners: FloatArray, a: FloatArray, b: FloatArray) -> BoolArray:
    """Say which straight lines cross an edge, or lie inside."""
    c, d = corners[None], np.roll(corners, -1, axis=0)[None]
    p, q = a[:, None, :], b[:, None, :]
    cross = (_side(p, q, c) * _side(p, q, d) < 0) & (_side(c, d, p) * _side(c, d, q) < 0)
    places = [a + share * (b - a) for share in (0.0, 0.1, 0.5, 0.9, 1.0)]
    inside = np.stack([cross.any(axis=1), *(_inside(corners, place) for place in places)])
    through: BoolArray = np.logical_or.reduce(inside, axis=0)
    return through


def _between(corners: FloatArray) -> FloatArray:
    a, b = _pairs(corners, corners)
    seen = ~_through(corners, a, b)
    count = len(corners)
    metres = np.where(seen, np.hypot(*(b - a).T), np.inf).reshape(count, count)
    for corner in range(count):
        metres = np.minimum(metres, metres[:, corner : corner + 1] + metres[corner])
    return metres
