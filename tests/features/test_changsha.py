"""The Changsha sample is what its README says, and its script still makes it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from data.samples.changsha.places import river_lon
from optimizer.domain.fleet import Cooling, Echelon, Vehicle
from optimizer.domain.network import SiteKind
from optimizer.domain.orders import CollectKind, Mode, OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import ceil_div
from optimizer.formats.problem_reading import read_problem
from optimizer.travel.great_circle import haversine_m
from tests.solving import solve_and_check

FOLDER = Path(__file__).parents[2] / "data" / "samples" / "changsha"
TABLES = ("sites", "vehicles", "orders", "stock", "collects")


@cache
def city() -> Problem:
    return read_problem(FOLDER).problem


def vehicles(kind: str) -> list[Vehicle]:
    return [vehicle for vehicle in city().vehicles.values() if vehicle.type == kind]


def lines_of(promise: str) -> list[OrderLine]:
    return [line for line in city().lines.values() if line.promise == promise]


def metres(one: str, other: str) -> float:
    a, b = city().sites[one], city().sites[other]
    return float(haversine_m([a.lat], [a.lon], [b.lat], [b.lon])[0, 0])


def wave_of(line: OrderLine) -> str:
    """Say which wave a line waits for: the last that leaves before its window opens."""
    opens = 0 if line.window is None else line.window.opens
    waiting = [wave.id for wave in city().waves if wave.departs <= opens]
    return waiting[-1] if waiting else city().waves[0].id


# --- how it was made ----------------------------------------------------------------------------


def test_the_script_makes_the_tables_that_lie_beside_it(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, FOLDER / "make.py", tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert [line.rpartition("/")[2].split()[0] for line in done.stdout.splitlines()] == [
        f"{name}.csv:" for name in TABLES
    ]
    for name in TABLES:
        made, kept = (folder / f"{name}.csv" for folder in (tmp_path, FOLDER))
        assert made.read_bytes() == kept.read_bytes(), name


# --- what is in it ------------------------------------------------------------------------------


def test_it_is_as_large_as_it_says() -> None:
    kinds = Counter(site.kind for site in city().sites.values())
    assert kinds == {
        SiteKind.CENTRAL: 1,
        SiteKind.GRID: 6,
        SiteKind.PICKUP: 100,
        SiteKind.STATION: 4,
    }
    assert len({key.order for key in city().lines}) == 2000
    assert [wave.id for wave in city().waves] == ["morning", "noon", "evening"]
    assert len(city().collects) == 60


def test_the_readme_counts_right() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    problem = city()
    kg = round(sum(line.mass_g for line in problem.lines.values()) / 1000)
    waves = Counter(wave_of(line) for line in problem.lines.values() if line.ordered_s is None)
    figures = {
        "order lines": len(problem.lines),
        "kilograms": kg,
        "morning": waves["morning"],
        "noon": waves["noon"],
        "evening": waves["evening"],
        "express lines": len(lines_of("express")),
        "door lines": sum(line.mode is Mode.DOOR for line in problem.lines.values()),
        "appointments": len(lines_of("appointment")) + len(lines_of("appointment_soft")),
        "locker points": sum(bool(site.cells) for site in problem.sites.values()),
        "lane points": sum(bool(site.needs) for site in problem.sites.values()),
        "vehicles": len(problem.vehicles),
    }
    said = dict(re.findall(r"^\| ([a-z ]+) \| ([0-9,]+) \|", text, flags=re.MULTILINE))
    assert {name: int(count.replace(",", "")) for name, count in said.items()} == figures


def test_points_lie_on_the_bank_and_within_the_radius_of_their_grid() -> None:
    radius_m = city().radius_m
    assert radius_m is not None
    for point in city().sites_of(SiteKind.PICKUP):
        assert point.grid is not None
        grid = city().sites[point.grid]
        assert metres(point.id, grid.id) * city().travel.circuity <= radius_m
        assert (point.lon > river_lon(point.lat)) == (grid.lon > river_lon(grid.lat))


def test_every_point_has_a_station_within_five_kilometres_of_its_grid() -> None:
    stations = [site.id for site in city().sites_of(SiteKind.STATION)]
    for grid in city().sites_of(SiteKind.GRID):
        assert min(metres(grid.id, station) for station in stations) < 5000


def test_lines_are_plausible() -> None:
    for line in city().lines.values():
        assert 300 <= line.mass_g <= 8000
        assert 1.0 <= line.volume_ml / line.mass_g <= 3.5
        assert 200 <= line.value_cents <= 20_000
        assert line.shelf_life_left_s is not None
        assert line.shelf_life_left_s >= 30 * 3600


def test_every_wave_has_goods_at_every_grid() -> None:
    found = {
        (city().sites[line.site].grid, wave_of(line))
        for line in city().lines.values()
        if line.ordered_s is None
    }
    assert len(found) == 6 * 3


def test_appointments_are_half_hours_and_some_have_a_price() -> None:
    for promise, soft in (("appointment", False), ("appointment_soft", True)):
        assert city().promises[promise].soft_window is soft
        windows = [line.window for line in lines_of(promise)]
        assert len(windows) > 50
        assert {w.closes - w.opens for w in windows if w is not None} == {1800}


def test_stock_covers_every_express_line() -> None:
    assert city().promises["express"].express
    grams: Counter[tuple[str | None, str]] = Counter()
    litres: Counter[tuple[str | None, str]] = Counter()
    for line in lines_of("express"):
        assert line.ordered_s is not None
        key = city().sites[line.site].grid, line.article
        grams[key] += line.mass_g
        litres[key] += line.volume_ml
    there = {(stock.site, stock.article): stock for stock in city().stock}
    for key, mass_g in grams.items():
        assert key[0] is not None
        stock = there[key[0], key[1]]
        assert mass_g <= stock.mass_g
        assert litres[key] <= stock.volume_ml


def test_lockers_and_rooms_hold_the_day() -> None:
    cells: Counter[tuple[str, object]] = Counter()
    room: Counter[tuple[str, object]] = Counter()
    of_order: Counter[tuple[str, str, object]] = Counter()
    for key, line in city().lines.items():
        if line.mode is Mode.PICKUP:
            of_order[key.order, line.site, line.zone] += line.volume_ml
    for (_, site, zone), volume_ml in of_order.items():
        room[site, zone] += volume_ml
        if city().sites[site].cells:
            cells[site, zone] += ceil_div(volume_ml, city().sites[site].cell_ml)
    limited = 0
    for point in city().sites_of(SiteKind.PICKUP):
        for zone in ZONES:
            assert cells[point.id, zone] <= point.cells.get(zone, 10**6)
            assert room[point.id, zone] <= point.capacity_ml.get(zone, 10**12)
        limited += bool(point.capacity_ml)
    assert limited


def test_lanes_need_a_tricycle_of_their_grid() -> None:
    lanes = [site for site in city().sites.values() if site.needs]
    assert {need for site in lanes for need in site.needs} == {"narrow_lane"}
    able = {vehicle.home for vehicle in vehicles("tricycle") if "narrow_lane" in vehicle.skills}
    assert {site.grid for site in lanes} <= able
    assert not any(v.skills for v in city().vehicles.values() if v.type != "tricycle")


def test_the_fleet_is_mixed() -> None:
    assert {v.cooling for v in vehicles("tricycle")} == {Cooling.BOXES}
    assert {(v.max_trips, v.range_m) for v in vehicles("tricycle")} == {(4, 25_000)}
    assert {(v.max_trips, v.bulkhead_step_ml) for v in vehicles("van")} == {(3, 100_000)}
    backup = [v for v in city().vehicles.values() if v.owner == "backup"]
    assert len({v.carrier for v in backup}) == 1
    assert sorted(v.live_temperature for v in backup) == [False, True, True, True]
    last_mile = {v.type for v in city().vehicles.values() if v.echelon is Echelon.LAST_MILE}
    assert set(city().breaks) >= last_mile
    assert city().breaks["tricycle"].after_driving_s == 5400


def test_empties_and_returns_wait_for_a_van() -> None:
    kinds = Counter(collect.kind for collect in city().collects.values())
    assert kinds == {CollectKind.EMPTIES: 52, CollectKind.RETURN: 8}
    assert not set(city().collects) & set(city().lines)


@pytest.mark.parametrize("mode", list(Mode))
def test_goods_go_to_the_point_and_to_the_door(mode: Mode) -> None:
    assert city().door_service_s > 0
    assert any(line.mode is mode for line in city().lines.values())


# --- planned ------------------------------------------------------------------------------------


def district(grid: str) -> Problem:
    """Cut out one grid warehouse with its points, its goods and the vehicles that can reach it."""
    whole = city()
    sites = {
        key: site
        for key, site in whole.sites.items()
        if site.kind is SiteKind.CENTRAL or grid in {key, site.grid}
    }
    return replace(
        whole,
        sites=sites,
        vehicles={key: v for key, v in whole.vehicles.items() if v.home in sites},
        lines={key: line for key, line in whole.lines.items() if line.site in sites},
        stock=tuple(stock for stock in whole.stock if stock.site in sites),
        collects={key: one for key, one in whole.collects.items() if one.site in sites},
    )


def test_the_old_town_is_served_on_time_with_tricycles_and_second_trips() -> None:
    problem = district("G2")
    plan = solve_and_check(problem, iterations=10)
    assert plan.unserved == ()
    assert plan.kpis["on_time_share"] >= 0.95
    tours = [route for route in plan.routes if route.echelon is Echelon.LAST_MILE]
    assert {route.wave for route in tours} == {"morning", "noon", "evening"}
    assert any(route.trip > 1 for route in tours)
    assert {problem.vehicles[route.vehicle].owner for route in tours} == {"own"}
    for route in tours:
        for stop in route.stops:
            if problem.sites[stop.site].needs:
                assert route.vehicle_type == "tricycle"
    taken = {one.key for route in tours for stop in route.stops for one in stop.collects}
    assert taken == set(problem.collects)
