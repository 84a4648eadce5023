"""Which batches a vehicle had on board, from when to when, and by which way they had come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from api.road.day import Day, Visit
from api.road.on_board import BACK_AFTER, LOADED_BEFORE
from api.road.progress import LineProgress
from api.services.asking_the_monitor import to_ms
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route
from optimizer.domain.units import SECONDS_PER_HOUR
from telemetry.export.batches import Batch, Stay


def batches_on_board(day: Day, routes: Sequence[Route], until_ms: int) -> Iterator[Batch]:
    """Give the goods of some trips that were loaded, in the order of the stops.

    Goods are on board from half an hour before the planned departure, when they are armed, until
    their hand-over; without a report of one until the vehicle is back.

    Parameters
    ----------
    day
        The plan with its events.
    routes
        The trips.
    until_ms
        The first instant that has not happened yet, or is not asked about.
    """
    for route in routes:
        loaded = day.plan.horizon.instant(route.departs) - LOADED_BEFORE
        if to_ms(loaded) >= until_ms:
            continue
        back = end_of_ride(day, route)
        for visit in day.route_visits(route.id):
            for line in visit.progress.lines.values():
                ends = back if line.handed_at is None else max(loaded, line.handed_at)
                on_board = Stay(
                    asset=route.vehicle, from_ms=to_ms(loaded), to_ms=min(until_ms, to_ms(ends))
                )
                yield _batch(day, visit, line, on_board)


def end_of_ride(day: Day, route: Route) -> datetime:
    """Say from when on nothing of a trip is on board: an hour after its planned return.

    A vehicle that hands over still later is not empty before it has.
    """
    planned = day.plan.horizon.instant(route.returns) + BACK_AFTER
    handed = (
        line.handed_at
        for visit in day.route_visits(route.id)
        for line in visit.progress.lines.values()
        if line.handed_at is not None
    )
    return max([planned, *handed])


def _batch(day: Day, visit: Visit, line: LineProgress, on_board: Stay) -> Batch:
    known = day.problem.lines.get(line.key)
    return Batch(
        route=visit.route.id,
        site=visit.stop.site,
        order=line.key.order,
        line=line.key.line,
        article="" if known is None else known.article,
        batch=None if known is None else known.batch,
        zone=line.zone,
        on_board=on_board,
        is_handed_over=line.handed_at is not None,
        left_by_clock_h=_left_by_clock_h(day, line.key, on_board.from_ms),
        ways=tuple(_ways(day, visit.route, line.key, on_board.from_ms)),
    )


def _ways(day: Day, route: Route, key: LineKey, loaded_ms: int) -> Iterator[tuple[Stay, ...]]:
    """Give by which trucks a van's line came, and how long it then waited in the grid's room.

    What no truck brings lies there since the plan's start.
    """
    if route.echelon is not Echelon.LAST_MILE:
        return
    horizon, grid = day.plan.horizon, route.start_site
    brought = [one for one in day.visits_of(key, Echelon.LINEHAUL) if one.stop.site == grid]
    for visit in brought:
        came = visit.progress.lines[key].handed_at or horizon.instant(visit.stop.departs)
        came_ms = min(to_ms(came), loaded_ms)
        left_ms = min(to_ms(horizon.instant(visit.route.departs) - LOADED_BEFORE), came_ms)
        yield (
            Stay(asset=visit.route.vehicle, from_ms=left_ms, to_ms=came_ms),
            Stay(asset=grid, from_ms=came_ms, to_ms=loaded_ms),
        )
    if not brought:
        yield (Stay(asset=grid, from_ms=min(to_ms(horizon.start), loaded_ms), to_ms=loaded_ms),)


def _left_by_clock_h(day: Day, key: LineKey, loaded_ms: int) -> float | None:
    """Give what the clock leaves at loading; the order's figure is of the plan's start."""
    line = day.problem.lines.get(key)
    if line is None or line.shelf_life_left_s is None:
        return None
    passed_s = (loaded_ms - to_ms(day.plan.horizon.start)) / 1000
    return (line.shelf_life_left_s - passed_s) / SECONDS_PER_HOUR
