"""Two-echelon files are read strictly, solved feasibly, and priced from the file alone."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from optimizer.benchmark.result import BenchmarkRoute
from optimizer.benchmark.two_echelon import cost_of, is_solution, run
from optimizer.benchmark.two_echelon_instance import read_instance, reference_of
from optimizer.domain.errors import InputRefused

# The depot in the middle, a satellite at either side, two customers around each satellite.
TEXT = """! a comment
2,10,2,5
!
2,3,6,1,3
0,0   10,0,0.5   -10,0
12,0,3   14,0,3   -12,0,4   -10,3,2
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "instances" / "small.dat"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    (tmp_path / "reference_values.csv").write_text(
        "instance,best_of_ten_runs,literature_best\nsmall,90.5,\n", encoding="utf-8"
    )
    return path


def linehaul(*nodes: int, quantities: tuple[int, ...]) -> BenchmarkRoute:
    return BenchmarkRoute(echelon="linehaul", nodes=nodes, quantities=quantities)


def last_mile(*nodes: int, quantities: tuple[int, ...]) -> BenchmarkRoute:
    return BenchmarkRoute(echelon="last_mile", nodes=nodes, quantities=quantities)


GOOD = (
    linehaul(0, 1, 0, quantities=(6,)),
    linehaul(0, 2, 0, quantities=(6,)),
    last_mile(1, 3, 4, 1, quantities=(3, 3)),
    last_mile(2, 5, 6, 2, quantities=(4, 2)),
)


def test_a_file_is_read(small: Path) -> None:
    instance = read_instance(small)
    assert (instance.name, instance.satellites, instance.demands) == ("small", 2, (3, 3, 4, 2))
    assert (instance.trucks.number, instance.trucks.capacity) == (2, 10)
    assert (instance.vans.per_site, instance.vans.number, instance.vans.capacity) == (2, 3, 6)
    assert instance.handling == (0.5, 0.0)
    assert instance.distances[2, 6] == 3
    assert reference_of(small) == 90.5


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("2,10,2,5", "2,10,2", "line 2 (trucks)"),
        ("2,3,6,1,3", "2,3,six,1,3", "line 4 (city vehicles)"),
        ("2,3,6,1,3", "2,3,0,1,3", "line 4 (city vehicles)"),
        ("10,0,0.5   -10,0", "", "line 5 (stores)"),
        ("14,0,3", "14,0", "line 6 (customers)"),
        ("14,0,3", "14,0,2.5", "line 6 (customers)"),
        ("14,0,3", "14,nan,3", "line 6 (customers)"),
        ("! a comment", "1,2,3", "small.dat"),
    ],
)
def test_a_bad_line_is_refused_with_its_number(small: Path, old: str, new: str, place: str) -> None:
    small.write_text(TEXT.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputRefused) as refused:
        run([small], limit_s=0.1, seeds=[1])
    assert refused.value.faults[0].code == "CG-5001"
    assert place in refused.value.faults[0].place


def test_a_file_that_is_not_there_and_no_file_at_all_are_refused(tmp_path: Path) -> None:
    for paths in ([tmp_path / "none.dat"], [tmp_path]):
        with pytest.raises(InputRefused):
            run(paths, limit_s=0.1, seeds=[1])


def test_the_cost_counts_arcs_vehicles_and_handling(small: Path) -> None:
    trucks = 2 * (5 + 2 * 20)
    vans = (3 + 8) + (3 + 2 + 13**0.5 + 3)
    assert cost_of(read_instance(small), GOOD) == pytest.approx(trucks + vans + 0.5 * 6)


@pytest.mark.parametrize(
    ("change", "route"),
    [
        (0, linehaul(0, 1, 0, quantities=(5,))),
        (0, linehaul(0, 1, 2, 0, quantities=(6, 5))),
        (1, linehaul(0, 2, 1, quantities=(6,))),
        (2, last_mile(1, 3, 1, quantities=(3,))),
        (2, last_mile(1, 3, 4, 4, 1, quantities=(3, 3, 3))),
        (2, last_mile(1, 3, 4, 1, quantities=(3, 2))),
        (2, last_mile(2, 3, 4, 2, quantities=(3, 3))),
        (3, last_mile(2, 5, 6, 1, quantities=(4, 2))),
        (3, BenchmarkRoute(echelon="air", nodes=(2, 5, 6, 2), quantities=(4, 2))),
    ],
)
def test_a_broken_rule_is_seen(small: Path, change: int, route: BenchmarkRoute) -> None:
    instance = read_instance(small)
    assert is_solution(instance, GOOD)
    broken = list(GOOD)
    broken[change] = route
    assert not is_solution(instance, broken)


def test_too_many_vehicles_are_seen(small: Path) -> None:
    apart = [last_mile(1, 3, 1, quantities=(3,)), last_mile(1, 4, 1, quantities=(3,))]
    instance = read_instance(small)
    assert is_solution(instance, [*GOOD[:2], *apart, GOOD[3]])
    assert not is_solution(
        replace(instance, vans=replace(instance.vans, number=2)), [*GOOD[:2], *apart, GOOD[3]]
    )
    assert not is_solution(
        replace(instance, vans=replace(instance.vans, per_site=1)), [*GOOD[:2], *apart, GOOD[3]]
    )


def test_a_small_instance_is_solved_to_the_optimum(small: Path) -> None:
    (result,) = run([small], limit_s=1.0, seeds=[1])
    assert result.feasible
    assert result.reference == 90.5
    assert result.cost == pytest.approx(cost_of(read_instance(small), result.routes))
    assert result.cost is not None
    assert result.cost <= cost_of(read_instance(small), GOOD)
    assert json.loads(json.dumps(result.as_json()))["routes"][0]["echelon"] == "linehaul"


@pytest.mark.parametrize("name", ["Set2a_E-n22-k4-s6-17", "Set3_E-n51-k5-s41-44"])
def test_exactly_tight_vehicles_are_kept_on_real_instances(data_dir: Path, name: str) -> None:
    (result,) = run(
        [data_dir / "two_echelon" / "instances" / f"{name}.dat"],
        limit_s=2.0,
        seeds=[1],
    )
    assert result.feasible
    assert result.gap_pct is not None
    assert -0.01 < result.gap_pct < 10


def test_all_real_instances_are_readable_and_their_solutions_recount(data_dir: Path) -> None:
    folder = data_dir / "two_echelon"
    files = sorted((folder / "instances").glob("*.dat"))
    assert len(files) >= 76
    for file in files:
        instance = read_instance(file)
        routes = published(folder / "solutions" / f"{file.stem}.sol.txt")
        assert is_solution(instance, routes), file.stem
        reference = reference_of(file)
        assert reference is not None
        assert cost_of(instance, routes) > reference - 0.02


def published(path: Path) -> list[BenchmarkRoute]:
    """Read `k - 0 -> 1(20) -> 0 - length`, `k - 1 -> 5(3) -> … -> 1 - length`."""
    routes = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if "->" not in line:
            continue
        first, *inner, last = line.split(" - ")[1].split(" -> ")
        visits = [visit.rstrip(")").split("(") for visit in inner]
        routes.append(
            BenchmarkRoute(
                echelon="linehaul" if first.strip() == "0" else "last_mile",
                nodes=(int(first), *(int(node) for node, _ in visits), int(last)),
                quantities=tuple(round(float(quantity)) for _, quantity in visits),
            )
        )
    return routes
