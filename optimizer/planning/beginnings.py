"""Settled beginnings: these stops first, in this order, with this van; the rest is planned anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.plan import Plan, Route
from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import route_millicents
from optimizer.planning.closure import HeldRefused
from optimizer.planning.compartments import FleetGroups
from optimizer.planning.jobs import Bundle

Beginnings: TypeAlias = Mapping[VehicleId, tuple[tuple[LineKey, ...], ...]]
"""Per van the lines and collects of each settled stop, in the order of the stops."""

NO_BEGINNINGS: Beginnings = {}


def beginnings_of(
    plan: Plan, frozen: Collection[str], settled: Mapping[VehicleId, Sequence[SiteId]]
) -> Beginnings:
    """Say what settled stops hand over and take back, as the plan stands.

    Parameters
    ----------
    plan
        The plan as it stands.
    frozen
        Ids of routes that stay; the stops are those of the van's first trip that does not.
    settled
        Per van the sites of its first stops, in order.

    Raises
    ------
    HeldRefused
        A van has no trip that is open, or that trip does not stop at a site.
    """
    return {
        van: tuple(_stops(van, _open_trip(plan, frozen, van), sites))
        for van, sites in settled.items()
        if sites
    }


def _open_trip(plan: Plan, frozen: Collection[str], van: VehicleId) -> Route:
    open_trips = [r for r in plan.routes if r.vehicle == van and r.id not in frozen]
    if not open_trips:
        raise HeldRefused("CG-4020", f"vehicle {van}: it has no trip that may still be changed")
    return min(open_trips, key=lambda route: route.departs)


def _stops(van: VehicleId, trip: Route, sites: Sequence[SiteId]) -> Iterator[tuple[LineKey, ...]]:
    calls: dict[SiteId, list[LineKey]] = {}
    for stop in trip.stops:
        keys = [item.key for item in (*stop.delivers, *stop.collects)]
        calls.setdefault(stop.site, []).extend(keys)
    for site in sites:
        if site not in calls:
            raise HeldRefused(
                "CG-4020",
                f"vehicle {van}: {trip.id}, its first trip that is open, has no further stop at"
                f" {site}",
            )
        yield tuple(calls.pop(site))


def begins_so(trip: Route | None, sites: Sequence[SiteId]) -> bool:
    """Say whether a trip begins with stops at these sites, in this order."""
    if trip is None:
        return not sites
    return [stop.site for stop in trip.stops[: len(sites)]] == list(sites)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The settled lines of one pass, and where in its van's beginning each one stands."""

    place: Mapping[LineKey, tuple[VehicleId, int]]

    @classmethod
    def of(cls, beginnings: Beginnings) -> Settled:
        """Write down the stop of every settled line."""
        return cls(
            place={
                key: (van, number)
                for van, stops in beginnings.items()
                for number, stop in enumerate(stops)
                for key in stop
            }
        )

    def drivable(
        self, problem: RoutingProblem, bundles: Sequence[Bundle], fleet: FleetGroups
    ) -> RoutingProblem:
        """Tell a routing problem how vans begin.

        What cannot be driven after what stands before it is no part of the beginning: it is
        asked like any other job. So is what would have to be left with the rest of its order.
        """
        rows: dict[VehicleId, list[tuple[int, int]]] = {}
        for row, bundle in enumerate(bundles):
            place = self.place.get(bundle.lines[0].key)
            if place is not None:
                rows.setdefault(place[0], []).append((place[1], row))
        vans = {slot.vehicle.id for members in fleet.members for slot in members}
        locks: dict[int, tuple[int, ...]] = {}
        for van in sorted(rows.keys() & vans):
            group = fleet.group_of(van)
            allowed = problem.may_do(group)
            kept: tuple[int, ...] = ()
            for _, row in sorted(rows[van]):
                tried = (*kept, row)
                if allowed[row] and _can_drive(problem, group, tried):
                    kept = tried
            if kept:
                locks[group] = kept
        told = replace(problem, locks=locks)
        while told.locks and repaired(told, []) is None:
            told = replace(problem, locks=_shorter(told.locks))
        return told


def _shorter(locks: Mapping[int, tuple[int, ...]]) -> dict[int, tuple[int, ...]]:
    """Take the last job from the longest beginning."""
    longest = max(locks, key=lambda group: (len(locks[group]), group))
    shorter = {**locks, longest: locks[longest][:-1]}
    return {group: jobs for group, jobs in shorter.items() if jobs}


def _can_drive(problem: RoutingProblem, group: int, jobs: tuple[int, ...]) -> bool:
    return route_millicents(problem, RoutingRoute(group=group, jobs=jobs)) is not None
