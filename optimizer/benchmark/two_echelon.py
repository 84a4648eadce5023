"""Two-echelon measurements: published instances, solved with today's parts, priced anew.

Costs and feasibility are counted here from the file and the routes alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from optimizer.benchmark.result import BenchmarkRoute, InstanceResult
from optimizer.benchmark.runs import NO_RECORD, Record, Run, Stopwatch, make_runs, runs_of
from optimizer.benchmark.two_echelon_instance import files_of, read_instance, reference_of
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.limit import Limit
from optimizer.planning.two_echelon.certificate import lower_bound
from optimizer.planning.two_echelon.instance import Kind, TwoEchelonInstance
from optimizer.planning.two_echelon.search import TwoEchelonSolution, solve_two_echelon


def run(
    paths: Iterable[Path],
    *,
    limit_s: float,
    seeds: Sequence[int],
    workers: int = 1,
    bound_s: float = 0.0,
    record: Record = NO_RECORD,
) -> list[InstanceResult]:
    """Solve instances and price the routes; folders stand for the ``.dat`` files below them.

    What the record has already is not done again, and no result.

    Parameters
    ----------
    paths
        Instance files, or folders of them.
    limit_s, seeds
        For the search, which has one core for each instance; every instance with every seed.
    workers
        Instances measured side by side.
    bound_s
        Most seconds for the lower bound of each, after its search; 0 asks for none.
    record
        Knows what was done before, and hears of each run when it is finished.

    Raises
    ------
    InputRefused
        Faults of all files, before anything is solved.
    """
    runs = runs_of(_read_all(list(paths)), seeds)
    task = partial(_measure, limit_s=limit_s, bound_s=bound_s)
    return make_runs(runs, task, workers=workers, record=record)


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


def _read_all(paths: list[Path]) -> list[tuple[Path, str]]:
    files = files_of(paths)
    named: list[tuple[Path, str]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            named.append((file, read_instance(file).name))
        except InputRefused as refused:
            faults.extend(refused.faults)
    if not files:
        cause, action = "no instance was named", "name .dat files or a folder that has some"
        faults.append(Fault(code="CG-5001", place="benchmark", cause=cause, action=action))
    if faults:
        raise InputRefused(faults)
    return named


def _measure(run: Run, *, limit_s: float, bound_s: float) -> InstanceResult:
    instance = read_instance(run.path)
    watch = Stopwatch()
    solution = solve_two_echelon(instance, limit=Limit(seconds=limit_s), seed=run.seed)
    watch.stop()
    routes = () if solution is None else _routes(instance, solution)
    bound = None
    if solution is not None and bound_s > 0:
        bound = lower_bound(
            instance, known=solution.vans, cost=solution.cost, limit=Limit(seconds=bound_s)
        )
    return InstanceResult(
        instance=instance.name,
        cost=cost_of(instance, routes) if routes else None,
        reference=reference_of(run.path),
        seconds=watch.seconds,
        feasible=bool(routes) and is_solution(instance, routes),
        routes=routes,
        lower_bound=bound,
        seed=run.seed,
        processor_s=watch.processor_s,
    )


def _routes(
    instance: TwoEchelonInstance, solution: TwoEchelonSolution
) -> tuple[BenchmarkRoute, ...]:
    """Write a solution in the node numbers of the file."""
    trucks = [
        BenchmarkRoute(
            echelon="linehaul",
            nodes=(0, *(site + 1 for site in order), 0),
            quantities=brought,
        )
        for order, brought in solution.trucks
    ]
    first = instance.customers.start
    vans = [
        BenchmarkRoute(
            echelon="last_mile",
            nodes=(site + 1, *(first + customer for customer in visits), site + 1),
            quantities=tuple(instance.demands[customer] for customer in visits),
        )
        for site, visits in solution.vans
    ]
    return (*trucks, *vans)


def cost_of(instance: TwoEchelonInstance, routes: Sequence[BenchmarkRoute]) -> float:
    """Price routes of both levels from the file alone, in double precision."""
    total = 0.0
    for route in routes:
        trucks = route.echelon == "linehaul"
        kind = instance.trucks if trucks else instance.vans
        length = sum(
            float(instance.distances[a, b])
            for a, b in zip(route.nodes[:-1], route.nodes[1:], strict=True)
        )
        total += kind.fixed_cost + kind.unit_cost * length
        if trucks:
            inner = zip(route.nodes[1:-1], route.quantities, strict=True)
            total += sum(instance.handling[node - 1] * quantity for node, quantity in inner)
    return total
