"""Processes of this machine, the default: they end with the process that started them."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread

COLLECTED_EVERY = (50_000, 20, 100)
"""Objects before a young generation is looked through; with the usual 700 it costs 4 %."""


def processes(workers: int) -> ProcessPoolExecutor:
    """Start the default executor: fresh processes, for threads of solvers do not survive a fork."""
    return ProcessPoolExecutor(
        max_workers=workers, mp_context=get_context("spawn"), initializer=_begin_work
    )


def _begin_work() -> None:
    """Prepare a worker process."""
    Thread(target=_leave_with_parent, name="parent watcher", daemon=True).start()
    _compute_undisturbed()


def _leave_with_parent() -> None:
    """Wait for the process that started this one to go, and go too.

    A pool tells its workers when it is done; one that was killed tells nobody, and its workers
    would wait for ever.
    """
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _compute_undisturbed() -> None:
    """Look for cycles seldom: a planner makes many small objects that last, and hardly a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_EVERY)
