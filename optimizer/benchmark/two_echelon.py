"""Two-echelon measurements: published instances, solved with today's parts, priced anew.

Costs and feasibility are counted here from the file and the routes alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter

from optimizer.benchmark.result import BenchmarkRoute, InstanceResult
from optimizer.benchmark.two_echelon_instance import (
    Kind,
    TwoEchelonInstance,
    files_of,
    read_instance,
    reference_of,
)
from optimizer.benchmark.two_echelon_search import Search, cost_of
from optimizer.domain.errors import Fault, InputRefused
from optimizer.solve import ENGINES, processes

SCOUT = "pyvrp"
"""The engine for the many short looks, where one with legs of its own has no time for them."""


def run(
    paths: Iterable[Path],
    *,
    limit_s: float,
    seed: int,
    engine: str = "portfolio",
    workers: int = 1,
) -> list[InstanceResult]:
    """Solve instances and price the routes; folders stand for the ``.dat`` files below them.

    Raises
    ------
    InputRefused
        Faults of all files, before anything is solved.
    """
    files = _read_all(list(paths))
    task = partial(_measure, engine=engine, limit_s=limit_s, seed=seed)
    if workers <= 1 or len(files) <= 1:
        return [task(file) for file in files]
    with processes(workers) as executor:
        return list(executor.map(task, files))


def is_solution(instance: TwoEchelonInstance, routes: Sequence[BenchmarkRoute]) -> bool:
    """Say whether routes keep every rule of an instance.

    Each customer is served once and whole; loads, numbers of vehicles and vehicles per satellite
    are kept; what trucks bring to a satellite is what leaves it.
    """
    trucks = [route for route in routes if route.echelon == "linehaul"]
    vans = [route for route in routes if route.echelon == "last_mile"]
    satellites = range(1, instance.satellites + 1)
    served = [node for route in vans for node in route.nodes[1:-1]]
    whole = all(
        quantity == instance.demand(node)
        for route in vans
        for node, quantity in zip(route.nodes[1:-1], route.quantities, strict=True)
    )
    homes = Counter(route.nodes[0] for route in vans)
    brought: Counter[int] = Counter()
    for route in trucks:
        for node, quantity in zip(route.nodes[1:-1], route.quantities, strict=True):
            brought[node] += round(quantity)
    taken: Counter[int] = Counter()
    for route in vans:
        taken[route.nodes[0]] += round(sum(route.quantities))
    return (
        len(trucks) + len(vans) == len(routes)
        and sorted(served) == list(instance.customers)
        and whole
        and all(site in satellites for site in (*homes, *brought))
        and all(route.nodes[0] == route.nodes[-1] for route in routes)
        and all(route.nodes[0] == 0 for route in trucks)
        and _within(instance.trucks, trucks)
        and _within(instance.vans, vans)
        and all(count <= instance.vans.per_site for count in homes.values())
        and +brought == +taken
    )


def _within(kind: Kind, routes: Sequence[BenchmarkRoute]) -> bool:
    return len(routes) <= kind.number and all(
        sum(route.quantities) <= kind.capacity and min(route.quantities, default=0) >= 0
        for route in routes
    )


def _read_all(paths: list[Path]) -> list[Path]:
    files = files_of(paths)
    faults: list[Fault] = []
    for file in files:
        try:
            read_instance(file)
        except InputRefused as refused:
            faults.extend(refused.faults)
    if not files:
        cause, action = "no instance was named", "name .dat files or a folder that has some"
        faults.append(Fault(code="CG-5001", place="benchmark", cause=cause, action=action))
    if faults:
        raise InputRefused(faults)
    return files


def _measure(path: Path, *, engine: str, limit_s: float, seed: int) -> InstanceResult:
    instance = read_instance(path)
    began = perf_counter()
    search = Search(instance, scout=ENGINES[SCOUT], engine=ENGINES[engine], seed=seed)
    solution = search.run(limit_s)
    seconds = perf_counter() - began
    routes = () if solution is None else solution.routes
    return InstanceResult(
        instance=instance.name,
        cost=cost_of(instance, routes) if routes else None,
        reference=reference_of(path),
        seconds=seconds,
        feasible=bool(routes) and is_solution(instance, routes),
        routes=routes,
    )
