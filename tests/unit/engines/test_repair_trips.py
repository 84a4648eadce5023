"""Routes of several trips, parties and settled beginnings become answers that keep them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.engines.engine import FORBIDDEN, RoutingProblem, RoutingRoute
from optimizer.engines.repair import insert_cheapest, repaired, with_fewer_routes
from optimizer.engines.schedule import answer_of, faults
from tests.routing_cases import job, on_a_line, van

SHUTTLE = van(count=1, max_trips=2, reload_s=300)


def line(*jobs: object, **changes: object) -> RoutingProblem:
    """One job per kilometre, and one vehicle that may be loaded twice."""
    problem = on_a_line([0, 1000, 2000, 3000], jobs, [SHUTTLE])  # type: ignore[arg-type]
    return replace(problem, **changes)  # type: ignore[arg-type]


def test_what_has_no_room_rides_on_a_second_trip() -> None:
    problem = line(job(1, load=(6,)), job(2, load=(6,)))
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1))])
    assert answer is not None
    assert [route.trips for route in answer.routes] == [((1,), (0,))]
    once = replace(problem, vehicles=(van(count=1),))
    left_out = repaired(once, [RoutingRoute(group=0, jobs=(0, 1))])
    assert left_out is not None
    assert len(left_out.dropped) == 1


def test_good_trips_stay_as_they_are() -> None:
    problem = line(job(1), job(2), job(3))
    route = RoutingRoute(group=0, jobs=(2, 0, 1), reloads=(1,))
    answer = repaired(problem, [route])
    assert answer is not None
    assert answer.routes == (route,)


def test_a_new_trip_may_come_before_or_between_the_others() -> None:
    jobs = [job(1, closes=900), job(1, opens=5000), job(1, opens=2000, closes=2500)]
    problem = line(*(replace(one, load=(10,)) for one in jobs))
    problem = replace(problem, vehicles=(replace(SHUTTLE, max_trips=3),))
    between = insert_cheapest(problem, [RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))], [2])
    assert between == [RoutingRoute(group=0, jobs=(0, 2, 1), reloads=(1, 2))]
    before = insert_cheapest(problem, [RoutingRoute(group=0, jobs=(1,))], [0])
    assert before == [RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))]


def test_a_stripped_job_leaves_the_other_trips_alone() -> None:
    jobs = [job(1, load=(6,), drop_cents=10), job(2, load=(6,)), job(3, load=(10,))]
    problem = line(*jobs)
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1, 2), reloads=(2,))])
    assert answer is not None
    assert answer.dropped == (0,)
    assert [route.trips for route in answer.routes] == [((1,), (2,))]


def test_a_job_of_two_trips_stays_in_the_first() -> None:
    problem = line(job(1), job(2))
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1, 0), reloads=(2,))])
    assert answer is not None
    assert [route.trips for route in answer.routes] == [((0, 1),)]


def test_a_party_rides_with_one_vehicle_though_two_are_cheaper() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,))]
    vehicles = [van(count=2, fixed_cents=0), van(count=1, capacity=(12,), fixed_cents=900)]
    problem = on_a_line([0, 1000, -2000], jobs, vehicles)
    apart = repaired(problem, [])
    party = replace(problem, together=(frozenset({0, 1}),))
    kept = repaired(party, [RoutingRoute(group=0, jobs=(index,)) for index in (0, 1)])
    assert apart is not None
    assert kept is not None
    assert kept.routes == (RoutingRoute(group=1, jobs=kept.routes[0].jobs),)
    assert kept.dropped == ()
    assert faults(party, kept) == []
    assert apart.cost_millicents < kept.cost_millicents


def test_a_party_that_no_vehicle_takes_whole_stays_out() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(6,))]
    problem = replace(on_a_line([0, 1000, 2000], jobs, [van()]), together=(frozenset({0, 1}),))
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0,)), RoutingRoute(group=0, jobs=(1,))])
    assert answer is not None
    assert answer.dropped == (0, 1)
    must = replace(problem, jobs=(jobs[0], replace(jobs[1], drop_cents=None)))
    assert repaired(must, []) is None


def test_a_party_may_ride_on_two_trips_of_one_vehicle() -> None:
    problem = line(job(1, load=(6,)), job(2, load=(6,)), together=(frozenset({0, 1}),))
    answer = repaired(problem, [])
    assert answer is not None
    assert [len(route.trips) for route in answer.routes] == [2]


def test_parties_that_share_a_job_are_one() -> None:
    jobs = [job(node, load=(5,)) for node in (1, 2, 3)]
    problem = on_a_line([0, 1000, 2000, 3000], jobs, [van()])
    problem = replace(problem, together=(frozenset({0, 1}), frozenset({1, 2})))
    answer = repaired(problem, [])
    assert answer is not None
    assert answer.dropped == (0, 1, 2)


def test_a_settled_beginning_is_put_in_front() -> None:
    problem = line(job(1), job(2), job(3), locks={0: (2, 0)})
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1, 2))])
    assert answer is not None
    assert [route.jobs for route in answer.routes] == [(2, 0, 1)]


def test_nothing_is_inserted_before_or_into_a_settled_beginning() -> None:
    problem = line(job(1), job(2), job(3), locks={0: (0, 2)})
    placed = insert_cheapest(problem, [RoutingRoute(group=0, jobs=(0, 2))], [1])
    # On the way to job 2 it would cost nothing.
    assert placed is not None
    assert placed[0].jobs[:2] == (0, 2)


def test_a_settled_beginning_that_cannot_be_driven_is_no_answer() -> None:
    problem = line(job(1, closes=10), job(2), locks={0: (0,)})
    assert repaired(problem, []) is None


def test_two_vehicles_become_two_trips_of_one() -> None:
    jobs = [job(1, load=(10,)), job(2, load=(10,))]
    problem = on_a_line([0, 1000, 2000], jobs, [replace(SHUTTLE, count=2)])
    two = answer_of(problem, [RoutingRoute(group=0, jobs=(index,)) for index in (0, 1)])
    one = with_fewer_routes(problem, two)
    assert [len(route.trips) for route in one.routes] == [2]
    assert one.cost_millicents == two.cost_millicents - 500_000


def test_trips_find_the_gap_between_two_others() -> None:
    windows = [(0, 500), (5000, 5500), (2000, 2500)]
    jobs = [job(1, load=(10,), opens=opens, closes=closes) for opens, closes in windows]
    problem = on_a_line([0, 1000], jobs, [replace(SHUTTLE, count=2, max_trips=3)])
    two = answer_of(
        problem,
        [RoutingRoute(group=0, jobs=(0, 1), reloads=(1,)), RoutingRoute(group=0, jobs=(2,))],
    )
    assert with_fewer_routes(problem, two).routes == (
        RoutingRoute(group=0, jobs=(0, 2, 1), reloads=(1, 2)),
    )


def test_trips_stay_apart_where_there_is_no_time_for_both() -> None:
    jobs = [job(1, load=(10,), closes=200), job(2, load=(10,), closes=300)]
    problem = on_a_line([0, 1000, 2000], jobs, [replace(SHUTTLE, count=2)])
    two = answer_of(problem, [RoutingRoute(group=0, jobs=(index,)) for index in (0, 1)])
    assert with_fewer_routes(problem, two) == two


def test_a_trip_does_not_leave_the_rest_of_its_party() -> None:
    jobs = [job(node, load=(10,)) for node in (1, 2, 3)]
    problem = on_a_line(
        [0, 1000, 2000, 3000],
        jobs,
        [replace(SHUTTLE, fixed_cents=900), van(count=2, max_trips=2)],
    )
    problem = replace(problem, together=(frozenset({1, 2}),))
    start = answer_of(
        problem,
        [RoutingRoute(group=0, jobs=(1, 2), reloads=(1,)), RoutingRoute(group=1, jobs=(0,))],
    )
    fewer = with_fewer_routes(problem, start)
    assert faults(problem, fewer) == []
    assert fewer.cost_millicents <= start.cost_millicents


def test_a_forbidden_group_takes_no_further_trip() -> None:
    jobs = [job(1, load=(10,)), job(2, load=(10,))]
    vehicles = [replace(SHUTTLE, fixed_cents=100), replace(SHUTTLE, fixed_cents=200)]
    problem = on_a_line([0, 1000, 2000], jobs, vehicles)
    problem = replace(problem, group_cents=np.array([[0, FORBIDDEN], [FORBIDDEN, 0]]))
    two = answer_of(problem, [RoutingRoute(group=index, jobs=(index,)) for index in (0, 1)])
    assert with_fewer_routes(problem, two) == two
