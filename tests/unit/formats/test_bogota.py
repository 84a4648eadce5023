"""A day of deliveries in Bogotá as a problem: rules, totals, and every fault at once."""

from __future__ import annotations

import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.fleet import Echelon, layout_is_legal
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.bogota import BogotaDay, problem_tables, read_day
from optimizer.formats.bogota_options import BogotaOptions
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import write_problem_tables

HEADER = "Date,ClientID,Lat,Lon,Kg,ProductType"
DAY = (
    "2024-06-04,71,4.68,-74.06,30,Chilled",
    "2024-06-04,71,4.68,-74.06,25,Dry",
    "2024-06-04,72,4.69,-74.20,44.5,Frozen",
    "2024-06-04,71,4.68,-74.06,5,Chilled",
    "2024-06-04,73,4.68,-74.06,1250,Dry",
)
HOUR = 3600


def _file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "day.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def _day(folder: Path) -> BogotaDay:
    return read_day(_file(folder, *DAY))


def _tables(folder: Path, **options: Any) -> dict[str, Any]:
    grids = [(4.68, -74.06), (4.69, -74.20)]
    return problem_tables(_day(folder), grids, [0, 1, 0], BogotaOptions(**options))


def _problem(folder: Path) -> Problem:
    write_problem_tables(folder / "out", **_tables(folder))
    return read_problem(folder / "out").problem


def _faults(folder: Path, *rows: str, header: str = HEADER) -> list[Fault]:
    with pytest.raises(InputRefused) as refused:
        read_day(_file(folder, *rows, header=header))
    assert all(fault.code in ERRORS for fault in refused.value.faults)
    return list(refused.value.faults)


# --- reading ------------------------------------------------------------------------------------


def test_rows_of_one_client_and_type_are_one_line(tmp_path: Path) -> None:
    day = _day(tmp_path)
    assert [client.id for client in day.clients] == ["71", "72", "73"]
    assert day.clients[0].kilograms == {"Chilled": Decimal(35), "Dry": Decimal(25)}
    assert day.total_kg == Decimal("1354.5")
    assert (str(day.day), day.rows) == ("2024-06-04", 5)


def test_every_fault_is_reported_at_once_with_its_row(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        "2024-06-04,71,4.68,-74.06,30,Chilled",
        "2024-06-04,72,4.68,-74.06,30,Warm",
        "2024-06-04,73,4.68,-74.06,many,Dry",
        "2024-06-04,74,94.68,-74.06,1,Dry",
        "04/06/2024,75,4.68,-74.06,1,Dry",
        "2024-06-05,76,4.68,-74.06,1,Dry",
        "2024-06-04,71,4.69,-74.06,1,Dry",
        "2024-06-04,,4.69,-74.06,0,Dry",
    )
    assert [(fault.code, fault.place) for fault in faults] == [
        ("CG-1012", "day.csv row 3"),
        ("CG-1007", "day.csv row 4"),
        ("CG-1008", "day.csv row 5"),
        ("CG-1009", "day.csv row 6"),
        ("CG-1029", "day.csv row 7"),
        ("CG-1030", "day.csv row 8"),
        ("CG-1006", "day.csv row 9"),
        ("CG-1008", "day.csv row 9"),
    ]


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    faults = _faults(tmp_path, "2024-06-04,71,4.6,-74.1", header="Date,ClientID,Lat,Lon")
    assert [(fault.code, fault.cause) for fault in faults] == [
        ("CG-1002", "column 'Kg' is missing"),
        ("CG-1002", "column 'ProductType' is missing"),
    ]


@pytest.mark.parametrize(
    ("header", "rows", "code"),
    [
        (HEADER, [], "CG-1022"),
        (HEADER + ",Kg", [DAY[0] + ",3"], "CG-1004"),
        (HEADER, ['2024-06-04,"71,4.68,-74.06,30,Dry'], "CG-1005"),
    ],
)
def test_a_file_that_is_no_day_is_refused(
    tmp_path: Path, header: str, rows: list[str], code: str
) -> None:
    assert [fault.code for fault in _faults(tmp_path, *rows, header=header)] == [code]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="CG-1001"):
        read_day(tmp_path / "nowhere.csv")


# --- the rules ----------------------------------------------------------------------------------


def test_the_written_folder_is_a_problem(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    assert problem.id == "bogota-2024-06-04"
    assert problem.horizon.instant(0).isoformat() == "2024-06-03T20:00:00-05:00"
    assert [(wave.id, wave.departs) for wave in problem.waves] == [("morning", 9.5 * HOUR)]
    assert problem.radius_m is None
    assert problem.ambient_c == 18.0
    assert problem.travel.speed_kmh == {"truck": 30.0, "van_large": 20.0, "van_small": 20.0}
    assert problem.time_on_board_s == {Zone.FROZEN: 6 * HOUR, Zone.CHILLED: 6 * HOUR}


def test_clients_are_open_in_the_window_and_on_time_in_all_of_it(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    window = TimeWindow(opens=10 * HOUR, closes=18 * HOUR)
    for client in problem.sites_of(SiteKind.PICKUP):
        assert client.hours[0] == window
        assert client.service_s == 300
    assert {promise.deadline_s for promise in problem.promises.values()} == {window.closes}


def test_types_become_zones_litres_and_values(tmp_path: Path) -> None:
    lines = {str(key): line for key, line in _problem(tmp_path).lines.items()}
    chilled, dry, frozen = lines["71/1"], lines["71/2"], lines["72/1"]
    assert [line.zone for line in (chilled, dry, frozen)] == [
        Zone.CHILLED,
        Zone.CONTROLLED,
        Zone.FROZEN,
    ]
    assert (frozen.mass_g, frozen.volume_ml, frozen.value_cents) == (44_500, 111_250, 35_600)
    assert [line.promise for line in (chilled, dry, frozen)] == ["cold", "daily", "cold"]


def test_a_line_larger_than_the_small_van_is_cut_and_adds_up(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    pieces = [line for key, line in problem.lines.items() if key.order == "73"]
    assert [line.key.line for line in pieces] == ["1.1", "1.2", "1.3", "1.4"]
    assert [line.mass_g for line in pieces] == [400_000, 400_000, 400_000, 50_000]
    assert sum(line.value_cents for line in pieces) == 1_000_000
    vans = [van for van in problem.vehicles.values() if van.echelon is Echelon.LAST_MILE]
    for line, van in itertools.product(pieces, vans):
        assert line.volume_ml <= van.body_ml
        assert line.mass_g <= van.payload_g


@pytest.mark.parametrize(("kilograms", "lines"), [("520", 1), ("520.001", 2), ("800", 2)])
def test_what_fits_the_small_van_stays_whole(tmp_path: Path, kilograms: str, lines: int) -> None:
    day = read_day(_file(tmp_path, f"2024-06-04,71,4.68,-74.06,{kilograms},Dry"))
    orders = problem_tables(day, [(4.68, -74.06)], [0], BogotaOptions())["orders"]
    assert len(orders) == lines
    assert sum(row["mass_kg"] for row in orders) == Decimal(kilograms)


def test_the_piece_is_an_option(tmp_path: Path) -> None:
    orders = _tables(tmp_path, whole_line_l=2500, piece_l=2500)["orders"]
    assert [row["mass_kg"] for row in orders if row["order"] == "73"] == [1000, 250]


def test_the_fleet_follows_demand(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    count = {
        (home, kind): sum(v.home == home and v.type == kind for v in problem.vehicles.values())
        for home in ("C1", "G1", "G2")
        for kind in ("truck", "van_large", "van_small")
    }
    # G1: 1.3 · 2.5 · 1310 kg = 4257.5 l, two large vans; G2: 144.6 l, one; trucks: 4402.1 l, one.
    assert {key: number for key, number in count.items() if number} == {
        ("C1", "truck"): 1,
        ("G1", "van_large"): 2,
        ("G1", "van_small"): 2,
        ("G2", "van_large"): 1,
        ("G2", "van_small"): 1,
    }


def test_bodies_are_as_large_as_said_and_room_binds_before_weight(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    bodies = {vehicle.type: vehicle for vehicle in problem.vehicles.values()}
    assert {kind: vehicle.body_ml for kind, vehicle in bodies.items()} == {
        "truck": 15_000_000,
        "van_large": 2_500_000,
        "van_small": 1_300_000,
    }
    for vehicle in bodies.values():
        assert layout_is_legal(vehicle, vehicle.capacity_ml)
        assert vehicle.payload_g * 2.5 > vehicle.body_ml
        assert vehicle.live_temperature


def test_a_grid_that_nobody_belongs_to_has_no_vans(tmp_path: Path) -> None:
    tables = problem_tables(
        _day(tmp_path), [(4.68, -74.06), (4.69, -74.20)], [0, 0, 0], BogotaOptions()
    )
    assert {row["home"] for row in tables["vehicles"]} == {"C1", "G1"}


# --- real days ----------------------------------------------------------------------------------


def test_no_kilogram_is_lost_on_fifty_real_days(data_dir: Path) -> None:
    files = sorted((data_dir / "bogota").glob("*_demand.csv"))
    assert len(files) == 50
    for file in files:
        rows = file.read_text(encoding="utf-8").splitlines()[1:]
        written = sum((Decimal(row.split(",")[4]) for row in rows if row), Decimal(0))
        day = read_day(file)
        one_grid = problem_tables(day, [(4.7, -74.1)], [0] * len(day.clients), BogotaOptions())
        orders = one_grid["orders"]
        assert sum((row["mass_kg"] for row in orders), Decimal(0)) == written
        assert sum((row["volume_l"] for row in orders), Decimal(0)) == written * Decimal("2.5")
        assert len({(row["order"], row["line"]) for row in orders}) == len(orders)
        assert max(row["volume_l"] for row in orders) <= 1300
