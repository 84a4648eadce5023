"""Files of vehicles that are loaded again and again: read, judged, solved."""

from __future__ import annotations

from pathlib import Path

import pytest

from optimizer.benchmark.routing import cost_of, is_solution, run
from optimizer.benchmark.vrplib_file import Instance, read_instance, read_routes
from optimizer.domain.errors import InputRefused

SHUTTLE = """NAME : shuttle
TYPE : MTVRPTWR
DIMENSION : 4
VEHICLES : 1
CAPACITY : 5
SERVICE_TIME : 1
EDGE_WEIGHT_TYPE : EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 3
3 0 5
4 4 0
DEMAND_SECTION
1 0
2 2
3 3
4 4
TIME_WINDOW_SECTION
1 0 40
2 0 20
3 0 20
4 0 40
RELEASE_TIME_SECTION
1 0
2 0
3 1
4 15
VEHICLES_RELOAD_DEPOT_SECTION
1 1
DEPOT_SECTION
1
-1
EOF
"""

Visits = list[tuple[int, list[int]]]


def written(folder: Path, text: str) -> Path:
    path = folder / "shuttle.vrp"
    path.write_text(text)
    return path


@pytest.fixture
def shuttle(tmp_path: Path) -> Instance:
    return read_instance(written(tmp_path, SHUTTLE))


def test_releases_are_tenfold_and_loading_is_at_home(shuttle: Instance) -> None:
    assert shuttle.releases.tolist() == [0, 0, 10, 150]
    assert shuttle.kinds[0].max_trips == 3
    problem = shuttle.problem()
    assert [job.release for job in problem.jobs] == [0, 10, 150]
    assert problem.vehicles[0].max_trips == 3


def test_two_trips_with_the_depot_between_them_are_a_solution(shuttle: Instance) -> None:
    # Off at 10, back at 10 + 100 + 20 = 130; off again at 150, back at 240.
    visits: Visits = [(0, [1, 2, 0, 3])]
    assert is_solution(shuttle, visits)
    assert cost_of(shuttle, visits) == 100 + 80


@pytest.mark.parametrize(
    "rows",
    [[1, 2, 3], [3, 0, 1, 2], [1, 0, 2], [1, 2, 0, 3, 0, 1]],
    ids=["capacity", "window after release", "client missing", "client twice"],
)
def test_broken_trips_are_found(shuttle: Instance, rows: list[int]) -> None:
    assert not is_solution(shuttle, [(0, rows)])


def test_a_trip_that_leaves_before_its_release_returns_too_late(tmp_path: Path) -> None:
    late = read_instance(written(tmp_path, SHUTTLE.replace("4 15\n", "4 35\n")))
    # Served from 390 on and back at 440 of 400.
    assert not is_solution(late, [(0, [1, 2, 0, 3])])


def test_more_reloads_than_allowed_are_found(tmp_path: Path) -> None:
    section = "\nVEHICLES_MAX_RELOADS_SECTION\n1 1\nDEPOT_SECTION"
    once = read_instance(written(tmp_path, SHUTTLE.replace("\nDEPOT_SECTION", section)))
    assert once.kinds[0].max_trips == 2
    assert is_solution(once, [(0, [1, 2, 0, 3])])
    assert not is_solution(once, [(0, [1, 0, 2, 0, 3])])


def test_a_result_shows_where_a_vehicle_was_loaded(tmp_path: Path) -> None:
    [result] = run([written(tmp_path, SHUTTLE)], limit_s=0.3, seeds=[1], engine="pyvrp")
    assert result.feasible
    assert result.cost == 180
    assert {(route.nodes, route.quantities) for route in result.routes} <= {
        ((1, 2, 3, 1, 4, 1), (2, 3, 0, 4)),
        ((1, 3, 2, 1, 4, 1), (3, 2, 0, 4)),
    }


def test_loading_elsewhere_is_refused(tmp_path: Path) -> None:
    text = SHUTTLE.replace("RELOAD_DEPOT_SECTION\n1 1", "RELOAD_DEPOT_SECTION\n1 2")
    with pytest.raises(InputRefused, match="own depot"):
        read_instance(written(tmp_path, text))


def test_a_range_over_several_trips_is_refused(tmp_path: Path) -> None:
    section = "VEHICLES_MAX_DISTANCE : 9\nEDGE_WEIGHT_TYPE"
    with pytest.raises(InputRefused, match="several trips"):
        read_instance(written(tmp_path, SHUTTLE.replace("EDGE_WEIGHT_TYPE", section)))


def test_all_published_multi_trip_solutions_are_found_again(data_dir: Path) -> None:
    files = sorted((data_dir / "multi_trip").glob("*.vrp"))
    assert len(files) == 57
    for path in files:
        found = read_instance(path)
        solution = path.with_suffix(".sol")
        visits = [(found.vehicle_kinds[v], rows) for v, rows in read_routes(solution)]
        published = solution.read_text().split("Cost:")[1].split()[0]
        assert is_solution(found, visits), path.name
        assert cost_of(found, visits) == int(published), path.name
