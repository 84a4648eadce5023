"""Routes of several trips, with times, rests and loads that were worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.engines.engine import (
    Bulkheads,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
)
from optimizer.engines.schedule import (
    Schedule,
    answer_of,
    faults,
    fits,
    peak_of,
    route_millicents,
    schedule,
)
from tests.routing_cases import job, on_a_line, van

TWICE = RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))
SHUTTLE = van(max_trips=2, reload_s=300)


def timed(problem: RoutingProblem, route: RoutingRoute = TWICE) -> Schedule:
    found = schedule(problem, route)
    assert found is not None
    return found


def test_a_second_trip_waits_for_the_first_and_its_loading() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [SHUTTLE], service_s=60)
    found = timed(problem)
    assert [(trip.departs, trip.returns) for trip in found.trips] == [(0, 260), (560, 1020)]
    assert found.starts == (100, 760)
    assert (found.departs, found.returns) == (0, 1020)
    assert found.distance_m == 6000
    assert found.duration_s == 260 + 460


def test_the_vehicle_is_paid_once_and_its_time_at_home_is_not() -> None:
    vehicle = replace(SHUTTLE, cents_per_h=3600)
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [vehicle])
    assert timed(problem).cost_millicents == 500_000 + 10 * 6000 + 600_000


def test_a_trip_leaves_when_the_last_of_its_jobs_is_released() -> None:
    jobs = [job(1, release=50), job(1, release=900), job(2)]
    problem = on_a_line([0, 1000, 2000], jobs, [SHUTTLE])
    together = timed(problem, RoutingRoute(group=0, jobs=(0, 1)))
    assert together.departs == 900
    apart = timed(problem, RoutingRoute(group=0, jobs=(0, 1), reloads=(1,)))
    assert [trip.departs for trip in apart.trips] == [50, 900]
    # Putting the first trip off would not bring the second home earlier, nor save anything.
    assert apart.trips[0].returns == 250


def test_each_trip_is_put_off_by_its_own_waiting() -> None:
    jobs = [job(1, opens=1000), job(2, opens=5000)]
    found = timed(on_a_line([0, 1000, 2000], jobs, [SHUTTLE]))
    assert [(trip.departs, trip.returns) for trip in found.trips] == [(900, 1100), (4800, 5200)]


def test_more_trips_than_allowed_or_an_end_elsewhere_are_no_schedule() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    assert schedule(problem, TWICE) is None
    elsewhere = replace(SHUTTLE, end=1)
    assert schedule(replace(problem, vehicles=(elsewhere,)), TWICE) is None


@pytest.mark.parametrize("reloads", [(0,), (2,), (1, 1), (-1,)])
def test_a_trip_without_a_job_is_no_trip(reloads: tuple[int, ...]) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van(max_trips=3)])
    route = RoutingRoute(group=0, jobs=(0, 1), reloads=reloads)
    assert schedule(problem, route) is None
    answer = RoutingAnswer(routes=(route,), dropped=(), cost_millicents=0)
    assert any("empty trip" in fault for fault in faults(problem, answer))


@pytest.mark.parametrize(
    ("limits", "possible"),
    [
        ({"max_trip_s": 400}, True),
        ({"max_trip_s": 399}, False),
        ({"max_trip_m": 4000}, True),
        ({"max_trip_m": 3999}, False),
        ({"max_duration_s": 900}, True),
        ({"max_duration_s": 899}, False),
        ({"latest": 900}, True),
        ({"latest": 899}, False),
    ],
)
def test_edges_of_trips_are_allowed(limits: dict[str, int], possible: bool) -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [replace(SHUTTLE, **limits)])  # type: ignore[arg-type]
    assert (schedule(problem, TWICE) is not None) is possible


def test_the_longest_trip_may_cost_lateness_and_moves_no_window() -> None:
    jobs = [job(1, due=300, late_cents_per_min=60), job(2, opens=5000)]
    one = RoutingRoute(group=0, jobs=(0, 1))
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_trip_s=1000)])
    assert timed(problem, one).late_s == (4000, 0)
    early = [replace(jobs[0], closes=300), jobs[1]]
    assert schedule(replace(problem, jobs=tuple(early)), one) is None


def test_a_long_day_sets_out_so_late_that_it_is_short_enough() -> None:
    jobs = [job(1), job(2, opens=5000)]
    problem = on_a_line([0, 1000, 2000], jobs, [replace(SHUTTLE, max_duration_s=1000)])
    found = timed(problem)
    assert [(trip.departs, trip.returns) for trip in found.trips] == [(4200, 4400), (4800, 5200)]
    early = [replace(jobs[0], closes=4299), jobs[1]]
    assert schedule(replace(problem, jobs=tuple(early)), TWICE) is None


def test_rides_begin_anew_with_every_trip() -> None:
    jobs = [job(1), job(2, max_ride_s=200)]
    problem = on_a_line([0, 1000, 2000], jobs, [SHUTTLE], service_s=60)
    assert timed(problem).starts[1] - timed(problem).trips[1].departs == 200
    assert schedule(problem, RoutingRoute(group=0, jobs=(0, 1))) is None


def test_a_shared_service_takes_what_each_of_its_jobs_adds() -> None:
    jobs = [job(1, service_s=20), job(1, service_s=30), job(2, service_s=5)]
    problem = on_a_line([0, 1000, 2000], jobs, [SHUTTLE], service_s=60)
    found = timed(problem, RoutingRoute(group=0, jobs=(0, 1, 2)))
    assert found.leaves == (210, 210, 375)
    # Brought on two trips, the same node is served twice.
    assert timed(problem).leaves == (180, 180 + 100 + 300 + 100 + 90)


def test_a_rest_comes_before_the_leg_that_would_be_too_much() -> None:
    rule = BreakRule(after_driving_s=250, rest_s=40)
    problem = on_a_line([0, 1000, 2500], [job(1), job(2)], [van(breaks=rule)], service_s=60)
    found = timed(problem, RoutingRoute(group=0, jobs=(0, 1)))
    # 100 s and 150 s of driving are 250; the way home takes as long again.
    assert found.trips[0].rests == ((370, 410),)
    assert found.starts == (100, 310)
    assert found.returns == 310 + 60 + 40 + 250


def test_a_leg_longer_than_the_rule_has_rests_on_the_way() -> None:
    rule = BreakRule(after_driving_s=40, rest_s=10)
    problem = on_a_line([0, 1000], [job(1, opens=500)], [van(breaks=rule)])
    found = timed(problem, RoutingRoute(group=0, jobs=(0,)))
    assert found.departs == 380
    assert found.trips[0].rests == ((420, 430), (470, 480), (520, 530), (570, 580))
    assert found.returns == 500 + 100 + 20


def test_a_rest_may_make_a_window_impossible() -> None:
    rule = BreakRule(after_driving_s=99, rest_s=10)
    problem = on_a_line([0, 1000], [job(1, closes=109)], [van(breaks=rule)])
    assert schedule(problem, RoutingRoute(group=0, jobs=(0,))) is None
    plain = replace(problem, vehicles=(van(),))
    assert schedule(plain, RoutingRoute(group=0, jobs=(0,))) is not None


def test_each_trip_is_loaded_by_itself() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1, load=(6,)), job(2, load=(6,))], [SHUTTLE])
    assert fits(problem, TWICE)
    assert not fits(problem, RoutingRoute(group=0, jobs=(0, 1)))


def test_what_is_taken_back_needs_room_that_has_become_free() -> None:
    jobs = [job(1, load=(6,), pickup=(8,)), job(2, load=(4,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van()])
    assert peak_of(problem, (0, 1)) == (12,)
    assert peak_of(problem, (1, 0)) == (10,)
    assert not fits(problem, RoutingRoute(group=0, jobs=(0, 1)))
    assert fits(problem, RoutingRoute(group=0, jobs=(1, 0)))


def test_one_visit_hands_over_before_it_takes_back() -> None:
    jobs = [job(1, load=(0,), pickup=(10,)), job(1, load=(10,))]
    problem = on_a_line([0, 1000], jobs, [van()])
    assert peak_of(problem, (0, 1)) == (10,)


@pytest.mark.parametrize(
    ("loads", "holds"),
    [
        # Steps of 4 in a body of 10: the first compartment takes whole steps, the last the rest.
        ((4, 6), True),
        ((5, 2), True),
        ((5, 3), False),
        ((0, 10), True),
        ((10, 0), True),
    ],
)
def test_bulkheads_stand_on_steps_and_the_last_compartment_takes_the_rest(
    loads: tuple[int, int], holds: bool
) -> None:
    vehicle = van(capacity=(10, 10), bulkheads=Bulkheads(dimensions=(0, 1), step_ml=4, body_ml=10))
    problem = on_a_line([0, 1000], [job(1, load=loads)], [vehicle])
    assert fits(problem, RoutingRoute(group=0, jobs=(0,))) is holds


def test_bulkheads_are_set_anew_for_every_trip() -> None:
    vehicle = replace(
        SHUTTLE, capacity=(10, 10), bulkheads=Bulkheads(dimensions=(0, 1), step_ml=4, body_ml=10)
    )
    jobs = [job(1, load=(8, 2)), job(2, load=(1, 6))]
    assert fits(on_a_line([0, 1000, 2000], jobs, [vehicle]), TWICE)


def test_jobs_that_belong_together_on_two_vehicles_are_a_fault() -> None:
    jobs = [job(1), job(2), job(2, drop_cents=5)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(max_trips=2)])
    problem = replace(problem, together=(frozenset({0, 1}),))
    apart = answer_of(problem, [RoutingRoute(group=0, jobs=(0,)), RoutingRoute(group=0, jobs=(1,))])
    assert faults(problem, apart) == ["jobs [0, 1] do not ride with one vehicle"]
    half = answer_of(problem, [RoutingRoute(group=0, jobs=(0,))])
    assert faults(problem, half) == ["jobs [0, 1] do not ride with one vehicle"]
    assert faults(problem, answer_of(problem, [TWICE])) == []
    assert faults(problem, answer_of(problem, [RoutingRoute(group=0, jobs=(2,))])) == []


@pytest.mark.parametrize(
    ("routes", "kept"),
    [
        ([RoutingRoute(group=0, jobs=(1, 0), reloads=(1,))], True),
        ([RoutingRoute(group=0, jobs=(1, 0))], True),
        ([RoutingRoute(group=0, jobs=(0, 1))], False),
        ([RoutingRoute(group=1, jobs=(1, 0))], False),
        ([], False),
    ],
)
def test_a_settled_beginning_is_asked_for(routes: list[RoutingRoute], kept: bool) -> None:
    vehicles = [van(count=1, max_trips=2), van()]
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], vehicles)
    problem = replace(problem, locks={0: (1,)})
    found = faults(problem, answer_of(problem, routes))
    assert found == ([] if kept else ["no route of group 0 begins with jobs [1]"])


def test_a_beginning_ends_with_the_first_trip() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [replace(SHUTTLE, count=1)])
    problem = replace(problem, locks={0: (0, 1)})
    assert faults(problem, answer_of(problem, [TWICE])) != []


def test_ignoring_a_reload_would_be_cheaper() -> None:
    jobs = [job(1), job(1, closes=700)]
    quick = on_a_line([0, 1000], jobs, [van(max_trips=2, capacity=(1,))])
    slow = replace(quick, vehicles=(replace(quick.vehicles[0], reload_s=500),))
    assert route_millicents(quick, TWICE) is not None
    assert route_millicents(slow, TWICE) is None
