"""Ways along streets: which is shortest, what a closure costs, who is too far from any street."""

from __future__ import annotations

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from optimizer.domain.errors import InputRefused, TravelUnavailable
from optimizer.domain.problem import TravelSettings
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.open_provider import open_provider
from optimizer.travel.provider import TravelProvider
from optimizer.travel.road_graph import ACCESS_KMH
from tests.streets import Town, closed_box, graphml, metres, place

TOWN = Town(south=28.0, west=112.8, north=28.04, east=112.84, rows=5, columns=5)
SOUTH_WEST, SOUTH_EAST = place("A", 28.0, 112.8), place("B", 28.0, 112.84)
NORTH_EAST = place("C", 28.04, 112.84)
STEP = metres((28.0, 112.8), (28.0, 112.81))
UP = metres((28.0, 112.8), (28.01, 112.8))


def opened(folder: Path, file: str = "town.csv", closures: str | None = None) -> TravelProvider:
    return open_provider(
        TravelSettings(provider="road_graph", file=file, closures=closures), folder
    )


def between(provider: TravelProvider, *sites: object) -> list[list[int]]:
    matrix = provider.matrix(list(sites), list(sites))  # type: ignore[arg-type]
    rows: list[list[int]] = matrix.distance_m.tolist()
    return rows


@pytest.mark.parametrize("write", ["edge_list", "graphml"])
def test_both_formats_give_the_ways_along_the_streets(tmp_path: Path, write: str) -> None:
    path = tmp_path / ("town.csv" if write == "edge_list" else "town.graphml")
    getattr(TOWN, write)(path)
    provider = opened(tmp_path, path.name)
    far = round(4 * UP + 4 * STEP)
    ways = between(provider, SOUTH_WEST, SOUTH_EAST, NORTH_EAST)
    assert ways[0] == pytest.approx([0, 4 * STEP, far], abs=5)
    assert ways[2] == pytest.approx([far, 4 * UP, 0], abs=5)
    assert provider.matrix([SOUTH_WEST], [NORTH_EAST]).duration_s is None


def test_all_ways_are_as_long_as_another_search_finds_them(tmp_path: Path) -> None:
    one_way = frozenset({("0.0", "0.1"), ("1.1", "1.2"), ("2.2", "3.2")})
    town = Town(
        south=28.0, west=112.8, north=28.04, east=112.84, rows=5, columns=5, one_way=one_way
    )
    provider = opened(tmp_path, town.edge_list(tmp_path / "town.csv").name)
    graph: nx.DiGraph[str] = nx.DiGraph()
    for tail, head, length in town.streets():
        graph.add_edge(tail, head, weight=length)
        if (tail, head) not in one_way:
            graph.add_edge(head, tail, weight=length)
    sites = [place(name, *where) for name, where in town.crossings().items()]
    found = provider.matrix(sites, sites).distance_m
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    wanted = [[lengths[one.id][other.id] for other in sites] for one in sites]
    assert found.tolist() == pytest.approx(np.array(wanted), abs=0.51)
    assert bool((found != found.T).any())


def test_a_closure_makes_the_way_longer_and_the_source_another(tmp_path: Path) -> None:
    TOWN.edge_list(tmp_path / "town.csv")
    free = opened(tmp_path)
    # The middle of the southern street is closed: the way leads round the next block.
    closed_box(tmp_path / "closed.geojson", 27.99, 112.814, 28.001, 112.816)
    shut = opened(tmp_path, closures="closed.geojson")
    assert between(free, SOUTH_WEST, SOUTH_EAST)[0][1] == pytest.approx(4 * STEP, abs=2)
    detour = between(shut, SOUTH_WEST, SOUTH_EAST)[0][1]
    assert detour == pytest.approx(4 * STEP + 2 * UP, abs=5)
    assert free.source.digest != shut.source.digest
    closed_box(tmp_path / "closed.geojson", 27.99, 112.824, 28.001, 112.826)
    assert opened(tmp_path, closures="closed.geojson").source.digest != shut.source.digest


def test_a_site_in_a_closed_area_is_reached_only_if_its_crossing_is(tmp_path: Path) -> None:
    TOWN.edge_list(tmp_path / "town.csv")
    closed_box(tmp_path / "closed.geojson", 27.995, 112.795, 28.005, 112.805)
    provider = opened(tmp_path, closures="closed.geojson")
    ways = between(provider, SOUTH_WEST, SOUTH_EAST, NORTH_EAST)
    assert ways[0] == [0, UNREACHABLE, UNREACHABLE]
    assert [row[0] for row in ways] == [0, UNREACHABLE, UNREACHABLE]
    # Inside the area as well, but nearest to a crossing outside of it.
    rim = place("R", 28.0049, 112.8051)
    assert between(provider, rim, NORTH_EAST)[0][1] > 0


def test_a_bent_street_is_closed_where_it_runs_and_not_where_it_would_be_straight(
    tmp_path: Path,
) -> None:
    nodes = {"a": (28.0, 112.8), "b": (28.0, 112.82)}
    bow = "LINESTRING (112.8 28.0, 112.81 28.01, 112.82 28.0)"
    edges = [
        ("a", "b", {"length": "3000", "geometry": bow}), ("b", "a", {"length": "2000"}),
    ]  # fmt: skip
    (tmp_path / "town.graphml").write_text(graphml(nodes, edges))
    closed_box(tmp_path / "closed.geojson", 28.008, 112.805, 28.012, 112.815)
    sites = [place("A", *nodes["a"]), place("B", *nodes["b"])]
    ways = between(opened(tmp_path, "town.graphml", "closed.geojson"), *sites)
    assert ways == [[0, UNREACHABLE], [2000, 0]]


def test_access_counts_with_circuity_and_in_time(tmp_path: Path) -> None:
    TOWN.edge_list(tmp_path / "town.csv", kmh=36.0)
    off = place("A", 28.0, 112.7995)
    matrix = opened(tmp_path).matrix([off], [SOUTH_EAST])
    access = 1.3 * metres((28.0, 112.7995), (28.0, 112.8))
    assert access > 60
    assert matrix.distance_m[0, 0] == pytest.approx(4 * STEP + access, abs=3)
    assert matrix.duration_s is not None
    assert matrix.duration_s[0, 0] == pytest.approx(
        4 * STEP / 10 + access * 3.6 / ACCESS_KMH, abs=1
    )
    # Measured times do not ask the vehicle.
    assert matrix.durations(5.0).tolist() == matrix.durations(90.0).tolist()


def test_with_times_the_quickest_way_is_taken_and_its_metres_told(tmp_path: Path) -> None:
    nodes = {"a": (28.0, 112.8), "b": (28.0, 112.82), "c": (28.01, 112.81)}
    edges = [
        ("a", "b", {"length": "2000", "travel_time": "900"}),
        ("a", "c", {"length": "1600", "travel_time": "100"}),
        ("c", "b", {"length": "1600", "travel_time": "120"}),
    ]
    (tmp_path / "town.graphml").write_text(graphml(nodes, edges))
    sites = [place("A", *nodes["a"]), place("B", *nodes["b"])]
    matrix = opened(tmp_path, "town.graphml").matrix(sites, sites)
    assert matrix.distance_m.tolist() == [[0, 3200], [UNREACHABLE, 0]]
    assert matrix.duration_s is not None
    assert matrix.duration_s.tolist() == [[0, 220], [UNREACHABLE, 0]]


def test_speed_limits_give_times_where_every_street_has_one(tmp_path: Path) -> None:
    nodes = {"a": (28.0, 112.8), "b": (28.0, 112.82)}
    sites = [place("A", *nodes["a"]), place("B", *nodes["b"])]
    edges = [
        ("a", "b", {"length": "1000", "maxspeed": "36"}),
        ("b", "a", {"length": "1609.344", "maxspeed": "30 mph"}),
    ]
    (tmp_path / "all.graphml").write_text(graphml(nodes, edges))
    (tmp_path / "some.graphml").write_text(graphml(nodes, [edges[0], ("b", "a", {"length": "1"})]))
    timed = opened(tmp_path, "all.graphml").matrix(sites, sites).duration_s
    assert timed is not None
    assert timed.tolist() == [[0, 100], [120, 0]]
    assert opened(tmp_path, "some.graphml").matrix(sites, sites).duration_s is None


def test_an_undirected_graph_goes_both_ways_but_for_one_way_streets(tmp_path: Path) -> None:
    nodes = {"a": (28.0, 112.8), "b": (28.0, 112.82), "c": (28.0, 112.84)}
    edges = [
        ("a", "b", {"length": "2000"}), ("b", "c", {"length": "2000", "oneway": "True"}),
    ]  # fmt: skip
    (tmp_path / "town.graphml").write_text(graphml(nodes, edges, default="undirected"))
    sites = [place(name, *where) for name, where in nodes.items()]
    assert between(opened(tmp_path, "town.graphml"), *sites) == [
        [0, 2000, 4000],
        [2000, 0, 2000],
        [UNREACHABLE, UNREACHABLE, 0],
    ]


def test_sites_far_from_every_street_are_named_together(tmp_path: Path) -> None:
    TOWN.edge_list(tmp_path / "town.csv")
    sites = {one.id: one for one in (SOUTH_WEST, place("X", 28.5, 112.8), place("Y", 0.0, 0.0))}
    settings = TravelSettings(provider="road_graph", file="town.csv")
    with pytest.raises(InputRefused) as refused:
        open_provider(settings, tmp_path, sites=sites)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [
        ("CG-2014", "site X"),
        ("CG-2014", "site Y"),
    ]


# --- files that are none ------------------------------------------------------------------------

HEAD = "from,from_lat,from_lon,to,to_lat,to_lon,length_m,seconds,oneway\n"
BOMB = '<?xml version="1.0"?><!DOCTYPE g [<!ENTITY a "aaaa">]><graphml><graph/></graphml>'
POINTS = {"a": (28.0, 112.8), "b": (28.0, 112.82)}


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("g.graphml", "no xml", "CG-2010"),
        ("g.graphml", BOMB, "CG-2010"),
        ("g.graphml", "<graphml/>", "CG-2010"),
        ("g.graphml", graphml(POINTS, []), "CG-2010"),
        ("g.graphml", graphml({"a": (95.0, 0.0)}, [("a", "a", {"length": "1"})]), "CG-2011"),
        ("g.graphml", graphml(POINTS, [("a", "c", {"length": "1"})]), "CG-2012"),
        ("g.graphml", graphml(POINTS, [("a", "b", {})]), "CG-2012"),
        ("g.graphml", graphml(POINTS, [("a", "b", {"length": "-1"})]), "CG-2012"),
        ("g.csv", "from,to\n", "CG-2010"),
        ("g.csv", HEAD, "CG-2010"),
        ("g.csv", HEAD + "a,28,112,b,28,113,5,6,,7\n", "CG-2010"),
        ("g.csv", HEAD + 'a,28,112,b,28,113,"5\n', "CG-2010"),
        ("g.csv", HEAD + "a,28,112,b,28,113,nan,,\n", "CG-2012"),
        ("g.csv", HEAD + "a,28,112,b,28,113,5,soon,\n", "CG-2012"),
        ("g.csv", HEAD + "a,28,112,b,28,113,5,,perhaps\n", "CG-2012"),
        ("g.csv", HEAD + "a,28,112,b,28,113,5,,\nb,29,113,a,28,112,5,,\n", "CG-2011"),
        ("g.csv", HEAD + "a,28,112,b,28,113,5,6,\nb,28,113,a,28,112,5,,\n", "CG-2013"),
        ("g.txt", HEAD, "CG-2010"),
    ],
)
def test_a_file_that_is_no_road_graph_is_refused(
    tmp_path: Path, name: str, content: str, code: str
) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputRefused) as refused:
        opened(tmp_path, name)
    assert {fault.code for fault in refused.value.faults} == {code}
    assert all(fault.place.startswith(name) for fault in refused.value.faults)


def test_a_line_that_is_none_is_refused_when_areas_are_closed(tmp_path: Path) -> None:
    edges = [("a", "b", {"length": "1", "geometry": "LINESTRING (x)"})]
    (tmp_path / "g.graphml").write_text(graphml(POINTS, edges))
    closed_box(tmp_path / "closed.geojson", 0, 0, 1, 1)
    with pytest.raises(InputRefused, match="CG-2012"):
        opened(tmp_path, "g.graphml", "closed.geojson")


def _square(*, west: float = 0.0, width: float = 1.0) -> dict[str, object]:
    ring = [[west, 0], [west + width, 0], [west + width, 1], [west, 1], [west, 0]]
    return {"type": "Polygon", "coordinates": [ring]}


BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "CG-2015"),
        ({"type": "Point", "coordinates": [0, 0]}, "CG-2015"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "CG-2015"),
        ({"type": "Polygon", "coordinates": "no"}, "CG-2015"),
        ({"type": "Polygon", "coordinates": []}, "CG-2015"),
        (BOW_TIE, "CG-2015"),
        (_square(west=179.5), "CG-2015"),
        ({"type": "Feature", "properties": {"from": "06:00"}, "geometry": _square()}, "CG-2016"),
        ({"type": "FeatureCollection", "features": [None]}, "CG-2015"),
    ],
)
def test_closures_that_are_no_areas_are_refused(
    tmp_path: Path, document: object, code: str
) -> None:
    TOWN.edge_list(tmp_path / "town.csv")
    (tmp_path / "closed.geojson").write_text(json.dumps(document))
    with pytest.raises(InputRefused) as refused:
        opened(tmp_path, closures="closed.geojson")
    assert [fault.code for fault in refused.value.faults] == [code]
    assert refused.value.faults[0].place.startswith("closed.geojson")


def test_closures_that_are_no_json_or_not_there_are_refused(tmp_path: Path) -> None:
    TOWN.edge_list(tmp_path / "town.csv")
    (tmp_path / "closed.geojson").write_bytes(b"\xff")
    with pytest.raises(InputRefused, match="CG-2015"):
        opened(tmp_path, closures="closed.geojson")
    with pytest.raises(TravelUnavailable) as unavailable:
        opened(tmp_path, closures="other.geojson")
    assert unavailable.value.code == "CG-2002"
    with pytest.raises(InputRefused, match=r"CG-2003 settings.yaml travel.closures"):
        opened(tmp_path, closures="../closed.geojson")


def test_many_faults_are_not_told_row_by_row_for_ever(tmp_path: Path) -> None:
    (tmp_path / "g.csv").write_text(HEAD + "a,28,112,b,28,113,far,,\n" * 1000)
    with pytest.raises(InputRefused) as refused:
        opened(tmp_path, "g.csv")
    assert len(refused.value.faults) == 200
