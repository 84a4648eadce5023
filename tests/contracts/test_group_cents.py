"""What every engine promises where groups add cents to jobs or may not do them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise, permutations, product
from random import Random

import numpy as np
import pytest

from optimizer.domain.limit import Limit
from optimizer.engines.engine import FORBIDDEN, Engine, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.schedule import faults
from tests.routing_cases import job, on_a_line, random_problem, van

ENGINES: list[Engine] = [PyVrp(), OrToolsRouting(), Portfolio()]


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


def priced(problem: RoutingProblem, *rows: Sequence[int]) -> RoutingProblem:
    return replace(problem, group_cents=np.array(rows, dtype=np.int64))


def solved(
    engine: Engine,
    problem: RoutingProblem,
    *,
    iterations: int = 60,
    start: RoutingAnswer | None = None,
) -> RoutingAnswer:
    """Solve, and insist that the answer keeps every rule and has its exact price."""
    answer = engine.solve(problem, limit=Limit(iterations=iterations), seed=1, start=start)
    assert faults(problem, answer) == []
    return answer


def pairs(answer: RoutingAnswer) -> set[tuple[int, int]]:
    """Give (job, group) of all that is done."""
    return {(index, route.group) for route in answer.routes for index in route.jobs}


def test_a_vehicle_that_adds_less_takes_the_job(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1)], [van(count=1), van(count=1)])
    assert pairs(solved(engine, priced(problem, [70, 30]))) == {(0, 1)}


def test_added_cents_are_weighed_against_metres(engine: Engine) -> None:
    # Both jobs lie on one way; a second vehicle costs 500 ct and 20 ct more than the first.
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van(count=1), van(count=1)])
    together = solved(engine, priced(problem, [0, 600], [515, 0]))
    assert together.cost_millicents == 500_000 + 40_000 + 515_000
    apart = solved(engine, priced(problem, [0, 600], [525, 0]))
    assert apart.cost_millicents == 2 * 500_000 + 20_000 + 40_000
    assert pairs(apart) == {(0, 0), (1, 1)}


def test_a_forbidden_group_is_passed_over_for_a_dear_one(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1)], [van(), van(fixed_cents=90_000)])
    assert pairs(solved(engine, priced(problem, [FORBIDDEN, 0]))) == {(0, 1)}


def test_a_job_that_no_group_may_do_is_left_out(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1), job(1)], [van(), van()])
    answer = solved(engine, priced(problem, [FORBIDDEN, FORBIDDEN], [0, 0]))
    assert answer.dropped == (0,)


def test_a_job_whose_only_vehicle_is_full_is_left_out(engine: Engine) -> None:
    jobs = [job(1, load=(6,)), job(1, load=(5,), drop_cents=5000), job(1, load=(10,))]
    problem = on_a_line([0, 1000], jobs, [van(count=1), van(count=1)])
    answer = solved(engine, priced(problem, [0, FORBIDDEN], [0, FORBIDDEN], [0, 0]))
    assert answer.dropped == (1,)
    assert pairs(answer) == {(0, 0), (2, 1)}


def test_what_is_added_may_cost_more_than_leaving_out(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1, drop_cents=800), job(1)], [van(count=1)])
    assert solved(engine, priced(problem, [801], [0])).dropped == (0,)
    assert solved(engine, priced(problem, [799], [0])).dropped == ()


def test_jobs_of_one_node_share_one_service_and_pay_one_by_one(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1)] * 3, [van(count=1, latest=500)], service_s=300)
    answer = solved(engine, priced(problem, [10], [20], [30]))
    assert answer.dropped == ()
    assert answer.cost_millicents == 500_000 + 20_000 + 60_000


def test_free_kilometres_leave_the_added_cents(engine: Engine) -> None:
    vehicles = [van(count=1, cents_per_km=0, fixed_cents=0)] * 2
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], vehicles)
    answer = solved(engine, priced(problem, [3, 0], [0, 7]))
    assert pairs(answer) == {(0, 1), (1, 0)}
    assert answer.cost_millicents == 0


def test_a_problem_without_times_knows_forbidden_groups_too(engine: Engine) -> None:
    jobs = [job(node, load=(), opens=0, closes=0) for node in (1, 2)]
    vehicles = [van(count=1, capacity=(), latest=0)] * 2
    problem = on_a_line([0, 1000, 2000], jobs, vehicles)
    problem = replace(problem, duration_s=(np.zeros_like(problem.distance_m),))
    answer = solved(engine, priced(problem, [FORBIDDEN, 0], [0, FORBIDDEN]))
    assert pairs(answer) == {(0, 1), (1, 0)}


def test_a_ride_is_bounded_from_the_start_of_vehicles_that_may_take_it(engine: Engine) -> None:
    # The other group departs a whole hour earlier; counted from there nobody could be in time.
    late = van(count=1, earliest=3600)
    jobs = [job(1, max_ride_s=150, drop_cents=None), job(1, drop_cents=None)]
    problem = on_a_line([0, 1000], jobs, [van(count=1), late])
    answer = solved(engine, priced(problem, [FORBIDDEN, 0], [0, 0]))
    assert (0, 1) in pairs(answer)


def cheapest(problem: RoutingProblem) -> int:
    """Try every order of every subset on every vehicle, with sums written out by hand."""
    assert problem.group_cents is not None
    everything = range(len(problem.jobs))
    singles = [n for n, group in enumerate(problem.vehicles) for _ in range(group.count)]
    loads = {n: group.capacity[0] for n, group in enumerate(problem.vehicles)}
    best: dict[tuple[int, frozenset[int]], int] = {}
    for size in range(1, len(everything) + 1):
        for subset in combinations(everything, size):
            for number in set(singles):
                cents = problem.group_cents[list(subset), number]
                load = sum(problem.jobs[index].load[0] for index in subset)
                if (cents != FORBIDDEN).all() and load <= loads[number]:
                    metres = min(_metres(problem, order) for order in permutations(subset))
                    group = problem.vehicles[number]
                    price = 1000 * (group.fixed_cents + int(cents.sum()))
                    best[number, frozenset(subset)] = price + group.cents_per_km * metres
    total = []
    for choice in product([None, *range(len(singles))], repeat=len(everything)):
        cost: float = sum(
            1000 * (problem.jobs[index].drop_cents or 0)
            for index, place in enumerate(choice)
            if place is None
        )
        for place, number in enumerate(singles):
            jobs = frozenset(index for index, taken in enumerate(choice) if taken == place)
            if jobs:
                cost += best.get((number, jobs), float("inf"))
        total.append(cost)
    return int(min(total))


def _metres(problem: RoutingProblem, order: Sequence[int]) -> int:
    path = [0, *(problem.jobs[index].node for index in order), 0]
    return sum(int(problem.distance_m[a, b]) for a, b in pairwise(path))


def drawn(seed: int) -> RoutingProblem:
    """Four jobs on a plane, two kinds of vehicles, and cents that differ by job and kind."""
    dice = Random(seed)
    plain = random_problem(seed, 4)
    jobs = [
        job(index + 1, load=(dice.randint(1, 4),), drop_cents=dice.choice([900, 9000]))
        for index in range(4)
    ]
    vehicles = (van(count=2, capacity=(6,)), van(count=1, capacity=(9,), cents_per_km=14))
    cents = [[dice.choice([0, 0, FORBIDDEN, 150, 1200]) for _ in vehicles] for _ in jobs]
    return priced(
        replace(plain, jobs=tuple(jobs), vehicles=vehicles, duration_s=(plain.distance_m // 10,)),
        *cents,
    )


@pytest.mark.parametrize("seed", range(8))
def test_no_answer_beats_trying_everything_and_one_engine_reaches_it(seed: int) -> None:
    problem = drawn(seed)
    best = cheapest(problem)
    found = [solved(engine, problem, iterations=150).cost_millicents for engine in ENGINES]
    assert min(found) == best


@pytest.mark.parametrize("seed", range(4))
def test_an_answer_is_never_worse_than_its_start(engine: Engine, seed: int) -> None:
    problem = drawn(seed)
    first = solved(engine, problem)
    again = solved(engine, problem, start=first, iterations=5)
    assert again.cost_millicents <= first.cost_millicents


def test_a_start_is_filled_up_with_what_its_groups_may_do(engine: Engine) -> None:
    plain = on_a_line([0, 1000, 2000], [job(1), job(2)], [van(count=1), van(count=1)])
    problem = priced(plain, [0, FORBIDDEN], [FORBIDDEN, 0])
    start = RoutingAnswer(
        routes=(RoutingRoute(group=0, jobs=(0,)),), dropped=(1,), cost_millicents=1_000_520_000
    )
    assert faults(problem, start) == []
    assert pairs(solved(engine, problem, start=start)) == {(0, 0), (1, 1)}
