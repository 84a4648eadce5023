"""PyVRP: iterated local search over routes; the strongest single solver on most of our problems.

Service is charged on the way into a node, and the clock of a visit is the end of its service:
jobs of one node that follow each other are then 0 s apart and share one service.

Three things are told to PyVRP otherwise than they are, and every answer is priced anew by
``schedule`` and mended by ``repair``:

- It knows no soft due times and no rides: ``simplify.narrowed_closes`` makes them hard where a
  vehicle can keep them. Jobs that come late in the warm start keep that lateness. Where no
  solution shows, due times are opened until one does, and its lateness is kept from then on.
- Jobs that are dear to leave out are required at first, because its operators for optional
  clients take more than half of the time. Where no feasible solution shows, they are optional.
- Capacity dimensions far from full are left out until an incumbent overloads one of them.

Its unit of cost is the millicent. Its penalties start near the cost of reaching one more job,
not at 50,000 per unit: from there they would take most of a short run to come down.

The module is long because one file alone may call PyVRP; which model comes when is in ``view``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyvrp
from pyvrp import search as pyvrp_search
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import IteratedLocalSearchCallbacks

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import nearest_div
from optimizer.engines.budget import Budget
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import (
    broken_dimensions,
    is_timeless,
    narrowed_closes,
    service_starts,
)
from optimizer.engines.view import Dues, View, first_view
from optimizer.engines.ways import forbids, metres_between, seconds_between, ways_by_group

Matrix: TypeAlias = Any
"""PyVRP's annotation of a matrix, ``ndarray[int]``, is none that numpy knows."""

UNBOUNDED = int(np.iinfo(np.int64).max)
"""PyVRP's word for no bound at all, and for the cost of an infeasible solution."""

USUAL_PENALTY = 1e5
"""The highest penalty per unit as PyVRP has it unless told."""

PENALTY_ROOM = 1000.0
"""How far above its first value a penalty may rise."""

HIGHEST_PENALTY = 1e10
"""Times a million units of excess this is still far from the end of 64 bits."""

PATIENCE = 0.35
"""Share of what is left of a limit after which required jobs without a solution turn optional."""


@dataclass(frozen=True, slots=True)
class PyVrp:
    """The engine named ``pyvrp``.

    Parameters
    ----------
    neighbours
        Size of the granular neighbourhood.
    history
        Length of the late acceptance; short, because our runs are short.
    load_penalty, time_penalty
        First penalties: of a load as large as an average job's, and of an average way's time, in
        units of what an average way costs.
    penalty_updates
        Candidates between two adjustments of the penalties.
    complete_by
        Share of the limit after which a search that has not placed the required jobs gives up.
    """

    neighbours: int = 30
    history: int = 50
    load_penalty: float = 10.0
    time_penalty: float = 100.0
    penalty_updates: int = 200
    complete_by: float | None = None

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "pyvrp"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return frozenset()

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
        meter: Budget | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit; the iterations used are booked on the meter.

        Once the limit is halted, the answer is what local search makes of the start.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        if limit.halted:
            if start is not None and not start.dropped:
                return start
            limit = Limit(iterations=1)
        budget = Budget(limit)
        best = self._search(problem, budget, seed, start)
        if meter is not None:
            meter.spend(budget.spent)
        if best is None:
            raise EngineFailed("CG-3001", "PyVRP found no place for a job that must be done")
        return best

    def _search(
        self,
        problem: RoutingProblem,
        budget: Budget,
        seed: int,
        start: RoutingAnswer | None,
    ) -> RoutingAnswer | None:
        """Search in one model after another until one holds for the rest of the limit."""
        best, view = start, first_view(problem, start)
        if not view.jobs or budget.left() is None:
            return start or repaired(problem, [])
        following: View | None = view
        while following is not None and (limit := budget.left()) is not None:
            view = following
            model = _Model(problem, view, best)
            watch = _Watch(model)
            patience = PATIENCE if view.gives_way(problem) else self.complete_by or 1.0
            rule = _StopRule(limit, watch, patience, first=view.dues is Dues.OPEN)
            result = model.search(self, watch, rule, seed, best)
            budget.spend(rule.calls)
            complete = result.best.is_feasible()
            tried = [result.best] if complete or watch.last is None else [result.best, watch.last]
            answers = [repaired(problem, model.routes_of(solution)) for solution in tried]
            best = _better(best, *answers)
            following = view.following(problem, watch.broken, complete)
        return best


def _better(*answers: RoutingAnswer | None) -> RoutingAnswer | None:
    """Give the cheapest answer, the first of equals."""
    known = [answer for answer in answers if answer is not None]
    return min(known, key=lambda answer: answer.cost_millicents, default=None)


class _Model:
    """A routing problem in PyVRP's words.

    PyVRP's locations are the nodes that have jobs, then the ends of routes. Where groups add cents
    to jobs, every job has a location of its own and every kind of group a profile of its own,
    whose distances are millicents.
    """

    def __init__(self, problem: RoutingProblem, view: View, start: RoutingAnswer | None) -> None:
        self.problem = problem
        self.view = view
        self.client_of = {job: client for client, job in enumerate(view.jobs)}
        groups = problem.vehicles
        ends = sorted({node for group in groups for node in (group.start, group.end)})
        self.depot_of = {node: place for place, node in enumerate(ends)}
        self.groups = [number for number, group in enumerate(groups) if group.count > 0]
        self.timeless = is_timeless(problem) and not forbids(problem)
        starts = None if view.dues is Dues.OPEN else service_starts(problem, start)
        self.closes = narrowed_closes(problem, starts=starts)
        self.beyond = 1 + max((group.latest for group in groups), default=0)
        nodes = sorted({problem.jobs[index].node for index in view.jobs})
        if problem.group_cents is None:
            places = {node: place for place, node in enumerate(nodes)}
            self.location_of = {index: places[problem.jobs[index].node] for index in view.jobs}
            distances, durations = self._matrices(np.array([*nodes, *ends], dtype=np.int64), nodes)
            self.kind_of = [group.profile for group in groups]
        else:
            self.location_of = self.client_of
            ways, self.kind_of = ways_by_group(problem, view.jobs, ends, beyond=self.beyond)
            distances = [kind.millicents for kind in ways]
            durations = [kind.seconds for kind in ways]
        locations = 1 + max(self.location_of.values(), default=-1)
        self.data = pyvrp.ProblemData(
            locations=[pyvrp.Location(0, 0) for _ in range(locations + len(ends))],
            clients=[self._client(index) for index in view.jobs],
            depots=[pyvrp.Depot(locations + place) for place in range(len(ends))],
            vehicle_types=[self._vehicle_type(number) for number in self.groups],
            distance_matrices=distances,
            duration_matrices=durations,
        )

    def _matrices(
        self, nodes: IntArray, with_jobs: Sequence[int]
    ) -> tuple[list[Matrix], list[Matrix]]:
        """Give distances and durations per profile, with service on the way into a job's node.

        A missing way is farther than all ways together and takes longer than any shift.
        """
        problem = self.problem
        metres = metres_between(problem, nodes, len(problem.jobs))
        jobs = len(with_jobs)
        durations = [
            seconds_between(problem, profile, nodes, jobs, self.beyond)
            for profile in range(len(problem.duration_s))
        ]
        for matrix in (metres, *durations):
            np.fill_diagonal(matrix, 0)
        return [metres] * len(durations), durations

    def _client(self, index: int) -> pyvrp.Client:
        job = self.problem.jobs[index]
        service = self.problem.service_s[job.node]
        closes = self.closes[index]
        return pyvrp.Client(
            location=self.location_of[index],
            delivery=[job.load[dimension] for dimension in self.view.dimensions],
            tw_early=0 if self.timeless else max(0, min(job.opens, closes) + service),
            tw_late=UNBOUNDED if self.timeless else max(0, closes + service),
            prize=(job.drop_cents or 0) * MILLICENTS_PER_CENT,
            required=job.drop_cents is None or index in self.view.required,
        )

    def _vehicle_type(self, number: int) -> pyvrp.VehicleType:
        group = self.problem.vehicles[number]
        longest = group.max_duration_s
        return pyvrp.VehicleType(
            num_available=min(group.count, len(self.view.jobs)),
            capacity=[group.capacity[dimension] for dimension in self.view.dimensions],
            start_depot=self.depot_of[group.start],
            end_depot=self.depot_of[group.end],
            fixed_cost=group.fixed_cents * MILLICENTS_PER_CENT,
            unit_distance_cost=(group.cents_per_km if self.problem.group_cents is None else 1),
            unit_duration_cost=nearest_div(group.cents_per_h * MILLICENTS_PER_CENT, 3600),
            profile=self.kind_of[number],
            tw_early=0 if self.timeless else group.earliest,
            tw_late=UNBOUNDED if self.timeless else max(group.earliest, group.latest),
            shift_duration=UNBOUNDED if longest is None or self.timeless else longest,
        )

    def routes_of(self, solution: pyvrp.Solution) -> list[RoutingRoute]:
        """Translate a solution."""
        return [
            RoutingRoute(
                group=self.groups[route.vehicle_type()],
                jobs=tuple(self.view.jobs[stop.idx] for stop in route if stop.is_client()),
            )
            for route in solution.routes()
        ]

    def solution_of(self, answer: RoutingAnswer) -> pyvrp.Solution:
        """Translate an answer."""
        routes = [
            pyvrp.Route(
                self.data,
                [self.client_of[index] for index in route.jobs if index in self.client_of],
                self.groups.index(route.group),
            )
            for route in answer.routes
        ]
        return pyvrp.Solution(self.data, routes)

    def search(
        self,
        engine: PyVrp,
        watch: _Watch,
        rule: _StopRule,
        seed: int,
        start: RoutingAnswer | None,
    ) -> pyvrp.Result:
        """Run PyVRP's search with our parameters."""
        # The generator takes 32 bits; the seeds of grids, waves and rounds can be larger.
        rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
        near = pyvrp_search.NeighbourhoodParams(num_neighbours=engine.neighbours)
        local = pyvrp_search.LocalSearch(
            self.data, rng, pyvrp_search.compute_neighbours(self.data, near)
        )
        for operator in pyvrp_search.OPERATORS:
            if operator.supports(self.data):
                local.add_operator(operator(self.data))
        loads, late, far = self._first_penalties(engine)
        most = max(USUAL_PENALTY, PENALTY_ROOM * max(*loads, late, far))
        penalties = pyvrp.PenaltyManager(
            (loads, late, far),
            pyvrp.PenaltyParams(
                max_penalty=min(most, HIGHEST_PENALTY),
                solutions_between_updates=engine.penalty_updates,
            ),
        )
        if start is None:
            random = pyvrp.Solution.make_random(self.data, rng)
            first = local(random, penalties.max_cost_evaluator(), exhaustive=True)
        else:
            first = self.solution_of(start)
        params = pyvrp.IteratedLocalSearchParams(history_length=engine.history, callbacks=watch)
        ils = pyvrp.IteratedLocalSearch(self.data, penalties, local, first, params)
        with warnings.catch_warnings():
            # A problem that no fleet can do entirely is a result here, not a warning.
            warnings.simplefilter("ignore", PenaltyBoundWarning)
            return ils.run(rule, collect_stats=False)

    def _first_penalties(self, engine: PyVrp) -> tuple[list[float], float, float]:
        """Price a unit of load, a second and a metre by what an average way costs."""
        data = self.data
        metres = max(1.0, float(np.mean(data.distance_matrix(0))))
        durations: npt.NDArray[np.int64] = np.asarray(data.duration_matrix(0), dtype=np.int64)
        if self.problem.group_cents is not None:
            # What a group may not do says nothing of how long ways take.
            durations = durations[durations < self.beyond]
        seconds = max(1.0, float(np.mean(durations)))
        kinds = data.vehicle_types()
        way = float(
            np.mean([k.unit_distance_cost * metres + k.unit_duration_cost * seconds for k in kinds])
        )
        loads = np.array([client.delivery for client in data.clients()], dtype=np.float64)
        mean = np.maximum(1.0, loads.mean(axis=0)) if loads.size else np.zeros(0)
        per_load = [engine.load_penalty * way / float(load) for load in mean]
        return per_load, engine.time_penalty * way / seconds, engine.time_penalty * way / metres


class _Watch(IteratedLocalSearchCallbacks):
    """Looks on while PyVRP works: remembers the last solution, sees what incumbents overload."""

    def __init__(self, model: _Model) -> None:
        self.model = model
        self.last: pyvrp.Solution | None = None
        self.broken: set[int] = set()

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
        """See whether a new best solution overloads a dimension that was left out."""
        self.broken.update(broken_dimensions(self.model.problem, self.model.routes_of(best)))


class _StopRule:
    """Stops at the limit, at a broken simplification, or when required jobs look impossible.

    With ``first`` it stops at the first solution that is feasible.
    """

    def __init__(self, limit: Limit, watch: _Watch, patience: float, *, first: bool) -> None:
        self.calls = 0
        self._first = first
        self._budget = Budget(limit)
        self._watch = watch
        self._impatient = Budget(limit.share(patience))

    def __call__(self, best_cost: int) -> bool:
        """Say whether the search is over; PyVRP asks before every iteration."""
        self.calls += 1
        for budget in (self._budget, self._impatient):
            budget.spend(1)
        if self._budget.left() is None or self._watch.broken:
            return True
        if best_cost == UNBOUNDED:
            return self._impatient.left() is None
        return self._first
