"""Ways around an area: as short as they can be, and never through it."""

from math import hypot

import numpy as np
import pytest

from optimizer.recovery.around import METRES_PER_DEGREE, Area

KM = 1000.0 / METRES_PER_DEGREE


def _square(half_km: float) -> Area:
    half = half_km * KM
    return Area.of(((-half, -half), (-half, half), (half, half), (half, -half)))


def _factor(area: Area, a: tuple[float, float], b: tuple[float, float]) -> float:
    """Give the factor between two places, east and north in kilometres."""
    places = [area.plane([north * KM], [east * KM]) for east, north in (a, b)]
    return float(area.factor(*places)[0, 0])


def test_a_way_past_an_area_is_a_straight_line() -> None:
    area = _square(1.0)
    assert _factor(area, (-2, 1.5), (2, 1.5)) == 1.0
    assert _factor(area, (-2, 0), (-2, 5)) == 1.0


def test_the_way_around_a_square_bends_at_its_corners() -> None:
    # From 2 km west to 2 km east, around two corners of a square of 2 km.
    expected = (2 * hypot(1, 1) + 2) / 4
    assert _factor(_square(1.0), (-2, 0), (2, 0)) == pytest.approx(expected, rel=1e-4)


def test_both_directions_are_equally_long() -> None:
    area = _square(1.0)
    there, back = _factor(area, (-2, 0.4), (3, -0.2)), _factor(area, (3, -0.2), (-2, 0.4))
    assert there == pytest.approx(back) and there > 1.0


def test_the_way_along_an_edge_is_open() -> None:
    area = _square(1.0)
    assert _factor(area, (-2, 1), (2, 1)) == pytest.approx(1.0, abs=1e-6)


def test_a_bay_is_left_by_its_mouth() -> None:
    corners = [(0, 0), (3, 0), (3, 3), (2, 3), (2, 1), (1, 1), (1, 3), (0, 3)]
    area = Area.of(tuple((north * KM, east * KM) for east, north in corners))
    # From the bottom of the bay to a place below: up to the mouth, along the top, down the side.
    way = hypot(0.5, 1.0) + 1.0 + 3.0 + hypot(1.5, 1.0)
    assert _factor(area, (1.5, 2), (1.5, -1)) == pytest.approx(way / 3.0, rel=1e-3)


def test_nothing_leads_to_a_place_inside() -> None:
    area = _square(1.0)
    assert not np.isfinite(_factor(area, (-2, 0), (0, 0)))
    inside = area.holds(area.plane([0.0, 2 * KM], [0.0, 0.0]))
    assert inside.tolist() == [True, False]
