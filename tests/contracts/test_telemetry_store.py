"""What the monitor and the API rely on in the telemetry store, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from contextlib import closing
from threading import Event, Thread

import pytest
from msgspec.structs import replace

from telemetry.alarm.words import EventKind, Severity
from telemetry.ports import CallState, CommandOutcome, Ledger, Store
from telemetry.readings import Reason
from telemetry.storage.retention import Retention
from telemetry.storage.store import SqlStore, open_store
from tests.telemetry_stores import (
    HOUR_MS,
    MINUTE_MS,
    NOON_MS,
    alarm,
    aside,
    call,
    command,
    event,
    excursion,
    reading,
)

LONGEST_S = 20


class Broken(Exception):
    pass


def test_it_plays_the_roles(store: SqlStore) -> None:
    plays: Store = store
    with plays.write() as ledger:
        wrote: Ledger = ledger
        assert wrote.add_readings([]) == 0
    plays.ping()


def test_what_is_written_together_is_there_together_after_reopening(store_url: str) -> None:
    with closing(open_store(store_url)) as store, store.write() as ledger:
        write_everything(ledger)
    with closing(open_store(store_url)) as store:
        assert [found.sensor for found in store.latest()] == ["truck-1/air"]
        assert store.asides() == [aside(1)]
        assert store.counts(NOON_MS, NOON_MS + 1) == {Reason.MALFORMED: 2}
        assert [numbered.event for numbered in store.events()] == [event()]
        assert store.alarms() == [alarm()]
        assert store.excursions(points=None, from_ms=0, to_ms=NOON_MS) == [excursion(1, None)]
        assert store.states() == {"truck-1/frozen": b"\x00state"}
        assert store.remembered() == {"sparkplug/edge": b"aliases"}
        assert store.calls() == [call()]


def test_an_exception_inside_leaves_nothing(store: SqlStore) -> None:
    number = store.submit(command())
    with pytest.raises(Broken), store.write() as ledger:
        write_everything(ledger)
        ledger.answer(CommandOutcome(number=number, applied_ms=NOON_MS))
        raise Broken
    assert not store.latest()
    assert not store.asides()
    assert not store.counts(NOON_MS, NOON_MS + 1)
    assert store.last_event() == 0
    assert not store.alarms(open_only=False)
    assert not store.excursions(points=None, from_ms=0, to_ms=NOON_MS)
    assert not store.states()
    assert not store.remembered()
    assert not store.calls()
    assert len(store.commands()) == 1
    # What the transaction had numbered and opened is not relied on either.
    with store.write() as ledger:
        assert ledger.add_readings([reading()]) == 1
    assert store.latest() == [reading()]


def write_everything(ledger: Ledger) -> None:
    ledger.add_readings([reading()])
    ledger.keep_aside([aside(1)])
    ledger.count(NOON_MS, {Reason.MALFORMED: 2})
    ledger.add_events([event()])
    ledger.put_excursions("truck-1/frozen", 1, None, [excursion(1, None)])
    ledger.save_states([("truck-1/frozen", b"\x00state")])
    ledger.remember("sparkplug/edge", b"aliases")
    ledger.add_calls([call()])


# --- what became no reading ---------------------------------------------------------------------


def test_the_oldest_asides_give_way_beyond_the_bound(store_url: str) -> None:
    few = Retention(asides=5, aside_bytes=4)
    with closing(open_store(store_url, few)) as store:
        for start in range(0, 8, 2):
            with store.write() as ledger:
                ledger.keep_aside([aside(start), aside(start + 1, payload=b"123456")])
        kept = store.asides()
        assert [found.detail for found in kept] == [
            f"number {number}" for number in (7, 6, 5, 4, 3)
        ]
        assert kept[0].payload == b"1234"
        with store.write() as ledger:
            ledger.keep_aside([aside(number) for number in range(100, 120)])
        assert [found.detail for found in store.asides()][-1] == "number 115"


def test_asides_of_one_reason_newest_first(store: SqlStore) -> None:
    with store.write() as ledger:
        ledger.keep_aside([aside(1), aside(2, Reason.RETAINED), aside(3)])
    assert [found.detail for found in store.asides(reason=Reason.MALFORMED)] == [
        "number 3",
        "number 1",
    ]
    assert len(store.asides(limit=2)) == 2


def test_words_that_no_database_takes_are_kept_all_the_same(store: SqlStore) -> None:
    odd = replace(aside(1), detail="half \ud800 and NUL \x00", topic="a\x00b")
    with store.write() as ledger:
        ledger.keep_aside([odd])
    assert store.asides()[0].detail == "half ? and NUL \ufffd"


def test_counts_add_up_per_hour(store: SqlStore) -> None:
    for at_ms, counts in (
        (NOON_MS, {Reason.MALFORMED: 2, Reason.RETAINED: 1}),
        (NOON_MS + HOUR_MS - 1, {Reason.MALFORMED: 3}),
        (NOON_MS + HOUR_MS, {Reason.MALFORMED: 10}),
    ):
        with store.write() as ledger:
            ledger.count(at_ms, counts)
    first_hour = {Reason.MALFORMED: 5, Reason.RETAINED: 1}
    assert store.counts(NOON_MS, NOON_MS + HOUR_MS) == first_hour
    assert store.counts(NOON_MS + HOUR_MS, NOON_MS + HOUR_MS + 1) == {Reason.MALFORMED: 10}
    assert store.counts(NOON_MS, NOON_MS + HOUR_MS + 1)[Reason.MALFORMED] == 15


# --- alarms -------------------------------------------------------------------------------------


def test_events_are_numbered_without_a_gap(store: SqlStore) -> None:
    with store.write() as ledger:
        ledger.add_events([event(), event(alarm("a2"))])
    with pytest.raises(Broken), store.write() as ledger:
        ledger.add_events([event(alarm("a3"))])
        raise Broken
    with store.write() as ledger:
        ledger.add_events([event(alarm("a4"))])
        ledger.add_events([event(alarm("a5"))])
    assert [numbered.number for numbered in store.events()] == [1, 2, 3, 4]
    assert [numbered.event.alarm.id for numbered in store.events(after=2)] == ["a4", "a5"]
    assert [numbered.number for numbered in store.events(limit=2)] == [1, 2]
    assert store.last_event() == 4


def test_an_alarm_stands_as_after_its_last_event(store: SqlStore) -> None:
    cleared = replace(alarm(), cleared_ms=NOON_MS + HOUR_MS, severity=Severity.WARNING)
    closed = replace(cleared, acknowledged_ms=NOON_MS + HOUR_MS, acknowledged_by="Wen")
    with store.write() as ledger:
        ledger.add_events([event(), event(cleared, EventKind.CLEARED)])
    assert store.alarm("a1") == cleared
    assert store.alarms() == [cleared]
    with store.write() as ledger:
        ledger.add_events([event(closed, EventKind.ACKNOWLEDGED)])
    assert store.alarms() == []
    assert store.alarms(open_only=False) == [closed]
    assert len(store.events(alarm_id="a1")) == 3
    assert store.events(alarm_id="a2") == []
    assert store.alarm("a2") is None


def test_alarms_are_found_by_point_and_when_they_were_raised(store: SqlStore) -> None:
    raised = [
        alarm(f"a{number}", point=f"truck-{number % 2}/frozen", raised_ms=NOON_MS + number)
        for number in range(4)
    ]
    with store.write() as ledger:
        ledger.add_events([event(one) for one in raised])

    def ids(**asked: object) -> list[str]:
        return [found.id for found in store.alarms(**asked)]  # type: ignore[arg-type] # as asked

    assert ids() == ["a3", "a2", "a1", "a0"]
    assert ids(points=["truck-1/frozen"]) == ["a3", "a1"]
    assert ids(points=[]) == []
    assert ids(from_ms=NOON_MS + 1, to_ms=NOON_MS + 3) == ["a2", "a1"]
    assert ids(limit=1) == ["a3"]


def test_excursions_take_the_place_of_what_they_touch(store: SqlStore) -> None:
    first, second, third = excursion(100, 200), excursion(300, 400), excursion(500, None)
    other = excursion(300, 400, point="room/1")
    with store.write() as ledger:
        ledger.put_excursions("truck-1/frozen", 0, None, [first, second, third])
        ledger.put_excursions("room/1", 0, None, [other])
    joined = excursion(150, 350, peak_c=-5.0)
    with store.write() as ledger:
        ledger.put_excursions("truck-1/frozen", 200, 350, [joined])
    found = store.excursions(points=["truck-1/frozen"], from_ms=0, to_ms=1000)
    assert found == [joined, third]
    assert store.excursions(points=None, from_ms=0, to_ms=1000) == [other, joined, third]
    assert store.excursions(points=None, from_ms=401, to_ms=499) == []
    assert store.excursions(points=None, from_ms=350, to_ms=350) == [other, joined]
    with store.write() as ledger:
        ledger.put_excursions("truck-1/frozen", 0, None, [])
    assert store.excursions(points=None, from_ms=0, to_ms=1000) == [other]


def test_states_and_memories_are_put_in_place(store: SqlStore) -> None:
    with store.write() as ledger:
        ledger.save_states([("p1", b"1"), ("p2", b"2"), ("p1", b"3")])
        ledger.remember("key", b"1")
    with store.write() as ledger:
        ledger.save_states([("p2", b"4")])
        ledger.save_states([])
        ledger.remember("key", b"2")
    assert store.states() == {"p1": b"3", "p2": b"4"}
    assert store.remembered() == {"key": b"2"}


# --- commands and calls -------------------------------------------------------------------------


def test_commands_wait_in_order_until_they_are_answered(store: SqlStore) -> None:
    numbers = [store.submit(command(f"a{number}")) for number in range(3)]
    assert numbers == sorted(set(numbers))
    assert [(one.number, one.target) for one in store.commands()] == [
        (number, f"a{index}") for index, number in enumerate(numbers)
    ]
    assert [one.number for one in store.commands(limit=1)] == numbers[:1]
    outcome = CommandOutcome(number=numbers[1], applied_ms=NOON_MS, code="CG-8150", alarm=alarm())
    assert store.outcome(numbers[1]) is None
    with store.write() as ledger:
        ledger.answer(outcome)
    assert store.outcome(numbers[1]) == outcome
    assert [one.number for one in store.commands()] == [numbers[0], numbers[2]]
    assert store.outcome(99) is None


def test_calls_are_due_oldest_first_and_added_once(store: SqlStore) -> None:
    later = call("c0", next_try_ms=NOON_MS + MINUTE_MS, created_ms=NOON_MS + 1)
    with store.write() as ledger:
        ledger.add_calls([later, call("c1")])
    tried = replace(call("c1"), tries=1, next_try_ms=NOON_MS + MINUTE_MS, last_error="refused")
    assert store.due_calls(NOON_MS - 1) == []
    assert store.due_calls(NOON_MS) == [call("c1")]
    store.update_call(tried)
    with store.write() as ledger:
        ledger.add_calls([call("c1")])
    assert store.due_calls(NOON_MS) == []
    assert store.due_calls(NOON_MS + MINUTE_MS) == [tried, later]
    assert store.due_calls(NOON_MS + MINUTE_MS, limit=1) == [tried]
    store.update_call(replace(tried, state=CallState.DELIVERED, delivered_ms=NOON_MS))
    assert store.due_calls(NOON_MS + MINUTE_MS) == [later]
    assert [one.id for one in store.calls()] == ["c0", "c1"]
    assert [one.id for one in store.calls(incident="a1", limit=1)] == ["c0"]
    assert store.calls(incident="other") == []


# --- waiting ------------------------------------------------------------------------------------


def test_waiting_ends_when_there_is_an_event_and_not_before(store_url: str) -> None:
    with closing(open_store(store_url)) as store, closing(open_store(store_url)) as writer:
        assert not store.wait_for_events(0, 0.1)
        for place, by in enumerate((store, writer)):
            asked, answers = Event(), list[bool]()

            def wait(after: int = place, begun: Event = asked, said: list[bool] = answers) -> None:
                begun.set()
                said.append(store.wait_for_events(after, LONGEST_S))

            waiter = Thread(target=wait)
            waiter.start()
            assert asked.wait(LONGEST_S)
            with by.write() as ledger:
                ledger.add_events([event()])
            waiter.join(LONGEST_S)
            assert answers == [True]
        assert store.wait_for_events(0, 0.0)
        assert not store.wait_for_events(2, 0.0)


def test_closing_lets_those_go_who_wait(store_url: str) -> None:
    store = open_store(store_url)
    asked = Event()

    def wait() -> None:
        asked.set()
        assert not store.wait_for_events(0, LONGEST_S)

    waiter = Thread(target=wait)
    waiter.start()
    assert asked.wait(LONGEST_S)
    store.close()
    waiter.join(LONGEST_S / 2)
    assert not waiter.is_alive()
