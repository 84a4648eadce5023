"""The ground of one pass: sites as matrix rows, ways between them, times per vehicle type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from optimizer.domain.ids import SiteId, WaveId
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
        wave: WaveId,
    ) -> Ground:
        """Measure the ways between a grid and its points for the hour of a wave."""
        sites = [problem.sites[grid], *(problem.sites[point] for point in points)]
        matrix = travel.matrix(sites, sites)
        factor = problem.travel.factor(problem.wave(wave).departs)
        kinds = tuple(dict.fromkeys(types))
        speeds = problem.travel.speed_kmh
        return cls(
            nodes={site.id: row for row, site in enumerate(sites)},
            profiles={kind: index for index, kind in enumerate(kinds)},
            distance_m=matrix.distance_m,
            duration_s=tuple(matrix.durations(speeds[kind], factor) for kind in kinds),
            service_s=tuple(site.service_s for site in sites),
        )

    def earliest_arrivals(self, slots: Sequence[Slot]) -> dict[SiteId, Seconds]:
        """Give the earliest moment at which any slot can stand at each reachable site."""
        arrivals: dict[SiteId, Seconds] = {}
        for available, profile in {(s.available, self.profiles[s.vehicle.type]) for s in slots}:
            ways = self.duration_s[profile][0]
            for site, row in self.nodes.items():
                if ways[row] != UNREACHABLE:
                    arrival = available + int(ways[row])
                    arrivals[site] = min(arrival, arrivals.get(site, arrival))
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
