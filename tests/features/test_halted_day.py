"""A day that somebody stops planning is still a whole plan, checked like any other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest

from optimizer.domain.limit import HaltFile, Limit
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.planning.synchronise import Progress
from optimizer.solve import solve
from optimizer.travel.great_circle import GreatCircle
from tests.builders import central, grid, line, point, problem, truck, van

LONG_S = 600.0
SOON_S = 60.0
"""A tenth of what the plan might take, however busy the machine is."""


def day() -> Problem:
    """Two grids, twelve points, movable bulkheads: as many rounds of routing as there are."""
    places = [
        point(f"P{i}", 1 + i % 4, 1 + i // 4, grid="G1" if i < 6 else "G2") for i in range(12)
    ]
    vans = [van(f"V{i}", home="G1" if i < 3 else "G2", bulkhead_step_ml=100_000) for i in range(6)]
    return problem(
        sites=[central(), grid(), grid("G2", lat=28.22), *places],
        vehicles=[truck(), truck("T2"), *vans],
        lines=[line(f"O{i}", f"P{i}") for i in range(12)],
    )


def halted(limit: Limit, *, engine: str, halt: HaltFile, stage: str | None) -> Plan:
    """Solve, and ask to finish before it begins or as soon as a stage is reported."""

    def watch(progress: Progress) -> None:
        if progress.stage == stage:
            halt.ask()

    if stage is None:
        halt.ask()
    asked = day()
    with ThreadPoolExecutor(max_workers=1) as here:
        return solve(
            asked,
            travel=GreatCircle(circuity=asked.travel.circuity),
            limit=replace(limit, halt=halt),
            seed=1,
            executor=here,
            engine=engine,
            listener=watch,
        )


@pytest.mark.parametrize("stage", [None, "linehaul", "last mile"])
@pytest.mark.parametrize("engine", ["portfolio", "ortools"])
def test_a_halted_day_is_planned_whole(engine: str, stage: str | None, tmp_path: Path) -> None:
    halt = HaltFile(tmp_path / "halt")
    # What runs when nobody has asked yet must end by itself.
    limit = Limit(iterations=40) if stage == "last mile" else Limit(seconds=LONG_S)
    began = monotonic()
    plan = halted(limit, engine=engine, halt=halt, stage=stage)
    assert monotonic() - began < SOON_S
    assert halt.asked()
    assert plan.check is not None
    assert plan.check.violations == ()
    assert plan.unserved == ()
