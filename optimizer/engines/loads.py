"""What is on board: loads that leave on the way, pickups that come, and movable bulkheads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from operator import add

from optimizer.domain.units import ceil_div
from optimizer.engines.engine import Bulkheads, RoutingProblem, RoutingRoute, VehicleGroup
from optimizer.engines.runs import runs_of


def load_of(problem: RoutingProblem, jobs: Iterable[int]) -> tuple[int, ...]:
    """Add up the loads of jobs per capacity dimension."""
    loads = [problem.jobs[index].load for index in jobs]
    if not loads:
        return (0,) * _dimensions(problem)
    return tuple(map(sum, zip(*loads, strict=True)))


def peak_of(problem: RoutingProblem, trip_jobs: Sequence[int]) -> tuple[int, ...]:
    """Give the most that is on board of one trip at any moment, per capacity dimension.

    At a visit everything is handed over before anything is taken back.

    Parameters
    ----------
    problem
        What the jobs are.
    trip_jobs
        The jobs of the trip, in order.
    """
    asked = tuple(trip_jobs)
    return problem.known.ask("peak", asked, lambda: _peak_of(problem, asked))


def _peak_of(problem: RoutingProblem, trip_jobs: Sequence[int]) -> tuple[int, ...]:
    ask = problem.known.ask
    if not ask("pickups", None, lambda: any(any(job.pickup) for job in problem.jobs)):
        return load_of(problem, trip_jobs)
    runs = list(runs_of(problem, trip_jobs))
    changes = [ask("change", run, partial(_change, problem, run)) for run in runs]
    board = most = load_of(problem, trip_jobs)
    for change in changes:
        board = tuple(map(add, board, change))
        most = tuple(map(max, most, board))
    return most


def _change(problem: RoutingProblem, run: Sequence[int]) -> tuple[int, ...]:
    """Say by how much more is on board after a visit, per capacity dimension."""
    change = [-amount for amount in load_of(problem, run)]
    for index in run:
        for dimension, amount in enumerate(problem.jobs[index].pickup):
            change[dimension] += amount
    return tuple(change)


def holds(group: VehicleGroup, peak: Sequence[int]) -> bool:
    """Say whether a vehicle has room for so much in one trip, with its bulkheads set for it."""
    for amount, most in zip(peak, group.capacity, strict=True):
        if amount > most:
            return False
    return group.bulkheads is None or _bulkheads_hold(group.bulkheads, peak)


def fits(problem: RoutingProblem, route: RoutingRoute) -> bool:
    """Say whether what is on board fits into the vehicle all along the way of every trip."""
    group = problem.vehicles[route.group]
    return all(holds(group, peak_of(problem, trip)) for trip in route.trips)


def _bulkheads_hold(bulkheads: Bulkheads, peak: Sequence[int]) -> bool:
    """Say whether bulkheads can stand so that every compartment holds its most.

    The last used compartment takes the rest of the body, so every other may be as small as its
    goods allow.
    """
    used = [peak[dimension] for dimension in bulkheads.dimensions if peak[dimension] > 0]
    if not used:
        return True
    step = bulkheads.step_ml
    front = sum(ceil_div(amount, step) * step for amount in used[:-1])
    return front + used[-1] <= bulkheads.body_ml


def _dimensions(problem: RoutingProblem) -> int:
    return len(problem.vehicles[0].capacity) if problem.vehicles else 0
