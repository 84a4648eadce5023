"""Times of trips, line by line, and the routes of a plan that follow from them.

Solvers see bundles; here every line is a job of its own again, so that each pays its own
lateness. Lines of one visit still share one stop and one service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from optimizer.domain.fleet import Cooling, Echelon, layout_for
from optimizer.domain.ids import LineKey, WaveId
from optimizer.domain.network import SiteKind, TimeWindow
from optimizer.domain.objective import route_cost
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import BoxLoad, Delivery, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import ceil_div
from optimizer.engines.engine import RoutingRoute
from optimizer.engines.schedule import Schedule, schedule
from optimizer.planning.compartments import group_slots
from optimizer.planning.ground import Ground
from optimizer.planning.itinerary import Itinerary
from optimizer.planning.jobs import Bundle, JobRules, job_of


def delivery_of(line: OrderLine) -> Delivery:
    """Give the whole of a line as a delivery."""
    return Delivery(key=line.key, zone=line.zone, mass_g=line.mass_g, volume_ml=line.volume_ml)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What times trips: the ground they drive on and the windows of their lines."""

    problem: Problem
    ground: Ground
    rules: JobRules
    windows: Mapping[LineKey, TimeWindow]

    def route(self, itinerary: Itinerary, wave: WaveId) -> Route | None:
        """Write an itinerary as a last-mile route; None where nothing is left to deliver.

        Where a way around a line that was taken out is longer than the way by it, lines at the
        end that can no longer be reached in time are left out.
        """
        lines = itinerary.lines
        while lines:
            trip = replace(itinerary, lines=lines)
            times = self._schedule(trip)
            if times is not None:
                return self._write(trip, times, wave)
            lines = lines[:-1]
        return None

    def _schedule(self, trip: Itinerary) -> Schedule | None:
        jobs = [
            job_of(self.problem, Bundle(lines=(line,), window=self.windows[line.key]), self.rules)
            for line in trip.lines
        ]
        fleet = group_slots([trip.slot], nodes=self.ground.nodes, profiles=self.ground.profiles)
        route = RoutingRoute(group=0, jobs=tuple(range(len(jobs))))
        return schedule(self.ground.routing_problem(jobs, fleet.groups), route)

    def _write(self, trip: Itinerary, times: Schedule, wave: WaveId) -> Route:
        slot = trip.slot
        vehicle = slot.vehicle
        layout = slot.layout or layout_for(vehicle, trip.load_ml) or {}
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
            stops=_stops(trip, times),
            boxes=_boxes(self.problem, trip),
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
                delivers=tuple(delivery_of(line) for _, line in visit),
            )
        )
    return tuple(stops)


def _boxes(problem: Problem, trip: Itinerary) -> tuple[BoxLoad, ...]:
    """Count the insulated boxes of a trip whose vehicle carries boxes."""
    vehicle = trip.slot.vehicle
    box = problem.body(vehicle).box
    if box is None or vehicle.cooling is not Cooling.BOXES:
        return ()
    counts: dict[Zone, int] = {
        zone: ceil_div(volume, box.volume_ml) for zone, volume in trip.load_ml.items() if volume
    }
    return tuple(
        BoxLoad(zone=zone, count=count, ice_kg=count * box.ice_kg if zone in box.melt_c else 0.0)
        for zone, count in counts.items()
    )
