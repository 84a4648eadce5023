"""Trips against a clock that goes second by second, and places against trying all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.repair import insert_cheapest, repaired, with_fewer_routes
from optimizer.engines.schedule import (
    answer_of,
    faults,
    fits,
    is_feasible,
    peak_of,
    route_millicents,
    schedule,
)
from tests.properties import slow_clock
from tests.routing_cases import random_day

dice_rolls = st.integers(0, 10**9)


def cut(dice: Random, jobs: Sequence[int], most: int) -> list[tuple[int, ...]]:
    """Cut a row of jobs into trips, none of them empty."""
    cuts = sorted(dice.sample(range(1, len(jobs)), min(len(jobs) - 1, dice.randrange(most))))
    return [tuple(jobs[a:b]) for a, b in zip([0, *cuts], [*cuts, len(jobs)], strict=True)]


def some_route(problem: RoutingProblem, dice: Random, most_jobs: int = 5) -> RoutingRoute:
    group = dice.randrange(len(problem.vehicles))
    everything = range(len(problem.jobs))
    jobs = dice.sample(everything, dice.randint(1, min(most_jobs, len(everything))))
    return RoutingRoute.of_trips(group, cut(dice, jobs, problem.vehicles[group].max_trips))


@settings(max_examples=80)
@given(roll=dice_rolls)
def test_a_schedule_is_what_a_driver_notes_down(roll: int) -> None:
    dice = Random(roll)
    problem = random_day(roll, dice.randint(1, 5))
    route = some_route(problem, dice)
    group = problem.vehicles[route.group]
    timed = schedule(problem, route)
    days = slow_clock.route(problem, group, route.trips)
    assert (timed is None) == (days is None)
    if timed is None or days is None:
        return
    assert [(trip.departs, trip.returns) for trip in timed.trips] == [
        (day.departs, day.returns) for day in days
    ]
    assert [list(trip.rests) for trip in timed.trips] == [day.rests for day in days]
    assert [trip.distance_m for trip in timed.trips] == [day.metres for day in days]
    assert timed.duration_s == sum(day.duration for day in days)
    assert list(timed.starts) == [start for day in days for start in day.starts.values()]
    exact = 1000 * slow_clock.price(problem, group, days)
    assert abs(timed.cost_millicents - exact) <= 1 + len(route.jobs)


@settings(max_examples=40)
@given(roll=dice_rolls)
def test_room_is_judged_on_every_leg_and_for_every_bulkhead(roll: int) -> None:
    dice = Random(roll)
    problem = random_day(roll, dice.randint(1, 5))
    route = some_route(problem, dice)
    group = problem.vehicles[route.group]
    holds = True
    for trip in route.trips:
        legs = list(slow_clock.boards(problem, trip))
        most = [max(amounts) for amounts in zip(*legs, strict=True)]
        assert peak_of(problem, trip) == tuple(most)
        holds &= all(x <= y for x, y in zip(most, group.capacity, strict=True))
        holds &= group.bulkheads is None or slow_clock.has_layout(group.bulkheads, most)
    assert fits(problem, route) is holds


def every_place(
    problem: RoutingProblem, routes: Sequence[RoutingRoute], index: int
) -> Iterator[tuple[int, RoutingRoute]]:
    """Give every route that a job could join, with the job in it, and the price of that."""
    used = [route.group for route in routes]
    for route in routes:
        before = route_millicents(problem, route) or 0
        for number in range(len(route.trips) + 1):
            trips = [*route.trips[:number], (index,), *route.trips[number:]]
            options = [RoutingRoute.of_trips(route.group, trips)]
            for position in range(len(route.trips[number]) + 1 if number < len(route.trips) else 0):
                old = route.trips[number]
                trip = (*old[:position], index, *old[position:])
                changed = [*route.trips[:number], trip, *route.trips[number + 1 :]]
                options.append(RoutingRoute.of_trips(route.group, changed))
            for tried in options:
                cost = route_millicents(problem, tried)
                if cost is not None:
                    yield cost - before, tried
    for number, group in enumerate(problem.vehicles):
        if used.count(number) < group.count:
            tried = RoutingRoute(group=number, jobs=(index,))
            cost = route_millicents(problem, tried)
            if cost is not None:
                yield cost, tried


@settings(max_examples=40)
@given(roll=dice_rolls)
def test_no_place_is_cheaper_than_the_one_that_insertion_finds(roll: int) -> None:
    dice = Random(roll)
    problem = replace(random_day(roll, dice.randint(2, 9)), together=())
    first, *others = dice.sample(range(len(problem.jobs)), len(problem.jobs))
    routes = insert_cheapest(problem, [], others)
    assert routes is not None
    costs = [cost for cost, _ in every_place(problem, routes, first)]
    worth = 1000 * (problem.jobs[first].drop_cents or 0)
    after = insert_cheapest(problem, routes, [first])
    assert after is not None
    best = min(costs, default=worth)
    extra = answer_of(problem, after).cost_millicents - answer_of(problem, routes).cost_millicents
    assert extra == min(0, best - worth)


@settings(max_examples=40)
@given(roll=dice_rolls)
def test_whatever_is_proposed_repair_gives_an_answer_that_keeps_every_rule(roll: int) -> None:
    dice = Random(roll)
    problem = random_day(roll, dice.randint(1, 12))
    proposed = [some_route(problem, dice, most_jobs=12) for _ in range(dice.randrange(5))]
    answer = repaired(problem, proposed)
    assert answer is not None
    assert faults(problem, answer) == []
    fewer = with_fewer_routes(problem, answer)
    assert faults(problem, fewer) == []
    assert fewer.cost_millicents <= answer.cost_millicents


@settings(max_examples=40)
@given(roll=dice_rolls)
def test_settled_beginnings_stay_where_they_can_be_driven(roll: int) -> None:
    dice = Random(roll)
    day = replace(random_day(roll, dice.randint(2, 10)), together=())
    lock = tuple(dice.sample(range(len(day.jobs)), dice.randint(1, 2)))
    group = dice.randrange(2)
    vans = tuple(
        replace(van, count=1) if number == group else van for number, van in enumerate(day.vehicles)
    )
    problem = replace(day, vehicles=vans, locks={group: lock})
    proposed = [some_route(problem, dice, most_jobs=8) for _ in range(dice.randrange(4))]
    answer = repaired(problem, proposed)
    alone = route_millicents(problem, RoutingRoute(group=group, jobs=lock))
    if alone is None:
        assert answer is None
        return
    assert answer is not None
    assert faults(problem, answer) == []
    assert is_feasible(problem, with_fewer_routes(problem, answer))
