"""Later trips of a vehicle that comes home late: they leave when it is back and loaded."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.plan import Route
from optimizer.planning.pauses import pause_s
from optimizer.response.draft import Draft
from optimizer.response.roads import Roads
from optimizer.response.situation import Situation, on_trip
from optimizer.response.tail import Visit, with_tail


def with_later_trips(here: Situation, roads: Roads, draft: Draft) -> Draft | None:
    """Put off the trips that a late return would overlap; None where their hours forbid that."""
    routes = dict(draft.routes)
    for changed in draft.routes.values():
        back = changed.returns
        for trip in _after(here, changed):
            earliest = back + pause_s(here.problem, here.problem.vehicles[trip.vehicle])
            if trip.departs >= earliest:
                break
            pushed = _pushed(here, roads, trip, earliest)
            if pushed is None:
                return None
            routes[pushed.id] = pushed
            back = pushed.returns
    return draft if len(routes) == len(draft.routes) else replace(draft, routes=routes)


def _after(here: Situation, changed: Route) -> list[Route]:
    trips = [
        route
        for route in here.plan.routes
        if route.vehicle == changed.vehicle and route.departs > changed.departs
    ]
    return sorted(trips, key=lambda route: route.departs)


def _pushed(here: Situation, roads: Roads, trip: Route, departs: int) -> Route | None:
    """Time a trip that has not begun from a later departure."""
    empty = replace(trip, departs=departs, returns=departs, stops=(), breaks=())
    visits = [Visit.of(stop) for stop in trip.stops]
    timed = with_tail(roads, on_trip(here.problem, empty, departs), visits)
    return None if timed is None else timed.route
