"""What every engine promises of vehicles that make several trips, whichever solver is behind it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.limit import Limit
from optimizer.engines.engine import (
    Ability,
    Bulkheads,
    Engine,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    asked_of,
)
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import faults, schedule
from tests.routing_cases import DAY, job, on_a_line, random_day, van

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


def shuttle(**changes: object) -> RoutingProblem:
    """Two full loads, one kilometre away, and one van that may be loaded twice."""
    jobs = [job(1, load=(10,)), job(1, load=(10,))]
    kind = replace(van(count=1, max_trips=2, reload_s=60), **changes)  # type: ignore[arg-type]
    return on_a_line([0, 1000], jobs, [kind])


def test_a_van_that_may_be_loaded_again_serves_both_loads(engine: Engine) -> None:
    answer = solved(engine, shuttle())
    assert [len(route.trips) for route in answer.routes] == [2]
    # The van is paid once, four kilometres are driven.
    assert answer.cost_millicents == 500_000 + 10 * 4000


def test_a_second_trip_is_cheaper_than_a_second_van(engine: Engine) -> None:
    assert len(solved(engine, shuttle(count=2)).routes) == 1


def test_no_more_trips_are_made_than_allowed(engine: Engine) -> None:
    assert len(solved(engine, shuttle(max_trips=1)).dropped) == 1


def test_loading_takes_its_time(engine: Engine) -> None:
    # Two trips of 200 s and 60 s of loading: the shift ends one second too early for both.
    assert solved(engine, shuttle(latest=460)).dropped == ()
    assert len(solved(engine, shuttle(latest=459)).dropped) == 1


def test_a_trip_waits_for_its_goods(engine: Engine) -> None:
    jobs = [job(1, closes=150), job(2, release=1000, closes=1300)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1, max_trips=2)])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert [route.trips for route in answer.routes] == [((0,), (1,))]
    timed = schedule(problem, answer.routes[0])
    assert timed is not None
    assert timed.trips[1].departs >= 1000


def test_goods_that_are_released_too_late_are_left_out(engine: Engine) -> None:
    problem = on_a_line([0, 1000], [job(1, release=500, closes=599)], [van(count=1)])
    assert solved(engine, problem).dropped == (0,)


def test_what_a_job_adds_to_the_service_counts(engine: Engine) -> None:
    # 100 s there, 300 s of service, 40 s at each door, 100 s back.
    jobs = [job(1, service_s=40), job(1, service_s=40)]
    late = on_a_line([0, 1000], jobs, [van(count=1, latest=579)], service_s=300)
    assert len(solved(engine, late).dropped) == 1
    assert solved(engine, replace(late, vehicles=(van(count=1, latest=580),))).dropped == ()


def test_what_comes_back_has_room_only_after_something_left(engine: Engine) -> None:
    jobs = [job(1, load=(8,)), job(2, load=(2,), pickup=(8,))]
    problem = on_a_line([0, 2000, 1000], jobs, [van(count=1)])
    assert solved(engine, problem).routes == (RoutingRoute(group=0, jobs=(0, 1)),)


def test_more_is_not_taken_back_than_there_is_room(engine: Engine) -> None:
    jobs = [job(1, load=(0,), pickup=(6,)), job(2, load=(0,), pickup=(6,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van()])
    assert len(solved(engine, problem).routes) == 2


def test_a_trip_keeps_its_range_and_the_day_does_not(engine: Engine) -> None:
    jobs = [job(1), job(2)]
    near = on_a_line([0, 1000, -1000], jobs, [van(count=1, max_trips=2, max_trip_m=2000)])
    answer = solved(engine, near)
    assert answer.dropped == ()
    assert len(answer.routes[0].trips) == 2


def test_a_range_forbids_what_would_be_cheaper(engine: Engine) -> None:
    jobs = [job(1), job(2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van(max_trip_m=3999)])
    assert len(solved(engine, problem).routes) == 2


def test_every_trip_is_as_short_as_it_must_be(engine: Engine) -> None:
    jobs = [job(1), job(2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van(count=1, max_trips=2, max_trip_s=399)])
    answer = solved(engine, problem)
    assert answer.dropped == ()
    assert len(answer.routes[0].trips) == 2


def test_bulkheads_stand_anew_on_every_trip(engine: Engine) -> None:
    # One body of ten in steps of five: eight takes both steps, and two have no room behind it.
    jobs = [job(1, load=(8, 0)), job(1, load=(0, 2)), job(1, load=(4, 5))]
    bulkheads = Bulkheads(dimensions=(0, 1), step_ml=5, body_ml=10)
    kind = van(count=1, max_trips=3, capacity=(10, 10), bulkheads=bulkheads)
    answer = solved(engine, on_a_line([0, 1000], jobs, [kind]))
    assert answer.dropped == ()
    assert len(answer.routes[0].trips) == 3


def test_a_rest_is_taken_where_driving_on_would_be_in_time(engine: Engine) -> None:
    # 400 s out and back without a rest; after 150 s of driving one of 100 s is due.
    breaks = BreakRule(after_driving_s=150, rest_s=100)
    rested = on_a_line([0, 2000], [job(1)], [van(count=1, latest=499, breaks=breaks)])
    assert solved(engine, rested).dropped == (0,)
    kept = replace(rested, vehicles=(van(count=1, latest=600, breaks=breaks),))
    assert solved(engine, kept).dropped == ()


def test_jobs_that_ride_together_go_with_one_van(engine: Engine) -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,)), job(1, load=(4,)), job(2, load=(4,))]
    problem = on_a_line([0, 3000, -3000], jobs, [van()])
    apart = solved(engine, problem)
    together = replace(problem, together=(frozenset({0, 3}),))
    answer = solved(engine, together)
    riders = [route for route in answer.routes if {0, 3} & set(route.jobs)]
    if Ability.TOGETHER not in engine.abilities:
        # Who is not told leaves out what repair cannot place.
        assert riders == [] or len(riders) == 1
        return
    assert answer.dropped == ()
    assert len(riders) == 1
    assert answer.cost_millicents > apart.cost_millicents


def test_a_beginning_that_is_settled_stays(engine: Engine) -> None:
    jobs = [job(1), job(2), job(3)]
    vehicles = [van(count=1), van(count=1)]
    problem = on_a_line([0, 1000, 2000, 3000], jobs, vehicles)
    settled = replace(problem, locks={1: (2, 0)})
    answer = solved(engine, settled)
    locked = next(route for route in answer.routes if route.group == 1)
    assert locked.jobs[:2] == (2, 0)


@pytest.mark.parametrize("seed", range(12))
def test_random_days_keep_every_rule_and_beat_the_greedy_answer(engine: Engine, seed: int) -> None:
    problem = random_day(seed, 9)
    greedy = repaired(problem, [])
    assert greedy is not None
    answer = solved(engine, problem, start=greedy, iterations=40)
    assert answer.cost_millicents <= greedy.cost_millicents


@pytest.mark.parametrize("seed", range(6))
def test_random_days_are_solved_from_nothing(engine: Engine, seed: int) -> None:
    problem = random_day(seed, 7)
    first = solved(engine, problem, seed=3, iterations=30)
    assert solved(engine, problem, seed=3, iterations=30) == first


def test_pyvrp_says_what_it_lacks() -> None:
    everything = random_day(1, 5)
    asked = frozenset(Ability)
    locked = replace(
        everything,
        together=(frozenset({0, 1}),),
        locks={0: (2,)},
        jobs=tuple(replace(each, due=DAY, late_cents_per_min=1) for each in everything.jobs),
        vehicles=tuple(
            replace(group, max_trips=2, breaks=BreakRule(after_driving_s=100, rest_s=10))
            for group in everything.vehicles
        ),
    )
    assert asked_of(locked) == asked
    assert asked_of(locked) - Portfolio().abilities == frozenset()
    assert PyVrp().abilities == {Ability.TRIPS}
