"""Library instances: read, solved, and priced anew from the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.benchmark.result import InstanceResult, mean_gap_pct
from optimizer.benchmark.routing import city_comparison, cost_of, is_solution, run
from optimizer.benchmark.vrplib_file import Instance, read_instance, read_routes
from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import InputRefused
from tests.routing_cases import job, on_a_line, van

CVRP = """NAME : tiny
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 5
NODE_COORD_SECTION
1 0 0
2 0 3.4
3 4 0
4 0 -3
DEMAND_SECTION
1 0
2 2
3 3
4 5
DEPOT_SECTION
1
-1
EOF
"""

VRPTW = """NAME : timed
TYPE : VRPTW
DIMENSION : 3
VEHICLES : 1
CAPACITY : 9
SERVICE_TIME : 2.5
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 3.19
3 0 5
DEMAND_SECTION
1 0
2 2
3 3
TIME_WINDOW_SECTION
1 0 20
2 8 20
3 0 6
DEPOT_SECTION
1
-1
EOF
"""

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text)
        return path

    return written


def test_cvrp_distances_are_rounded_and_vehicles_are_many(write: Write) -> None:
    found = read_instance(write("tiny.vrp", CVRP))
    assert found.distances[0].tolist() == [0, 3, 4, 3]
    assert found.counts == (3,)
    assert not found.timed


def test_vrptw_numbers_are_tenfold_and_cut_off(write: Write) -> None:
    found = read_instance(write("timed.vrp", VRPTW))
    assert found.distances[0].tolist() == [0, 31, 50]
    assert found.services.tolist() == [0, 25, 25]
    assert found.closes.tolist() == [200, 200, 60]
    assert found.counts == (1,)


def test_a_result_has_routes_in_the_numbers_of_the_file(write: Write) -> None:
    path = write("tiny.vrp", CVRP)
    write("tiny.sol", "Route #1: 1 2\nRoute #2: 3\nCost 18\n")
    [result] = run([path], limit_s=0.2, seeds=[1])
    assert result.feasible
    assert (result.cost, result.reference, result.gap_pct) == (18, 18, 0.0)
    found = {(route.nodes, route.quantities) for route in result.routes}
    assert ((1, 4, 1), (5,)) in found
    assert result.as_json()["routes"][0]["echelon"] == "last_mile"


def test_a_folder_stands_for_its_instances(write: Write) -> None:
    write("a.vrp", VRPTW)
    folder = write("b.vrp", CVRP).parent
    results = run([folder], limit_s=0.1, seeds=[1], engine="pyvrp", workers=2)
    assert [result.instance for result in results] == ["a", "b"]
    assert all(result.feasible for result in results)
    assert all(result.reference is None and result.gap_pct is None for result in results)


def test_an_instance_beyond_its_fleet_is_not_feasible(write: Write) -> None:
    path = write("timed.vrp", VRPTW.replace("CAPACITY : 9", "CAPACITY : 4"))
    [result] = run([path], limit_s=0.1, seeds=[1])
    assert not result.feasible
    assert result.cost is None


@pytest.fixture
def timed(write: Write) -> Instance:
    return read_instance(write("timed.vrp", VRPTW))


def test_a_good_solution_is_one(timed: Instance) -> None:
    # There at 50, served until 75, at the next 93 and until 118, back at 149 of 200.
    assert is_solution(timed, [(0, [2, 1])])
    assert cost_of(timed, [(0, [2, 1])]) == 50 + 18 + 31


@pytest.mark.parametrize(
    "visits",
    [
        [(0, [1, 2])],
        [(0, [2])],
        [(0, [2, 1, 1])],
        [(0, [2]), (0, [1])],
    ],
    ids=["window", "client missing", "client twice", "vehicles"],
)
def test_broken_solutions_are_found(timed: Instance, visits: list[tuple[int, list[int]]]) -> None:
    assert not is_solution(timed, visits)


def test_an_overload_is_found(timed: Instance) -> None:
    small = replace(timed, kinds=(replace(timed.kinds[0], capacity=4),))
    assert not is_solution(small, [(0, [2, 1])])


@pytest.mark.parametrize(("longest", "kept"), [(149, True), (148, False)])
def test_the_duration_counts_from_the_latest_departure(
    timed: Instance, longest: int, kept: bool
) -> None:
    limited = replace(timed, kinds=(replace(timed.kinds[0], max_duration=longest),))
    assert is_solution(limited, [(0, [2, 1])]) is kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("what is this", "CG-5001"),
        ("", "CG-5001"),
        (CVRP.replace("CAPACITY : 5", "CAPACITY : many"), "CG-5001"),
        (CVRP.replace("4 0 -3\n", ""), "CG-5001"),
        (CVRP.replace("TYPE : CVRP", "TYPE : VRPB"), "CG-5002"),
        (CVRP.replace("DEPOT_", "PRIZE_SECTION\n1 0\n2 1\n3 1\n4 1\nDEPOT_"), "CG-5002"),
    ],
)
def test_a_file_that_is_no_instance_is_refused(write: Write, text: str, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        run([write("bad.vrp", text)], limit_s=0.1, seeds=[1])
    assert refused.value.code == code
    assert code in ERRORS
    assert "bad.vrp" in refused.value.faults[0].place


def test_the_faults_of_all_files_are_named(write: Write, tmp_path: Path) -> None:
    paths = [write("bad.vrp", "?"), write("good.vrp", CVRP), tmp_path / "none.vrp"]
    with pytest.raises(InputRefused) as refused:
        run(paths, limit_s=0.1, seeds=[1])
    assert len(refused.value.faults) == 2


def test_nothing_to_measure_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused, match="no instance"):
        run([tmp_path], limit_s=0.1, seeds=[1])


def measured(
    cost: float | None, reference: float | None, *, feasible: bool = True
) -> InstanceResult:
    return InstanceResult(
        instance="i", cost=cost, reference=reference, seconds=1.0, feasible=feasible, routes=()
    )


def test_a_gap_below_the_reference_counts_as_none_in_the_mean() -> None:
    found = measured(99, 100)
    assert found.gap_pct == pytest.approx(-1.0)
    results = [found, measured(102, 100), measured(5, None), measured(900, 100, feasible=False)]
    assert mean_gap_pct(results) == pytest.approx(1.0)
    assert mean_gap_pct([measured(None, 100, feasible=False)]) is None


def test_engines_are_compared_on_the_same_problems() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    rows = city_comparison(
        [problem, problem], limit_s=0.1, seeds=[1, 2], engines=["pyvrp", "portfolio"]
    )
    assert [row.engine for row in rows] == ["pyvrp", "portfolio"]
    assert [row.objective_cents for row in rows] == [(1080.0, 1080.0)] * 2
    assert [row.ratio for row in rows] == [1.0, 1.0]


@pytest.mark.parametrize(
    "name", ["X-n200-k36", "X-n502-k39", "X200-HD", "PR11A", "R1_10_1", "RC1_10_5"]
)
def test_published_solutions_are_solutions_here(data_dir: Path, name: str) -> None:
    path = data_dir / "single_echelon" / f"{name}.vrp"
    found = read_instance(path)
    routes = read_routes(path.with_suffix(".sol"))
    visits = [(found.vehicle_kinds[vehicle], rows) for vehicle, rows in routes]
    assert is_solution(found, visits)


@pytest.mark.parametrize(
    ("name", "published"), [("X-n200-k36", 58578), ("R1_10_1", 530261), ("PR11A", 6655548)]
)
def test_published_costs_are_found_again(data_dir: Path, name: str, published: int) -> None:
    path = data_dir / "single_echelon" / f"{name}.vrp"
    found = read_instance(path)
    visits = [(found.vehicle_kinds[v], rows) for v, rows in read_routes(path.with_suffix(".sol"))]
    assert cost_of(found, visits) == published
