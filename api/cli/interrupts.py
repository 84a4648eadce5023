"""Ctrl-C and termination: workers deep inside a solver do not listen, so they are stopped."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

BY_SIGNAL = 128
"""A shell's exit code for a command that a signal ended, to which the signal's number is added."""
WATCHED = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stopping_workers() -> Iterator[None]:
    """End the worker processes with the command: nobody waits for them, and none is left behind.

    Raises
    ------
    SystemExit
        With the shell's exit code, out of whatever was going on.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {each: signal.signal(each, _stop) for each in WATCHED}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _stop(number: int, _: FrameType | None) -> None:
    from multiprocessing import active_children

    for child in active_children():
        child.terminate()
    raise SystemExit(BY_SIGNAL + number)
