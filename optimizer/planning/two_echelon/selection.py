"""The best set of pooled routes for a configuration: a linear program, then CP-SAT.

Routes whose reduced cost is above the gap between the bound and the best solution known are in no
better solution, so that few are left for CP-SAT.
"""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from optimizer.planning.two_echelon.first_level import Configuration
from optimizer.planning.two_echelon.ground import UNITS, Ground
from optimizer.planning.two_echelon.master import Master
from optimizer.planning.two_echelon.route_pool import PooledRoute
from optimizer.planning.two_echelon.tours import members

POOLED = 4000
CHOSEN_FROM = 1500
"""Most routes that a linear program begins with, and that CP-SAT sees."""

ROUNDS = 4
"""Most times that routes join a linear program."""

FEWER = 0.3
"""After the first round only routes join whose reduced cost is below this share of the gap."""

HURRY = 4.0
"""Seconds of a clock for one of CP-SAT's own, where other work takes the processor."""


def select(ground: Ground, configuration: Configuration, effort: float) -> None:
    """Look for a better solution in the pool, and offer it.

    Parameters
    ----------
    ground
        Has the pool and the best solution.
    configuration
        The satellites of each truck.
    effort
        CP-SAT's deterministic time, about a second each.
    """
    if ground.best is None:
        return
    routes = [*ground.pool.best(POOLED), *ground.pool.of(ground.best.routes)]
    master = Master(ground, configuration, routes)
    if not _extended(master, ground):
        return
    if configuration == _trucks_of_the_best(ground):
        ground.room_prices = master.room_prices
    gap = ground.best_cost - master.bound
    if gap <= 1 / UNITS or ground.is_over():
        return
    reduced = master.reduced_costs
    order = np.argsort(reduced, kind="stable")[:CHOSEN_FROM]
    kept = [master.routes[place] for place in order if reduced[place] <= gap]
    chosen = _chosen(ground, master, kept, effort)
    if chosen:
        taken = [(route.site, route.visits) for route in chosen]
        second = sum(master.cost_of(route) for route in chosen)
        ground.pool.harvest(
            [(van, route.cost) for van, route in zip(taken, chosen, strict=True)],
            second + master.trucks_cost,
        )
        ground.offer(second, taken, ground.instance.loads_of(taken))


def _trucks_of_the_best(ground: Ground) -> Configuration | None:
    assert ground.best is not None
    trucks = ground.level.best(ground.best.loads)
    return None if trucks is None else trucks[1]


def _extended(master: Master, ground: Ground) -> bool:
    """Let routes join until none is worth it; False where there is no solution."""
    if not master.solve():
        return False
    for turn in range(ROUNDS):
        gap = max(0.0, ground.best_cost - master.bound)
        if ground.is_over() or not master.extend(FEWER * gap if turn else gap):
            return True
        if not master.solve():
            return False
    return True


def _chosen(
    ground: Ground, master: Master, routes: list[PooledRoute], effort: float
) -> list[PooledRoute]:
    """Choose routes that cost less than the best solution; none where there are none."""
    instance = ground.instance
    model = cp_model.CpModel()
    taken = [model.new_bool_var("") for _ in routes]
    serving: list[list[cp_model.IntVar]] = [[] for _ in instance.demands]
    leaving: list[list[cp_model.LinearExprT]] = [[] for _ in range(instance.satellites)]
    starting: list[list[cp_model.IntVar]] = [[] for _ in range(instance.satellites)]
    for route, variable in zip(routes, taken, strict=True):
        for customer in route.visits:
            serving[customer].append(variable)
        leaving[route.site].append(master.load(route) * variable)
        starting[route.site].append(variable)
    if not all(serving):
        return []
    for variables in serving:
        model.add_exactly_one(variables)
    for variables in starting:
        model.add(sum(variables) <= instance.vans.per_site)
    model.add(sum(taken) <= instance.vans.number)
    _deliver(model, ground, master.configuration, leaving)
    costs = [round(UNITS * master.cost_of(route)) for route in routes]
    total = sum(cost * variable for cost, variable in zip(costs, taken, strict=True))
    model.add(total <= int(UNITS * (ground.best_cost - master.trucks_cost)) - 1)
    model.minimize(total)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = effort
    if ground.budget.limit.seconds is not None:
        left = ground.budget.left()
        seconds = 0.0 if left is None else left.seconds or 0.0
        solver.parameters.max_time_in_seconds = min(HURRY * effort, seconds)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return []
    return [route for route, variable in zip(routes, taken, strict=True) if solver.value(variable)]


def _deliver(
    model: cp_model.CpModel,
    ground: Ground,
    configuration: Configuration,
    leaving: list[list[cp_model.LinearExprT]],
) -> None:
    """Bring to each satellite what leaves it, with the trucks of a configuration."""
    capacity = ground.instance.trucks.capacity
    brought: list[list[cp_model.IntVar]] = [[] for _ in leaving]
    for sites in configuration:
        units = {site: model.new_int_var(0, capacity, "") for site in members(sites)}
        model.add(sum(units.values()) <= capacity)
        for site, variable in units.items():
            brought[site].append(variable)
    for arriving, departing in zip(brought, leaving, strict=True):
        model.add(sum(arriving) == sum(departing))
