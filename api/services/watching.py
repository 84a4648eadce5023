"""What people who follow the alarms are told: one wait upon the store, shared by all of them.

A thread waits for new events as long as somebody follows. It writes each event once, keeps the
newest, and wakes the followers in their event loops. Who is further behind than what is kept reads
from the store.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Lock, Thread

import structlog

from api.services.followers import Follower, Followers
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import Alarm
from telemetry.errors import StoreUnavailable
from telemetry.ports import NumberedEvent, Store

KEPT = 1000
"""Events that are kept for all followers."""
PAGE = 1000
LOOK_S = 1.0
"""How long the thread waits at a time, and so how long a stop may take."""
SEEN_S = 0.08
"""How often it looks where the database tells nobody: nobody sees an alarm come this much later."""
AWAY_S = 1.0
"""How long it leaves a store alone that does not answer."""
FURTHEST = 10_000
"""Who is more events behind than this is told how things stand instead."""
TRIES = 5
MOST_OPEN = 100_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event as it is sent.

    Parameters
    ----------
    text
        The event, written.
    """

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How the alarms stand after an event.

    Parameters
    ----------
    number
        The newest event that is in it.
    """

    number: int
    alarms: Sequence[Alarm]


class AlarmFeed:
    """The alarm events of one store; safe for several threads.

    Parameters
    ----------
    write
        Writes an event as it is sent.
    """

    def __init__(self, telemetry: TelemetryStore, write: Callable[[NumberedEvent], str]) -> None:
        self._telemetry = telemetry
        self._write = write
        self._lock = Lock()
        self._stop = Event()
        self._kept: deque[Told] = deque(maxlen=KEPT)
        self._base: int | None = None
        self._followers = Followers()
        self._thread: Thread | None = None

    def snapshot(self) -> Snapshot:
        """Say how the open alarms stand.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        store = self._telemetry()
        number, alarms = store.last_event(), store.alarms(limit=MOST_OPEN)
        for _ in range(TRIES):
            # An alarm that changed between the two questions would be newer than the number says.
            newest = store.last_event()
            if newest == number:
                break
            number, alarms = newest, store.alarms(limit=MOST_OPEN)
        return Snapshot(number=number, alarms=alarms)

    def can_resume(self, after: int) -> bool:
        """Say whether somebody who knows all up to an event can be told the rest one by one.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        return 0 <= self._telemetry().last_event() - after <= FURTHEST

    @contextmanager
    def following(self) -> Iterator[AlarmFollower]:
        """Listen to the events that come from now on."""
        follower = AlarmFollower(self)
        with self._followers.having(follower):
            with self._lock:
                if self._thread is None and not self._stop.is_set():
                    self._thread = Thread(target=self._watch, name="alarm feed", daemon=True)
                    self._thread.start()
            yield follower

    @property
    def is_closed(self) -> bool:
        """Say whether the service stops."""
        return self._stop.is_set()

    def since(self, after: int) -> list[Told] | None:
        """Give what is kept behind an event; None where the store has to be asked."""
        with self._lock:
            if self._base is None:
                return []
            if after < self._base:
                return None
            return [told for told in self._kept if told.number > after]

    def from_store(self, after: int) -> list[Told]:
        """Read what comes behind an event.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        return self._told(self._telemetry().events(after, limit=PAGE))

    def close(self) -> None:
        """End all streams: the service stops."""
        self._stop.set()
        self._followers.wake()

    def join(self) -> None:
        """Wait until the thread has ended, after ``close``."""
        thread = self._thread
        if thread is not None:
            thread.join()

    def _watch(self) -> None:
        while self._is_wanted():
            try:
                self._look(self._telemetry())
            except StoreUnavailable as error:
                log.warning("alarms cannot be followed", code=error.code, detail=str(error))
                self._stop.wait(AWAY_S)

    def _is_wanted(self) -> bool:
        with self._lock:
            if self._followers and not self._stop.is_set():
                return True
            # Whoever comes next begins anew: what is kept would have a hole.
            self._thread, self._base = None, None
            self._kept.clear()
            return False

    def _look(self, store: Store) -> None:
        if self._base is None:
            newest = store.last_event()
            with self._lock:
                self._base = newest
            self._followers.wake()
        after = self._kept[-1].number if self._kept else self._base
        if store.wait_for_events(after, LOOK_S, SEEN_S):
            self._keep(self._told(store.events(after, limit=PAGE)))
            self._followers.wake()

    def _keep(self, told: Sequence[Told]) -> None:
        with self._lock:
            for one in told:
                if len(self._kept) == KEPT:
                    self._base = self._kept[0].number
                self._kept.append(one)

    def _told(self, events: Sequence[NumberedEvent]) -> list[Told]:
        return [Told(number=event.number, text=self._write(event)) for event in events]


class AlarmFollower(Follower):
    """Somebody who follows the alarms in an event loop."""

    def __init__(self, feed: AlarmFeed) -> None:
        super().__init__()
        self._feed = feed

    async def events(self, after: int, seconds: float) -> AsyncIterator[Told]:
        """Give events as they happen, until the time is over or the service stops.

        Parameters
        ----------
        after
            The newest event that is known already.
        seconds
            How long to listen.

        Raises
        ------
        StoreUnavailable
            The store does not answer to somebody who is far behind.
        """
        until = self.now + seconds
        while not self._feed.is_closed:
            self.look()
            told = self._feed.since(after)
            if told is None:
                told = await asyncio.to_thread(self._feed.from_store, after)
            for one in told:
                after = one.number
                yield one
            if not told and not await self.is_woken_before(until):
                return
