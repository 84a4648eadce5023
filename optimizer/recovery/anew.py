"""The open part of the day planned anew by the planner itself, around what stays.

Goods that a diversion has taken out of the day, quarantined or kept cold elsewhere, are no part of
the question: they do not lie where the planner would fetch them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.plan import Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents
from optimizer.planning.closure import HeldRefused
from optimizer.planning.desk import silent
from optimizer.planning.synchronise import Means
from optimizer.recovery.day import NOT_YET, Day
from optimizer.replan import Held, drafted
from optimizer.response.why_not import Reason, plan_refused
from optimizer.solve import ENGINES

STABILITY_CENTS: Cents = 300
"""What it costs the planner to give a point to another van: drivers know their way."""

TAKEN_OUT = frozenset({UnservedReason.LEFT_OUT, UnservedReason.TEMPERATURE})
Answer = tuple[tuple[Route, ...], tuple[Unserved, ...]]


def planned_anew(
    day: Day,
    routes: Collection[Route],
    *,
    homes: Collection[SiteId],
    left: Mapping[LineKey, Unserved] | None = None,
    fixed: Collection[str] = (),
    problem: Problem | None = None,
) -> Answer | Reason:
    """Plan everything anew that has not left; give routes and lines left out, or why it cannot be.

    Parameters
    ----------
    day
        The day.
    routes
        The plan as it stands with what the event has changed in it already.
    homes
        The grids whose trips are open; those of others stay, nobody need look at them again.
    left
        Lines that stay left out whatever the planner finds, beside those taken out before.
    fixed
        Ids of routes that stay beside those that have left, or leave in minutes.
    problem
        What the planner is asked, where that is less than the day's problem.
    """
    gone = {one.key: one for one in day.plan.unserved if _taken_out(one)} | dict(left or {})
    by_name = {route.id: route for route in routes}
    bare = tuple(_without(route, gone.keys()) for route in routes)
    stays = {
        route.id
        for route in routes
        if route.departs < day.earliest
        or route.id in fixed
        or (route.echelon is Echelon.LAST_MILE and route.start_site not in homes)
    }
    open_lines = tuple(one for one in day.unserved(dict(gone)) if one.key not in gone)
    asked = _as_driven(_asked(problem or day.problem, gone.keys()), routes)
    base = replace(
        day.plan, routes=bare, unserved=tuple(one for one in open_lines if one.detail != NOT_YET)
    )
    held = Held(plan=base, frozen=frozenset(stays), earliest=day.earliest)
    try:
        with ThreadPoolExecutor(max_workers=1) as here:
            found = drafted(asked, held, _means(day, here))
    except HeldRefused as refusal:
        return plan_refused(refusal)
    same = {route.id: route for route in bare}
    kept = tuple(
        by_name[route.id] if same.get(route.id) == route else route for route in found.routes
    )
    return kept, (*found.unserved, *gone.values())


def _means(day: Day, executor: Executor) -> Means:
    return Means(
        travel=day.travel,
        engine=ENGINES["portfolio"],
        limit=day.limit,
        seed=day.seed,
        executor=executor,
        workers=1,
        listener=silent,
    )


def _taken_out(one: Unserved) -> bool:
    return one.reason in TAKEN_OUT and one.detail != NOT_YET


def _without(route: Route, keys: Collection[LineKey]) -> Route:
    """Take lines out of what a truck brings: they are not at the grid any more."""
    if route.echelon is not Echelon.LINEHAUL or not keys:
        return route
    stops = tuple(
        replace(stop, delivers=tuple(item for item in stop.delivers if item.key not in keys))
        for stop in route.stops
    )
    return route if stops == route.stops else replace(route, stops=stops)


def _asked(problem: Problem, gone: Collection[LineKey]) -> Problem:
    lines = {key: line for key, line in problem.lines.items() if key not in gone}
    collects = {key: one for key, one in problem.collects.items() if key not in gone}
    return replace(problem, lines=lines, collects=collects)


def _as_driven(problem: Problem, routes: Collection[Route]) -> Problem:
    """Let the vans that serve points in the running plan be their usual ones."""
    usual = {
        stop.site: route.vehicle
        for route in routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
    }
    cents = max(STABILITY_CENTS, problem.objective.stability_cents)
    objective = replace(problem.objective, stability_cents=cents)
    return replace(problem, usual_vehicle=usual, objective=objective)
