"""Send fewer vehicles: whole trips become further trips of other vehicles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.domain.units import Seconds
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.insertion import parties_of
from optimizer.engines.places import Gap, LoneTrip, gaps_of, lone_trip
from optimizer.engines.schedule import answer_of, route_millicents

MOST_GAPS = 12
"""Gaps between the trips of vehicles in which a trip is tried, the tightest first."""

Trip = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vehicle:
    """A route, its price, and where it has time for one more trip."""

    route: RoutingRoute
    cost: int
    gaps: tuple[Gap, ...]


class _Trips:
    """What trips would be by themselves on the vehicles of each group; computed once."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.known: dict[tuple[int, Trip], LoneTrip | None] = {}

    def alone(self, group: int, trip: Trip) -> LoneTrip | None:
        """Give the times of a trip on its own; None where the group cannot make it."""
        key = (group, trip)
        if key not in self.known:
            route = RoutingRoute(group=group, jobs=trip)
            possible = route_millicents(self.problem, route) is not None
            self.known[key] = lone_trip(self.problem, route) if possible else None
        return self.known[key]


def with_trips_merged(problem: RoutingProblem, answer: RoutingAnswer) -> RoutingAnswer:
    """Give the trips of a vehicle to others as long as that costs less.

    Every trip goes where it costs least among the tightest gaps of all vehicles; vehicles that
    cost least are emptied first.
    """
    trips = _Trips(problem)
    vehicles = [_vehicle(problem, route) for route in answer.routes]
    parties = {frozenset(party) for party in parties_of(problem).values()}
    shrinking = True
    while shrinking:
        shrinking = False
        for vehicle in sorted(vehicles, key=lambda each: (each.cost, each.route.jobs)):
            others = [other for other in vehicles if other is not vehicle]
            # A vehicle that took a trip in the meantime has its turn in the next round.
            changed = len(others) == len(vehicles)
            if changed or problem.locks.get(vehicle.route.group):
                continue
            if _all_taken(trips, vehicle, others) and _are_whole(others, parties):
                vehicles = others
                shrinking = True
    if len(vehicles) == len(answer.routes):
        return answer
    return answer_of(problem, [vehicle.route for vehicle in vehicles])


def _vehicle(problem: RoutingProblem, route: RoutingRoute) -> _Vehicle:
    cost = route_millicents(problem, route) or 0
    return _Vehicle(route=route, cost=cost, gaps=gaps_of(problem, route))


def _all_taken(trips: _Trips, vehicle: _Vehicle, others: list[_Vehicle]) -> bool:
    """Put every trip of a vehicle into others; False where that costs no less."""
    saved = vehicle.cost
    for trip in vehicle.route.trips:
        best: tuple[int, int] | None = None
        routes: dict[int, _Vehicle] = {}
        for owner, route in _candidates(trips, trip, others):
            cost = route_millicents(trips.problem, route)
            if cost is None:
                continue
            extra = cost - others[owner].cost
            if best is None or (extra, owner) < best:
                best = (extra, owner)
                routes[owner] = _vehicle(trips.problem, route)
        if best is None or best[0] >= saved:
            return False
        saved -= best[0]
        others[best[1]] = routes[best[1]]
    return True


def _candidates(
    trips: _Trips, trip: Trip, others: Sequence[_Vehicle]
) -> list[tuple[int, RoutingRoute]]:
    """Give the routes with a trip in one of their gaps, the tightest gaps first."""
    found: list[tuple[Seconds, int, int]] = []
    for owner, other in enumerate(others):
        alone = trips.alone(other.route.group, trip) if other.gaps else None
        if alone is None:
            continue
        for gap in other.gaps:
            spare = gap.latest - gap.leaves - alone.busy_s
            if spare >= 0 and alone.returns <= gap.latest and gap.leaves <= alone.latest_departs:
                found.append((spare, owner, gap.before))
    return [
        (owner, _with_trip(others[owner].route, before, trip))
        for _, owner, before in sorted(found)[:MOST_GAPS]
    ]


def _with_trip(route: RoutingRoute, before: int, trip: Trip) -> RoutingRoute:
    trips = list(route.trips)
    trips.insert(before, trip)
    return RoutingRoute.of_trips(route.group, trips)


def _are_whole(vehicles: Sequence[_Vehicle], parties: set[frozenset[int]]) -> bool:
    """Say whether every party rides with one vehicle."""
    if not parties:
        return True
    rides = {job: place for place, each in enumerate(vehicles) for job in each.route.jobs}
    return all(len({rides.get(job) for job in party}) == 1 for party in parties)
