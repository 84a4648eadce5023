"""Calls: what leaves one grid warehouse with one wave. Both echelons are planned call by call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey, SiteId, WaveId
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem
from optimizer.domain.travel_matrix import UNREACHABLE
from optimizer.domain.units import Seconds
from optimizer.planning.linehaul.demand import Call
from optimizer.planning.stock import is_express
from optimizer.planning.waves import lines_by_wave
from optimizer.planning.whole_orders import order_at
from optimizer.travel.provider import TravelProvider

Calls = Mapping[Call, tuple[LineKey, ...]]


def keep(calls: Calls, left: set[LineKey]) -> Calls:
    """Take lines out of calls; a call without lines goes."""
    kept = {call: tuple(key for key in keys if key not in left) for call, keys in calls.items()}
    return {call: keys for call, keys in kept.items() if keys}


def calls_of(
    problem: Problem,
    travel: TravelProvider,
    lines_of: Mapping[SiteId, Sequence[OrderLine]],
    earliest: Seconds = 0,
) -> Calls:
    """Give every line of a grid its wave; a wave before the earliest moment leaves at it."""
    waves = tuple(replace(wave, departs=max(wave.departs, earliest)) for wave in problem.waves)
    later = replace(problem, waves=waves)
    calls: dict[Call, tuple[LineKey, ...]] = {}
    for grid, lines in lines_of.items():
        rides = _rides(problem, travel, grid, [line.site for line in lines])
        groups = lines_by_wave(later, _waiting(problem, grid, lines), rides)
        for line in _at_once(problem, grid, lines):
            groups[_last_gone(later, line)].append(line)
        for wave, group in groups.items():
            if group:
                calls[grid, wave] = tuple(line.key for line in group)
    return calls


def _at_once(problem: Problem, grid: SiteId, lines: Sequence[OrderLine]) -> list[OrderLine]:
    """Give the express lines whose article lies at a grid: they wait for no wave."""
    there = {stock.article for stock in problem.stock if stock.site == grid}
    ready = [line for line in lines if line.article in there and is_express(problem, line)]
    if not problem.orders_together:
        return ready
    keys = {line.key for line in ready}
    waiting = {order_at(line) for line in lines if line.key not in keys}
    return [line for line in ready if order_at(line) not in waiting]


def _waiting(problem: Problem, grid: SiteId, lines: Sequence[OrderLine]) -> list[OrderLine]:
    gone = {line.key for line in _at_once(problem, grid, lines)}
    return [line for line in lines if line.key not in gone]


def _last_gone(problem: Problem, line: OrderLine) -> WaveId:
    """Give the last wave that has left when a line is ordered, or the first."""
    ordered = sorted(problem.waves, key=lambda wave: wave.departs)
    gone = [wave for wave in ordered if wave.departs <= (line.ordered_s or 0)]
    return gone[-1].id if gone else ordered[0].id


def _rides(
    problem: Problem, travel: TravelProvider, grid: SiteId, points: Sequence[SiteId]
) -> dict[SiteId, Seconds]:
    """Give the driving time from a grid to its points for its fastest vans, traffic left out."""
    sites = [problem.sites[point] for point in dict.fromkeys(points)]
    matrix = travel.matrix([problem.sites[grid]], sites)
    types = [
        van.type
        for van in problem.vehicles.values()
        if van.home == grid and van.echelon is Echelon.LAST_MILE
    ]
    speed = max((problem.travel.speed_kmh[kind] for kind in types), default=25.0)
    seconds = matrix.durations(speed)[0].tolist()
    return {
        site: 0 if ride == UNREACHABLE else ride
        for site, ride in zip(matrix.destinations, seconds, strict=True)
    }
