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

from itertools import count
from random import Random

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.engines.bundles import bundled
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, RoutingRoute
from optimizer.engines.ortools_model import Model
from optimizer.engines.ortools_parameters import Heat
from optimizer.engines.repair import repaired
from optimizer.engines.trip_frames import framed, has_frames

SLICE_S = 1.5
SLICE_JOBS = 2000
"""A search that can be halted is cut into slices: of so many seconds, or of so many iterations
times jobs."""

FRAME_SLICES = 8
"""Into so many slices a search is cut at least where the next one learns from the last."""

LEAST_SLICE_S = 0.2

LARGE = 200
"""With more jobs than this a slice with trips is longer: its model alone takes a second."""

CYCLE = 3
"""With few jobs slices take turns: trips left to the solver, trips in frames, all afresh."""

BOUND = 0.8
"""Share of the sets of jobs that stay with their vehicle for the time of a slice."""

FEW_JOBS = 24
"""Up to so many jobs the solver can see to trips, releases and sets by constraints."""

GREEDY_JOBS = 300
"""Up to so many jobs a search that learns begins with every job where it costs least."""

FIRST_LOOK = Limit(iterations=1)


class OrToolsRouting:
    """The engine named ``ortools``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "ortools"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return frozenset(Ability)

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
        self.few = len(self.told.jobs) <= FEW_JOBS
        breaks = any(group.breaks is not None for group in problem.vehicles)
        bulkheads = any(group.bulkheads is not None for group in problem.vehicles)
        self.ruled = has_frames(self.told) or bool(self.told.together) or (self.few and bulkheads)
        self.rests = self.few and breaks
        """With more jobs the constraints on rests cost more than they save."""
        self.learns = self.ruled or self.rests

    def run(self, limit: Limit, start: RoutingAnswer | None) -> RoutingAnswer | None:
        """Search within a limit; None where a job that must be done found no place."""
        if limit.halt is None and not self.learns:
            return self._found(limit, start)
        few = len(self.problem.jobs) <= GREEDY_JOBS
        if start is None and self.ruled and (few or limit.iterations is not None):
            start = repaired(self.problem, [])
        return self._in_slices(limit, start)

    def _found(
        self,
        limit: Limit,
        start: RoutingAnswer | None,
        number: int = 0,
        heat: Heat | None = None,
    ) -> RoutingAnswer | None:
        """Search once."""
        found = self._searched(limit, start, number, heat) if self.possible else []
        if not found and start is not None:
            return start
        answers = (repaired(self.problem, self.bundled.unfolded(found)), start)
        known = [answer for answer in answers if answer is not None]
        return min(known, key=lambda answer: answer.cost_millicents, default=None)

    def _searched(
        self, limit: Limit, start: RoutingAnswer | None, number: int, heat: Heat | None
    ) -> list[RoutingRoute]:
        seed = self.seed + number
        afresh = self.few and number % CYCLE == CYCLE - 1
        known = [] if start is None or afresh else self.bundled.folded(start)
        frames = framed(
            self.told,
            known,
            free=not has_frames(self.told) or (self.few and number % CYCLE != 1),
            dice=Random(seed),
        )
        if not frames:
            return []
        bound = 1.0 if afresh else (0.0 if self.few else BOUND)
        model = Model(self.told, seed, frames, bound=bound, rests=self.rests, ruled=self.ruled)
        begins = model.constrained and not self.few and limit.iterations is not None
        return model.search(limit, hinted=bool(known), heat=heat, known=begins)

    def _in_slices(self, limit: Limit, start: RoutingAnswer | None) -> RoutingAnswer | None:
        """Search slice by slice, and look between two for a halt.

        A search that runs cannot be told to finish: OR-Tools holds the interpreter, and its
        iterated local search begins the next iteration whatever a callback says. The annealing
        cools over all slices as it would over one search.
        """
        budget, whole, best = Budget(limit), _amount(limit), start
        for number in count():
            share = min(1.0, self._slice(limit) / whole)
            left, part = budget.left(), budget.left(share)
            if left is None or part is None:
                break
            begins = 1.0 - _amount(left) / whole
            heat = Heat(begins=begins, ends=min(1.0, begins + _amount(part) / whole))
            best = self._found(part, best, number, heat)
            budget.spend(part.iterations or 0)
        if best is None or (limit.halted and best.dropped):
            return self._found(FIRST_LOOK, best)
        return best

    def _slice(self, limit: Limit) -> float:
        """Say how long one search may be; an iteration takes the longer the more jobs there are."""
        jobs = max(1, len(self.problem.jobs))
        whole = _amount(limit)
        if limit.iterations:
            most, least = float(max(1, SLICE_JOBS // jobs)), 1.0
        else:
            most = SLICE_S * (max(1.0, jobs / LARGE) if self.ruled else 1.0)
            least = LEAST_SLICE_S
        return min(most, max(least, whole / FRAME_SLICES)) if self.learns else most


def _amount(limit: Limit) -> float:
    """Give the number of a limit, be it seconds or iterations."""
    return float(limit.iterations or limit.seconds or 0)
