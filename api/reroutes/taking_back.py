"""An accepted proposal taken back: each route that it changed gets its old tail again.

The old tail is that of the version before the acceptance, timed from where the vehicle is by now.
What happened to other routes since stays. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace

from api.reroutes.staleness import moved_past
from api.reroutes.standing import Delay, as_driven
from optimizer.check import check, kpis
from optimizer.domain.plan import Plan, Route, Unserved, Violation
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.planning.advice import advice_on
from optimizer.planning.drop_charge import dearest_round_trip_cents
from optimizer.planning.pricing import price
from optimizer.response.roads import Roads
from optimizer.response.situation import Underway, between, on_trip
from optimizer.travel.provider import TravelProvider


class TooLate(Exception):
    """An acceptance cannot be taken back any more; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """An accepted proposal on the road.

    Parameters
    ----------
    before, made
        The version before it, and the one that it made.
    running
        The version that counts: others may have changed other routes since.
    now
        The present moment.
    visited
        How many stops of each route of ``running`` are behind its vehicle.
    seen
        Latitude and longitude of vehicles whose position is known.
    """

    problem: Problem
    before: Plan
    made: Plan
    running: Plan
    now: Seconds
    visited: Mapping[str, int]
    seen: Mapping[str, tuple[float, float]]


def taken_back(accepted: Accepted, travel: TravelProvider) -> Plan:
    """Give the plan with the old tails, judged by the checker.

    Parameters
    ----------
    accepted
        What is taken back.
    travel
        The distances of the plan.

    Raises
    ------
    TooLate
        A vehicle has reached a stop that the proposal put in, a route was changed since, goods or
        vans have come with it or went out of the day, or the old tail breaks a rule by now.
    """
    _refuse_other_goods(accepted)
    old = {route.id: route for route in accepted.before.routes}
    changed = _changed(accepted.before, accepted.made)
    late: dict[str, Delay] = {}
    routes: list[Route] = []
    for route in accepted.running.routes:
        if route.id not in changed:
            routes.append(route)
        elif route.id in old:
            routes.append(old[route.id])
            late |= _delayed(accepted, route, old[route.id], travel)
        elif route.departs <= accepted.now:
            raise TooLate(f"{route.vehicle} has left for it")
    routes += [route for name, route in old.items() if name in changed - _names(accepted.running)]
    plan = replace(accepted.running, routes=tuple(routes), unserved=_unserved(accepted), check=None)
    if any(moved_past(accepted.running, plan, accepted.visited)):
        raise TooLate("a vehicle has begun a stop that came with it")
    turns = {f"{name}/{old[name].stops[delay.done].site}" for name, delay in late.items()}
    return _judged(accepted, as_driven(accepted.problem, plan, late), turns, travel)


def _refuse_other_goods(accepted: Accepted) -> None:
    before, made, running = accepted.before, accepted.made, accepted.running
    if not before.problem_digest == made.problem_digest == running.problem_digest:
        raise TooLate("orders or vehicles have come with it or since")
    running_routes = {route.id: route for route in running.routes}
    for route in made.routes:
        if route.id in _changed(before, made) and running_routes.get(route.id) != route:
            raise TooLate(f"route {route.id} was changed since")


def _names(plan: Plan) -> frozenset[str]:
    return frozenset(route.id for route in plan.routes)


def _changed(before: Plan, made: Plan) -> frozenset[str]:
    old = {route.id: route for route in before.routes}
    new = {route.id: route for route in made.routes}
    return frozenset(name for name in {**old, **new} if old.get(name) != new.get(name))


def _delayed(
    accepted: Accepted, route: Route, old: Route, travel: TravelProvider
) -> dict[str, Delay]:
    """Say by how much the old tail is late, when the vehicle turns to it now."""
    if route.departs > accepted.now:
        if old.departs <= accepted.now:
            raise TooLate(f"{route.vehicle} was to leave for its old tour by now")
        return {}
    done = accepted.visited.get(route.id, 0)
    if done >= len(old.stops):
        raise TooLate(f"nothing is left of the old tour of {route.vehicle}")
    where, aim = _where(accepted, route), old.stops[done]
    around = {route.start_site, route.end_site, *(stop.site for stop in (*route.stops, aim))}
    leg = Roads.survey(accepted.problem, travel, sorted(around)).from_here(where, aim.site)
    if leg is None:
        raise TooLate(f"no road leads {route.vehicle} to {aim.site}")
    arrives = max(where.free, accepted.now) + leg.duration_s
    late = max(arrives - aim.arrives, accepted.now + 1 - aim.service_starts, 0)
    return {route.id: Delay(done=done, seconds=late)} if late else {}


def _where(accepted: Accepted, route: Route) -> Underway:
    """Say where a vehicle is: by its receiver, else by the clock between the stops reported."""
    where = on_trip(accepted.problem, route, accepted.now)
    seen = accepted.seen.get(route.vehicle)
    if seen is None or not where.on_road:
        return where
    here = between(where.here, where.here, 0.0, route.vehicle)
    return replace(where, here=replace(here, lat=seen[0], lon=seen[1]))


def _unserved(accepted: Accepted) -> tuple[Unserved, ...]:
    """Give the lines left out: those that the proposal left out are brought again."""
    before = {one.key: one for one in accepted.before.unserved}
    made = {one.key: one for one in accepted.made.unserved}
    stay = [one for one in accepted.running.unserved if one.key not in made.keys() - before.keys()]
    return (*stay, *(one for key, one in before.items() if key not in made))


def _judged(accepted: Accepted, plan: Plan, turns: Set[str], travel: TravelProvider) -> Plan:
    problem = accepted.problem
    dearest = dearest_round_trip_cents(problem, travel)
    plan = replace(
        plan,
        cost=price(problem, plan.routes, plan.unserved, dearest),
        advice=advice_on(problem, plan.routes, plan.unserved),
    )
    plan = replace(plan, kpis=kpis(problem, plan))
    plan = replace(plan, check=check(problem, plan, travel))
    # A drive that turns on the road leads from no site: no distance between two sites fits it.
    broken = sorted(
        {
            one.code
            for one in _new_findings(accepted, plan)
            if one.code != "travel_time" or one.where not in turns
        }
    )
    if broken:
        raise TooLate(f"the old tour breaks rules by now: {', '.join(broken)}")
    return plan


def _new_findings(accepted: Accepted, plan: Plan) -> Iterator[Violation]:
    """Give findings that neither the version before nor the running one had."""
    assert plan.check is not None
    reports = [one.check for one in (accepted.before, accepted.running)]
    known = {one for report in reports if report is not None for one in report.violations}
    return (one for one in plan.check.violations if one not in known)
