"""What OR-Tools is told by constraints: it proposes without them, and they refuse.

They are few, for a search is led by its dimensions and only held back by these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from typing import Any, Protocol, TypeAlias

import numpy as np

from optimizer.domain.driving import BreakRule
from optimizer.domain.travel_matrix import UNREACHABLE, IntArray
from optimizer.engines.engine import Bulkheads, RoutingProblem
from optimizer.engines.frame import Frame

Untyped: TypeAlias = Any
"""The classes generated from C++ carry no types."""

NOBODY = -1
"""OR-Tools' vehicle of a job that is left out."""


class Told(Protocol):
    """A model under construction: which jobs its nodes are, and which trips its vehicles."""

    problem: RoutingProblem
    frames: Sequence[Frame]
    jobs: Sequence[int]
    node_of: Mapping[int, int]
    nodes: IntArray
    begun: Sequence[int]
    manager: Untyped
    routing: Untyped


def round_up_bodies(told: Told) -> None:
    """Let every compartment before one in use be a whole number of steps."""
    for vehicle, frame in enumerate(told.frames):
        body = told.problem.vehicles[frame.group].bulkheads
        if body is not None:
            _round_up(told, vehicle, body)


def _round_up(told: Told, vehicle: int, body: Bulkheads) -> None:
    """Let every compartment before one in use be a whole number of steps."""
    solver = told.routing.solver()
    before = solver.IntConst(0)
    for dimension in body.dimensions:
        load = told.routing.GetDimensionOrDie(f"load{dimension}")
        amount = load.CumulVar(told.routing.End(vehicle))
        solver.Add(before * solver.IsGreaterCstVar(amount, 0) + amount <= body.body_ml)
        steps = (amount + (body.step_ml - 1)) // body.step_ml
        before = before + steps * body.step_ml


def add_rests(told: Told) -> None:
    """Let every stretch of driving but the first of a trip begin with a rest.

    Where groups have different rules the mildest holds for all that have one.
    """
    rules = {g.breaks for g in told.problem.vehicles if g.breaks is not None}
    if not rules:
        return
    rule = BreakRule(
        after_driving_s=max(1, *(rule.after_driving_s for rule in rules)),
        rest_s=min(rule.rest_s for rule in rules),
    )
    told.routing.AddDimensionWithVehicleTransits(
        [_driving(told, frame.group) for frame in told.frames], 0, 2**40, False, "driving"
    )
    driving = told.routing.GetDimensionOrDie("driving")
    time = told.routing.GetDimensionOrDie("time")
    solver = told.routing.solver()
    for vehicle, frame in enumerate(told.frames):
        start = told.routing.Start(vehicle)
        driving.CumulVar(start).SetValue(max(0, frame.driven_s - 1))
    size = told.routing.Size()
    indices = [*range(size), *(told.routing.End(v) for v in range(len(told.frames)))]
    stretches = [(driving.CumulVar(index) // rule.after_driving_s).Var() for index in indices]
    for index in range(size):
        after = solver.Element(stretches, told.routing.NextVar(index))
        solver.Add(time.SlackVar(index) >= (after - stretches[index]) * rule.rest_s)


def _driving(told: Told, number: int) -> int:
    """Register the driving of a group's vehicles; the first second of a trip is not counted."""
    group = told.problem.vehicles[number]
    seconds = told.problem.duration_s[group.profile][np.ix_(told.nodes, told.nodes)].copy()
    seconds[seconds == UNREACHABLE] = 0
    if group.breaks is None:
        seconds[:] = 0
    first = [p for p in range(len(told.jobs), len(told.nodes)) if p not in told.begun]
    seconds[first] = np.maximum(0, seconds[first] - 1)
    evaluator: int = told.routing.RegisterTransitMatrix(seconds.tolist())
    return evaluator


def keep_together(told: Told) -> None:
    """Leave out all jobs of a set or none, and give them to one vehicle."""
    solver = told.routing.solver()
    chain_of = [NOBODY, *(frame.chain for frame in told.frames)]
    for jobs in told.problem.together:
        places = [told.manager.NodeToIndex(told.node_of[i]) for i in jobs if i in told.node_of]
        for one, other in pairwise(places):
            solver.Add(told.routing.ActiveVar(one) == told.routing.ActiveVar(other))
            chains = [
                solver.Element(chain_of, told.routing.VehicleVar(place) + 1)
                for place in (one, other)
            ]
            solver.Add(chains[0] == chains[1])


def chain_trips(told: Told) -> None:
    """Let a vehicle's other trips need the one with its cost, and follow each other."""
    solver = told.routing.solver()
    time = told.routing.GetDimensionOrDie("time")
    vehicles = list(enumerate(told.frames))
    for _, chain in groupby(vehicles, key=lambda pair: pair[1].chain):
        trips = list(chain)
        holder = next((v for v, frame in trips if frame.holds_cost and frame.fixed_cents), None)
        for vehicle, _ in trips:
            if holder is not None and vehicle != holder:
                used = told.routing.ActiveVehicleVar(vehicle)
                solver.Add(used <= told.routing.ActiveVehicleVar(holder))
        for (one, frame), (following, _) in pairwise(trips):
            if not frame.free:
                continue
            used = told.routing.ActiveVehicleVar(following)
            reload_s = told.problem.vehicles[frame.group].reload_s
            home = time.CumulVar(told.routing.End(one))
            leaves = time.CumulVar(told.routing.Start(following))
            solver.Add(leaves >= home + used * reload_s)
            solver.Add(used <= told.routing.ActiveVehicleVar(one))
        _bound_duration(told, [vehicle for vehicle, _ in trips], trips[0][1])


def _bound_duration(told: Told, vehicles: list[int], first: Frame) -> None:
    longest = told.problem.vehicles[first.group].max_duration_s
    if longest is None or len(vehicles) == 1 or not first.free or first.begun:
        return
    time = told.routing.GetDimensionOrDie("time")
    begins = time.CumulVar(told.routing.Start(vehicles[0]))
    ends = time.CumulVar(told.routing.End(vehicles[-1]))
    told.routing.solver().Add(ends - begins <= longest)


def add_departures(told: Told) -> None:
    """Let every job know when its trip departs: not before its release, nor too early."""
    time = told.routing.GetDimensionOrDie("time")
    jobs = [told.problem.jobs[index] for index in told.jobs]
    first = min(frame.earliest for frame in told.frames)
    if all(job.release <= first and job.max_ride_s is None for job in jobs):
        return
    latest = max(frame.latest for frame in told.frames)
    told.routing.AddConstantDimension(0, latest, False, "departure")
    departure = told.routing.GetDimensionOrDie("departure")
    solver = told.routing.solver()
    for vehicle in range(len(told.frames)):
        start = told.routing.Start(vehicle)
        solver.Add(departure.CumulVar(start) == time.CumulVar(start))
    for node, job in enumerate(jobs):
        place = told.manager.NodeToIndex(node)
        departs = departure.CumulVar(place)
        departs.SetMin(min(job.release, latest))
        if job.max_ride_s is not None:
            service = told.problem.service_s[job.node] + job.service_s
            solver.Add(time.CumulVar(place) - departs <= service + job.max_ride_s)
