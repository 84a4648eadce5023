"""The way of a message: understood, judged, stored with all that follows from it, once.

``Ingest`` is what the consumer of ``mqtt`` hands its batches to. Everything that follows from a
batch goes into one transaction. Where it fails, the very same work is tried again until it is
committed or the process dies; only in between is the monitor's memory ahead of the store. A message
that comes again because nobody heard of its commit finds its reading in the store and is counted.
"""

# Long because the roles that it needs stand beside it.
from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from telemetry.alarm.words import Command
from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.ports import CommandOutcome, Ledger, Store
from telemetry.readings import Aside, Mark, Measurement, Message, Reading, Reason

COMMANDS_MS = 100
"""How often people are listened to."""

TICK_MS = 1000
ALIVE_MS = 10_000
MONITOR = "monitor"
"""What the last sign of life is remembered under, in milliseconds as decimal digits."""

LATE = int(Mark.LATE)
UNMARKED = Mark.NONE
KEPT_BY_BROKER = "the broker had kept it: its age is unknown, and it is not judged"


class Decoder(Protocol):
    """Who understands messages: ``payloads.topics.TopicTable``."""

    def decode(self, message: Message) -> Decoded:
        """Understand a message, or raise ``MessageRejected``."""
        ...

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Take up what was remembered before a restart."""
        ...


class Judge(Protocol):
    """Who judges readings: ``monitor.Monitor``."""

    @property
    def next_due_ms(self) -> int | None:
        """When it has to be told the time next."""
        ...

    def restore(self, store: Store, now_ms: int) -> None:
        """Take up what was stored before a restart."""
        ...

    def admit(self, measurement: Measurement, arrived_ms: int) -> Reading:
        """Make a reading of a measurement, or raise ``MessageRejected``."""
        ...

    def handle(self, reading: Reading) -> None:
        """Judge a reading."""
        ...

    def tick(self, now_ms: int) -> None:
        """Notice what time alone brings."""
        ...

    def command(self, command: Command, now_ms: int) -> CommandOutcome:
        """Do what a person asks."""
        ...

    def settle(self, ledger: Ledger, now_ms: int) -> int:
        """Write what has been judged and say how many late readings were there already.

        Asked again after a failure, it writes the same. Late readings are written by it, all
        others before.
        """
        ...

    def settled(self) -> None:
        """Hear that what was written is committed."""
        ...


@dataclass(slots=True, kw_only=True)
class Figures:
    """What has happened since the start.

    Parameters
    ----------
    messages, readings
        How many were stored; readings that were there already are not counted.
    reasons
        What became no reading, and why.
    stored_ms
        When something was last committed.
    """

    messages: int = 0
    readings: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    stored_ms: int | None = None


@dataclass(slots=True, kw_only=True)
class _Work:
    """What waits for a commit."""

    messages: int = 0
    readings: list[Reading] = field(default_factory=list)
    late: int = 0
    asides: list[Aside] = field(default_factory=list)
    reasons: Counter[Reason] = field(default_factory=Counter)
    memories: dict[str, bytes] = field(default_factory=dict)
    outcomes: list[CommandOutcome] = field(default_factory=list)


class Ingest:
    """Takes batches of messages and stores them with all that follows.

    Parameters
    ----------
    decoder
        The topic table.
    clock_ms
        Time of day.

    Attributes
    ----------
    figures
        What has happened since the start.
    """

    def __init__(
        self, store: Store, judge: Judge, decoder: Decoder, clock_ms: Callable[[], int]
    ) -> None:
        self.figures = Figures()
        self._store = store
        self._judge = judge
        self._decoder = decoder
        self._clock_ms = clock_ms
        self._work = _Work()
        self._asked_ms = self._ticked_ms = -TICK_MS
        self._alive_ms = -ALIVE_MS

    def restore(self) -> None:
        """Take up the work where it was left, by this process or the one before it.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        self._decoder.recall(self._store.remembered())
        self._judge.restore(self._store, self._clock_ms())

    def take(self, messages: Sequence[Message]) -> None:
        """Understand messages, judge them and store what follows.

        Raises
        ------
        StoreUnavailable
            Nothing is stored yet; ``settle`` tries again.
        """
        decode = self._decoder.decode
        for message in messages:
            if message.retained:
                self._put_aside(message, Reason.RETAINED, KEPT_BY_BROKER)
                continue
            try:
                decoded = decode(message)
            except MessageRejected as rejected:
                self._put_aside(message, rejected.reason, rejected.detail)
            else:
                self._judge_all(message, decoded)
        self._work.messages += len(messages)
        # A delay that a message has let end does not wait for the next tick.
        self._let_pass(self._clock_ms())
        self.settle()

    def tick(self) -> float:
        """Notice what time brings, do what people ask; say in how many seconds to ask again.

        Raises
        ------
        StoreUnavailable
            Nothing is stored yet; ``settle`` tries again.
        """
        now_ms = self._clock_ms()
        heard = self._listen(now_ms)
        passed = self._let_pass(now_ms)
        if heard or passed:
            self.settle()
        due_ms = self._judge.next_due_ms
        pause_ms = COMMANDS_MS if due_ms is None else min(COMMANDS_MS, due_ms - now_ms)
        return max(pause_ms, 1) / 1000

    def settle(self) -> None:
        """Store what is not stored yet, all of it or nothing.

        Raises
        ------
        StoreUnavailable
            Nothing was.
        """
        work, now_ms = self._work, self._clock_ms()
        with self._store.write() as ledger:
            twice = self._write(ledger, work, now_ms)
        self._judge.settled()
        self._work = _Work()
        figures = self.figures
        figures.messages += work.messages
        figures.readings += len(work.readings) + work.late - twice
        figures.reasons.update(work.reasons)
        figures.reasons[Reason.DUPLICATE] += twice
        figures.stored_ms = now_ms

    def _judge_all(self, message: Message, decoded: Decoded) -> None:
        admit, handle = self._judge.admit, self._judge.handle
        work = self._work
        for measurement in decoded.measurements:
            try:
                reading = admit(measurement, message.arrived_ms)
            except MessageRejected as rejected:
                self._put_aside(message, rejected.reason, rejected.detail)
                continue
            # Nearly every reading is unmarked, and asking a flag for a part of it is dear.
            if reading.marks is not UNMARKED and reading.marks & LATE:
                work.late += 1
            else:
                work.readings.append(reading)
            handle(reading)
        for part in decoded.rejected:
            self._put_aside(message, part.reason, part.detail)
        if decoded.lost:
            work.reasons[Reason.SEQUENCE_GAP] += decoded.lost
        if decoded.memory is not None:
            key, payload = decoded.memory
            work.memories[key] = payload

    def _put_aside(self, message: Message, reason: Reason, detail: str) -> None:
        self._work.reasons[reason] += 1
        self._work.asides.append(
            Aside(reason, detail, message.topic, message.payload, message.arrived_ms)
        )

    def _let_pass(self, now_ms: int) -> bool:
        """Tell the judge the time where that may change anything; say whether it was told."""
        due_ms = self._judge.next_due_ms
        if now_ms - self._ticked_ms < TICK_MS and (due_ms is None or due_ms > now_ms):
            return False
        self._ticked_ms = now_ms
        self._judge.tick(now_ms)
        if now_ms - self._alive_ms >= ALIVE_MS:
            self._alive_ms = now_ms
            self._work.memories[MONITOR] = str(now_ms).encode()
        return True

    def _listen(self, now_ms: int) -> bool:
        """Do what people have asked for since; say whether there was anything."""
        if now_ms - self._asked_ms < COMMANDS_MS:
            return False
        commands = self._store.commands()
        self._asked_ms = now_ms
        self._work.outcomes += (self._judge.command(command, now_ms) for command in commands)
        return bool(commands)

    def _write(self, ledger: Ledger, work: _Work, now_ms: int) -> int:
        """Write everything; say how many readings were there already."""
        twice = 0
        if work.readings:
            twice = len(work.readings) - ledger.add_readings(work.readings)
        twice += self._judge.settle(ledger, now_ms)
        reasons = work.reasons.copy()
        if twice:
            reasons[Reason.DUPLICATE] += twice
        if reasons:
            ledger.count(now_ms, reasons)
        if work.asides:
            ledger.keep_aside(work.asides)
        for key, payload in work.memories.items():
            ledger.remember(key, payload)
        for outcome in work.outcomes:
            ledger.answer(outcome)
        return twice
