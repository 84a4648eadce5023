"""The day as a whole: territories, trucks and vans, made to fit each other in time and in goods.

The echelons meet twice. Waves tell linehaul when goods must be sorted; linehaul answers when
they are, and no van leaves before. Vans then say which lines they serve; trucks carry those and
no others, and may not come later for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from dataclasses import dataclass, replace

from optimizer.domain.ids import LineKey, SiteId
from optimizer.domain.limit import Limit
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Delivery, Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import Cents, Seconds
from optimizer.engines.engine import Engine
from optimizer.planning.calls import Calls, calls_of, keep
from optimizer.planning.drop_charge import dearest_round_trip_cents, drop_charges
from optimizer.planning.last_mile import GridResult, GridTask, plan_grid, restrict
from optimizer.planning.linehaul.demand import Call, GridDemand, LinehaulPlan
from optimizer.planning.linehaul.plan import plan_linehaul
from optimizer.planning.product_temperature import broken_lines, with_predictions
from optimizer.planning.stock import carried
from optimizer.planning.territories import assign
from optimizer.planning.truck_room import beyond_all_trucks
from optimizer.travel.provider import TravelProvider

TERRITORY_SHARE = 0.05
LINEHAUL_SHARE = 0.1
LAST_MILE_SHARE = 0.72


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a plan is: the stage, parts done of all, and the cents decided so far."""

    stage: str
    done: int
    of: int
    decided_cents: Cents


Listener = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What planning works with.

    Parameters
    ----------
    workers
        Grids planned at a time; changes how seconds are shared out, never an iteration plan.
    """

    travel: TravelProvider
    engine: Engine
    limit: Limit
    seed: int
    executor: Executor
    workers: int
    listener: Listener


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every step of a day needs: the problem, the means, and what a dropped line costs."""

    problem: Problem
    means: Means
    charges: Mapping[LineKey, Cents]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoutes:
    """The routes of both echelons and the lines left out."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    dearest_round_trip_cents: Cents


def plan_day(problem: Problem, means: Means) -> DayRoutes:
    """Plan both echelons of a day."""
    dearest = dearest_round_trip_cents(problem, means.travel)
    charges = drop_charges(problem, problem.lines, dearest)
    spoilt = _loaded_too_warm(problem)
    usable = _without(problem, {item.key for item in spoilt})
    limit = means.limit.share(TERRITORY_SHARE)
    territories = assign(usable, means.travel, leaving_cents=charges, seed=means.seed, limit=limit)
    calls = calls_of(usable, means.travel, territories.lines_of(usable))
    desk = _Desk(problem=usable, means=means, charges=charges)
    beyond = beyond_all_trucks(usable, carried(usable, calls), charges)
    calls = keep(calls, {item.key for item in beyond})
    linehaul, too_warm = _linehaul(desk, calls)
    means.listener(_progress("linehaul", 1, 1, linehaul.routes))
    left = [*spoilt, *territories.unserved, *beyond, *linehaul.unserved, *too_warm]
    calls = keep(calls, {item.key for item in left})
    results = _last_mile(desk, calls, linehaul)
    vans = [route for result in results for route in result.routes]
    unserved = [item for result in results for item in result.unserved]
    if unserved:
        linehaul = _follow(desk, vans, linehaul)
    return DayRoutes(
        routes=(*linehaul.routes, *vans),
        unserved=_in_file_order(problem, [*left, *unserved]),
        dearest_round_trip_cents=dearest,
    )


def _loaded_too_warm(problem: Problem) -> list[Unserved]:
    """Refuse lines that are out of their band before they are loaded."""
    refused = []
    for line in problem.lines.values():
        band = problem.policies[line.zone].product
        loading = problem.loading_c(line)
        if loading not in band:
            detail = f"loaded at {loading:g} °C, outside the {line.zone.value} product band"
            refused.append(Unserved(key=line.key, reason=UnservedReason.TEMPERATURE, detail=detail))
    return refused


def _without(problem: Problem, keys: set[LineKey]) -> Problem:
    if not keys:
        return problem
    kept = {key: line for key, line in problem.lines.items() if key not in keys}
    return replace(problem, lines=kept)


def _demands(
    problem: Problem, calls: Calls, latest: Mapping[Call, Seconds] | None = None
) -> list[GridDemand]:
    """Say what trucks must bring to each grid for each wave, and by when."""
    rest = carried(problem, calls)
    demands = []
    for call, keys in calls.items():
        grid, wave = call
        deliveries = tuple(rest[key] for key in keys if key in rest)
        if deliveries:
            due = problem.wave(wave).departs - problem.sites[grid].sorting_s
            last = None if latest is None else latest[call] - problem.sites[grid].sorting_s
            demands.append(
                GridDemand(grid=grid, wave=wave, deliveries=deliveries, due=due, latest=last)
            )
    return demands


def _linehaul(desk: _Desk, calls: Calls) -> tuple[LinehaulPlan, list[Unserved]]:
    """Plan the trucks; lines whose product would not keep on the truck are taken out."""
    too_warm: list[Unserved] = []
    while True:
        kept = keep(calls, {item.key for item in too_warm})
        plan = _trucks(desk, _demands(desk.problem, kept))
        broken = broken_lines(plan.routes).lines
        if not broken:
            return plan, too_warm
        too_warm += [_spoilt_on_truck(desk.problem, key) for key in sorted(broken)]


def _spoilt_on_truck(problem: Problem, key: LineKey) -> Unserved:
    zone = problem.lines[key].zone
    detail = (
        f"the product would leave the {zone.value} band on the truck, loaded at"
        f" {problem.loading_c(problem.lines[key]):g} °C with {problem.ambient_c:g} °C outside"
    )
    return Unserved(key=key, reason=UnservedReason.TEMPERATURE, detail=detail)


def _trucks(desk: _Desk, demands: Sequence[GridDemand]) -> LinehaulPlan:
    """Plan linehaul and predict what the goods go through on the trucks."""
    ends = desk.problem.sites_of(SiteKind.CENTRAL) + desk.problem.sites_of(SiteKind.GRID)
    plan = plan_linehaul(
        desk.problem,
        desk.means.travel.matrix(ends, ends),
        demands,
        leaving_cents=desk.charges,
        seed=desk.means.seed,
        limit=desk.means.limit.share(LINEHAUL_SHARE),
    )
    return replace(plan, routes=tuple(with_predictions(desk.problem, r) for r in plan.routes))


def _last_mile(desk: _Desk, calls: Calls, linehaul: LinehaulPlan) -> list[GridResult]:
    """Plan every grid, the largest first so that no core waits for it at the end."""
    means = desk.means
    tasks = _tasks(desk, calls, linehaul.ready)
    futures: dict[Future[GridResult], SiteId] = {}
    for task in sorted(tasks, key=lambda each: -len(each.problem.lines)):
        futures[means.executor.submit(plan_grid, task)] = task.grid
    results: dict[SiteId, GridResult] = {}
    for future in as_completed(futures):
        results[futures[future]] = future.result()
        routes = [*linehaul.routes, *(r for result in results.values() for r in result.routes)]
        means.listener(_progress("last mile", len(results), len(tasks), routes))
    return [results[task.grid] for task in tasks]


def _tasks(desk: _Desk, calls: Calls, ready: Mapping[Call, Seconds]) -> list[GridTask]:
    problem, means = desk.problem, desk.means
    total = sum(len(keys) for keys in calls.values())
    tasks = []
    for number, grid in enumerate(dict.fromkeys(grid for grid, _ in calls)):
        lines = {wave: keys for (at, wave), keys in calls.items() if at == grid}
        keys = [key for group in lines.values() for key in group]
        tasks.append(
            GridTask(
                problem=restrict(problem, grid, keys),
                grid=grid,
                lines=lines,
                ready={
                    wave.id: max(wave.departs, ready.get((grid, wave.id), 0))
                    for wave in problem.waves
                },
                drop_cents={key: desk.charges[key] for key in keys},
                travel=means.travel,
                engine=means.engine,
                limit=_grid_limit(means, len(keys) / total),
                seed=means.seed * 1000 + number,
            )
        )
    return tasks


def _grid_limit(means: Means, weight: float) -> Limit:
    """Share seconds out by weight over the cores; iterations are given to every grid alike."""
    if means.limit.seconds is None:
        return means.limit
    return means.limit.share(LAST_MILE_SHARE * min(1.0, means.workers * weight))


def _follow(desk: _Desk, vans: Sequence[Route], before: LinehaulPlan) -> LinehaulPlan:
    """Plan the trucks anew for the lines that vans serve, no later than the vans leave.

    Where that fails or is no cheaper, the trucks stay and leave the other lines behind. A line may
    have moved to a later wave, so what counts is the wave that its van drives with.
    """
    latest: dict[Call, Seconds] = {}
    served: dict[Call, tuple[LineKey, ...]] = {}
    for van in vans:
        call = (van.start_site, van.wave)
        latest[call] = min(van.departs, latest.get(call, van.departs))
        keys = (delivery.key for stop in van.stops for delivery in stop.delivers)
        served[call] = (*served.get(call, ()), *keys)
    after = _trucks(desk, _demands(desk.problem, served, latest))
    stay = _staying(before.routes, {key for group in served.values() for key in group})
    fits = not after.unserved and not broken_lines(after.routes).lines
    if fits and _cents(after.routes) <= _cents(stay):
        return after
    return replace(before, routes=tuple(with_predictions(desk.problem, r) for r in stay))


def _staying(routes: Sequence[Route], keys: set[LineKey]) -> tuple[Route, ...]:
    """Leave lines behind; trucks that bring nothing any more stay at home."""
    lighter = [_carrying(route, keys) for route in routes]
    busy = {route.vehicle for route in lighter if any(stop.delivers for stop in route.stops)}
    return tuple(route for route in lighter if route.vehicle in busy)


def _carrying(route: Route, keys: set[LineKey]) -> Route:
    """Take lines off a truck, which still drives and calls as planned."""

    def kept(deliveries: Sequence[Delivery]) -> tuple[Delivery, ...]:
        return tuple(delivery for delivery in deliveries if delivery.key in keys)

    stops = tuple(replace(stop, delivers=kept(stop.delivers)) for stop in route.stops)
    return replace(route, stops=stops)


def _cents(routes: Sequence[Route]) -> Cents:
    return sum(route.cost_cents for route in routes)


def _progress(stage: str, done: int, of: int, routes: Sequence[Route]) -> Progress:
    return Progress(stage=stage, done=done, of=of, decided_cents=_cents(routes))


def _in_file_order(problem: Problem, unserved: Sequence[Unserved]) -> tuple[Unserved, ...]:
    place = {key: number for number, key in enumerate(problem.lines)}
    return tuple(sorted(unserved, key=lambda item: place[item.key]))
