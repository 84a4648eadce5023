"""A routing problem as OR-Tools is told of it, and its search; nothing else imports its routing.

Without rules that need constraints the search is iterated local search: SISR ruins, insertion, no
local search after a ruin. It is led by filters that know no constraints, refuses a candidate
only at the end and then counts it nowhere, so where constraints stand between routes it may never
come to an end, and it begins from a solution of its own, not from the one given. There guided
local search takes its place, which goes on from what it is given.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import numpy as np
from ortools.constraint_solver import pywrapcp
from ortools.constraint_solver.routing_parameters_pb2 import RoutingSearchParameters

from optimizer.domain.limit import Limit
from optimizer.domain.travel_matrix import IntArray
from optimizer.domain.units import Seconds, nearest_div
from optimizer.engines.engine import RoutingProblem, RoutingRoute
from optimizer.engines.frame import Frame
from optimizer.engines.ortools_bound import MOST_FAILURES, LookBound
from optimizer.engines.ortools_parameters import Heat, annealed, guided
from optimizer.engines.ortools_rules import (
    NOBODY,
    Untyped,
    add_departures,
    add_rests,
    chain_trips,
    keep_together,
    round_up_bodies,
)
from optimizer.engines.schedule import MILLICENTS_PER_CENT
from optimizer.engines.simplify import narrowed_closes, prospects
from optimizer.engines.ways import metres_between, seconds_between

SWIG: Untyped = pywrapcp

BEYOND_ALL = 10**15
"""Penalty in millicents of a job that must be done; eight thousand of them fit into 64 bits."""


class Model:
    """A routing problem in OR-Tools' words: one node per job, then one per end of a route."""

    def __init__(
        self,
        problem: RoutingProblem,
        seed: int,
        frames: Sequence[Frame],
        *,
        bound: float,
        rests: bool,
        ruled: bool,
    ) -> None:
        self.problem = problem
        self.frames: Sequence[Frame] = frames
        self.manager: Untyped
        self.routing: Untyped
        self.bound = bound
        self.constrained = rests or ruled
        settled = {index for frame in frames for index in frame.begun}
        jobs = list(range(len(problem.jobs)))
        self.dice = random.Random(seed)
        self.dice.shuffle(jobs)
        self.jobs: Sequence[int] = [index for index in jobs if index not in settled]
        self.node_of: Mapping[int, int] = {index: node for node, index in enumerate(self.jobs)}
        places = [self._places(frame) for frame in frames]
        ends = sorted({place for pair in places for place in pair})
        nodes = [problem.jobs[index].node for index in self.jobs] + [node for node, _ in ends]
        self.nodes: IntArray = np.array(nodes, dtype=np.int64)
        self.begun: Sequence[int] = [
            len(self.jobs) + place for place, (_, begun) in enumerate(ends) if begun
        ]
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
        self._add_disjunctions()
        self._forbid()
        self._add_rules(rests)

    def _add_rules(self, rests: bool) -> None:
        if rests:
            add_rests(self)
        chain_trips(self)
        keep_together(self)
        if self.constrained:
            add_departures(self)
            round_up_bodies(self)

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
        """Let what is behind movable bulkheads fit into the body.

        Steps are rounded up by constraints where there are any; else one step is kept back.
        """
        bulkheads = [self.problem.vehicles[frame.group].bulkheads for frame in self.frames]
        jobs = [self.problem.jobs[index] for index in self.jobs]
        for number, kind in enumerate(sorted({b.dimensions for b in bulkheads if b is not None})):
            loads = [sum(job.load[dimension] for dimension in kind) for job in jobs]
            used = sum(any(job.load[dimension] for job in jobs) for dimension in kind)
            kept_back = used > 1 and not self.constrained
            most = [
                max(0, body.body_ml - body.step_ml * kept_back)
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

    def _add_disjunctions(self) -> None:
        for node, index in enumerate(self.jobs):
            cents = self.problem.jobs[index].drop_cents
            penalty = BEYOND_ALL if cents is None else cents * MILLICENTS_PER_CENT
            self.routing.AddDisjunction([self.manager.NodeToIndex(node)], penalty)

    def _forbid(self) -> None:
        """Keep the vehicles from the jobs that they may not do."""
        may = [self.problem.may_do(number) for number in range(len(self.problem.vehicles))]
        chains = self._chains_of_sets()
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
        """Bind some sets to the vehicle that has them, or to any where nobody does."""
        chain_of = {
            index: frame.chain for frame in self.frames for index in (*frame.begun, *frame.jobs)
        }
        chains = sorted({frame.chain for frame in self.frames})
        bound: dict[int, int] = {}
        for jobs in self.problem.together:
            known = [chain_of[index] for index in sorted(jobs) if index in chain_of]
            if self.dice.random() < self.bound:
                chain = known[0] if known else self.dice.choice(chains)
                bound.update(dict.fromkeys(jobs, chain))
        return bound

    def search(
        self, limit: Limit, *, hinted: bool, heat: Heat | None = None, known: bool = False
    ) -> list[RoutingRoute]:
        """Run the search and give the routes found.

        Parameters
        ----------
        limit
            What the search may use.
        hinted
            Whether the routes of the frames are where it begins.
        heat
            Which part of the annealing it is.
        known
            Whether it begins with those routes of the frames that the model takes, be there none;
            a large model with constraints is long at a beginning of its own.
        """
        parameters = annealed(limit)
        if not self.constrained and heat is not None:
            self._set_heat(parameters, heat)
        if self.constrained:
            guided(parameters)
            self._bound_looks(limit, known=known)
        self.routing.CloseModelWithParameters(parameters)
        hint = self._hint(in_part=known) if hinted or known else None
        if not self.constrained:
            if hint is not None:
                self.routing.SetFirstSolutionHint(hint)
            found = self.routing.SolveWithIteratedLocalSearch(parameters)
        elif hint is not None:
            found = self.routing.SolveFromAssignmentWithParameters(hint, parameters)
        else:
            found = self.routing.SolveWithParameters(parameters)
        return [] if found is None else list(self._routes(found))

    def _bound_looks(self, limit: Limit, *, known: bool) -> None:
        if limit.iterations is None:
            return
        if known:
            LookBound(self.routing, iterations=limit.iterations, jobs=len(self.jobs))
        else:
            bound = self.routing.solver().FailuresLimit(MOST_FAILURES * limit.iterations)
            self.routing.AddSearchMonitor(bound)

    def _hint(self, *, in_part: bool) -> Untyped:
        """Give the routes of the frames as OR-Tools' first solution; None where it refuses them.

        In part, a vehicle whose trips are refused beside those before it begins with nothing.
        """
        routes = [
            [
                place
                for place in (self.manager.NodeToIndex(self.node_of[i]) for i in frame.jobs)
                if self.routing.VehicleVar(place).Contains(vehicle)
            ]
            for vehicle, frame in enumerate(self.frames)
        ]
        hint = self.routing.ReadAssignmentFromRoutes(routes, True)
        if hint is not None or not in_part:
            return hint
        taken: list[list[int]] = [[] for _ in routes]
        hint = self.routing.ReadAssignmentFromRoutes(taken, True)
        for _, chain in groupby(enumerate(self.frames), key=lambda pair: pair[1].chain):
            vehicles = [vehicle for vehicle, _ in chain]
            tried = [routes[v] if v in vehicles else taken[v] for v in range(len(routes))]
            found = self.routing.ReadAssignmentFromRoutes(tried, True)
            if found is not None:
                taken, hint = tried, found
        return hint

    def _set_heat(self, parameters: RoutingSearchParameters, heat: Heat) -> None:
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
