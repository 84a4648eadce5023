"""The vans of one grid over the whole day: trip after trip, until the lines or the vans run out.

Waves of the same traffic are one stretch, planned together: a van that is back in time drives
again, and a wave does not use up what a later one needs more. A stretch is planned in passes.
The first sends the grid's own vans; the second sends what is left with vans that may still leave,
backup carriers among them. A pass is planned in rounds (``rounds``), which move the bulkheads and
take bundles apart where the fleet is short. Grids do not share vans, so each is planned in a
process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.limit import Limit
from optimizer.domain.orders import Collect
from optimizer.domain.plan import Route, Unserved
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray, TravelMatrix
from optimizer.domain.units import Cents, Seconds
from optimizer.engines.engine import Engine
from optimizer.planning.beginnings import Beginnings
from optimizer.planning.compartments import Slot, zones_carried
from optimizer.planning.freight import Freight, lines_in
from optimizer.planning.ice import ice_reserve_g
from optimizer.planning.pauses import pause_s
from optimizer.planning.product_temperature import keeping_time_s, zones_kept
from optimizer.planning.reasons import GridDay, explain
from optimizer.planning.rounds import Pass, PassResult, run_pass
from optimizer.planning.stock import is_express
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


OTHER_SEED = 104_729
"""How far the seed of a second plan is from the first; far from those of stretches and rounds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GridTask:
    """Everything one process needs to plan one grid.

    Parameters
    ----------
    problem
        Restricted to the grid: its sites, its vans, its lines.
    batches
        By wave, in it by readiness.
    drop_cents
        Cost of leaving out each line or collect.
    express
        Lines that wait for no wave, and when they may leave.
    pins
        Lines that one vehicle and no other may carry.
    underway
        What routes that stay take from the vans.
    beginnings
        What the first new trip of a van begins with.
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
    express: Mapping[LineKey, Seconds] = field(default_factory=dict)
    beginnings: Beginnings = field(default_factory=dict)

    @property
    def wave_of(self) -> dict[LineKey, WaveId]:
        """The wave of each line."""
        return {key: batch.wave for batch in self.batches for key in batch.lines}

    @property
    def van_of_settled(self) -> dict[LineKey, VehicleId]:
        """The van that begins with each settled line."""
        return {k: van for van, stops in self.beginnings.items() for stop in stops for k in stop}

    @property
    def ready(self) -> dict[LineKey, Seconds]:
        """When each line may leave; express lines leave no sooner than they were ordered."""
        ready = {key: batch.ready for batch in self.batches for key in batch.lines}
        for key, moment in ready.items():
            line = self.problem.lines[key]
            if is_express(self.problem, line):
                ready[key] = max(moment, line.ordered_s or 0)
        return ready | dict(self.express)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridResult:
    """The last-mile routes of one grid and the lines left out, with reasons."""

    grid: SiteId
    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]


def restrict(
    problem: Problem, grid: SiteId, keys: Sequence[LineKey], collects: Sequence[Collect] = ()
) -> Problem:
    """Cut a problem down to one grid, so that a process gets no more than it needs."""
    lines = {key: problem.lines[key] for key in keys}
    wanted = {line.site for line in lines.values()} | {one.site for one in collects} | {grid}
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
        collects={one.key: one for one in collects},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Batches whose waves have the same traffic, in order; vans that wait drive later."""

    batches: tuple[Batch, ...]
    waiting: frozenset[VehicleId] = frozenset()

    @property
    def waves(self) -> tuple[WaveId, ...]:
        return tuple(dict.fromkeys(batch.wave for batch in self.batches))

    @property
    def lines(self) -> tuple[LineKey, ...]:
        return tuple(key for batch in self.batches for key in batch.lines)


@dataclass(slots=True)
class _Day:
    """What has been decided so far: where each van stands in its day, and its trips."""

    free_from: dict[VehicleId, Seconds]
    trips: dict[VehicleId, int]
    pause_s: Mapping[VehicleId, Seconds]
    routes: list[Route] = field(default_factory=list)
    too_warm: set[LineKey] = field(default_factory=set)

    def record(self, result: PassResult) -> None:
        for route in result.routes:
            self.trips[route.vehicle] += 1
            free = route.returns + self.pause_s[route.vehicle]
            self.free_from[route.vehicle] = max(free, self.free_from[route.vehicle])
        self.routes.extend(result.routes)
        self.too_warm.update(result.too_warm)


def plan_grid(task: GridTask) -> GridResult:
    """Plan the last mile of one grid.

    Stretches follow each other, so vans that an early one wastes are missing in a later one. Where
    a day of several leaves lines out under an iteration limit, it is planned once more under
    another seed, and the day that leaves the lesser lines is kept.
    """
    day, left = _planned(task)
    if left and _may_do_better(task):
        other = _planned(replace(task, seed=task.seed + OTHER_SEED))
        day, left = min((day, left), other, key=lambda planned: _missed_cents(task, planned[1]))
    return GridResult(
        grid=task.grid,
        routes=tuple(day.routes),
        unserved=_explained(task, day, left),
    )


def _may_do_better(task: GridTask) -> bool:
    # Under seconds a search as long as people wait for is not as short-sighted, and has no more.
    return task.limit.iterations is not None and not task.limit.halted and len(_stretches(task)) > 1


def _missed_cents(task: GridTask, left: Sequence[Freight]) -> Cents:
    return sum(task.drop_cents[line.key] for line in left)


def _planned(task: GridTask) -> tuple[_Day, list[Freight]]:
    """Plan one stretch after another, and give the day with the lines that it leaves out."""
    day = _Day(
        free_from=_free_from(task),
        trips={key: task.underway.trips.get(key, 0) for key in task.problem.vehicles},
        pause_s={key: pause_s(task.problem, van) for key, van in task.problem.vehicles.items()},
    )
    total = sum(len(batch.lines) for batch in task.batches)
    left: list[Freight] = list(task.problem.collects.values())
    stretches = _stretches(task)
    for number, stretch in enumerate(stretches, 1):
        lines = [*left, *(task.problem.lines[key] for key in stretch.lines)]
        waiting = _waiting(task, stretches[number:])
        held_back = [line for line in lines if task.van_of_settled.get(line.key) in waiting]
        lines = [line for line in lines if task.van_of_settled.get(line.key) not in waiting]
        # Empties wait for goods that are brought anyway.
        if lines_in(lines) or (lines and stretch is stretches[-1]):
            limit = task.limit.share(min(1.0, len(lines) / max(1, total)))
            now = replace(stretch, waiting=waiting)
            lines = _plan_stretch(task, day, now, lines, limit)
        left = [*held_back, *lines]
    return day, left


def _waiting(task: GridTask, later: Sequence[_Stretch]) -> frozenset[VehicleId]:
    """Give the vans that do not drive yet, as goods of their beginning come with a later wave."""
    ahead = {key for stretch in later for key in stretch.lines}
    return frozenset(van for key, van in task.van_of_settled.items() if key in ahead)


def _stretches(task: GridTask) -> list[_Stretch]:
    """Put batches that follow each other and have the same traffic together.

    The late goods of a wave begin a stretch of their own: those that are there must not be told
    to wait for them because one van is cheaper than two.
    """
    groups: list[list[Batch]] = []
    for batch in task.batches:
        last = groups[-1][-1] if groups else None
        if last is None or last.wave == batch.wave or _factor(task, last) != _factor(task, batch):
            groups.append([])
        groups[-1].append(batch)
    return [_Stretch(batches=tuple(group)) for group in groups]


def _factor(task: GridTask, batch: Batch) -> float:
    """Give the traffic of a batch's wave."""
    return task.problem.travel.factor(task.problem.wave(batch.wave).departs)


def _free_from(task: GridTask) -> dict[VehicleId, Seconds]:
    vans = task.problem.vehicles.items()
    return {key: task.underway.free_from(van, pause_s(task.problem, van)) for key, van in vans}


def _plan_stretch(
    task: GridTask,
    day: _Day,
    stretch: _Stretch,
    lines: list[Freight],
    limit: Limit,
) -> list[Freight]:
    """Plan lines with the waves of a stretch and give those it leaves."""
    moments = _moments(task, stretch, lines)
    left = lines
    for number, share in enumerate(PASS_SHARES):
        earliest = min((moments[line.key] for line in left), default=0)
        slots = _slots(task, day, earliest, own_only=number == 0)
        slots = [slot for slot in slots if slot.vehicle.id not in stretch.waiting]
        if not slots or not left:
            continue
        result = run_pass(
            Pass(
                problem=task.problem,
                waves=stretch.waves,
                lines=tuple(left),
                ready=moments,
                wave_of=task.wave_of,
                slots=tuple(slots),
                drop_cents=task.drop_cents,
                travel=task.travel,
                engine=task.engine,
                limit=limit.share(share),
                seed=task.seed + number,
                delayed=number > 0,
                pins=task.pins,
                beginnings={
                    van: stops
                    for van, stops in task.beginnings.items()
                    if day.trips[van] == task.underway.trips.get(van, 0)
                },
            )
        )
        day.record(result)
        done = {key for route in result.routes for key in _done(route)}
        left = [line for line in left if line.key not in done]
    return left


def _moments(task: GridTask, stretch: _Stretch, lines: Sequence[Freight]) -> dict[LineKey, Seconds]:
    """Say when each line may leave; nothing but express goods does before the day's first wave.

    Express goods that an earlier stretch left over wait for this one, whose traffic they drive in.
    """
    first = task.problem.wave(stretch.waves[0]).departs
    of_day = min(task.problem.waves, key=lambda wave: wave.departs).id in stretch.waves
    ready = task.ready
    return {
        line.key: ready[line.key]
        if of_day and line.key in task.express
        else max(ready.get(line.key, 0), first)
        for line in lines
    }


def _done(route: Route) -> list[LineKey]:
    return [item.key for stop in route.stops for item in (*stop.delivers, *stop.collects)]


def _slots(task: GridTask, day: _Day, earliest: Seconds, *, own_only: bool) -> list[Slot]:
    """Give the vans that may still leave."""
    problem = task.problem
    slots = []
    for vehicle in problem.vehicles.values():
        if own_only and vehicle.owner != OWN:
            continue
        available = max(day.free_from[vehicle.id], earliest)
        zones = zones_carried(vehicle) & zones_kept(problem, vehicle)
        trips_left = vehicle.max_trips - day.trips[vehicle.id]
        if available < vehicle.shift.closes and zones and trips_left > 0:
            slots.append(
                Slot(
                    vehicle=vehicle,
                    available=available,
                    trip=day.trips[vehicle.id] + 1,
                    zones=zones,
                    max_duration_s=keeping_time_s(problem, vehicle),
                    trips_left=trips_left,
                    pause_s=day.pause_s[vehicle.id],
                    ice_g=ice_reserve_g(problem, vehicle),
                )
            )
    return slots


def _explained(task: GridTask, day: _Day, left: Sequence[Freight]) -> tuple[Unserved, ...]:
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
        ready=task.ready,
        ride_s={kind: _by_site(out, out.durations(speed)[0]) for kind, speed in speeds.items()},
        back_s={kind: _by_site(out, back.durations(speed)[:, 0]) for kind, speed in speeds.items()},
        too_warm=frozenset(day.too_warm),
        pins=task.pins,
        trips_before=task.underway.trips,
        free_from=_free_from(task),
        round_trip_m=_by_site(out, out.distance_m[0] + back.distance_m[:, 0]),
    )
    return tuple(explain(account, line) for line in left)


def _by_site(matrix: TravelMatrix, seconds: IntArray) -> dict[SiteId, Seconds]:
    ways = zip(matrix.destinations, seconds.tolist(), strict=True)
    return {site: second for site, second in ways if second != UNREACHABLE}
