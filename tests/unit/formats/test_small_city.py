"""The small city is what its README says, and every line of it can be served."""

from dataclasses import replace
from math import asin, cos, radians, sin, sqrt

import pytest

from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import read_problem
from tests.conftest import ROOT

FOLDER = ROOT / "data" / "samples" / "small_city"
EARTH_KM = 6371.0


@pytest.fixture(scope="module")
def city() -> Problem:
    return read_problem(FOLDER).problem


def road_km(one: Site, other: Site, circuity: float) -> float:
    north, east = radians(other.lat - one.lat), radians(other.lon - one.lon)
    chord = sin(north / 2) ** 2 + cos(radians(one.lat)) * cos(radians(other.lat)) * (
        sin(east / 2) ** 2
    )
    return circuity * 2 * EARTH_KM * asin(sqrt(chord))


def test_city_is_read_without_a_fault(city: Problem) -> None:
    kinds = [site.kind for site in city.sites.values()]
    assert [kinds.count(kind) for kind in SiteKind] == [1, 2, 8, 2]
    echelons = [vehicle.echelon for vehicle in city.vehicles.values()]
    assert [echelons.count(echelon) for echelon in Echelon] == [2, 4]
    assert len(city.lines) == 24
    assert len(city.waves) == 1
    assert city.ambient_c == 28.0


def test_one_van_has_movable_bulkheads(city: Problem) -> None:
    steps = {name: vehicle.bulkhead_step_ml for name, vehicle in city.vehicles.items()}
    assert steps == {"T1": None, "T2": None, "V1": None, "V2": 100_000, "V3": None, "V4": None}


def test_each_point_gets_each_zone_and_one_van_holds_a_whole_bank(city: Problem) -> None:
    for grid in ("G1", "G2"):
        points = [site.id for site in city.sites.values() if site.grid == grid]
        assert len(points) == 4
        lines = [line for line in city.lines.values() if line.site in points]
        van = next(v for v in city.vehicles.values() if v.home == grid)
        assert sum(line.mass_g for line in lines) <= van.payload_g
        for zone in Zone:
            of_zone = [line for line in lines if line.zone is zone]
            assert sorted(line.site for line in of_zone) == points
            assert sum(line.volume_ml for line in of_zone) <= van.capacity_ml[zone]


def test_every_point_lies_within_the_radius_of_its_grid_and_of_a_station(city: Problem) -> None:
    assert city.radius_m == 5000
    for point in city.sites_of(SiteKind.PICKUP):
        assert point.grid is not None
        assert road_km(point, city.sites[point.grid], city.travel.circuity) < 5.0
        stations = city.sites_of(SiteKind.STATION)
        assert min(road_km(point, station, city.travel.circuity) for station in stations) < 5.0


def test_distances_of_the_readme_are_right(city: Problem) -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith(("| C1", "| G"))
    ]
    assert len(rows) == 3
    for start, ends, distances in rows:
        for end, distance in zip(ends.split(", "), distances.split(", "), strict=True):
            km = road_km(city.sites[start], city.sites[end], city.travel.circuity)
            assert f"{km:.1f}" == distance


def test_stock_covers_the_wine_of_its_bank(city: Problem) -> None:
    (stock,) = city.stock
    wine = [
        line
        for line in city.lines.values()
        if line.article == stock.article and city.sites[line.site].grid == stock.site
    ]
    assert 0 < sum(line.mass_g for line in wine) <= stock.mass_g
    assert 0 < sum(line.volume_ml for line in wine) <= stock.volume_ml


def test_switching_the_vans_off_changes_the_weather_but_not_the_question(city: Problem) -> None:
    cold = {name: replace(body, cooling_w=0.0) for name, body in city.bodies.items()}
    assert replace(city, bodies=cold).digest == city.digest
    assert {name: body.cooling_w for name, body in city.bodies.items()} == {
        "truck": 5000.0, "van": 3500.0, "van_movable": 3500.0,
    }  # fmt: skip
