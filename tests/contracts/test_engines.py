"""What every engine promises, whichever solver is behind it."""

from __future__ import annotations

import pickle
from dataclasses import replace

import numpy as np
import pytest

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.engines.engine import Engine, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.schedule import answer_of, faults, schedule
from tests.routing_cases import DAY, best_by_trial, job, on_a_line, random_problem, van

ENGINES: list[Engine] = [PyVrp(), OrToolsRouting(), Portfolio()]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


def solved(
    engine: Engine,
    problem: RoutingProblem,
    *,
    seed: int = 1,
    start: RoutingAnswer | None = None,
    iterations: int = 60,
) -> RoutingAnswer:
    """Solve, and insist that the answer keeps every rule and has its exact price."""
    limit = Limit(iterations=iterations)
    answer = engine.solve(problem, limit=limit, seed=seed, start=start)
    assert faults(problem, answer) == []
    return answer


def test_the_shortest_way_is_found(engine: Engine) -> None:
    problem = on_a_line([0, 1000, 2000, -1000], [job(1), job(2), job(3)], [van(count=1)])
    assert solved(engine, problem).cost_millicents == 500_000 + 10 * 6000


def test_a_second_vehicle_goes_where_the_load_asks_for_it(engine: Engine) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1, load=(6,)), job(2, load=(6,))], [van()])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert len(answer.routes) == 2


def test_every_load_dimension_counts(engine: Engine) -> None:
    # The first dimension is nearly full, the second looks empty and still forbids the pair.
    jobs = [job(1, load=(5, 3)), job(1, load=(4, 3)), *[job(2, load=(5, 0))] * 2]
    problem = on_a_line([0, 1000, -1000], jobs, [van(count=3, capacity=(10, 5))])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert all(not {0, 1} <= set(route.jobs) for route in answer.routes)


def test_the_cheapest_job_is_left_out_where_the_fleet_is_short(engine: Engine) -> None:
    jobs = [job(1, load=(5,), drop_cents=price) for price in (90_000, 50_000, 70_000)]
    problem = on_a_line([0, 1000], jobs, [van(count=1)])
    assert solved(engine, problem).dropped == (1,)


def test_a_job_is_left_out_where_driving_costs_more(engine: Engine) -> None:
    problem = on_a_line([0, 1000, 90_000], [job(1), job(2, drop_cents=1000)], [van()])
    assert solved(engine, problem).dropped == (1,)


def test_the_cheaper_kind_of_vehicle_is_taken(engine: Engine) -> None:
    small = van(count=1, capacity=(3,), fixed_cents=100)
    problem = on_a_line([0, 1000], [job(1, load=(2,))], [van(fixed_cents=900), small])
    assert solved(engine, problem).routes == (RoutingRoute(group=1, jobs=(0,)),)


def test_each_kind_drives_by_its_own_times(engine: Engine) -> None:
    slow = van(fixed_cents=100, profile=1)
    problem = on_a_line([0, 1000], [job(1, closes=150)], [slow, van(fixed_cents=900)])
    problem = replace(problem, duration_s=(problem.duration_s[0], 2 * problem.duration_s[0]))
    assert solved(engine, problem).routes == (RoutingRoute(group=1, jobs=(0,)),)


def test_routes_end_where_their_vehicles_do(engine: Engine) -> None:
    vehicles = [van(count=1, end=2)]
    problem = on_a_line([0, 1000, 2000], [job(1)], vehicles)
    assert solved(engine, problem).cost_millicents == 500_000 + 10 * 2000


def test_two_depots_share_the_work(engine: Engine) -> None:
    vehicles = [van(count=1), van(count=1, start=2, end=2)]
    problem = on_a_line([0, 100, 50_000, 50_100], [job(1), job(3)], vehicles)
    assert solved(engine, problem).routes == (
        RoutingRoute(group=0, jobs=(0,)),
        RoutingRoute(group=1, jobs=(1,)),
    )


def test_jobs_of_one_node_share_one_service(engine: Engine) -> None:
    # 100 s there, 300 s of service, 100 s back: a second service would pass the shift.
    jobs = [job(1), job(1), job(1)]
    problem = on_a_line([0, 1000], jobs, [van(count=1, latest=500)], service_s=300)
    assert solved(engine, problem).dropped == ()


def test_jobs_of_one_node_with_windows_apart_get_two_services(engine: Engine) -> None:
    jobs = [job(1, closes=1000), job(1, opens=5000)]
    problem = on_a_line([0, 1000], jobs, [van(count=2)], service_s=300)
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert len(answer.routes) == 2


def test_windows_decide_the_order(engine: Engine) -> None:
    jobs = [job(1, opens=1000), job(2, closes=300)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1)])
    assert solved(engine, problem).routes == (RoutingRoute(group=0, jobs=(1, 0)),)


def test_a_late_start_is_priced_and_not_forbidden(engine: Engine) -> None:
    jobs = [job(1, due=40, late_cents_per_min=60)]
    problem = on_a_line([0, 1000], jobs, [van(count=1)])
    assert solved(engine, problem).cost_millicents == 500_000 + 10 * 2000 + 60_000


def test_lateness_is_chosen_over_leaving_out(engine: Engine) -> None:
    jobs = [job(node, due=150, late_cents_per_min=60) for node in (1, 2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van(count=1)])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert answer.cost_millicents == 500_000 + 10 * 4000 + 150_000


def test_the_longest_ride_is_kept(engine: Engine) -> None:
    # After the first job the second would be 500 s under way.
    jobs = [job(1), job(2, max_ride_s=450)]
    problem = on_a_line([0, 1000, -3000], jobs, [van(count=1)])
    assert solved(engine, problem).routes == (RoutingRoute(group=0, jobs=(1, 0)),)


def test_a_ride_counts_from_the_departure_put_off(engine: Engine) -> None:
    jobs = [job(1, opens=9000, max_ride_s=100)]
    problem = on_a_line([0, 1000], jobs, [van(count=1)])
    assert solved(engine, problem).dropped == ()


def test_the_longest_duration_is_kept(engine: Engine) -> None:
    problem = on_a_line([0, 1000, -1000], [job(1), job(2)], [van(max_duration_s=300)])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert len(answer.routes) == 2


def test_a_node_without_a_way_is_left_out(engine: Engine) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    metres = problem.distance_m.copy()
    metres[:, 2] = UNREACHABLE
    assert solved(engine, replace(problem, distance_m=metres)).dropped == (1,)


def test_a_missing_way_is_not_taken(engine: Engine) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van(count=1)])
    metres, seconds = problem.distance_m.copy(), problem.duration_s[0].copy()
    metres[1, 2] = seconds[1, 2] = UNREACHABLE
    problem = replace(problem, distance_m=metres, duration_s=(seconds,))
    assert solved(engine, problem).routes == (RoutingRoute(group=0, jobs=(1, 0)),)


def test_a_job_that_must_be_done_and_cannot_is_a_failure(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1, load=(11,), drop_cents=None)], [van()])
    with pytest.raises(EngineFailed) as failed:
        engine.solve(problem, limit=Limit(iterations=20), seed=1)
    assert failed.value.code == "CG-3001"


def test_a_job_that_must_be_done_goes_before_a_dear_one(engine: Engine) -> None:
    jobs = [job(1, load=(6,)), job(1, load=(6,), drop_cents=None)]
    problem = on_a_line([0, 1000], jobs, [van(count=1)])
    assert solved(engine, problem).dropped == (0,)


def test_an_exactly_tight_fleet_is_filled(engine: Engine) -> None:
    loads = (6, 4, 7, 3, 5, 5, 8, 2)
    jobs = [job(1 + number, load=(load,), drop_cents=None) for number, load in enumerate(loads)]
    problem = on_a_line([0, *range(1000, 9000, 1000)], jobs, [van(count=4)])
    assert len(solved(engine, problem).routes) == 4


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_beats_trying_everything(engine: Engine, seed: int) -> None:
    problem = random_problem(seed, 4)
    best = best_by_trial(problem)
    assert faults(problem, best) == []
    assert solved(engine, problem).cost_millicents >= best.cost_millicents


@pytest.mark.parametrize("seed", range(4))
def test_an_answer_is_never_worse_than_its_start(engine: Engine, seed: int) -> None:
    problem = random_problem(seed, 4)
    best = best_by_trial(problem)
    again = solved(engine, problem, start=best)
    assert again.cost_millicents == best.cost_millicents


def test_a_start_that_leaves_all_out_is_improved(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1)], [van()])
    assert solved(engine, problem, start=answer_of(problem, [])).dropped == ()


def test_the_same_seed_and_iterations_give_the_same_answer(engine: Engine) -> None:
    problem = random_problem(7, 25)
    first = solved(engine, problem, seed=3, iterations=30)
    assert solved(engine, problem, seed=3, iterations=30) == first


def test_a_limit_in_seconds_is_good_too(engine: Engine) -> None:
    problem = random_problem(8, 12)
    answer = engine.solve(problem, limit=Limit(seconds=0.3), seed=1)
    assert faults(problem, answer) == []


def test_nothing_to_do_is_an_empty_answer(engine: Engine) -> None:
    nothing = RoutingAnswer(routes=(), dropped=(), cost_millicents=0)
    assert solved(engine, on_a_line([0, 1000], [], [van()])) == nothing


def test_without_vehicles_everything_is_left_out(engine: Engine) -> None:
    assert solved(engine, on_a_line([0, 1000], [job(1)], [])).dropped == (0,)
    assert solved(engine, on_a_line([0, 1000], [job(1)], [van(count=0)])).dropped == (0,)


def test_a_vehicle_whose_shift_is_over_stays(engine: Engine) -> None:
    early = van(earliest=1000, latest=500)
    answer = solved(engine, on_a_line([0, 1000], [job(1)], [early, van(fixed_cents=9000)]))
    assert answer.routes == (RoutingRoute(group=1, jobs=(0,)),)


def test_distances_without_loads_or_times_are_enough(engine: Engine) -> None:
    jobs = [job(node, load=(), opens=0, closes=0) for node in (1, 2)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1, capacity=(), latest=0)])
    problem = replace(problem, duration_s=(np.zeros_like(problem.distance_m),))
    assert solved(engine, problem).cost_millicents == 500_000 + 10 * 4000


def test_the_hour_is_charged_from_the_departure_put_off(engine: Engine) -> None:
    jobs = [job(1, opens=DAY // 2)]
    problem = on_a_line([0, 18_000], jobs, [van(count=1, cents_per_h=1000)])
    answer = solved(engine, problem)
    timed = schedule(problem, answer.routes[0])
    assert timed is not None
    assert timed.departs == DAY // 2 - 1800
    assert answer.cost_millicents == 500_000 + 360_000 + 1_000_000


def test_an_engine_goes_to_another_process(engine: Engine) -> None:
    assert pickle.loads(pickle.dumps(engine)).name == engine.name


def test_the_portfolio_chooses_lateness_over_a_second_vehicle() -> None:
    jobs = [job(node, due=150, late_cents_per_min=60) for node in (1, 2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van()])
    assert len(solved(Portfolio(), problem).routes) == 1
