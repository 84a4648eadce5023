"""Single-echelon measurements: library instances against published costs, engine against engine.

Routes are priced and checked here by arithmetic of its own, from the instance and the node
numbers alone; no schedule of the engines is used.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise, product
from pathlib import Path
from statistics import median

from optimizer.benchmark.result import BenchmarkRoute, InstanceResult
from optimizer.benchmark.runs import NO_RECORD, Record, Run, Stopwatch, make_runs, runs_of
from optimizer.benchmark.vrplib_file import Instance, Kind, read_instance, read_routes
from optimizer.domain.errors import EngineFailed, Fault, InputRefused
from optimizer.domain.limit import Limit
from optimizer.engines.engine import Engine, RoutingProblem, RoutingRoute
from optimizer.executors.processes import processes
from optimizer.solve import ENGINES

Visits = Sequence[tuple[int, Sequence[int]]]
"""Routes as the kind of their vehicle and the rows they visit.

Where a vehicle is loaded anew, the row of its depot stands between two trips.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One engine of a comparison.

    Parameters
    ----------
    objective_cents
        Per seed, summed over the problems.
    median_cents
        The median over the seeds.
    ratio
        That median divided by the median of the engine compared with.
    """

    engine: str
    objective_cents: tuple[float, ...]
    median_cents: float
    ratio: float


def run(
    paths: Iterable[Path],
    *,
    limit_s: float,
    seeds: Sequence[int],
    engine: str = "portfolio",
    workers: int = 1,
    record: Record = NO_RECORD,
) -> list[InstanceResult]:
    """Solve instances and price the routes; folders stand for the ``.vrp`` files in them.

    What the record has already is not done again, and no result.

    Raises
    ------
    InputRefused
        Faults of all files, before anything is solved.
    """
    runs = runs_of(_read_all(paths), seeds)
    task = partial(_measure, engine=engine, limit_s=limit_s)
    return make_runs(runs, task, workers=workers, record=record)


def city_comparison(
    problems: Sequence[RoutingProblem],
    *,
    limit_s: float,
    seeds: Sequence[int],
    engines: Sequence[str] = ("pyvrp", "portfolio", "ortools"),
    base: str = "pyvrp",
    workers: int = 1,
) -> list[ComparisonRow]:
    """Solve the same problems with every engine and seed, each with the same seconds on one core.

    Raises
    ------
    EngineFailed
        An engine found no place for a job that must be done.
    """
    tasks = list(product(engines, seeds, range(len(problems))))
    chosen = [problems[number] for _, _, number in tasks]
    names = [name for name, _, _ in tasks]
    of_task = [seed for _, seed, _ in tasks]
    if workers <= 1:
        found = list(map(partial(_cents, limit_s=limit_s), chosen, names, of_task))
    else:
        with processes(workers) as executor:
            found = list(executor.map(partial(_cents, limit_s=limit_s), chosen, names, of_task))
    sums: Counter[tuple[str, int]] = Counter()
    for (name, seed, _), cents in zip(tasks, found, strict=True):
        sums[name, seed] += cents  # type: ignore[assignment]
    return _comparison(sums, engines, seeds, base)


def cost_of(instance: Instance, visits: Visits) -> int:
    """Price routes by the distances of the instance."""
    total = 0
    for kind, rows in visits:
        depot = instance.kinds[kind].depot
        path = [depot, *rows, depot]
        metres = int(instance.distances[path[:-1], path[1:]].sum())
        total += instance.kinds[kind].unit_cost * metres
    return total


def is_solution(instance: Instance, visits: Visits) -> bool:
    """Say whether routes visit every client once and keep every rule of the instance.

    Rules are capacity per trip, numbers of vehicles and trips, windows, releases, durations and
    distances.
    """
    seen = Counter(
        row for kind, rows in visits for row in rows if row != instance.kinds[kind].depot
    )
    if set(seen) != set(instance.clients) or any(count > 1 for count in seen.values()):
        return False
    used = Counter(kind for kind, _ in visits)
    if any(count > instance.counts[kind] for kind, count in used.items()):
        return False
    return all(_keeps_rules(instance, instance.kinds[kind], rows) for kind, rows in visits)


def _keeps_rules(instance: Instance, kind: Kind, rows: Sequence[int]) -> bool:
    trips = _trips_of(kind, rows)
    if len(trips) > kind.max_trips:
        return False
    if any(int(instance.demands[trip].sum()) > kind.capacity for trip in trips):
        return False
    path = [kind.depot, *rows, kind.depot]
    metres = int(instance.distances[path[:-1], path[1:]].sum())
    if kind.max_distance is not None and metres > kind.max_distance:
        return False
    return not instance.timed or _keeps_clock(instance, kind, trips)


def _trips_of(kind: Kind, rows: Sequence[int]) -> list[list[int]]:
    trips: list[list[int]] = [[]]
    for row in rows:
        if row == kind.depot:
            trips.append([])
        else:
            trips[-1].append(row)
    return [trip for trip in trips if trip]


def _keeps_clock(instance: Instance, kind: Kind, trips: Sequence[Sequence[int]]) -> bool:
    # The shortest duration belongs to the latest departure: leaving later never ends earlier,
    # and never makes the time from departure to return longer. The depot opens for a trip when
    # the last of its goods are released.
    path: list[tuple[int, int]] = []
    for trip in trips:
        released = max(int(instance.releases[row]) for row in trip)
        path.append((kind.depot, max(released, int(instance.opens[kind.depot]))))
        path.extend((row, int(instance.opens[row])) for row in trip)
    path.append((kind.depot, int(instance.opens[kind.depot])))
    latest = int(instance.closes[kind.depot])
    for (before, opens), (after, _) in zip(path[-2::-1], path[:0:-1], strict=True):
        latest -= int(instance.services[before] + instance.distances[before, after])
        latest = min(latest, int(instance.closes[before]))
        if latest < opens:
            return False
    now = latest
    for (before, _), (after, opens) in pairwise(path):
        now += int(instance.services[before] + instance.distances[before, after])
        now = max(now, opens)
        if now > instance.closes[after]:
            return False
    return kind.max_duration is None or now - latest <= kind.max_duration


def _read_all(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Expand folders and read everything once, so that all faults are found together."""
    files: list[Path] = []
    for path in paths:
        files.extend(sorted(path.glob("*.vrp")) if path.is_dir() else [path])
    named: list[tuple[Path, str]] = []
    faults: list[Fault] = []
    for file in files:
        try:
            named.append((file, read_instance(file).name))
        except InputRefused as refused:
            faults.extend(refused.faults)
    if not files:
        cause, action = "no instance was named", "name .vrp files or a folder that has some"
        faults.append(Fault(code="CG-5001", place="benchmark", cause=cause, action=action))
    if faults:
        raise InputRefused(faults)
    return named


def _measure(run: Run, *, engine: str, limit_s: float) -> InstanceResult:
    instance = read_instance(run.path)
    reference = _reference(instance, run.path.with_suffix(".sol"))
    problem = instance.problem()
    watch = Stopwatch()
    visits: list[tuple[int, list[int]]] = []
    try:
        answer = ENGINES[engine].solve(problem, limit=Limit(seconds=limit_s), seed=run.seed)
        for route in answer.routes:
            visits.append((route.group, _rows(instance, problem, route)))
    except EngineFailed:
        # A fleet that is exactly tight may defeat an engine: that is a result to report.
        visits = []
    watch.stop()
    return InstanceResult(
        instance=instance.name,
        cost=cost_of(instance, visits) if visits else None,
        reference=reference,
        seconds=watch.seconds,
        feasible=is_solution(instance, visits),
        routes=tuple(_route(instance, kind, rows) for kind, rows in visits),
        seed=run.seed,
        processor_s=watch.processor_s,
    )


def _rows(instance: Instance, problem: RoutingProblem, route: RoutingRoute) -> list[int]:
    """Give the rows that a route visits, with its depot where it is loaded anew."""
    rows: list[int] = []
    for trip in route.trips:
        rows += [instance.kinds[route.group].depot] if rows else []
        rows += [problem.jobs[index].node for index in trip]
    return rows


def _reference(instance: Instance, path: Path) -> int | None:
    """Price the published routes beside an instance; some files state their cost in other units."""
    if not path.is_file():
        return None
    routes = read_routes(path)
    kinds = instance.vehicle_kinds
    return cost_of(instance, [(kinds[vehicle], rows) for vehicle, rows in routes])


def _route(instance: Instance, kind: int, rows: Sequence[int]) -> BenchmarkRoute:
    depot = instance.kinds[kind].depot
    return BenchmarkRoute(
        echelon="last_mile",
        nodes=tuple(row + 1 for row in (depot, *rows, depot)),
        quantities=tuple(int(instance.demands[row]) for row in rows),
    )


def _cents(problem: RoutingProblem, engine: str, seed: int, *, limit_s: float) -> float:
    solver: Engine = ENGINES[engine]
    answer = solver.solve(problem, limit=Limit(seconds=limit_s), seed=seed)
    return answer.cost_millicents / 1000


def _comparison(
    sums: Mapping[tuple[str, int], float], engines: Sequence[str], seeds: Sequence[int], base: str
) -> list[ComparisonRow]:
    medians = {name: median(sums[name, seed] for seed in seeds) for name in engines}
    return [
        ComparisonRow(
            engine=name,
            objective_cents=tuple(sums[name, seed] for seed in seeds),
            median_cents=medians[name],
            ratio=medians[name] / medians[base],
        )
        for name in engines
    ]
