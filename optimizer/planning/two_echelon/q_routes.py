"""The cheapest routes of a relaxation: customers may come twice, but never with one other between.

A q-route leaves a satellite, hands over the whole demand of each customer it meets, each time it
meets it, and returns with no more than a vehicle holds in all. Every route is a q-route, so that
a bound over all q-routes holds for all routes. The cheapest is found by dynamic programming over
the load and the last customer; a best path and the best with another customer before the last are
kept, which is what it takes to forbid ``a b a`` (Christofides, Mingozzi and Toth 1981,
Mathematical Programming 20). Time grows as satellites x capacity x customers squared.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, inf

import numpy as np
import numpy.typing as npt

from optimizer.planning.two_echelon.instance import TwoEchelonInstance, VanRoute

Floats = npt.NDArray[np.float64]

BEST, SECOND = 0, 1
"""The best path to a state, and the best with another customer before the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedRoutes:
    """What a pricing has found.

    Parameters
    ----------
    least
        The least reduced cost of any q-route per satellite.
    routes
        For each satellite and last customer the best q-route, where it is below the bound asked.
    """

    least: Floats
    routes: list[VanRoute]


class QRoutes:
    """The q-routes of one instance, each of whose customers wants something."""

    def __init__(self, instance: TwoEchelonInstance) -> None:
        self._instance = instance
        self._unit = gcd(*instance.demands)
        self._capacity = instance.vans.capacity // self._unit
        self._demands = np.array(instance.demands) // self._unit
        first, sites = instance.customers.start, instance.satellites
        ways = instance.vans.unit_cost * instance.distances
        among = ways[first:, first:].copy()
        np.fill_diagonal(among, inf)
        out = ways[1:first, first:]
        into = np.broadcast_to(among.T[:, None, :], (len(among), sites, len(among)))
        self._into = np.concatenate([into, out.T[:, :, None]], axis=2)
        """Ways to each customer: customers by satellites by where from, the satellite last."""
        self._back = ways[first:, 1:first].T
        """Ways back: satellites by customers."""

    @staticmethod
    def states(instance: TwoEchelonInstance) -> int:
        """Count what a pricing looks at: loads by satellites by customers."""
        loads = instance.vans.capacity // gcd(*instance.demands)
        return loads * instance.satellites * len(instance.demands)

    def cost(self, route: VanRoute) -> float:
        """Price ways, vehicle and handling of a q-route."""
        instance, (site, visits) = self._instance, route
        first = instance.customers.start
        path = [site + 1, *(first + customer for customer in visits), site + 1]
        length = float(instance.distances[path[:-1], path[1:]].sum())
        load = sum(instance.demands[customer] for customer in visits)
        fixed = instance.vans.fixed_cost + instance.handling[site] * load
        return instance.vans.unit_cost * length + fixed

    def priced(self, worth: Floats, unit: Floats, *, start: Floats, below: float) -> PricedRoutes:
        """Find the q-routes of the least reduced costs.

        Parameters
        ----------
        worth
            What serving each customer is worth.
        unit
            What a unit is worth at each satellite; handling is not in it.
        start
            What a vehicle is worth at each satellite.
        below
            Routes are given whose reduced cost is below this.
        """
        handed = np.array(self._instance.handling) - unit
        demands = np.array(self._instance.demands)
        gain = handed[None, :] * demands[:, None] - worth[:, None]
        costs, before = self._filled(self._into + gain[:, :, None])
        closed = costs[BEST, :-1, :, :-1] + self._back[None]
        loads = closed.argmin(axis=0)
        least = np.take_along_axis(closed, loads[None], axis=0)[0]
        least += self._instance.vans.fixed_cost - start[:, None]
        routes = [
            (int(site), self._traced(before, int(site), int(loads[site, last]), int(last)))
            for site, last in np.argwhere(least < below)
        ]
        return PricedRoutes(least=least.min(axis=1), routes=routes)

    def _filled(self, steps: Floats) -> tuple[Floats, npt.NDArray[np.int16]]:
        """Fill the table: costs and where each path comes from.

        Both have shape ``(2, capacity + 2, satellites, customers + 1)``: the last load stands for
        none, the last place for the satellite itself.
        """
        count, sites, places = steps.shape
        costs = np.full((2, self._capacity + 2, sites, places), inf)
        before = np.full(costs.shape, -1, dtype=np.int16)
        costs[:, 0, :, count] = 0.0
        own = np.arange(count)[:, None, None]
        for load in range(1, self._capacity + 1):
            rest = np.where(self._demands <= load, load - self._demands, -1)
            turned = before[BEST, rest] == own
            ways = np.where(turned, costs[SECOND, rest], costs[BEST, rest]) + steps
            for kept in (BEST, SECOND):
                nearest = ways.argmin(axis=2)[:, :, None]
                costs[kept, load, :, :count] = np.take_along_axis(ways, nearest, axis=2)[..., 0].T
                before[kept, load, :, :count] = nearest[..., 0].T
                np.put_along_axis(ways, nearest, inf, axis=2)
        return costs, before

    def _traced(
        self, before: npt.NDArray[np.int16], site: int, load: int, last: int
    ) -> tuple[int, ...]:
        """Follow the best path that ends at a customer back to the satellite."""
        visits, kept, home = [last], BEST, len(self._demands)
        while (source := int(before[kept, load, site, last])) != home:
            load -= int(self._demands[last])
            kept = SECOND if before[BEST, load, site, source] == last else BEST
            visits.append(source)
            last = source
        return tuple(reversed(visits))
