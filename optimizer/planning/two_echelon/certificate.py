"""A cost that no solution undercuts: routes relaxed to q-routes, trucks case by case.

**Why it holds.** A solution serves each customer once (a), takes from each satellite what trucks
bring there (b) and uses no more vehicles than there are (c). Take any prices: ``worth`` of each
customer, ``unit`` of a unit at each satellite, and ``start`` of a vehicle. Put (a), (b) and (c)
into the cost at these prices: for a solution the terms vanish or are not positive, so that its
cost is at least

    sum of ``worth`` + ``start`` x vehicles + sum of its routes' reduced costs + its trucks' cost,

where a route's reduced cost is its cost less what it serves, takes and starts, and trucks pay
``unit`` for what they bring. The reduced cost of a route is at least that of the cheapest q-route
(``q_routes``), and there are at most as many routes as vehicles; trucks cost at least what
``truck_cases`` says for the case that the solution drives. So for every case each choice of prices
gives a bound, the best of all choices holds for the case, and the least over the cases holds for
all solutions. Prices come from linear programs over the q-routes found so far; that they are
rounded, or not the best, makes a bound weaker, never wrong.

The first prices are radial: each customer's share of a full vehicle's round trip from the best
satellite. So the bound is never below the radial one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

import numpy as np
import numpy.typing as npt

from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.planning.linehaul.linear import LinearProgram
from optimizer.planning.two_echelon.instance import TwoEchelonInstance, VanRoute
from optimizer.planning.two_echelon.q_routes import PricedRoutes, QRoutes
from optimizer.planning.two_echelon.truck_cases import TruckCases, cases_of

Floats = npt.NDArray[np.float64]

NOTHING = 1e-6
"""A reduced cost above less than this is none; a case is closed when no route is below it."""

MOST_STATES = 20_000_000
"""Loads, satellites and customers of a table; more would take more than about a gigabyte."""

WHOLE = 1e-4
"""How far a number of vehicles may be from a whole one that it is taken for."""

SMOOTH = 0.6
"""How far prices go towards the best that a case has had (Wentges 1997, smoothed prices)."""

LOST_TO_ROUNDING = 1e-9
"""Share by which a bound is lowered, for sums in floating point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prices:
    """What serving each customer, a unit and a vehicle at each satellite, and any one are worth."""

    worth: Floats
    unit: Floats
    start: Floats
    vehicle: float

    def towards(self, center: _Prices) -> _Prices:
        """Go a share of the way to other prices."""
        here, there = 1 - SMOOTH, SMOOTH
        return _Prices(
            worth=here * self.worth + there * center.worth,
            unit=here * self.unit + there * center.unit,
            start=here * self.start + there * center.start,
            vehicle=here * self.vehicle + there * center.vehicle,
        )


def lower_bound(
    instance: TwoEchelonInstance, *, known: Sequence[VanRoute], cost: float, limit: Limit
) -> float | None:
    """Bound the cost of all solutions from below; see the module for why it holds.

    Customers without demand are left out: where distances keep the triangle inequality nothing is
    dearer without them.

    Parameters
    ----------
    instance
        What is asked.
    known
        Routes of a good solution, from which the search for prices begins.
    cost
        What it costs; the bound is not raised above it.
    limit
        An iteration is one round of prices for a case. The bound holds wherever this ends.

    Returns
    -------
    float or None
        None where there is nothing to serve, or where a table of all loads would be too large.
    """
    asked = _without_idle(instance)
    if not asked.demands or QRoutes.states(asked) > MOST_STATES:
        return None
    search = _BoundSearch(asked, known if asked is instance else ())
    budget = Budget(limit)
    while search.bound < cost and budget.left() is not None and search.step():
        budget.spend(1)
    return min(cost, search.bound - LOST_TO_ROUNDING * abs(search.bound))


def _without_idle(instance: TwoEchelonInstance) -> TwoEchelonInstance:
    """Leave out customers that want nothing."""
    wanting = [node for node in instance.customers if instance.demand(node)]
    if len(wanting) == len(instance.demands):
        return instance
    kept = [*range(1 + instance.satellites), *wanting]
    return replace(
        instance,
        demands=tuple(instance.demand(node) for node in wanting),
        distances=instance.distances[np.ix_(kept, kept)],
    )


class _BoundSearch:
    """Raise the bound of the weakest case until that has its best one."""

    def __init__(self, instance: TwoEchelonInstance, known: Sequence[VanRoute]) -> None:
        self._instance = instance
        self._cases = cases_of(instance)
        self._q_routes = QRoutes(instance)
        self._program = _Program(instance, self._cases, self._q_routes, known)
        sites, vans = instance.satellites, instance.vans
        count = len(self._cases.costs)
        self._of = np.arange(count)
        self._fewest = np.zeros((count, sites))
        self._most = np.full((count, sites), float(min(vans.number, vans.per_site)))
        self._used: dict[int, Floats] = {}
        first = _radial(instance)
        priced = self._priced(first)
        self._bounds = self._held(first, priced.least)
        self._program.join(priced)
        self._closed = np.zeros(len(self._bounds), dtype=bool)
        # The last case lets all trucks go everywhere: its prices are not far off in any other.
        self._case = count - 1
        self._center: _Prices | None = first

    @property
    def bound(self) -> float:
        """What holds for all cases."""
        return float(self._bounds.min())

    def step(self) -> bool:
        """Price for the weakest case; False where its bound is the best it can have.

        Prices of the program swing; those half way to the best that the case has had do not, and
        only where no route is worth more than it costs there the program's own decide.
        """
        if self._closed[self._case]:
            self._case = int(self._bounds.argmin())
            self._center = None
            if self._closed[self._case] and not self._part():
                return False
        case = self._case
        solved = self._program.prices(int(self._of[case]), self._fewest[case], self._most[case])
        if solved is None:
            return False
        prices, self._used[case] = solved
        if not (self._center and self._tried(prices.towards(self._center))):
            self._closed[self._case] = not self._tried(prices)
        return True

    def _tried(self, prices: _Prices) -> bool:
        """Raise bounds by prices, and say whether routes joined that the program lacks."""
        before = self._bounds[self._case]
        priced = self._priced(prices)
        held = self._held(prices, priced.least)
        self._bounds = np.maximum(self._bounds, held)
        if self._center is None or held[self._case] >= before:
            self._center = prices
        return bool(self._program.join(priced))

    def _priced(self, prices: _Prices) -> PricedRoutes:
        return self._q_routes.priced(prices.worth, prices.unit, start=prices.start, below=-NOTHING)

    def _held(self, prices: _Prices, least: Floats) -> Floats:
        """Bound each case at prices, where no q-route's reduced cost is below the least."""
        instance = self._instance
        most, fewest = instance.vans.number, instance.fewest_vans
        vehicles = prices.vehicle * (most if prices.vehicle < 0 else fewest)
        besides = prices.start - prices.vehicle
        starts = np.where(besides < 0, self._most, self._fewest) @ besides
        below = np.minimum(0.0, least)
        routes = np.maximum(self._most @ below, most * float(below.min()))
        second = float(prices.worth.sum()) + vehicles + starts + routes
        cases: Floats = second + self._cases.at_least(prices.unit)[self._of]
        return cases

    def _part(self) -> bool:
        """Part the weakest case by the vehicles at a satellite; False where they are whole."""
        weakest, used = self._case, self._used[self._case]
        away = np.abs(used - np.round(used))
        site = int(away.argmax())
        if away[site] < WHOLE:
            return False
        fewer = np.floor(used[site])
        self._of = np.append(self._of, self._of[weakest])
        self._bounds = np.append(self._bounds, self._bounds[weakest])
        self._closed = np.append(self._closed, [False])
        self._closed[weakest] = False
        self._fewest = np.vstack([self._fewest, self._fewest[weakest]])
        self._most = np.vstack([self._most, self._most[weakest]])
        self._most[weakest, site] = fewer
        self._fewest[-1, site] = fewer + 1
        return True


def _radial(instance: TwoEchelonInstance) -> _Prices:
    """Price a customer at its share of a full vehicle's round trip from the best satellite.

    No route is cheaper than the shares of whom it serves where distances keep the triangle
    inequality; no reduced cost is below 0 then.
    """
    vans, first = instance.vans, instance.customers.start
    out = instance.distances[1:first, first:]
    back = instance.distances[first:, 1:first].T
    unit = -instance.radial_prices()
    dearness = np.array(instance.handling)[:, None] - unit[:, None]
    share = vans.unit_cost * (out + back) / vans.capacity + dearness
    worth = share.min(axis=0) * np.array(instance.demands)
    start = np.full(instance.satellites, vans.fixed_cost)
    return _Prices(worth=worth, unit=unit, start=start, vehicle=vans.fixed_cost)


class _Program:
    """The linear program over the q-routes found so far, with the trucks of one case at a time."""

    def __init__(
        self,
        instance: TwoEchelonInstance,
        cases: TruckCases,
        q_routes: QRoutes,
        known: Sequence[VanRoute],
    ) -> None:
        self._instance, self._cases, self._q_routes = instance, cases, q_routes
        self._whole = instance.vans.capacity
        self._known: dict[VanRoute, None] = dict.fromkeys(known)
        self._build()

    def _build(self) -> None:
        """Tell the whole program anew; after many changes a solver may lose its way."""
        instance = self._instance
        program = self._program = LinearProgram()
        self._served = [program.row(1.0, 1.0) for _ in instance.demands]
        self._balance = [program.row(0.0, 0.0) for _ in range(instance.satellites)]
        self._starting = [program.row(0.0, 0.0) for _ in range(instance.satellites)]
        self._number = program.row(instance.fewest_vans, instance.vans.number)
        self._vehicles = [program.variable(cost=0.0) for _ in self._starting]
        for row, vehicles in zip(self._starting, self._vehicles, strict=True):
            program.put(row, vehicles, -1.0)
            program.put(self._number, vehicles, 1.0)
        self._trucks = [self._truck() for _ in range(self._cases.sets.shape[1])]
        dearest = 4 * instance.vans.unit_cost * float(instance.distances.max())
        for row, demand in zip(self._served, instance.demands, strict=True):
            # Whom no route serves yet costs more than any would, at every satellite.
            alone = program.variable(cost=dearest + demand * max(instance.handling))
            program.put(row, alone, 1.0)
        for row in self._starting:
            program.put(row, program.variable(cost=dearest), 1.0)
            program.put(row, program.variable(cost=dearest), -1.0)
        for route in self._known:
            self._put(route)

    def _truck(self) -> list[int]:
        """Add a truck that brings full vans' loads to satellites; which ones, a case says."""
        program, cases = self._program, self._cases
        single = cases.sets.shape[1] == 1
        capacity = float(cases.fills.sum()) if single else self._instance.trucks.capacity
        row = program.row(-inf, capacity / self._whole)
        brought = [program.variable(cost=float(cost * self._whole)) for cost in cases.unit_costs]
        for balance, units in zip(self._balance, brought, strict=True):
            program.put(row, units, 1.0)
            program.put(balance, units, 1.0)
        return brought

    def prices(self, case: int, fewest: Floats, most: Floats) -> tuple[_Prices, Floats] | None:
        """Solve for a case with bounds of vehicles at each satellite.

        Gives the prices and the vehicles used; None where numbers too close deny a solution.
        """
        for _ in range(2):
            self._open(case, fewest, most)
            values = self._program.attempt()
            if values is not None:
                break
            self._build()
        else:
            return None
        duals = self._program.duals
        prices = _Prices(
            worth=duals[self._served],
            unit=-duals[self._balance] / self._whole,
            start=duals[self._starting],
            vehicle=float(duals[self._number]),
        )
        return prices, values[self._vehicles]

    def _open(self, case: int, fewest: Floats, most: Floats) -> None:
        """Let trucks bring goods where those of a case do, and as many vehicles start."""
        for vehicles, least, largest in zip(self._vehicles, fewest, most, strict=True):
            self._program.bind(vehicles, float(least), float(largest))
        reached = self._cases.reached(case)
        reached += [[]] * (len(self._trucks) - len(reached))
        for brought, inside in zip(self._trucks, reached, strict=True):
            for site, units in enumerate(brought):
                self._program.bind(units, 0.0, inf if site in inside else 0.0)

    def join(self, priced: PricedRoutes) -> int:
        """Add routes that a pricing has found; say how many were new."""
        return sum(self._add(route) for route in priced.routes)

    def _add(self, route: VanRoute) -> bool:
        if route in self._known:
            return False
        self._known[route] = None
        self._put(route)
        return True

    def _put(self, route: VanRoute) -> None:
        site, visits = route
        variable = self._program.variable(cost=self._q_routes.cost(route))
        load = sum(self._instance.demands[customer] for customer in visits)
        self._program.put(self._balance[site], variable, -load / self._whole)
        self._program.put(self._starting[site], variable, 1.0)
        for customer in set(visits):
            self._program.put(self._served[customer], variable, float(visits.count(customer)))
