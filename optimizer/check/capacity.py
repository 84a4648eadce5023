"""What fits: compartments, bulkheads, payload, boxes, warehouses, and who may carry cold goods."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import ceil

from optimizer.check.facts import Facts, JudgedRoute, Load, at
from optimizer.domain.fleet import Box, Cooling, Echelon, layout_is_legal
from optimizer.domain.ids import SiteId
from optimizer.domain.plan import Violation
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import COLD_ZONES, Zone
from optimizer.domain.units import PER_THOUSAND, Grams, ceil_div

ROUNDING_DIGITS = 6
"""A product of decimal fractions may pass the whole number that it is; so far it is rounded."""


def capacity(facts: Facts) -> Iterator[Violation]:
    """Judge what is loaded where."""
    for one in facts.judged:
        yield from _loads(facts.problem, one)
        yield from _boxes(facts.problem, one)
        if not layout_is_legal(one.vehicle, one.route.compartments):
            yield Violation(code="bulkhead", where=one.route.id, amount=1.0)
        yield from _carrier(one)
    yield from _grids(facts)


def _fullest(one: JudgedRoute) -> tuple[dict[Zone, int], int]:
    """Give the largest volume per zone and the largest mass on the way, empties included."""
    on_board: dict[Zone, Load] = defaultdict(Load)
    for stop in one.route.stops:
        for item in stop.delivers:
            on_board[item.zone].add(item)
    most = {zone: load.volume_ml for zone, load in on_board.items()}
    heaviest = sum(load.mass_g for load in on_board.values())
    for stop in one.route.stops:
        for item in stop.delivers:
            on_board[item.zone].add(item, -1)
        for item in stop.collects:
            on_board[item.zone].add(item)
        for zone, load in on_board.items():
            most[zone] = max(most.get(zone, 0), load.volume_ml)
        heaviest = max(heaviest, sum(load.mass_g for load in on_board.values()))
    return most, heaviest


def _loads(problem: Problem, one: JudgedRoute) -> Iterator[Violation]:
    most, heaviest = _fullest(one)
    heaviest += ice_g(problem, one)
    for zone, volume in most.items():
        over = volume - one.route.compartments.get(zone, 0)
        if over > 0:
            where = at(one.route, zone=zone)
            yield Violation(code="zone_capacity", where=where, amount=float(over))
    if heaviest > one.vehicle.payload_g:
        over = heaviest - one.vehicle.payload_g
        yield Violation(code="payload", where=one.route.id, amount=float(over))


def loaded_ml(one: JudgedRoute) -> dict[Zone, int]:
    """Give the volume per zone at departure."""
    volume: dict[Zone, int] = defaultdict(int)
    for stop in one.route.stops:
        for item in stop.delivers:
            volume[item.zone] += item.volume_ml
    return volume


def boxes_needed(problem: Problem, one: JudgedRoute) -> dict[Zone, int]:
    """Count the boxes that the load at departure fills; empty for a cooled body."""
    box = problem.body(one.vehicle).box
    if one.vehicle.cooling is not Cooling.BOXES or box is None:
        return {}
    return {zone: ceil_div(ml, box.volume_ml) for zone, ml in loaded_ml(one).items()}


def ice_per_box_kg(one: JudgedRoute, zone: Zone, box: Box) -> float:
    """Give the ice in each box of a zone; where a route states none, its boxes are full of it.

    A route states its ice as kilograms over all boxes of a zone.
    """
    stated = next((load for load in one.route.boxes if load.zone is zone and load.count), None)
    return box.ice_kg if stated is None else stated.ice_kg / stated.count


def ice_g(problem: Problem, one: JudgedRoute) -> Grams:
    """Weigh the ice on board; melted it weighs the same, so it counts on the whole way."""
    box = problem.body(one.vehicle).box
    needed = boxes_needed(problem, one)
    if box is None or not needed:
        return 0
    counts = needed | {load.zone: load.count for load in one.route.boxes}
    full_kg = sum(
        count * ice_per_box_kg(one, zone, box)
        for zone, count in counts.items()
        if zone in box.melt_c
    )
    return ceil(round(full_kg * PER_THOUSAND, ROUNDING_DIGITS))


def _boxes(problem: Problem, one: JudgedRoute) -> Iterator[Violation]:
    """Find zones whose stated boxes are too few; a route that states none may take any number."""
    stated = {load.zone: load.count for load in one.route.boxes}
    box = problem.body(one.vehicle).box
    for zone, count in boxes_needed(problem, one).items():
        if box is not None and stated.get(zone, count) < count:
            over = loaded_ml(one)[zone] - stated[zone] * box.volume_ml
            where = at(one.route, zone=zone) + "/boxes"
            yield Violation(code="zone_capacity", where=where, amount=float(over))


def _carrier(one: JudgedRoute) -> Iterator[Violation]:
    if one.vehicle.live_temperature:
        return
    lines = {
        item.key for stop in one.route.stops for item in stop.delivers if item.zone in COLD_ZONES
    }
    if lines:
        yield Violation(code="carrier", where=one.route.id, amount=float(len(lines)))


def _grids(facts: Facts) -> Iterator[Violation]:
    """Compare a day's litres per zone with the room of each grid warehouse."""
    through: dict[tuple[SiteId, Zone], int] = defaultdict(int)
    for one in facts.judged:
        if one.route.echelon is Echelon.LAST_MILE:
            for zone, volume in loaded_ml(one).items():
                through[one.route.start_site, zone] += volume
    for (grid, zone), volume in through.items():
        room = facts.problem.sites[grid].capacity_ml.get(zone)
        if room is not None and volume > room:
            where = f"{grid}/{zone.value}"
            yield Violation(code="grid_capacity", where=where, amount=float(volume - room))
