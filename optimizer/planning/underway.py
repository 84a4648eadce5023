"""What routes that stay as they are take from the day: hours and trips of vehicles, and docks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds

Span = tuple[Seconds, Seconds]


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """What is left of vehicles and docks beside the routes that stay; nothing is taken at first.

    Parameters
    ----------
    earliest
        Before this moment no new route departs.
    trips
        How many trips of each vehicle stay; a vehicle that is absent has made none.
    back
        When a vehicle is back from the last of them.
    docks
        When docks are taken, per warehouse.
    """

    earliest: Seconds = 0
    trips: Mapping[VehicleId, int] = field(default_factory=dict)
    back: Mapping[VehicleId, Seconds] = field(default_factory=dict)
    docks: Mapping[SiteId, tuple[Span, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: Problem, routes: Iterable[Route], earliest: Seconds) -> Underway:
        """Read off routes what they take."""
        trips: dict[VehicleId, int] = {}
        back: dict[VehicleId, Seconds] = {}
        docks: dict[SiteId, tuple[Span, ...]] = {}
        for route in routes:
            trips[route.vehicle] = max(route.trip, trips.get(route.vehicle, 0) + 1)
            back[route.vehicle] = max(route.returns, back.get(route.vehicle, 0))
            for site, span in _spans(problem, route):
                docks[site] = (*docks.get(site, ()), span)
        return cls(earliest=earliest, trips=trips, back=back, docks=docks)

    def free_from(self, vehicle: Vehicle, reload_s: Seconds) -> Seconds:
        """Give the first moment at which a vehicle may depart once it has been loaded again."""
        moments = [vehicle.shift.opens, self.earliest]
        if vehicle.id in self.back:
            moments.append(self.back[vehicle.id] + reload_s)
        return max(moments)

    def fleet_left(self, problem: Problem) -> Problem:
        """Take the trips that stay off the vehicles; one that has no trip left is gone."""
        if not self.trips:
            return problem
        left = {
            key: replace(one, max_trips=one.max_trips - self.trips.get(key, 0))
            for key, one in problem.vehicles.items()
            if one.max_trips > self.trips.get(key, 0)
        }
        return replace(problem, vehicles=left)


def _spans(problem: Problem, route: Route) -> Iterable[tuple[SiteId, Span]]:
    """Say when a truck holds docks: while it loads at home and while it is unloaded."""
    if route.echelon is not Echelon.LINEHAUL:
        return
    loading_s = problem.sites[route.start_site].service_s
    yield route.start_site, (route.departs - loading_s, route.departs)
    for stop in route.stops:
        yield stop.site, (stop.service_starts, stop.departs)
