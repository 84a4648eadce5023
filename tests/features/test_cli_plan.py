"""``coldgrid plan`` from the files a dispatcher has to the files a warehouse needs."""

import csv
import json
import re
from pathlib import Path
from time import monotonic

import pytest
from jsonschema import Draft202012Validator

from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import write_problem_json, write_problem_workbook
from optimizer.formats.schemas import schema
from tests.features.command_line import (
    SMALL_CITY,
    Done,
    coldgrid,
    coldgrid_on_terminal,
    coldgrid_script,
)
from tests.features.sample_city import Row, change_rows, copy_of_city

QUICK = ("--iterations", "5", "--workers", "1")
LONG_S = 250
SOON_S = 40.0
"""Half of what the first grid alone would take, however busy the machine is."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    folder = tmp_path_factory.mktemp("planned")
    words = ("--iterations", 20, "--seed", 3, "--workers", 1, "--out", folder / "day.json")
    return folder, coldgrid_script("plan", SMALL_CITY, *words)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Done]:
    """Plan on a narrow terminal, into the folder where it runs."""
    folder = tmp_path_factory.mktemp("shown")
    done = coldgrid_on_terminal("plan", SMALL_CITY, *QUICK, cwd=folder, columns=80)
    assert done.code == 0, done.out
    return folder, done


def _files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --- the files ----------------------------------------------------------------------------------


def test_plan_map_and_manifests_lie_side_by_side(planned: tuple[Path, Done]) -> None:
    folder, done = planned
    assert done.code == 0, done.err
    plan = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    vehicles = {route["vehicle"] for route in plan["routes"]}
    sheets = {f"day-manifests/{vehicle}.csv" for vehicle in vehicles}
    assert set(_files(folder)) == {"day.json", "day.geojson"} | sheets


def test_the_plan_keeps_its_schema_and_is_feasible(planned: tuple[Path, Done]) -> None:
    plan = json.loads((planned[0] / "day.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema("plan")).iter_errors(plan)) == []
    assert plan["check"] == {"feasible": True, "violations": []}
    assert sum(plan["cost_breakdown_cents"].values()) == plan["objective_cents"]


def test_totals_in_are_totals_out(planned: tuple[Path, Done]) -> None:
    folder, _ = planned
    problem = read_problem(SMALL_CITY).problem
    plan = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    vans = {route["vehicle"] for route in plan["routes"] if route["echelon"] == "last_mile"}
    handed = 0.0
    for van in vans:
        text = (folder / "day-manifests" / f"{van}.csv").read_text(encoding="utf-8")
        handed += sum(float(row["mass_kg"]) for row in csv.DictReader(text.splitlines()))
    assert plan["unserved"] == []
    assert round(handed * 1000) == sum(line.mass_g for line in problem.lines.values())


def test_the_map_shows_every_site_and_route(planned: tuple[Path, Done]) -> None:
    folder, _ = planned
    collection = json.loads((folder / "day.geojson").read_text(encoding="utf-8"))
    plan = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    kinds = [feature["properties"]["feature"] for feature in collection["features"]]
    assert kinds.count("site") == len(read_problem(SMALL_CITY).problem.sites)
    assert kinds.count("route") == len(plan["routes"])


def test_iterations_give_the_same_bytes_with_any_number_of_workers(
    planned: tuple[Path, Done], tmp_path: Path
) -> None:
    words = ("--iterations", 20, "--seed", 3, "--workers", 2, "--out", tmp_path / "day.json")
    assert coldgrid_script("plan", SMALL_CITY, *words).code == 0
    assert _files(tmp_path) == _files(planned[0])


def test_default_place_is_named_after_the_problem(shown: tuple[Path, Done]) -> None:
    names = {path.name for path in shown[0].iterdir()}
    stem = "small_city-plan"
    assert names == {f"{stem}.json", f"{stem}.geojson", f"{stem}-manifests"}


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_one_file_gives_the_plan_of_the_folder(
    planned: tuple[Path, Done], tmp_path: Path, kind: str
) -> None:
    problem = read_problem(SMALL_CITY).problem
    write = {"json": write_problem_json, "xlsx": write_problem_workbook}[kind]
    source = tmp_path / f"small_city.{kind}"
    source.write_bytes(write(problem))
    out = tmp_path / "out" / "day.json"
    words = ("--iterations", 20, "--seed", 3, "--workers", 1, "--out", out)
    assert coldgrid("plan", source, *words).code == 0
    assert out.read_bytes() == (planned[0] / "day.json").read_bytes()


# --- what a person sees -------------------------------------------------------------------------


def test_a_person_reads_sums_routes_verdict_and_places(planned: tuple[Path, Done]) -> None:
    folder, done = planned
    plan = json.loads((folder / "day.json").read_text(encoding="utf-8"))
    assert f"{plan['objective_cents'] / 100:,.2f} = " in done.out
    assert "100.0% of 164.4 kg; 24 of 24 lines" in done.out
    for route in plan["routes"]:
        (line,) = [line for line in done.out.splitlines() if line.startswith(f" {route['id']} ")]
        assert route["departs_at"][11:16] in line
        assert f"{route['distance_m'] / 1000:.1f}" in line
        margins = [
            seen["margin_c"]
            for stop in route["stops"]
            for seen in stop["predicted_temperature_c"].values()
        ]
        assert f"{min(margins):.1f} °C" in line
    assert "check: feasible" in done.out
    assert str(folder / "day.geojson") in done.out.replace("\n", "").replace(" ", "")


def test_a_pipe_shows_no_progress_and_no_colours(planned: tuple[Path, Done]) -> None:
    done = planned[1]
    assert done.err == ""
    assert "\x1b" not in done.out
    assert "\r" not in done.out


def test_a_terminal_shows_progress_while_it_plans(shown: tuple[Path, Done]) -> None:
    before, _, after = shown[1].out.partition("objective")
    assert re.search(r"\d+ s  linehaul  1 of 1 done  routes so far \d+\.\d\d", before)
    assert "last mile  2 of 2 done" in before
    assert " done  " not in after


def test_output_fits_a_narrow_terminal_and_a_pipe(
    planned: tuple[Path, Done], shown: tuple[Path, Done]
) -> None:
    narrow = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown[1].out).replace("\r", "\n")
    assert max(map(len, narrow.splitlines())) <= 80
    assert max(map(len, planned[1].out.splitlines())) <= 100
    for text in (narrow, planned[1].out):
        for vehicle in ("T1", "V1"):
            assert re.search(rf"^ {vehicle}-morning-1 +\w+ +\d\d:\d\d", text, flags=re.MULTILINE)


def test_json_prints_the_plan_and_nothing_else(
    planned: tuple[Path, Done], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ("--iterations", 20, "--seed", 3, "--workers", 1, "--json")
    done = coldgrid("plan", SMALL_CITY, *words, cwd=tmp_path)
    # What a solver's own code prints would go past Python's streams.
    assert capfd.readouterr() == ("", "")
    assert done.code == 0
    assert done.err == ""
    assert done.out.encode() == (planned[0] / "day.json").read_bytes()
    assert list(tmp_path.iterdir()) == []


def test_json_with_out_writes_the_files_and_clears_the_manifests_of_an_earlier_plan(
    tmp_path: Path,
) -> None:
    stale = tmp_path / "day-manifests" / "V99.csv"
    stale.parent.mkdir()
    stale.write_text("yesterday", encoding="utf-8")
    kept = stale.with_name("notes.txt")
    kept.write_text("mine", encoding="utf-8")
    done = coldgrid("plan", SMALL_CITY, *QUICK, "--json", "--out", tmp_path / "day.json")
    assert done.document() == json.loads((tmp_path / "day.json").read_text(encoding="utf-8"))
    assert not stale.exists()
    assert kept.exists()


# --- options ------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["ortools", "pyvrp"])
def test_each_engine_alone_plans_the_day(tmp_path: Path, engine: str) -> None:
    done = coldgrid("plan", SMALL_CITY, *QUICK, "--engine", engine, "--json", cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.document()["kpis"]["served_lines"] == 24


def test_a_time_limit_and_the_largest_seed_plan_the_day(tmp_path: Path) -> None:
    words = ("--time-limit", "0.5", "--seed", 2**31 - 1, "--workers", 1, "--json")
    done = coldgrid("plan", SMALL_CITY, *words, cwd=tmp_path)
    assert done.code == 0, done.err
    assert done.document()["seed"] == 2**31 - 1
    assert done.document()["check"]["feasible"] is True


# --- bad rows -----------------------------------------------------------------------------------


def _spoil(row: Row) -> Row:
    changes = {
        ("N101", "1"): {"mass_kg": "heavy"},
        ("N202", "1"): {"zone": "warm"},
        ("N301", "2"): {"site": "P99"},
    }
    return row | changes.get((row["order"], row["line"]), {})


@pytest.fixture
def spoilt_city(tmp_path: Path) -> Path:
    city = copy_of_city(tmp_path)
    change_rows(city, "orders", _spoil)
    return city


def test_bad_rows_are_all_named_and_stop_the_plan(spoilt_city: Path, tmp_path: Path) -> None:
    done = coldgrid("plan", spoilt_city, *QUICK, cwd=tmp_path)
    assert done.code == 2
    assert done.out == ""
    lines = done.complaints()
    assert [line.split(":")[0] for line in lines] == [
        "CG-1007 orders.csv row 2",
        "CG-1012 orders.csv row 7",
        "CG-1015 orders.csv row 9",
    ]
    assert "'heavy' is not a number. Write" in lines[0]


def test_good_rows_are_planned_on_request(spoilt_city: Path, tmp_path: Path) -> None:
    done = coldgrid("plan", spoilt_city, *QUICK, "--keep-good-rows", "--json", cwd=tmp_path)
    assert done.code == 0
    assert done.document()["kpis"]["served_lines"] == 21
    assert [line.split()[0] for line in done.complaints()[:3]] == ["CG-1007", "CG-1012", "CG-1015"]
    assert done.complaints()[3] == "3 of 24 order rows are left out; the others are planned."


# --- the answer is no, or partly no -------------------------------------------------------------


def test_unserved_lines_without_a_violation_are_no_failure(tmp_path: Path) -> None:
    city = copy_of_city(tmp_path)
    change_rows(city, "vehicles", lambda row: None if row["home"] == "G2" else row)
    done = coldgrid("plan", city, *QUICK, "--out", tmp_path / "day.json")
    assert done.code == 0
    plan = json.loads((tmp_path / "day.json").read_text(encoding="utf-8"))
    assert len(plan["unserved"]) == 12
    assert "Unserved: 12 lines" in done.out
    for reason in {line["reason"] for line in plan["unserved"]}:
        assert re.search(rf"^ {reason} +\d+ ", done.out, flags=re.MULTILINE)


def test_nothing_served_at_all_is_a_no(tmp_path: Path) -> None:
    city = copy_of_city(tmp_path)
    change_rows(city, "vehicles", lambda row: None if row["echelon"] == "last_mile" else row)
    done = coldgrid("plan", city, *QUICK, "--json", cwd=tmp_path)
    assert done.code == 1
    assert done.document()["kpis"]["served_lines"] == 0


# --- a person who changes their mind ------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "times", "workers"),
    # A line is shown anew every quarter second: after the fourth time the vans are being planned.
    [(b"linehaul", 1, 2), (b"1 of 1 done", 4, 2), (b"1 of 1 done", 4, 1)],
)
def test_ctrl_c_stops_at_once_and_quietly(
    tmp_path: Path, moment: bytes, times: int, workers: int
) -> None:
    words = ("--time-limit", LONG_S, "--workers", workers, "--out", tmp_path / "day.json")
    begun = monotonic()
    done = coldgrid_on_terminal("plan", SMALL_CITY, *words, ctrl_c_at=moment, times=times)
    assert done.code == 130
    assert monotonic() - begun < SOON_S
    assert "Traceback" not in done.out
    assert not (tmp_path / "day.json").exists()


# --- places that cannot be written --------------------------------------------------------------


@pytest.mark.parametrize("out", ["taken/day.json", "folder", "day.geojson"])
def test_a_place_that_cannot_be_written_is_refused_before_planning(
    tmp_path: Path, out: str
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    done = coldgrid("plan", SMALL_CITY, "--time-limit", 60, "--out", tmp_path / out)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.complaints()
    assert line.startswith("CG-6001 ")
