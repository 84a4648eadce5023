"""Who plans the grids: this process for one at a time, else worker processes, deaf to Ctrl-C."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from threading import Event

from optimizer.domain.limit import Halt


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """Where grids are planned, and what a solve there must ask whether to go on.

    Parameters
    ----------
    side_by_side
        Grids planned at a time.
    halt
        None for processes: those are ended from outside (``interrupts``).
    """

    executor: Executor
    side_by_side: int
    halt: Halt | None


class Called:
    """A halt for solves in this process."""

    def __init__(self) -> None:
        self._event = Event()

    def asked(self) -> bool:
        """Say whether the solve shall finish."""
        return self._event.is_set()

    def ask(self) -> None:
        """Let every solve that asks finish."""
        self._event.set()


@contextmanager
def workers_for(side_by_side: int) -> Iterator[Workers]:
    """Start what plans so many grids at a time.

    Parameters
    ----------
    side_by_side
        One needs no second process, which would take seconds to load the solvers again.
    """
    if side_by_side > 1:
        with warm_processes(side_by_side) as executor:
            yield Workers(executor=executor, side_by_side=side_by_side, halt=None)
    else:
        with _this_process() as here:
            yield here


@contextmanager
def workers_at(scheduler: str, side_by_side: int | None) -> Iterator[Workers]:
    """Connect to a Dask cluster; whatever leaves early calls the plan off there.

    Parameters
    ----------
    scheduler
        Its address, ``tcp://HOST:PORT``.
    side_by_side
        Grids to reckon with at a time; by default the threads that the cluster has.

    Raises
    ------
    ExecutorUnavailable
        There is no cluster to plan on.
    """
    from optimizer.executors.dask_cluster import dask_cluster

    with dask_cluster(scheduler) as cluster:
        yield Workers(
            executor=cluster.executor,
            side_by_side=side_by_side or cluster.threads,
            halt=cluster.halt,
        )


@contextmanager
def _this_process() -> Iterator[Workers]:
    """Plan in a thread, so that this one still hears Ctrl-C and the progress.

    A thread cannot be ended from outside: whatever leaves early asks its solve to finish first.
    """
    called = Called()
    with ThreadPoolExecutor(max_workers=1) as executor:
        try:
            yield Workers(executor=executor, side_by_side=1, halt=called)
        except BaseException:
            called.ask()
            executor.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def warm_processes(workers: int) -> Iterator[Executor]:
    """Start workers at once: they load the solvers while this process plans the trucks.

    Ctrl-C at a terminal reaches every process of a command. The workers leave it to this one,
    which stops them (``interrupts``); otherwise each would die with a traceback of its own.
    """
    from optimizer.executors.processes import processes

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
