"""Which mixes of vehicles are worth a trial."""

from __future__ import annotations

from dataclasses import replace

from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.fleet_mix import mix_of, mixes, vehicles_decide
from optimizer.engines.schedule import answer_of
from tests.routing_cases import job, on_a_line, van


def two_kinds(loads: tuple[int, ...]) -> RoutingProblem:
    jobs = [job(1, load=(load,)) for load in loads]
    large = van(count=3, capacity=(14,), fixed_cents=9000)
    small = van(count=3, capacity=(8,), fixed_cents=5500)
    return on_a_line([0, 1000], jobs, [large, small])


def test_the_mix_of_an_answer_is_counted() -> None:
    problem = two_kinds((7, 7))
    answer = answer_of(
        problem, [RoutingRoute(group=1, jobs=(0,)), RoutingRoute(group=1, jobs=(1,))]
    )
    assert mix_of(problem, answer) == (0, 2)


def test_a_cheaper_mix_that_carries_the_load_is_listed() -> None:
    problem = two_kinds((7, 6))
    answer = answer_of(
        problem, [RoutingRoute(group=1, jobs=(0,)), RoutingRoute(group=1, jobs=(1,))]
    )
    assert mixes(problem, answer, most=3) == [(1, 0)]


def test_mixes_that_are_too_small_larger_than_needed_or_dear_are_not_listed() -> None:
    problem = two_kinds((8, 8, 8))
    answer = answer_of(problem, [RoutingRoute(group=1, jobs=(index,)) for index in range(3)])
    # Two large ones would do and cost more; one of each is too small.
    assert mixes(problem, answer, most=9) == []


def test_the_most_promising_mixes_come_first_and_only_so_many() -> None:
    problem = two_kinds((7, 7, 7))
    answer = answer_of(problem, [RoutingRoute(group=0, jobs=(index,)) for index in range(3)])
    assert mixes(problem, answer, most=9) == [(1, 1), (0, 3), (2, 0)]
    assert mixes(problem, answer, most=1) == [(1, 1)]


def test_a_fleet_that_time_binds_is_not_asked_to_be_much_fuller() -> None:
    problem = two_kinds((2, 2, 2))
    answer = answer_of(problem, [RoutingRoute(group=1, jobs=(index,)) for index in range(3)])
    assert (0, 1) not in mixes(problem, answer, most=9)


def test_vehicles_decide_where_they_are_a_large_part_of_the_cost() -> None:
    problem = two_kinds((7,))
    answer = answer_of(problem, [RoutingRoute(group=1, jobs=(0,))])
    assert vehicles_decide(problem, answer)
    free = tuple(replace(group, fixed_cents=0) for group in problem.vehicles)
    assert not vehicles_decide(replace(problem, vehicles=free), answer)


def test_too_many_combinations_are_no_list() -> None:
    problem = two_kinds((7, 6))
    answer = answer_of(
        problem, [RoutingRoute(group=1, jobs=(0,)), RoutingRoute(group=1, jobs=(1,))]
    )
    many = replace(problem, vehicles=problem.vehicles * 8)
    assert mixes(many, answer, most=3) == []
