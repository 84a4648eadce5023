"""Delivery sites with spots and parcels as a problem: rules, totals, and every fault at once."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from optimizer.convert import convert_shanghai
from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.fleet import Echelon, layout_is_legal
from optimizer.domain.network import SiteKind
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.shanghai import central_place, problem_tables
from optimizer.formats.shanghai_options import ShanghaiOptions
from optimizer.formats.shanghai_sites import CENTRAL, read_sites_and_spots
from optimizer.travel.great_circle import haversine_m

HEADER = "Order_id,Spot_id,Site_id,Num,Lng_site,Lat_site,Lng_spot,Lat_spot"
ROWS = (
    "F1,B1,A2,30,121.40,31.20,121.41,31.21",
    "F2,B2,A2,10,121.40,31.20,121.39,31.19",
    "F3,B7,A10,60,121.60,31.20,121.61,31.21",
    "F4,B1,A2,5,121.40,31.20,121.41,31.21",
)
PARCELS = 105


def _file(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "sites.csv"
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def _tables(folder: Path, *rows: str, **options: Any) -> dict[str, Any]:
    sites = read_sites_and_spots(_file(folder, *(rows or ROWS)))
    return problem_tables(sites, (31.2, 121.2), ShanghaiOptions(**options))


def _problem(folder: Path, **options: Any) -> Problem:
    convert_shanghai(_file(folder, *ROWS), folder / "out", ShanghaiOptions(**options))
    return read_problem(folder / "out").problem


def _faults(folder: Path, *rows: str, header: str = HEADER) -> list[Fault]:
    with pytest.raises(InputRefused) as refused:
        read_sites_and_spots(_file(folder, *rows, header=header))
    assert all(fault.code in ERRORS for fault in refused.value.faults)
    return list(refused.value.faults)


# --- reading ------------------------------------------------------------------------------------


def test_sites_come_by_the_numbers_in_their_ids(tmp_path: Path) -> None:
    sites = read_sites_and_spots(_file(tmp_path, *reversed(ROWS)))
    assert [site.id for site in sites] == ["A2", "A10"]
    assert [site.parcels for site in sites] == [45, 60]
    assert sites[0].spots == {"B1": (31.21, 121.41), "B2": (31.19, 121.39)}


def test_every_fault_is_reported_at_once_with_its_row(tmp_path: Path) -> None:
    faults = _faults(
        tmp_path,
        ROWS[0],
        "F2,B2,A2,many,121.40,31.20,121.39,31.19",
        "F3,B3,A2,0,121.40,31.20,121.39,31.19",
        "",
        "F1,B4,A2,3,121.40,31.20,121.39,31.19",
        "F5,B5,A2,3,121.41,31.20,121.39,31.19",
        "F6,B1,A2,3,121.40,31.20,121.40,31.21",
        "F7,A2,A3,3,121.40,31.20,121.40,91.21",
        "F8,A2,A3,3,121.40,31.20,121.40,31.21",
        "F9,,A3,3,121.40,31.20,121.40",
        "F10,central,A3,3,121.40,31.20,121.40,31.20",
    )
    assert [(fault.code, fault.place) for fault in faults] == [
        ("CG-1007", "sites.csv row 3"),
        ("CG-1008", "sites.csv row 4"),
        ("CG-1013", "sites.csv row 6"),
        ("CG-1030", "sites.csv row 7"),
        ("CG-1030", "sites.csv row 8"),
        ("CG-1008", "sites.csv row 9"),
        ("CG-1013", "sites.csv row 10"),
        ("CG-1006", "sites.csv row 11"),
        ("CG-1006", "sites.csv row 11"),
        ("CG-1013", "sites.csv row 12"),
    ]


def test_missing_columns_are_all_named(tmp_path: Path) -> None:
    faults = _faults(tmp_path, "F1,B1,A1,3", header="Order_id,Spot_id,Site_id,Num")
    missing = {fault.cause.split("'")[1] for fault in faults if fault.code == "CG-1002"}
    assert missing == {"Lng_site", "Lat_site", "Lng_spot", "Lat_spot"}
    assert len(faults) == len(missing)


@pytest.mark.parametrize(
    ("rows", "code"), [([], "CG-1022"), (['F1,"B1,A1,3,121,31,121,31'], "CG-1005")]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, rows: list[str], code: str) -> None:
    assert [fault.code for fault in _faults(tmp_path, *rows)] == [code]


def test_a_spot_of_two_sites_is_two_places_and_loses_no_parcel(tmp_path: Path) -> None:
    shared = "F9,B1,A10,8,121.60,31.20,121.41,31.21"
    sites = read_sites_and_spots(_file(tmp_path, *ROWS, shared))
    assert list(sites[0].spots) == ["B1@A2", "B2"]
    assert list(sites[1].spots) == ["B7", "B1@A10"]
    assert sum(site.parcels for site in sites) == PARCELS + 8


# --- the rules ----------------------------------------------------------------------------------


def test_the_written_folder_is_a_problem(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    kinds = Counter(site.kind for site in problem.sites.values())
    assert kinds == {SiteKind.CENTRAL: 1, SiteKind.GRID: 2, SiteKind.PICKUP: 3}
    assert problem.id == "shanghai-2"
    assert {site.id: site.grid for site in problem.sites_of(SiteKind.PICKUP)} == {
        "B1": "A2",
        "B2": "A2",
        "B7": "A10",
    }
    assert {line.promise for line in problem.lines.values()} == {"cold", "daily"}


def test_parcels_that_go_in_come_out(tmp_path: Path) -> None:
    problem = _problem(tmp_path)
    parcels: Counter[str] = Counter()
    for key, line in problem.lines.items():
        number, rest = divmod(line.mass_g, 1500)
        assert rest == 0
        assert line.volume_ml == number * 3500
        assert line.value_cents == number * 2500
        parcels[key.order] += number
    assert parcels == {"F1": 30, "F2": 10, "F3": 60, "F4": 5}


def test_the_report_says_what_was_taken_and_what_was_not(tmp_path: Path) -> None:
    one = ShanghaiOptions(sites=1)
    report = convert_shanghai(_file(tmp_path, *ROWS), tmp_path / "out", one)
    assert (report.sites, report.all_sites, report.spots) == (1, 2, 2)
    assert (report.rows, report.left_rows) == (3, 1)
    assert (report.parcels, report.parcels_written, report.left_parcels) == (45, 45, 60)
    assert report.mass_kg == Decimal("67.5")


def test_the_same_order_is_the_same_whatever_else_is_taken(tmp_path: Path) -> None:
    whole = [row for row in _tables(tmp_path)["orders"] if row["order"] == "F3"]
    alone = _tables(tmp_path, ROWS[2])["orders"]
    assert alone == whole
    assert alone != _tables(tmp_path, ROWS[2], seed=2)["orders"]


def test_shares_choose_the_zones(tmp_path: Path) -> None:
    orders = _tables(tmp_path, zone_shares={Zone.FROZEN: 1.0})["orders"]
    assert {row["zone"] for row in orders} == {"frozen"}


def test_the_central_warehouse_stands_out_from_the_weighted_centre(tmp_path: Path) -> None:
    sites = read_sites_and_spots(_file(tmp_path, *ROWS))
    lat, lon = central_place(sites, ShanghaiOptions())
    weights = [order.number for site in sites for order in site.orders]
    lons = [site.spots[order.spot][1] for site in sites for order in site.orders]
    middle = sum(w * x for w, x in zip(weights, lons, strict=True)) / PARCELS
    assert lon < middle
    assert abs(float(haversine_m([lat], [lon], [lat], [middle])[0, 0]) - 20_000) < 50
    assert central_place(sites, ShanghaiOptions(central_out_km=0.0))[1] == pytest.approx(middle)


def test_the_central_warehouse_does_not_move_with_the_number_of_sites(tmp_path: Path) -> None:
    places = {
        convert_shanghai(_file(tmp_path, *ROWS), tmp_path / "out", ShanghaiOptions(sites=n)).central
        for n in (1, 2)
    }
    assert len(places) == 1


def test_the_fleet_follows_parcels_and_spots(tmp_path: Path) -> None:
    def vans(folder: Path, **options: Any) -> int:
        rows = _tables(folder, **options)["vehicles"]
        return sum(row["type"] == "van_large" and row["home"] == "A2" for row in rows)

    # 1.3 · 45 parcels · 3.5 l = 204.75 l of 3600 l; 1.3 · 2 spots of 35: one van does it all.
    assert vans(tmp_path) == 1
    assert vans(tmp_path, parcel_l=Decimal(100)) == 2
    assert vans(tmp_path, parcel_kg=Decimal(80)) == 3
    assert vans(tmp_path, spots_per_van=1) == 3


def test_each_grid_has_as_many_small_vans_as_large_ones(tmp_path: Path) -> None:
    problem = _problem(tmp_path, spots_per_van=1)
    count = Counter((vehicle.home, vehicle.type) for vehicle in problem.vehicles.values())
    assert count[CENTRAL, "truck"] == 1
    assert count["A2", "van_large"] == count["A2", "van_small"] == 3
    assert count["A10", "van_large"] == count["A10", "van_small"] == 2


def test_bodies_are_legal_and_room_binds_before_weight(tmp_path: Path) -> None:
    for vehicle in _problem(tmp_path).vehicles.values():
        assert layout_is_legal(vehicle, vehicle.capacity_ml)
        assert vehicle.payload_g * 3.5 / 1.5 > vehicle.body_ml
        assert vehicle.live_temperature
        assert (vehicle.home == CENTRAL) is (vehicle.echelon is Echelon.LINEHAUL)


# --- the real file ------------------------------------------------------------------------------


def test_no_parcel_of_the_real_file_is_lost(data_dir: Path, tmp_path: Path) -> None:
    path = data_dir / "shanghai" / "sites_and_spots.csv"
    with path.open(encoding="utf-8", newline="") as file:
        parcels = sum(int(row["Num"]) for row in csv.DictReader(file))
    report = convert_shanghai(path, tmp_path / "out", ShanghaiOptions())
    assert (report.sites, report.spots, report.rows) == (124, 9214, 9214)
    assert report.parcels == report.parcels_written == parcels == 229_780
    assert report.left_parcels == 0
    zones: Counter[str] = Counter()
    with (tmp_path / "out" / "orders.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            zones[row["zone"]] += int(Decimal(row["mass_kg"]) / Decimal("1.5"))
    assert zones.total() == parcels
    shares = ShanghaiOptions().zone_shares
    for zone, share in shares.items():
        assert abs(zones[zone.value] / parcels - share) < 0.01
