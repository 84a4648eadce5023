"""Calls become deliveries: tried until the receiver confirms, for a day at most.

One ``Dispatcher`` works on a store, and nothing else writes how a call stands. A try is put down
before it is made, so that whatever happens the next one sends the same bytes under the same id; the
receiver that has confirmed once is not sent a call again. Calls about one incident that wait for
one receiver, untried, become one.

Receivers do not wait for each other: each has a back-off of its own, that doubles from failure to
failure, and a thread while it is served.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from threading import Event, Lock, Thread

from msgspec.structs import replace

from telemetry.calling.gathering import Outbox, joining, together
from telemetry.calling.patience import USUAL_PATIENCE, Patience
from telemetry.calling.sinks import DeliveryFailed, Sink
from telemetry.errors import StoreUnavailable
from telemetry.ports import Call, CallState

LOG = logging.getLogger(__name__)
CALLS_AT_ONCE = 200
LANES = 8


@dataclass(slots=True)
class _Line:
    """What is known of the way to one receiver; lost with the process, and soon learned again."""

    failures: int = 0
    ready_ms: int = 0
    busy: bool = False


class Dispatcher:
    """Delivers the calls of a store.

    Parameters
    ----------
    store
        Whose outbox it is.
    sinks
        By the name that calls give them.
    clock_ms
        Gives the current time.
    patience
        As of the class.
    seed
        Of the jitter.
    """

    def __init__(
        self,
        store: Outbox,
        sinks: Mapping[str, Sink],
        clock_ms: Callable[[], int],
        *,
        patience: Patience = USUAL_PATIENCE,
        seed: int = 0,
    ) -> None:
        self._store = store
        self._sinks = sinks
        self._clock_ms = clock_ms
        self._patience = patience
        self._random = Random(seed)
        self._lines: defaultdict[str, _Line] = defaultdict(_Line)
        self._counts: Counter[CallState] = Counter()
        self._failures = 0
        self._lock = Lock()
        self._stopping = Event()
        self._lanes: ThreadPoolExecutor | None = None
        self._thread: Thread | None = None

    @property
    def counts(self) -> Mapping[CallState, int]:
        """How many calls ended in each state since the start; still waiting: tries that failed."""
        with self._lock:
            return {**self._counts, CallState.WAITING: self._failures}

    def run_once(self) -> Mapping[CallState, int]:
        """Try every call that is due once, wait for all of it, and give ``counts``.

        Raises
        ------
        StoreUnavailable
            The outbox cannot be read or written; nothing is lost.
        """
        for future in list(self._begin()):
            future.result()
        return self.counts

    def start(self, period_s: float = 1.0) -> None:
        """Work in a thread until ``stop``.

        Parameters
        ----------
        period_s
            How often the outbox is looked into.
        """
        if self._thread is not None:
            return
        self._stopping.clear()
        self._thread = Thread(target=self._work, args=(period_s,), name="coldgrid-outbox")
        self._thread.start()

    def stop(self) -> None:
        """End after the tries that are under way; what waits is delivered after the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._lanes is not None:
            self._lanes.shutdown()
            self._lanes = None

    def _work(self, period_s: float) -> None:
        while not self._stopping.is_set():
            try:
                for future in self._begin():
                    future.add_done_callback(_report)
            except StoreUnavailable as error:
                LOG.warning("calls wait: %s", error)
            self._stopping.wait(period_s)

    def _begin(self) -> Iterator[Future[None]]:
        """Begin to serve every receiver that has due calls and is ready."""
        now_ms = self._clock_ms()
        limit = CALLS_AT_ONCE
        while True:
            # Asked before the outbox is read: what is read of the others nobody changes meanwhile.
            busy = self._busy()
            calls = self._store.due_calls(now_ms, limit=limit)
            waiting: defaultdict[str, list[Call]] = defaultdict(list)
            for call in calls:
                if call.receiver not in busy:
                    waiting[call.receiver].append(call)
            for receiver, group in waiting.items():
                yield from self._serve_or_wait(receiver, group, now_ms)
            if len(calls) < limit:
                return
            # Calls of receivers that are being served stay due, and must not hide those behind.
            limit *= 2

    def _busy(self) -> frozenset[str]:
        with self._lock:
            return frozenset(name for name, line in self._lines.items() if line.busy)

    def _serve_or_wait(
        self, receiver: str, calls: Sequence[Call], now_ms: int
    ) -> Sequence[Future[None]]:
        line = self._lines[receiver]
        if line.ready_ms > now_ms:
            self._put_off(calls, line.ready_ms)
            return ()
        with self._lock:
            line.busy = True
        if self._lanes is None:
            self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="coldgrid-call")
        return (self._lanes.submit(self._serve, line, calls),)

    def _serve(self, line: _Line, calls: Sequence[Call]) -> None:
        """Try a receiver's calls until one fails, those first that have been tried before."""
        try:
            said: set[str] = set()
            ordered = sorted(calls, key=lambda call: (call.tries == 0, call.created_ms, call.id))
            for index, call in enumerate(ordered):
                if self._stopping.is_set():
                    return
                if call.id in said:
                    continue
                if not self._try(line, call, said):
                    rest = [other for other in ordered[index + 1 :] if other.id not in said]
                    self._put_off(rest, line.ready_ms)
                    return
        finally:
            with self._lock:
                line.busy = False

    def _try(self, line: _Line, call: Call, said: set[str]) -> bool:
        """Try one call, together with what has joined it; say whether it was confirmed."""
        joined = () if call.tries else joining(self._store, call)
        said.update(other.id for other in joined)
        patience = self._patience
        current = replace(
            call,
            body=together(call, joined),
            tries=call.tries + 1,
            next_try_ms=self._clock_ms() + round(1000 * patience.try_s),
        )
        self._store.update_call(current)
        for other in joined:
            self._put_down(replace(other, state=CallState.MERGED))
        try:
            self._sink(call.sink).send(call.receiver, call.id, current.body)
        except DeliveryFailed as failure:
            self._failed(line, current, str(failure))
            return False
        line.failures = 0
        now_ms = self._clock_ms()
        self._put_down(
            replace(current, state=CallState.DELIVERED, delivered_ms=now_ms, last_error="")
        )
        return True

    def _failed(self, line: _Line, call: Call, reason: str) -> None:
        with self._lock:
            self._failures += 1
            line.failures = max(line.failures + 1, call.tries)
            wait_ms = self._patience.wait_ms(line.failures, self._random)
        line.ready_ms = self._clock_ms() + wait_ms
        self._put_off([replace(call, last_error=reason)], line.ready_ms)

    def _put_off(self, calls: Sequence[Call], until_ms: int) -> None:
        """Let calls wait for their receiver; give up those that have waited too long."""
        oldest_ms = self._clock_ms() - round(1000 * self._patience.give_up_s)
        for call in calls:
            if call.created_ms <= oldest_ms:
                self._put_down(replace(call, state=CallState.GIVEN_UP))
            else:
                self._store.update_call(replace(call, next_try_ms=until_ms))

    def _put_down(self, call: Call) -> None:
        self._store.update_call(call)
        with self._lock:
            self._counts[call.state] += 1

    def _sink(self, name: str) -> Sink:
        sink = self._sinks.get(name)
        if sink is None:
            raise DeliveryFailed(f"no {name} is set up")
        return sink


def _report(future: Future[None]) -> None:
    """Put a broken try into the log: the calls stay in the outbox, and the others go on."""
    error = None if future.cancelled() else future.exception()
    if error is not None:
        LOG.error("a call could not be tried", exc_info=error)
