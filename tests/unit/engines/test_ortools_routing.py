"""Every rule that OR-Tools is told of: ignoring it would be cheaper, and it is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.limit import HaltFile, Limit
from optimizer.engines.engine import (
    FORBIDDEN,
    Ability,
    Bulkheads,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
)
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.schedule import answer_of, faults, schedule
from tests.routing_cases import job, on_a_line, van
from tests.routing_trials import best_of_all, random_road


def solved(
    problem: RoutingProblem, *, iterations: int = 60, start: RoutingAnswer | None = None
) -> RoutingAnswer:
    """Solve, and insist that the answer keeps every rule."""
    limit = Limit(iterations=iterations)
    answer = OrToolsRouting().solve(problem, limit=limit, seed=1, start=start)
    assert faults(problem, answer) == []
    return answer


def best(problem: RoutingProblem) -> RoutingAnswer:
    """Solve, and insist that no answer at all is better."""
    answer = solved(problem)
    assert answer.cost_millicents == best_of_all(problem).cost_millicents
    return answer


def costs_more(problem: RoutingProblem, free: RoutingProblem) -> None:
    """Insist that without the rule the best answer would be cheaper."""
    assert best_of_all(free).cost_millicents < best_of_all(problem).cost_millicents


def test_it_says_that_it_can_be_told_of_everything() -> None:
    assert OrToolsRouting().abilities == frozenset(Ability)


def test_a_vehicle_comes_back_for_what_it_has_no_room_for() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,)), job(3, load=(6,))]
    problem = on_a_line([0, 1000, 2000, -1000], jobs, [van(max_trips=3)])
    answer = best(problem)
    assert [len(route.trips) for route in answer.routes] == [3]


def test_a_second_vehicle_goes_where_there_is_no_time_for_a_second_trip() -> None:
    jobs = [job(1, load=(6,), closes=150), job(2, load=(6,), closes=250)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_trips=2)])
    costs_more(problem, replace(problem, jobs=tuple(replace(j, closes=9000) for j in jobs)))
    assert len(best(problem).routes) == 2


def test_loading_takes_time_between_two_trips() -> None:
    # Back after 200 s, and 400 s would be in time for the second: with 300 s of loading it is not.
    jobs = [job(1, load=(6,)), job(2, load=(6,), opens=300, closes=500)]
    vehicles = [van(max_trips=2, reload_s=300, latest=700)]
    problem = on_a_line([0, 1000, 2000], jobs, vehicles)
    costs_more(problem, replace(problem, vehicles=(van(max_trips=2, latest=700),)))
    assert len(best(problem).routes) == 2


def test_no_vehicle_makes_more_trips_than_it_may() -> None:
    jobs = [job(node, load=(6,)) for node in (1, 2, 3)]
    problem = on_a_line([0, 1000, 2000, -1000], jobs, [van(max_trips=2)])
    costs_more(problem, replace(problem, vehicles=(van(max_trips=3),)))
    assert sorted(len(route.trips) for route in best(problem).routes) == [1, 2]


def test_a_trip_waits_for_what_it_carries() -> None:
    jobs = [job(1), job(2, release=5000, closes=6000), job(1, closes=400)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_trips=2)])
    costs_more(problem, replace(problem, jobs=tuple(replace(j, release=0) for j in jobs)))
    timed = schedule(problem, best(problem).routes[0])
    assert timed is not None
    assert timed.trips[1].departs >= 5000


def test_the_longest_trip_is_kept() -> None:
    jobs = [job(1), job(2)]
    short = van(fixed_cents=100, max_trip_s=300)
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_trips=2), short])
    costs_more(problem, replace(problem, vehicles=(van(), replace(short, max_trip_s=None))))
    assert {route.group for route in best(problem).routes} == {0}


def test_the_longest_way_is_kept() -> None:
    jobs = [job(1), job(2)]
    problem = on_a_line([0, 1000, 2000, 0], [*jobs, job(3)], [van(max_trip_m=3000)])
    assert best(problem).dropped == (1,)
    assert best(replace(problem, vehicles=(van(max_trip_m=4000),))).dropped == ()


def test_the_longest_working_day_counts_from_the_first_trip_to_the_last() -> None:
    jobs = [job(1, load=(6,), closes=200), job(1, load=(6,), opens=5000)]
    problem = on_a_line([0, 1000], jobs, [van(max_trips=2, max_duration_s=3000)])
    costs_more(problem, replace(problem, vehicles=(van(max_trips=2),)))
    assert len(best(problem).routes) == 2


def test_a_driver_rests_and_is_in_time_nevertheless() -> None:
    # One vehicle for both would be cheaper, but rests on the way and comes too late.
    rule = BreakRule(after_driving_s=400, rest_s=600)
    jobs = [job(1, closes=800), job(2, closes=800)]
    problem = on_a_line([0, 1500, -3000], jobs, [van(breaks=rule)])
    costs_more(problem, replace(problem, vehicles=(van(),)))
    assert len(best(problem).routes) == 2


def test_rests_decide_the_order() -> None:
    # West first ends in time without a rest; east first is as far, and rests before the west.
    rule = BreakRule(after_driving_s=500, rest_s=900)
    jobs = [job(1, closes=700), job(2)]
    problem = on_a_line([0, -2000, 2500], jobs, [van(count=1, breaks=rule)])
    assert best(problem).routes == (RoutingRoute(group=0, jobs=(0, 1)),)


def test_a_set_of_one_node_rides_with_one_vehicle() -> None:
    jobs = [job(1, load=(6,)), job(1, load=(4,)), job(2, load=(4,)), job(2, load=(6,))]
    jobs = [replace(j, drop_cents=price) for j, price in zip(jobs, (9000,) * 4, strict=True)]
    problem = on_a_line([0, 1000, -1000], jobs, [van()])
    told = replace(problem, together=(frozenset({0, 2}), frozenset({1, 3})))
    costs_more(told, problem)
    best(told)


def test_a_set_too_large_for_one_vehicle_is_left_out_whole() -> None:
    jobs = [job(1, load=(6,), drop_cents=9000), job(1, load=(6,), drop_cents=9000), job(1)]
    problem = on_a_line([0, 1000], jobs, [van()])
    told = replace(problem, together=(frozenset({0, 1}),))
    costs_more(told, problem)
    assert best(told).dropped == (0, 1)


def test_a_set_may_ride_on_two_trips_of_one_vehicle() -> None:
    jobs = [job(1, load=(6,)), job(1, load=(6,))]
    problem = on_a_line([0, 1000], jobs, [van(max_trips=2)])
    answer = best(replace(problem, together=(frozenset({0, 1}),)))
    assert [len(route.trips) for route in answer.routes] == [2]


def test_a_set_at_one_node_is_handed_over_in_one_visit() -> None:
    jobs = [job(1), job(2), job(1), job(2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van()], service_s=60)
    best(replace(problem, together=(frozenset({0, 2}), frozenset({1, 3}))))


def test_a_set_goes_where_all_of_it_may_ride() -> None:
    jobs = [job(1), job(1)]
    problem = on_a_line([0, 1000], jobs, [van(fixed_cents=100), van(fixed_cents=900)])
    told = replace(
        problem,
        together=(frozenset({0, 1}),),
        group_cents=np.array([[0, 0], [FORBIDDEN, 0]], dtype=np.int64),
    )
    assert best(told).routes == (RoutingRoute(group=1, jobs=(0, 1)),)


def test_a_settled_beginning_stays() -> None:
    jobs = [job(1), job(2), job(3)]
    problem = on_a_line([0, 1000, 2000, 3000], jobs, [van(count=1), van()])
    told = replace(problem, locks={0: (2, 0)})
    costs_more(told, problem)
    assert best(told).routes[0].jobs[:2] == (2, 0)


def test_a_settled_beginning_takes_room() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1), van(count=1, fixed_cents=9000)])
    told = replace(problem, locks={0: (0,)})
    assert best(told).routes == (
        RoutingRoute(group=0, jobs=(0,)),
        RoutingRoute(group=1, jobs=(1,)),
    )


def test_a_settled_beginning_may_be_followed_by_another_trip() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1, max_trips=2)])
    answer = best(replace(problem, locks={0: (1,)}))
    assert answer.routes == (RoutingRoute(group=0, jobs=(1, 0), reloads=(1,)),)


def test_what_is_taken_back_needs_room_too() -> None:
    jobs = [job(1, load=(1,), pickup=(7,)), job(2, load=(1,), pickup=(7,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van()])
    costs_more(problem, replace(problem, jobs=tuple(replace(j, pickup=()) for j in jobs)))
    assert len(best(problem).routes) == 2


def test_what_a_job_adds_to_the_service_counts() -> None:
    jobs = [job(1, service_s=300), job(2, closes=500)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1)], service_s=120)
    assert best(problem).routes == (RoutingRoute(group=0, jobs=(1, 0)),)


def test_a_compartment_is_a_whole_number_of_steps() -> None:
    walls = Bulkheads(dimensions=(0, 1), step_ml=4, body_ml=10)
    jobs = [job(1, load=(1, 0)), job(1, load=(0, 7))]
    problem = on_a_line([0, 1000], jobs, [van(capacity=(10, 10), bulkheads=walls)])
    costs_more(problem, replace(problem, vehicles=(van(capacity=(10, 10)),)))
    assert len(best(problem).routes) == 2


def test_steps_are_not_kept_back_where_they_are_not_needed() -> None:
    walls = Bulkheads(dimensions=(0, 1), step_ml=4, body_ml=10)
    jobs = [job(1, load=(4, 0)), job(1, load=(0, 6))]
    problem = on_a_line([0, 1000], jobs, [van(capacity=(10, 10), bulkheads=walls)])
    assert len(best(problem).routes) == 1


def test_a_start_with_trips_is_gone_on_from() -> None:
    jobs = [job(node, load=(6,)) for node in (1, 2, 3)]
    problem = on_a_line([0, 1000, 2000, -1000], jobs, [van(max_trips=3)])
    start = answer_of(problem, [RoutingRoute(group=0, jobs=(2, 0, 1), reloads=(1, 2))])
    assert solved(problem, start=start, iterations=1) == start


@pytest.mark.parametrize("seed", [2, 4, 8, 11])
def test_the_same_seed_and_iterations_give_the_same_answer(seed: int) -> None:
    problem = random_road(seed, 10)
    assert solved(problem, iterations=12) == solved(problem, iterations=12)


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_frames_of_many_jobs_keep_every_rule(seed: int) -> None:
    problem = random_road(seed, 28)
    vehicles = tuple(replace(group, max_trips=3) for group in problem.vehicles)
    solved(replace(problem, vehicles=vehicles), iterations=10)


def test_a_search_with_trips_can_be_halted(tmp_path: Path) -> None:
    halt = HaltFile(tmp_path / "halt")
    halt.ask()
    problem = random_road(3, 12)
    answer = OrToolsRouting().solve(problem, limit=Limit(seconds=60, halt=halt), seed=1)
    assert faults(problem, answer) == []
