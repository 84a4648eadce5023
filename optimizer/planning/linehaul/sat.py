"""How CP-SAT is run: reproducibly under an iteration limit, by the clock under seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit

DETERMINISTIC_S_PER_ITERATION = 0.002
"""What one iteration of a limit is worth in the deterministic seconds of CP-SAT."""


class Budget:
    """What is left of a limit.

    Under iterations every share is one of the whole, so that no clock is asked.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._ends = time.monotonic() + (limit.seconds or 0.0)

    @property
    def spent(self) -> bool:
        """Say whether the clock has run out; it never does under iterations."""
        return self._limit.seconds is not None and time.monotonic() >= self._ends

    def share(self, fraction: float) -> Limit:
        """Give a share of what is left."""
        if self._limit.iterations is not None:
            return self._limit.share(fraction)
        return Limit(seconds=max(0.05, (self._ends - time.monotonic()) * fraction))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The values CP-SAT found, and the bound it proved."""

    solver: cp_model.CpSolver
    cost: float
    bound: float


def run(model: cp_model.CpModel, *, limit: Limit, seed: int, levels: int = 1) -> Answer | None:
    """Solve a model; None where there is no solution or none was found in time.

    One worker searches: with more, the answer would depend on which of them is faster.

    Raises
    ------
    EngineFailed
        The model is not one.
    """
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    # CP-SAT would take Ctrl-C for itself and not give it back.
    solver.parameters.catch_sigint_signal = False
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.linearization_level = levels
    if limit.iterations is not None:
        solver.parameters.max_deterministic_time = limit.iterations * DETERMINISTIC_S_PER_ITERATION
    else:
        solver.parameters.max_time_in_seconds = limit.seconds or 0.0
    status = solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise EngineFailed("CG-3001", f"CP-SAT refused a model: {model.validate()}")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return Answer(solver=solver, cost=solver.objective_value, bound=solver.best_objective_bound)
