"""So many in a minute: a sliding window for each key, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock


class RateLimit:
    """Counts what was allowed to each key in the last while.

    Parameters
    ----------
    most
        So many are allowed in one window.
    window
        How long one counts.
    keys
        So many keys are remembered; the one that was longest silent is forgotten first.
    """

    def __init__(
        self, most: int, *, window: timedelta = timedelta(minutes=1), keys: int = 10_000
    ) -> None:
        self._most = most
        self._window = window
        self._keys = keys
        self._allowed: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str, now: datetime) -> float:
        """Take one; give 0 if it is allowed, else the seconds until one will be.

        Parameters
        ----------
        key
            Whose share it is.
        now
            The current instant.
        """
        with self._lock:
            taken = self._allowed.setdefault(key, deque())
            self._allowed.move_to_end(key)
            while taken and taken[0] <= now - self._window:
                taken.popleft()
            if len(taken) >= self._most:
                return (taken[0] + self._window - now).total_seconds()
            taken.append(now)
            while len(self._allowed) > self._keys:
                self._allowed.popitem(last=False)
            return 0.0

    def __len__(self) -> int:
        return len(self._allowed)
