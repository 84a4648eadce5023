"""Ways between sites, and from a place on the road, measured once for all candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from optimizer.domain.errors import ColdgridError
from optimizer.domain.fleet import Vehicle
from optimizer.domain.ids import SiteId
from optimizer.domain.network import Site
from optimizer.domain.plan import Route
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, Leg, TravelMatrix
from optimizer.response.situation import Underway
from optimizer.response.words import MeasuredFrom
from optimizer.travel.provider import TravelProvider


@dataclass(slots=True, kw_only=True)
class Roads:
    """Every way that a candidate may take.

    Parameters
    ----------
    row
        Matrix row per site.
    """

    problem: Problem
    travel: TravelProvider
    row: dict[SiteId, int]
    matrix: TravelMatrix
    _seconds: dict[tuple[str, float], IntArray] = field(default_factory=dict)
    _spots: dict[SiteId, TravelMatrix | None] = field(default_factory=dict)

    @classmethod
    def survey(cls, problem: Problem, travel: TravelProvider, sites: Iterable[SiteId]) -> Roads:
        """Measure all ways between some sites of the problem."""
        known = [problem.sites[name] for name in dict.fromkeys(sites)]
        return cls(
            problem=problem,
            travel=travel,
            row={site.id: row for row, site in enumerate(known)},
            matrix=travel.matrix(known, known),
        )

    def leg(self, route: Route, a: SiteId, b: SiteId) -> Leg | None:
        """Give the drive between two sites on a route, None where no road joins them."""
        pair = self.row[a], self.row[b]
        metres = int(self.matrix.distance_m[pair])
        if metres == UNREACHABLE:
            return None
        vehicle = self.problem.vehicles[route.vehicle]
        return Leg(distance_m=metres, duration_s=int(self._durations(route, vehicle)[pair]))

    def from_here(self, where: Underway, b: SiteId) -> Leg | None:
        """Give the drive from where a vehicle is to a site.

        A source of distances that knows sites alone cannot measure from the road; then the vehicle
        goes on to its next site or back to its last one, whichever is nearer to the aim.
        """
        if not where.on_road:
            return self.leg(where.route, where.here.id, b)
        measured = self._from_spot(where.here)
        column = self.row[b]
        if measured is not None and int(measured.distance_m[0, column]) != UNREACHABLE:
            seconds = measured.durations(
                self.problem.travel.speed_kmh.get(where.vehicle.type, 1.0),
                self._factor(where.route),
            )
            return Leg(
                distance_m=int(measured.distance_m[0, column]),
                duration_s=int(seconds[0, column]),
            )
        return self._around(where, b)

    def measured_from(self, where: Underway) -> MeasuredFrom:
        """Say whether ways from a vehicle start where it is, or at the sites around."""
        if not where.on_road:
            return "position"
        measured = self._from_spot(where.here)
        known = measured is not None and bool((measured.distance_m != UNREACHABLE).any())
        return "position" if known else "last site"

    def _from_spot(self, spot: Site) -> TravelMatrix | None:
        if spot.id not in self._spots:
            sites = [self.problem.sites[name] for name in self.row]
            try:
                self._spots[spot.id] = self.travel.matrix([spot], sites)
            except ColdgridError:
                # A server that is away or a graph without a road near: go by the sites instead.
                self._spots[spot.id] = None
        return self._spots[spot.id]

    def _around(self, where: Underway, b: SiteId) -> Leg | None:
        route = where.route
        onward = where.ahead[0].site if where.ahead else route.end_site
        whole = self.leg(route, where.last_site, onward)
        on, back = self.leg(route, onward, b), self.leg(route, where.last_site, b)
        if whole is None:
            return None
        driven = min(whole.duration_s, max(0, where.free - where.last_departs))
        share = driven / whole.duration_s if whole.duration_s else 0.0
        ways = []
        if on is not None:
            rest = round((1.0 - share) * whole.distance_m)
            ways.append((whole.duration_s - driven + on.duration_s, rest + on.distance_m))
        if back is not None:
            turned = round(share * whole.distance_m)
            ways.append((driven + back.duration_s, turned + back.distance_m))
        if not ways:
            return None
        seconds, metres = min(ways)
        return Leg(distance_m=metres, duration_s=seconds)

    def _durations(self, route: Route, vehicle: Vehicle) -> IntArray:
        key = vehicle.type, self._factor(route)
        if key not in self._seconds:
            speed = self.problem.travel.speed_kmh.get(vehicle.type, 1.0)
            self._seconds[key] = self.matrix.durations(speed, key[1])
        return self._seconds[key]

    def _factor(self, route: Route) -> float:
        return self.problem.travel.factor(self.problem.wave(route.wave).departs)
