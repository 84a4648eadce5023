"""Great circle times circuity."""

from __future__ import annotations

import math

import pytest

from optimizer.domain.network import Site, SiteKind
from optimizer.travel.great_circle import GreatCircle


def _site(name: str, lat: float, lon: float) -> Site:
    return Site(id=name, kind=SiteKind.PICKUP, name=name, lat=lat, lon=lon, hours=())


def test_a_quarter_of_the_equator() -> None:
    distance = GreatCircle(circuity=1.0).matrix([_site("A", 0, 0)], [_site("B", 0, 90)])
    assert distance.distance_m[0, 0] == round(6_371_009 * math.pi / 2)


def test_circuity_stretches_before_rounding() -> None:
    start, end = _site("A", 4.70, -74.10), _site("B", 4.71, -74.10)
    crow = 6_371_009 * math.radians(0.01)
    for circuity in (1.0, 1.3, 2.5):
        matrix = GreatCircle(circuity=circuity).matrix([start], [end])
        assert matrix.distance_m[0, 0] == round(crow * circuity)


def test_the_date_line_is_no_wall() -> None:
    distance = GreatCircle(circuity=1.0).matrix([_site("A", 0, 179.9)], [_site("B", 0, -179.9)])
    assert distance.distance_m[0, 0] == round(6_371_009 * math.radians(0.2))


def test_time_follows_from_speed() -> None:
    matrix = GreatCircle(circuity=1.0).matrix([_site("A", 0, 0)], [_site("B", 0, 1)])
    assert matrix.duration_s is None
    assert matrix.durations(40.0)[0, 0] == math.ceil(matrix.distance_m[0, 0] * 3.6 / 40)


def test_the_digest_changes_with_the_circuity_alone() -> None:
    assert GreatCircle(circuity=1.3).source == GreatCircle().source
    assert GreatCircle(circuity=1.3).source != GreatCircle(circuity=1.4).source


@pytest.mark.parametrize("circuity", [0.0, -1.3, math.nan, math.inf])
def test_a_circuity_that_is_none_is_refused(circuity: float) -> None:
    with pytest.raises(ValueError, match="circuity"):
        GreatCircle(circuity=circuity)
