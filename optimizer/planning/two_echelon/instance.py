"""The question: a depot, satellites, customers, two kinds of vehicles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Visits = tuple[int, ...]
"""Customers by their place in ``demands``, in the order of a visit."""

VanRoute = tuple[int, Visits]
"""A satellite, counted from 0, and whom a city vehicle visits from there."""

Loads = tuple[int, ...]
"""What leaves each satellite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Vehicles of one echelon; numbers are maxima.

    Parameters
    ----------
    per_site
        Most vehicles at one satellite; for trucks, at the depot.
    """

    number: int
    per_site: int
    capacity: int
    unit_cost: float
    fixed_cost: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TwoEchelonInstance:
    """One instance.

    Parameters
    ----------
    satellites
        How many there are: nodes 1 to ``satellites``.
    handling
        Cost per unit at each satellite.
    demands
        Per customer.
    distances
        Between all nodes.
    """

    name: str
    trucks: Kind
    vans: Kind
    satellites: int
    handling: tuple[float, ...]
    demands: tuple[int, ...]
    distances: npt.NDArray[np.float64]

    @property
    def customers(self) -> range:
        """The nodes of the customers."""
        return range(1 + self.satellites, 1 + self.satellites + len(self.demands))

    def demand(self, node: int) -> int:
        """Give the demand of a customer's node."""
        return self.demands[node - 1 - self.satellites]

    @property
    def fewest_vans(self) -> int:
        """Fewer city vehicles than this cannot carry the demand."""
        return -(-sum(self.demands) // self.vans.capacity)

    @property
    def is_carried(self) -> bool:
        """Say whether vehicles of both echelons hold the whole demand."""
        trucks, vans, demand = self.trucks, self.vans, sum(self.demands)
        number = min(vans.number, vans.per_site * self.satellites)
        fits = max(self.demands) <= vans.capacity
        return fits and demand <= min(trucks.number * trucks.capacity, number * vans.capacity)

    def loads_of(self, routes: list[VanRoute]) -> Loads:
        """Sum up what routes take from each satellite."""
        loads = [0] * self.satellites
        for site, visits in routes:
            loads[site] += sum(self.demands[customer] for customer in visits)
        return tuple(loads)

    def radial_prices(self) -> npt.NDArray[np.float64]:
        """Price a unit at each satellite as its share of a full truck's round trip."""
        out = self.distances[0, 1 : self.satellites + 1]
        return np.asarray(2 * out * self.trucks.unit_cost / self.trucks.capacity)
