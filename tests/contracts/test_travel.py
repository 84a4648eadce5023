"""Every travel provider keeps the promises of the protocol; geopy agrees with our arithmetic."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from geopy.distance import great_circle
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.network import Site, SiteKind
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.travel.great_circle import GreatCircle, haversine_m
from optimizer.travel.matrix_file import MatrixFile
from optimizer.travel.provider import TravelProvider

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


every_provider = pytest.mark.parametrize("open_it", [_great_circle, _matrix_file])


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
    assert first.provider in {"great_circle", "matrix"}
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
