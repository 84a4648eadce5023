"""Which model of a problem PyVRP is given first, and which one next where that was wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from optimizer.engines.engine import RoutingAnswer, RoutingProblem
from optimizer.engines.simplify import BULKHEADS, binding_dimensions, prospects


class Dues(Enum):
    """What becomes of due times: hard bounds, none at all, or hard but for known lateness."""

    KEPT = "kept"
    OPEN = "open"
    KNOWN = "known"


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How much of a problem a model tells.

    Parameters
    ----------
    jobs
        All but those that no vehicle can do.
    required
        Jobs that the model must do, though the problem may let them be left out.
    dimensions
        The capacity dimensions that the model has.
    steps
        Steps of movable bulkheads that the model keeps back in each body.
    """

    jobs: tuple[int, ...]
    required: frozenset[int]
    dimensions: tuple[int, ...]
    dues: Dues
    steps: int = 1

    def gives_way(self, problem: RoutingProblem) -> bool:
        """Say whether there is another model to go to where this one has no solution."""
        optional = any(problem.jobs[index].drop_cents is not None for index in self.required)
        return optional or self.dues is Dues.OPEN or self._opens(problem)

    def following(self, problem: RoutingProblem, broken: set[int], complete: bool) -> View | None:
        """Give the next model after a search; None where this one was right."""
        if broken:
            more = {*self.dimensions, *broken} - {BULKHEADS}
            steps = self.steps + (BULKHEADS in broken)
            return replace(self, dimensions=tuple(sorted(more)), steps=steps)
        if complete:
            return replace(self, dues=Dues.KNOWN) if self.dues is Dues.OPEN else None
        if self._opens(problem):
            return replace(self, dues=Dues.OPEN)
        if not self.gives_way(problem):
            return None
        return replace(self, required=frozenset(), dues=Dues.KNOWN)

    def _opens(self, problem: RoutingProblem) -> bool:
        soft = any(job.due is not None and job.late_cents_per_min for job in problem.jobs)
        return soft and self.dues is Dues.KEPT and bool(self.required)


def first_view(problem: RoutingProblem, start: RoutingAnswer | None) -> View:
    """Give the leanest model: sure jobs required, slack dimensions left out, due times kept."""
    outlook = prospects(problem)
    served = {index for index, sure in enumerate(outlook.served) if sure}
    if start is not None and not served.isdisjoint(start.dropped):
        served = set()
    return View(
        jobs=tuple(index for index, never in enumerate(outlook.hopeless) if not never),
        required=frozenset(served),
        dimensions=binding_dimensions(problem),
        dues=Dues.KEPT,
    )
