"""Best answers by trial where vehicles make several trips; for a handful of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, permutations
from random import Random

from optimizer.domain.driving import BreakRule
from optimizer.engines.engine import (
    Bulkheads,
    Job,
    RoutingAnswer,
    RoutingProblem,
    RoutingRoute,
    VehicleGroup,
)
from optimizer.engines.schedule import answer_of, route_millicents
from tests.routing_cases import random_problem

Priced = tuple[int, RoutingRoute]


def best_of_all(problem: RoutingProblem) -> RoutingAnswer:
    """Try every order of every subset, cut into trips in every way, on every vehicle."""
    everything = range(len(problem.jobs))
    subsets = chain.from_iterable(
        combinations(everything, n) for n in range(1, len(everything) + 1)
    )
    routes: list[Priced] = []
    for subset in subsets:
        if any(
            not together.isdisjoint(subset) and not together <= {*subset}
            for together in problem.together
        ):
            continue
        for group in range(len(problem.vehicles)):
            priced = [
                (cost, route)
                for route in _routes(problem, group, subset)
                if (cost := route_millicents(problem, route)) is not None
            ]
            routes += [min(priced, key=lambda pair: pair[0])] if priced else []
    counts = [group.count for group in problem.vehicles]
    total, chosen = _combined(problem, routes, frozenset(everything), counts)
    answer = answer_of(problem, chosen)
    assert answer.cost_millicents == total
    return answer


def _routes(problem: RoutingProblem, group: int, subset: tuple[int, ...]) -> Iterator[RoutingRoute]:
    lock = problem.locks.get(group, ())
    elsewhere = {index for other, jobs in problem.locks.items() if other != group for index in jobs}
    for order in permutations(subset if elsewhere.isdisjoint(subset) else ()):
        if not order or order[: len(lock)] != lock:
            continue
        for trips in range(1, min(problem.vehicles[group].max_trips, len(order)) + 1):
            for reloads in combinations(range(max(1, len(lock)), len(order)), trips - 1):
                yield RoutingRoute(group=group, jobs=order, reloads=reloads)


def _combined(
    problem: RoutingProblem, routes: list[Priced], left: frozenset[int], counts: list[int]
) -> tuple[float, list[RoutingRoute]]:
    if not left:
        return 0, []
    first = min(left)
    price = problem.jobs[first].drop_cents
    settled = {index for lock in problem.locks.values() for index in lock}
    alone = float("inf") if price is None or first in settled else 1000.0 * price
    rest, others = _combined(problem, routes, left - {first}, counts)
    best: tuple[float, list[RoutingRoute]] = (rest + alone, others)
    for cost, route in routes:
        if first in route.jobs and left.issuperset(route.jobs) and counts[route.group] > 0:
            fewer = [n - (g == route.group) for g, n in enumerate(counts)]
            rest, others = _combined(problem, routes, left - {*route.jobs}, fewer)
            best = min(best, (rest + cost, [route, *others]), key=lambda pair: pair[0])
    return best


def random_road(seed: int, jobs: int) -> RoutingProblem:
    """A random problem with every rule: trips, releases, pickups, rests, bulkheads, sets, locks."""
    dice = Random(seed)
    problem = random_problem(seed, jobs)
    drawn = [
        replace(
            job,
            release=dice.choice([0, 0, dice.randrange(7200)]),
            pickup=dice.choice([(), (dice.randrange(4), dice.randrange(4))]),
            service_s=dice.choice([0, dice.randrange(300)]),
        )
        for job in problem.jobs
    ]
    together: tuple[frozenset[int], ...] = ()
    if jobs > 2 and dice.random() < 0.6:
        pair = dice.sample(range(jobs), 2)
        together = (frozenset(pair),)
        if dice.random() < 0.5:
            drawn[pair[1]] = _beside(drawn[pair[1]], drawn[pair[0]])
    vehicles = tuple(_further(group, dice) for group in problem.vehicles)
    told = replace(problem, jobs=tuple(drawn), vehicles=vehicles, together=together)
    return _locked(told, dice) if dice.random() < 0.4 else told


def _beside(job: Job, other: Job) -> Job:
    """A job handed over with another one."""
    return replace(job, node=other.node, opens=other.opens, closes=other.closes, due=other.due)


def _further(group: VehicleGroup, dice: Random) -> VehicleGroup:
    first, second = group.capacity
    return replace(
        group,
        max_trips=dice.choice([1, 2, 3]),
        reload_s=dice.choice([0, 900]),
        max_trip_s=dice.choice([None, None, 9000]),
        max_trip_m=dice.choice([None, None, 60_000]),
        breaks=dice.choice([None, BreakRule(after_driving_s=3000, rest_s=1200)]),
        bulkheads=dice.choice(
            [None, Bulkheads(dimensions=(0, 1), step_ml=2, body_ml=(first + second) * 2 // 3)]
        ),
    )


def _locked(problem: RoutingProblem, dice: Random) -> RoutingProblem:
    """Settle with which job the one vehicle of the first group begins, where it can."""
    index = dice.randrange(len(problem.jobs))
    groups = (replace(problem.vehicles[0], count=1), *problem.vehicles[1:])
    locked = replace(problem, vehicles=groups, locks={0: (index,)})
    alone = RoutingRoute(group=0, jobs=(index,))
    shared = any(index in together for together in problem.together)
    return locked if route_millicents(locked, alone) is not None and not shared else problem
