"""The exact price and the rules where groups add cents to jobs or may not do them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.engines.engine import (
    FORBIDDEN,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.fleet_mix import mixes
from optimizer.engines.repair import insert_cheapest, repaired
from optimizer.engines.schedule import answer_of, faults, route_millicents, schedule
from optimizer.engines.simplify import narrowed_closes, prospects
from tests.routing_cases import DAY, job, on_a_line, van


def case(cents: list[list[int]], vehicles: list[VehicleGroup], **changes: object) -> RoutingProblem:
    """One job per kilometre of a road."""
    jobs = [job(number + 1, **changes) for number in range(len(cents))]
    problem = on_a_line([0, *(1000 * (n + 1) for n in range(len(cents)))], jobs, vehicles)
    return replace(problem, group_cents=np.array(cents, dtype=np.int64))


def route(group: int, *jobs: int) -> RoutingRoute:
    return RoutingRoute(group=group, jobs=jobs)


def test_a_route_pays_what_its_group_adds_to_each_of_its_jobs() -> None:
    problem = case([[3, 40], [5, 60]], [van(), van()])
    assert route_millicents(problem, route(0, 0, 1)) == 500_000 + 40_000 + 8_000
    assert route_millicents(problem, route(1, 0, 1)) == 500_000 + 40_000 + 100_000
    assert answer_of(problem, [route(1, 1)]).cost_millicents == 1_000_000_000 + 600_000


def test_a_forbidden_job_cannot_be_driven_and_is_named_a_fault() -> None:
    problem = case([[FORBIDDEN, 0]], [van(), van()])
    assert schedule(problem, route(0, 0)) is None
    wrong = RoutingAnswer(routes=(route(0, 0),), dropped=(), cost_millicents=520_000)
    assert faults(problem, wrong) == ["route 0 does a job that its group may not do"]


def test_without_the_matrix_every_group_may_do_every_job() -> None:
    problem = replace(case([[0]], [van(), van()]), group_cents=None)
    assert problem.may_do(1).tolist() == [True]
    assert case([[FORBIDDEN, 0], [9, 0]], [van(), van()]).may_do(0).tolist() == [False, True]


def test_repair_moves_a_job_away_from_a_group_that_may_not_do_it() -> None:
    problem = case([[FORBIDDEN, 0], [0, 0]], [van(), van(fixed_cents=50_000)])
    answer = repaired(problem, [route(0, 0, 1)])
    assert answer is not None
    assert faults(problem, answer) == []
    assert {(index, r.group) for r in answer.routes for index in r.jobs} >= {(0, 1)}


def test_repair_leaves_out_what_nobody_may_do() -> None:
    answer = repaired(case([[FORBIDDEN], [0]], [van()]), [route(0, 0, 1)])
    assert answer is not None
    assert answer.dropped == (0,)


def test_the_cheapest_place_counts_what_the_group_adds() -> None:
    problem = case([[0, 0], [600, 0]], [van(count=1), van(count=1)])
    placed = insert_cheapest(problem, [route(0, 0)], [1])
    assert placed == [route(0, 0), route(1, 1)]


def test_prospects_ask_only_groups_that_may() -> None:
    vehicles = [van(), van(capacity=(0,))]
    outlook = prospects(case([[FORBIDDEN, 0], [0, FORBIDDEN]], vehicles))
    assert outlook.hopeless == (True, False)


def test_prospects_weigh_what_is_added_against_leaving_out() -> None:
    outlook = prospects(case([[480], [460]], [van()], drop_cents=1000))
    assert outlook.served == (True, True)
    outlook = prospects(case([[481], [461]], [van()], drop_cents=1000))
    assert outlook.served == (False, False)


def test_jobs_of_one_crowded_vehicle_are_not_sure_to_be_served() -> None:
    vehicles = [van(count=1, capacity=(9,)), van(count=2, capacity=(9,))]
    crowded = [[0, FORBIDDEN], [0, FORBIDDEN], [0, 0]]
    assert prospects(case(crowded, vehicles, load=(5,))).served == (False, False, True)
    assert prospects(case(crowded, vehicles, load=(4,))).served == (True, True, True)
    must = case(crowded, vehicles, load=(5,), drop_cents=None)
    assert prospects(must).served == (True, True, True)


def test_rides_are_bounded_by_vehicles_that_may_take_the_job() -> None:
    vehicles = [van(earliest=1000), van(earliest=5000)]
    problem = case([[0, 0], [FORBIDDEN, 0]], vehicles, max_ride_s=400)
    assert narrowed_closes(problem, starts=None) == [1400, 5400]
    plain = replace(problem, group_cents=None)
    assert narrowed_closes(plain, starts=None) == [1400, 1400]


def test_a_job_that_nobody_may_do_keeps_its_window() -> None:
    problem = case([[FORBIDDEN]], [van()], max_ride_s=400)
    assert narrowed_closes(problem, starts=None) == [DAY]


def test_mixes_count_vehicles_that_only_their_cents_tell_apart_together() -> None:
    small = van(count=1, capacity=(5,), fixed_cents=500)
    large = van(count=1, capacity=(10,), fixed_cents=600)
    cents = [[0, 9, 9, 0], [9, 0, 9, 0]]
    problem = case(cents, [small, small, small, large], load=(4,))
    answer = answer_of(problem, [route(0, 0), route(1, 1)])
    assert mixes(problem, answer, most=5) == [(0, 0, 0, 1)]


def test_a_mix_keeps_the_vehicles_that_the_answer_uses() -> None:
    small = van(count=1, capacity=(5,), fixed_cents=500)
    large = van(count=1, capacity=(10,), fixed_cents=1100)
    problem = case([[0, 0, 0, 0]] * 2, [large, small, small, small], load=(4,))
    assert mixes(problem, answer_of(problem, [route(0, 0, 1)]), most=5) == [(0, 1, 1, 0)]
    cut = replace(problem, vehicles=(large, replace(small, count=0), small, small))
    assert mixes(cut, answer_of(cut, [route(0, 0, 1)]), most=5) == [(0, 0, 1, 1)]


def test_a_mix_without_the_only_vehicle_that_may_do_a_job_is_no_mix() -> None:
    small = van(count=1, capacity=(5,), fixed_cents=500)
    large = van(count=1, capacity=(10,), fixed_cents=600)
    vehicles = [small, small, large]
    answer = [route(0, 0), route(1, 1)]
    free = case([[0, 0, 0], [0, 0, 0]], vehicles, load=(4,))
    assert mixes(free, answer_of(free, answer), most=5) == [(0, 0, 1)]
    pinned = case([[0, 0, 0], [FORBIDDEN, 0, FORBIDDEN]], vehicles, load=(4,))
    assert mixes(pinned, answer_of(pinned, answer), most=5) == []
