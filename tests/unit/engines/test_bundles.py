"""Jobs that ride together and share a visit are one job for the solver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.engines.bundles import Bundled, bundled
from optimizer.engines.engine import (
    FORBIDDEN,
    Bulkheads,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
)
from tests.routing_cases import job, on_a_line, van

PLACES = [0, 1000, -1000]


def together(*jobs: Job, **changes: object) -> RoutingProblem:
    """All jobs given ride together with vans of room for ten."""
    problem = on_a_line(PLACES, jobs, [van(**changes)])
    return replace(problem, together=(frozenset(range(len(jobs))),))


def members(problem: RoutingProblem) -> tuple[tuple[int, ...], ...]:
    return bundled(problem).members


def test_jobs_of_one_node_become_one_with_all_that_they_ask_for() -> None:
    first = job(1, load=(2,), opens=100, closes=900, drop_cents=7, release=50, service_s=10)
    second = job(
        1, load=(3,), opens=200, closes=800, drop_cents=8, max_ride_s=60, pickup=(4,), service_s=20
    )
    told = bundled(together(first, second))
    assert told.members == ((0, 1),)
    assert told.problem.together == ()
    assert told.problem.jobs == (
        Job(
            node=1,
            load=(5,),
            opens=200,
            closes=800,
            drop_cents=15,
            max_ride_s=60,
            release=50,
            pickup=(4,),
            service_s=30,
        ),
    )


def test_a_bundle_must_be_done_where_one_of_its_jobs_must() -> None:
    told = bundled(together(job(1, drop_cents=None), job(1)))
    assert told.problem.jobs[0].drop_cents is None


def test_lateness_of_a_bundle_costs_what_that_of_its_jobs_does() -> None:
    told = bundled(together(*[job(1, due=60, late_cents_per_min=rate) for rate in (3, 4)], job(1)))
    assert (told.problem.jobs[0].due, told.problem.jobs[0].late_cents_per_min) == (60, 7)


def test_jobs_that_need_two_visits_stay_two() -> None:
    assert len(members(together(job(1), job(2)))) == 2
    assert len(members(together(job(1, closes=10), job(1, opens=20)))) == 2
    late = [job(1, due=due, late_cents_per_min=1) for due in (5, 6)]
    assert len(members(together(*late))) == 2


def test_jobs_that_some_vehicle_has_no_room_for_in_one_trip_stay_two() -> None:
    assert len(members(together(job(1, load=(6,)), job(1, load=(6,))))) == 2
    assert len(members(together(job(1, pickup=(6,)), job(1, pickup=(6,))))) == 2
    walls = Bulkheads(dimensions=(0, 1), step_ml=4, body_ml=10)
    pair = together(job(1, load=(1, 0)), job(1, load=(0, 7)), capacity=(9, 9), bulkheads=walls)
    assert len(members(pair)) == 2


def test_what_is_left_of_a_set_still_rides_together() -> None:
    told = bundled(together(job(1), job(2), job(1)))
    assert told.members == ((0, 2), (1,))
    assert told.problem.together == (frozenset({0, 1}),)


def test_a_group_does_a_bundle_where_it_may_do_all_of_it() -> None:
    problem = replace(
        on_a_line(PLACES, [job(1), job(1)], [van(), van(), van()]),
        together=(frozenset({0, 1}),),
        group_cents=np.array([[1, 2, FORBIDDEN], [3, FORBIDDEN, 4]], dtype=np.int64),
    )
    told = bundled(problem).problem.group_cents
    assert told is not None
    assert told.tolist() == [[4, FORBIDDEN, FORBIDDEN]]


def test_what_is_settled_is_not_bundled() -> None:
    problem = replace(together(job(1), job(1), job(2)), locks={0: (2,)})
    assert bundled(problem).problem is problem


def test_settled_jobs_keep_their_place_behind_bundles() -> None:
    problem = on_a_line(PLACES, [job(1), job(1), job(2)], [van(count=1)])
    told = bundled(replace(problem, together=(frozenset({0, 1}),), locks={0: (2,)}))
    assert told.problem.locks == {0: (1,)}


def test_routes_come_back_as_they_went() -> None:
    told: Bundled = bundled(together(job(1), job(2), job(1), max_trips=2))
    routes = [RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))]
    unfolded = told.unfolded(routes)
    assert unfolded == [RoutingRoute(group=0, jobs=(0, 2, 1), reloads=(2,))]
    answer = RoutingAnswer(routes=tuple(unfolded), dropped=(), cost_millicents=0)
    assert told.folded(answer) == routes


def test_a_bundle_split_over_two_trips_stands_where_its_first_job_does() -> None:
    told = bundled(together(job(1), job(1), max_trips=2))
    split = RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))
    answer = RoutingAnswer(routes=(split,), dropped=(), cost_millicents=0)
    assert told.folded(answer) == [RoutingRoute(group=0, jobs=(0,))]
