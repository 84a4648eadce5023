"""How a running CP-SAT search hears that somebody wants the plan now."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit

LOOK_S = 0.1
"""How often a search is asked whether it should stop."""


@contextmanager
def obeying(limit: Limit, solver: cp_model.CpSolver) -> Iterator[None]:
    """Stop the search once somebody asks for it; what was found by then is kept."""
    if limit.halt is None:
        yield
        return
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK_S):
            if limit.halted:
                # Asked again and again: the first time may come before the search has begun.
                solver.stop_search()

    watcher = threading.Thread(target=watch, name="halt watcher", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
