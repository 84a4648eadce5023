"""The stream of alarms over HTTP, in this process and from a service of its own."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest
from msgspec.structs import replace

from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.ports import Store
from telemetry.storage.store import open_store
from tests.running import running
from tests.telemetry_cases import T0, an_alarm
from tests.watched_service import WatchedService, watched

LONGEST_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    name: str
    id: str
    data: dict[str, Any]


def events_in(text: str) -> list[Event]:
    return [event for block in text.replace("\r\n", "\n").split("\n\n") for event in _read(block)]


def _read(block: str) -> Iterator[Event]:
    lines = [line.partition(": ") for line in block.split("\n") if line]
    parts = {name: value for name, _, value in lines if name}
    if "data" in parts:
        yield Event(name=parts["event"], id=parts["id"], data=json.loads(parts["data"]))


def stream(service: WatchedService, last: str | None = None) -> list[Event]:
    headers = {} if last is None else {"Last-Event-ID": last}
    answer = service.client.get("/v1/alarms/stream", headers=headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    return events_in(answer.text)


def happen(store: Store, first: int, last: int) -> None:
    for number in range(first, last + 1):
        alarm = replace(an_alarm(), id=f"high-{number}", raised_ms=T0 + number)
        with store.write() as ledger:
            ledger.add_events([AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=T0)])


def test_a_snapshot_comes_first(tmp_path: Path) -> None:
    with watched(tmp_path) as service:
        alarm = service.an_alarm()
        (snapshot,) = stream(service)
        assert (snapshot.name, snapshot.id) == ("snapshot", str(service.store.last_event()))
        assert alarm["id"] in [one["id"] for one in snapshot.data["alarms"]]


def test_who_comes_back_gets_what_was_missed_each_event_once(tmp_path: Path) -> None:
    with watched(tmp_path, stream_seconds=1.0) as service:
        happen(service.store, 1, 20)
        told = stream(service, last="12")
        assert [(event.name, event.id) for event in told] == [
            ("alarm", str(number)) for number in range(13, 21)
        ]
        assert told[0].data["alarm"]["id"] == "high-13"
        assert stream(service, last="20") == []


def test_who_names_no_event_of_this_store_begins_anew(tmp_path: Path) -> None:
    with watched(tmp_path) as service:
        happen(service.store, 1, 3)
        for last in ("99", "-1", "two", "", "1e3"):
            assert [event.name for event in stream(service, last)] == ["snapshot"], last


@pytest.mark.slow
def test_a_service_of_its_own_streams_what_another_process_writes(tmp_path: Path) -> None:
    place = f"sqlite:///{tmp_path}/t.db"
    with (
        closing(open_store(place)) as store,
        running("serve", "--port", 0, folder=tmp_path, COLDGRID_TELEMETRY=place) as service,
        connected(service.port) as first,
    ):
        assert next(first).name == "snapshot"
        waits = []
        for number in range(1, 21):
            happen(store, number, number)
            committed = perf_counter()
            event = next(first)
            waits.append(perf_counter() - committed)
            assert event.id == str(number)
        with connected(service.port, last="15") as second:
            assert [next(second).id for _ in range(5)] == ["16", "17", "18", "19", "20"]
            begun = perf_counter()
            assert service.end() == 0
            assert list(first) == list(second) == []
            assert perf_counter() - begun < LONGEST_S / 2, "a stop does not wait for streams"
    # A bound for busy machines; tests.benchmarks.alarm_stream measures.
    assert sorted(waits)[10] < 1.0


@contextmanager
def connected(port: int, last: str | None = None) -> Iterator[Iterator[Event]]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_S)
    headers = {} if last is None else {"Last-Event-ID": last}
    with closing(connection):
        connection.request("GET", "/v1/alarms/stream", headers=headers)
        yield _events(connection.getresponse())


def _events(answer: http.client.HTTPResponse) -> Iterator[Event]:
    block = ""
    while line := answer.readline().decode().replace("\r\n", "\n"):
        block += line
        if line == "\n":
            yield from _read(block)
            block = ""
