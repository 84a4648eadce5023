"""The largest memory that a process and all its descendants have held together (Linux)."""

from __future__ import annotations

from pathlib import Path
from threading import Event, Thread
from types import TracebackType

EVERY_S = 0.25
"""How often it is looked; a peak that is shorter may be missed."""

PROC = Path("/proc")


class PeakMemory:
    """Watches a process and its descendants while the context lasts.

    Parameters
    ----------
    process
        Its number.

    Attributes
    ----------
    resident, proportional
        Bytes at the peak: resident sets added up, and with pages that are shared counted once.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._ended = Event()
        self._watcher = Thread(target=self._watch, name="memory watcher", daemon=True)
        self.resident = 0
        self.proportional = 0

    def __enter__(self) -> PeakMemory:
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._watcher.join()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY_S):
            self.look()

    def look(self) -> None:
        """Look once."""
        held = [_held(process) for process in descendants(self._process)]
        self.resident = max(self.resident, sum(rss for rss, _ in held))
        self.proportional = max(self.proportional, sum(pss for _, pss in held))


def descendants(process: int) -> list[int]:
    """List a process and all that it started, directly or not."""
    children: dict[int, list[int]] = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            # The name stands in brackets and may hold blanks; the parent is the second after it.
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            # It ended while we looked.
            continue
        children.setdefault(parent, []).append(int(folder.name))
    found = [process]
    for each in found:
        found += children.get(each, [])
    return found


def _held(process: int) -> tuple[int, int]:
    """Give resident and proportional bytes; none of a process that has ended."""
    try:
        rows = (PROC / str(process) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    sizes = {row.split(":")[0]: int(row.split()[1]) << 10 for row in rows[1:]}
    return sizes.get("Rss", 0), sizes.get("Pss", 0)
