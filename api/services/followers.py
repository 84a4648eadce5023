"""Those who follow news in an event loop, and are woken from any thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Lock


class Follower:
    """Somebody who waits for news in the event loop in which this was made."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    @property
    def now(self) -> float:
        """The time of the event loop."""
        return self._loop.time()

    def wake(self) -> None:
        """Say from any thread that there is something new."""
        # An event loop that has ended has nobody in it who could miss it.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._news.set)

    def look(self) -> None:
        """Begin to look: only what comes from now on wakes."""
        self._news.clear()

    async def is_woken_before(self, until: float) -> bool:
        """Wait for news since the last look; False where the time is over first."""
        try:
            async with asyncio.timeout_at(until):
                await self._news.wait()
        except TimeoutError:
            return False
        return True


class Followers:
    """All who follow one source of news; safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._followers: set[Follower] = set()

    def __len__(self) -> int:
        """Count them."""
        with self._lock:
            return len(self._followers)

    @contextmanager
    def having(self, follower: Follower) -> Iterator[None]:
        """Wake a follower with the others as long as this lasts."""
        with self._lock:
            self._followers.add(follower)
        try:
            yield
        finally:
            with self._lock:
                self._followers.discard(follower)

    def wake(self) -> None:
        """Say that there is something new."""
        with self._lock:
            followers = list(self._followers)
        for follower in followers:
            follower.wake()
