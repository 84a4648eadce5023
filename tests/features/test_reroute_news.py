"""Pickup points and drivers hear of an accepted case, at least once and under one name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.security.principal import Role
from api.services.reroute_news import RerouteNews, Ways
from api.wiring import Wiring
from telemetry.calling.targets import networks_of
from telemetry.errors import BrokerUnavailable
from tests.people import machine, staff
from tests.receivers import WebReceiver, web_receiver
from tests.rerouting import Rerouting, compute_here, rerouting
from tests.serving import StandingClock, served
from tests.stored_plan import city_plan


@dataclass
class Devices:
    """Takes commands, unless the broker is said to be away."""

    got: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    is_away: bool = False

    def send(self, vehicle: str, command: bytes) -> None:
        if self.is_away:
            raise BrokerUnavailable("CG-8301", "the broker does not let us in")
        self.got.append((vehicle, json.loads(command)))


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tests say when news is looked for, and compute in their own process."""
    compute_here(monkeypatch)
    monkeypatch.setattr(RerouteNews, "start", lambda _: None)


@pytest.fixture
def points() -> Iterator[WebReceiver]:
    with web_receiver() as receiver:
        yield receiver


def news_of(wiring: Wiring, points: WebReceiver | None, devices: Devices | None) -> RerouteNews:
    """Tell by these ways in place of those of the settings."""
    ways = Ways(
        webhook="" if points is None else points.url,
        secret="a secret of two houses",
        networks=networks_of("127.0.0.0/8"),
        devices=devices,  # type: ignore[arg-type]
    )
    return RerouteNews(wiring.database, wiring.plan_book, ways, clock=wiring.clock)


@contextmanager
def accepted(folder: Path, **changes: Any) -> Iterator[tuple[Rerouting, dict[str, Any]]]:
    with rerouting(folder, **changes) as service:
        case = service.open()
        number = next(one["number"] for one in case["ranking"] if one["kind"] == "second_vehicle")
        service.accept(case, number)
        yield service, case


def told(service: Rerouting, case: dict[str, Any]) -> list[dict[str, Any]]:
    return list(service.get(f"/v1/reroutes/{case['id']}/news")["items"])


def states(items: list[dict[str, Any]]) -> set[tuple[str, str]]:
    return {(one["kind"], one["state"]) for one in items}


def test_each_point_and_each_driver_is_told_once(tmp_path: Path, points: WebReceiver) -> None:
    devices = Devices()
    with accepted(tmp_path) as (service, case):
        news = news_of(service.wiring, points, devices)
        assert news.look() == len(told(service, case)) > 0
        assert states(told(service, case)) == {("eta", "waiting"), ("command", "waiting")}
        news.deliver()
        assert news.look() == 0, "told is told"
        news.deliver()
        items = told(service, case)
    assert states(items) == {("eta", "delivered"), ("command", "delivered")}
    bodies = [json.loads(one.body) for one in points.got]
    wanted = [one["body"] for one in items if one["kind"] == "eta"]
    assert sorted(bodies, key=str) == sorted(wanted, key=str)
    assert {body["site"] for body in bodies} == {"P2", "P3", "P4"}
    assert sorted(points.keys()) == sorted(body["id"] for body in bodies)
    assert [vehicle for vehicle, _ in sorted(devices.got, key=str)] == ["V1", "V2"]


def test_without_ways_nothing_is_sent_and_the_case_says_why(tmp_path: Path) -> None:
    with accepted(tmp_path) as (service, case):
        service.wiring.reroute_news.look()
        items = told(service, case)
    assert states(items) == {("eta", "not_sent"), ("command", "not_sent")}
    assert {one["detail"] for one in items} == {
        "not sent: no webhook for pickup points is set",
        "not sent: the broker has no per-device rights",
    }


def test_rights_without_a_broker_send_nothing_either(tmp_path: Path) -> None:
    with accepted(tmp_path, device_rights="per-device") as (service, case):
        service.wiring.reroute_news.look()
        details = {one["detail"] for one in told(service, case) if one["kind"] == "command"}
    assert details == {"not sent: no broker is set"}


def test_a_point_that_does_not_answer_is_tried_again_under_the_same_name(
    tmp_path: Path, points: WebReceiver
) -> None:
    points.fails += [503, 500]
    with accepted(tmp_path) as (service, case):
        news = news_of(service.wiring, points, Devices())
        news.look()
        count = len([one for one in told(service, case) if one["kind"] == "eta"])
        news.deliver()
        (tried, *_) = [one for one in told(service, case) if one["tries"]]
        assert (tried["state"], tried["detail"]) == ("waiting", "it answers with status 503")
        for _ in range(4):
            service.clock.advance(seconds=60)
            news.deliver()
        assert states(told(service, case)) == {("eta", "delivered"), ("command", "delivered")}
    assert len(points.got) == count + 2
    assert len(set(points.keys())) == count
    assert len({one.body for one in points.got}) == count, "the same bytes at every try"


def test_what_waits_is_told_after_a_restart(tmp_path: Path, points: WebReceiver) -> None:
    devices = Devices(is_away=True)
    with accepted(tmp_path) as (service, case):
        news = news_of(service.wiring, None, devices)
        news.look()
        news.deliver()
        waiting = [one for one in told(service, case) if one["kind"] == "command"]
        assert {one["state"] for one in waiting} == {"waiting"}
        assert any("does not let us in" in one["detail"] for one in waiting)
        now = service.clock.now
    devices.is_away = False
    with again(tmp_path, now + timedelta(minutes=10)) as service:
        news_of(service.wiring, points, devices).deliver()
        assert {one["state"] for one in told(service, case) if one["kind"] == "command"} == {
            "delivered"
        }
    assert {command["id"] for _, command in devices.got} == {one["id"] for one in waiting}


def test_an_acceptance_of_which_nobody_was_told_is_told_after_a_restart(
    tmp_path: Path, points: WebReceiver
) -> None:
    with accepted(tmp_path) as (service, case):
        assert told(service, case) == [], "the service goes down right after the acceptance"
        now = service.clock.now
    with again(tmp_path, now) as service:
        news = news_of(service.wiring, points, Devices())
        assert news.look() > 0
        news.deliver()
        assert states(told(service, case)) == {("eta", "delivered"), ("command", "delivered")}


def test_a_command_that_has_expired_is_not_sent(tmp_path: Path) -> None:
    devices = Devices(is_away=True)
    with accepted(tmp_path) as (service, case):
        news = news_of(service.wiring, None, devices)
        news.look()
        news.deliver()
        devices.is_away = False
        service.clock.advance(hours=6)
        news.deliver()
        items = [one for one in told(service, case) if one["kind"] == "command"]
    assert {one["state"] for one in items} == {"given_up"}
    assert all(one["detail"].startswith("it has expired") for one in items)
    assert devices.got == []


def test_who_may_read_cases_may_read_their_news(tmp_path: Path) -> None:
    with accepted(tmp_path) as (service, case):
        path = f"/v1/reroutes/{case['id']}/news"
        staff(service.wiring)
        for role, status in (
            (Role.DISPATCHER, 200), (Role.WAREHOUSE, 200), (Role.PLANNER, 200),
            (Role.DRIVER, 403), (Role.LEADER, 403),
        ):  # fmt: skip
            answer = service.client.get(path, headers=machine(service.wiring, role))
            assert answer.status_code == status, role


def test_a_case_that_is_none_has_no_news(tmp_path: Path) -> None:
    with rerouting(tmp_path) as service:
        assert service.get("/v1/reroutes/reroute-9/news", 404)["code"] == "CG-7001"
        case = service.open()
        assert told(service, case) == []


@contextmanager
def again(folder: Path, now: datetime) -> Iterator[Rerouting]:
    """Start the service anew on what it left."""
    problem, plan = city_plan()
    clock = StandingClock(now)
    with served(folder, clock=clock) as (client, wiring):
        yield Rerouting(client=client, wiring=wiring, clock=clock, problem=problem, plan=plan)
