"""Both engines within one limit: the incumbent goes from one to the other, the better is kept.

1. A scout: PyVRP on the whole fleet. Where it leaves out a job, OR-Tools goes on, which finds its
   way into exactly tight fleets.
   Then whole routes are dissolved into the others where lateness costs less than a vehicle, which
   PyVRP cannot see.
2. Where PyVRP's answer shows something that it was not told and that costs (a rest, much lateness,
   jobs that ride together over several nodes, a settled beginning), OR-Tools takes the answer on.
3. Where vehicles are a large part of the cost, a race: PyVRP on a few mixes of vehicles
   (``fleet_mix``), each with its fleet cut down to it. The best go a second round.
4. The rest of the limit goes to the winner, by PyVRP again.

Where vehicles cost nothing by themselves the scout keeps the whole limit, as long as it finds a
place for every job that must have one: a search cut into legs is worth less than one in a piece.

What was measured and left out: ``optimizer/engines/README.md``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from optimizer.domain.errors import EngineFailed
from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.engines.bundles import bundled
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem, asked_of
from optimizer.engines.fleet_mix import Mix, mix_of, mixes, vehicles_decide
from optimizer.engines.ortools_routing import FEW_JOBS, OrToolsRouting
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.repair import with_fewer_routes
from optimizer.engines.schedule import late_millicents, schedule
from optimizer.engines.simplify import prospects

SCOUT = 0.2
PROBE = 0.25
RESCUE = 0.6
HEAT = 0.15
SECOND_HEAT = 0.12
MIXES = 2
FINALISTS = 2
HANDED = 0.5
"""Share of the limit in which OR-Tools goes on with what PyVRP was not told."""

MUCH_LATE = 0.02
"""Share of an answer's cost from which on its lateness is worth a search that sees it."""

RACE_JOBS = 400
"""More jobs than this, and a heat is too short to say anything about a mix."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """The engine named ``portfolio``."""

    @property
    def name(self) -> str:
        """The name by which a user asks for this engine."""
        return "portfolio"

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it can be told of what not every solver can be told."""
        return PyVrp().abilities | OrToolsRouting().abilities

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
        if limit.halted:
            return _at_once(problem, limit=limit, seed=seed, start=start)
        relay = _Relay(problem, Budget(limit), seed)
        best = with_fewer_routes(problem, relay.scout(start))
        if best.routes:
            best = relay.race(relay.handed(best))
        return best


def _at_once(
    problem: RoutingProblem, *, limit: Limit, seed: int, start: RoutingAnswer | None
) -> RoutingAnswer:
    """Answer a halted limit: the first look of whichever engine has one."""
    try:
        return PyVrp().solve(problem, limit=limit, seed=seed, start=start)
    except EngineFailed:
        return OrToolsRouting().solve(problem, limit=limit, seed=seed, start=start)


def _worth_telling(problem: RoutingProblem) -> frozenset[Ability]:
    """Name what a problem asks for and OR-Tools can make use of; rests are not with many jobs."""
    asked = asked_of(problem)
    return asked if len(problem.jobs) <= FEW_JOBS else asked - {Ability.BREAKS}


class _Relay:
    """One solve: a problem, what is left of its limit, and seeds that do not repeat."""

    def __init__(self, problem: RoutingProblem, budget: Budget, seed: int) -> None:
        self.problem = problem
        self.budget = budget
        self.seed = seed
        self.legs = 0
        self.untold = _worth_telling(problem) - PyVrp().abilities

    def scout(self, start: RoutingAnswer | None) -> RoutingAnswer:
        """Find a first answer, with OR-Tools' help where PyVRP leaves a job out."""
        costly = any(group.fixed_cents for group in self.problem.vehicles)
        engine = PyVrp(complete_by=None if costly else SCOUT)
        whole = not costly and not self.untold - {Ability.SOFT_DUE}
        first = self._pyvrp(self.problem, 1.0 if whole else SCOUT, start, engine)
        if first is not None and not self._missed(first):
            return first
        second = self._ortools(RESCUE if first is None else PROBE, first)
        answers = [answer for answer in (first, second) if answer is not None]
        if not answers and self.budget.limit.halted:
            return _at_once(self.problem, limit=self.budget.limit, seed=self.seed, start=None)
        if not answers:
            raise EngineFailed("CG-3001", "no engine found a place for a job that must be done")
        return min(answers, key=lambda answer: answer.cost_millicents)

    def _missed(self, answer: RoutingAnswer) -> bool:
        """Say whether an answer leaves out a job that is worth a vehicle of its own."""
        served = prospects(self.problem).served
        return any(served[index] for index in answer.dropped)

    def handed(self, best: RoutingAnswer) -> RoutingAnswer:
        """Let OR-Tools go on where something binds that PyVRP was not told."""
        if not self._is_bound(best):
            return best
        found = self._ortools(HANDED, best)
        return best if found is None else with_fewer_routes(self.problem, found)

    def _is_bound(self, answer: RoutingAnswer) -> bool:
        if Ability.LOCKS in self.untold or bundled(self.problem).problem.together:
            return True
        late = 0
        for route in answer.routes if self.untold else ():
            timed = schedule(self.problem, route)
            if timed is None:
                continue
            if Ability.BREAKS in self.untold and any(trip.rests for trip in timed.trips):
                return True
            late += sum(
                late_millicents(self.problem.jobs[index], seconds)
                for index, seconds in zip(route.jobs, timed.late_s, strict=True)
            )
        return late > MUCH_LATE * answer.cost_millicents

    def race(self, best: RoutingAnswer) -> RoutingAnswer:
        """Try other mixes of vehicles, then drive the best one home."""
        runners = [best]
        if not vehicles_decide(self.problem, best):
            return self._pyvrp(self.problem, 1.0, best) or best
        if len(self.problem.jobs) <= RACE_JOBS:
            for mix in mixes(self.problem, best, most=MIXES):
                found = self._pyvrp(self._cut(mix), HEAT, None)
                if found is not None:
                    runners.append(found)
        runners.sort(key=lambda answer: answer.cost_millicents)
        if len(runners) > 1:
            runners = [self._on(runner, SECOND_HEAT) for runner in runners[:FINALISTS]]
        winner = min(runners, key=lambda answer: answer.cost_millicents)
        return self._on(winner, 1.0)

    def _on(self, answer: RoutingAnswer, share: float) -> RoutingAnswer:
        """Go on from an answer with the vehicles that it uses; with all, where it drops a job."""
        problem = self.problem if answer.dropped else self._cut(mix_of(self.problem, answer))
        return self._pyvrp(problem, share, answer) or answer

    def _cut(self, mix: Mix) -> RoutingProblem:
        groups = zip(self.problem.vehicles, mix, strict=True)
        return replace(
            self.problem, vehicles=tuple(replace(group, count=count) for group, count in groups)
        )

    def _pyvrp(
        self,
        problem: RoutingProblem,
        share: float,
        start: RoutingAnswer | None,
        engine: PyVrp | None = None,
    ) -> RoutingAnswer | None:
        limit = self._next(share)
        if limit is None:
            return start
        try:
            return (engine or PyVrp()).solve(
                problem, limit=limit, seed=self.seed + self.legs, start=start, meter=self.budget
            )
        except EngineFailed:
            return None

    def _ortools(self, share: float, start: RoutingAnswer | None) -> RoutingAnswer | None:
        limit = self._next(share)
        if limit is None:
            return start
        self.budget.spend(limit.iterations or 0)
        try:
            return OrToolsRouting().solve(self.problem, limit=limit, seed=self.seed, start=start)
        except EngineFailed:
            return None

    def _next(self, share: float) -> Limit | None:
        """Take the limit of the next leg, which has a seed of its own."""
        self.legs += 1
        return self.budget.left(share)
