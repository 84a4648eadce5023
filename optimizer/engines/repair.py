"""Make an answer that keeps every rule from routes that may not: strip, then insert again.

What a solver cannot model is found out afterwards, by the exact schedule. A route that breaks a
rule keeps as many of its jobs as it can, the dearest to leave first; what was stripped goes to
the cheapest place that takes it, and is left out where none does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.insertion import insert_cheapest, parties_of
from optimizer.engines.merging import with_trips_merged
from optimizer.engines.schedule import answer_of, load_of, route_millicents
from optimizer.engines.stripping import stripped, without, worth_millicents
from optimizer.engines.trip_times import is_late_priced

__all__ = ["insert_cheapest", "repaired", "with_fewer_routes"]

MOST_DISSOLVED = 3
"""Routes that are tried to be dissolved, for each try prices every place of every job."""


def repaired(problem: RoutingProblem, routes: Iterable[RoutingRoute]) -> RoutingAnswer | None:
    """Turn routes into an answer; None where a job that must be done found no place.

    A job that stands in two routes stays in the first, and routes beyond the number of vehicles
    of their group are dissolved, the cheapest to leave out first. Settled beginnings are put
    where they belong; None also where one of them cannot be driven.
    """
    kept = _within_counts(problem, _each_once(_as_settled(problem, routes)))
    kept = [route for route in (stripped(problem, each) for each in kept) if route.jobs]
    if problem.locks and any(route_millicents(problem, route) is None for route in kept):
        return None
    rides = {index: place for place, route in enumerate(kept) for index in route.jobs}
    left = {index for index in range(len(problem.jobs)) if index not in rides}
    for index, party in parties_of(problem).items():
        if any(rides.get(other) != rides.get(index) for other in party):
            left.add(index)
    complete = insert_cheapest(problem, kept, left)
    return None if complete is None else answer_of(problem, complete)


def with_fewer_routes(problem: RoutingProblem, answer: RoutingAnswer) -> RoutingAnswer:
    """Do with fewer vehicles what costs less so; the routes that cost least are tried.

    The jobs of a route move to the others, late or not, and whole trips become further trips of
    other vehicles. Where vehicles make one trip and no due time is soft, every solver sees this
    by itself, and nothing is tried.
    """
    if any(group.max_trips > 1 for group in problem.vehicles):
        answer = with_trips_merged(problem, answer)
    elif not any(is_late_priced(job) for job in problem.jobs):
        return answer
    return _dissolved(problem, answer)


def _dissolved(problem: RoutingProblem, answer: RoutingAnswer) -> RoutingAnswer:
    best = answer
    ranked = sorted(answer.routes, key=lambda r: (route_millicents(problem, r) or 0, r.jobs))
    for route in ranked[:MOST_DISSOLVED]:
        others = [other for other in best.routes if other.jobs != route.jobs]
        settled = bool(problem.locks.get(route.group))
        if settled or len(others) == len(best.routes) or not _has_room(problem, others, route):
            continue
        saved = route_millicents(problem, route) or 0
        tried = insert_cheapest(problem, others, route.jobs, new_routes=False, most=saved)
        if tried is not None:
            best = min(best, answer_of(problem, tried), key=lambda a: a.cost_millicents)
    return best


def _has_room(problem: RoutingProblem, routes: list[RoutingRoute], extra: RoutingRoute) -> bool:
    """Say whether the loads of a route would fit into what others leave free, all together."""
    free = [0] * len(problem.vehicles[0].capacity)
    for route in routes:
        group = problem.vehicles[route.group]
        load = load_of(problem, route.jobs)
        for dimension, most in enumerate(group.capacity):
            free[dimension] += most * group.max_trips - load[dimension]
    asked = load_of(problem, extra.jobs)
    return all(need <= rest for need, rest in zip(asked, free, strict=True))


def _as_settled(problem: RoutingProblem, routes: Iterable[RoutingRoute]) -> list[RoutingRoute]:
    """Begin the routes of locked groups as they must, and take the locked jobs from all others."""
    given = list(routes)
    settled: list[RoutingRoute] = []
    for number, lock in problem.locks.items():
        if not lock:
            continue
        mine = [route for route in given if route.group == number]
        given = [route for route in given if route.group != number]
        own = max(mine, key=lambda r: len(set(lock).intersection(r.jobs)), default=None)
        begun, *later = own.trips if own else ((),)
        first = (*lock, *(index for index in begun if index not in lock))
        settled.append(RoutingRoute.of_trips(number, [first, *later]))
        given += [without(route, lock) for route in mine if route is not own]
    return [*settled, *given]


def _each_once(routes: Iterable[RoutingRoute]) -> list[RoutingRoute]:
    """Let every job stand in the first trip that has it, and once there."""
    seen: set[int] = set()
    once = []
    for route in routes:
        trips = []
        for trip in route.trips:
            trips.append([index for index in dict.fromkeys(trip) if index not in seen])
            seen.update(trip)
        kept = RoutingRoute.of_trips(route.group, trips)
        if kept.jobs:
            once.append(kept)
    return once


def _within_counts(problem: RoutingProblem, routes: list[RoutingRoute]) -> list[RoutingRoute]:
    """Keep as many routes of a group as it has vehicles, settled ones before all others."""
    used: Counter[int] = Counter()
    kept = []
    for route in sorted(routes, key=lambda r: _rank(problem, r)):
        if used[route.group] < problem.vehicles[route.group].count:
            used[route.group] += 1
            kept.append(route)
    return kept


def _rank(problem: RoutingProblem, route: RoutingRoute) -> tuple[bool, float]:
    lock = problem.locks.get(route.group)
    begins = bool(lock) and route.jobs[: len(lock or ())] == lock
    return not begins, -worth_millicents(problem, route.jobs)
