from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import Thread

import pytest

from api.jobs.feeds import KEPT, Feeds, Follower, JobEvent

END = {"state": "succeeded"}


async def hear(
    feeds: Feeds, after: str | None = None, *, begun: Callable[[], None]
) -> list[JobEvent]:
    with feeds.following("job") as follower:
        begun()
        return [event async for event in follower.events(after)]


def from_thread(feeds: Feeds, times: int) -> None:
    def tell() -> None:
        for number in range(times):
            feeds.progress("job", 1, {"unserved": number})
        feeds.done("job", 1, END)

    Thread(target=tell).start()


def test_everybody_who_follows_hears_everything() -> None:
    feeds = Feeds()

    async def many() -> list[list[JobEvent]]:
        listening = 0

        def begun() -> None:
            nonlocal listening
            listening += 1
            if listening == 50:
                from_thread(feeds, 100)

        return await asyncio.gather(*(hear(feeds, begun=begun) for _ in range(50)))

    heard = asyncio.run(many())
    assert all(events == heard[0] for events in heard)
    assert [event.id for event in heard[0]] == [f"1.{number}" for number in range(1, 102)]
    assert [event.data["unserved"] for event in heard[0][:-1]] == list(range(100))
    assert (heard[0][-1].name, heard[0][-1].data) == ("done", END)


def test_whoever_comes_late_hears_what_was_and_whoever_comes_back_what_is_new() -> None:
    feeds = Feeds()
    for number in range(5):
        feeds.progress("job", 2, {"unserved": number})

    def told(after: str | None) -> list[str]:
        with_end = asyncio.run(hear(feeds, after, begun=lambda: from_thread(feeds, 0)))
        return [event.id for event in with_end]

    assert feeds.latest("job") == {"unserved": 4}
    assert told("2.4") == ["2.5", "1.6"]
    assert feeds.latest("job") is None
    for number in range(3):
        feeds.progress("job", 1, {"unserved": number})
    assert told("of another life") == ["1.1", "1.2", "1.3", "1.4"]


def test_a_feed_forgets_its_oldest_events() -> None:
    feeds = Feeds()
    for number in range(KEPT + 10):
        feeds.progress("job", 1, {"unserved": number})
    heard = asyncio.run(hear(feeds, begun=lambda: from_thread(feeds, 0)))
    assert len(heard) == KEPT
    assert heard[0].id == "1.12"


def test_streams_end_when_the_service_stops_also_those_that_begin_later() -> None:
    feeds = Feeds()
    feeds.progress("job", 1, {"unserved": 1})
    stop = Thread(target=feeds.close)
    heard = asyncio.run(hear(feeds, begun=stop.start))
    assert [event.name for event in heard] == ["progress"]
    stop.join()
    assert asyncio.run(hear(feeds, "1.1", begun=lambda: None)) == []


def test_nobody_keeps_a_feed_of_a_job_that_never_began() -> None:
    feeds = Feeds()

    async def look_in() -> None:
        with feeds.following("job"):
            pass

    asyncio.run(look_in())
    feeds.done("job", 1, END)
    assert feeds.latest("job") is None


def test_who_has_left_is_not_woken_while_others_are_told() -> None:
    feeds = Feeds()
    woken = Follower.wake

    def leave_first(follower: Follower) -> None:
        # Who listens has heard all and would leave now: that has to wait for the news.
        assert feeds._lock.locked()
        woken(follower)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Follower, "wake", leave_first)
        heard = asyncio.run(hear(feeds, begun=lambda: from_thread(feeds, 3)))
        feeds.close()
    assert [event.data.get("unserved") for event in heard[:-1]] == [0, 1, 2]
