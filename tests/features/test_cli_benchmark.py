"""``coldgrid benchmark``: costs that anybody can count again, and an honest exit status."""

import json
from itertools import pairwise
from math import dist
from pathlib import Path

import pytest

from tests.features.command_line import SMALL_CITY, coldgrid
from tests.large_city import city

POINTS = [(0, 0), (10, 0), (10, 10), (0, 10), (-10, 0), (0, -10)]
DEMANDS = [0, 4, 4, 4, 4, 4]


def _vrp(folder: Path, name: str, capacity: int, vehicles: int) -> Path:
    rows = [f"{i} {x} {y}" for i, (x, y) in enumerate(POINTS, start=1)]
    needs = [f"{i} {demand}" for i, demand in enumerate(DEMANDS, start=1)]
    lines = [
        f"NAME : {name}",
        "TYPE : CVRP",
        f"DIMENSION : {len(POINTS)}",
        "EDGE_WEIGHT_TYPE : EUC_2D",
        f"CAPACITY : {capacity}",
        f"VEHICLES : {vehicles}",
        "NODE_COORD_SECTION",
        *rows,
        "DEMAND_SECTION",
        *needs,
        "DEPOT_SECTION",
        "1",
        "-1",
        "EOF",
    ]
    path = folder / f"{name}.vrp"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def solvable(tmp_path: Path) -> Path:
    path = _vrp(tmp_path, "five", capacity=12, vehicles=3)
    best = "Route #1: 1 2 3\nRoute #2: 4 5\nCost 74\n"
    path.with_suffix(".sol").write_text(best, encoding="utf-8")
    return path


QUICK = ("--time-limit", "0.3")
QUICKEST = ("--time-limit", "0.1")
"""For many searches, one after another."""


def test_routes_in_the_json_give_the_cost(solvable: Path) -> None:
    done = coldgrid("benchmark", "routing", solvable, *QUICK, "--seed", 3, "--json")
    assert done.code == 0, done.err
    assert done.err == ""
    document = done.document()
    assert list(document) == ["instances", "mean_gap_pct"]
    (result,) = document["instances"]
    assert result["instance"] == "five"
    assert result["feasible"] is True
    assert result["reference"] == 74
    cost = sum(
        round(dist(POINTS[a - 1], POINTS[b - 1]))
        for route in result["routes"]
        for a, b in pairwise(route["nodes"])
    )
    assert result["cost"] == cost
    assert result["gap_pct"] == pytest.approx(100 * (cost - 74) / 74, abs=1e-3)
    visited = sorted(node for route in result["routes"] for node in route["nodes"][1:-1])
    assert visited == [2, 3, 4, 5, 6]


def test_a_person_reads_a_row_per_instance_and_the_mean(solvable: Path) -> None:
    done = coldgrid("benchmark", "routing", solvable.parent, *QUICK, "--workers", 2)
    assert done.code == 0, done.err
    assert "five" in done.out
    assert "mean gap: " in done.out
    assert max(map(len, done.out.splitlines())) <= 100


@pytest.mark.parametrize("engine", ["ortools", "pyvrp"])
def test_an_engine_can_be_measured_alone(solvable: Path, engine: str) -> None:
    done = coldgrid("benchmark", "routing", solvable, *QUICK, "--engine", engine, "--json")
    assert done.code == 0, done.err
    assert done.document()["instances"][0]["feasible"] is True


def test_an_instance_that_cannot_be_solved_is_a_no(tmp_path: Path) -> None:
    path = _vrp(tmp_path, "tight", capacity=8, vehicles=2)
    done = coldgrid("benchmark", "routing", path, *QUICK, "--json")
    assert done.code == 1
    (result,) = done.document()["instances"]
    assert result["feasible"] is False
    assert done.document()["mean_gap_pct"] is None


def test_files_that_are_no_instances_are_all_named(tmp_path: Path) -> None:
    for name in ("one.vrp", "two.vrp"):
        (tmp_path / name).write_text("nothing of the kind\n", encoding="utf-8")
    done = coldgrid("benchmark", "routing", tmp_path, *QUICK)
    assert done.code == 2
    assert done.out == ""
    assert [line.split()[0] for line in done.complaints()] == ["CG-5001", "CG-5001"]


@pytest.mark.parametrize("kind", ["routing", "two-echelon"])
def test_a_missing_file_is_refused(kind: str) -> None:
    done = coldgrid("benchmark", kind, "nowhere.dat", *QUICK)
    assert done.code == 2
    assert done.out == ""
    (line,) = done.complaints()
    assert line.startswith("CG-5")
    assert "nowhere.dat" in line


# --- two echelons -------------------------------------------------------------------------------

TWO_ECHELON = """! trucks, city freighters, depot and satellites, customers
2,10,1,0
2,4,6,1,0
0,0   10,0   0,10
11,1,2 12,0,2 11,-1,2 1,11,2 0,12,2
"""


def test_two_echelons_report_both(tmp_path: Path) -> None:
    path = tmp_path / "tiny.dat"
    path.write_text(TWO_ECHELON, encoding="utf-8")
    words = ("--time-limit", 1, "--seed", 1, "--workers", 1)
    done = coldgrid("benchmark", "two-echelon", path, *words, "--json")
    assert done.code == 0, done.err
    (result,) = done.document()["instances"]
    assert result["feasible"] is True
    assert {route["echelon"] for route in result["routes"]} == {"linehaul", "last_mile"}
    places = [(0, 0), (10, 0), (0, 10), (11, 1), (12, 0), (11, -1), (1, 11), (0, 12)]
    cost = sum(
        dist(places[a], places[b])
        for route in result["routes"]
        for a, b in pairwise(route["nodes"])
    )
    assert result["cost"] == pytest.approx(cost, abs=1e-6)
    assert 0.9 * cost < result["lower_bound"] <= cost
    mean = done.document()["mean_bound_gap_pct"]
    assert result["bound_gap_pct"] == pytest.approx(mean, abs=1e-4)
    table = coldgrid("benchmark", "two-echelon", path, *words)
    assert table.code == 0
    assert "tiny" in table.out
    assert "mean above the lower bound" in table.out
    unbounded = coldgrid(
        "benchmark", "two-echelon", path, "--time-limit", 0.2, "--bound-time-limit", 0
    )
    assert "lower bound" not in unbounded.out


# --- engines ------------------------------------------------------------------------------------


def test_engines_are_compared_on_the_last_mile_of_a_problem() -> None:
    done = coldgrid("benchmark", "engines", SMALL_CITY, *QUICKEST, "--seeds", 2, "--json")
    assert done.code == 0, done.err
    document = done.document()
    assert document["routing_problems"] == 2
    assert {row["engine"] for row in document["engines"]} == {"portfolio", "ortools", "pyvrp"}
    for row in document["engines"]:
        assert len(row["objective_cents"]) == 2
        assert min(row["objective_cents"]) > 0


def test_engines_for_people() -> None:
    done = coldgrid("benchmark", "engines", SMALL_CITY, *QUICKEST, "--seeds", 1)
    assert done.code == 0, done.err
    assert "2 routing problems, 0.1 s on one core each" in done.out
    assert "portfolio" in done.out


# --- a file of results --------------------------------------------------------------------------


def test_runs_are_kept_and_not_made_again(solvable: Path, tmp_path: Path) -> None:
    file = tmp_path / "results.csv"
    words = ("benchmark", "routing", solvable, *QUICKEST, "--results", file)
    first = coldgrid(*words, "--seeds", "1-2", "--json")
    assert first.code == 0, first.err
    assert [run["seed"] for run in first.document()["instances"]] == [1, 2]
    assert first.document()["done_before"] == 0
    # As a process leaves it that is killed while it writes.
    file.write_bytes(file.read_bytes()[:-20])
    again = coldgrid(*words, "--seeds", "1,2", "--json")
    assert [run["seed"] for run in again.document()["instances"]] == [2]
    assert again.document()["done_before"] == 1
    table = coldgrid(*words, "--seeds", "1-2")
    assert table.code == 0
    assert "2 runs done before and not made again" in table.out
    assert "2 of 2" in table.out
    summed = coldgrid("benchmark", "summary", file, "--json")
    (found,) = summed.document()["summaries"]
    assert (found["seeds"], found["at_best"], found["mean_gap_pct"]) == ([1, 2], 2, 0.0)
    assert "at best" in coldgrid("benchmark", "summary", file).out


def test_a_run_that_failed_before_is_still_a_no(tmp_path: Path) -> None:
    path = _vrp(tmp_path, "tight", capacity=8, vehicles=2)
    words = ("benchmark", "routing", path, *QUICKEST, "--results", tmp_path / "results.csv")
    assert [coldgrid(*words).code for _ in range(2)] == [1, 1]
    assert coldgrid("benchmark", "summary", tmp_path / "results.csv").code == 1


def test_a_foreign_file_of_results_is_refused(solvable: Path) -> None:
    for words in (("routing", solvable, *QUICKEST, "--results", solvable), ("summary", solvable)):
        done = coldgrid("benchmark", *words)
        assert done.code == 2
        assert done.complaints()[0].startswith("CG-5003")


@pytest.mark.parametrize(
    "words",
    [("--seeds", "3-1"), ("--seeds", "x"), ("--seeds", "1-999"), ("--seeds", "1", "--seed", "2")],
)
def test_seeds_that_are_none_are_refused(solvable: Path, words: tuple[str, ...]) -> None:
    done = coldgrid("benchmark", "routing", solvable, *QUICKEST, *words)
    assert done.code == 2
    assert "--seed" in done.err


def test_engines_named_are_compared_with_pyvrp_on_a_sample(tmp_path: Path) -> None:
    problem = tmp_path / "city.json"
    problem.write_text(json.dumps(city(orders=6, points=4, grids=3)), encoding="utf-8")
    words = ("benchmark", "engines", problem, *QUICKEST, "--seeds", 1, "--json")
    done = coldgrid(*words, "--sample", 2, "--engine", "portfolio")
    assert done.code == 0, done.err
    assert done.document()["routing_problems"] == 2
    assert [row["engine"] for row in done.document()["engines"]] == ["pyvrp", "portfolio"]
    refused = coldgrid(*words, "--sample", 4)
    assert refused.code == 2
    assert refused.complaints()[0].startswith("CG-5005 --sample: it has 3 grids")
