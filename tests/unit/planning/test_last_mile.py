"""The last mile of a grid: a day that leaves lines out is planned again, the better one kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from optimizer.domain.ids import SiteId, WaveId
from optimizer.domain.limit import Limit
from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import Problem, TrafficSlot, Wave
from optimizer.engines.engine import Ability, RoutingAnswer, RoutingProblem
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.schedule import answer_of
from optimizer.formats.problem_reading import read_problem
from optimizer.planning.last_mile import OTHER_SEED, Batch, GridTask, plan_grid, restrict
from optimizer.travel.great_circle import GreatCircle
from tests.features.command_line import SMALL_CITY

GRID = SiteId("G1")
H = 3600


@dataclass(frozen=True)
class Unlucky:
    """An engine that finds nothing under some seeds, as a search that is cut short may."""

    unlucky_first: bool

    @property
    def name(self) -> str:
        return "unlucky"

    @property
    def abilities(self) -> frozenset[Ability]:
        return PyVrp().abilities

    def solve(
        self,
        problem: RoutingProblem,
        *,
        limit: Limit,
        seed: int,
        start: RoutingAnswer | None = None,
    ) -> RoutingAnswer:
        if (seed < OTHER_SEED) == self.unlucky_first:
            return answer_of(problem, [])
        return PyVrp().solve(problem, limit=limit, seed=seed, start=start)


def task_of(engine: Unlucky, limit: Limit, waves: tuple[int, ...]) -> GridTask:
    """Give the lines of a grid to its waves in turn, each in a traffic of its own."""
    given = read_problem(SMALL_CITY).problem
    start = given.waves[0].departs
    ids = [WaveId(f"wave-{number}") for number in range(len(waves))]
    moments = [start + hours * H for hours in waves]
    problem: Problem = replace(
        given,
        waves=tuple(Wave(id=k, departs=at) for k, at in zip(ids, moments, strict=True)),
        travel=replace(
            given.travel,
            slots=tuple(
                TrafficSlot(window=TimeWindow(opens=at, closes=at + H), factor=1.0 + number / 10)
                for number, at in enumerate(moments)
            ),
        ),
    )
    mine = [key for key, line in problem.lines.items() if problem.sites[line.site].grid == GRID]
    batches = tuple(
        Batch(wave=wave, ready=at, lines=tuple(mine[number :: len(waves)]))
        for number, (wave, at) in enumerate(zip(ids, moments, strict=True))
    )
    return GridTask(
        problem=restrict(problem, GRID, mine),
        grid=GRID,
        batches=batches,
        drop_cents=dict.fromkeys(mine, 100000),
        travel=GreatCircle(circuity=problem.travel.circuity),
        engine=engine,
        limit=limit,
        seed=1,
    )


@pytest.mark.parametrize("unlucky_first", [True, False])
def test_the_better_of_two_days_is_kept(unlucky_first: bool) -> None:
    task = task_of(Unlucky(unlucky_first), Limit(iterations=20), waves=(0, 2))
    found = plan_grid(task)
    assert found.unserved == ()
    assert {route.vehicle for route in found.routes} <= set(task.problem.vehicles)


@pytest.mark.parametrize(
    ("limit", "waves"), [(Limit(seconds=0.5), (0, 2)), (Limit(iterations=20), (0,))]
)
def test_seconds_and_days_of_one_stretch_have_one_try(limit: Limit, waves: tuple[int, ...]) -> None:
    task = task_of(Unlucky(unlucky_first=True), limit, waves)
    found = plan_grid(task)
    assert len(found.unserved) == len(task.problem.lines)
