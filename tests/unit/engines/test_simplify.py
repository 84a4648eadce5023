"""What a solver is told differently, and when."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.engines.engine import Bulkheads, RoutingRoute
from optimizer.engines.schedule import answer_of
from optimizer.engines.simplify import (
    BULKHEADS,
    binding_dimensions,
    broken_dimensions,
    is_timeless,
    narrowed_closes,
    prospects,
    service_starts,
)
from tests.routing_cases import job, on_a_line, van


def test_a_job_worth_its_own_route_is_served() -> None:
    # Alone it costs 500 ct for the van and 20 ct for two kilometres.
    jobs = [job(1, drop_cents=520), job(1, drop_cents=519), job(1, drop_cents=None)]
    found = prospects(on_a_line([0, 1000], jobs, [van()]))
    assert found.served == (True, False, True)
    assert found.hopeless == (False, False, False)


def test_a_job_that_no_vehicle_can_do_alone_is_hopeless() -> None:
    jobs = [job(1, load=(11,)), job(1, closes=99), job(2), job(1)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(), van(count=0, capacity=(99,))])
    metres = problem.distance_m.copy()
    metres[0, 2] = UNREACHABLE
    assert prospects(replace(problem, distance_m=metres)).hopeless == (True, True, True, False)


def test_dimensions_far_from_full_are_left_out() -> None:
    jobs = [job(1, load=(8, 2, 0)), job(1, load=(9, 2, 0))]
    problem = on_a_line([0, 1000], jobs, [van(capacity=(10, 10, 10))])
    assert binding_dimensions(problem) == (0,)


def test_a_dimension_that_one_kind_of_vehicle_lacks_stays() -> None:
    jobs = [job(1, load=(8, 1)), job(1, load=(9, 1))]
    vehicles = [van(capacity=(10, 10)), van(capacity=(10, 0))]
    assert binding_dimensions(on_a_line([0, 1000], jobs, vehicles)) == (0, 1)


def test_an_overloaded_dimension_is_found() -> None:
    jobs = [job(1, load=(1, 4)), job(1, load=(1, 4))]
    problem = on_a_line([0, 1000], jobs, [van(capacity=(10, 7))])
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(0, 1))]) == {1}
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(0,))]) == set()


def test_due_times_close_windows_where_they_can_be_kept() -> None:
    late = {"late_cents_per_min": 10, "closes": 5000}
    jobs = [job(1, due=100, **late), job(1, due=99, **late), job(1, due=100, closes=5000)]
    problem = on_a_line([0, 1000], jobs, [van()])
    assert narrowed_closes(problem, starts={}) == [100, 5000, 5000]
    assert narrowed_closes(problem, starts=None) == [5000, 5000, 5000]


def test_a_job_that_starts_late_keeps_its_lateness() -> None:
    problem = on_a_line([0, 1000], [job(1, due=100, late_cents_per_min=10)], [van(earliest=50)])
    answer = answer_of(problem, [RoutingRoute(group=0, jobs=(0,))])
    starts = service_starts(problem, answer)
    assert starts == {0: 150}
    assert narrowed_closes(problem, starts=starts) == [150]


def test_a_ride_counts_from_the_earliest_departure_of_any_group() -> None:
    jobs = [job(1, max_ride_s=300), job(1, opens=4000, max_ride_s=300, closes=5000)]
    problem = on_a_line([0, 1000], jobs, [van(earliest=200), van(earliest=100)])
    assert narrowed_closes(problem, starts=None) == [400, 5000]


def test_without_times_no_clock_matters() -> None:
    problem = on_a_line([0, 1000], [job(1)], [van()])
    still = replace(problem, duration_s=(np.zeros_like(problem.distance_m),))
    assert is_timeless(still)
    assert not is_timeless(problem)
    assert not is_timeless(replace(still, service_s=(0, 1)))
    assert not is_timeless(replace(still, jobs=(job(1, opens=10),)))
    assert not is_timeless(replace(still, jobs=(job(1, opens=0, closes=5), job(1, opens=9))))


def test_a_ride_closes_no_window_that_a_later_trip_could_meet() -> None:
    jobs = [job(1, max_ride_s=150, closes=9000)]
    once = on_a_line([0, 1000], jobs, [van()])
    assert narrowed_closes(once, starts={}) == [150]
    again = replace(once, vehicles=(van(max_trips=2),))
    assert narrowed_closes(again, starts={}) == [9000]


def test_a_ride_counts_from_the_last_release() -> None:
    jobs = [job(1, max_ride_s=150, closes=9000), job(1, release=2000)]
    assert narrowed_closes(on_a_line([0, 1000], jobs, [van()]), starts={})[0] == 2150


def test_a_due_time_before_the_goods_are_there_closes_nothing() -> None:
    jobs = [job(1, due=500, late_cents_per_min=5, release=1000, closes=9000)]
    assert narrowed_closes(on_a_line([0, 1000], jobs, [van()]), starts={}) == [9000]


def test_releases_and_loading_make_the_clock_matter() -> None:
    problem = on_a_line([0, 0], [job(1, load=(1,))], [van()])
    assert is_timeless(problem)
    assert not is_timeless(replace(problem, jobs=(job(1, release=5),)))
    assert not is_timeless(replace(problem, jobs=(job(1, service_s=5),)))
    assert not is_timeless(replace(problem, vehicles=(van(max_trips=2, reload_s=9),)))


def test_each_trip_is_loaded_by_itself() -> None:
    jobs = [job(1, load=(6,)), job(1, load=(6,))]
    problem = on_a_line([0, 1000], jobs, [van(max_trips=2)])
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(0, 1))]) == {0}
    twice = RoutingRoute(group=0, jobs=(0, 1), reloads=(1,))
    assert broken_dimensions(problem, [twice]) == set()


def test_what_is_taken_back_can_overload_too() -> None:
    jobs = [job(1, load=(6,)), job(2, load=(4,), pickup=(7,))]
    problem = on_a_line([0, 1000, 2000], jobs, [van()])
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(1, 0))]) == {0}
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(0, 1))]) == set()


def test_bulkheads_that_cannot_stand_are_found() -> None:
    kind = van(capacity=(10, 10), bulkheads=Bulkheads(dimensions=(0, 1), step_ml=5, body_ml=10))
    problem = on_a_line([0, 1000], [job(1, load=(8, 0)), job(1, load=(0, 2))], [kind])
    assert broken_dimensions(problem, [RoutingRoute(group=0, jobs=(0, 1))]) == {BULKHEADS}
