"""Distances while an area is closed, by the crow and by streets."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from optimizer.domain.problem import TravelSettings
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.recovery.closed_travel import ClosedTravel
from optimizer.travel.open_provider import open_provider
from tests import builders
from tests.broken_days import ROADS

WEST, INSIDE, EAST, NORTH = (
    builders.point("W", -3.0),
    builders.point("I", 0.0),
    builders.point("E", 3.0),
    builders.point("N", -3.0, 3.0),
)
SITES = [WEST, INSIDE, EAST, NORTH]
SQUARE = tuple(
    (28.2 + north / 111.2, 113.0 + east / 98.0)
    for east, north in ((-1, -1), (1, -1), (1, 1), (-1, 1))
)
CLOSED = ClosedTravel.of(ROADS, SQUARE)


def test_only_ways_through_the_area_grow() -> None:
    before = ROADS.matrix(SITES, SITES).distance_m
    now = CLOSED.matrix(SITES, SITES).distance_m
    assert now[0, 2] > before[0, 2] and now[2, 0] > before[2, 0]
    assert now[0, 3] == before[0, 3]
    assert (np.diag(now) == 0).all()


def test_nobody_gets_inside_and_everybody_gets_out() -> None:
    before = ROADS.matrix(SITES, SITES).distance_m
    now = CLOSED.matrix(SITES, SITES).distance_m
    assert now[0, 1] == UNREACHABLE
    assert now[1, 0] == before[1, 0]


def test_ways_that_are_driven_stay_as_they_were() -> None:
    past = replace(CLOSED, passed=frozenset({("W", "E")}))
    now = past.matrix(SITES, SITES).distance_m
    assert now[0, 2] == ROADS.matrix(SITES, SITES).distance_m[0, 2]
    assert now[2, 0] == CLOSED.matrix(SITES, SITES).distance_m[2, 0]


def test_the_name_tells_one_closing_from_another() -> None:
    other = ClosedTravel.of(ROADS, SQUARE[:3])
    names = {
        one.source.digest
        for one in (CLOSED, other, replace(CLOSED, passed=frozenset({("W", "E")})))
    }
    assert len(names | {ROADS.source.digest}) == 4
    assert CLOSED.source == ClosedTravel.of(ROADS, SQUARE).source


def test_a_road_graph_loses_the_streets_that_touch_the_area(tmp_path: Path) -> None:
    nodes = {"a": (28.2, -3), "b": (28.2, 0), "c": (28.2, 3), "d": (28.245, 0)}
    rows = [("a", "b", 3000), ("b", "c", 3000), ("a", "d", 5800), ("d", "c", 5800)]
    text = "from,to,length_m,from_lat,from_lon,to_lat,to_lon\n"
    for a, b, metres in rows:
        for one, two in ((a, b), (b, a)):
            (lat, east), (lat2, east2) = nodes[one], nodes[two]
            ends = f"{lat},{113 + east / 98},{lat2},{113 + east2 / 98}"
            text += f"{one},{two},{metres},{ends}\n"
    (tmp_path / "streets.csv").write_text(text)
    settings = TravelSettings(provider="road_graph", file="streets.csv")
    open_streets = open_provider(settings, tmp_path)
    closed = ClosedTravel.of(open_streets, SQUARE)
    assert int(open_streets.matrix([WEST], [EAST]).distance_m[0, 0]) == 6000
    assert int(closed.matrix([WEST], [EAST]).distance_m[0, 0]) == 11_600
