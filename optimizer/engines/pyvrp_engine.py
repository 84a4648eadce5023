"""PyVRP: iterated local search over routes; the strongest single solver on most of our problems.

Service is charged on the way into a node, and the clock of a visit is the end of its service:
jobs of one node that follow each other are then 0 s apart and share one service.

PyVRP knows no soft due times and no rides, so its windows are narrower than ours: a due time that
can be met closes its window, unless the warm start already comes later, and the longest ride
counts from the earliest departure of any group. Where that leaves no window the job keeps its
own. Every answer is priced anew by ``schedule`` and repaired where PyVRP's view was too kind.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pyvrp
from pyvrp import search as pyvrp_search
from pyvrp import stop as pyvrp_stop
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.engine import RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import MILLICENTS_PER_CENT, schedule

Harvest = Callable[[Iterable[RoutingRoute]], None]
"""Takes the routes of every incumbent, for a selection among them later."""


@dataclass(frozen=True, slots=True)
class PyVrp:
    """The engine named ``pyvrp``.

    Parameters
    ----------
    updates_every
        Candidates between two adjustments of the penalties.
    """

    updates_every: int = 500

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "pyvrp"

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
        harvest: Harvest | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        model = _Model(problem, start)
        watch = _Watch(model, harvest)
        found = model.search(self, watch, limit, seed, start)
        candidates = [repaired(problem, routes) for routes in found]
        answers = [answer for answer in (*candidates, start) if answer is not None]
        if not answers:
            raise EngineFailed("CG-3001", "PyVRP found no place for a job that must be done")
        return min(answers, key=lambda answer: answer.cost_millicents)


class _Model:
    """A routing problem in PyVRP's words.

    PyVRP's locations are the nodes that have jobs, then the ends of routes; its clients are the
    jobs that fit into some vehicle. Its unit of cost is the millicent.
    """

    def __init__(self, problem: RoutingProblem, start: RoutingAnswer | None) -> None:
        self.problem = problem
        self.client_jobs = [i for i in range(len(problem.jobs)) if self._loadable(i)]
        self.client_of = {job: client for client, job in enumerate(self.client_jobs)}
        self.job_nodes = sorted({problem.jobs[i].node for i in self.client_jobs})
        groups = problem.vehicles
        self.depot_nodes = sorted({node for g in groups for node in (g.start, g.end)})
        self.groups = [number for number, group in enumerate(groups) if group.count > 0]
        self.starts_at = _starts_of(problem, start)
        self.data = self._data()

    def _loadable(self, index: int) -> bool:
        load = self.problem.jobs[index].load
        return any(
            group.count > 0 and all(x <= y for x, y in zip(load, group.capacity, strict=True))
            for group in self.problem.vehicles
        )

    def _data(self) -> pyvrp.ProblemData:
        nodes = [*self.job_nodes, *self.depot_nodes]
        depots = range(len(self.job_nodes), len(nodes))
        distances, durations = self._matrices(np.array(nodes, dtype=np.int64))
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in nodes],
            clients=[self._client(index) for index in self.client_jobs],
            depots=[pyvrp.Depot(location) for location in depots],
            vehicle_types=[self._vehicle_type(number) for number in self.groups],
            distance_matrices=distances,
            duration_matrices=durations,
        )

    def _matrices(self, nodes: IntArray) -> tuple[list[IntArray], list[IntArray]]:
        """Give distances and durations per profile, with service on the way into a job's node.

        A missing way is farther than all ways together and takes longer than any shift.
        """
        problem = self.problem
        metres = problem.distance_m[np.ix_(nodes, nodes)].copy()
        missing = metres == UNREACHABLE
        metres[missing] = 1 + 2 * int(metres.max(initial=0)) * (len(problem.jobs) + 1)
        service = np.array([problem.service_s[node] for node in self.job_nodes], dtype=np.int64)
        jobs = len(self.job_nodes)
        beyond = 1 + max((group.latest for group in problem.vehicles), default=0)
        durations = []
        for matrix in problem.duration_s:
            seconds = matrix[np.ix_(nodes, nodes)].copy()
            missing_here = missing | (seconds == UNREACHABLE)
            seconds[:, :jobs] += service
            seconds[missing_here] = beyond
            np.fill_diagonal(seconds, 0)
            durations.append(seconds)
        np.fill_diagonal(metres, 0)
        return [metres] * len(durations), durations

    def _client(self, index: int) -> pyvrp.Client:
        job = self.problem.jobs[index]
        service = self.problem.service_s[job.node]
        closes = self._closes(index)
        return pyvrp.Client(
            location=self.job_nodes.index(job.node),
            delivery=list(job.load),
            tw_early=max(0, min(job.opens, closes) + service),
            tw_late=max(0, closes + service),
            prize=(job.drop_cents or 0) * MILLICENTS_PER_CENT,
            required=job.drop_cents is None,
        )

    def _closes(self, index: int) -> Seconds:
        """Say until when the service may start in PyVRP's narrower view."""
        job = self.problem.jobs[index]
        closes = job.closes
        reach = self._reach(job.node)
        if job.due is not None and job.late_cents_per_min > 0:
            until = max(job.due, self.starts_at.get(index, job.due))
            if until >= max(job.opens, reach):
                closes = min(closes, until)
        if job.max_ride_s is not None:
            until = min(group.earliest for group in self.problem.vehicles) + job.max_ride_s
            if until >= max(job.opens, reach):
                closes = min(closes, until)
        return closes

    def _reach(self, node: int) -> Seconds:
        """Say when a vehicle that drives straight there arrives at a node."""
        problem = self.problem
        return min(
            (
                group.earliest + int(problem.duration_s[group.profile][group.start, node])
                for group in problem.vehicles
                if problem.distance_m[group.start, node] != UNREACHABLE
            ),
            default=0,
        )

    def _vehicle_type(self, number: int) -> pyvrp.VehicleType:
        group = self.problem.vehicles[number]
        longest = {} if group.max_duration_s is None else {"shift_duration": group.max_duration_s}
        return pyvrp.VehicleType(
            num_available=group.count,
            capacity=list(group.capacity),
            start_depot=self.depot_nodes.index(group.start),
            end_depot=self.depot_nodes.index(group.end),
            fixed_cost=group.fixed_cents * MILLICENTS_PER_CENT,
            tw_early=group.earliest,
            tw_late=group.latest,
            unit_distance_cost=group.cents_per_km,
            unit_duration_cost=nearest_div(group.cents_per_h * MILLICENTS_PER_CENT, 3600),
            profile=group.profile,
            **longest,
        )

    def routes_of(self, solution: pyvrp.Solution) -> list[RoutingRoute]:
        """Translate a solution."""
        return [
            RoutingRoute(
                group=self.groups[route.vehicle_type()],
                jobs=tuple(self.client_jobs[a.idx] for a in route if a.is_client()),
            )
            for route in solution.routes()
        ]

    def solution_of(self, answer: RoutingAnswer) -> pyvrp.Solution:
        """Translate an answer."""
        routes = [
            pyvrp.Route(
                self.data,
                [self.client_of[index] for index in route.jobs],
                self.groups.index(route.group),
            )
            for route in answer.routes
        ]
        return pyvrp.Solution(self.data, routes)

    def search(
        self,
        engine: PyVrp,
        watch: _Watch,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None,
    ) -> list[list[RoutingRoute]]:
        """Run PyVRP and give the routes of its best solution, and of its last if that broke."""
        if not self.client_jobs or not self.groups:
            return [[]]
        # The generator takes 32 bits; the seeds of grids, waves and rounds can be larger.
        rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
        local = pyvrp_search.LocalSearch(
            self.data, rng, pyvrp_search.compute_neighbours(self.data)
        )
        for operator in pyvrp_search.OPERATORS:
            if operator.supports(self.data):
                local.add_operator(operator(self.data))
        params = pyvrp.PenaltyParams(solutions_between_updates=engine.updates_every)
        penalties = pyvrp.PenaltyManager(self._first_penalties(), params)
        if start is None:
            random = pyvrp.Solution.make_random(self.data, rng)
            first = local(random, penalties.max_cost_evaluator(), exhaustive=True)
        else:
            first = self.solution_of(start)
        ils = pyvrp.IteratedLocalSearch(
            self.data,
            penalties,
            local,
            first,
            pyvrp.IteratedLocalSearchParams(callbacks=watch),
        )
        with warnings.catch_warnings():
            # A problem that no fleet can do entirely is a result here, not a warning.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            result = ils.run(_stop(limit), collect_stats=False)
        solutions = [result.best]
        if not result.best.is_feasible() and watch.last is not None:
            solutions.append(watch.last)
        return [self.routes_of(solution) for solution in solutions]

    def _first_penalties(self) -> tuple[list[float], float, float]:
        """Price one unit of load and one second by what a job costs to reach on average."""
        data = self.data
        kinds = data.vehicle_types()
        metres = float(np.mean(data.distance_matrix(0)))
        seconds = max(1.0, float(np.mean(data.duration_matrix(0))))
        arc = np.mean([kind.unit_distance_cost * metres for kind in kinds])
        arc += np.mean([kind.unit_duration_cost * seconds for kind in kinds])
        loads = np.mean([client.delivery for client in data.clients()], axis=0)
        per_load = [float(arc / max(1.0, load)) for load in np.atleast_1d(loads)]
        return per_load, float(arc / seconds), float(arc / max(1.0, metres))


def _stop(limit: Limit) -> pyvrp_stop.StoppingCriterion:
    if limit.iterations is not None:
        return pyvrp_stop.MaxIterations(limit.iterations)
    assert limit.seconds is not None
    return pyvrp_stop.MaxRuntime(limit.seconds)


def _starts_of(problem: RoutingProblem, answer: RoutingAnswer | None) -> dict[int, Seconds]:
    """Give the service start of every job of an answer."""
    starts: dict[int, Seconds] = {}
    for route in answer.routes if answer else ():
        timed = schedule(problem, route)
        if timed is not None:
            starts.update(zip(route.jobs, timed.starts, strict=True))
    return starts


@dataclass(slots=True)
class _Watch(IteratedLocalSearchCallbacks):  # type: ignore[misc]
    """Looks on while PyVRP works: harvests incumbents, remembers the last solution."""

    model: _Model
    harvest: Harvest | None
    last: pyvrp.Solution | None = field(default=None)

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,
        best: pyvrp.Solution,
        cost_evaluator: pyvrp.CostEvaluator,
    ) -> None:
        """Remember where the search stands."""
        self.last = current

    def on_best(self, best: pyvrp.Solution) -> None:
        """Harvest the routes of a new best solution."""
        if self.harvest is not None:
            self.harvest(self.model.routes_of(best))
