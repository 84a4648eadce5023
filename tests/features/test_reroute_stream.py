"""The stream of cases over HTTP: a snapshot, then whatever happens, each event once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from threading import Event as ThreadEvent
from threading import Thread

import pytest

from api.storage.reroutes import RerouteEvent
from tests.asking import wait_until
from tests.features.test_alarm_stream import Event, events_in
from tests.rerouting import Rerouting, compute_here, rerouting
from tests.stored_plan import PLAN


def stream(service: Rerouting, last: str | None = None) -> list[Event]:
    headers = {} if last is None else {"Last-Event-ID": last}
    answer = service.client.get("/v1/reroutes/stream", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_in(answer.text)


@pytest.fixture(autouse=True)
def _computed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    compute_here(monkeypatch)


def test_a_snapshot_of_the_open_cases_comes_first(tmp_path: Path) -> None:
    with rerouting(tmp_path) as service:
        (empty,) = stream(service)
        assert (empty.name, empty.id, empty.data) == (
            "snapshot",
            "0",
            {"number": 0, "reroutes": []},
        )
        case = service.open()
        (snapshot,) = stream(service)
        assert (snapshot.id, snapshot.data["number"]) == ("1", 1)
        assert [one["id"] for one in snapshot.data["reroutes"]] == [case["id"]]


def test_who_comes_back_gets_what_was_missed_each_event_once(tmp_path: Path) -> None:
    with rerouting(tmp_path) as service:
        first = service.open()
        second = service.open(vehicle="V3")
        service.accept(first)
        service.post(f"/v1/reroutes/{second['id']}/reject", reason="repaired")
        told = stream(service, last="1")
        assert [(one.id, one.data["happened"], one.data["reroute"]["id"]) for one in told] == [
            ("2", told[0].data["happened"], first["id"]),
            ("3", "opened", second["id"]),
            ("4", "accepted", first["id"]),
            ("5", told[3].data["happened"], second["id"]),
            ("6", "rejected", second["id"]),
        ]
        assert {told[0].data["happened"], told[3].data["happened"]} <= {"reranked", "recomputed"}
        assert {one.name for one in told} == {"reroute"}
        accepted = told[2].data["reroute"]
        assert (accepted["state"], accepted["accepted"], accepted["made_version"]) == (
            "accepted", 1, 2,
        )  # fmt: skip
        assert stream(service, last="6") == []


def test_superseded_and_expired_cases_are_told(tmp_path: Path) -> None:
    with rerouting(tmp_path) as service:
        service.open()
        service.open()
        service.clock.advance(hours=3)
        service.get("/v1/reroutes")
        happened = [one.data["happened"] for one in stream(service, last="0")]
        assert happened == ["opened", "superseded", "opened", "expired"]


@pytest.mark.parametrize("last", ["99", "-1", "x", "99999999999999999999"])
def test_who_names_no_event_of_this_service_begins_anew(tmp_path: Path, last: str) -> None:
    with rerouting(tmp_path) as service:
        (told,) = stream(service, last=last)
        assert told.name == "snapshot"


def test_a_follower_hears_of_a_case_while_listening(tmp_path: Path) -> None:
    with rerouting(tmp_path, stream_seconds=3.0) as service:
        told: list[Event] = []
        listening = Thread(target=lambda: told.extend(stream(service)), daemon=True)
        listening.start()
        feed = service.wiring.reroutes.feed
        wait_until(lambda: bool(feed._followers))
        case = service.open()
        listening.join(timeout=30)
        assert not feed._followers
        assert [one.name for one in told] == ["snapshot", "reroute"]
        assert told[1].data["reroute"]["id"] == case["id"]


@pytest.mark.parametrize("what", ["opened", "accepted", "rejected"])
def test_who_waits_is_woken_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setattr("api.services.reroute_feed.LOOK_S", 600.0)
    with rerouting(tmp_path) as service:
        known = 0
        if what != "opened":
            case, known = service.open(), 1
        feed, looked = service.wiring.reroutes.feed, ThreadEvent()
        since = feed.since

        def look(after: int) -> Sequence[RerouteEvent]:
            found = since(after)
            looked.set()
            return found

        def act() -> None:
            looked.wait(timeout=30)
            if what == "opened":
                service.open()
            elif what == "accepted":
                service.accept(case)
            else:
                service.post(f"/v1/reroutes/{case['id']}/reject", reason="repaired")

        async def hear() -> str:
            with feed.following() as follower:
                doing = asyncio.create_task(asyncio.to_thread(act))
                async for event in follower.events(known, 600.0):
                    await doing
                    return event.happened.value
            raise AssertionError("nothing was told")

        monkeypatch.setattr(feed, "since", look)
        assert asyncio.run(asyncio.wait_for(hear(), 30)) == what


def test_the_stream_ends_when_the_service_stops(tmp_path: Path) -> None:
    with rerouting(tmp_path, stream_seconds=600.0) as service:
        told: list[Event] = []
        listening = Thread(target=lambda: told.extend(stream(service)), daemon=True)
        listening.start()
        wait_until(lambda: bool(service.wiring.reroutes.feed._followers))
        service.wiring.close_streams()
        listening.join(timeout=30)
        assert not listening.is_alive()
        assert [one.name for one in told] == ["snapshot"]
        assert service.get("/v1/reroutes", plan=PLAN)["items"] == []
