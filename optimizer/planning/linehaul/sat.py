"""How CP-SAT is run: reproducibly under an iteration limit, by the clock under seconds."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ortools.sat.python import cp_model

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.planning.halting import obeying

DETERMINISTIC_S_PER_ITERATION = 0.002
"""What one iteration of a limit is worth in the deterministic seconds of CP-SAT."""

LEAST_S = 0.05
"""A share of a limit in seconds is never less, so that a model gets a first answer."""


class Budget:
    """What is left of a limit.

    Under iterations every share is one of the whole, so that no clock is asked.
    """

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._ends = time.monotonic() + (limit.seconds or 0.0)

    @property
    def spent(self) -> bool:
        """Say whether somebody asked to stop or the clock has run out.

        Under iterations the clock never does.
        """
        if self._limit.halted:
            return True
        return self._limit.seconds is not None and time.monotonic() >= self._ends

    @property
    def clockless(self) -> bool:
        """Say whether the limit is one of iterations."""
        return self._limit.iterations is not None

    @property
    def left_s(self) -> float:
        """The seconds that are left; none where somebody asked to stop or no clock is asked."""
        if self.clockless or self._limit.halted:
            return 0.0
        return max(0.0, self._ends - time.monotonic())

    def part(self, count: int) -> Budget:
        """Give one of so many equal parts of the seconds left; iterations are not parted."""
        return Budget(self._limit if self.clockless else self.share(1 / count))

    def share(self, fraction: float) -> Limit:
        """Give a share of what is left."""
        if self._limit.iterations is not None:
            return self._limit.share(fraction)
        left_s = max(LEAST_S, (self._ends - time.monotonic()) * fraction)
        return Limit(seconds=left_s, halt=self._limit.halt)


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
    with obeying(limit, solver):
        status = solver.solve(model)
    if status == cp_model.MODEL_INVALID:
        raise EngineFailed("CG-3001", f"CP-SAT refused a model: {model.validate()}")
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return Answer(solver=solver, cost=solver.objective_value, bound=solver.best_objective_bound)
