"""Read me after ``solve``: a plan is made anew around the part of it that stays.

``replan`` keeps the routes that have left or are locked, to the second, and asks everything else
once more: late orders are in the question, cancelled ones are not. The answer has been through
the independent checker like any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents
from optimizer.planning.beginnings import beginnings_of, begins_so
from optimizer.planning.closure import HeldRefused, closure
from optimizer.planning.desk import silent
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.planning.held_day import collected, riding
from optimizer.planning.held_plan import Held, ensure_possible
from optimizer.planning.holding import hold
from optimizer.planning.pricing import leaving_cents
from optimizer.planning.synchronise import DayRoutes, Listener, Means, plan_day
from optimizer.solve import ENGINES, judged
from optimizer.travel.provider import TravelProvider

__all__ = ["Held", "HeldRefused", "closure", "drafted", "replan"]

RESCUE_SHARE = 0.5
"""What a second try may take of the limit, where goods on the way found no van."""


def replan(
    problem: Problem,
    held: Held,
    *,
    travel: TravelProvider,
    limit: Limit,
    seed: int,
    executor: Executor,
    workers: int = 1,
    engine: str = "portfolio",
    listener: Listener | None = None,
) -> Plan:
    """Plan a day anew around what stays of its plan.

    Routes that stay are in the answer unchanged, with all that ``closure`` adds to them. Points
    keep the grid that serves them. Under an iteration limit the same seed gives the same plan
    whatever the number of workers; version and state of the answer are the caller's business.

    Parameters
    ----------
    problem
        The day as it is asked now.
    held
        What stays.
    travel
        Where distances come from.
    limit
        Seconds for the whole plan, or iterations of the engine for every grid and wave.
    seed
        Seed of every solver.
    executor
        Where grids are planned side by side; see ``executors``.
    workers
        How many grids the executor plans at a time.
    engine
        A key of ``solve.ENGINES``.
    listener
        Called with the progress, in this process.

    Returns
    -------
    Plan
        With its check report; lines that cannot be served stand in ``unserved`` with reasons.

    Raises
    ------
    HeldRefused
        A line or collect that is cancelled or out rides on a route that stays, a pin contradicts
        one, a van has no such stops to begin with, or a name is unknown.
    """
    frozen = ensure_possible(problem, held)
    means = Means(
        travel=travel,
        engine=ENGINES[engine],
        limit=limit,
        seed=seed,
        executor=executor,
        workers=workers,
        listener=listener or silent,
    )
    plan = _planned(problem, held, frozen, means)
    wider = _with_vans_of_stranded(problem, held, frozen, plan.unserved)
    if wider != frozen:
        shorter = replace(means, limit=limit.share(RESCUE_SHARE), listener=silent)
        plan = min(plan, _planned(problem, held, wider, shorter), key=_findings)
    stays = _as_it_stands(problem, held, wider, plan, means)
    return plan if stays is None else min(plan, stays, key=_worth)


def drafted(problem: Problem, held: Held, means: Means) -> DayRoutes:
    """Plan a day anew around what stays, and leave it to the caller to have it judged.

    For those who hold the answer against ways of their own, with a checker that has seen the
    running plan.

    Parameters
    ----------
    problem, held
        As for ``replan``.
    means
        How the planner works.

    Raises
    ------
    HeldRefused
        As ``replan`` raises it.
    """
    frozen = ensure_possible(problem, held)
    day = _around(problem, held, frozen, means)
    wider = _with_vans_of_stranded(problem, held, frozen, day.unserved)
    if wider != frozen:
        shorter = replace(means, limit=means.limit.share(RESCUE_SHARE), listener=silent)
        again = _around(problem, held, wider, shorter)
        day = min(day, again, key=lambda one: _left(problem, one))
    return day


def _left(problem: Problem, day: DayRoutes) -> Cents:
    dearest = day.dearest_round_trip_cents
    return sum(leaving_cents(problem, one.key, dearest) for one in day.unserved)


def _planned(problem: Problem, held: Held, frozen: frozenset[str], means: Means) -> Plan:
    """Plan around these routes and have the plan judged."""
    return judged(problem, _around(problem, held, frozen, means), means)


def _around(problem: Problem, held: Held, frozen: frozenset[str], means: Means) -> DayRoutes:
    """Plan around these routes."""
    routes = held.plan.routes
    stays = hold(
        problem,
        routes,
        frozen,
        pins=held.pins,
        earliest=held.earliest,
        travel=means.travel,
        out=held.out,
        beginnings=beginnings_of(held.plan, frozen, held.settled),
    )
    return plan_day(problem, means, stays)


def _as_it_stands(
    problem: Problem, held: Held, frozen: frozenset[str], found: Plan, means: Means
) -> Plan | None:
    """Give the plan as it stood, with late orders left out; None where it cannot stay so.

    A search that was given little time may turn everything over and be dearer for it.
    """
    rides = {key: route.vehicle for route in held.plan.routes for key in _on(route)}
    kept = all(rides.get(key, van) == van for key, van in held.pins.items())
    every = [*problem.lines, *problem.collects]
    asked = rides.keys() <= set(every) - held.out
    routes = held.plan.routes
    if (
        not kept
        or not asked
        or not _begins_as_settled(held, frozen)
        or any(r.departs < held.earliest for r in routes if r.id not in frozen)
    ):
        return None
    was_out = UnservedReason.LEFT_OUT
    stood = [one for one in held.plan.unserved if one.reason is not was_out or one.key in held.out]
    known = {item.key: item for item in (*stood, *found.unserved)}
    left = [key for key in every if key not in rides]
    day = DayRoutes(
        routes=held.plan.routes,
        unserved=tuple(known.get(key) or _dear(key) for key in left),
        dearest_round_trip_cents=dearest_round_trip_cents(problem, means.travel),
    )
    return judged(problem, day, means)


def _begins_as_settled(held: Held, frozen: frozenset[str]) -> bool:
    """Say whether every settled van begins its first open trip as it shall."""
    open_trips = sorted(
        (route for route in held.plan.routes if route.id not in frozen),
        key=lambda route: route.departs,
    )
    first = {route.vehicle: route for route in reversed(open_trips)}
    return all(begins_so(first.get(van), sites) for van, sites in held.settled.items())


def _on(route: Route) -> set[LineKey]:
    """Give what a van brings and takes; nothing of what a truck does."""
    return riding([route]) | collected([route])


def _dear(key: LineKey) -> Unserved:
    detail = "no way was found that costs less than leaving it out"
    return Unserved(key=key, reason=UnservedReason.FLEET, detail=detail)


def _worth(plan: Plan) -> tuple[int, Cents]:
    return _findings(plan), plan.cost.total


def _findings(plan: Plan) -> int:
    return 0 if plan.check is None else len(plan.check.violations)


def _with_vans_of_stranded(
    problem: Problem, held: Held, frozen: frozenset[str], unserved: Sequence[Unserved]
) -> frozenset[str]:
    """Add the vans that were to fetch goods which now lie at a grid, where these may still leave.

    The plan as it stood knew a way for them; a search that was cut short may have found none.
    """
    on_trucks = riding(
        (route for route in held.plan.routes if route.id in frozen), Echelon.LINEHAUL
    )
    stranded = on_trucks & {item.key for item in unserved}
    wider = frozen
    for route in held.plan.routes if stranded else ():
        if route.echelon is Echelon.LAST_MILE and riding([route]) & stranded:
            more = closure(problem, held.plan, wider | {route.id})
            added = [each for each in held.plan.routes if each.id in more - frozen]
            if all(_may_stay(problem, held, each) for each in added):
                wider = more
    return wider


def _may_stay(problem: Problem, held: Held, route: Route) -> bool:
    """Say whether a route that is open could stay: not begun, nothing cancelled, no pin against."""
    keys = riding([route], route.echelon) | collected([route])
    pinned = [key for key in keys if key in held.pins]
    return (
        route.departs >= held.earliest
        and not held.settled.get(route.vehicle)
        and keys <= (problem.lines.keys() | problem.collects.keys()) - held.out
        and not any(
            route.echelon is Echelon.LINEHAUL or held.pins[key] != route.vehicle for key in pinned
        )
    )
