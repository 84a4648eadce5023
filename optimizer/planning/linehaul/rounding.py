"""Shares of amounts as whole numbers that add up exactly and overfill nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import Any

from ortools.graph.python import max_flow

from optimizer.domain.temperature import Zone

Column = tuple[int, Zone | None]
"""What holds the shares: a trip, or one compartment of it."""


def whole_numbers(
    amounts: Sequence[int],
    shares: Sequence[Mapping[Column, float]],
    rooms: Mapping[Column, int],
) -> list[dict[Column, int] | None]:
    """Divide each amount by its shares into integers; None where that cannot be done.

    Every part is first rounded down. What is missing to the amount is a transport problem from
    amounts to columns with room; as the shares respect the rooms, it has an integer solution.
    An amount without shares is None.
    """
    parts: list[dict[Column, int] | None] = []
    left = dict(rooms)
    for amount, row in zip(amounts, shares, strict=True):
        # The nudge undoes what a linear program loses on a share that is whole.
        down = {column: floor(amount * share + 1e-6) for column, share in row.items()}
        parts.append(down if row else None)
        for column, part in down.items():
            left[column] -= part
    missing = {
        row: amounts[row] - sum(down.values())
        for row, down in enumerate(parts)
        if down is not None and amounts[row] != sum(down.values())
    }
    for number, column, extra in _sent(missing, parts, left):
        made = parts[number]
        assert made is not None
        made[column] += extra
        missing[number] -= extra
    for number, wanting in missing.items():
        if wanting:
            parts[number] = None
    return parts


def _sent(
    missing: Mapping[int, int],
    parts: Sequence[Mapping[Column, int] | None],
    left: Mapping[Column, int],
) -> list[tuple[int, Column, int]]:
    """Send what is missing to columns with room, as a largest flow."""
    # Its bindings carry no annotations.
    flow: Any = max_flow.SimpleMaxFlow()
    source, sink = 0, 1
    node_of: dict[Column, int] = {}
    arcs: list[tuple[int, int, Column]] = []
    for number, (row, amount) in enumerate(missing.items(), start=2):
        flow.add_arc_with_capacity(source, number, amount)
        for column in parts[row] or {}:
            node = node_of.setdefault(column, 2 + len(missing) + len(node_of))
            arcs.append((flow.add_arc_with_capacity(number, node, amount), row, column))
    for column, node in node_of.items():
        flow.add_arc_with_capacity(node, sink, max(0, left[column]))
    if not arcs or flow.solve(source, sink) != flow.OPTIMAL:
        return []
    return [(row, column, flow.flow(arc)) for arc, row, column in arcs if flow.flow(arc)]
