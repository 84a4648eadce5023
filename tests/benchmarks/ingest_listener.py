"""Notes when alarms become visible, as whoever follows the stream of events sees them."""

from __future__ import annotations

from threading import Thread
from time import monotonic

from telemetry.alarm.words import EventKind
from telemetry.storage.store import SqlStore

LONGEST_S = 30.0


class Listener:
    """Notes when the raising of each room's alarm was seen."""

    def __init__(self, store: SqlStore) -> None:
        self.seen_at: dict[str, float] = {}
        self._store = store
        self._is_stopping = False
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._is_stopping = True
        self._thread.join(LONGEST_S)

    def _listen(self) -> None:
        after = 0
        while not self._is_stopping:
            if not self._store.wait_for_events(after, 0.5):
                continue
            for one in self._store.events(after):
                after = one.number
                if one.event.kind is EventKind.RAISED:
                    self.seen_at.setdefault(one.event.alarm.point, monotonic())
