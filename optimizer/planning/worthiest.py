"""What a fleet that is too small should carry: the lines that cost most to leave for their room.

Routing solvers choose jobs one by one and rarely give up one large job for three small ones.
The choice is a knapsack over all vans together, with one row per capacity dimension:

    maximise  sum_i drop_i x_i   subject to  sum_i load_i,d x_i <= sum_v capacity_v,d,  0 <= x <= 1

Its linear relaxation splits at most as many lines as there are rows (Kellerer, Pferschy and
Pisinger, Knapsack Problems, 2004, section 9), so it is as good as the integer answer here. The
lines it takes are routed first; the others may fill what gaps remain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.orders import OrderLine
from optimizer.domain.units import Cents
from optimizer.planning.compartments import Slot, room_of
from optimizer.planning.jobs import NO_PINS, load_of
from optimizer.planning.linehaul.linear import LinearProgram

BEYOND_ANY_ROOM = 1e6
"""Load of any line in a zone for which no slot has room."""
FILLED = 0.97
"""Share of all room that is planned full; steps of bulkheads and odd sizes leave the rest."""
TAKEN = 0.5
"""A line of which the relaxation takes at least this share is routed first."""


def worthiest(
    lines: Sequence[OrderLine],
    slots: Sequence[Slot],
    drop_cents: Mapping[LineKey, Cents],
    pins: Mapping[LineKey, VehicleId] = NO_PINS,
) -> frozenset[LineKey]:
    """Choose the lines that all slots together should carry.

    The lines pinned to a vehicle share its room besides, which is among the slots.
    """
    named = set(pins.values())
    rooms: dict[VehicleId | None, tuple[int, ...]] = {
        slot.vehicle.id: _room_of_trips(slot) for slot in slots if slot.vehicle.id in named
    }
    rooms[None] = tuple(sum(column) for column in zip(*map(_room_of_trips, slots), strict=True))
    program = LinearProgram()
    rows = {name: [program.row(0.0, FILLED) for _ in room] for name, room in rooms.items()}
    for line in lines:
        share = program.variable(cost=-float(drop_cents[line.key]), upper=1.0)
        for name in dict.fromkeys((None, pins.get(line.key))):
            for row, room, load in zip(rows[name], rooms[name], load_of([line]), strict=True):
                if load:
                    program.put(row, share, load / room if room else BEYOND_ANY_ROOM)
    taken = program.solve()
    return frozenset(line.key for line, share in zip(lines, taken, strict=True) if share >= TAKEN)


def is_short(lines: Sequence[OrderLine], slots: Sequence[Slot]) -> bool:
    """Say whether all slots together are too small for all lines, in any dimension."""
    rooms = [sum(column) for column in zip(*map(_room_of_trips, slots), strict=True)]
    return any(load > FILLED * room for load, room in zip(load_of(lines), rooms, strict=True))


def _room_of_trips(slot: Slot) -> tuple[int, ...]:
    """Give what a slot could carry on all of its trips, if it had the time."""
    return tuple(room * slot.trips_left for room in room_of(slot))
