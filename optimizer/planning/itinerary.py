"""Trips in the planner's own words, between solver answers and the routes of a plan.

An itinerary is a vehicle's trip as a list of lines in order of delivery. It outlives a routing
problem: the next round may bundle the same lines otherwise or move the bulkheads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Millilitres
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.schedule import answer_of, route_millicents
from optimizer.planning.compartments import FleetGroups, Slot
from optimizer.planning.freight import Freight, peak_ml
from optimizer.planning.jobs import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """What one slot delivers and collects on one trip, in order."""

    slot: Slot
    lines: tuple[Freight, ...]

    @property
    def load_ml(self) -> Mapping[Zone, Millilitres]:
        """The most litres on board at once, per zone."""
        return peak_ml(self.lines)


def itineraries_of(
    answer: RoutingAnswer, fleet: FleetGroups, bundles: Sequence[Bundle]
) -> list[Itinerary]:
    """Read a solver's answer: hand the routes of each group to its slots, in order.

    Every trip is an itinerary of its own.
    """
    waiting = [list(members) for members in fleet.members]
    itineraries = []
    for route in answer.routes:
        slot = waiting[route.group].pop(0)
        itineraries += [
            Itinerary(
                slot=replace(slot, trip=slot.trip + number),
                lines=tuple(line for job in jobs for line in bundles[job].lines),
            )
            for number, jobs in enumerate(route.trips)
        ]
    return itineraries


def as_start(
    problem: RoutingProblem,
    itineraries: Sequence[Itinerary],
    fleet: FleetGroups,
    bundles: Sequence[Bundle],
) -> RoutingAnswer:
    """Say itineraries in the words of a routing problem, as a warm start.

    A trip that this problem no longer allows is left out; its jobs are found anew.
    """
    job_of: dict[LineKey, int] = {
        line.key: job for job, bundle in enumerate(bundles) for line in bundle.lines
    }
    trips: dict[VehicleId, list[tuple[int, ...]]] = {}
    given: set[int] = set()
    for itinerary in sorted(itineraries, key=lambda each: each.slot.trip):
        known = [job_of[line.key] for line in itinerary.lines if line.key in job_of]
        jobs = tuple(job for job in dict.fromkeys(known) if job not in given)
        given.update(jobs)
        trips.setdefault(itinerary.slot.vehicle.id, []).append(jobs)
    routes = [RoutingRoute.of_trips(fleet.group_of(van), mine) for van, mine in trips.items()]
    kept = [
        route for route in routes if route.jobs and route_millicents(problem, route) is not None
    ]
    return answer_of(problem, kept)
