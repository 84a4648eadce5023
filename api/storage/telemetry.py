"""The store of readings and alarms, as the service holds it: opened by whoever asks first.

The service starts and plans also while that store is away, or where nothing is watched at all.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from telemetry.ports import Store


class TelemetryStore:
    """Gives the store; ``close`` it.

    Parameters
    ----------
    opener
        Opens the store, and brings its tables up to date.
    """

    def __init__(self, opener: Callable[[], Store]) -> None:
        self._opener = opener
        self._lock = Lock()
        self._store: Store | None = None

    def __call__(self) -> Store:
        """Give the store.

        Raises
        ------
        StoreUnavailable
            It cannot be opened; the next call tries again.
        """
        if self._store is None:
            with self._lock:
                if self._store is None:
                    self._store = self._opener()
        return self._store

    @property
    def is_open(self) -> bool:
        """Say whether somebody has asked for it."""
        return self._store is not None

    def close(self) -> None:
        """Let go of the store, if it was opened."""
        with self._lock:
            store, self._store = self._store, None
        if store is not None:
            store.close()
