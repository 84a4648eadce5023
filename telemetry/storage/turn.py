"""Writers of one SQLite file take turns, so that nobody starves.

SQLite lets a waiting writer try again after pauses that grow. A monitor that writes batch after
batch would win nearly every time, and a command of a person could wait for ever. Whoever means to
write therefore first takes a lock that the operating system hands on, and gives it back as soon as
SQLite has let him begin: the one who holds it is the next to write. It ends with its process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class Turn:
    """The turn to begin a write transaction.

    Parameters
    ----------
    file
        The database; the lock lies on an empty file beside it.
    """

    def __init__(self, file: Path) -> None:
        self._place = file.with_name(file.name + "-turn")
        self._threads = Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the turn."""
        with self._threads:
            descriptor = os.open(self._place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                yield
            finally:
                os.close(descriptor)
