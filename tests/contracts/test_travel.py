"""Every travel provider keeps the promises of the protocol; geopy agrees with our arithmetic."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from geopy.distance import great_circle
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import TravelSettings
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.edge_list import read_edge_list
from optimizer.travel.great_circle import GreatCircle, haversine_m
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.means import TravelMeans
from optimizer.travel.memory import forget
from optimizer.travel.open_provider import open_provider
from optimizer.travel.osrm import Osrm
from optimizer.travel.osrm_client import OsrmClient
from optimizer.travel.provider import TravelProvider
from optimizer.travel.road_graph import RoadGraph
from optimizer.travel.road_network import NetworkDraft
from tests.osrm_server import OsrmTown, osrm_town
from tests.streets import Town, closed_box

Opener = Callable[[Path], TravelProvider]


def _site(name: str, lat: float, lon: float) -> Site:
    return Site(id=name, kind=SiteKind.PICKUP, name=name, lat=lat, lon=lon, hours=())


SITES = [_site("C", 4.70, -74.10), _site("G", 4.62, -74.07), _site("P", 4.75, -74.05)]


def _great_circle(folder: Path) -> TravelProvider:
    return GreatCircle(circuity=1.3)


def _matrix_file(folder: Path) -> TravelProvider:
    rows = ["from,to,distance_m,duration_s"]
    rows += [
        f"{start.id},{end.id},{1000 * number},{100 * number}"
        for number, (start, end) in enumerate(itertools.permutations(SITES, 2), start=1)
        if (start.id, end.id) != ("P", "C")
    ]
    path = folder / "matrix.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    return MatrixFile.read(path)


def _streets(folder: Path) -> Town:
    town = Town(south=4.60, west=-74.12, north=4.76, east=-74.04, rows=17, columns=9)
    one_way = frozenset((a, b) for a, b, _ in town.streets() if a.startswith("3.") and "3." in b)
    return replace(town, one_way=one_way)


def _road_graph(folder: Path, *, cache: Path | None = None, **how: float) -> TravelProvider:
    _streets(folder).graphml(folder / "roads.graphml", **how)
    closed_box(folder / "closed.geojson", 4.745, -74.055, 4.755, -74.045)
    settings = TravelSettings(
        provider="road_graph", file="roads.graphml", closures="closed.geojson"
    )
    sites = {site.id: site for site in SITES}
    return open_provider(settings, folder, sites=sites, means=TravelMeans(cache=cache))


def _timed_road_graph(folder: Path) -> TravelProvider:
    return _road_graph(folder, cache=folder / "cache", kmh=30.0)


def _road_graph_alone(folder: Path) -> TravelProvider:
    network = NetworkDraft(file="roads.csv")
    read_edge_list(_streets(folder).edge_list(folder / "roads.csv").read_bytes(), network)
    roads = network.network("sha256:roads")
    assert roads is not None
    return RoadGraph.of(roads)


def _osrm(folder: Path) -> TravelProvider:
    means = TravelMeans(
        osrm_servers={"": _osrm_city().address}, osrm_block=4, cache=folder / "cache"
    )
    return open_provider(TravelSettings(provider="osrm"), folder, means=means)


def _osrm_alone(folder: Path) -> TravelProvider:
    client = OsrmClient(address=_osrm_city().address)
    return Osrm.at(client, address=client.address, profile="driving", block=2)


RUNNING: list[OsrmTown] = []


def _osrm_city() -> OsrmTown:
    return RUNNING[-1]


@pytest.fixture(scope="module", autouse=True)
def osrm_server() -> Iterator[None]:
    """Run one server for all tests; it knows no way to P."""
    with osrm_town(cut_off=frozenset({-74.05})) as town:
        RUNNING.append(town)
        yield
        RUNNING.pop()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    forget()


every_provider = pytest.mark.parametrize(
    "open_it",
    [
        _great_circle, _matrix_file, _road_graph, _timed_road_graph, _road_graph_alone, _osrm,
        _osrm_alone,
    ],
)  # fmt: skip
# A matrix file knows names, not places.
every_provider_of_places = pytest.mark.parametrize(
    "open_it",
    [_great_circle, _road_graph, _timed_road_graph, _road_graph_alone, _osrm, _osrm_alone],
)
some_without_a_way = pytest.mark.parametrize(
    "open_it", [_matrix_file, _road_graph, _timed_road_graph, _osrm, _osrm_alone]
)


@every_provider
def test_shape_and_names_follow_the_arguments(open_it: Opener, tmp_path: Path) -> None:
    matrix = open_it(tmp_path).matrix(SITES[:1], SITES)
    assert matrix.origins == ("C",)
    assert matrix.destinations == ("C", "G", "P")
    assert matrix.distance_m.shape == (1, 3)
    assert matrix.distance_m.dtype == np.int64


@every_provider
def test_a_site_is_at_no_distance_from_itself(open_it: Opener, tmp_path: Path) -> None:
    matrix = open_it(tmp_path).matrix(SITES, SITES)
    assert matrix.distance_m.diagonal().tolist() == [0, 0, 0]
    assert matrix.durations(30.0).diagonal().tolist() == [0, 0, 0]


@every_provider
def test_a_part_of_the_matrix_is_the_matrix_of_the_part(open_it: Opener, tmp_path: Path) -> None:
    provider = open_it(tmp_path)
    whole = provider.matrix(SITES, SITES).distance_m
    assert provider.matrix(SITES[2:], SITES[:2]).distance_m.tolist() == whole[2:, :2].tolist()
    assert provider.matrix(SITES[::-1], SITES).distance_m.tolist() == whole[::-1].tolist()


@every_provider
def test_no_sites_give_an_empty_matrix(open_it: Opener, tmp_path: Path) -> None:
    assert open_it(tmp_path).matrix(SITES, []).distance_m.shape == (3, 0)


@some_without_a_way
def test_a_pair_without_a_way_says_so_in_metres_and_seconds(
    open_it: Opener, tmp_path: Path
) -> None:
    matrix = open_it(tmp_path).matrix(SITES, SITES)
    assert matrix.distance_m[2, 0] == UNREACHABLE
    assert matrix.durations(30.0, 1.2)[2, 0] == UNREACHABLE
    assert matrix.distance_m[0, 1] > 0
    assert matrix.durations(30.0, 1.2)[0, 1] > 0


@every_provider
def test_asking_again_gives_the_same(open_it: Opener, tmp_path: Path) -> None:
    provider = open_it(tmp_path)
    first, second = (provider.matrix(SITES, SITES[::-1]) for _ in range(2))
    assert first.distance_m.tolist() == second.distance_m.tolist()
    assert (first.duration_s is None) == (second.duration_s is None)
    assert first.durations(9.0).tolist() == second.durations(9.0).tolist()


@every_provider_of_places
def test_a_site_under_another_name_is_no_other_place(open_it: Opener, tmp_path: Path) -> None:
    renamed = replace(SITES[1], id="another")
    matrix = open_it(tmp_path).matrix([SITES[0], renamed], SITES)
    assert (
        matrix.distance_m[1].tolist()
        == open_it(tmp_path).matrix(SITES, SITES).distance_m[1].tolist()
    )
    assert matrix.distance_m[1, 1] == 0


@every_provider
def test_distances_are_metres_or_unreachable(open_it: Opener, tmp_path: Path) -> None:
    distance = open_it(tmp_path).matrix(SITES, SITES).distance_m
    assert bool(((distance >= 0) | (distance == UNREACHABLE)).all())


@every_provider
def test_a_pickled_provider_gives_the_same_answers(open_it: Opener, tmp_path: Path) -> None:
    provider = open_it(tmp_path)
    copy: TravelProvider = pickle.loads(pickle.dumps(provider))
    assert copy.source == provider.source
    there, here = copy.matrix(SITES, SITES), provider.matrix(SITES, SITES)
    assert there.distance_m.tolist() == here.distance_m.tolist()
    assert there.durations(20.0, 1.5).tolist() == here.durations(20.0, 1.5).tolist()


@every_provider
def test_the_source_is_named_and_its_digest_repeats(open_it: Opener, tmp_path: Path) -> None:
    first, second = open_it(tmp_path).source, open_it(tmp_path).source
    assert first == second
    assert first.provider in {"great_circle", "matrix", "road_graph", "osrm"}
    assert first.digest.startswith("sha256:")


latitudes = st.floats(min_value=-90, max_value=90, allow_nan=False)
longitudes = st.floats(min_value=-180, max_value=180, allow_nan=False)


@given(latitudes, longitudes, latitudes, longitudes)
def test_haversine_agrees_with_geopy(lat: float, lon: float, to_lat: float, to_lon: float) -> None:
    ours = float(haversine_m([lat], [lon], [to_lat], [to_lon])[0, 0])
    theirs = great_circle((lat, lon), (to_lat, to_lon)).meters
    # Near antipodes the arcsine loses digits: half a metre in 20,000 km.
    assert ours == pytest.approx(theirs, abs=1e-3 if theirs < 1.9e7 else 0.5)


@given(
    st.floats(min_value=-80, max_value=80),
    longitudes,
    st.floats(min_value=-0.3, max_value=0.3),
    st.floats(min_value=-0.3, max_value=0.3),
)
def test_haversine_agrees_with_geopy_within_a_city(
    lat: float, lon: float, north: float, east: float
) -> None:
    ours = float(haversine_m([lat], [lon], [lat + north], [lon + east])[0, 0])
    assert ours == pytest.approx(
        great_circle((lat, lon), (lat + north, lon + east)).meters, abs=1e-5
    )
