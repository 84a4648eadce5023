"""Small routing problems that a person can hold in the head, and their best answers by trial."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, combinations, permutations
from random import Random

import numpy as np

from optimizer.domain.driving import BreakRule
from optimizer.domain.travel_matrix import IntArray
from optimizer.engines.engine import (
    Bulkheads,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.schedule import answer_of, drop_millicents, route_millicents

METRES_PER_SECOND = 10
DAY = 86_400


def job(node: int, **changes: object) -> Job:
    """A job of load 1 that may be done all day and costs a fortune to leave out."""
    plain = Job(node=node, load=(1,), opens=0, closes=DAY, drop_cents=1_000_000)
    return replace(plain, **changes)  # type: ignore[arg-type]


def van(**changes: object) -> VehicleGroup:
    """Two vans from node 0 with room for ten, at 10 ct/km and 5 EUR each."""
    plain = VehicleGroup(
        count=2,
        capacity=(10,),
        fixed_cents=500,
        cents_per_km=10,
        cents_per_h=0,
        start=0,
        end=0,
        earliest=0,
        latest=DAY,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def on_a_line(
    places_m: Sequence[int],
    jobs: Sequence[Job],
    vehicles: Sequence[VehicleGroup],
    *,
    service_s: int = 0,
) -> RoutingProblem:
    """Nodes along a straight road, driven at 10 m/s; node 0 has no service."""
    along = np.array(places_m, dtype=np.int64)
    metres: IntArray = np.abs(along[:, None] - along)
    return RoutingProblem(
        distance_m=metres,
        duration_s=(metres // METRES_PER_SECOND,),
        service_s=(0, *[service_s] * (len(places_m) - 1)),
        jobs=tuple(jobs),
        vehicles=tuple(vehicles),
    )


def random_problem(seed: int, jobs: int) -> RoutingProblem:
    """A plane with windows, two load dimensions, due times, rides and two kinds of vehicles."""
    dice = Random(seed)
    nodes = jobs + 1
    spots = np.array([[dice.randrange(20_000), dice.randrange(20_000)] for _ in range(nodes)])
    metres = np.rint(np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1))).astype(np.int64)
    return RoutingProblem(
        distance_m=metres,
        duration_s=(metres // METRES_PER_SECOND, metres // 7),
        service_s=(0, *[dice.randrange(600) for _ in range(jobs)]),
        jobs=tuple(_random_job(dice, nodes) for _ in range(jobs)),
        vehicles=(
            van(count=dice.randint(1, 2), capacity=(12, 10), fixed_cents=900, cents_per_h=1800),
            van(
                count=dice.randint(1, 2),
                capacity=(7, 8),
                cents_per_km=14,
                profile=1,
                max_duration_s=dice.choice([None, 9000]),
            ),
        ),
    )


def _random_job(dice: Random, nodes: int) -> Job:
    opens = dice.randrange(4 * 3600)
    return job(
        dice.randrange(1, nodes),
        load=(dice.randrange(5), dice.randrange(5)),
        opens=opens,
        closes=opens + dice.randrange(600, 4 * 3600),
        drop_cents=dice.choice([300, 2000, 100_000]),
        due=dice.choice([None, opens + dice.randrange(7200)]),
        late_cents_per_min=dice.choice([0, 20]),
        max_ride_s=dice.choice([None, None, dice.randrange(3000, 12_000)]),
    )


def random_day(seed: int, jobs: int) -> RoutingProblem:
    """A small plane on which every rule of trips may bind: all times are below twenty minutes."""
    dice = Random(seed)
    nodes = jobs + 1
    spots = np.array([[dice.randrange(700), dice.randrange(700)] for _ in range(nodes)])
    metres = np.rint(np.hypot(*(spots[:, None] - spots).transpose(2, 0, 1))).astype(np.int64)
    together = tuple(
        frozenset(dice.sample(range(jobs), min(jobs, dice.randint(2, 3))))
        for _ in range(dice.choice([0, 0, 1, 2]))
    )
    return RoutingProblem(
        distance_m=metres,
        duration_s=(metres // METRES_PER_SECOND, metres // 7),
        service_s=(0, *[dice.randrange(20) for _ in range(jobs)]),
        jobs=tuple(_random_errand(dice, nodes) for _ in range(jobs)),
        vehicles=(
            _random_van(dice, bulkheads=Bulkheads(dimensions=(0, 1), step_ml=3, body_ml=11)),
            _random_van(dice, profile=1, capacity=(6, 7, 10), cents_per_km=14),
        ),
        together=together,
    )


def _random_van(dice: Random, **changes: object) -> VehicleGroup:
    plain = van(
        count=dice.randint(1, 2),
        capacity=(11, 11, 11),
        fixed_cents=dice.choice([0, 90]),
        cents_per_h=dice.choice([0, 36_000]),
        earliest=dice.randrange(100),
        latest=dice.randrange(500, 1200),
        max_trips=dice.randint(1, 3),
        reload_s=dice.randrange(30),
        max_duration_s=dice.choice([None, None, dice.randrange(200, 700)]),
        max_trip_s=dice.choice([None, None, dice.randrange(150, 400)]),
        max_trip_m=dice.choice([None, None, dice.randrange(1000, 3000)]),
        breaks=dice.choice([None, BreakRule(after_driving_s=dice.randrange(40, 160), rest_s=15)]),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def _random_errand(dice: Random, nodes: int) -> Job:
    opens = dice.randrange(400)
    load = (dice.randrange(5), dice.randrange(5))
    back = (dice.randrange(5), dice.randrange(5))
    return job(
        dice.randrange(1, nodes),
        load=(*load, sum(load)),
        pickup=dice.choice([(), (), (*back, sum(back))]),
        opens=opens,
        closes=opens + dice.randrange(40, 500),
        drop_cents=dice.choice([20, 200, 5000]),
        due=dice.choice([None, opens + dice.randrange(200)]),
        late_cents_per_min=dice.choice([0, 30]),
        max_ride_s=dice.choice([None, None, dice.randrange(60, 300)]),
        release=dice.choice([0, 0, dice.randrange(300)]),
        service_s=dice.randrange(10),
    )


def best_by_trial(problem: RoutingProblem) -> RoutingAnswer:
    """Try every order of every subset on every vehicle; for a handful of jobs."""
    everything = range(len(problem.jobs))
    subsets = chain.from_iterable(
        combinations(everything, size) for size in range(1, len(problem.jobs) + 1)
    )
    cheapest: list[tuple[int, RoutingRoute]] = []
    for subset in subsets:
        for group in range(len(problem.vehicles)):
            routes = [RoutingRoute(group=group, jobs=order) for order in permutations(subset)]
            costs = [(route_millicents(problem, route), route) for route in routes]
            known = [(cost, route) for cost, route in costs if cost is not None]
            if known:
                cheapest.append(min(known, key=lambda pair: pair[0]))
    counts = [group.count for group in problem.vehicles]
    _, chosen = _combine(problem, cheapest, frozenset(everything), counts)
    return answer_of(problem, chosen)


def _combine(
    problem: RoutingProblem,
    routes: list[tuple[int, RoutingRoute]],
    left: frozenset[int],
    counts: list[int],
) -> tuple[float, list[RoutingRoute]]:
    if not left:
        return 0, []
    first = min(left)
    price = problem.jobs[first].drop_cents
    dropped = float("inf") if price is None else float(drop_millicents(problem, [first]))
    rest, others = _combine(problem, routes, left - {first}, counts)
    best = (rest + dropped, others)
    for cost, route in routes:
        if first in route.jobs and left.issuperset(route.jobs) and counts[route.group] > 0:
            fewer = [n - (g == route.group) for g, n in enumerate(counts)]
            rest, others = _combine(problem, routes, left - set(route.jobs), fewer)
            best = min(best, (rest + cost, [route, *others]), key=lambda pair: pair[0])
    return best
