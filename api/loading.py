"""Modules are loaded without a search for garbage among them: they all stay to the end.

Python looks through all objects again each time their number has grown by a quarter; while two
thousand modules come, that is a sixth of the time. What is loaded is left out of later searches
as well.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Load what a process needs; searches for garbage begin with its end."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
