"""Trips that go from vehicle to vehicle: nothing is lost, late, overlong or dearer."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from optimizer.engines import trip_exchange
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.pyvrp_engine import _Model
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import answer_of, faults
from optimizer.engines.told import Told
from optimizer.engines.trip_exchange import TripExchange
from optimizer.engines.view import first_view
from tests.routing_cases import job, on_a_line, van


def exchange(problem: RoutingProblem, seed: int = 1) -> TripExchange:
    return TripExchange(Told(problem, first_view(problem, None), None), seed)


def waves(seed: int, *kinds: VehicleGroup) -> RoutingProblem:
    """Twenty-four jobs on a line, released and due at random, in vans that hold three of them."""
    dice = Random(seed)
    jobs = []
    for node in range(1, 25):
        release = dice.choice([0, 0, dice.randrange(4000)])
        opens = release + dice.randrange(2000)
        closes = opens + dice.randrange(1500, 4000)
        jobs.append(job(node, load=(3,), release=release, opens=opens, closes=closes))
    places = [0, *(dice.randrange(100, 3000) for _ in jobs)]
    return on_a_line(places, jobs, kinds or [day(count=8)])


def day(**changes: object) -> VehicleGroup:
    usual = van(max_trips=4, reload_s=60, latest=9000, capacity=(10,), fixed_cents=0, cents_per_h=0)
    return replace(usual, **changes)  # type: ignore[arg-type]


def first_answer(problem: RoutingProblem) -> RoutingAnswer:
    answer = repaired(problem, [])
    assert answer is not None
    assert not answer.dropped
    return answer


@pytest.mark.parametrize("seed", range(6))
def test_trips_change_hands_and_every_rule_and_the_price_stay(seed: int) -> None:
    problem = waves(seed)
    routes = list(first_answer(problem).routes)
    trips = exchange(problem, seed)
    cost, seen = answer_of(problem, routes).cost_millicents, set()
    for _ in range(5):
        routes = [route for route in trips.exchanged(routes) if route.jobs]
        answer = answer_of(problem, routes)
        assert faults(problem, answer) == []
        assert answer.cost_millicents == cost
        seen.add(answer.routes)
    assert len(seen) > 1


def test_a_route_that_keeps_its_trips_is_the_same_object(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trip_exchange, "TRIES", 1)
    problem = waves(1)
    routes = list(first_answer(problem).routes)
    trips = exchange(problem)
    changed = 0
    for _ in range(20):
        mixed = trips.exchanged(routes)
        others = [old for old, new in zip(routes, mixed, strict=False) if old is not new]
        assert len(others) <= 2
        changed += bool(others)
    assert changed


def test_a_vehicle_that_costs_something_is_never_sent_for_an_exchange() -> None:
    problem = waves(2, day(count=24, fixed_cents=500))
    routes = list(first_answer(problem).routes)
    trips = exchange(problem)
    used = len(routes)
    for _ in range(20):
        routes = [route for route in trips.exchanged(routes) if route.jobs]
        assert len(routes) <= used


def test_where_hours_are_paid_pyvrp_sees_no_vehicle_longer_away() -> None:
    problem = waves(3, day(count=8, cents_per_h=3600))
    model = _Model(problem, first_view(problem, None), None)
    solution = model.solution_of(first_answer(problem))
    trips = TripExchange(model.told, 1)
    for _ in range(10):
        mixed = model.exchanged(solution, trips)
        assert mixed.is_feasible()
        assert mixed.distance() == solution.distance()
        assert mixed.duration() <= solution.duration()
        solution = mixed


def test_the_longest_duration_and_the_number_of_trips_bind() -> None:
    problem = waves(4, day(count=24, max_duration_s=4000, max_trips=2))
    routes = list(first_answer(problem).routes)
    trips = exchange(problem)
    for _ in range(10):
        routes = [route for route in trips.exchanged(routes) if route.jobs]
        assert faults(problem, answer_of(problem, routes)) == []


def test_vehicles_of_another_kind_and_settled_beginnings_keep_their_trips() -> None:
    problem = waves(5, day(count=8), day(count=1), day(count=1, capacity=(12,)))
    plain = first_answer(problem)
    own = [RoutingRoute(group=number, jobs=(place,)) for place, number in enumerate((1, 2))]
    others = [
        RoutingRoute.of_trips(0, [[j for j in t if j > 1] for t in r.trips]) for r in plain.routes
    ]
    problem = replace(problem, locks={1: (0,)})
    routes = [*own, *(route for route in others if route.jobs)]
    trips = exchange(problem)
    for _ in range(10):
        mixed = trips.exchanged(routes)
        assert mixed[0] is own[0]
        assert mixed[1] is own[1]


def test_exchanges_are_due_now_and_then_and_only_where_vehicles_are_loaded_again() -> None:
    several, once = exchange(waves(6)), exchange(waves(6, day(count=24, max_trips=1)))
    assert sum(several.is_due() for _ in range(100)) == 100 // trip_exchange.EVERY
    assert not any(once.is_due() for _ in range(100))
