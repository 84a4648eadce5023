"""Alarms over HTTP: lists, stories, and what people do to them through the monitor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.security.principal import Role
from tests.people import machine, staff
from tests.serving import served
from tests.watched_service import ROOM, WatchedService, watched


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WatchedService]:
    with watched(tmp_path) as running:
        yield running


def test_without_a_registry_there_are_no_alarms_and_no_points(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        for path in ("/v1/alarms", "/v1/points", "/v1/telemetry/asides"):
            assert client.get(path).json()["items"] == [], path
        assert client.get("/v1/alarms/high-1").status_code == 404
        assert client.get("/v1/points/V1/frozen").status_code == 404
        assert client.get("/v1/readings", params={"sensor": "s"}).json()["readings"] == []
        health = client.get("/healthz").json()
        assert (health["status"], health["monitor"]) == ("ok", "silent")


def test_a_service_that_watches_nothing_opens_no_telemetry_store(tmp_path: Path) -> None:
    with served(tmp_path) as (client, _):
        health = client.get("/healthz").json()
        client.get("/metrics")
    assert (health["telemetry"], health["monitor"]) == ("off", "off")
    assert not (tmp_path / "coldgrid-telemetry.db").exists()


def test_an_alarm_names_the_room_and_what_happened(service: WatchedService) -> None:
    alarm = service.an_alarm()
    assert (alarm["point"], alarm["name"], alarm["zone"]) == (ROOM, "Freezer of G1", "frozen")
    assert (alarm["state"], alarm["kind"], alarm["grade"]) == ("active", "high", 1)
    assert alarm["severity"] == "critical"
    story = service.get(f"/v1/alarms/{alarm['id']}")
    kinds = [event["kind"] for event in story["events"]]
    assert kinds == ["raised"]
    assert story["calls"] == []


def test_an_acknowledged_alarm_says_by_whom_and_a_second_time_is_refused(
    service: WatchedService,
) -> None:
    alarm = service.an_alarm()
    path = f"/v1/alarms/{alarm['id']}/acknowledge"
    told = service.post(path, comment="driver is called")
    assert (told["acknowledged_by"], told["state"]) == ("local", "active")
    refused = service.post(path, 409)
    assert refused["code"] == "CG-8151"
    last = service.get(f"/v1/alarms/{alarm['id']}")["events"][-1]
    assert (last["kind"], last["by"], last["comment"]) == (
        "acknowledged", "local", "driver is called",
    )  # fmt: skip


def test_an_alarm_is_shelved_and_speaks_again(service: WatchedService) -> None:
    alarm = service.an_alarm()
    shelved = service.post(f"/v1/alarms/{alarm['id']}/shelve", minutes=30)
    assert (shelved["shelved_by"], shelved["shelved_until"]) == ("local", "2026-07-14T12:55:00Z")
    back = service.post(f"/v1/alarms/{alarm['id']}/unshelve")
    assert back["shelved_until"] is None


def test_what_the_table_of_rights_forbids_never_reaches_the_monitor(
    service: WatchedService,
) -> None:
    alarm = service.an_alarm()
    path = f"/v1/alarms/{alarm['id']}"
    refused = service.post(f"{path}/shelve", 422, minutes=241)
    assert (refused["code"], "4 h" in refused["detail"]) == ("CG-7702", True)
    staff(service.wiring)
    service.client.headers.update(machine(service.wiring, Role.WAREHOUSE))
    assert service.post(f"{path}/close", 403, comment="sensor is gone")["code"] == "CG-7701"
    assert service.post(f"{path}/shelve", 422, minutes=61)["code"] == "CG-7702"
    assert service.store.commands() == []
    service.post(f"{path}/comment", comment="we look at it")
    service.client.headers.update(machine(service.wiring, Role.DISPATCHER))
    closed = service.post(f"{path}/close", comment="sensor is gone")
    assert (closed["state"], closed["closed_by"]) == ("closed", "key:dispatcher machine")


def test_closing_needs_a_word_why(service: WatchedService) -> None:
    alarm = service.an_alarm()
    for body in ({}, {"comment": ""}, {"comment": "   "}):
        answer = service.client.post(f"/v1/alarms/{alarm['id']}/close", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "CG-7006")


def test_a_command_that_nobody_answers_is_202_with_its_number(service: WatchedService) -> None:
    alarm = service.an_alarm()
    service.monitor.answers = False
    service.wiring.watching.asking.close()
    answer = service.client.post(f"/v1/alarms/{alarm['id']}/acknowledge")
    assert answer.status_code == 202
    told = answer.json()
    assert "none seems to run" in told["detail"]
    place = answer.headers["location"]
    assert place == f"/v1/telemetry/commands/{told['command']}"
    assert service.get(place)["state"] == "waiting"
    service.monitor.answers = True
    service.monitor.stop()
    service.monitor.tick()
    assert service.get("/v1/telemetry/commands/99", 404)["code"] == "CG-7001"


def test_lists_are_narrowed_and_come_in_pages(service: WatchedService) -> None:
    service.an_alarm()
    service.post("/v1/points/V1/frozen/arm")
    service.monitor.warm_up("s-van")
    every = [one["id"] for one in service.get("/v1/alarms")["items"]]
    first = service.get("/v1/alarms", limit=2)
    second = service.get("/v1/alarms", limit=1000, after=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == every
    assert second["next"] is None
    assert {one["asset"] for one in service.get("/v1/alarms", asset="V1")["items"]} == {"V1"}
    assert len(service.get("/v1/alarms", asset="V1", kind="high")["items"]) == 1
    assert {one["point"] for one in service.get("/v1/alarms", point=ROOM)["items"]} == {ROOM}
    assert service.get("/v1/alarms", asset="V9")["items"] == []
    assert len(service.get("/v1/alarms", severity="info")["items"]) == 1
    until = service.get("/v1/alarms", kind="high", until="2026-07-14T12:20:00Z")["items"]
    assert [one["point"] for one in until] == [ROOM]
    for after in ("yesterday", "9999999999999999999~high-1", "-1~high-1"):
        assert service.get("/v1/alarms", 400, after=after)["code"] == "CG-7003"


def test_closed_alarms_are_in_the_list_of_all(service: WatchedService) -> None:
    alarm = service.an_alarm()
    service.post(f"/v1/alarms/{alarm['id']}/close", comment="sensor is gone")
    assert service.get("/v1/alarms", point=ROOM)["items"] == []
    (closed,) = service.get("/v1/alarms", state="all", point=ROOM)["items"]
    assert (closed["id"], closed["state"]) == (alarm["id"], "closed")


def test_a_store_that_is_away_is_503_and_the_service_stays_well(tmp_path: Path) -> None:
    with served(tmp_path, telemetry=f"sqlite:///{tmp_path}/no/folder/t.db") as (client, _):
        answer = client.get("/v1/alarms")
        assert (answer.status_code, answer.json()["code"]) == (503, "CG-8201")
        assert client.get("/v1/alarms/stream").status_code == 503
        assert client.get("/healthz").status_code == 200
