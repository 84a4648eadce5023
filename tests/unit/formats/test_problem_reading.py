"""Three kinds of input, one problem; rows kept and rows refused."""

import json
import time
from pathlib import Path

import openpyxl
import pytest

from optimizer.domain.errors import InputRefused
from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.orders import Mode
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import problem_from_document, read_problem
from optimizer.formats.problem_writing import write_problem_json, write_problem_workbook
from tests.conftest import ROOT
from tests.unit.formats import tiny_day

HOUR = 3600
SAMPLE_DIGEST = "sha256:7d27ab050f88b28e491c490dd4e95b1ae74890c9b1ea0d39bc66fb9cf7bb4d71"
DIGEST = "sha256:dc58d02d7c36ed17d548ccb4083cd4cc3647a8fd289f39685b92596bc776826e"


def tiny() -> Problem:
    return problem_from_document(tiny_day.document(), name="tiny").problem


def test_values_arrive_in_the_units_of_the_solver() -> None:
    problem = tiny()
    milk, ice = problem.lines.values()
    assert (milk.mass_g, milk.volume_ml) == (37_620, 83_600)
    assert milk.window == TimeWindow(opens=11 * HOUR, closes=13 * HOUR + 1800)
    assert (ice.zone, ice.batch, ice.shelf_life_left_s) == (Zone.FROZEN, "B7", 72 * HOUR)
    assert problem.sites["P"].docks == 2
    assert problem.sites["P"].grid == "G"
    assert [site.kind for site in problem.sites.values()] == list(SiteKind)


def test_demand_rounds_up_and_room_and_stock_round_down() -> None:
    problem = tiny()
    assert problem.lines[LineKey("O1", "2")].mass_g == 1001
    assert problem.stock[0].mass_g == 1000
    document = tiny_day.document()
    document["vehicles"][1]["payload_kg"] = "700.0009"
    assert problem_from_document(document).problem.vehicles["V"].payload_g == 700_000


def test_empty_cells_mean_defaults() -> None:
    problem = tiny()
    truck, central = problem.vehicles["T"], problem.sites["C"]
    ice = problem.lines[LineKey("O1", "2")]
    assert (truck.owner, truck.max_trips, truck.bulkhead_step_ml) == ("own", 1, None)
    assert (truck.fixed_cents, truck.cents_per_km, truck.cents_per_h) == (0, 0, 0)
    assert truck.shift == TimeWindow(opens=0, closes=HORIZON_S)
    assert (truck.echelon, truck.cooling) == (Echelon.LINEHAUL, Cooling.REFRIGERATED)
    assert (central.name, central.service_s, central.docks, central.sorting_s) == ("C", 0, None, 0)
    assert central.hours == (TimeWindow(opens=0, closes=HORIZON_S),)
    assert central.capacity_ml == {}
    assert (ice.value_cents, ice.priority, ice.mode) == (0, 1, Mode.PICKUP)
    assert (ice.window, ice.loading_c) == (None, None)


def test_vehicle_that_says_nothing_of_its_sensors_has_none() -> None:
    assert not tiny().vehicles["T"].live_temperature
    assert tiny().vehicles["V"].live_temperature


def test_promise_class_follows_from_the_zone_where_none_is_given() -> None:
    document = tiny_day.document()
    row = document["orders"][1]
    document["orders"] = [
        row | {"line": zone, "zone": zone} for zone in ("frozen", "chilled", "controlled")
    ]
    lines = problem_from_document(document).problem.lines.values()
    assert [line.promise for line in lines] == ["cold", "cold", "daily"]


def test_compartment_of_0_litres_cannot_be_carried() -> None:
    document = tiny_day.document()
    document["vehicles"][1]["cap_controlled_l"] = 0
    van = problem_from_document(document).problem.vehicles["V"]
    assert van.capacity_ml == {Zone.FROZEN: 500_000, Zone.CHILLED: 900_000}


def test_site_without_room_is_not_a_site_without_limit() -> None:
    document = tiny_day.document()
    document["sites"][1]["cap_frozen_l"] = 0
    grid = problem_from_document(document).problem.sites["G"]
    assert grid.capacity_ml == {Zone.FROZEN: 0}


def test_folder_workbook_and_document_give_the_same_problem(tmp_path: Path) -> None:
    problem = tiny()
    tiny_day.write_folder(tmp_path / "tiny", tiny_day.document())
    (tmp_path / "tiny.xlsx").write_bytes(write_problem_workbook(problem))
    (tmp_path / "tiny.json").write_bytes(write_problem_json(problem))
    for name in ("tiny", "tiny.xlsx", "tiny.json"):
        read = read_problem(tmp_path / name).problem
        assert read == problem, name
        assert read.digest == problem.digest, name


def test_digest_of_a_problem_does_not_drift() -> None:
    assert tiny().digest == DIGEST


def test_digest_of_the_sample_is_what_it_was_before_the_words_of_the_road() -> None:
    sample = read_problem(ROOT / "data" / "samples" / "small_city").problem
    assert sample.digest == SAMPLE_DIGEST


def test_digest_looks_at_the_question_and_not_at_the_assumptions() -> None:
    warmer = tiny_day.document() | {"ambient_c": 35, "id": "warm"}
    assert problem_from_document(warmer).problem.digest == DIGEST
    heavier = tiny_day.document()
    heavier["orders"][0]["mass_kg"] = 37.63
    assert problem_from_document(heavier).problem.digest != DIGEST


def test_whole_numbers_and_decimals_of_one_value_have_one_digest() -> None:
    document = tiny_day.document()
    for site in document["sites"]:
        site["lat"], site["lon"] = 28, "113.0"
    again = tiny_day.document()
    for site in again["sites"]:
        site["lat"], site["lon"] = "28.000", 113
    first, second = (problem_from_document(d).problem for d in (document, again))
    assert first.digest == second.digest


def test_digest_does_not_depend_on_how_the_start_is_written() -> None:
    utc = tiny_day.document() | {"horizon_start": "2026-02-10T12:00:00Z"}
    assert problem_from_document(utc).problem.digest == DIGEST


def test_no_reference_is_unknown_where_an_id_could_not_be_read() -> None:
    document = tiny_day.document()
    del document["sites"][2]["id"]
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-1006", "/sites/2/id")]


def test_id_is_that_of_the_settings_or_the_name_of_the_input(tmp_path: Path) -> None:
    tiny_day.write_folder(tmp_path / "monday", tiny_day.document())
    assert read_problem(tmp_path / "monday").problem.id == "monday"
    tiny_day.write_folder(tmp_path / "tuesday", tiny_day.document() | {"id": 7})
    assert read_problem(tmp_path / "tuesday").problem.id == "7"


# --- rows kept and rows refused -----------------------------------------------------------------


def test_good_order_rows_are_kept_beside_refused_ones() -> None:
    document = tiny_day.document()
    row = document["orders"][0]
    document["orders"] += [
        row | {"line": "3", "zone": "warm", "mass_kg": -1},
        row | {"line": "4"},
        row | {"line": "4"},
        row | {"line": "5", "site": "G"},
        "no row at all",
    ]
    result = problem_from_document(document, keep_good_rows=True)
    assert [key.line for key in result.problem.lines] == ["1", "2", "4"]
    assert [(fault.code, fault.place) for fault in result.refused] == [
        ("CG-1012", "/orders/2/zone"),
        ("CG-1008", "/orders/2/mass_kg"),
        ("CG-1014", "/orders/4/line"),
        ("CG-1017", "/orders/5/site"),
        ("CG-1027", "/orders/6"),
    ]
    assert (result.order_rows, result.refused_rows) == (7, 4)
    assert result.order_rows == len(result.problem.lines) + result.refused_rows


def test_without_the_wish_one_bad_row_refuses_the_input() -> None:
    document = tiny_day.document()
    document["orders"][0]["zone"] = "warm"
    with pytest.raises(InputRefused):
        problem_from_document(document)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [("sites", "lat", 91), ("vehicles", "home", "Q"), ("stock", "mass_kg", "x")],
)
def test_everything_but_order_rows_must_be_right(table: str, column: str, value: object) -> None:
    document = tiny_day.document()
    document[table][0][column] = value
    document["orders"][0]["zone"] = "warm"
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document, keep_good_rows=True)
    assert len(refused.value.faults) == 2


def test_no_good_row_left_refuses_the_input() -> None:
    document = tiny_day.document()
    for row in document["orders"]:
        row["zone"] = "warm"
    with pytest.raises(InputRefused) as refused:
        problem_from_document(document, keep_good_rows=True)
    assert [fault.code for fault in refused.value.faults] == ["CG-1012", "CG-1012"]


# --- CSV ----------------------------------------------------------------------------------------


def write(folder: Path, name: str, data: bytes) -> Path:
    tiny_day.write_folder(folder, tiny_day.document())
    (folder / name).write_bytes(data)
    return folder


SITES = "id,kind,name,lat,lon\nC,central,中央仓,28,113\nG,grid,,28,113\nP,pickup,,28,113\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_may_be_utf8_or_gbk(encoding: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "sites.csv", SITES.encode(encoding))
    assert read_problem(folder).problem.sites["C"].name == "中央仓"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_csv_may_end_its_lines_in_any_way(ending: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "sites.csv", SITES.replace("\n", ending).encode())
    assert list(read_problem(folder).problem.sites) == ["C", "G", "P"]


def test_row_numbers_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    text = 'id,kind,name,lat,lon\n\nC,central,"two\nlines",28,113\n,,,,\nP,pickup,,x,113\n'
    folder = write(tmp_path / "day", "sites.csv", text.encode())
    with pytest.raises(InputRefused) as refused:
        read_problem(folder)
    assert "sites.csv row 5" in [fault.place for fault in refused.value.faults]


def test_words_that_pandas_takes_for_missing_are_text(tmp_path: Path) -> None:
    text = "id,kind,name,lat,lon\nNA,central,None,28,113\nG,grid,nan,28,113\nP,pickup,,28,113\n"
    tiny_day.write_folder(tmp_path, tiny_day.document())
    (tmp_path / "sites.csv").write_text(text)
    vehicles = (tmp_path / "vehicles.csv").read_text().replace("truck,C,", "truck,NA,")
    (tmp_path / "vehicles.csv").write_text(vehicles)
    sites = read_problem(tmp_path).problem.sites
    assert [site.name for site in sites.values()] == ["None", "nan", "P"]


def test_short_rows_lack_their_last_cells(tmp_path: Path) -> None:
    folder = write(tmp_path / "day", "stock.csv", b"site,article,mass_kg,volume_l\nG,MILK,1\n")
    with pytest.raises(InputRefused) as refused:
        read_problem(folder)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-1006", "stock.csv row 2")]


def test_stock_may_be_absent_and_other_files_do_no_harm(tmp_path: Path) -> None:
    tiny_day.write_folder(tmp_path, tiny_day.document())
    (tmp_path / "stock.csv").unlink()
    (tmp_path / "README.md").write_text("notes")
    (tmp_path / "weather.csv").write_text("a,b\n1,2\n")
    assert read_problem(tmp_path).problem.stock == ()


# --- workbook -----------------------------------------------------------------------------------


def workbook(path: Path) -> openpyxl.Workbook:
    path.write_bytes(write_problem_workbook(tiny()))
    return openpyxl.load_workbook(path)


def test_workbook_cells_may_be_numbers_times_and_truths(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    book = workbook(path)
    orders, vehicles = book["orders"], book["vehicles"]
    header = [cell.value for cell in orders[1]]
    orders.cell(2, header.index("window_from") + 1).number_format = "hh:mm"
    orders.cell(2, header.index("window_from") + 1).value = 7 / 24
    orders.cell(3, header.index("line") + 1).value = 2
    header = [cell.value for cell in vehicles[1]]
    vehicles.cell(3, header.index("live_temperature") + 1).value = True
    book.save(path)
    assert read_problem(path).problem == tiny()


def test_workbook_settings_may_have_dotted_keys(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    book = workbook(path)
    settings = book["settings"]
    rows = [[cell.value for cell in row] for row in settings.iter_rows()]
    for number, (key, _) in enumerate(rows, start=1):
        if key in {"ambient_c", "zones"}:
            settings.cell(number, 1).value = None
            settings.cell(number, 2).value = None
    settings.append(["ambient_c", 31.5])
    settings.append(["zones.frozen.loading_c", -22])
    settings.append(["zones.chilled", "{loading_c: 1.5}"])
    book.save(path)
    problem = read_problem(path).problem
    assert problem.ambient_c == 31.5
    assert problem.policies[Zone.FROZEN].loading_c == -22.0
    assert problem.policies[Zone.CHILLED].loading_c == 1.5


@pytest.mark.parametrize(
    ("place", "cells", "code"),
    [
        ("orders row 2", {"F2": "warm"}, "CG-1012"),
        ("sites row 1", {"C1": "nmae"}, "CG-1003"),
        ("settings row 5", {"B5": "yesterday"}, "CG-1009"),
        ("settings row 3", {"A2": "id", "A3": "id.x"}, "CG-1004"),
        ("settings row 3", {"A3": "schema"}, "CG-1004"),
        ("settings row 3", {"A3": None}, "CG-1006"),
        ("settings row 1", {"A1": "name"}, "CG-1002"),
        ("settings row 4", {"B4": "["}, "CG-1005"),
        ("settings row 4", {"A4": "zone"}, "CG-1003"),
    ],
)
def test_workbook_faults_name_sheet_and_row(
    place: str, cells: dict[str, str | None], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.xlsx"
    book = workbook(path)
    for cell, value in cells.items():
        book[place.split(maxsplit=1)[0]][cell] = value
    book.save(path)
    with pytest.raises(InputRefused) as refused:
        read_problem(path)
    found = [(fault.code, fault.place) for fault in refused.value.faults]
    assert (code, f"tiny.xlsx sheet {place}") in found


def test_missing_and_misnamed_sheets_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "tiny.xlsx"
    book = workbook(path)
    del book["vehicles"]
    book["stock"].title = "stocks"
    book.create_sheet("remarks")
    book.save(path)
    with pytest.raises(InputRefused) as refused:
        read_problem(path)
    assert [fault.place for fault in refused.value.faults] == [
        "tiny.xlsx sheet vehicles",
        "tiny.xlsx sheet stocks",
    ]


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06 no workbook", b"id,kind\n"])
def test_file_that_only_claims_to_be_a_workbook_is_a_fault(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "day.xlsx"
    path.write_bytes(data)
    with pytest.raises(InputRefused) as refused:
        read_problem(path)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-1005", "day.xlsx")]


# --- size ---------------------------------------------------------------------------------------


def test_twenty_thousand_lines_are_read_in_two_seconds_of_work(tmp_path: Path) -> None:
    document = tiny_day.document()
    row = document["orders"][0]
    document["orders"] = [
        row | {"line": n, "mass_kg": f"{1 + n / 997:.3f}", "volume_l": f"{1 + n / 613:.3f}"}
        for n in range(20_000)
    ]
    tiny_day.write_folder(tmp_path, document)
    started = time.process_time()
    problem = read_problem(tmp_path).problem
    spent = time.process_time() - started
    assert len(problem.lines) == 20_000
    assert spent < 2.0


def test_real_city_is_read(data_dir: Path) -> None:
    problem = read_problem(data_dir / "city").problem
    assert len(problem.lines) == 2189
    assert len(problem.sites_of(SiteKind.GRID)) == 12
    assert json.loads(write_problem_json(problem))["radius_km"] == 12.0
