"""Make an answer that keeps every rule from routes that may not: strip, then insert again.

What a solver cannot model is found out afterwards, by the exact schedule. A route that breaks a
rule keeps as many of its jobs as it can, the dearest to leave first; what was stripped goes to
the cheapest place that takes it, and is left out where none does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.schedule import (
    MILLICENTS_PER_CENT,
    added_millicents,
    answer_of,
    fits,
    load_of,
    route_millicents,
)

MOST_DISSOLVED = 3
"""Routes that are tried to be dissolved, for each try prices every place of every job."""


def repaired(problem: RoutingProblem, routes: Iterable[RoutingRoute]) -> RoutingAnswer | None:
    """Turn routes into an answer; None where a job that must be done found no place.

    A job that stands in two routes stays in the first, and routes beyond the number of vehicles
    of their group are dissolved, the cheapest to leave out first.
    """
    kept = _within_counts(problem, _each_once(routes))
    kept = [route for route in (_stripped(problem, r) for r in kept) if route.jobs]
    done = {index for route in kept for index in route.jobs}
    left = [index for index in range(len(problem.jobs)) if index not in done]
    complete = insert_cheapest(problem, kept, left)
    return None if complete is None else answer_of(problem, complete)


def insert_cheapest(
    problem: RoutingProblem,
    routes: Iterable[RoutingRoute],
    jobs: Iterable[int],
    *,
    new_routes: bool = True,
) -> list[RoutingRoute] | None:
    """Put jobs, the dearest to leave first, where each costs least; some may find no place.

    A job whose cheapest place costs more than leaving it out stays out. None as soon as a job that
    must be done has no place.
    """
    result = list(routes)
    costs = [route_millicents(problem, route) or 0 for route in result]
    for index in sorted(jobs, key=lambda job: (-_worth(problem, job), job)):
        places = _places(problem, result, costs, index, new_routes=new_routes)
        best = min(places, default=None, key=lambda p: p[:2])
        if best is None and problem.jobs[index].drop_cents is None:
            return None
        if best is None or best[0] > _worth(problem, index):
            continue
        extra, place, route = best
        if place < len(result):
            result[place] = route
            costs[place] += extra
        else:
            result.append(route)
            costs.append(extra)
    return result


def with_fewer_routes(problem: RoutingProblem, answer: RoutingAnswer) -> RoutingAnswer:
    """Dissolve routes whose jobs cost less on the others, late or not; the cheapest are tried.

    Without soft due times every solver sees this by itself, and nothing is tried.
    """
    best = answer
    if not any(job.due is not None and job.late_cents_per_min for job in problem.jobs):
        return best
    ranked = sorted(answer.routes, key=lambda r: (route_millicents(problem, r) or 0, r.jobs))
    for route in ranked[:MOST_DISSOLVED]:
        others = [other for other in best.routes if other.jobs != route.jobs]
        if len(others) == len(best.routes) or not _has_room(problem, others, route):
            continue
        tried = insert_cheapest(problem, others, route.jobs, new_routes=False)
        if tried is not None:
            best = min(best, answer_of(problem, tried), key=lambda a: a.cost_millicents)
    return best


def _has_room(problem: RoutingProblem, routes: list[RoutingRoute], extra: RoutingRoute) -> bool:
    """Say whether the loads of a route would fit into what others leave free, all together."""
    free = [0] * len(problem.vehicles[0].capacity)
    for route in routes:
        capacity = problem.vehicles[route.group].capacity
        load = load_of(problem, route.jobs)
        free = [rest + most - used for rest, most, used in zip(free, capacity, load, strict=True)]
    asked = load_of(problem, extra.jobs)
    return all(need <= rest for need, rest in zip(asked, free, strict=True))


def _places(
    problem: RoutingProblem,
    routes: list[RoutingRoute],
    costs: list[int],
    index: int,
    *,
    new_routes: bool,
) -> Iterator[tuple[int, int, RoutingRoute]]:
    """Give every place for a job as (extra cost, number of the route, the route with it)."""
    for place, route in enumerate(routes):
        if not _takes(problem, route, index):
            continue
        for position in range(len(route.jobs) + 1):
            jobs = (*route.jobs[:position], index, *route.jobs[position:])
            tried = RoutingRoute(group=route.group, jobs=jobs)
            cost = route_millicents(problem, tried)
            if cost is not None:
                yield cost - costs[place], place, tried
    used = Counter(route.group for route in routes)
    for number, group in enumerate(problem.vehicles if new_routes else ()):
        if used[number] < group.count:
            tried = RoutingRoute(group=number, jobs=(index,))
            cost = route_millicents(problem, tried)
            if cost is not None:
                yield cost, len(routes), tried


def _takes(problem: RoutingProblem, route: RoutingRoute, index: int) -> bool:
    """Say whether a route's vehicle has room for one more job and may do it."""
    if added_millicents(problem, RoutingRoute(group=route.group, jobs=(index,))) is None:
        return False
    return fits(problem, RoutingRoute(group=route.group, jobs=(*route.jobs, index)))


def _worth(problem: RoutingProblem, index: int) -> float:
    """Say what leaving a job out costs, in millicents; beyond all price where it must be done."""
    cents = problem.jobs[index].drop_cents
    return float("inf") if cents is None else cents * MILLICENTS_PER_CENT


def _each_once(routes: Iterable[RoutingRoute]) -> list[RoutingRoute]:
    seen: set[int] = set()
    once = []
    for route in routes:
        jobs = tuple(index for index in dict.fromkeys(route.jobs) if index not in seen)
        seen.update(jobs)
        if jobs:
            once.append(RoutingRoute(group=route.group, jobs=jobs))
    return once


def _within_counts(problem: RoutingProblem, routes: list[RoutingRoute]) -> list[RoutingRoute]:
    used: Counter[int] = Counter()
    kept = []
    for route in sorted(routes, key=lambda r: -sum(_worth(problem, index) for index in r.jobs)):
        if used[route.group] < problem.vehicles[route.group].count:
            used[route.group] += 1
            kept.append(route)
    return kept


def _stripped(problem: RoutingProblem, route: RoutingRoute) -> RoutingRoute:
    """Give the route with the jobs it can keep, in its own order."""
    if route_millicents(problem, route) is not None:
        return route
    kept: list[int] = []
    for index in sorted(route.jobs, key=lambda job: (-_worth(problem, job), job)):
        tried = sorted([*kept, index], key=route.jobs.index)
        if (
            route_millicents(problem, RoutingRoute(group=route.group, jobs=tuple(tried)))
            is not None
        ):
            kept = tried
    return RoutingRoute(group=route.group, jobs=tuple(kept))
