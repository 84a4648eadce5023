"""A running search that is asked to finish gives what it has, whichever solver is behind it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from subprocess import Popen
from sys import executable
from threading import Event, Thread
from time import monotonic

import pytest

from optimizer.domain.limit import HaltFile, Limit
from optimizer.engines.engine import Engine, RoutingAnswer, RoutingProblem
from optimizer.engines.ortools_routing import OrToolsRouting
from optimizer.engines.portfolio import Portfolio
from optimizer.engines.pyvrp_engine import PyVrp
from optimizer.engines.schedule import answer_of, faults
from tests.routing_cases import job, on_a_line, random_problem, van

ENGINES: list[Engine] = [PyVrp(), OrToolsRouting(), Portfolio()]
LONG_S = 60.0
SOON_S = 20.0
"""A search that nobody halts takes three times as long, however busy the machine is."""


@pytest.fixture(params=ENGINES, ids=lambda engine: engine.name)
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.param
    return found


@pytest.fixture
def halt(tmp_path: Path) -> HaltFile:
    return HaltFile(tmp_path / "halt")


def plenty(seed: int, jobs: int) -> RoutingProblem:
    """Vehicles for all jobs of a random problem."""
    problem = random_problem(seed, jobs)
    return replace(problem, vehicles=tuple(replace(g, count=jobs) for g in problem.vehicles))


def solved(
    engine: Engine, problem: RoutingProblem, limit: Limit, start: RoutingAnswer | None = None
) -> tuple[RoutingAnswer, float]:
    """Solve, insist on the rules, and say how long it took."""
    began = monotonic()
    answer = engine.solve(problem, limit=limit, seed=1, start=start)
    assert faults(problem, answer) == []
    return answer, monotonic() - began


@pytest.mark.parametrize("limit", [Limit(seconds=LONG_S), Limit(iterations=10**8)])
def test_a_search_finishes_when_a_thread_asks(engine: Engine, limit: Limit, halt: HaltFile) -> None:
    over = Event()

    def ask_later() -> None:
        over.wait(0.3)
        halt.ask()

    asker = Thread(target=ask_later)
    asker.start()
    try:
        answer, took = solved(engine, plenty(3, 30), replace(limit, halt=halt))
    finally:
        over.set()
        asker.join()
    assert answer.routes
    assert took < SOON_S


def test_a_search_finishes_when_another_process_asks(engine: Engine, halt: HaltFile) -> None:
    script = f"import pathlib; pathlib.Path({str(halt.path)!r}).touch()"
    with Popen([executable, "-c", script]):
        answer, took = solved(engine, plenty(4, 30), Limit(seconds=LONG_S, halt=halt))
    assert answer.routes
    assert took < SOON_S


def test_a_search_halted_before_it_begins_still_serves_whom_it_can(
    engine: Engine, halt: HaltFile
) -> None:
    halt.ask()
    problem = on_a_line(
        [0, *range(1000, 13_000, 1000)],
        [job(node, drop_cents=None) for node in range(1, 13)],
        [van(count=2, capacity=(6,))],
    )
    answer, took = solved(engine, problem, Limit(seconds=LONG_S, halt=halt))
    assert answer.dropped == ()
    assert took < SOON_S


def test_a_halted_search_gives_its_start_back(engine: Engine, halt: HaltFile) -> None:
    problem = plenty(5, 12)
    start = engine.solve(problem, limit=Limit(iterations=30), seed=2)
    halt.ask()
    answer, _ = solved(engine, problem, Limit(seconds=LONG_S, halt=halt), start)
    assert answer.cost_millicents <= start.cost_millicents


def test_a_halted_search_fills_up_an_incomplete_start(engine: Engine, halt: HaltFile) -> None:
    halt.ask()
    problem = on_a_line([0, 1000, 2000], [job(1), job(2)], [van()])
    start = answer_of(problem, [])
    answer, _ = solved(engine, problem, Limit(seconds=LONG_S, halt=halt), start)
    assert answer.dropped == ()


def test_a_search_that_nobody_halts_uses_its_limit(engine: Engine, halt: HaltFile) -> None:
    problem = plenty(6, 12)
    limit = Limit(iterations=80, halt=halt)
    answer, _ = solved(engine, problem, limit)
    again, _ = solved(engine, problem, limit)
    assert again == answer
    first_look, _ = solved(engine, problem, Limit(iterations=1))
    assert answer.cost_millicents <= first_look.cost_millicents
