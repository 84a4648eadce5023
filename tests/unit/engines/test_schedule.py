"""Times and costs that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.schedule import (
    Schedule,
    answer_of,
    cost_millicents,
    faults,
    fits,
    is_feasible,
    load_of,
    route_millicents,
    schedule,
)
from tests.routing_cases import job, on_a_line, van

OUT_AND_BACK = RoutingRoute(group=0, jobs=(0, 1))


def timed(problem: RoutingProblem, *jobs: int) -> Schedule:
    found = schedule(problem, RoutingRoute(group=0, jobs=jobs))
    assert found is not None
    return found


def test_a_route_drives_serves_and_returns() -> None:
    problem = on_a_line([0, 1000, 3000], [job(1), job(2)], [van(earliest=50)], service_s=60)
    found = timed(problem, 0, 1)
    assert found.departs == 50
    assert found.arrives == (150, 410)
    assert found.starts == (150, 410)
    assert found.leaves == (210, 470)
    assert found.returns == 770
    assert found.distance_m == 6000
    assert found.duration_s == 720


def test_cost_is_vehicle_metres_and_seconds() -> None:
    vehicle = van(fixed_cents=500, cents_per_km=18, cents_per_h=2500)
    problem = on_a_line([0, 1000], [job(1)], [vehicle])
    # 200 s at 2500 ct/h are 138.888… ct, half a millicent up.
    assert timed(problem, 0).cost_millicents == 500_000 + 18 * 2000 + 138_889


def test_waiting_becomes_a_later_departure() -> None:
    problem = on_a_line([0, 1000], [job(1, opens=5000)], [van()])
    found = timed(problem, 0)
    assert (found.departs, found.arrives, found.starts) == (4900, (5000,), (5000,))
    assert found.duration_s == 200


def test_a_departure_is_put_off_only_as_far_as_windows_let() -> None:
    jobs = [job(1, closes=600), job(2, opens=5000)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()]), 0, 1)
    assert found.departs == 500
    assert found.arrives == (600, 700)
    assert found.starts == (600, 5000)


def test_a_departure_is_not_put_off_into_lateness() -> None:
    jobs = [job(1, due=300, late_cents_per_min=60), job(2, opens=5000)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()]), 0, 1)
    assert found.departs == 200
    assert found.late_s == (0, 0)


def test_free_lateness_does_not_hold_a_departure() -> None:
    jobs = [job(1, due=300), job(2, opens=5000)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()]), 0, 1)
    assert found.departs == 4800
    assert found.late_s == (4600, 0)
    assert found.cost_millicents == 500_000 + 10 * 4000


def test_a_departure_that_is_late_already_keeps_its_lateness() -> None:
    jobs = [job(1, due=40, late_cents_per_min=30), job(2, opens=5000)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()]), 0, 1)
    assert found.departs == 0
    assert found.late_s == (60, 0)
    assert found.cost_millicents == 500_000 + 10 * 4000 + 30_000


def test_the_finish_is_never_put_off() -> None:
    found = timed(on_a_line([0, 1000], [job(1, closes=9000)], [van(latest=9000)]), 0)
    assert (found.departs, found.returns) == (0, 200)


def test_the_longest_duration_may_cost_lateness() -> None:
    jobs = [job(1, due=300, late_cents_per_min=60), job(2, opens=5000)]
    vehicle = van(max_duration_s=1000)
    found = timed(on_a_line([0, 1000, 2000], jobs, [vehicle]), 0, 1)
    assert found.duration_s == 1000
    assert found.departs == 4200
    assert found.late_s == (4000, 0)


def test_the_longest_duration_does_not_move_a_window() -> None:
    jobs = [job(1, closes=300), job(2, opens=5000)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_duration_s=1000)])
    assert schedule(problem, OUT_AND_BACK) is None


def test_the_longest_ride_puts_a_departure_off() -> None:
    jobs = [job(1, due=300, late_cents_per_min=60), job(2, opens=5000, max_ride_s=400)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()]), 0, 1)
    assert found.departs == 4600
    assert found.starts[1] - found.departs == 400


def test_a_ride_longer_than_the_way_is_impossible() -> None:
    problem = on_a_line([0, 1000], [job(1, opens=500, max_ride_s=99)], [van()])
    assert schedule(problem, RoutingRoute(group=0, jobs=(0,))) is None


def test_waiting_after_a_stop_does_not_shorten_its_ride() -> None:
    jobs = [job(1, max_ride_s=99), job(2, opens=5000)]
    assert schedule(on_a_line([0, 1000, 2000], jobs, [van()]), OUT_AND_BACK) is None


def test_jobs_of_one_node_share_service_and_start() -> None:
    jobs = [job(1, opens=200), job(1, opens=400), job(2)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()], service_s=60), 0, 1, 2)
    assert found.arrives[:2] == (400, 400)
    assert found.starts == (400, 400, 560)
    assert found.leaves == (460, 460, 620)


def test_a_node_left_and_met_again_is_served_twice() -> None:
    jobs = [job(1), job(2), job(1)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [van()], service_s=60), 0, 1, 2)
    assert found.starts == (100, 260, 420)


def test_a_shared_service_keeps_every_window() -> None:
    jobs = [job(1, closes=300), job(1, opens=400)]
    assert schedule(on_a_line([0, 1000], jobs, [van()]), OUT_AND_BACK) is None


def test_lateness_counts_per_job_of_a_shared_service() -> None:
    jobs = [job(1, due=40, late_cents_per_min=60), job(1, due=70, late_cents_per_min=60)]
    found = timed(on_a_line([0, 1000], jobs, [van()]), 0, 1)
    assert found.late_s == (60, 30)
    assert found.cost_millicents == 500_000 + 20_000 + 60_000 + 30_000


@pytest.mark.parametrize(
    ("closes", "latest", "possible"),
    [(100, 200, True), (99, 200, False), (100, 199, False)],
)
def test_edges_belong_to_windows_and_shifts(closes: int, latest: int, possible: bool) -> None:
    problem = on_a_line([0, 1000], [job(1, closes=closes)], [van(latest=latest)])
    assert (schedule(problem, RoutingRoute(group=0, jobs=(0,))) is not None) is possible


@pytest.mark.parametrize("leg", [(0, 1), (1, 2), (2, 0)])
def test_a_missing_way_forbids_a_route(leg: tuple[int, int]) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    metres = problem.distance_m.copy()
    metres[leg] = UNREACHABLE
    assert schedule(replace(problem, distance_m=metres), OUT_AND_BACK) is None


def test_loads_add_up_per_dimension() -> None:
    jobs = [job(1, load=(3, 1)), job(2, load=(4, 5))]
    problem = on_a_line([0, 1000, 2000], jobs, [van(capacity=(7, 5))])
    assert load_of(problem, (0, 1)) == (7, 6)
    assert not fits(problem, OUT_AND_BACK)
    assert route_millicents(problem, OUT_AND_BACK) is None


def test_an_answer_has_the_price_of_routes_and_of_what_is_left_out() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2, drop_cents=77)], [van()])
    route = RoutingRoute(group=0, jobs=(0,))
    answer = answer_of(problem, [route])
    assert answer.dropped == (1,)
    assert answer.cost_millicents == cost_millicents(problem, [route], [1])
    assert answer.cost_millicents == 500_000 + 20_000 + 77_000


def test_a_route_that_cannot_be_driven_has_no_price() -> None:
    problem = on_a_line([0, 1000], [job(1, closes=1)], [van()])
    with pytest.raises(ValueError, match="cannot be driven"):
        answer_of(problem, [RoutingRoute(group=0, jobs=(0,))])


GOOD = on_a_line(
    [0, 1000, 2000], [job(1, load=(6,)), job(2, load=(6,), drop_cents=None)], [van(count=1)]
)
RIGHT = answer_of(GOOD, [RoutingRoute(group=0, jobs=(1,))])


def test_a_good_answer_has_no_fault() -> None:
    assert faults(GOOD, RIGHT) == []
    assert is_feasible(GOOD, RIGHT)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"cost_millicents": 1}, "costs"),
        ({"dropped": ()}, "job 0 stands 0 times"),
        ({"dropped": (0, 1)}, "job 1 stands 2 times"),
        ({"routes": (), "dropped": (0, 1)}, "job 1 is left out and must be done"),
        ({"routes": (RoutingRoute(group=0, jobs=(0, 1)),), "dropped": ()}, "beyond its capacity"),
        (
            {
                "routes": (RoutingRoute(group=0, jobs=(0,)), RoutingRoute(group=0, jobs=(1,))),
                "dropped": (),
            },
            "1 vehicles, 2 are used",
        ),
        ({"routes": (RoutingRoute(group=3, jobs=(1,)),)}, "group 3 does not exist"),
        ({"dropped": (0, 9)}, "a job that the problem does not have"),
        ({"routes": (*RIGHT.routes, RoutingRoute(group=0, jobs=()))}, "does nothing"),
    ],
)
def test_each_broken_rule_is_named(changes: dict[str, object], fault: str) -> None:
    broken: RoutingAnswer = replace(RIGHT, **changes)  # type: ignore[arg-type]
    assert any(fault in found for found in faults(GOOD, broken))
    assert not is_feasible(GOOD, broken)


def test_a_route_out_of_its_window_is_named() -> None:
    problem = on_a_line([0, 1000], [job(1, closes=1)], [van()])
    answer = RoutingAnswer(
        routes=(RoutingRoute(group=0, jobs=(0,)),), dropped=(), cost_millicents=0
    )
    assert any("breaks a window" in found for found in faults(problem, answer))
