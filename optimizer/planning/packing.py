"""A first load for a fleet that is too small: the large lines, packed before any route is known.

Local search moves one job at a time and finds no room for a large one once small ones lie
everywhere. Packed first, in the order of a sweep around the grid and each where least room
remains, the large ones are in, and the small ones find their gaps (best fit decreasing:
Johnson et al., SIAM Journal on Computing 3(4), 1974).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import atan2

from optimizer.domain.ids import LineKey, VehicleId
from optimizer.domain.network import Site
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem
from optimizer.planning.compartments import Slot, capacity_of
from optimizer.planning.freight import Freight
from optimizer.planning.itinerary import Itinerary
from optimizer.planning.jobs import NO_PINS, load_of

LARGE_SHARE = 10
"""A line is large when it takes more than one part in this many of the roomiest body."""


@dataclass(slots=True)
class _Hold:
    """A van being loaded."""

    slot: Slot
    room: list[int]
    lines: list[OrderLine] = field(default_factory=list)

    def takes(self, load: Sequence[int]) -> bool:
        return all(need <= left for need, left in zip(load, self.room, strict=True))

    def load(self, line: OrderLine) -> None:
        self.lines.append(line)
        self.room = [left - need for left, need in zip(self.room, load_of([line]), strict=True)]


def pack_large(
    problem: Problem,
    lines: Sequence[OrderLine],
    slots: Sequence[Slot],
    pins: Mapping[LineKey, VehicleId] = NO_PINS,
) -> list[Itinerary]:
    """Load the large ones of these lines; what finds no room is not in the answer.

    A pinned line is loaded into its own van alone.
    """
    roomiest = max(slot.vehicle.body_ml for slot in slots)
    large = [line for line in lines if line.volume_ml * LARGE_SHARE > roomiest]
    grid = problem.sites[slots[0].vehicle.home]
    holds = [_Hold(slot=slot, room=list(capacity_of(slot))) for slot in slots]
    for line in sorted(
        large,
        key=lambda each: (-_size_class(each, roomiest), *_turn(problem, grid, each), each.key),
    ):
        load = load_of([line])
        best = min(
            (hold for hold in holds if _may(hold, pins.get(line.key)) and hold.takes(load)),
            key=lambda hold: (not _calls_at(hold, line), hold.room[-1], hold.slot.vehicle.id),
            default=None,
        )
        if best is not None:
            best.load(line)
    return [
        Itinerary(
            slot=hold.slot,
            lines=tuple(sorted(hold.lines, key=lambda line: _turn(problem, grid, line))),
        )
        for hold in holds
        if hold.lines
    ]


def _may(hold: _Hold, pin: VehicleId | None) -> bool:
    return pin is None or hold.slot.vehicle.id == pin


def _size_class(line: OrderLine, roomiest: int) -> int:
    """Give the size in tenths of the roomiest body."""
    return line.volume_ml * LARGE_SHARE // roomiest


def _calls_at(hold: _Hold, line: OrderLine) -> bool:
    return any(loaded.site == line.site for loaded in hold.lines)


def _turn(problem: Problem, grid: Site, line: Freight) -> tuple[float, str]:
    """Give the direction from the grid, so that a van's calls lie along a sweep."""
    site = problem.sites[line.site]
    return (atan2(site.lat - grid.lat, site.lon - grid.lon), site.id)
