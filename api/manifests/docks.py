"""Which vehicle stands at which dock from when to when, at one warehouse.

Trucks that unload stand where and when the plan says. Vehicles that load stand as late as the
docks allow, so that goods leave the cold room late: the last one to depart is placed first, each
one then gets the latest free time before its departure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from api.manifests.reading import place_of, totals_of
from api.manifests.sheet import Amount, Heading, Place
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.network import Site
from optimizer.domain.plan import BoxLoad, Plan, Route
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds

USUAL_LOADING_S: Seconds = 15 * SECONDS_PER_MINUTE
"""Taken where a site states no time for one visit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DockTime:
    """One vehicle at one dock, in seconds from the horizon start.

    Parameters
    ----------
    dock
        Counted from 1; None says that the docks do not suffice for this vehicle.
    loads
        False for a truck that unloads.
    starts, ends
        When it holds the dock.
    departs
        When it leaves the site.
    ready
        When the goods that trucks bring for it are sorted; None where nothing has to be waited for.
    """

    dock: int | None
    loads: bool
    vehicle: VehicleId
    route: str
    trip: int
    wave: WaveId
    starts: Seconds
    ends: Seconds
    departs: Seconds
    ready: Seconds | None
    first_stop: Place | None
    amounts: tuple[Amount, ...]
    boxes: tuple[BoxLoad, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadingList:
    """The docks of one site over the day, in the order of departure."""

    heading: Heading
    site: Place
    docks: int | None
    loading_s: Seconds
    times: tuple[DockTime, ...]


@dataclass(slots=True)
class _Yard:
    """The docks of a site and who holds them when."""

    docks: int | None
    held: dict[int, list[tuple[Seconds, Seconds]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def latest(self, size: Seconds, ends: Seconds, earliest: Seconds | None) -> _Berth | None:
        """Take the latest free time of some length; None where no dock has one."""
        count = len(self.held) + 1 if self.docks is None else self.docks
        found: _Berth | None = None
        for dock in range(1, count + 1):
            end = self._free_before(dock, size, ends)
            if (earliest is None or end - size >= earliest) and (found is None or end > found.ends):
                found = _Berth(dock=dock, starts=end - size, ends=end)
        if found is not None and size > 0:
            self.held[found.dock].append((found.starts, found.ends))
        return found

    def _free_before(self, dock: int, size: Seconds, ends: Seconds) -> Seconds:
        for start, end in sorted(self.held.get(dock, ()), reverse=True):
            if start < ends and end > ends - size:
                ends = start
        return ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _Berth:
    dock: int
    starts: Seconds
    ends: Seconds


def build_loading_list(
    problem: Problem,
    plan: Plan,
    site: SiteId,
    heading: Heading,
    *,
    loading_s: Seconds | None = None,
) -> LoadingList:
    """Give every vehicle that loads or unloads at a site its dock and its time.

    Parameters
    ----------
    problem
        The problem that the plan answers.
    plan
        The plan.
    site
        A site of the problem.
    heading
        What stands on top of every page.
    loading_s
        How long a vehicle stands at its dock to be loaded; by default the time that the site
        states for one visit, or ``USUAL_LOADING_S`` where it states none.
    """
    known = problem.sites[site]
    size = loading_s if loading_s is not None else known.service_s or USUAL_LOADING_S
    yard = _Yard(known.docks)
    times = [*_unloading(problem, plan, known, yard), *_loading(problem, plan, known, yard, size)]
    return LoadingList(
        heading=heading,
        site=place_of(problem, site),
        docks=known.docks,
        loading_s=size,
        times=tuple(sorted(times, key=lambda one: (one.departs, one.vehicle, one.trip))),
    )


def _unloading(problem: Problem, plan: Plan, site: Site, yard: _Yard) -> Iterator[DockTime]:
    visits = [
        (stop, route)
        for route in plan.routes
        if route.echelon is Echelon.LINEHAUL
        for stop in route.stops
        if stop.site == site.id
    ]
    for stop, route in sorted(visits, key=lambda visit: (visit[0].service_starts, visit[1].id)):
        size = stop.departs - stop.service_starts
        berth = yard.latest(size, stop.departs, stop.service_starts)
        brought = totals_of(replace(route, stops=(stop,)))
        yield _dock_time(problem, route, berth, stop.service_starts, stop.departs, loads=False,
                         departs=stop.departs, amounts=brought, ready=None)  # fmt: skip


def _loading(
    problem: Problem, plan: Plan, site: Site, yard: _Yard, loading_s: Seconds
) -> Iterator[DockTime]:
    sorted_at = _sorted_at(plan, site)
    own = [route for route in plan.routes if route.start_site == site.id]
    for route in sorted(own, key=lambda one: (-one.departs, one.vehicle)):
        back = _back_before(plan, route)
        size = loading_s if back is None else max(0, min(loading_s, route.departs - back))
        berth = yard.latest(size, route.departs, back)
        waits = [
            sorted_at[one.key]
            for stop in route.stops
            for one in stop.delivers
            if one.key in sorted_at and route.echelon is Echelon.LAST_MILE
        ]
        yield _dock_time(problem, route, berth, route.departs - size, route.departs, loads=True,
                         departs=route.departs, amounts=totals_of(route),
                         ready=max(waits, default=None))  # fmt: skip


def _sorted_at(plan: Plan, site: Site) -> dict[LineKey, Seconds]:
    """Say when the last part of every line that trucks bring is sorted at a grid warehouse."""
    moments: dict[LineKey, Seconds] = {}
    for route in plan.routes:
        if route.echelon is not Echelon.LINEHAUL:
            continue
        for stop in route.stops:
            if stop.site == site.id:
                done = stop.departs + site.sorting_s
                for one in stop.delivers:
                    moments[one.key] = max(done, moments.get(one.key, done))
    return moments


def _back_before(plan: Plan, route: Route) -> Seconds | None:
    """Say when the vehicle is back from the trip before; None where there is none."""
    earlier = [
        other.returns
        for other in plan.routes
        if other.vehicle == route.vehicle and other.departs < route.departs
    ]
    return max(earlier, default=None)


def _dock_time(
    problem: Problem,
    route: Route,
    berth: _Berth | None,
    starts: Seconds,
    ends: Seconds,
    *,
    loads: bool,
    departs: Seconds,
    amounts: tuple[Amount, ...],
    ready: Seconds | None,
) -> DockTime:
    first = place_of(problem, route.stops[0].site) if loads and route.stops else None
    return DockTime(
        dock=None if berth is None else berth.dock,
        loads=loads,
        vehicle=route.vehicle,
        route=route.id,
        trip=route.trip,
        wave=route.wave,
        starts=starts if berth is None else berth.starts,
        ends=ends if berth is None else berth.ends,
        departs=departs,
        ready=ready,
        first_stop=first,
        amounts=amounts,
        boxes=route.boxes if loads else (),
    )
