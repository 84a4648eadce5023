"""What linehaul need not carry, because it lies at the grid warehouse already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from optimizer.domain.ids import ArticleId, LineKey, SiteId, WaveId
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Delivery
from optimizer.domain.problem import Problem
from optimizer.domain.units import Grams, Millilitres

LinesByCall = Mapping[tuple[SiteId, WaveId], Sequence[LineKey]]
"""The lines that leave a grid warehouse with a wave."""


def carried(problem: Problem, lines: LinesByCall) -> Mapping[LineKey, Delivery]:
    """Say what trucks must bring of each line once the stock at its grid warehouse is given out.

    Stock goes to express lines first, then to the earliest wave, in it to the highest priority,
    then by key. A line
    takes as much as neither its mass nor its volume finds wanting; both are covered in the same
    proportion and rounded down, so covered and carried add up to the line and the stock is never
    overdrawn. A line that stock covers whole is absent from the answer.
    """
    left: dict[tuple[SiteId, ArticleId], tuple[Grams, Millilitres]] = {}
    for stock in problem.stock:
        mass_g, volume_ml = left.get((stock.site, stock.article), (0, 0))
        left[stock.site, stock.article] = (mass_g + stock.mass_g, volume_ml + stock.volume_ml)
    rest: dict[LineKey, Delivery] = {}
    for grid, line in _in_order(problem, lines):
        there = left.get((grid, line.article), (0, 0))
        mass_g, volume_ml = _covered(line, *there)
        left[grid, line.article] = (there[0] - mass_g, there[1] - volume_ml)
        if (mass_g, volume_ml) != (line.mass_g, line.volume_ml):
            rest[line.key] = Delivery(
                key=line.key,
                zone=line.zone,
                mass_g=line.mass_g - mass_g,
                volume_ml=line.volume_ml - volume_ml,
            )
    return rest


def _in_order(problem: Problem, lines: LinesByCall) -> Iterator[tuple[SiteId, OrderLine]]:
    departs = {wave.id: wave.departs for wave in problem.waves}
    claims = [
        (not is_express(problem, problem.lines[key]), departs[wave], *_rank(problem, key), grid)
        for (grid, wave), keys in lines.items()
        for key in keys
    ]
    for *_, key, grid in sorted(claims):
        yield grid, problem.lines[key]


def _rank(problem: Problem, key: LineKey) -> tuple[int, LineKey]:
    return -problem.lines[key].priority, key


def is_express(problem: Problem, line: OrderLine) -> bool:
    """Say whether a line waits for no wave where its goods lie at the grid."""
    return problem.promises[line.promise].express


def _covered(line: OrderLine, mass_g: Grams, volume_ml: Millilitres) -> tuple[Grams, Millilitres]:
    """Give the part of a line that this much stock covers, in exact proportion."""
    if mass_g >= line.mass_g and volume_ml >= line.volume_ml:
        return line.mass_g, line.volume_ml
    # The scarcer dimension decides: compare mass_g / line.mass_g with volume_ml / line.volume_ml
    # without dividing. The one chosen is wanting, hence its line quantity is not zero.
    if volume_ml >= line.volume_ml or mass_g * line.volume_ml < volume_ml * line.mass_g:
        return mass_g, line.volume_ml * mass_g // line.mass_g
    return line.mass_g * volume_ml // line.volume_ml, volume_ml
