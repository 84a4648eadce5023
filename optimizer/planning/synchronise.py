"""The day as a whole: territories, trucks and vans, made to fit each other in time and in goods.

The echelons meet twice. Waves tell linehaul when goods must be sorted; linehaul answers when
they are, and no van leaves before. Vans then say which lines they serve; trucks carry those and
no others, and may not come later for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, VehicleId
from optimizer.domain.limit import Limit
from optimizer.domain.orders import Collect
from optimizer.domain.plan import Route, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.units import SECONDS_PER_MINUTE, Cents, Seconds
from optimizer.planning.calls import Calls, calls_of, keep
from optimizer.planning.collecting import CollectsByGrid, collects_by_grid
from optimizer.planning.desk import Desk, Listener, Means, Progress, Teller
from optimizer.planning.drop_charge import dearest_round_trip_cents, drop_charges
from optimizer.planning.haulage import follow, haul
from optimizer.planning.held_day import HeldDay, riding
from optimizer.planning.last_mile import Batch, GridResult, GridTask, plan_grid, restrict
from optimizer.planning.linehaul.demand import Call, LinehaulPlan
from optimizer.planning.point_rooms import beyond_point_rooms
from optimizer.planning.stock import is_express
from optimizer.planning.territories import assign
from optimizer.planning.whole_orders import with_whole_orders

__all__ = ["DayRoutes", "Listener", "Means", "Progress", "plan_day"]

TERRITORY_SHARE = 0.05
LAST_MILE_SHARE = 0.72

LONGEST_WAIT_S = 30 * SECONDS_PER_MINUTE
"""Goods that are there wait this long for others of their wave; for longer ones they leave."""

BROUGHT_OUTBIDS = 10
"""How many of the dearest lines a line outbids that a truck brings whatever vans do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRoutes:
    """The routes of both echelons and the lines left out."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    dearest_round_trip_cents: Cents


def plan_day(problem: Problem, means: Means, held: HeldDay | None = None) -> DayRoutes:
    """Plan both echelons of a day, around what stays of it."""
    stays = HeldDay(stock=problem.stock) if held is None else held
    dearest = dearest_round_trip_cents(problem, means.travel)
    charges = drop_charges(problem, [*problem.lines, *problem.collects], dearest)
    asked = stays.open_part(problem)
    opened = _without(problem, riding(stays.routes))
    spoilt = with_whole_orders(opened, [*stays.refused, *_loaded_too_warm(asked)])
    fit = _without(asked, {item.key for item in spoilt})
    coming = [problem.lines[key] for key in sorted(riding(stays.routes) & problem.lines.keys())]
    homeless = with_whole_orders(fit, beyond_point_rooms(fit, _firm(charges, stays), coming))
    usable = _without(fit, {item.key for item in homeless})
    desk = Desk(
        whole=problem,
        problem=usable,
        trucks=stays.for_trucks(usable),
        held=stays,
        means=means,
        charges=charges,
    )
    calls, unplaced = _calls(desk)
    linehaul, left_by_trucks = haul(desk, calls)
    teller = Teller(desk)
    teller.tell("linehaul", (1, 1), linehaul.routes)
    left = with_whole_orders(usable, [*unplaced, *left_by_trucks])
    in_vain = len(left) > len(unplaced) + len(left_by_trucks)
    calls = keep(calls, {item.key for item in left})
    taking, stranded = collects_by_grid(desk, calls)
    left += [*spoilt, *homeless, *stranded]
    results = _last_mile(desk, _tasks(desk, calls, linehaul, taking), teller)
    vans = [route for result in results for route in result.routes]
    unserved = [item for result in results for item in result.unserved]
    if unserved or in_vain:
        linehaul = follow(desk, vans, linehaul)
    fixed_trucks, fixed_vans = _by_echelon(stays.routes)
    return DayRoutes(
        routes=(*fixed_trucks, *linehaul.routes, *fixed_vans, *vans),
        unserved=_in_file_order(problem, [*left, *unserved]),
        dearest_round_trip_cents=dearest,
    )


def _by_echelon(routes: Sequence[Route]) -> tuple[list[Route], list[Route]]:
    trucks = [route for route in routes if route.echelon is Echelon.LINEHAUL]
    return trucks, [route for route in routes if route.echelon is not Echelon.LINEHAUL]


def _calls(desk: Desk) -> tuple[Calls, list[Unserved]]:
    """Give every open line its grid and its wave, or the reason why it has none."""
    held, means = desk.held, desk.means
    view = held.for_territories(desk.problem, desk.whole)
    territories = assign(
        view,
        means.travel,
        leaving_cents=desk.charges,
        seed=means.seed,
        limit=means.limit.share(TERRITORY_SHARE),
    )
    lines_of = territories.lines_of(view)
    if held.bound:
        lines_of = held.with_bound(desk.problem, lines_of)
    # The view gives points their grids; lines are handed on as they were asked.
    asked = {
        grid: [desk.problem.lines[line.key] for line in lines] for grid, lines in lines_of.items()
    }
    calls = calls_of(desk.problem, means.travel, asked, held.underway.earliest)
    return calls, list(territories.unserved)


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


def _last_mile(desk: Desk, tasks: Sequence[GridTask], teller: Teller) -> list[GridResult]:
    """Plan every grid, the largest first so that no core waits for it at the end."""
    futures: dict[Future[GridResult], SiteId] = {}
    for task in sorted(tasks, key=lambda each: -len(each.problem.lines)):
        futures[desk.means.executor.submit(plan_grid, task)] = task.grid
    results: dict[SiteId, GridResult] = {}
    for future in as_completed(futures):
        result = results[futures[future]] = future.result()
        teller.tell("last mile", (len(results), len(tasks)), result.routes)
    return [results[task.grid] for task in tasks]


def _tasks(
    desk: Desk, calls: Calls, linehaul: LinehaulPlan, taking: CollectsByGrid
) -> list[GridTask]:
    problem, means = desk.problem, desk.means
    total = sum(len(keys) for keys in calls.values()) or 1
    trucked = riding(linehaul.routes, Echelon.LINEHAUL)
    tasks = []
    for number, grid in enumerate(dict.fromkeys((*(grid for grid, _ in calls), *taking))):
        keys = [key for (at, _), group in calls.items() if at == grid for key in group]
        tasks.append(
            GridTask(
                problem=restrict(problem, grid, keys, taking.get(grid, ())),
                grid=grid,
                batches=_batches(desk, grid, calls, linehaul.ready, trucked),
                drop_cents=_drop_cents(desk, keys, taking.get(grid, ())),
                travel=means.travel,
                engine=means.engine,
                limit=_grid_limit(means, len(keys) / total),
                seed=means.seed * 1000 + number,
                pins=_pins(desk, keys, taking.get(grid, ())),
                underway=desk.held.underway,
                express=_express(desk, keys, trucked),
                beginnings={
                    van: stops
                    for van, stops in desk.held.beginnings.items()
                    if problem.vehicles[van].home == grid
                },
            )
        )
    return tasks


def _pins(
    desk: Desk, keys: Sequence[LineKey], collects: Sequence[Collect]
) -> dict[LineKey, VehicleId]:
    asked = (*keys, *(one.key for one in collects))
    return {key: desk.held.pins[key] for key in asked if key in desk.held.pins}


def _express(desk: Desk, keys: Sequence[LineKey], trucked: Set[LineKey]) -> dict[LineKey, Seconds]:
    """Say which lines wait for no wave, as all of their goods lie at the grid, and until when."""
    lines = [desk.problem.lines[key] for key in keys if key not in trucked]
    earliest = desk.held.underway.earliest
    return {
        line.key: max(line.ordered_s or 0, desk.held.there_at.get(line.key, 0), earliest)
        for line in lines
        if is_express(desk.problem, line)
    }


def _batches(
    desk: Desk,
    grid: SiteId,
    calls: Calls,
    ready: Mapping[Call, Seconds],
    trucked: Set[LineKey],
) -> tuple[Batch, ...]:
    """Say which lines of a grid may leave when.

    Goods that are there wait for goods that come, unless that is long: a late order must not hold
    up a whole wave.
    """
    batches = []
    for wave in sorted(desk.problem.waves, key=lambda each: each.departs):
        call, there_at = (grid, wave.id), desk.held.there_at
        due = max(wave.departs, desk.held.underway.earliest)
        keys = calls.get(call, ())
        there = tuple(key for key in keys if key not in trucked)
        early = max([due, *(there_at.get(key, 0) for key in there)])
        late = max([due, ready.get(call, 0), *(there_at.get(key, 0) for key in keys)])
        if there and late - early > LONGEST_WAIT_S:
            coming = tuple(key for key in keys if key in trucked)
            batches.append(Batch(wave=wave.id, ready=early, lines=there))
            batches.append(Batch(wave=wave.id, ready=late, lines=coming))
        else:
            batches.append(Batch(wave=wave.id, ready=late, lines=keys))
    return tuple(batches)


def _drop_cents(
    desk: Desk, keys: Sequence[LineKey], collects: Sequence[Collect]
) -> dict[LineKey, Cents]:
    """Price leaving lines and collects of a grid out."""
    asked = (*keys, *(one.key for one in collects))
    return _firm({key: desk.charges[key] for key in asked}, desk.held)


def _firm(charges: Mapping[LineKey, Cents], stays: HeldDay) -> dict[LineKey, Cents]:
    """Let goods that trucks bring in any case outbid all that are not."""
    dearest = max(charges.values(), default=0)
    brought = [key for key in stays.brought if key in charges]
    return {**charges, **{key: charges[key] + BROUGHT_OUTBIDS * dearest for key in brought}}


def _grid_limit(means: Means, weight: float) -> Limit:
    """Share seconds out by weight over the cores; iterations are given to every grid alike."""
    if means.limit.seconds is None:
        return means.limit
    return means.limit.share(LAST_MILE_SHARE * min(1.0, means.workers * weight))


def _in_file_order(problem: Problem, unserved: Sequence[Unserved]) -> tuple[Unserved, ...]:
    place = {key: number for number, key in enumerate([*problem.lines, *problem.collects])}
    return tuple(sorted(unserved, key=lambda item: place[item.key]))
