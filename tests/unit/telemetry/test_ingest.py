"""Everything that follows from a batch is stored once, or nothing of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from telemetry.alarm.words import CommandKind, EventKind
from telemetry.errors import MessageRejected, StoreUnavailable
from telemetry.ingest import Ingest
from telemetry.monitor import Monitor
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.topics import TopicTable
from telemetry.ports import Ledger
from telemetry.readings import Channel, Measurement, Message, Reason
from telemetry.registry import Registry
from telemetry.storage.store import SqlStore
from tests.telemetry_cases import MINUTE, PROFILES, SECOND, T0, a_command, a_registry
from tests.telemetry_stores import sqlite_store

TOPIC = "coldgrid/sensors/s1"


class Weak:
    """A store whose next commits fail, after everything was written."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.failures_left = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self) -> Iterator[Ledger]:
        with self._store.write() as ledger:
            yield ledger
            if self.failures_left:
                self.failures_left -= 1
                raise StoreUnavailable("CG-8201", "gone before the commit")


class Bench:
    """An ingest over a real store and monitor, with a clock of its own."""

    def __init__(self, store: SqlStore, decoder: Any = None) -> None:
        self.now_ms = T0
        self.store = Weak(store)
        self.decoder = decoder or TopicTable()
        self.ingest = self.start()

    def start(self, registry: Registry | None = None) -> Ingest:
        """Start anew, as after a crash."""
        monitor = Monitor(registry or a_registry(), PROFILES, started_ms=T0)
        ingest = Ingest(self.store, monitor, self.decoder, lambda: self.now_ms)
        ingest.restore()
        return ingest

    def message(self, at_ms: int, value: object = -20.0, **fields: object) -> Message:
        body = {"temperature": value, "ts": at_ms, **fields}
        return Message(TOPIC, json.dumps(body).encode(), max(at_ms, self.now_ms))

    def values(self) -> list[float]:
        """Give what is stored of the sensor, by time."""
        found = self.store.readings(["s1"], Channel.TEMPERATURE, 0, 2 * T0)
        return [reading.value for reading in found]

    def counts(self) -> Mapping[Reason, int]:
        found: Mapping[Reason, int] = self.store.counts(0, 2 * T0)
        return found

    def raised(self) -> list[str]:
        return [
            one.event.alarm.kind.value
            for one in self.store.events()
            if one.event.kind is EventKind.RAISED
        ]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with sqlite_store(tmp_path) as store:
        yield Bench(store)


def warm(bench: Bench, minutes: int) -> list[Message]:
    """Give a message a minute of a freezer that is far too warm."""
    bench.now_ms = T0 + minutes * MINUTE
    return [bench.message(T0 + minute * MINUTE, -5.0) for minute in range(minutes)]


def test_a_batch_is_stored_and_counted(bench: Bench) -> None:
    bench.now_ms = T0 + MINUTE
    bench.ingest.take([bench.message(T0, -20.0), bench.message(T0 + SECOND, -19.5)])
    assert bench.values() == [-20.0, -19.5]
    assert (bench.ingest.figures.messages, bench.ingest.figures.readings) == (2, 2)
    assert bench.counts() == {}


def test_what_becomes_no_reading_is_put_aside_with_its_bytes_and_stops_nothing(
    bench: Bench,
) -> None:
    batch = [
        Message("nobody/knows", b"1", T0),
        Message(TOPIC, b"\xff\x00{", T0),
        Message("coldgrid/sensors/stranger", b'{"temperature": 1}', T0),
        Message(TOPIC, b'{"temperature": 700.0}', T0),
        Message(TOPIC, b'{"temperature": -20.0}', T0, True),
        bench.message(T0, -21.0),
    ]
    bench.ingest.take(batch)
    assert bench.values() == [-21.0]
    asides = {aside.reason: aside.payload for aside in bench.store.asides()}
    assert asides == {
        Reason.UNKNOWN_TOPIC: b"1",
        Reason.MALFORMED: b"\xff\x00{",
        Reason.UNKNOWN_SENSOR: b'{"temperature": 1}',
        Reason.IMPLAUSIBLE: b'{"temperature": 700.0}',
        Reason.RETAINED: b'{"temperature": -20.0}',
    }
    assert bench.counts() == dict.fromkeys(asides, 1)


def test_a_good_part_is_taken_beside_a_bad_one(bench: Bench) -> None:
    bench.ingest.take([bench.message(T0, -20.0, humidity=900)])
    assert bench.values() == [-20.0]
    assert bench.counts() == {Reason.IMPLAUSIBLE: 1}


def test_a_batch_that_comes_again_is_stored_once(bench: Bench) -> None:
    batch = [bench.message(T0 - second * SECOND) for second in range(5, 0, -1)]
    bench.ingest.take(batch)
    bench.ingest.take([*batch, bench.message(T0)])
    assert len(bench.values()) == 6
    assert bench.counts() == {Reason.DUPLICATE: 5}
    assert bench.ingest.figures.reasons[Reason.DUPLICATE] == 5
    assert bench.ingest.figures.readings == 6


def test_a_batch_that_could_not_be_committed_is_stored_by_the_next_try(bench: Bench) -> None:
    batch = [*warm(bench, 30), Message("nobody/knows", b"1", T0)]
    bench.store.failures_left = 3
    with pytest.raises(StoreUnavailable):
        bench.ingest.take(batch)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            bench.ingest.settle()
    assert bench.values() == []
    assert bench.ingest.figures.messages == 0
    bench.ingest.settle()
    assert len(bench.values()) == 30
    assert bench.raised() == ["high"]
    assert bench.counts() == {Reason.UNKNOWN_TOPIC: 1}
    bench.ingest.settle()
    assert bench.raised() == ["high"]
    assert bench.ingest.figures.messages == 31


def test_a_crash_before_the_commit_and_a_redelivery_come_to_the_same(bench: Bench) -> None:
    batch = warm(bench, 30)
    bench.ingest.take(batch[:10])
    bench.store.failures_left = 1
    with pytest.raises(StoreUnavailable):
        bench.ingest.take(batch[10:])
    again = bench.start()
    again.take(batch[5:])
    assert len(bench.values()) == 30
    assert bench.raised() == ["high"]
    assert bench.counts() == {Reason.DUPLICATE: 5}


def test_a_crash_after_the_commit_and_a_redelivery_come_to_the_same(bench: Bench) -> None:
    batch = warm(bench, 30)
    bench.ingest.take(batch)
    bench.start().take(batch)
    assert len(bench.values()) == 30
    assert bench.raised() == ["high"]
    assert bench.counts() == {Reason.DUPLICATE: 30}


def test_late_readings_are_stored_and_judged(bench: Bench) -> None:
    batch = warm(bench, 30)
    bench.ingest.take([batch[-1]])
    bench.ingest.take(batch[:-1][::-1])
    assert len(bench.values()) == 30
    [excursion] = bench.store.excursions(points=None, from_ms=0, to_ms=2 * T0)
    assert excursion.from_ms == T0
    assert excursion.samples == 30


def test_missing_messages_are_counted(bench: Bench) -> None:
    bench.now_ms = T0 + MINUTE
    bench.ingest.take([bench.message(T0, seq=4)])
    bench.ingest.take([bench.message(T0 + SECOND, seq=9)])
    assert bench.counts() == {Reason.SEQUENCE_GAP: 4}


def test_silence_is_noticed_by_a_tick_alone(bench: Bench) -> None:
    bench.ingest.take([bench.message(T0)])
    for second in range(0, 15 * 60, 5):
        bench.now_ms = T0 + second * SECOND
        assert bench.ingest.tick() <= 0.1
    assert bench.raised() == []
    bench.now_ms = T0 + 15 * MINUTE + SECOND
    bench.ingest.tick()
    assert bench.raised() == ["stale"]


def test_people_are_heard_within_a_tenth_of_a_second(bench: Bench) -> None:
    bench.ingest.take(warm(bench, 30))
    [alarm] = bench.store.alarms()
    bench.ingest.tick()
    number = bench.store.submit(a_command(CommandKind.ACKNOWLEDGE, alarm.id, number=0))
    bench.now_ms += 99
    bench.ingest.tick()
    assert bench.store.outcome(number) is None
    bench.now_ms += 1
    bench.store.failures_left = 1
    with pytest.raises(StoreUnavailable):
        bench.ingest.tick()
    assert bench.store.outcome(number) is None
    bench.ingest.settle()
    outcome = bench.store.outcome(number)
    assert outcome is not None
    assert outcome.code is None
    assert bench.store.alarm(alarm.id).acknowledged_by == "Li Na"
    assert bench.store.commands() == []


def test_a_refused_command_gets_its_answer(bench: Bench) -> None:
    number = bench.store.submit(a_command(CommandKind.ACKNOWLEDGE, "no-such-alarm", number=0))
    bench.ingest.tick()
    assert bench.store.outcome(number).code == "CG-8150"


class Birth:
    """A dialect that needs to know of the first message to understand the second."""

    def __init__(self) -> None:
        self.alias: bytes | None = None

    def decode(self, message: Message) -> Decoded:
        if message.payload == b"birth":
            self.alias = b"s1"
            return Decoded([], lost=2, memory=("birth:s1", b"s1"))
        if self.alias is None:
            raise MessageRejected(Reason.UNKNOWN_ALIAS, "no birth")
        return Decoded([Measurement(self.alias.decode(), Channel.TEMPERATURE, -20.0, T0)])

    def recall(self, memories: Mapping[str, bytes]) -> None:
        self.alias = memories.get("birth:s1", self.alias)


def test_what_a_dialect_has_to_know_survives_a_restart(tmp_path: Path) -> None:
    with sqlite_store(tmp_path) as store:
        bench = Bench(store, Birth())
        bench.ingest.take([Message("t", b"birth", T0)])
        bench.decoder = Birth()
        bench.start().take([Message("t", b"data", T0)])
        assert bench.values() == [-20.0]
        assert bench.counts() == {Reason.SEQUENCE_GAP: 2}
