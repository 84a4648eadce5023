"""Points over HTTP: what is watched, what was measured last, what people ask of a point."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.security.principal import Role, Scope
from api.wiring import wire
from optimizer.domain.errors import InputRefused
from telemetry.readings import Channel
from telemetry.registry_files import write_registry
from tests.people import machine, staff
from tests.serving import settings_in
from tests.telemetry_cases import a_room, a_sensor
from tests.watched_service import ROOM, VAN, WatchedService, watched

BEFORE: dict[str, Any] = {"from": "2026-07-14T10:00:00Z", "to": "2026-07-14T11:00:00Z"}


@pytest.fixture
def service(tmp_path: Path) -> Iterator[WatchedService]:
    with watched(tmp_path) as running:
        yield running


def point(service: WatchedService, name: str) -> dict[str, Any]:
    return dict(service.get(f"/v1/points/{name}"))


def test_a_point_shows_its_newest_values_with_offset_and_age(service: WatchedService) -> None:
    service.monitor.measure("s-room", -20.0)
    service.monitor.measure("s-room", 80.0, Channel.HUMIDITY)
    service.clock.advance(seconds=90)
    shown = point(service, ROOM)
    assert (shown["watch"], shown["always_armed"]) == ("armed", True)
    temperature, humidity = shown["latest"]
    assert (temperature["value"], temperature["corrected"]) == (-20.0, -19.5)
    assert (temperature["channel"], temperature["age_s"]) == ("temperature", 90.0)
    assert (humidity["value"], humidity["corrected"]) == (80.0, 80.0)


def test_points_come_in_pages_and_only_those_that_alarm(service: WatchedService) -> None:
    first = service.get("/v1/points", limit=3)
    second = service.get("/v1/points", limit=3, after=first["next"])
    names = [one["id"] for one in first["items"] + second["items"]]
    assert names == [ROOM, "GW1", VAN, "V2/frozen"]
    assert [one["id"] for one in service.get("/v1/points", asset="V1")["items"]] == [VAN]
    assert service.get("/v1/points", alarming=True)["items"] == []
    alarm = service.an_alarm()
    (alarming,) = service.get("/v1/points", alarming=True, asset="G1")["items"]
    assert alarm["id"] in [one["id"] for one in alarming["alarms"]]


def test_a_compartment_is_armed_and_disarmed_by_hand(service: WatchedService) -> None:
    assert point(service, VAN)["watch"] == "off"
    armed = service.post(f"/v1/points/{VAN}/arm", until="2026-07-14T18:00:00+00:00")
    assert (armed["watch"], armed["watch_until"]) == ("armed", "2026-07-14T18:00:00Z")
    assert service.post(f"/v1/points/{VAN}/disarm")["watch"] == "off"
    service.post(f"/v1/points/{VAN}/arm", until="2026-07-14T18:00:00+00:00")
    service.clock.advance(hours=6)
    assert point(service, VAN)["watch"] == "off", "also when no monitor has looked since"


def test_an_id_may_be_escaped(service: WatchedService) -> None:
    assert point(service, "V1%2Ffrozen")["id"] == VAN


def test_states_with_an_end_end_by_themselves(service: WatchedService) -> None:
    for action, state in (
        ("precool", "precooling"), ("wash", "washing"), ("out-of-service", "out_of_service"),
    ):  # fmt: skip
        told = service.post(f"/v1/points/{VAN}/{action}", minutes=30, comment="as planned")
        assert told["watch"] == state
    service.clock.advance(minutes=31)
    assert point(service, VAN)["watch"] == "off"


def test_a_refusal_of_the_monitor_keeps_its_code(service: WatchedService) -> None:
    assert service.post(f"/v1/points/{ROOM}/disarm", 409)["code"] == "CG-8161"
    past = "2026-07-14T11:00:00+00:00"
    assert service.post(f"/v1/points/{VAN}/arm", 409, until=past)["code"] == "CG-8160"
    assert service.post("/v1/points/V9/frozen/arm", 404)["code"] == "CG-7001"
    assert service.post(f"/v1/points/{VAN}/out-of-service", 422, minutes=5)["code"] == "CG-7006"


def test_excursions_of_a_point_are_listed(service: WatchedService) -> None:
    service.monitor.measure("s-room", -20.0)
    service.clock.advance(minutes=1)
    service.monitor.warm_up("s-room", minutes=30)
    service.monitor.measure("s-room", -22.0)
    service.clock.advance(minutes=1)
    service.monitor.measure("s-room", -22.0)
    (found,) = service.get(f"/v1/points/{ROOM}/excursions")["items"]
    assert (found["kind"], found["minutes"], found["peak_c"]) == ("high", 30.0, -9.5)
    assert (found["from"], found["to"]) == ("2026-07-14T12:01:00Z", "2026-07-14T12:31:00Z")
    nothing = service.get(
        f"/v1/points/{ROOM}/excursions",
        **BEFORE,
    )
    assert nothing["items"] == []
    backwards: dict[str, Any] = {"from": "2026-07-14T10:00:00Z", "to": "2026-07-14T09:00:00Z"}
    told = service.get(f"/v1/points/{ROOM}/excursions", 422, **backwards)
    assert told["code"] == "CG-7703"


def test_a_state_is_shown_as_the_monitor_saved_it_for_each_point_alone(
    service: WatchedService,
) -> None:
    service.post(f"/v1/points/{VAN}/arm")
    service.post("/v1/points/V2/frozen/wash", minutes=30)
    found = {one["id"]: one["watch"] for one in service.get("/v1/points")["items"]}
    assert found == {ROOM: "armed", "GW1": "armed", VAN: "armed", "V2/frozen": "washing"}
    assert set(service.store.states([VAN, "V9/frozen"])) == {VAN}
    assert {VAN, "V2/frozen"} <= set(service.store.states())


def test_a_service_does_not_start_over_a_registry_with_faults(tmp_path: Path) -> None:
    write_registry(tmp_path / "registry", [a_room()], [a_sensor(point="G9/none")])
    with pytest.raises(InputRefused) as refused:
        wire(settings_in(tmp_path, registry=tmp_path / "registry"))
    assert len(refused.value.faults) == 1
    assert not (tmp_path / "coldgrid.db").exists()


def test_boards_that_take_an_older_answer_share_one_and_nobody_else_does(
    service: WatchedService,
) -> None:
    older = {"Cache-Control": "max-age=20"}

    def listed(**headers: str) -> tuple[float, str]:
        answer = service.client.get("/v1/points", headers=older | headers)
        assert answer.status_code == 200
        assert int(answer.headers["Age"]) <= 20
        by_id = {one["id"]: one for one in answer.json()["items"]}
        return by_id[ROOM]["latest"][0]["value"], by_id[VAN]["watch"]

    service.monitor.measure("s-room", -20.0)
    assert listed() == (-20.0, "off")
    service.clock.advance(seconds=5)
    service.monitor.measure("s-room", -19.0)
    assert listed() == listed(**{"Accept-Encoding": "identity"}) == (-20.0, "off")
    for now in ({}, {"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=0"}):
        answer = service.client.get("/v1/points", headers=now)
        assert answer.json()["items"][0]["latest"][0]["value"] == -19.0
    # Another question has an answer of its own.
    narrowed = service.client.get("/v1/points", params={"asset": "V1"}, headers=older)
    assert [one["id"] for one in narrowed.json()["items"]] == [VAN]
    # Whoever does something sees what came of it.
    service.clock.advance(seconds=5)
    service.monitor.measure("s-room", -18.0)
    service.post(f"/v1/points/{VAN}/arm")
    assert listed() == (-18.0, "armed")


def test_an_answer_that_boards_share_is_for_nobody_who_may_not_see_it(
    service: WatchedService,
) -> None:
    people = staff(service.wiring)
    older = {"Cache-Control": "max-age=20"}

    def status(headers: dict[str, str]) -> int:
        return service.client.get("/v1/points", headers=older | headers).status_code

    plans_only = machine(service.wiring, Role.DISPATCHER, scopes=[Scope.PLANS_READ])
    assert status(people[Role.DISPATCHER].session(service.wiring)) == 200
    for role in (Role.DRIVER, Role.LEADER):
        assert status(people[role].session(service.wiring)) == 403
    assert status(plans_only) == 403
    assert status({}) == 401
