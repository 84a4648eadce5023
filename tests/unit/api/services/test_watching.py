from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from api.services import watching
from api.services.watching import AlarmFeed, Told
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.errors import StoreUnavailable
from telemetry.ports import NumberedEvent, Store
from telemetry.storage.store import open_store
from tests.telemetry_cases import T0, an_alarm

LONGEST_S = 20


@pytest.fixture
def telemetry(tmp_path: Path) -> Iterator[TelemetryStore]:
    held = TelemetryStore(lambda: open_store(f"sqlite:///{tmp_path}/t.db"))
    yield held
    held.close()


@pytest.fixture
def feed(telemetry: TelemetryStore) -> Iterator[AlarmFeed]:
    made = AlarmFeed(telemetry, text_of)
    yield made
    made.close()
    made.join()


def text_of(event: NumberedEvent) -> str:
    return event.event.alarm.id


def happen(store: Store, first: int, last: int, *, batch: int = 7) -> None:
    """Raise alarms with these numbers, some in each transaction."""
    numbers = range(first, last + 1)
    for begin in range(0, len(numbers), batch):
        with store.write() as ledger:
            ledger.add_events([raised(n) for n in numbers[begin : begin + batch]])


def raised(number: int) -> AlarmEvent:
    alarm = replace(an_alarm(), id=f"high-{number}", raised_ms=T0 + number)
    return AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=T0 + number)


async def hear(feed: AlarmFeed, after: int, last: int) -> list[Told]:
    """Follow from an event on until the last one that is waited for."""
    found: list[Told] = []
    with feed.following() as follower:
        async for told in follower.events(after, LONGEST_S):
            found.append(told)
            if told.number >= last:
                break
    return found


def test_everybody_hears_every_event_once_and_in_order(
    feed: AlarmFeed, telemetry: TelemetryStore
) -> None:
    async def many() -> list[list[Told]]:
        writer = Thread(target=happen, args=(telemetry(), 1, 200))
        listeners = [asyncio.create_task(hear(feed, 0, 200)) for _ in range(20)]
        await asyncio.sleep(0)
        writer.start()
        heard = await asyncio.gather(*listeners)
        await asyncio.to_thread(writer.join)
        return heard

    for heard in asyncio.run(many()):
        assert [told.number for told in heard] == list(range(1, 201))
        assert [told.text for told in heard] == [f"high-{n}" for n in range(1, 201)]


def test_whoever_comes_back_loses_nothing_and_hears_nothing_twice(
    feed: AlarmFeed, telemetry: TelemetryStore
) -> None:
    happen(telemetry(), 1, 30)

    async def again_and_again() -> list[int]:
        heard: list[int] = []
        while len(heard) < 60:
            after = heard[-1] if heard else 0
            heard += [told.number for told in await hear(feed, after, after + 10)]
            if heard[-1] == 30:
                await asyncio.to_thread(happen, telemetry(), 31, 60)
        return heard

    assert asyncio.run(again_and_again()) == list(range(1, 61))


def test_who_is_far_behind_reads_from_the_store(
    feed: AlarmFeed, telemetry: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PAGE", 40)
    happen(telemetry(), 1, 150, batch=150)

    async def both() -> list[int]:
        with feed.following():
            # Somebody listens already, so the feed knows where it began.
            waiting = asyncio.create_task(hear(feed, 150, 151))
            behind = asyncio.create_task(hear(feed, 0, 152))
            await asyncio.to_thread(happen, telemetry(), 151, 152)
            assert [told.number for told in await waiting][:1] == [151]
            return [told.number for told in await behind]

    assert asyncio.run(both()) == list(range(1, 153))


def test_events_that_were_pushed_out_are_read_from_the_store(
    feed: AlarmFeed, telemetry: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow() -> list[int]:
        with feed.following() as follower:
            events = follower.events(0, LONGEST_S)
            await asyncio.to_thread(happen, telemetry(), 1, 1)
            heard = [(await anext(events)).number]
            await asyncio.to_thread(happen, telemetry(), 2, watching.KEPT + 50, batch=200)
            async for told in events:
                heard.append(told.number)
                if told.number == watching.KEPT + 50:
                    break
        return heard

    assert asyncio.run(slow()) == list(range(1, watching.KEPT + 51))


def test_an_end_of_the_service_ends_every_stream_and_the_thread(
    feed: AlarmFeed, telemetry: TelemetryStore
) -> None:
    async def listen() -> list[list[Told]]:
        listeners = [asyncio.create_task(hear(feed, 0, 10**9)) for _ in range(5)]
        await asyncio.to_thread(happen, telemetry(), 1, 3)
        feed.close()
        return await asyncio.gather(*listeners)

    asyncio.run(listen())
    feed.join()
    assert feed.is_closed


def test_a_stream_ends_when_its_time_is_over(feed: AlarmFeed) -> None:
    async def listen() -> list[Told]:
        with feed.following() as follower:
            return [told async for told in follower.events(0, 0.05)]

    assert asyncio.run(listen()) == []


def test_a_store_that_was_away_is_followed_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AWAY_S", 0.01)
    tries = iter([StoreUnavailable("CG-8201", "away"), StoreUnavailable("CG-8201", "away")])

    def opened() -> Store:
        for trouble in tries:
            raise trouble
        return open_store(f"sqlite:///{tmp_path}/t.db")

    telemetry = TelemetryStore(opened)
    feed = AlarmFeed(telemetry, text_of)
    with closing(open_store(f"sqlite:///{tmp_path}/t.db")) as store:

        async def listen() -> list[int]:
            listener = asyncio.create_task(hear(feed, 0, 3))
            await asyncio.to_thread(happen, store, 1, 3)
            return [told.number for told in await listener]

        assert asyncio.run(listen()) == [1, 2, 3]
    feed.close()
    feed.join()
    telemetry.close()


def test_a_snapshot_is_as_new_as_its_number_says(
    feed: AlarmFeed, telemetry: TelemetryStore
) -> None:
    happen(telemetry(), 1, 5)
    snapshot = feed.snapshot()
    assert (snapshot.number, len(snapshot.alarms)) == (5, 5)


def test_only_who_knows_a_number_of_this_store_may_go_on(
    feed: AlarmFeed, telemetry: TelemetryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FURTHEST", 3)
    happen(telemetry(), 1, 5)
    assert [feed.can_resume(after) for after in (1, 2, 5, 6)] == [False, True, True, False]
