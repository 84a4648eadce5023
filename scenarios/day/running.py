"""A running day as a plan: what has happened to the second, and what is to be expected from now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.check.cost import breakdown, route_prices
from optimizer.check.facts import Travel, gather
from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Break, Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from scenarios.day.clock import played
from scenarios.day.script import Past, script_of
from scenarios.day.words import Arrived, Began, DayEvent, Departed, Finished, Returned
from scenarios.variation import NONE, Draws


@dataclass(slots=True)
class Course:
    """How a trip went: moments by the place of the stop; ``left[0]`` is the start of the trip."""

    left: dict[int, Seconds] = field(default_factory=dict)
    arrived: dict[int, Seconds] = field(default_factory=dict)
    began: dict[int, Seconds] = field(default_factory=dict)
    ended: dict[int, Seconds] = field(default_factory=dict)
    rests: dict[int, Seconds] = field(default_factory=dict)
    back: Seconds | None = None


def courses(events: Iterable[DayEvent]) -> dict[str, Course]:
    """Give how each trip went."""
    found: dict[str, Course] = defaultdict(Course)
    for one in events:
        match one:
            case Departed():
                found[one.route].left[one.place] = one.at
            case Arrived():
                found[one.route].arrived[one.place] = one.at
                found[one.route].rests[one.place] = one.rest_s
            case Began():
                found[one.route].began[one.place] = one.at
            case Finished():
                found[one.route].ended[one.place] = one.at
            case Returned():
                found[one.route].back = one.at
                found[one.route].rests[-1] = one.rest_s
            case _:
                pass
    return dict(found)


def past_of(plan: Plan, events: Iterable[DayEvent], at: Seconds) -> dict[str, Past]:
    """Give what has happened of each trip until a moment; a service under way is to its end."""
    went = courses(events)
    found = {}
    for route in plan.routes:
        course = went.get(route.id)
        if course is None or 0 not in course.left or course.left[0] > at:
            continue
        been: list[tuple[Seconds, Seconds, Seconds]] = []
        for place in range(len(route.stops)):
            arrived = course.arrived.get(place)
            # Nobody was served where a site was closed: the driver left as soon as he came.
            began = course.began.get(place, course.left.get(place + 1))
            if arrived is None or began is None or began > at:
                break
            been.append((arrived, began, course.left[place + 1]))
        path = [*(stop.site for stop in route.stops), route.end_site]
        on_road = course.left[len(been)] <= at
        found[route.id] = Past(
            left=course.left[0],
            been=tuple(been),
            heading=path[len(been)] if on_road else "",
            arrived=_until(course.arrived.get(len(been)), at),
            returned=course.back is not None and course.back <= at,
        )
    return found


def _until(moment: Seconds | None, at: Seconds) -> Seconds | None:
    return moment if moment is not None and moment <= at else None


def running_plan(
    problem: Problem,
    plan: Plan,
    travel: Travel,
    *,
    at: Seconds,
    past: Mapping[str, Past],
    delays: Mapping[str, tuple[Seconds, Seconds]],
    standing: frozenset[VehicleId] = frozenset(),
) -> Plan:
    """Write a plan with the moments that are known and those that are to be expected.

    Parameters
    ----------
    problem, plan, travel
        The day.
    at, past
        The present moment, and what has happened until then.
    delays, standing
        What is known of trucks that stand for a while, and vans that stand for good.
    """
    script = script_of(problem, plan, travel, at=at, past=past, standing=standing, expected=True)
    events = played(script, variation=NONE, draws=Draws(0), delays=delays)
    return driven(problem, plan, travel, events)


def driven(problem: Problem, plan: Plan, travel: Travel, events: Sequence[DayEvent]) -> Plan:
    """Write the moments of a played day into its plan, and price it anew."""
    went = courses(events)
    routes = tuple(_driven(route, went.get(route.id)) for route in plan.routes)
    written = replace(plan, routes=routes)
    facts, _ = gather(problem, written, travel)
    prices = {
        one.route.id: price.total
        for one, price in zip(facts.judged, route_prices(facts), strict=True)
    }
    return replace(
        written,
        routes=tuple(replace(one, cost_cents=prices.get(one.id, one.cost_cents)) for one in routes),
        cost=breakdown(facts, travel),
    )


def _driven(route: Route, course: Course | None) -> Route:
    if course is None or 0 not in course.left:
        return route
    stops: list[Stop] = []
    breaks: list[Break] = []
    for place, stop in enumerate(route.stops):
        if place not in course.arrived or place + 1 not in course.left:
            return route
        arrived, left = course.arrived[place], course.left[place + 1]
        began = course.began.get(place, arrived)
        stops.append(replace(stop, arrives=arrived, service_starts=began, departs=left))
        breaks += _rest(course.left[place], course.rests.get(place, 0))
        if route.breaks and left > course.ended.get(place, left):
            breaks.append(Break(starts=course.ended[place], ends=left))
    last = course.left[len(route.stops)]
    back = last if course.back is None else course.back
    breaks += _rest(last, course.rests.get(-1, 0))
    return replace(
        route,
        departs=course.left[0],
        returns=back,
        duration_s=back - course.left[0],
        stops=tuple(stops),
        breaks=tuple(breaks),
    )


def _rest(begins: Seconds, rest_s: Seconds) -> list[Break]:
    return [Break(starts=begins, ends=begins + rest_s)] if rest_s else []
