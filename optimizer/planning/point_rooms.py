"""What a pickup point has room for: its floor per zone, and its locker cells.

Every line goes to its own point whatever the routes are, so what does not fit there is known before
anything is planned: lines are chosen by what leaving them costs, as a knapsack per point and zone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from optimizer.domain.ids import LineKey, OrderId
from optimizer.domain.network import Site
from optimizer.domain.orders import Mode, OrderLine
from optimizer.domain.plan import Unserved, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import Cents, ceil_div, thousands

FINEST = 2000
"""A room is divided into at most so many units; a line takes whole units, rounded up."""


def beyond_point_rooms(
    problem: Problem,
    charges: Mapping[LineKey, Cents],
    taken: Sequence[OrderLine] = (),
) -> list[Unserved]:
    """Choose the lines to leave out because their pickup points have no room for all.

    Parameters
    ----------
    problem
        The lines to choose from.
    charges
        What leaving each of them out costs.
    taken
        Lines that come in any case, and take their room first.
    """
    left: dict[LineKey, Unserved] = {}
    for site, zone, lines in _by_room(problem):
        there = [line for line in taken if line.site == site.id and _needs_room(line, zone)]
        for item in _without_cells(site, zone, lines, there, charges):
            left[item.key] = item
        lying = [line for line in lines if line.key not in left]
        for item in _without_floor(site, zone, lying, there, charges):
            left[item.key] = item
    return [left[key] for key in problem.lines if key in left]


def _needs_room(line: OrderLine, zone: Zone) -> bool:
    """Say whether a line lies at its point until a household comes."""
    return line.zone is zone and line.mode is Mode.PICKUP


def _by_room(problem: Problem) -> Iterator[tuple[Site, Zone, list[OrderLine]]]:
    """Give the lines that share a limited room."""
    groups: dict[tuple[str, Zone], list[OrderLine]] = {}
    for line in problem.lines.values():
        site = problem.sites[line.site]
        limited = line.zone in site.capacity_ml or line.zone in site.cells
        if limited and line.mode is Mode.PICKUP:
            groups.setdefault((line.site, line.zone), []).append(line)
    for (name, zone), group in groups.items():
        yield problem.sites[name], zone, group


def _without_cells(
    site: Site,
    zone: Zone,
    lines: Sequence[OrderLine],
    there: Sequence[OrderLine],
    charges: Mapping[LineKey, Cents],
) -> Iterator[Unserved]:
    """Leave out whole orders for which no locker cells are left; orders share no cell."""
    cells = site.cells.get(zone)
    if cells is None:
        return
    free = cells - sum(cells_of(site, group) for group in _by_order(there).values())
    orders = _by_order(lines)
    worth = [sum(charges[line.key] for line in group) for group in orders.values()]
    need = [cells_of(site, group) for group in orders.values()]
    kept = best_fit(worth, need, free)
    for (order, group), wanted, fits in zip(orders.items(), need, kept, strict=True):
        for line in () if fits else group:
            detail = (
                f"{site.id} has {cells} {zone.value} locker cells of {thousands(site.cell_ml):g} l;"
                f" order {order} needs {wanted}, and other orders cost more to leave out"
            )
            yield Unserved(key=line.key, reason=UnservedReason.LOCKER, detail=detail)


def _without_floor(
    site: Site,
    zone: Zone,
    lines: Sequence[OrderLine],
    there: Sequence[OrderLine],
    charges: Mapping[LineKey, Cents],
) -> Iterator[Unserved]:
    """Leave out lines for which a point has no litres left."""
    room = site.capacity_ml.get(zone)
    if room is None:
        return
    free = room - sum(line.volume_ml for line in there)
    kept = best_fit([charges[line.key] for line in lines], [ln.volume_ml for ln in lines], free)
    for line, fits in zip(lines, kept, strict=True):
        if not fits:
            detail = (
                f"{site.id} has room for {thousands(room):g} l of {zone.value} goods a day, which"
                f" go to lines that cost more to leave out; this line needs"
                f" {thousands(line.volume_ml):g} l"
            )
            yield Unserved(key=line.key, reason=UnservedReason.SITE_CAPACITY, detail=detail)


def _by_order(lines: Sequence[OrderLine]) -> dict[OrderId, list[OrderLine]]:
    orders: dict[OrderId, list[OrderLine]] = {}
    for line in lines:
        orders.setdefault(line.key.order, []).append(line)
    return orders


def cells_of(site: Site, lines: Sequence[OrderLine]) -> int:
    """Count the locker cells that the lines of one order and zone need."""
    return ceil_div(sum(line.volume_ml for line in lines), site.cell_ml)


def best_fit(worth: Sequence[int], need: Sequence[int], room: int) -> list[bool]:
    """Choose what fits into a room and is worth most together: a knapsack by dynamic programming.

    Needs are rounded up to the two-thousandth part of a room that is larger than that, so the
    choice always fits.

    Parameters
    ----------
    worth, need
        Of each thing, in one unit each.
    room
        In the unit of ``need``.

    Returns
    -------
    list
        Whether each thing is chosen.
    """
    if sum(need) <= room:
        return [True for _ in need]
    unit = max(1, ceil_div(max(room, 0), FINEST))
    units = max(room, 0) // unit
    best: npt.NDArray[np.int64] = np.zeros(units + 1, dtype=np.int64)
    takes = np.zeros((len(need), units + 1), dtype=np.bool_)
    sizes = [ceil_div(each, unit) for each in need]
    for row, (value, size) in enumerate(zip(worth, sizes, strict=True)):
        if size <= units:
            with_it = best[: units + 1 - size] + value
            takes[row, size:] = with_it > best[size:]
            best[size:] = np.maximum(best[size:], with_it)
    chosen = [False for _ in need]
    left = units
    for row in range(len(need) - 1, -1, -1):
        if takes[row, left]:
            chosen[row] = True
            left -= sizes[row]
    return chosen
