"""Times of trips, line by line, and the routes of a plan that follow from them.

Solvers see bundles; here every line is a job of its own again, so that each pays its own
lateness. Lines of one visit still share one stop and one service.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from optimizer.domain.fleet import Echelon, layout_for
from optimizer.domain.ids import LineKey, OrderId, VehicleId, WaveId
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.objective import route_cost
from optimizer.domain.plan import Break, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.units import Seconds
from optimizer.engines.engine import Job, RoutingRoute
from optimizer.engines.schedule import Schedule, schedule
from optimizer.planning.compartments import group_slots
from optimizer.planning.freight import Freight, collects_in, delivery_of, lines_in
from optimizer.planning.ground import Ground
from optimizer.planning.ice import boxes_for
from optimizer.planning.itinerary import Itinerary
from optimizer.planning.jobs import Bundle, JobRules, job_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What times trips: the ground they drive on, the windows of their lines, and their waves.

    Parameters
    ----------
    windows
        When the service of each line or collect may start.
    ready
        When each may leave; what is absent may leave at any time.
    wave_of
        The wave of each line; what is absent drives with any.
    waves
        All waves of the hours that the ground was surveyed for.
    """

    problem: Problem
    ground: Ground
    rules: JobRules
    windows: Mapping[LineKey, TimeWindow]
    ready: Mapping[LineKey, Seconds]
    wave_of: Mapping[LineKey, WaveId]
    waves: tuple[WaveId, ...]

    def routes(self, itineraries: Sequence[Itinerary]) -> list[Route]:
        """Write itineraries as last-mile routes, the trips of each vehicle one after the other.

        A trip that has lost all that it was to bring leaves its number to the next one.
        """
        first: dict[VehicleId, int] = {}
        back: dict[VehicleId, tuple[int, Seconds]] = {}
        routes = []
        for itinerary in sorted(itineraries, key=lambda each: each.slot.trip):
            slot = itinerary.slot
            slot = replace(slot, trip=first.setdefault(slot.vehicle.id, slot.trip))
            if slot.vehicle.id in back:
                trip, returns = back[slot.vehicle.id]
                available = max(slot.available, returns + slot.pause_s)
                slot = replace(slot, trip=trip + 1, available=available)
            route = self.route(replace(itinerary, slot=slot))
            if route is not None:
                back[slot.vehicle.id] = route.trip, route.returns
                routes.append(route)
        return routes

    def route(self, itinerary: Itinerary) -> Route | None:
        """Write an itinerary as a last-mile route; None where nothing is left to deliver.

        Where a way around a line that was taken out is longer than the way by it, lines at the
        end that can no longer be reached in time are left out.
        """
        lines = itinerary.lines
        while lines:
            trip = replace(itinerary, lines=lines)
            times = self._schedule(trip)
            if times is not None:
                return self._write(trip, times)
            lines = lines[:-1]
        return None

    def _schedule(self, trip: Itinerary) -> Schedule | None:
        jobs = [
            job
            for _, visit in groupby(trip.lines, key=lambda line: line.site)
            for job in self._jobs_of(list(visit))
        ]
        fleet = group_slots(
            [replace(trip.slot, trips_left=1)],
            nodes=self.ground.nodes,
            profiles=self.ground.profiles,
            breaks=self.problem.breaks,
        )
        route = RoutingRoute(group=0, jobs=tuple(range(len(jobs))))
        return schedule(self.ground.routing_problem(jobs, fleet.groups), route)

    def _jobs_of(self, visit: Sequence[Freight]) -> Iterator[Job]:
        """Make a job of each line of a visit; an order is brought to its door once."""
        brought: set[OrderId] = set()
        for item in visit:
            release = self.ready.get(item.key, 0)
            bundle = Bundle(lines=(item,), window=self.windows[item.key], release=release)
            job = job_of(self.problem, bundle, self.rules)
            yield replace(job, service_s=0) if item.key.order in brought else job
            if job.service_s:
                brought.add(item.key.order)

    def _wave(self, trip: Itinerary, departs: Seconds) -> WaveId:
        """Name the last wave among a trip's lines; express goods take the last one gone.

        So do goods that an earlier hour has left over: the traffic is that of this one.
        """
        bound = [
            self.problem.wave(self.wave_of[line.key])
            for line in lines_in(trip.lines)
            if not self.problem.promises[line.promise].express
            and self.wave_of[line.key] in self.waves
        ]
        if bound:
            return max(bound, key=lambda wave: wave.departs).id
        known = [self.problem.wave(wave) for wave in self.waves]
        gone = [wave for wave in known if wave.departs <= departs]
        if gone:
            return max(gone, key=lambda wave: wave.departs).id
        return min(known, key=lambda wave: wave.departs).id

    def _write(self, trip: Itinerary, times: Schedule) -> Route:
        slot = trip.slot
        wave = self._wave(trip, times.departs)
        vehicle = slot.vehicle
        layout = slot.layout or layout_for(vehicle, trip.load_ml) or {}
        stops = _stops(trip, times)
        cost = route_cost(
            vehicle,
            distance_m=times.distance_m,
            duration_s=times.duration_s,
            first_trip=slot.trip == 1,
        )
        return Route(
            id=f"{vehicle.id}-{wave}-{slot.trip}",
            echelon=Echelon.LAST_MILE,
            vehicle=vehicle.id,
            vehicle_type=vehicle.type,
            wave=wave,
            trip=slot.trip,
            start_site=vehicle.home,
            end_site=vehicle.home,
            departs=times.departs,
            returns=times.returns,
            distance_m=times.distance_m,
            duration_s=times.duration_s,
            cost_cents=cost.total,
            compartments={zone: size for zone, size in layout.items() if size > 0},
            stops=stops,
            boxes=boxes_for(self.problem, vehicle, times.departs, stops),
            breaks=tuple(Break(starts=a, ends=b) for a, b in times.trips[0].rests),
        )


def _stops(trip: Itinerary, times: Schedule) -> tuple[Stop, ...]:
    stops = []
    numbered = enumerate(trip.lines)
    for site, group in groupby(numbered, key=lambda row: row[1].site):
        visit = list(group)
        first = visit[0][0]
        stops.append(
            Stop(
                site=site,
                kind=SiteKind.PICKUP,
                arrives=times.arrives[first],
                service_starts=times.starts[first],
                departs=times.leaves[first],
                delivers=tuple(delivery_of(line) for line in lines_in(row[1] for row in visit)),
                collects=tuple(delivery_of(one) for one in collects_in(row[1] for row in visit)),
            )
        )
    return tuple(stops)
