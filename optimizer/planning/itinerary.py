"""Trips in the planner's own words, between solver answers and the routes of a plan.

An itinerary is a vehicle's trip as a list of lines in order of delivery. It outlives a routing
problem: the next round may bundle the same lines otherwise or move the bulkheads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import LineKey
from optimizer.domain.orders import OrderLine
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import Millilitres
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.schedule import answer_of, route_millicents
from optimizer.planning.compartments import FleetGroups, Slot
from optimizer.planning.jobs import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Itinerary:
    """The lines that one slot delivers, in order."""

    slot: Slot
    lines: tuple[OrderLine, ...]

    @property
    def load_ml(self) -> Mapping[Zone, Millilitres]:
        """Litres on board at departure, per zone."""
        return {
            zone: sum(line.volume_ml for line in self.lines if line.zone is zone) for zone in ZONES
        }


def itineraries_of(
    answer: RoutingAnswer, fleet: FleetGroups, bundles: Sequence[Bundle]
) -> list[Itinerary]:
    """Read a solver's answer: hand the routes of each group to its slots, in order."""
    waiting = [list(members) for members in fleet.members]
    return [
        Itinerary(
            slot=waiting[route.group].pop(0),
            lines=tuple(line for job in route.jobs for line in bundles[job].lines),
        )
        for route in answer.routes
    ]


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
    routes = []
    for itinerary in itineraries:
        jobs = dict.fromkeys(job_of[line.key] for line in itinerary.lines if line.key in job_of)
        group = fleet.group_of(itinerary.slot.vehicle.id)
        route = RoutingRoute(group=group, jobs=tuple(jobs))
        if jobs and route_millicents(problem, route) is not None:
            routes.append(route)
    return answer_of(problem, routes)
