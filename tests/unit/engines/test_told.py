"""What a solver is told of a problem, in its own integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from optimizer.domain.limit import Limit
from optimizer.engines.engine import Bulkheads, RoutingProblem, VehicleGroup
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.schedule import faults
from optimizer.engines.simplify import BULKHEADS
from optimizer.engines.told import UNBOUNDED, Told
from optimizer.engines.view import first_view
from tests.routing_cases import job, on_a_line, van


def told(problem: RoutingProblem) -> Told:
    return Told(problem, first_view(problem, None), None)


def test_loading_is_part_of_every_way_home_and_home_closes_later() -> None:
    kind = van(max_trips=3, reload_s=60, latest=1000)
    found = told(on_a_line([0, 1000, 2000], [job(1), job(2)], [kind]))
    [home] = found.ends
    assert found.durations[0][:, home].tolist() == [160, 260, 0]
    assert found.durations[0][home].tolist() == [100, 200, 0]
    [fleet] = found.fleets()
    assert (fleet.latest, fleet.reloads) == (1060, 1)


def test_who_makes_one_trip_is_not_loaded_again() -> None:
    found = told(on_a_line([0, 1000], [job(1)], [van(reload_s=60, latest=1000)]))
    [fleet] = found.fleets()
    assert (fleet.latest, fleet.reloads) == (1000, 0)
    assert found.durations[0][:, found.ends[0]].tolist() == [100, 0]


def test_each_length_of_loading_has_an_end_of_its_own() -> None:
    kinds = [van(max_trips=2, reload_s=60), van(max_trips=2, reload_s=90), van()]
    found = told(on_a_line([0, 1000], [job(1), job(1)], kinds))
    assert len(found.ends) == 3
    assert [fleet.start for fleet in found.fleets()] == [1, 2, 0]


def test_releases_pickups_and_own_service_are_told() -> None:
    jobs = [job(1, load=(4,), pickup=(3,), release=500, service_s=40)]
    [client] = told(on_a_line([0, 1000], jobs, [van()], service_s=300)).clients()
    assert (client.delivery, client.pickup) == ((4,), (3,))
    assert (client.release, client.service, client.opens) == (500, 40, 300)


def test_a_range_bounds_only_trips() -> None:
    one, two = van(max_trip_m=7000), van(max_trip_m=7000, max_trips=2)
    found = told(on_a_line([0, 1000], [job(1), job(1)], [one, two]))
    assert [fleet.farthest for fleet in found.fleets()] == [7000, UNBOUNDED]


def test_a_range_is_told_in_cents_where_ways_cost_cents() -> None:
    problem = on_a_line([0, 1000], [job(1)], [van(max_trip_m=7000)])
    pinned = replace(problem, group_cents=np.zeros((1, 1), dtype=np.int64))
    assert told(pinned).fleets()[0].farthest == 70_000
    dearer = replace(problem, group_cents=np.ones((1, 1), dtype=np.int64))
    assert told(dearer).fleets()[0].farthest == UNBOUNDED


def movable(**changes: object) -> VehicleGroup:
    bulkheads = Bulkheads(dimensions=(0, 1), step_ml=5, body_ml=20)
    return replace(van(capacity=(20, 20), bulkheads=bulkheads), **changes)  # type: ignore[arg-type]


def test_one_step_is_kept_back_for_bulkheads_in_a_dimension_of_the_body() -> None:
    jobs = [job(1, load=(8, 0)), job(1, load=(0, 5))]
    found = told(on_a_line([0, 1000], jobs, [movable()]))
    assert found.view.dimensions == (2,)
    assert [client.delivery for client in found.clients()] == [(8,), (5,)]
    assert found.fleets()[0].capacity == (15,)


def test_a_dimension_that_is_the_body_already_is_taken_for_it() -> None:
    jobs = [job(1, load=(8, 0, 8)), job(1, load=(0, 5, 5))]
    found = told(on_a_line([0, 1000], jobs, [movable(capacity=(20, 20, 18))]))
    assert found.view.dimensions == (2,)
    assert found.fleets()[0].capacity == (15,)


def test_more_steps_are_kept_back_where_one_was_too_few() -> None:
    problem = on_a_line([0, 1000], [job(1, load=(8, 0)), job(1, load=(0, 5))], [movable()])
    view = first_view(problem, None)
    following = view.following(problem, {BULKHEADS}, complete=True)
    assert following is not None
    assert (following.steps, following.dimensions) == (2, view.dimensions)
    assert Told(problem, following, None).fleets()[0].capacity == (10,)


def test_three_compartments_may_need_two_steps() -> None:
    # Six, six and two of one body of 20: seven, seven and six leaves no bulkhead wrong, and
    # five by five the first two take ten each.
    bulkheads = Bulkheads(dimensions=(0, 1, 2), step_ml=5, body_ml=20)
    kind = van(count=2, capacity=(20, 20, 20), bulkheads=bulkheads)
    loads = [(6, 0, 0), (0, 6, 0), (0, 0, 2)]
    jobs = [job(1, load=load, drop_cents=None) for load in loads]
    problem = on_a_line([0, 1000], jobs, [kind])
    answer = PyVrp().solve(problem, limit=Limit(iterations=60), seed=1)
    assert faults(problem, answer) == []
    assert len(answer.routes) == 2
