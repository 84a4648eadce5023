"""The vans of one grid: wave after wave, trip after trip, until the lines or the vans run out.

A wave is planned in passes. The first pass sends the grid's own vans; a later pass sends
what is left with vans that may still leave: backup carriers, second trips, later departures.
A pass is planned in rounds (``rounds``), which move the bulkheads and take bundles apart where
the fleet is short. Grids do not share vans, so each is planned in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.limit import Limit
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.domain.units import Cents, Seconds
from optimizer.engines.engine import Engine
from optimizer.planning.compartments import Slot, zones_carried
from optimizer.planning.product_temperature import keeping_time_s, zones_kept
from optimizer.planning.reasons import GridDay, explain
from optimizer.planning.rounds import Pass, PassResult, run_pass
from optimizer.planning.underway import Underway
from optimizer.travel.provider import TravelProvider

OWN = "own"
PASS_SHARES = (1.0, 0.25)
"""With enough vans there is no second pass; where there is one, it takes time of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Lines that may leave together; ``ready`` is when: goods sorted, wave due."""

    wave: WaveId
    ready: Seconds
    lines: tuple[LineKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GridTask:
    """Everything one process needs to plan one grid.

    Parameters
    ----------
    problem
        Restricted to the grid: its sites, its vans, its lines.
    batches
        In the order in which they are planned: by wave, in it by readiness.
    drop_cents
        Cost of leaving out each line.
    pins
        Lines that one vehicle and no other may carry.
    underway
        What routes that stay take from the vans.
    """

    problem: Problem
    grid: SiteId
    batches: tuple[Batch, ...]
    drop_cents: Mapping[LineKey, Cents]
    travel: TravelProvider
    engine: Engine
    limit: Limit
    seed: int
    pins: Mapping[LineKey, VehicleId] = field(default_factory=dict)
    underway: Underway = field(default_factory=Underway)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridResult:
    """The last-mile routes of one grid and the lines left out, with reasons."""

    grid: SiteId
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]


def restrict(problem: Problem, grid: SiteId, keys: Sequence[LineKey]) -> Problem:
    """Cut a problem down to one grid, so that a process gets no more than it needs."""
    lines = {key: problem.lines[key] for key in keys}
    wanted = {line.site for line in lines.values()} | {grid}
    return replace(
        problem,
        sites={key: site for key, site in problem.sites.items() if key in wanted},
        vehicles={
            key: vehicle
            for key, vehicle in problem.vehicles.items()
            if vehicle.home == grid and vehicle.echelon is Echelon.LAST_MILE
        },
        lines=lines,
        stock=(),
    )


@dataclass(slots=True)
class _Day:
    """What has been decided so far: where each van stands in its day, and its trips."""

    free_from: dict[VehicleId, Seconds]
    trips: dict[VehicleId, int]
    routes: list[Route] = field(default_factory=list)
    too_warm: set[LineKey] = field(default_factory=set)

    def record(self, result: PassResult, reload_s: Seconds) -> None:
        for route in result.routes:
            self.trips[route.vehicle] += 1
            self.free_from[route.vehicle] = route.returns + reload_s
        self.routes.extend(result.routes)
        self.too_warm.update(result.too_warm)


def plan_grid(task: GridTask) -> GridResult:
    """Plan the last mile of one grid."""
    day = _Day(
        free_from=_free_from(task),
        trips={key: task.underway.trips.get(key, 0) for key in task.problem.vehicles},
    )
    left: list[OrderLine] = []
    ready = {key: batch.ready for batch in task.batches for key in batch.lines}
    total = len(ready)
    for batch in (*task.batches, *_once_more(task.batches)):
        # What is sorted later than this batch leaves waits for a later one.
        early = [line for line in left if ready[line.key] <= batch.ready]
        late = [line for line in left if ready[line.key] > batch.ready]
        lines = early + [task.problem.lines[key] for key in batch.lines]
        if lines:
            limit = task.limit.share(min(1.0, len(lines) / max(1, total)))
            left = late + _plan_batch(task, day, batch, lines, limit)
    return GridResult(
        grid=task.grid,
        routes=tuple(day.routes),
        unserved=_explained(task, day, left, ready),
    )


def _free_from(task: GridTask) -> dict[VehicleId, Seconds]:
    reload_s = task.problem.sites[task.grid].service_s
    vans = task.problem.vehicles.items()
    return {key: task.underway.free_from(van, reload_s) for key, van in vans}


def _once_more(batches: Sequence[Batch]) -> tuple[Batch, ...]:
    """Give an empty batch at the end where goods of an earlier wave are sorted last."""
    last = max((batch.ready for batch in batches), default=0)
    if not batches or batches[-1].ready >= last:
        return ()
    return (replace(batches[-1], ready=last, lines=()),)


def _plan_batch(
    task: GridTask, day: _Day, batch: Batch, lines: list[OrderLine], limit: Limit
) -> list[OrderLine]:
    """Plan lines with the wave of a batch and give those it leaves."""
    reload_s = task.problem.sites[task.grid].service_s
    left = lines
    for number, share in enumerate(PASS_SHARES):
        slots = _slots(task, day, batch, own_only=number == 0)
        if not slots or not left:
            continue
        result = run_pass(
            Pass(
                problem=task.problem,
                wave=batch.wave,
                lines=tuple(left),
                slots=tuple(slots),
                drop_cents=task.drop_cents,
                travel=task.travel,
                engine=task.engine,
                limit=limit.share(share),
                seed=task.seed + number,
                delayed=number > 0,
                pins=task.pins,
            )
        )
        day.record(result, reload_s)
        served = {key for route in result.routes for key in _delivered(route)}
        left = [line for line in left if line.key not in served]
    return left


def _delivered(route: Route) -> list[LineKey]:
    return [delivery.key for stop in route.stops for delivery in stop.delivers]


def _slots(task: GridTask, day: _Day, batch: Batch, *, own_only: bool) -> list[Slot]:
    """Give the vans that may still leave with a batch."""
    problem = task.problem
    slots = []
    for vehicle in problem.vehicles.values():
        if own_only and vehicle.owner != OWN:
            continue
        if day.trips[vehicle.id] >= vehicle.max_trips:
            continue
        available = max(day.free_from[vehicle.id], batch.ready)
        zones = zones_carried(vehicle) & zones_kept(problem, vehicle)
        if available < vehicle.shift.closes and zones:
            slots.append(
                Slot(
                    vehicle=vehicle,
                    available=available,
                    trip=day.trips[vehicle.id] + 1,
                    zones=zones,
                    max_duration_s=keeping_time_s(problem, vehicle),
                )
            )
    return slots


def _explained(
    task: GridTask, day: _Day, left: Sequence[OrderLine], ready: Mapping[LineKey, Seconds]
) -> tuple[Unserved, ...]:
    if not left:
        return ()
    problem = task.problem
    sites = [problem.sites[task.grid], *(problem.sites[line.site] for line in left)]
    out = task.travel.matrix(sites[:1], sites)
    back = task.travel.matrix(sites, sites[:1])
    speeds = {van.type: problem.travel.speed_kmh[van.type] for van in problem.vehicles.values()}
    account = GridDay(
        problem=problem,
        grid=task.grid,
        routes=day.routes,
        ready=ready,
        ride_s={kind: _by_site(out, out.durations(speed)[0]) for kind, speed in speeds.items()},
        back_s={kind: _by_site(out, back.durations(speed)[:, 0]) for kind, speed in speeds.items()},
        too_warm=frozenset(day.too_warm),
        pins=task.pins,
        trips_before=task.underway.trips,
        free_from=_free_from(task),
    )
    return tuple(explain(account, line) for line in left)


def _by_site(matrix: TravelMatrix, seconds: IntArray) -> dict[SiteId, Seconds]:
    ways = zip(matrix.destinations, seconds.tolist(), strict=True)
    return {site: second for site, second in ways if second != UNREACHABLE}
