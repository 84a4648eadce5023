"""When points want to be looked at: one entry for each, however often their time moves."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count

from telemetry.monitor.seats import Seat


class Agenda:
    """A heap of deadlines that may come too early and never too late.

    A deadline that moves away, as that of silence does with every sample, stays where it is and
    is put off when it has come; one that moves nearer gets an entry of its own, and the older one
    counts no more.
    """

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Seat]] = []
        self._numbers = count()

    @property
    def next_ms(self) -> int | None:
        """Say when the next entry falls due; None where there is none."""
        return self._heap[0][0] if self._heap else None

    def put(self, seat: Seat, at_ms: int) -> None:
        """Have a point looked at not later than at an instant."""
        if seat.queued_ms is None or at_ms < seat.queued_ms:
            seat.queued_ms = at_ms
            heappush(self._heap, (at_ms, next(self._numbers), seat))

    def due(self, now_ms: int) -> Iterator[Seat]:
        """Give the points whose time has come, each to be put on the agenda again."""
        while self._heap and self._heap[0][0] <= now_ms:
            at_ms, _, seat = heappop(self._heap)
            if at_ms == seat.queued_ms:
                seat.queued_ms = None
                yield seat
