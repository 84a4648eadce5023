"""How a process that serves for long comes by its memory.

Modules are loaded without a search for garbage among them: they all stay to the end. Python looks
through all objects again each time their number has grown by a quarter; while two thousand modules
come, that is a sixth of the time. What is loaded is left out of later searches as well.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

M_ARENA_MAX = -8
"""What glibc's ``mallopt`` calls the number of its arenas."""

ARENAS = 2


def share_arenas() -> bool:
    """Let all threads take memory from a few arenas; call it before any thread begins.

    By default glibc gives eight arenas to each core. Each of forty threads leaves pages behind in
    whichever it was given, and none gives them back: a service under load grew for a quarter of an
    hour.

    Returns
    -------
    bool
        Whether the C library knows of arenas; others have their own ways.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(M_ARENA_MAX, ARENAS))


@contextmanager
def loading() -> Iterator[None]:
    """Load what a process needs; searches for garbage begin with its end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
