"""The routing problems that a day's last mile consists of, as the planner gives them to an engine.

An engine that listens stands in for the real one while a day is planned: what it is asked is the
problem. So engines are compared on what they really get, with compartments, windows and prices.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from optimizer.domain.limit import Limit
from optimizer.domain.problem import Problem
from optimizer.engines.engine import Ability, Engine, RoutingAnswer, RoutingProblem
from optimizer.planning.synchronise import Means, Progress, plan_day
from optimizer.solve import ENGINES
from optimizer.travel.provider import TravelProvider

P = ParamSpec("P")
T = TypeVar("T")

LISTENING_LIMIT = Limit(iterations=20)
"""Enough to know when trucks arrive; how good the vans are does not matter here."""


def last_mile_problems(
    problem: Problem, travel: TravelProvider, *, seed: int
) -> list[RoutingProblem]:
    """Give the first routing problem of every grid and wave, and of vans that leave later."""
    ear = _Listening(engine=ENGINES["pyvrp"])
    means = Means(
        travel=travel,
        engine=ear,
        limit=LISTENING_LIMIT,
        seed=seed,
        executor=_Here(),
        workers=1,
        listener=_deaf,
    )
    plan_day(problem, means)
    return ear.heard


@dataclass(slots=True)
class _Listening:
    """An engine that notes what it is asked and lets another one answer."""

    engine: Engine
    heard: list[RoutingProblem] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def abilities(self) -> frozenset[Ability]:
        return self.engine.abilities

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        # All rounds of one grid and wave stand on the same ground; the first has every job.
        if all(problem.distance_m is not known.distance_m for known in self.heard):
            self.heard.append(problem)
        return self.engine.solve(problem, limit=limit, seed=seed, start=start)


class _Here(Executor):
    """Runs everything at once and in this process, where the listening engine can hear it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))
        return done


def _deaf(progress: Progress) -> None:
    """Ignore the progress."""
