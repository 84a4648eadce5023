"""The words of ``placement``: points with their loads, the grids they may go to, the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.domain.ids import LineKey
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import LARGEST_SUM, PER_THOUSAND, Cents, Grams, Millilitres

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

NOWHERE = -1
UNLIMITED = LARGEST_SUM


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """One line as a load; ``zone`` is the column of its zone."""

    key: LineKey
    zone: int
    volume_ml: Millilitres
    mass_g: Grams
    drop_cents: Cents


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PlacementCase:
    """Points that need a grid.

    Parameters
    ----------
    loads
        The lines of each point.
    grids
        Candidate grids of each point, the nearest first, with ``NOWHERE`` in idle places; shape
        (points, candidates); every point has at least one.
    distance_m
        From those grids to the point, same shape.
    capacity_ml
        Room per grid and zone, ``UNLIMITED`` where there is no limit.
    """

    loads: tuple[tuple[Load, ...], ...]
    grids: IntArray
    distance_m: IntArray
    capacity_ml: IntArray

    def volume_ml(self) -> IntArray:
        """Add up the demand per point and zone."""
        volume = np.zeros((len(self.loads), self.capacity_ml.shape[1]), dtype=np.int64)
        for point, loads in enumerate(self.loads):
            for load in loads:
                volume[point, load.zone] += load.volume_ml
        return volume

    def kilogram_metres(self) -> FloatArray:
        """Price every choice by mass times distance; infinite where there is none."""
        mass = np.array([sum(load.mass_g for load in loads) for loads in self.loads])
        cost = mass[:, None] / PER_THOUSAND * self.distance_m
        return np.where(self.grids == NOWHERE, np.inf, cost)

    def contested(self, volume: IntArray) -> BoolArray:
        """Say which grid and zone would overflow if all who may come came; shape of capacity."""
        return overfull(self.capacity_ml, volume, self.grids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """The column of ``PlacementCase.grids`` that each point takes, and the lines left out."""

    columns: tuple[int, ...]
    left: frozenset[LineKey] = frozenset()


def overfull(capacity_ml: IntArray, volume: IntArray, grids: IntArray) -> BoolArray:
    """Say which grid and zone overflow if each point brings its demand to all grids of its row."""
    demand = np.zeros_like(capacity_ml)
    for column in grids.T:
        np.add.at(demand, column[column != NOWHERE], volume[column != NOWHERE])
    return np.greater(demand, capacity_ml)
