"""What people who follow a job are told, from the threads that hear of it to their event loops."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

KEPT = 1000
"""Events of a job that stay readable for those who come late or come back."""

PROGRESS, DONE = "progress", "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEvent:
    """One thing that happened to a job.

    Parameters
    ----------
    id
        Attempt and number, as ``2.17``: what a client that comes back names as its last.
    name
        ``progress`` or ``done``.
    """

    id: str
    name: str
    data: Mapping[str, Any]


class Follower:
    """Somebody who waits for the events of one job in an event loop."""

    def __init__(self, feed: _Feed) -> None:
        self._feed = feed
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def wake(self) -> None:
        """Say from any thread that there is something new."""
        self._loop.call_soon_threadsafe(self._news.set)

    async def events(self, after: str | None = None) -> AsyncIterator[JobEvent]:
        """Give events as they happen, until the job is done or the service stops.

        Parameters
        ----------
        after
            Id of the last event that is known already.
        """
        number = self._feed.number_after(after)
        while True:
            self._news.clear()
            number, events, over = self._feed.since(number)
            for event in events:
                yield event
            if over:
                return
            await self._news.wait()


class _Feed:
    """The events of one job."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._events: deque[JobEvent] = deque(maxlen=KEPT)
        self._next = 1
        self._over = False
        self.followers: set[Follower] = set()

    def add(self, attempt: int, name: str, data: Mapping[str, Any]) -> None:
        with self._lock:
            event = JobEvent(id=f"{attempt}.{self._next}", name=name, data=data)
            self._events.append(event)
            self._next += 1
            self._over = name == DONE

    def close(self) -> None:
        with self._lock:
            self._over = True

    def latest(self) -> Mapping[str, Any] | None:
        with self._lock:
            return next((e.data for e in reversed(self._events) if e.name == PROGRESS), None)

    def number_after(self, known: str | None) -> int:
        """Give the number of the first event after a known one; an unknown one is none."""
        with self._lock:
            first = self._next - len(self._events)
            ids = [event.id for event in self._events]
            return first + ids.index(known) + 1 if known in ids else first

    def since(self, number: int) -> tuple[int, list[JobEvent], bool]:
        """Give the next number, the events from a number on, and whether more will come."""
        with self._lock:
            first = self._next - len(self._events)
            return self._next, list(self._events)[max(0, number - first) :], self._over


class Feeds:
    """The events of all jobs that are to end; safe for several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._feeds: dict[str, _Feed] = {}
        self._closed = False

    def progress(self, job: str, attempt: int, data: Mapping[str, Any]) -> None:
        """Tell how far a job is."""
        with self._lock:
            feed = self._feeds.setdefault(job, _Feed())
            feed.add(attempt, PROGRESS, data)
            _wake(feed.followers)

    def done(self, job: str, attempt: int, data: Mapping[str, Any]) -> None:
        """Tell that a job has ended, after its end is stored; the feed is given up."""
        with self._lock:
            feed = self._feeds.pop(job, None)
            if feed is None:
                return
            feed.add(attempt, DONE, data)
            _wake(feed.followers)

    def latest(self, job: str) -> Mapping[str, Any] | None:
        """Give the last progress of a job; None where there is none."""
        with self._lock:
            feed = self._feeds.get(job)
        return None if feed is None else feed.latest()

    @contextmanager
    def following(self, job: str) -> Iterator[Follower]:
        """Listen to a job; ask for its state after this has begun, so that no end is missed."""
        with self._lock:
            feed = self._feeds.setdefault(job, _Feed())
            if self._closed:
                feed.close()
            follower = Follower(feed)
            feed.followers.add(follower)
        try:
            yield follower
        finally:
            with self._lock:
                feed.followers.discard(follower)
                unused = not feed.followers and feed.latest() is None
                if unused and self._feeds.get(job) is feed:
                    del self._feeds[job]

    def followed(self) -> list[str]:
        """Name the jobs that somebody follows."""
        with self._lock:
            return [name for name, feed in self._feeds.items() if feed.followers]

    def close(self) -> None:
        """End all streams: the service stops."""
        with self._lock:
            self._closed = True
            for feed in self._feeds.values():
                feed.close()
                _wake(feed.followers)


def _wake(followers: Iterable[Follower]) -> None:
    """Wake all who follow; with the lock held, for who leaves may end their event loop."""
    for follower in followers:
        follower.wake()
