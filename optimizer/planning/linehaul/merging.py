"""Waves whose goods come together: one demand per grid and group of consecutive waves.

Goods of a later wave may come with an earlier one and wait in the cold room of the grid. The
choice of tours lets them ride along where that pays, but where much is to be won it finds more
among fewer demands. So the waves are also merged outright, in a handful of ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from optimizer.domain.ids import SiteId, WaveId
from optimizer.domain.problem import Problem
from optimizer.planning.linehaul.demand import GridDemand

Groups = tuple[tuple[WaveId, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """Demands as a choice of tours is to see them.

    Parameters
    ----------
    demands
        One per grid and group of waves.
    first
        For each of them the first of the demands that it was made of.
    """

    demands: tuple[GridDemand, ...]
    first: tuple[int, ...]


def in_order_of_waves(problem: Problem, demands: Sequence[GridDemand]) -> tuple[GridDemand, ...]:
    """Put the demands of earlier waves first, and leave out those that want nothing."""
    waves = sorted(problem.waves, key=lambda wave: wave.departs)
    rank = {wave.id: number for number, wave in enumerate(waves)}
    wanted = [demand for demand in demands if demand.deliveries]
    return tuple(sorted(wanted, key=lambda demand: rank[demand.wave]))


def mergings(demands: Sequence[GridDemand]) -> list[Merged]:
    """Give the ways of merging worth a try: all waves together, each alone, and two groups.

    ``demands`` has the earlier waves first. Where no two waves share a grid there is one way.
    """
    waves = tuple(dict.fromkeys(demand.wave for demand in demands))
    ways: list[Groups] = [(waves,), tuple((wave,) for wave in waves)]
    ways += [(waves[:cut], waves[cut:]) for cut in range(1, len(waves))]
    found: dict[tuple[tuple[int, ...], ...], Merged] = {}
    for way in ways:
        members = _members(demands, way)
        found.setdefault(members, _merged(demands, members))
    return list(found.values())


def _members(demands: Sequence[GridDemand], way: Groups) -> tuple[tuple[int, ...], ...]:
    group_of = {wave: number for number, group in enumerate(way) for wave in group}
    members: dict[tuple[int, SiteId], list[int]] = {}
    for index, demand in enumerate(demands):
        members.setdefault((group_of[demand.wave], demand.grid), []).append(index)
    return tuple(tuple(group) for group in members.values())


def _merged(demands: Sequence[GridDemand], members: tuple[tuple[int, ...], ...]) -> Merged:
    return Merged(
        demands=tuple(together([demands[index] for index in group]) for group in members),
        first=tuple(group[0] for group in members),
    )


def together(demands: Sequence[GridDemand]) -> GridDemand:
    """Make one demand of several of one grid, the earliest wave first."""
    latest = [demand.latest for demand in demands if demand.latest is not None]
    return replace(
        demands[0],
        deliveries=tuple(part for demand in demands for part in demand.deliveries),
        due=min(demand.due for demand in demands),
        latest=min(latest, default=None),
    )
