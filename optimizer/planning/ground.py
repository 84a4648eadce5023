"""The ground of one pass: sites as matrix rows, ways between them, times per vehicle type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import SiteId
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Seconds
from optimizer.engines.engine import Job, RoutingProblem, VehicleGroup
from optimizer.planning.compartments import Slot
from optimizer.travel.provider import TravelProvider


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """Where a pass takes place.

    Parameters
    ----------
    nodes
        Matrix row per site; the grid is row 0.
    profiles
        Index into ``duration_s`` per vehicle type.
    """

    nodes: Mapping[SiteId, int]
    profiles: Mapping[str, int]
    distance_m: IntArray
    duration_s: tuple[IntArray, ...]
    service_s: tuple[Seconds, ...]

    @classmethod
    def survey(
        cls,
        problem: Problem,
        travel: TravelProvider,
        *,
        grid: SiteId,
        points: Sequence[SiteId],
        types: Sequence[str],
        factor: float,
    ) -> Ground:
        """Measure the ways between a grid and its points for an hour's traffic factor."""
        sites = [problem.sites[grid], *(problem.sites[point] for point in points)]
        matrix = travel.matrix(sites, sites)
        kinds = tuple(dict.fromkeys(types))
        speeds = problem.travel.speed_kmh
        return cls(
            nodes={site.id: row for row, site in enumerate(sites)},
            profiles={kind: index for index, kind in enumerate(kinds)},
            distance_m=matrix.distance_m,
            duration_s=tuple(matrix.durations(speeds[kind], factor) for kind in kinds),
            service_s=tuple(site.service_s for site in sites),
        )

    def earliest_arrivals(
        self, slots: Sequence[Slot], calls: Iterable[tuple[SiteId, Seconds]]
    ) -> dict[tuple[SiteId, Seconds], Seconds]:
        """Give the earliest moment at which any slot can stand at a site.

        Parameters
        ----------
        slots
            The vehicles.
        calls
            Sites, each with the moment at which its goods may leave; those that no way leads to
            are absent from the answer.
        """
        kinds = {(slot.available, self.profiles[slot.vehicle.type]) for slot in slots}
        arrivals: dict[tuple[SiteId, Seconds], Seconds] = {}
        for site, release in dict.fromkeys(calls):
            row = self.nodes[site]
            reached = [
                max(available, release) + int(self.duration_s[profile][0, row])
                for available, profile in kinds
                if self.duration_s[profile][0, row] != UNREACHABLE
            ]
            if reached:
                arrivals[site, release] = min(reached)
        return arrivals

    def routing_problem(
        self, jobs: Sequence[Job], vehicles: Sequence[VehicleGroup]
    ) -> RoutingProblem:
        """Put jobs and vehicles on this ground."""
        return RoutingProblem(
            distance_m=self.distance_m,
            duration_s=self.duration_s,
            service_s=self.service_s,
            jobs=tuple(jobs),
            vehicles=tuple(vehicles),
        )
