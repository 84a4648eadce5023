"""Linear programs, continuous by GLOP and mixed by SCIP, with variables and rows as numbers."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import numpy.typing as npt
from ortools.linear_solver import pywraplp

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit

FloatArray = npt.NDArray[np.float64]

NODES_AT_LEAST = 100
"""Branch-and-bound nodes for a mixed program besides one for each iteration of its limit."""

SECONDS_AT_LEAST = 1.0
"""Below this a clock stops a solver before it has anything to show."""


class LinearProgram:
    """Minimise the cost of variables within rows.

    Parameters
    ----------
    mixed
        Whether some variables are yes or no.
    """

    def __init__(self, *, mixed: bool = False) -> None:
        self._mixed = mixed
        # The bindings of ortools carry no annotations; what they give is annotated here.
        create: Any = pywraplp.Solver.CreateSolver
        self._solver: Any = create("SCIP" if mixed else "GLOP")
        self._objective: Any = self._solver.Objective()
        self._variables: list[Any] = []
        self._rows: list[Any] = []
        self._status: Any = None

    def variable(
        self, *, cost: float, lower: float = 0.0, upper: float = inf, yes_or_no: bool = False
    ) -> int:
        """Add a variable and give its number."""
        variable = self._solver.Var(lower, upper, yes_or_no, "")
        if cost:
            self._objective.SetCoefficient(variable, cost)
        self._variables.append(variable)
        return len(self._variables) - 1

    def bind(self, variable: int, lower: float, upper: float) -> None:
        """Bound a variable anew; the next solution is looked for from the last one."""
        self._variables[variable].SetBounds(lower, upper)

    def charge(self, variable: int, cost: float) -> None:
        """Give a variable another cost."""
        self._objective.SetCoefficient(self._variables[variable], cost)

    def row(self, lower: float, upper: float = inf) -> int:
        """Add a row without coefficients and give its number."""
        self._rows.append(self._solver.RowConstraint(lower, upper, ""))
        return len(self._rows) - 1

    def put(self, row: int, variable: int, coefficient: float) -> None:
        """Set a coefficient."""
        self._rows[row].SetCoefficient(self._variables[variable], coefficient)

    def solve(self, limit: Limit | None = None) -> FloatArray:
        """Give the values of a solution, the best one unless a mixed program ran out of limit.

        Raises
        ------
        EngineFailed
            There is no solution, which none of our programs admits.
        """
        values = self.attempt(limit)
        if values is None:
            status = self._status
            raise EngineFailed("CG-3001", f"a linear program ended with solver status {status}")
        return values

    def attempt(self, limit: Limit | None = None) -> FloatArray | None:
        """Give the values of a solution; None where numbers too close to each other deny one."""
        solver = self._solver
        if limit is not None and limit.seconds is not None:
            solver.SetTimeLimit(round(1000 * max(SECONDS_AT_LEAST, limit.seconds)))
        elif limit is not None and self._mixed:
            nodes = NODES_AT_LEAST + (limit.iterations or 0)
            solver.SetSolverSpecificParametersAsString(f"limits/nodes = {nodes}\n")
        self._status = solver.Solve()
        if self._status not in (pywraplp.Solver.OPTIMAL, pywraplp.Solver.FEASIBLE):
            return None
        return np.array([v.solution_value() for v in self._variables])

    @property
    def cost(self) -> float:
        """The cost of the solution."""
        return float(self._objective.Value())

    @property
    def reduced_costs(self) -> FloatArray:
        """What a unit of each variable would cost on balance."""
        return np.array([v.reduced_cost() for v in self._variables])

    @property
    def duals(self) -> FloatArray:
        """What a unit of each row's bound costs."""
        return np.array([row.dual_value() for row in self._rows])
