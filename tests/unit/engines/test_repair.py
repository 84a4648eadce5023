"""Routes that break rules become an answer that keeps them."""

from __future__ import annotations

from optimizer.engines.engine import RoutingRoute
from optimizer.engines.repair import insert_cheapest, repaired, with_fewer_routes
from optimizer.engines.schedule import answer_of, faults
from tests.routing_cases import job, on_a_line, random_problem, van


def test_good_routes_stay_as_they_are() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    route = RoutingRoute(group=0, jobs=(1, 0))
    answer = repaired(problem, [route])
    assert answer is not None
    assert answer.routes == (route,)


def test_an_overloaded_route_gives_its_cheapest_job_to_another_vehicle() -> None:
    jobs = [job(1, load=(6,), drop_cents=90_000), job(2, load=(6,), drop_cents=80_000)]
    problem = on_a_line([0, 1000, 2000], jobs, [van()])
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1))])
    assert answer is not None
    assert [route.jobs for route in answer.routes] == [(0,), (1,)]


def test_a_job_without_a_place_is_left_out() -> None:
    jobs = [job(1, load=(6,), drop_cents=80_000), job(2, load=(6,), drop_cents=90_000)]
    problem = on_a_line([0, 1000, 2000], jobs, [van(count=1)])
    answer = repaired(problem, [RoutingRoute(group=0, jobs=(0, 1))])
    assert answer is not None
    assert answer.dropped == (0,)


def test_a_job_that_must_be_done_and_has_no_place_is_no_answer() -> None:
    problem = on_a_line([0, 1000], [job(1, load=(11,), drop_cents=None)], [van()])
    assert repaired(problem, []) is None


def test_routes_beyond_the_fleet_are_dissolved() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2, drop_cents=None)], [van(count=1)])
    routes = [RoutingRoute(group=0, jobs=(0,)), RoutingRoute(group=0, jobs=(1,))]
    answer = repaired(problem, routes)
    assert answer is not None
    assert answer.dropped == ()
    assert len(answer.routes) == 1


def test_a_job_stands_once() -> None:
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    routes = [RoutingRoute(group=0, jobs=(0, 1)), RoutingRoute(group=0, jobs=(1, 0))]
    answer = repaired(problem, routes)
    assert answer is not None
    assert faults(problem, answer) == []


def test_insertion_finds_the_cheapest_place() -> None:
    problem = on_a_line([0, 1000, 2000, 3000], [job(1), job(2), job(3)], [van()])
    found = insert_cheapest(problem, [RoutingRoute(group=0, jobs=(0, 2))], [1])
    assert found == [RoutingRoute(group=0, jobs=(0, 1, 2))]


def test_insertion_leaves_out_what_is_cheaper_left_out() -> None:
    problem = on_a_line([0, 1000, 90_000], [job(1), job(2, drop_cents=1)], [van()])
    assert insert_cheapest(problem, [RoutingRoute(group=0, jobs=(0,))], [1]) == [
        RoutingRoute(group=0, jobs=(0,))
    ]


def test_nonsense_becomes_an_answer() -> None:
    problem = random_problem(5, 15)
    everything = RoutingRoute(group=0, jobs=tuple(range(15)))
    answer = repaired(problem, [everything, everything, RoutingRoute(group=1, jobs=())])
    assert answer is not None
    assert faults(problem, answer) == []


def test_a_route_is_dissolved_where_lateness_costs_less_than_its_vehicle() -> None:
    jobs = [job(node, due=150, late_cents_per_min=60) for node in (1, 2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van()])
    two = answer_of(problem, [RoutingRoute(group=0, jobs=(index,)) for index in (0, 1)])
    one = with_fewer_routes(problem, two)
    assert len(one.routes) == 1
    assert one.cost_millicents == 500_000 + 10 * 4000 + 150_000


def test_a_route_stays_where_dissolving_costs_more() -> None:
    jobs = [job(node, due=150, late_cents_per_min=600) for node in (1, 2)]
    problem = on_a_line([0, 1000, -1000], jobs, [van()])
    two = answer_of(problem, [RoutingRoute(group=0, jobs=(index,)) for index in (0, 1)])
    assert with_fewer_routes(problem, two) == two
