"""Which tours trucks drive: configurations over good sets of satellites, ranked by their bounds.

Loads that a search happens to find say little about a configuration whose trucks are nearly full,
so configurations are listed, not waited for: all ways to part a set of satellites among trucks,
and those with one or two visits more. What the second level costs within one is estimated by a
transport problem, then bounded by the linear program over the routes met so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, combinations_with_replacement
from math import inf

import numpy as np
import numpy.typing as npt

from optimizer.planning.linehaul.linear import LinearProgram
from optimizer.planning.two_echelon.first_level import Configuration
from optimizer.planning.two_echelon.ground import Ground
from optimizer.planning.two_echelon.master import Master
from optimizer.planning.two_echelon.sites import serving_costs
from optimizer.planning.two_echelon.tours import Sites, members

MOST_SATELLITES = 7
"""Sets of more satellites are not parted: there are too many ways."""

CHEAPEST, ESTIMATED, BOUNDED = 400, 30, 1500
"""Configurations that are estimated, those that are bounded, and the routes of that bound."""

MOST_KNOWN = 10
ESTIMATED_BY, RANKED_BY = 0.05, 0.4
"""Share of the limit for estimates, and share at which ranking ends."""


def listed(ground: Ground, sets: Sequence[Sites]) -> list[Configuration]:
    """List configurations over sets of satellites that can carry everything, the cheapest first."""
    trucks = ground.instance.trucks
    fewest = -(-sum(ground.instance.demands) // trucks.capacity)
    found: set[Configuration] = set()
    for sites in sets:
        if sites.bit_count() <= MOST_SATELLITES:
            for number in range(fewest, min(trucks.number, fewest + 1) + 1):
                found.update(_with(sites, number))
    return sorted(found, key=lambda each: (ground.level.cost(each), each))


def _with(sites: Sites, number: int) -> Iterator[Configuration]:
    """Give configurations of a number of trucks over all of a set of satellites."""
    inside = [1 << site for site in members(sites)]
    pairs = [a | b for a, b in combinations(inside, 2)]
    for used in range(max(1, number - 2), min(number, len(inside)) + 1):
        for parts in _parted(sites, used):
            if used == number:
                yield tuple(sorted(parts))
                yield from _with_one_visit_more(parts, inside)
            elif used == number - 1:
                yield from (tuple(sorted([*parts, extra])) for extra in inside + pairs)
            else:
                twice = combinations_with_replacement(inside, 2)
                yield from (tuple(sorted([*parts, *extra])) for extra in twice)


def _with_one_visit_more(parts: list[Sites], inside: list[Sites]) -> Iterator[Configuration]:
    for place, part in enumerate(parts):
        for site in inside:
            if not part & site:
                yield tuple(sorted([*parts[:place], part | site, *parts[place + 1 :]]))


def _parted(sites: Sites, number: int) -> Iterator[list[Sites]]:
    """Give all ways to part a set into so many."""
    if number == 1:
        yield [sites]
        return
    first, *others = [1 << site for site in members(sites)]
    for more in range(len(others) - number + 2):
        for chosen in combinations(others, more):
            part = first + sum(chosen)
            for rest in _parted(sites & ~part, number - 1):
                yield [part, *rest]


def ranked(ground: Ground, sets: Sequence[Sites]) -> list[tuple[float, Configuration, list[float]]]:
    """Rank configurations by their bounds over the pool, with the price of a unit by satellite."""
    costs = serving_costs(ground.instance)
    began = ground.budget.used
    estimates = []
    for configuration in listed(ground, sets)[:CHEAPEST]:
        estimates.append((_transported(ground, configuration, costs), configuration))
        if ground.budget.used > began + ESTIMATED_BY:
            break
    chosen = [configuration for _, configuration in sorted(estimates)[:ESTIMATED]]
    known = [configuration for _, configuration in ground.level.known]
    chosen += [each for each in known if each not in chosen][:MOST_KNOWN]
    routes = ground.pool.best(BOUNDED)
    bounds = []
    for configuration in chosen:
        master = Master(ground, configuration, routes)
        if master.solve():
            bounds.append((master.bound, configuration, master.room_prices))
        if bounds and ground.budget.used > RANKED_BY:
            break
    return sorted(bounds)


def _transported(
    ground: Ground, configuration: Configuration, costs: npt.NDArray[np.float64]
) -> float:
    """Estimate both levels: units go from satellites to customers at a cost each."""
    instance = ground.instance
    program = LinearProgram()
    reached = 0
    for sites in configuration:
        reached |= sites
    balance = {site: program.row(0.0, 0.0) for site in members(reached)}
    for customer, demand in enumerate(instance.demands):
        wanted = program.row(demand)
        for site, row in balance.items():
            units = program.variable(cost=float(costs[site, customer]) / max(1, demand))
            program.put(wanted, units, 1.0)
            program.put(row, units, -1.0)
    for sites in configuration:
        truck = program.row(-inf, instance.trucks.capacity)
        for site in members(sites):
            units = program.variable(cost=0.0)
            program.put(truck, units, 1.0)
            program.put(balance[site], units, 1.0)
    solved = program.attempt() is not None
    return program.cost + ground.level.cost(configuration) if solved else inf
