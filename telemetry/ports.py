"""What telemetry needs from outside, as roles: ``storage`` plays them, tests hold it to them.

Everything that follows from one batch of messages is written by one ``Ledger``, that is in one
transaction: readings, what was put aside, alarm events, the states of the alarm machines and the
calls to people. Only then are the messages acknowledged. So a crash at any moment leaves either
all of it or none, and a redelivered message finds itself in the store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Protocol

from msgspec import Struct

from telemetry.alarm.words import Alarm, AlarmEvent, Command, Excursion
from telemetry.readings import Aside, Channel, Reading, Reason
from telemetry.registry import Registry


class CommandOutcome(Struct, frozen=True, kw_only=True):
    """What the monitor made of a command.

    Parameters
    ----------
    code
        None where it was done; else the error code, with the words for people in ``message``.
    alarm
        The alarm after it, for commands about alarms.
    """

    number: int
    applied_ms: int
    code: str | None = None
    message: str = ""
    alarm: Alarm | None = None


class CallState(Enum):
    """Where a call to a person stands."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    MERGED = "merged"
    """Said by an older call about the same incident that had not been tried yet."""


class Call(Struct, frozen=True, kw_only=True):
    """One message to one person or system, until it is delivered.

    Parameters
    ----------
    id
        The same for the same events and receiver: sent twice it is one call.
    sink
        ``webhook`` or ``mail``.
    receiver
        An address that the roster names.
    body
        What is sent, as JSON.
    next_try_ms
        Not before this.
    """

    id: str
    sink: str
    receiver: str
    incident: str
    body: bytes
    created_ms: int
    next_try_ms: int
    tries: int = 0
    state: CallState = CallState.WAITING
    last_error: str = ""
    delivered_ms: int | None = None


class Bucket(Struct, frozen=True):
    """Five minutes of one channel of one sensor."""

    sensor: str
    channel: Channel
    at_ms: int
    count: int
    low: float
    mean: float
    high: float


class NumberedEvent(Struct, frozen=True):
    """An alarm event with its place in the one sequence of all."""

    number: int
    event: AlarmEvent


class Ledger(Protocol):
    """One write transaction of the monitor, the only writer of alarms."""

    def add_readings(self, readings: Sequence[Reading]) -> int:
        """Store readings and keep the latest of each sensor; say how many were new."""
        ...

    def add_late(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Store readings that are no sensor's latest; give those that were new."""
        ...

    def keep_aside(self, asides: Sequence[Aside]) -> None:
        """Keep messages that became no reading; the oldest give way beyond a bound."""
        ...

    def count(self, at_ms: int, counts: Mapping[Reason, int]) -> None:
        """Add to what became no reading, per reason and hour."""
        ...

    def add_events(self, events: Sequence[AlarmEvent]) -> None:
        """Give events numbers, append them and put down each alarm as it is after them."""
        ...

    def put_excursions(
        self, point: str, from_ms: int, to_ms: int | None, excursions: Sequence[Excursion]
    ) -> None:
        """Put excursions in the place of all of a point that touch a stretch of time."""
        ...

    def save_states(self, states: Sequence[tuple[str, bytes]]) -> None:
        """Keep the state of points' machines; the keys are the points' ids."""
        ...

    def remember(self, key: str, payload: bytes) -> None:
        """Keep what a decoder must know after a restart."""
        ...

    def add_calls(self, calls: Sequence[Call]) -> None:
        """Put calls into the outbox; those already there stay as they are."""
        ...

    def answer(self, outcome: CommandOutcome) -> None:
        """Say what became of a command; it is asked no more."""
        ...

    def readings(
        self, sensors: Sequence[str], channel: Channel, from_ms: int, to_ms: int
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value; ``to_ms`` is not included."""
        ...


class Store(Protocol):
    """What is kept, and how it is read; every method may be called from any thread."""

    def write(self) -> AbstractContextManager[Ledger]:
        """Open a transaction that is committed at the end, and undone by any exception."""
        ...

    def readings(
        self,
        sensors: Sequence[str],
        channel: Channel,
        from_ms: int,
        to_ms: int,
        *,
        limit: int | None = None,
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value; ``to_ms`` is not included."""
        ...

    def buckets(
        self, sensors: Sequence[str], channel: Channel, from_ms: int, to_ms: int
    ) -> Sequence[Bucket]:
        """Give five-minute buckets, from raw readings where they are still kept."""
        ...

    def latest(self, sensors: Sequence[str] | None = None) -> Sequence[Reading]:
        """Give the newest reading of every channel of sensors; of all where none is named."""
        ...

    def states(self, points: Sequence[str] | None = None) -> Mapping[str, bytes]:
        """Give the saved states of points' machines; of all where none is named."""
        ...

    def remembered(self) -> Mapping[str, bytes]:
        """Give what decoders must know."""
        ...

    def alarms(
        self,
        *,
        open_only: bool = True,
        points: Sequence[str] | None = None,
        from_ms: int | None = None,
        to_ms: int | None = None,
        limit: int = 1000,
    ) -> Sequence[Alarm]:
        """Give alarms, newest first."""
        ...

    def alarm(self, alarm_id: str) -> Alarm | None:
        """Give one alarm."""
        ...

    def events(
        self, after: int = 0, *, limit: int = 1000, alarm_id: str | None = None
    ) -> Sequence[NumberedEvent]:
        """Give alarm events behind a number, in order."""
        ...

    def last_event(self) -> int:
        """Give the number of the newest event; 0 where there is none."""
        ...

    def excursions(
        self, *, points: Sequence[str] | None, from_ms: int, to_ms: int
    ) -> Sequence[Excursion]:
        """Give excursions that touch a stretch of time, by point and time."""
        ...

    def asides(self, *, reason: Reason | None = None, limit: int = 100) -> Sequence[Aside]:
        """Give what was kept aside, newest first."""
        ...

    def counts(self, from_ms: int, to_ms: int) -> Mapping[Reason, int]:
        """Give how much became no reading, per reason."""
        ...

    def submit(self, command: Command) -> int:
        """Ask something of the monitor; gives the number of the command."""
        ...

    def commands(self, *, limit: int = 1000) -> Sequence[Command]:
        """Give commands that have no answer yet, in order."""
        ...

    def outcome(self, number: int) -> CommandOutcome | None:
        """Give what became of a command; None while it waits."""
        ...

    def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
        """Give calls that wait and may be tried now, oldest first."""
        ...

    def update_call(self, call: Call) -> None:
        """Put down how a try went."""
        ...

    def calls(self, *, incident: str | None = None, limit: int = 100) -> Sequence[Call]:
        """Give calls, newest first."""
        ...

    def wait_for_events(self, after: int, timeout_s: float, look_s: float = ...) -> bool:
        """Wait until there is an event behind a number; say whether there is.

        Where the database tells nobody, it is looked at every ``look_s``.
        """
        ...

    def keep_house(self, now_ms: int, registry: Registry | None = None) -> None:
        """Downsample and drop what is older than its retention.

        The registry says whose readings belong to an excursion and stay raw; without it the
        readings of all sensors of that time do.
        """
        ...

    def lease(self, name: str) -> AbstractContextManager[None]:
        """Be the only monitor of a name while the context lasts; refuses a second one."""
        ...

    def ping(self) -> None:
        """Ask for an answer; raises ``StoreUnavailable`` where none comes."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...
