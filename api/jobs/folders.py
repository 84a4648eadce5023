"""A folder per running job in the temporary folder, which does not outlive its service for long.

A service that is killed removes nothing. The folder is locked for as long as the service that made
it lives, so the next one to start on this machine sees which folders nobody needs any more.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from pathlib import Path
from shutil import rmtree

PREFIX = "coldgrid-job-"


class JobFolder:
    """A folder of one job; ``close`` it.

    Attributes
    ----------
    path
        Where it is.
    """

    def __init__(self) -> None:
        self.path, self._lock = _made()

    def close(self) -> None:
        """Remove the folder with what is in it; closed twice it stays closed."""
        rmtree(self.path, ignore_errors=True)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sweep(parent: Path | None = None) -> list[Path]:
    """Remove the folders of services that are gone.

    Parameters
    ----------
    parent
        Where they lie; the temporary folder unless given.

    Returns
    -------
    list of Path
        What was removed.
    """
    places = sorted((parent or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))
    return [place for place in places if _removed(place)]


def _made() -> tuple[Path, int | None]:
    """Make a folder and lock it; again where a sweep of another service came in between."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        lock = _locked(path)
        if lock is not None:
            return path, lock


def _removed(place: Path) -> bool:
    try:
        lock = _locked(place)
    except OSError:
        # It is somebody else's, or no folder at all: what lies there must not hinder a start.
        return False
    if lock is None:
        return False
    try:
        rmtree(place, ignore_errors=True)
    finally:
        os.close(lock)
    return not place.exists()


def _locked(place: Path) -> int | None:
    """Lock a folder; None where another service has it or it is gone."""
    try:
        descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        held = place.is_dir()
    except BlockingIOError:
        held = False
    if held:
        return descriptor
    os.close(descriptor)
    return None
