"""Which mixes of vehicles are worth a trial."""

from __future__ import annotations

from dataclasses import replace

from optimizer.engines.engine import (
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.fleet_mix import mix_of, mixes, vehicles_decide
from optimizer.engines.schedule import answer_of, fits
from tests.routing_cases import job, on_a_line, van

LARGE = van(count=3, capacity=(140,), fixed_cents=8000)
SMALL = van(count=3, capacity=(80,), fixed_cents=5500)
MEDIUM = van(count=3, capacity=(120,), fixed_cents=7000)


def case(loads: tuple[int, ...], *kinds: VehicleGroup) -> RoutingProblem:
    jobs = [job(1, load=(load,)) for load in loads]
    return on_a_line([0, 1000], jobs, kinds)


def one_each(problem: RoutingProblem, group: int) -> RoutingAnswer:
    """Every job on a vehicle of its own, all of one group."""
    routes = [RoutingRoute(group=group, jobs=(index,)) for index in range(len(problem.jobs))]
    return answer_of(problem, routes)


def test_the_mix_of_an_answer_is_counted() -> None:
    problem = case((70, 70), LARGE, SMALL)
    assert mix_of(problem, one_each(problem, 1)) == (0, 2)


def test_a_cheaper_mix_that_carries_the_load_is_listed() -> None:
    problem = case((70, 69), LARGE, SMALL)
    assert mixes(problem, one_each(problem, 1), most=3) == [(1, 0)]


def test_a_mix_that_the_load_would_fill_to_the_last_gram_is_not_listed() -> None:
    problem = case((70, 70), LARGE, SMALL)
    assert mixes(problem, one_each(problem, 1), most=3) == []


def test_a_mix_that_is_too_dear_is_not_listed() -> None:
    problem = case((78, 78, 78), replace(LARGE, fixed_cents=9000), SMALL)
    assert mixes(problem, one_each(problem, 1), most=3) == []


def test_the_most_promising_mixes_come_first_and_only_so_many() -> None:
    problem = case((78, 78, 78), LARGE, SMALL, MEDIUM)
    answer = one_each(problem, 1)
    assert mixes(problem, answer, most=9) == [(0, 0, 2), (1, 0, 1), (2, 0, 0)]
    assert mixes(problem, answer, most=1) == [(0, 0, 2)]


def test_a_fleet_that_time_binds_is_not_asked_to_be_much_fuller() -> None:
    problem = case((20, 20, 20), LARGE, SMALL)
    assert (0, 1) not in mixes(problem, one_each(problem, 1), most=9)


def test_vehicles_decide_where_they_are_a_large_part_of_the_cost() -> None:
    problem = case((70,), LARGE)
    answer = one_each(problem, 0)
    assert vehicles_decide(problem, answer)
    assert not vehicles_decide(case((70,), replace(LARGE, fixed_cents=0)), answer)


def test_too_many_combinations_are_no_list() -> None:
    problem = case((70, 69), *[LARGE, SMALL] * 9)
    assert mixes(problem, one_each(problem, 1), most=3) == []


def test_problems_without_loads_have_no_mixes() -> None:
    problem = case((0, 0), LARGE, SMALL)
    assert mixes(problem, one_each(problem, 1), most=3) == []


def test_capacity_counts_once_per_trip() -> None:
    # Two vans with two trips each carry what four do; one van with four would be asked too much.
    kind = replace(LARGE, count=4, max_trips=4)
    problem = case((130, 130, 130, 130), kind)
    pairs = [RoutingRoute(group=0, jobs=(0, 1), reloads=(1,)), RoutingRoute(group=0, jobs=(2, 3))]
    twice = [pairs[0], RoutingRoute(group=0, jobs=(2,)), RoutingRoute(group=0, jobs=(3,))]
    assert fits(problem, pairs[0])
    assert mixes(problem, answer_of(problem, twice), most=3) == [(2,)]


def test_a_vehicle_whose_beginning_is_settled_stays_in_every_mix() -> None:
    problem = case((70, 69), LARGE, replace(SMALL, count=1), SMALL)
    answer = one_each(problem, 2)
    assert mixes(problem, answer, most=3)[0] == (1, 0, 0)
    settled = replace(problem, locks={1: (0,)})
    assert all(mix[1] for mix in mixes(settled, answer, most=9))
