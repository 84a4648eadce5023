"""Where vehicles stand by what drivers report, and the plan as it is driven.

Ways out are looked for from a plan and a moment: a stop counts as visited when its service was to
begin. Drivers are late or early, so before anybody looks, the plan is brought into line with what
was reported. A route of which nothing was reported runs by the clock.

- A late route: the stops that nobody has reached yet move to when they are expected. What is
  visited stays to the second.
- An early route: its stops stay as planned, and the moment is that of the last stop reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.road.day import Day
from api.road.words import Fix
from optimizer.domain.fleet import Echelon
from optimizer.domain.objective import time_cost
from optimizer.domain.plan import Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds

FRESH = timedelta(minutes=5)
"""A position older than this says less than the plan does."""

LATE_S: Seconds = 3 * SECONDS_PER_MINUTE
"""Drivers who are this late drive as planned."""


def visited(day: Day, now: Seconds) -> dict[str, int]:
    """Say how many stops of each route are behind its vehicle.

    Parameters
    ----------
    day
        The plan with its events.
    now
        Decides for routes of which nothing was reported.
    """
    reported = _reported(day)
    return {
        route.id: reported.get(route.id) or sum(s.service_starts <= now for s in route.stops)
        for route in day.plan.routes
    }


def _reported(day: Day) -> dict[str, int]:
    """Count the stops up to the last one that was reached, for routes with reports."""
    found: dict[str, int] = {}
    places: dict[str, int] = {}
    for visit in day.visits.values():
        place = places[visit.route.id] = places.get(visit.route.id, 0) + 1
        if visit.progress.is_touched:
            found[visit.route.id] = place
    return found


def moment_of(day: Day, vehicle: str | None, now: Seconds) -> Seconds:
    """Give the moment from which to look: now, or when the last stop reached was to begin.

    Parameters
    ----------
    day
        The plan with its events.
    vehicle
        Whose driver may be early.
    now
        The present moment.
    """
    reported = _reported(day)
    reached = [
        route.stops[reported[route.id] - 1].service_starts
        for route in day.plan.routes
        if route.vehicle == vehicle and route.id in reported
    ]
    return max([now, *reached])


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """A late route.

    Parameters
    ----------
    done
        So many of its stops are visited and stay as they are.
    seconds
        So much later than planned the next one is reached.
    """

    done: int
    seconds: Seconds


def delays(day: Day, now: Seconds) -> dict[str, Delay]:
    """Say which vans drive later than planned, by what was reported of them.

    Parameters
    ----------
    day
        The plan with its events and expected times.
    now
        The present moment.
    """
    reported = _reported(day)
    found: dict[str, Delay] = {}
    for route in day.plan.routes:
        done = reported.get(route.id, 0)
        if not 0 < done < len(route.stops) or route.echelon is not Echelon.LAST_MILE:
            continue
        follows, visit = route.stops[done], day.route_visits(route.id)[done]
        expected = visit.expected_at
        seen = follows.arrives if expected is None else day.problem.horizon.seconds(expected)
        # Nobody is there yet, so its service begins after this moment at the earliest.
        late = max(seen - follows.arrives, now + 1 - follows.service_starts)
        if late > (LATE_S if follows.service_starts > now else 0):
            found[route.id] = Delay(done=done, seconds=late)
    return found


def as_driven(problem: Problem, plan: Plan, late: Mapping[str, Delay]) -> Plan:
    """Move the stops ahead of late vans to when they are expected; what is visited stays.

    Parameters
    ----------
    problem, plan
        The day and its running plan.
    late
        The late routes.
    """
    if not late:
        return plan
    routes = (
        _moved(problem, route, late[route.id]) if route.id in late else route
        for route in plan.routes
    )
    return replace(plan, routes=tuple(routes))


def _moved(problem: Problem, route: Route, late: Delay) -> Route:
    done, delay = late.done, late.seconds
    stops: list[Stop] = list(route.stops[:done])
    for stop in route.stops[done:]:
        arrives = stop.arrives + delay
        starts = max(stop.service_starts, arrives)
        departs = starts + stop.departs - stop.service_starts
        stops.append(replace(stop, arrives=arrives, service_starts=starts, departs=departs))
        # A wait for opening hours absorbs some of it.
        delay = departs - stop.departs
    left = route.stops[done - 1].departs if done else route.departs
    vehicle = problem.vehicles[route.vehicle]
    longer = time_cost(vehicle, route.duration_s + delay) - time_cost(vehicle, route.duration_s)
    return replace(
        route,
        stops=tuple(stops),
        returns=route.returns + delay,
        duration_s=route.duration_s + delay,
        cost_cents=route.cost_cents + longer,
        breaks=tuple(
            one
            if one.starts < left
            else replace(one, starts=one.starts + late.seconds, ends=one.ends + late.seconds)
            for one in route.breaks
        ),
    )


def position(fixes: Mapping[str, Fix], vehicle: str, now: datetime) -> Fix | None:
    """Give the last position of a vehicle if it is fresh."""
    fix = fixes.get(vehicle)
    return fix if fix is not None and abs(now - fix.at) <= FRESH else None


def is_over(day: Day, vehicle: str, zone: str, now: Seconds) -> str | None:
    """Say why nothing of a zone is on board of a vehicle on the road; None where something is.

    Parameters
    ----------
    day
        The plan with its events.
    vehicle, zone
        The compartment.
    now
        The present moment.
    """
    behind = visited(day, now)
    trips = [
        route for route in day.plan.routes if route.vehicle == vehicle and route.departs <= now
    ]
    for route in trips:
        left = route.stops[behind[route.id] :]
        if any(item.zone.value == zone for stop in left for item in stop.delivers):
            return None
    if all(route.returns <= now for route in trips):
        return f"{vehicle} is home"
    return f"nothing {zone} is on board of {vehicle} any more"
