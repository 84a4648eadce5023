"""Worker processes that are ready when the planner needs them, and deaf to Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module


@contextmanager
def warm_processes(workers: int) -> Iterator[Executor]:
    """Start workers at once: they load the solvers while this process plans the trucks.

    Ctrl-C at a terminal reaches every process of a command. The workers leave it to this one,
    which stops them (``interrupts``); otherwise each would die with a traceback of its own.
    """
    from optimizer.solve import processes

    with processes(workers) as executor:
        with _ctrl_c_blocked():
            for _ in range(workers):
                executor.submit(load_planner)
        yield executor


def load_planner() -> None:
    """Load what planning a grid needs; runs in a worker."""
    import_module("optimizer.planning.last_mile")


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    """Block the signal for what is started meanwhile: a process inherits what is blocked."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
