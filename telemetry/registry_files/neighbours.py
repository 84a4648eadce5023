"""What points.csv says of bulkheads: which point is behind one, and how fast warmth passes it."""

from __future__ import annotations

from collections.abc import Mapping

from telemetry.registry import Point
from telemetry.registry_files.cells import Row, nearest, number, shown

LEAST_H, MOST_H = 0.1, 1000.0
"""Two spaces that exchange their warmth faster are one space."""


def beside_h(row: Row) -> float:
    """Read the time constant of a bulkhead in hours; 0 where none is declared."""
    hours = row.read("beside_h", number, 0.0)
    named, timed = row.text("beside"), row.text("beside_h")
    if bool(named) is not bool(timed):
        row.refuse("CG-8012", "beside, beside_h: one of them is empty")
    elif timed and not LEAST_H <= hours <= MOST_H:
        row.refuse("CG-8012", f"beside_h: {hours:g} is not between {LEAST_H:g} and {MOST_H:g}")
    return hours


def check_neighbours(points: Mapping[str, tuple[Point, Row]]) -> None:
    """Refuse neighbours that are not there, or have no air."""
    for point, row in points.values():
        if not point.beside:
            continue
        if point.zone is None or point.beside == point.id:
            row.refuse("CG-8015", f"beside: {shown(point.id)} can have no such neighbour")
            continue
        known = [name for name, (other, _) in points.items() if other.zone is not None]
        if point.beside not in known:
            words = f"{shown(point.beside)} is no compartment or room"
            row.refuse("CG-8015", f"beside: {words}{nearest(point.beside, known)}")
