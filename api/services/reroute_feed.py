"""What people who follow the cases are told: events from the database, woken by each commit.

Whoever writes an event wakes those who wait in the same service. What another service wrote is
found by looking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Event

from api.services.followers import Follower, Followers
from api.storage import reroutes
from api.storage.database import Database
from api.storage.reroutes import RerouteEvent

PAGE = 200
FURTHEST = 2_000
"""Who is more events behind than this is told how things stand instead."""
LOOK_S = 30.0
"""How often to look where no other service writes events."""


class RerouteFeed:
    """The events of all cases; safe for several threads.

    Parameters
    ----------
    look_s
        How often a follower looks although nobody woke it.
    """

    def __init__(self, database: Database, *, look_s: float = LOOK_S) -> None:
        self._database = database
        self._look_s = look_s
        self._closed = Event()
        self._followers = Followers()

    def last(self) -> int:
        """Give the number of the newest event."""
        with self._database.read() as tx:
            return reroutes.last_event(tx)

    def can_resume(self, after: int) -> bool:
        """Say whether somebody who knows all up to an event can be told the rest one by one."""
        return 0 <= self.last() - after <= FURTHEST

    def since(self, after: int) -> Sequence[RerouteEvent]:
        """Give events behind a number."""
        with self._database.read() as tx:
            return reroutes.events_after(tx, after, limit=PAGE)

    @contextmanager
    def following(self) -> Iterator[RerouteFollower]:
        """Listen to the events that come from now on."""
        follower = RerouteFollower(self.since, self._closed.is_set, self._look_s)
        with self._followers.having(follower):
            yield follower

    def wake(self) -> None:
        """Say that there is something new."""
        self._followers.wake()

    def close(self) -> None:
        """End all streams: the service stops."""
        self._closed.set()
        self.wake()


class RerouteFollower(Follower):
    """Somebody who follows the cases in an event loop."""

    def __init__(
        self,
        since: Callable[[int], Sequence[RerouteEvent]],
        is_closed: Callable[[], bool],
        look_s: float,
    ) -> None:
        super().__init__()
        self._look_s = look_s
        self._since = since
        self._is_closed = is_closed

    async def events(self, after: int, seconds: float) -> AsyncIterator[RerouteEvent]:
        """Give events as they happen, until the time is over or the service stops.

        Parameters
        ----------
        after
            The newest event that is known already.
        seconds
            How long to listen.

        Raises
        ------
        DatabaseUnavailable
            The database does not answer.
        """
        until = self.now + seconds
        while not self._is_closed():
            self.look()
            told = await asyncio.to_thread(self._since, after)
            for one in told:
                after = one.number
                yield one
            if not told:
                if self.now >= until:
                    return
                await self.is_woken_before(min(until, self.now + self._look_s))
