"""A call is tried until it is confirmed, for a day; what waits together goes together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from random import Random
from threading import Event
from typing import Any

import pytest
from msgspec.structs import replace

from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.calling.alert import decoded
from telemetry.calling.digest import calls_for
from telemetry.calling.outbox import Dispatcher
from telemetry.calling.patience import Patience
from telemetry.calling.roster import Receiver, Roster, Team
from telemetry.calling.sinks import DeliveryFailed
from telemetry.errors import StoreUnavailable
from telemetry.ports import Call, CallState
from tests.receivers import Clock, MemoryOutbox
from tests.telemetry_cases import SECOND, an_alarm

ROSTER = Roster(
    receivers={name: Receiver(name=name, mail=f"{name}@example.org") for name in ("li", "wu")},
    teams=(Team(name="all", tell=("li", "wu")),),
)
DAY_S = 86_400
STEADY = Patience(jitter=0)


class ScriptedSink:
    """Fails for receivers in `dead`; remembers what it was given."""

    def __init__(self) -> None:
        self.dead: set[str] = set()
        self.tried: list[tuple[str, str]] = []
        self.got: list[tuple[str, str, list[str]]] = []

    def send(self, receiver: str, call_id: str, body: bytes) -> None:
        self.tried.append((receiver, call_id))
        if receiver in self.dead:
            raise DeliveryFailed("dead")
        self.got.append((receiver, call_id, [one.event for one in decoded(body).news]))


class Bench:
    """A dispatcher with everything around it."""

    def __init__(self, patience: Patience) -> None:
        self.clock, self.outbox, self.sink = Clock(), MemoryOutbox(), ScriptedSink()
        self.dispatcher = Dispatcher(
            self.outbox, {"mail": self.sink}, self.clock, patience=patience
        )

    def happens(self, kind: EventKind, incident: str = "i", receiver: str = "") -> Sequence[Call]:
        event = AlarmEvent(kind=kind, alarm=an_alarm(incident=incident), at_ms=self.clock())
        made = calls_for([event], roster=ROSTER, points={}, earlier={}, now_ms=self.clock())
        kept = [call for call in made if receiver in ("", call.receiver)]
        self.outbox.add(*kept)
        return kept

    def goes_on(self, seconds: float, step_s: float = 5.0) -> None:
        passed = 0.0
        while passed < seconds:
            self.clock.pass_s(step_s)
            passed += step_s
            self.dispatcher.run_once()


@contextmanager
def at_work(patience: Patience = STEADY) -> Iterator[Bench]:
    bench = Bench(patience)
    try:
        yield bench
    finally:
        bench.dispatcher.stop()


def test_news_of_one_incident_within_the_gathering_time_are_one_message() -> None:
    with at_work() as bench:
        bench.happens(EventKind.RAISED, receiver="li")
        bench.goes_on(5)
        bench.happens(EventKind.WORSENED, receiver="li")
        bench.happens(EventKind.RAISED, incident="other", receiver="li")
        bench.goes_on(60)
    assert sorted(events for _, _, events in bench.sink.got) == [["raised"], ["raised", "worsened"]]
    states = sorted(call.state.value for call in bench.outbox.calls())
    assert states == ["delivered", "delivered", "merged"]


def test_what_comes_after_the_gathering_time_is_a_message_of_its_own() -> None:
    with at_work() as bench:
        bench.happens(EventKind.RAISED, receiver="li")
        bench.goes_on(10)
        bench.happens(EventKind.WORSENED, receiver="li")
        bench.goes_on(60)
    assert [events for _, _, events in bench.sink.got] == [["raised"], ["worsened"]]


def test_a_call_that_was_tried_keeps_its_words_and_what_came_since_is_one_more() -> None:
    with at_work() as bench:
        bench.sink.dead = {"li"}
        (first,) = bench.happens(EventKind.RAISED, receiver="li")
        bench.goes_on(30)
        bench.happens(EventKind.WORSENED, receiver="li")
        bench.goes_on(60)
        bench.happens(EventKind.RE_ALARMED, receiver="li")
        bench.goes_on(60)
        bench.sink.dead = set()
        bench.goes_on(600)
    assert [events for _, _, events in bench.sink.got] == [["raised"], ["worsened", "re_alarmed"]]
    assert bench.sink.got[0][1] == first.id


def test_waits_double_up_to_the_most() -> None:
    with at_work(Patience(first_s=10, most_s=60, jitter=0)) as bench:
        bench.sink.dead = {"li"}
        (call,) = bench.happens(EventKind.RAISED, receiver="li")
        tried_at = []
        for _ in range(300):
            bench.clock.pass_s(1)
            before = len(bench.sink.tried)
            bench.dispatcher.run_once()
            if len(bench.sink.tried) > before:
                tried_at.append(bench.clock())
    waits = [(b - a) // SECOND for a, b in pairwise(tried_at)]
    assert tried_at[0] == call.next_try_ms
    assert waits == [10, 20, 40, 60, 60, 60]


def test_a_receiver_that_has_come_back_is_waited_for_from_the_beginning_when_it_fails_again() -> (
    None
):
    with at_work() as bench:
        for _ in range(2):
            bench.sink.dead = {"li"}
            (call,) = bench.happens(EventKind.RAISED, receiver="li")
            bench.goes_on(10)
            failed = bench.outbox[call.id]
            assert failed.next_try_ms - bench.clock() == 15 * SECOND
            bench.goes_on(60)
            bench.sink.dead = set()
            bench.goes_on(600)


def test_the_jitter_is_drawn_from_the_seed_and_stays_within_its_share() -> None:
    def waits(seed: int) -> list[int]:
        patience, random = Patience(first_s=100, jitter=0.5), Random(seed)
        return [patience.wait_ms(1, random) for _ in range(20)]

    assert waits(1) == waits(1) != waits(2)
    assert all(50 * SECOND <= wait <= 150 * SECOND for seed in range(10) for wait in waits(seed))


def test_a_call_is_given_up_after_a_day_and_stays_visible() -> None:
    with at_work() as bench:
        bench.sink.dead = {"li"}
        (call,) = bench.happens(EventKind.RAISED, receiver="li")
        bench.goes_on(DAY_S - 1000, step_s=500)
        assert bench.outbox[call.id].state is CallState.WAITING
        bench.goes_on(3000, step_s=500)
        given_up = bench.outbox[call.id]
        assert (given_up.state, given_up.last_error) == (CallState.GIVEN_UP, "dead")
        assert bench.dispatcher.counts[CallState.GIVEN_UP] == 1
        bench.sink.dead = set()
        bench.goes_on(3000, step_s=500)
    assert bench.sink.got == []


def test_what_waits_behind_a_dead_receiver_is_given_up_in_its_time_too() -> None:
    with at_work() as bench:
        bench.sink.dead = {"li"}
        for number in range(50):
            bench.happens(EventKind.RAISED, incident=str(number), receiver="li")
        bench.goes_on(DAY_S + 3600, step_s=500)
        assert {call.state for call in bench.outbox.calls()} == {CallState.GIVEN_UP}


def test_the_dead_cost_the_living_nothing() -> None:
    with at_work() as bench:
        bench.sink.dead = {"li"}
        bench.happens(EventKind.RAISED)
        bench.goes_on(10)
        assert [receiver for receiver, _, _ in bench.sink.got] == ["wu"]
        for number in range(20):
            bench.happens(EventKind.RAISED, incident=str(number))
            bench.goes_on(10)
        dead = [receiver for receiver, _ in bench.sink.tried if receiver == "li"]
    assert len(bench.sink.got) == 21
    assert len(dead) <= 4  # 15, 30, 60 seconds apart, however many calls wait


def test_after_a_crash_in_the_middle_of_a_try_the_same_bytes_go_under_the_same_id() -> None:
    class Crash(Exception):
        pass

    class Crashing(ScriptedSink):
        def send(self, receiver: str, call_id: str, body: bytes) -> None:
            super().send(receiver, call_id, body)
            raise Crash

    with at_work() as bench:
        bench.happens(EventKind.RAISED, receiver="li")
        bench.happens(EventKind.WORSENED, receiver="li")
        crashing = Crashing()
        crashed = Dispatcher(bench.outbox, {"mail": crashing}, bench.clock)
        bench.clock.pass_s(10)
        with pytest.raises(Crash):
            crashed.run_once()
        crashed.stop()
        bench.happens(EventKind.RE_ALARMED, receiver="li")
        bench.goes_on(55)
        # What crashed may be under way still.
        assert [events for _, _, events in bench.sink.got] == [["re_alarmed"]]
        bench.goes_on(300)
    assert crashing.got[0] in bench.sink.got
    assert crashing.got[0][2] == ["raised", "worsened"]
    assert {key for _, key, _ in bench.sink.got} > {crashing.got[0][1]}
    assert len(bench.sink.got) == 2


def test_a_kind_of_sink_that_is_not_set_up_is_a_failure_in_words() -> None:
    with at_work() as bench:
        dispatcher = Dispatcher(bench.outbox, {}, bench.clock)
        (call,) = bench.happens(EventKind.RAISED, receiver="li")
        bench.clock.pass_s(10)
        dispatcher.run_once()
        dispatcher.stop()
    assert bench.outbox[call.id].last_error == "no mail is set up"


def test_counts_tell_what_became_of_calls() -> None:
    with at_work() as bench:
        bench.happens(EventKind.RAISED)
        bench.happens(EventKind.WORSENED)
        bench.sink.dead = {"li"}
        bench.goes_on(10)
        counts = bench.dispatcher.counts
    assert counts == {CallState.DELIVERED: 1, CallState.MERGED: 2, CallState.WAITING: 1}


def test_a_store_that_is_away_stops_the_work_for_a_while_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Away(MemoryOutbox):
        def __init__(self) -> None:
            super().__init__()
            self.asked = 0
            self.back = Event()

        def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
            self.asked += 1
            if self.asked < 3:
                raise StoreUnavailable("CG-8201", "no answer")
            self.back.set()
            return super().due_calls(now_ms, limit=limit)

    outbox = Away()
    dispatcher = Dispatcher(outbox, {}, Clock())
    dispatcher.start(period_s=0.001)
    dispatcher.start()  # a second start changes nothing
    assert outbox.back.wait(5)
    dispatcher.stop()
    assert [record.message for record in caplog.records] == ["calls wait: no answer"] * 2


def test_a_defect_in_one_try_is_logged_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    arrived = {"li": Event(), "wu": Event()}

    class Broken(ScriptedSink):
        def send(self, receiver: str, call_id: str, body: bytes) -> None:
            arrived[receiver].set()
            if receiver == "li":
                raise ZeroDivisionError

    with at_work() as bench:
        bench.happens(EventKind.RAISED)
        bench.clock.pass_s(10)
        dispatcher = Dispatcher(bench.outbox, {"mail": Broken()}, bench.clock)
        dispatcher.start(period_s=0.001)
        assert arrived["li"].wait(5) and arrived["wu"].wait(5)
        dispatcher.stop()
    assert "a call could not be tried" in caplog.text


def test_what_was_delivered_while_the_outbox_was_read_is_not_delivered_again() -> None:
    going_on = Event()

    class Slow(MemoryOutbox):
        """What it gives is read before the try under way ends, and given after that."""

        def due_calls(self, now_ms: int, *, limit: int = 100) -> Sequence[Call]:
            found = [replace(call, next_try_ms=0) for call in self.calls()]
            waiting = [call for call in found if call.state is CallState.WAITING]
            if sink.begun.is_set():
                going_on.set()
                assert sink.ended.wait(5)
            return waiting

    class Held(ScriptedSink):
        def __init__(self) -> None:
            super().__init__()
            self.begun, self.ended = Event(), Event()

        def send(self, receiver: str, call_id: str, body: bytes) -> None:
            self.begun.set()
            assert going_on.wait(5)
            super().send(receiver, call_id, body)

    class Noted(Dispatcher):
        def _serve(self, line: Any, calls: Sequence[Call]) -> None:
            super()._serve(line, calls)
            sink.ended.set()

    sink, outbox, clock = Held(), Slow(), Clock()
    with at_work() as bench:
        outbox.add(*bench.happens(EventKind.RAISED, receiver="li"))
    dispatcher = Noted(outbox, {"mail": sink}, clock)
    dispatcher.start(period_s=60)
    assert sink.begun.wait(5)
    dispatcher.run_once()
    dispatcher.stop()
    assert len(sink.got) == 1
