"""What the first level costs at least when a unit that leaves a satellite is worth something.

A case says which satellites each truck may reach. Every solution drives the tours of some case, so
a bound that holds for each case holds for every solution. Where the cases are too many to list,
one case stands for all: trucks are then paid by the unit, each satellite at its share of a full
truck's round trip, which no tour undercuts where distances keep the triangle inequality.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement
from math import comb, inf

import numpy as np
import numpy.typing as npt

from optimizer.planning.two_echelon.instance import TwoEchelonInstance
from optimizer.planning.two_echelon.tours import members, shortest_tours

Floats = npt.NDArray[np.float64]

MOST_CASES = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TruckCases:
    """Cases of the first level.

    Parameters
    ----------
    satellites
        How many there are.
    costs
        What the tours of each case cost at least.
    sets
        Cases by trucks: the satellites a truck may reach, as bits; 0 is no truck.
    fills
        What trucks hold when one after the other is filled with the whole demand.
    unit_costs
        What bringing a unit to each satellite costs besides.
    """

    satellites: int
    costs: Floats
    sets: npt.NDArray[np.int64]
    fills: Floats
    unit_costs: Floats

    def at_least(self, prices: Floats) -> Floats:
        """Bound each case where a unit costs so much at each satellite.

        All of the demand is brought, in whole trucks but the last, so that the cheapest way is to
        fill the trucks in the order of the cheapest satellite that each may reach.
        """
        cheapest = np.full(1 << self.satellites, inf)
        for site, price in enumerate(prices + self.unit_costs):
            cheapest[1 << site : 2 << site] = np.minimum(cheapest[: 1 << site], price)
        rates = np.sort(cheapest[self.sets], axis=1)[:, : len(self.fills)]
        return self.costs + rates @ self.fills

    def reached(self, case: int) -> list[list[int]]:
        """Give the satellites of each truck of a case."""
        return [members(int(sites)) for sites in self.sets[case] if sites]


def cases_of(instance: TwoEchelonInstance) -> TruckCases:
    """List the cases of an instance, or give the one that stands for all."""
    trucks, demand = instance.trucks, sum(instance.demands)
    fewest = -(-demand // trucks.capacity)
    every = (1 << instance.satellites) - 1
    number = sum(comb(every + used - 1, used) for used in range(fewest, trucks.number + 1))
    if number > MOST_CASES:
        return TruckCases(
            satellites=instance.satellites,
            costs=np.array([float(fewest * trucks.fixed_cost)]),
            sets=np.array([[every]]),
            fills=np.array([float(demand)]),
            unit_costs=instance.radial_prices(),
        )
    tours = shortest_tours(instance)
    found = [
        (*chosen, *[0] * (trucks.number - used))
        for used in range(fewest, trucks.number + 1)
        for chosen in combinations_with_replacement(range(1, every + 1), used)
    ]
    filled = [min(trucks.capacity, demand - place * trucks.capacity) for place in range(fewest)]
    cost_of = np.array([0.0, *(tours[sites].cost for sites in range(1, every + 1))])
    sets = np.array(found)
    return TruckCases(
        satellites=instance.satellites,
        costs=cost_of[sets].sum(axis=1),
        sets=sets,
        fills=np.array(filled, dtype=float),
        unit_costs=np.zeros(instance.satellites),
    )
