"""Takes messages from a broker in batches, and acknowledges each batch when it has been stored.

One thread does everything: it waits on the socket, reads, hands a batch to the receiver, which
stores it, and acknowledges. While the store is away the same batch is tried again and again, and
the connection is kept alive; the broker sends no more than it may leave unacknowledged, and where
it has no such bound the socket is left unread beyond ours. So memory is bounded, and a message is
either in the store or still with the broker.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from time import monotonic, time_ns
from typing import Protocol

from telemetry.errors import StoreUnavailable
from telemetry.mqtt.back_off import BackOff
from telemetry.mqtt.link import Link
from telemetry.mqtt.settings import BrokerSettings
from telemetry.readings import Message

log = logging.getLogger(__name__)

IDLE_S = 1.0


class Receiver(Protocol):
    """Who stores what comes."""

    def take(self, messages: Sequence[Message]) -> None:
        """Understand messages and store all that follows from them.

        Raises
        ------
        StoreUnavailable
            Nothing is stored yet; ``settle`` tries again.
        """
        ...

    def tick(self) -> float:
        """Do what time asks for, and say in how many seconds to ask again.

        Raises
        ------
        StoreUnavailable
            Nothing is stored yet; ``settle`` tries again.
        """
        ...

    def settle(self) -> None:
        """Store what could not be stored.

        Raises
        ------
        StoreUnavailable
            It still cannot.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching:
    """How messages are gathered, and what happens while they cannot be stored.

    Parameters
    ----------
    most
        Largest batch.
    apart_s
        Batches begin so far apart, unless a whole one waits. Who has been idle takes a message at
        once; under load a commit serves many.
    most_waiting
        How many messages may wait in memory, give or take those of one piece.
    first_pause_s, longest_pause_s
        Between tries to reach the broker, or to store.
    """

    most: int = 500
    apart_s: float = 0.013
    most_waiting: int = 2000
    first_pause_s: float = 0.2
    longest_pause_s: float = 15.0


class Consumer:
    """Hands what a broker sends to a receiver until it is stopped.

    Parameters
    ----------
    filters
        What is subscribed to.
    clock
        Seconds that never go back.
    clock_ms
        Time of day, for the arrival of messages.
    seed
        For the lengths of pauses; without one every process has its own.

    Attributes
    ----------
    stored
        How many messages have been stored since the start.
    """

    def __init__(
        self,
        settings: BrokerSettings,
        filters: Sequence[str],
        receiver: Receiver,
        *,
        batching: Batching | None = None,
        clock: Callable[[], float] = monotonic,
        clock_ms: Callable[[], int] = lambda: time_ns() // 1_000_000,
        seed: int | None = None,
    ) -> None:
        self.stored = 0
        self._receiver = receiver
        self._batching = batching or Batching()
        self._clock = clock
        chance = Random(seed)
        self._link = Link(
            settings,
            filters,
            most_unread=self._batching.most_waiting,
            clock=clock,
            clock_ms=clock_ms,
            back_off=self._new_back_off(chance),
        )
        self._store_back_off = self._new_back_off(chance)
        self._batch: list[Message] = []
        self._batch_turn = 0
        self._next_batch_at = clock()
        self._tick_at = clock()
        self._settle_at: float | None = None
        self._is_stopping = False

    @property
    def is_connected(self) -> bool:
        """Say whether the broker sends to us."""
        return self._link.is_ready

    @property
    def is_storing(self) -> bool:
        """Say whether what came last could be stored."""
        return self._settle_at is None

    @property
    def waiting(self) -> int:
        """Say how many messages lie in memory."""
        return len(self._batch) + len(self._link.inbox)

    def run(self) -> None:
        """Work until ``stop``.

        Raises
        ------
        BrokerUnavailable
            The broker refuses us at the start, or another process uses our client id.
        """
        try:
            while not self._is_stopping:
                self._turn()
        finally:
            self._link.close()

    def stop(self) -> None:
        """End ``run`` after the batch at hand; may be called from any thread or signal.

        A batch that cannot be stored now is given up: the broker sends it again.
        """
        self._is_stopping = True
        self._link.wake()

    def _turn(self) -> None:
        now = self._clock()
        if self._settle_at is not None:
            if now >= self._settle_at:
                self._try(self._receiver.settle)
            else:
                self._wait(now, self._settle_at - now)
        elif now >= self._tick_at:
            self._try(self._tick)
        elif self._is_ripe(now):
            self._take()
        else:
            self._wait(now, self._tick_at - now)

    def _is_ripe(self, now: float) -> bool:
        waiting = len(self._link.inbox)
        return waiting >= self._batching.most or (waiting > 0 and now >= self._next_batch_at)

    def _wait(self, now: float, longest_s: float) -> None:
        """Wait for messages; until the next batch may begin they wait in the socket's buffer."""
        left_s = self._next_batch_at - now
        if self._settle_at is None and left_s > 0:
            self._link.wait(min(left_s, longest_s), reading=False)
        else:
            room = len(self._link.inbox) < self._batching.most_waiting
            self._link.wait(min(longest_s, IDLE_S), reading=room)

    def _take(self) -> None:
        self._next_batch_at = self._clock() + self._batching.apart_s
        inbox, most = self._link.inbox, self._batching.most
        if len(inbox) < most:
            self._link.drain(most)
        self._batch = [inbox.popleft() for _ in range(min(most, len(inbox)))]
        self._batch_turn = self._link.turn
        if self._batch:
            self._try(lambda: self._receiver.take(self._batch))

    def _tick(self) -> None:
        self._tick_at = self._clock() + self._receiver.tick()

    def _try(self, work: Callable[[], None]) -> None:
        try:
            work()
        except StoreUnavailable as error:
            pause_s = self._store_back_off.next_s()
            self._settle_at = self._clock() + pause_s
            log.warning("%s %s; next try in %.1f s", error.code, error, pause_s)
            return
        if self._settle_at is not None:
            log.info("the store answers again")
            self._settle_at = None
            self._store_back_off.reset()
        self._link.acknowledge(self._batch, self._batch_turn)
        self.stored += len(self._batch)
        self._batch = []

    def _new_back_off(self, chance: Random) -> BackOff:
        return BackOff(self._batching.first_pause_s, self._batching.longest_pause_s, chance)
