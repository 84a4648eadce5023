"""OR-Tools Routing by iterated local search: constraint-rich routes and exactly tight fleets.

Service is charged on the way into a node and the clock of a visit is the end of its service, as
in ``pyvrp_engine``. Due times are soft; the longest ride narrows the window, counted from the
earliest departure of any group. A job that must be done has a penalty beyond all other costs,
because a model in which jobs are mandatory often finds no first solution at all.

A vehicle of the model is one trip (``trip_frames``), jobs that ride together are put as one
where they can be (``bundles``), and what is settled of a route lies before the start of its
vehicle. Only what those three leave over is asked by constraints, which the search sees too late
to be led by them: it proposes, they refuse.

Under an iteration limit the search counts solutions and looks at no clock. OR-Tools takes no
seed here: the seed shuffles the jobs instead, and with them every tie and every random choice.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count, groupby, pairwise
from typing import Any, TypeAlias

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.constraint_solver.routing_parameters_pb2 import RoutingSearchParameters

from optimizer.domain.driving import BreakRule
from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.budget import Budget
from optimizer.engines.bundles import bundled
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.repair import repaired
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import narrowed_closes, prospects
from optimizer.engines.trip_frames import Frame, framed, has_frames
from optimizer.engines.ways import metres_between, seconds_between

Untyped: TypeAlias = Any
"""The classes generated from C++ carry no types."""

SWIG: Untyped = pywrapcp

NOBODY = -1
"""OR-Tools' vehicle of a job that is left out."""

SLICE_S = 1.5
SLICE_JOBS = 2000
"""A search that can be halted is cut into slices: of so many seconds, or of so many iterations
times jobs."""

FRAME_SLICES = 8
"""Into so many slices a search is cut at least where the next one learns from the last."""

LEAST_SLICE_S = 0.2

FEW_JOBS = 24
"""Up to so many jobs the solver can see to trips, releases and sets by constraints."""

META = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH

MOST_FAILURES = 30
"""After so many a candidate that constraints refuse is given up, or a search might never end."""

HOTTEST, COLDEST = 0.1, 0.001
"""Temperatures of the annealing where it is cut into slices, in costs of an average way."""

FIRST_LOOK = Limit(iterations=1)

BEYOND_ALL = 10**15
"""Penalty in millicents of a job that must be done; eight thousand of them fit into 64 bits."""


class OrToolsRouting:
    """The engine named ``ortools``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "ortools"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return frozenset(
            {
                Ability.BREAKS,
                Ability.SOFT_DUE,
                Ability.TOGETHER,
                Ability.LOCKS,
                Ability.TRIPS,
            }
        )

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        """Find good routes within the limit.

        Raises
        ------
        EngineFailed
            A job that must be done found no place.
        """
        best = _Search(problem, seed).run(limit, start)
        if best is None:
            raise EngineFailed("CG-3001", "OR-Tools found no place for a job that must be done")
        return best


class _Search:
    """A search in one piece, or in slices of which each begins with the best answer so far."""

    def __init__(self, problem: RoutingProblem, seed: int) -> None:
        self.problem = problem
        self.seed = seed
        self.bundled = bundled(problem)
        self.told = self.bundled.problem
        self.possible = bool(problem.jobs) and any(group.count > 0 for group in problem.vehicles)
        self.learns = (
            has_frames(self.told)
            or bool(self.told.together)
            or any(group.breaks is not None for group in problem.vehicles)
        )
        self.rests = len(self.told.jobs) <= FEW_JOBS
        """Whether rests can matter: few jobs, or a route drives for longer than its driver may."""

    def run(self, limit: Limit, start: RoutingAnswer | None) -> RoutingAnswer | None:
        """Search within a limit; None where a job that must be done found no place."""
        if limit.halt is None and not self.learns:
            return self._found(limit, start)
        return self._in_slices(limit, start)

    def _found(
        self,
        limit: Limit,
        start: RoutingAnswer | None,
        number: int = 0,
        heat: _Heat | None = None,
    ) -> RoutingAnswer | None:
        """Search once."""
        found = self._searched(limit, start, number, heat) if self.possible else []
        answers = (repaired(self.problem, self.bundled.unfolded(found)), start)
        known = [answer for answer in answers if answer is not None]
        return min(known, key=lambda answer: answer.cost_millicents, default=None)

    def _searched(
        self, limit: Limit, start: RoutingAnswer | None, number: int, heat: _Heat | None
    ) -> list[RoutingRoute]:
        seed = self.seed + number
        exact = len(self.told.jobs) <= FEW_JOBS and number % 2 == 0
        frames = framed(
            self.told,
            [] if start is None else self.bundled.folded(start),
            free=exact or not has_frames(self.told),
            dice=random.Random(seed),
        )
        if not frames:
            return []
        model = _Model(self.told, seed, frames, exact=exact, rests=self.rests)
        found = model.search(limit, hinted=start is not None, heat=heat)
        self.rests = self.rests or _drive_too_long(self.told, found)
        return found

    def _in_slices(self, limit: Limit, start: RoutingAnswer | None) -> RoutingAnswer | None:
        """Search slice by slice, and look between two for a halt.

        A search that runs cannot be told to finish: OR-Tools holds the interpreter, and its
        iterated local search begins the next iteration whatever a callback says. The annealing
        cools over all slices as it would over one search.
        """
        budget, whole, best = Budget(limit), _amount(limit), start
        share = min(1.0, self._slice(limit) / whole)
        for number in count():
            left, part = budget.left(), budget.left(share)
            if left is None or part is None:
                break
            begins = 1.0 - _amount(left) / whole
            heat = _Heat(begins=begins, ends=min(1.0, begins + _amount(part) / whole))
            best = self._found(part, best, number, heat)
            budget.spend(part.iterations or 0)
        if best is None or (limit.halted and best.dropped):
            return self._found(FIRST_LOOK, best)
        return best

    def _slice(self, limit: Limit) -> float:
        """Say how long one search may be; an iteration takes the longer the more jobs there are."""
        jobs = max(1, len(self.problem.jobs))
        most = float(max(1, SLICE_JOBS // jobs)) if limit.iterations else SLICE_S
        least = 1.0 if limit.iterations else LEAST_SLICE_S
        return min(most, max(least, _amount(limit) / FRAME_SLICES)) if self.learns else most


def _drive_too_long(problem: RoutingProblem, routes: Iterable[RoutingRoute]) -> bool:
    """Say whether on some trip the driver has to rest."""
    for route in routes:
        group = problem.vehicles[route.group]
        for trip in route.trips if group.breaks is not None else ():
            nodes = np.array(
                [group.start, *(problem.jobs[index].node for index in trip), group.end]
            )
            driven = problem.duration_s[group.profile][nodes[:-1], nodes[1:]].sum()
            if group.breaks is not None and driven > group.breaks.after_driving_s:
                return True
    return False


def _amount(limit: Limit) -> float:
    """Give the number of a limit, be it seconds or iterations."""
    return float(limit.iterations or limit.seconds or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heat:
    """Which part of the annealing a slice is: 0 is the beginning, 1 the end."""

    begins: float
    ends: float

    def at(self, progress: float, reference: float) -> float:
        """Give the temperature, which falls by the same factor in every equal part."""
        return reference * HOTTEST * float((COLDEST / HOTTEST) ** progress)


class _Model:
    """A routing problem in OR-Tools' words: one node per job, then one per end of a route."""

    def __init__(
        self,
        problem: RoutingProblem,
        seed: int,
        frames: Sequence[Frame],
        *,
        exact: bool,
        rests: bool,
    ) -> None:
        self.problem = problem
        self.frames = frames
        self.exact = exact
        self.constrained = rests or has_frames(problem) or bool(problem.together)
        settled = {index for frame in frames for index in frame.begun}
        jobs = list(range(len(problem.jobs)))
        random.Random(seed).shuffle(jobs)
        self.jobs = [index for index in jobs if index not in settled]
        self.node_of = {index: node for node, index in enumerate(self.jobs)}
        places = [self._places(frame) for frame in frames]
        ends = sorted({place for pair in places for place in pair})
        nodes = [problem.jobs[index].node for index in self.jobs] + [node for node, _ in ends]
        self.nodes: IntArray = np.array(nodes, dtype=np.int64)
        self.begun = [len(self.jobs) + place for place, (_, begun) in enumerate(ends) if begun]
        place = {end: len(self.jobs) + number for number, end in enumerate(ends)}
        self.manager = SWIG.RoutingIndexManager(
            len(nodes),
            len(frames),
            [place[start] for start, _ in places],
            [place[end] for _, end in places],
        )
        self.routing = SWIG.RoutingModel(self.manager)
        self._add_costs()
        self._add_loads()
        self._add_time()
        if rests:
            self._add_rests()
        self._add_disjunctions()
        self._forbid()
        self._add_trips()
        self._keep_together()

    def _places(self, frame: Frame) -> tuple[tuple[int, bool], tuple[int, bool]]:
        """Give the places where a frame starts and ends; one begun is a place of its own."""
        end = self.problem.vehicles[frame.group].end
        return (frame.start, bool(frame.begun)), (end, False)

    def _add_costs(self) -> None:
        metres = metres_between(self.problem, self.nodes, len(self.jobs))
        evaluators: dict[tuple[int, bytes], int] = {}
        for vehicle, frame in enumerate(self.frames):
            group = self.problem.vehicles[frame.group]
            added = self._added(frame.group)
            key = (group.cents_per_km, added.tobytes())
            if key not in evaluators:
                millicents = metres * group.cents_per_km
                millicents[:, : len(self.jobs)] += added
                evaluators[key] = self.routing.RegisterTransitMatrix(millicents.tolist())
            self.routing.SetArcCostEvaluatorOfVehicle(evaluators[key], vehicle)
            self.routing.SetFixedCostOfVehicle(frame.fixed_cents * MILLICENTS_PER_CENT, vehicle)
            if frame.begun:
                self.routing.SetVehicleUsedWhenEmpty(True, vehicle)
        longest = [frame.longest_m for frame in self.frames]
        if any(bound is not None for bound in longest):
            most = int(metres.max(initial=0)) * (len(self.jobs) + 1)
            self.routing.AddDimensionWithVehicleCapacity(
                self.routing.RegisterTransitMatrix(metres.tolist()),
                0,
                [most if bound is None else bound for bound in longest],
                True,
                "metres",
            )

    def _added(self, group: int) -> IntArray:
        """Give the millicents that a group adds to the way into each job."""
        if self.problem.group_cents is None:
            return np.zeros(len(self.jobs), dtype=np.int64)
        added: IntArray = np.maximum(self.problem.group_cents[self.jobs, group], 0)
        return added * MILLICENTS_PER_CENT

    def _add_loads(self) -> None:
        capacities = [frame.capacity for frame in self.frames]
        jobs = [self.problem.jobs[index] for index in self.jobs]
        for dimension in range(len(capacities[0])):
            most = [capacity[dimension] for capacity in capacities]
            self._add_load([job.load[dimension] for job in jobs], most, f"load{dimension}")
            back = [job.pickup[dimension] if job.pickup else 0 for job in jobs]
            if any(back):
                self._add_load(back, most, f"pickup{dimension}")
        self._add_bodies()

    def _add_bodies(self) -> None:
        """Let what is behind movable bulkheads fit into the body, but for one step."""
        bulkheads = [self.problem.vehicles[frame.group].bulkheads for frame in self.frames]
        jobs = [self.problem.jobs[index] for index in self.jobs]
        for number, kind in enumerate(sorted({b.dimensions for b in bulkheads if b is not None})):
            loads = [sum(job.load[dimension] for dimension in kind) for job in jobs]
            used = sum(any(job.load[dimension] for job in jobs) for dimension in kind)
            most = [
                max(0, body.body_ml - body.step_ml * (used > 1))
                if body is not None and body.dimensions == kind
                else sum(loads)
                for body in bulkheads
            ]
            self._add_load(loads, most, f"body{number}")

    def _add_load(self, loads: list[int], most: list[int], name: str) -> None:
        padded = loads + [0] * (len(self.nodes) - len(loads))
        evaluator = self.routing.RegisterUnaryTransitVector(padded)
        self.routing.AddDimensionWithVehicleCapacity(evaluator, 0, most, True, name)

    def _add_time(self) -> None:
        horizon = 1 + max(group.latest for group in self.problem.vehicles)
        horizon = max(horizon, *(frame.latest + 1 for frame in self.frames))
        evaluators = [
            self.routing.RegisterTransitMatrix(self._seconds(profile, horizon).tolist())
            for profile in range(len(self.problem.duration_s))
        ]
        self.routing.AddDimensionWithVehicleTransits(
            [evaluators[self.problem.vehicles[frame.group].profile] for frame in self.frames],
            horizon,
            horizon,
            False,
            "time",
        )
        time = self.routing.GetDimensionOrDie("time")
        for vehicle, frame in enumerate(self.frames):
            group = self.problem.vehicles[frame.group]
            ends = (self.routing.Start(vehicle), self.routing.End(vehicle))
            for index in ends:
                time.CumulVar(index).SetRange(frame.earliest, max(frame.earliest, frame.latest))
            if frame.longest_s is not None:
                time.SetSpanUpperBoundForVehicle(frame.longest_s, vehicle)
            if group.cents_per_h:
                rate = nearest_div(group.cents_per_h * MILLICENTS_PER_CENT, 3600)
                time.SetSpanCostCoefficientForVehicle(rate, vehicle)
            for index in ends:
                self.routing.AddVariableMinimizedByFinalizer(time.CumulVar(index))
        self._add_windows(time, horizon)

    def _seconds(self, profile: int, beyond: Seconds) -> IntArray:
        """Give the durations of a profile; the job behind what is settled may share its service."""
        jobs = len(self.jobs)
        seconds = seconds_between(self.problem, profile, self.nodes, jobs, beyond)
        for place in self.begun:
            seconds[place, :jobs][self.nodes[:jobs] == self.nodes[place]] = 0
        own: IntArray = np.array(
            [self.problem.jobs[i].service_s for i in self.jobs], dtype=np.int64
        )
        seconds[:, :jobs] += own
        return seconds

    def _add_windows(self, time: Untyped, horizon: Seconds) -> None:
        closes = narrowed_closes(self.problem, starts=None)
        possible = [not hopeless for hopeless in prospects(self.problem).hopeless]
        for node, index in enumerate(self.jobs):
            job = self.problem.jobs[index]
            service = self.problem.service_s[job.node] + job.service_s
            place = self.manager.NodeToIndex(node)
            if not possible[index]:
                self.routing.ActiveVar(place).SetValue(0)
                continue
            time.CumulVar(place).SetRange(
                max(0, job.opens + service), min(horizon, closes[index] + service)
            )
            if job.due is not None and job.late_cents_per_min > 0:
                rate = nearest_div(job.late_cents_per_min * MILLICENTS_PER_CENT, 60)
                time.SetCumulVarSoftUpperBound(place, max(0, job.due + service), rate)

    def _add_rests(self) -> None:
        """Let every stretch of driving but the first of a trip begin with a rest.

        Where groups have different rules the mildest holds for all that have one.
        """
        rules = {g.breaks for g in self.problem.vehicles if g.breaks is not None}
        if not rules:
            return
        rule = BreakRule(
            after_driving_s=max(1, *(rule.after_driving_s for rule in rules)),
            rest_s=min(rule.rest_s for rule in rules),
        )
        self.routing.AddDimensionWithVehicleTransits(
            [self._driving(frame.group) for frame in self.frames], 0, 2**40, False, "driving"
        )
        driving = self.routing.GetDimensionOrDie("driving")
        time = self.routing.GetDimensionOrDie("time")
        solver = self.routing.solver()
        for vehicle, frame in enumerate(self.frames):
            start = self.routing.Start(vehicle)
            driving.CumulVar(start).SetValue(max(0, frame.driven_s - 1))
        size = self.routing.Size()
        indices = [*range(size), *(self.routing.End(v) for v in range(len(self.frames)))]
        stretches = [(driving.CumulVar(index) // rule.after_driving_s).Var() for index in indices]
        for index in range(size):
            after = solver.Element(stretches, self.routing.NextVar(index))
            solver.Add(time.SlackVar(index) >= (after - stretches[index]) * rule.rest_s)

    def _driving(self, number: int) -> int:
        """Register the driving of a group's vehicles; the first second of a trip is not counted."""
        group = self.problem.vehicles[number]
        seconds = self.problem.duration_s[group.profile][np.ix_(self.nodes, self.nodes)].copy()
        seconds[seconds == UNREACHABLE] = 0
        if group.breaks is None:
            seconds[:] = 0
        first = [p for p in range(len(self.jobs), len(self.nodes)) if p not in self.begun]
        seconds[first] = np.maximum(0, seconds[first] - 1)
        evaluator: int = self.routing.RegisterTransitMatrix(seconds.tolist())
        return evaluator

    def _add_disjunctions(self) -> None:
        for node, index in enumerate(self.jobs):
            cents = self.problem.jobs[index].drop_cents
            penalty = BEYOND_ALL if cents is None else cents * MILLICENTS_PER_CENT
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def _forbid(self) -> None:
        """Keep the vehicles from the jobs that they may not do."""
        may = [self.problem.may_do(number) for number in range(len(self.problem.vehicles))]
        chains = {} if self.exact else self._chains_of_sets()
        for node, index in enumerate(self.jobs):
            release = self.problem.jobs[index].release
            vehicles = [
                vehicle
                for vehicle, frame in enumerate(self.frames)
                if may[frame.group][index]
                and (frame.released_by is None or release <= frame.released_by)
                and chains.get(index, frame.chain) == frame.chain
            ]
            if len(vehicles) < len(self.frames):
                place = self.manager.NodeToIndex(node)
                self.routing.VehicleVar(place).SetValues([NOBODY, *vehicles])

    def _chains_of_sets(self) -> dict[int, int]:
        """Give jobs that ride together the vehicle that has most of them, or any by turns."""
        chain_of = {
            index: frame.chain for frame in self.frames for index in (*frame.begun, *frame.jobs)
        }
        chains = sorted({frame.chain for frame in self.frames})
        bound: dict[int, int] = {}
        for turn, jobs in enumerate(self.problem.together):
            known = [chain_of[index] for index in jobs if index in chain_of]
            chain = known[0] if known else chains[turn % len(chains)]
            bound.update(dict.fromkeys(jobs, chain))
        return bound

    def _keep_together(self) -> None:
        """Leave out all jobs of a set or none, and give them to one vehicle."""
        solver = self.routing.solver()
        chain_of = [NOBODY, *(frame.chain for frame in self.frames)]
        for jobs in self.problem.together:
            places = [self.manager.NodeToIndex(self.node_of[i]) for i in jobs if i in self.node_of]
            for one, other in pairwise(places):
                solver.Add(self.routing.ActiveVar(one) == self.routing.ActiveVar(other))
                if self.exact:
                    chains = [
                        solver.Element(chain_of, self.routing.VehicleVar(place) + 1)
                        for place in (one, other)
                    ]
                    solver.Add(chains[0] == chains[1])

    def _add_trips(self) -> None:
        """Let a vehicle's other trips need the one with its cost, and follow each other."""
        solver = self.routing.solver()
        time = self.routing.GetDimensionOrDie("time")
        vehicles = list(enumerate(self.frames))
        for _, chain in groupby(vehicles, key=lambda pair: pair[1].chain):
            trips = list(chain)
            holder = next(
                (v for v, frame in trips if frame.holds_cost and frame.fixed_cents), None
            )
            for vehicle, _ in trips:
                if holder is not None and vehicle != holder:
                    used = self.routing.ActiveVehicleVar(vehicle)
                    solver.Add(used <= self.routing.ActiveVehicleVar(holder))
            for (one, frame), (following, _) in pairwise(trips):
                if not frame.free:
                    continue
                used = self.routing.ActiveVehicleVar(following)
                reload_s = self.problem.vehicles[frame.group].reload_s
                home = time.CumulVar(self.routing.End(one))
                leaves = time.CumulVar(self.routing.Start(following))
                solver.Add(leaves >= home + used * reload_s)
                solver.Add(used <= self.routing.ActiveVehicleVar(one))
            self._bound_duration([vehicle for vehicle, _ in trips], trips[0][1])
        if any(frame.free for frame in self.frames):
            self._add_releases(time)

    def _bound_duration(self, vehicles: list[int], first: Frame) -> None:
        longest = self.problem.vehicles[first.group].max_duration_s
        if longest is None or len(vehicles) == 1 or not first.free or first.begun:
            return
        time = self.routing.GetDimensionOrDie("time")
        begins = time.CumulVar(self.routing.Start(vehicles[0]))
        ends = time.CumulVar(self.routing.End(vehicles[-1]))
        self.routing.solver().Add(ends - begins <= longest)

    def _add_releases(self, time: Untyped) -> None:
        """Let no trip leave before all is released that rides on it."""
        releases = [self.problem.jobs[index].release for index in self.jobs]
        last = max(releases, default=0)
        if last <= min(frame.earliest for frame in self.frames):
            return
        self.routing.AddConstantDimension(0, last, False, "release")
        release = self.routing.GetDimensionOrDie("release")
        for node, moment in enumerate(releases):
            release.CumulVar(self.manager.NodeToIndex(node)).SetMin(moment)
        for vehicle, frame in enumerate(self.frames):
            if frame.released_by is None:
                start = self.routing.Start(vehicle)
                ready = release.CumulVar(start)
                self.routing.solver().Add(time.CumulVar(start) >= ready)
                self.routing.AddVariableMinimizedByFinalizer(ready)

    def search(
        self, limit: Limit, *, hinted: bool, heat: _Heat | None = None
    ) -> list[RoutingRoute]:
        """Run the search and give the routes found."""
        parameters = _parameters(limit)
        if self.constrained:
            _guide(parameters)
            if limit.iterations is not None:
                bound = self.routing.solver().FailuresLimit(MOST_FAILURES * limit.iterations)
                self.routing.AddSearchMonitor(bound)
        elif heat is not None:
            self._set_heat(parameters, heat)
        self.routing.CloseModelWithParameters(parameters)
        hint = self._hint() if hinted else None
        if not self.constrained:
            if hint is not None:
                self.routing.SetFirstSolutionHint(hint)
            found = self.routing.SolveWithIteratedLocalSearch(parameters)
        elif hint is not None:
            found = self.routing.SolveFromAssignmentWithParameters(hint, parameters)
        else:
            found = self.routing.SolveWithParameters(parameters)
        return [] if found is None else list(self._routes(found))

    def _hint(self) -> Untyped:
        """Give the routes of the frames as OR-Tools' first solution; None where it refuses them."""
        routes = [
            [
                place
                for place in (self.manager.NodeToIndex(self.node_of[i]) for i in frame.jobs)
                if self.routing.VehicleVar(place).Contains(vehicle)
            ]
            for vehicle, frame in enumerate(self.frames)
        ]
        return self.routing.ReadAssignmentFromRoutes(routes, True)

    def _set_heat(self, parameters: RoutingSearchParameters, heat: _Heat) -> None:
        groups = {frame.group for frame in self.frames}
        rates = [self.problem.vehicles[number].cents_per_km for number in groups]
        metres = metres_between(self.problem, self.nodes, len(self.jobs))
        reference = max(1.0, float(np.mean(metres)) * float(np.mean(rates)))
        ils = parameters.iterated_local_search_parameters
        annealing = ils.reference_solution_acceptance_strategy.simulated_annealing
        annealing.automatic_temperatures = False
        annealing.initial_temperature = heat.at(heat.begins, reference)
        annealing.final_temperature = heat.at(heat.ends, reference)

    def _routes(self, found: Untyped) -> Iterable[RoutingRoute]:
        vehicles = enumerate(self.frames)
        for _, chain in groupby(vehicles, key=lambda pair: pair[1].chain):
            trips = list(chain)
            done = [(*frame.begun, *self._jobs_of(vehicle, found)) for vehicle, frame in trips]
            if any(done):
                yield RoutingRoute.of_trips(trips[0][1].group, done)

    def _jobs_of(self, vehicle: int, found: Untyped) -> list[int]:
        jobs = []
        index = found.Value(self.routing.NextVar(self.routing.Start(vehicle)))
        while not self.routing.IsEnd(index):
            jobs.append(self.jobs[self.manager.IndexToNode(index)])
            index = found.Value(self.routing.NextVar(index))
        return jobs


def _parameters(limit: Limit) -> RoutingSearchParameters:
    """Set up SISR ruins, local cheapest insertion, and annealing with automatic temperatures."""
    parameters: RoutingSearchParameters = SWIG.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.use_iterated_local_search = True
    ils = parameters.iterated_local_search_parameters
    ils.improve_perturbed_solution = False
    ruin = ils.ruin_recreate_parameters
    sisr = ruin.ruin_strategies.add().sisr
    sisr.max_removed_sequence_size = 10
    sisr.avg_num_removed_visits = 10
    sisr.bypass_factor = 0.01
    ruin.recreate_strategy.heuristic = (
        routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    )
    annealing = ils.reference_solution_acceptance_strategy.simulated_annealing
    annealing.automatic_temperatures = True
    if limit.iterations is not None:
        parameters.solution_limit = limit.iterations
    else:
        assert limit.seconds is not None
        parameters.time_limit.FromNanoseconds(max(1, round(limit.seconds * 1e9)))
    return parameters


def _guide(parameters: RoutingSearchParameters) -> None:
    """Turn to guided local search, which goes on from its start and counts what it tries."""
    parameters.use_iterated_local_search = False
    parameters.local_search_metaheuristic = META
