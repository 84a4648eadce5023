"""Who plans the grids of a command: this process alone, and how it is told to finish."""

from __future__ import annotations

import os
from concurrent.futures import Future
from threading import Event

import pytest

from api.cli.workers import workers_for
from optimizer.domain.limit import Halt

LOOKS = 2000
LOOK_EVERY_S = 0.01


def _until_asked(halt: Halt, begun: Event) -> bool:
    """Work like a solver, with a bound: say whether somebody asked to finish."""
    begun.set()
    pause = Event()
    for _ in range(LOOKS):
        if halt.asked():
            return True
        pause.wait(LOOK_EVERY_S)
    return False


def test_one_grid_at_a_time_is_planned_in_this_process() -> None:
    with workers_for(1) as started:
        assert started.executor.submit(os.getpid).result() == os.getpid()
        assert started.halt is not None
        assert not started.halt.asked()


@pytest.mark.parametrize("reason", [SystemExit(130), ValueError("broken")])
def test_whatever_leaves_early_asks_the_solve_to_finish(reason: BaseException) -> None:
    begun = Event()
    solves: list[Future[bool]] = []
    with pytest.raises(type(reason)), workers_for(1) as started:
        assert started.halt is not None
        solves = [started.executor.submit(_until_asked, started.halt, begun) for _ in range(2)]
        assert begun.wait(10)
        raise reason
    running, waiting = solves
    assert running.result() is True
    assert waiting.cancelled()
