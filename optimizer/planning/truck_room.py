"""What all trucks together cannot bring: left out before tours are chosen, cheapest first.

The choice of tours looks at grids, not at lines; with too few trucks it would leave whole grids
empty. The knapsack of ``worthiest`` looks at every line of the day instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Delivery, Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES
from optimizer.domain.units import Cents, thousands
from optimizer.planning.compartments import Slot, room_of, zones_carried
from optimizer.planning.jobs import load_of
from optimizer.planning.worthiest import is_short, worthiest


def beyond_all_trucks(
    problem: Problem,
    carried: Mapping[LineKey, Delivery],
    leaving_cents: Mapping[LineKey, Cents],
) -> list[Unserved]:
    """Choose the lines to leave out because all trips of all trucks are too small for the day.

    Parameters
    ----------
    problem
        The day.
    carried
        What trucks must bring of each line.
    leaving_cents
        What it costs to leave a line.
    """
    trips = _trips(problem)
    parts = [
        replace(problem.lines[key], mass_g=part.mass_g, volume_ml=part.volume_ml)
        for key, part in carried.items()
    ]
    if not trips or not parts or not is_short(parts, trips):
        return []
    chosen = worthiest(parts, trips, leaving_cents)
    detail = _shortage(parts, trips)
    return [
        Unserved(key=part.key, reason=UnservedReason.LINEHAUL, detail=detail)
        for part in parts
        if part.key not in chosen
    ]


def _trips(problem: Problem) -> list[Slot]:
    """Give every trip that a truck may make."""
    return [
        Slot(
            vehicle=truck,
            available=truck.shift.opens,
            trip=trip,
            zones=zones_carried(truck),
        )
        for truck in problem.vehicles.values()
        if truck.echelon is Echelon.LINEHAUL
        for trip in range(1, truck.max_trips + 1)
    ]


def _shortage(parts: Sequence[OrderLine], trips: Sequence[Slot]) -> str:
    """Say in which dimension the trucks are fullest."""
    names = ["kg", *(f"l of {zone.value} goods" for zone in ZONES), "l"]
    rooms = [sum(column) for column in zip(*map(room_of, trips), strict=True)]
    rows = list(zip(names, load_of(parts), rooms, strict=True))
    name, load, room = max(rows, key=lambda row: row[1] / max(1, row[2]))
    return (
        f"all {len(trips)} truck trips together take {thousands(room):,.0f} {name},"
        f" {thousands(load):,.0f} are wanted; this was among the lines that cost least to leave"
    )
