"""Ends a search of OR-Tools that counts iterations, also where it finds nothing.

OR-Tools counts solutions. Where constraints refuse every candidate no solution comes, so what is
tried and what is refused is counted too; no clock is read, and equal searches end at equal places.

A bound must not be reached before there is a first solution: then OR-Tools refuses every single
insertion, yet goes on to try each job in each vehicle, for minutes with some hundred jobs.
"""

from __future__ import annotations

from optimizer.engines.ortools_rules import Untyped

MOST_FAILURES = 30
"""After so many refusals per iteration a search ends that counts iterations."""

MOST_LOOKS = 100
"""After so many candidates per iteration and job it ends as well."""


class LookBound:
    """Counts candidates and refusals from the first solution on.

    Parameters
    ----------
    routing
        The model; the bound joins its search.
    iterations, jobs
        What the search may use, and its size.
    """

    def __init__(self, routing: Untyped, *, iterations: int, jobs: int) -> None:
        self.looks = 0
        self._most_looks = MOST_LOOKS * iterations * max(1, jobs)
        self._most_failures = MOST_FAILURES * iterations
        self._failures: int | None = None
        self._solver = routing.solver()
        routing.AddAtSolutionCallback(self._begin)
        routing.AddSearchMonitor(self._solver.CustomLimit(self._reached))

    def _begin(self) -> None:
        if self._failures is None:
            self._failures = self._solver.Failures()

    def _reached(self) -> bool:
        """Say whether the search is over; OR-Tools asks at every candidate."""
        if self._failures is None:
            return False
        self.looks += 1
        failures = self._solver.Failures() - self._failures
        return self.looks >= self._most_looks or bool(failures >= self._most_failures)
