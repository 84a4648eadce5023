"""Compartments are watched while a plan has goods in them, whatever else is away meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from api.services import arming
from telemetry.alarm.words import CommandKind
from telemetry.errors import StoreUnavailable
from telemetry.registry_files import write_registry
from tests.published import publish
from tests.road_service import RoadService
from tests.serving import MORNING, StandingClock, served
from tests.stored_plan import PLAN
from tests.watched_service import PLACEMENTS, POINTS, VAN, WatchedService, watched

LOADED_H = 10.6
"""Some minutes before V1 leaves, in hours from the horizon start."""

BACK = "2026-07-15T01:42:41Z"
"""An hour after the planned return of V1."""


@contextmanager
def driving(
    folder: Path, *, state: str = "running", hours: float = LOADED_H
) -> Iterator[tuple[WatchedService, RoadService]]:
    clock = StandingClock(MORNING)
    clock.advance(hours=hours)
    with watched(folder, clock=clock) as service:
        problem, plan = publish(service.wiring.database, state=state)
        road = RoadService(
            client=service.client, wiring=service.wiring, clock=clock, problem=problem, plan=plan
        )
        yield service, road


def van(service: WatchedService, point: str = VAN) -> dict[str, Any]:
    """Let the service look at its plans, and give a point once the monitor was told."""
    look(service)
    service.monitor.answer()
    return dict(service.get(f"/v1/points/{point}"))


def look(service: WatchedService) -> None:
    service.wiring.arming.look()


def step(service: WatchedService, name: str) -> None:
    etag = service.client.get(f"/v1/plans/{PLAN}").headers["etag"]
    answer = service.client.post(f"/v1/plans/{PLAN}/{name}", headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def hand_over(road: RoadService, *, refuse: bool = False) -> None:
    """Report every stop of V1, at some of which a line may be refused."""
    for site in ("P1", "P2", "P3", "P4"):
        stop = road.stop(site)
        frozen = [line for line in stop["lines"] if line["zone"] == "frozen"]
        if refuse and frozen:
            lines = [
                {"order": one["order"], "line": one["line"], "mass_kg": one["rest_kg"]}
                for one in frozen
            ]
            road.report(stop, road.event("refused", lines=lines, reason="too soft"))
            stop = road.stop(site)
        road.report(stop, road.handed(stop))


def test_a_van_is_armed_before_it_leaves_until_after_its_return(tmp_path: Path) -> None:
    with driving(tmp_path, hours=3) as (service, _):
        assert van(service)["watch"] == "off", "the van is empty for hours to come"
        service.clock.advance(hours=LOADED_H - 3)
        armed = van(service)
        assert (armed["watch"], armed["watch_until"]) == ("armed", BACK)
        assert van(service, "V2/frozen")["watch"] == "off", "the plan does not drive it"
        service.clock.advance(hours=4)
        assert van(service)["watch"] == "off"


def test_loading_arms_the_next_wave_at_once_and_closing_lets_it_go(tmp_path: Path) -> None:
    with driving(tmp_path, state="published", hours=9) as (service, _):
        assert van(service)["watch"] == "off"
        step(service, "load")
        assert van(service)["watch"] == "armed"
        step(service, "start")
        assert van(service)["watch"] == "armed"
        step(service, "close")
        assert van(service)["watch"] == "off"
        assert service.get("/v1/alarms?asset=V1&state=all")["items"][0]["kind"] == "not_precooled"


def test_a_step_of_a_plan_is_heard_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arming, "LOOK_S", 1000.0)
    with driving(tmp_path, state="published", hours=9) as (service, _):
        step(service, "load")
        pause = Event()
        for _ in range(500):
            if service.get(f"/v1/points/{VAN}")["watch"] == "armed":
                return
            pause.wait(0.02)
    raise AssertionError("nobody was told")


def test_who_armed_it_is_the_plan(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        service.monitor.answers = False
        look(service)
        (command,) = service.store.commands()
        assert (command.kind, command.by) == (CommandKind.ARM, f"plan:{PLAN}")
        look(service)
        assert service.store.commands() == [command], "told once, however often it looks"


def test_a_van_that_the_driver_reports_empty_is_let_go(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, road):
        assert van(service)["watch"] == "armed"
        service.clock.advance(hours=1)
        hand_over(road)
        assert van(service)["watch"] == "off"


def test_goods_that_were_refused_stay_on_board(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, road):
        assert van(service)["watch"] == "armed"
        service.clock.advance(hours=1)
        hand_over(road, refuse=True)
        assert van(service)["watch"] == "armed"


def test_a_person_who_disarms_by_hand_is_not_overruled(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        assert van(service)["watch"] == "armed"
        assert service.post(f"/v1/points/{VAN}/disarm")["watch"] == "off"
        service.clock.advance(minutes=5)
        assert van(service)["watch"] == "off"


def test_a_telemetry_store_that_is_away_stops_no_plan_and_is_told_later(tmp_path: Path) -> None:
    clock = StandingClock(MORNING)
    clock.advance(hours=LOADED_H)
    write_registry(tmp_path / "registry", POINTS, PLACEMENTS)
    away = {"registry": tmp_path / "registry", "telemetry": f"sqlite:///{tmp_path}/later/t.db"}
    with served(tmp_path, clock=clock, **away) as (client, wiring):
        publish(wiring.database, state="published")
        for name in ("load", "start"):
            etag = client.get(f"/v1/plans/{PLAN}").headers["etag"]
            answer = client.post(f"/v1/plans/{PLAN}/{name}", headers={"If-Match": etag})
            assert answer.status_code == 200, answer.text
        with pytest.raises(StoreUnavailable):
            wiring.arming.look()
    # The wish outlives the service.
    with served(tmp_path, clock=clock, **away) as (_, wiring):
        (tmp_path / "later").mkdir()
        wiring.arming.look()
        (command,) = wiring.watching.store().commands()
        assert (command.kind, command.target) == (CommandKind.ARM, VAN)


def test_a_break_is_put_down_to_the_lane_of_the_route(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        van(service)
        service.monitor.measure("s-van", -20.0)
        service.clock.advance(minutes=1)
        service.monitor.warm_up("s-van", minutes=30)
        service.monitor.measure("s-van", -22.0)
        found = service.get("/v1/telemetry/causes", month="2026-07")["items"]
    named = {(one["by"], one["name"]): (one["breaks"], one["minutes"]) for one in found}
    assert named["vehicle", "V1"] == (1, 30.0)
    assert named["lane", "G1"] == (1, 30.0)
    assert named["kind", "high"] == (1, 30.0)


# --- the log of a vehicle's day -----------------------------------------------------------------


def test_the_log_of_a_day_has_every_reading_and_its_excursions(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        van(service)
        service.monitor.measure("s-van", -20.0)
        service.clock.advance(minutes=1)
        service.monitor.warm_up("s-van", minutes=30)
        service.monitor.measure("s-van", -22.0)
        service.clock.advance(minutes=1)
        path = f"/v1/plans/{PLAN}/routes/V1/temperature-log"
        answer = service.client.get(path)
        assert answer.headers["content-type"].startswith("text/csv")
        assert f'filename="{PLAN}-V1-temperatures.csv"' in answer.headers["content-disposition"]
        rows = [line for line in answer.text.splitlines() if not line.startswith("#")]
        assert len(rows) == 1 + 32
        answer = service.client.get(path, headers={"Accept": "application/ld+json"})
        assert answer.headers["content-type"].startswith("application/ld+json")
        (event,) = answer.json()["epcisBody"]["eventList"]
        assert event["action"] == "OBSERVE"
        frozen = [one for one in event["quantityList"] if one["uom"] == "KGM"]
        assert frozen
        assert all(one["epcClass"].startswith("urn:coldgrid:order-line:") for one in frozen)
        rules = event["sensorElementList"][0]["sensorMetadata"]["bizRules"]
        assert rules.endswith("frozen%2F1")
        refused = service.client.get(path, headers={"Accept": "text/html"})
        assert refused.status_code == 406


def test_a_log_needs_a_vehicle_with_sensors_in_a_plan_on_the_road(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        path = "/v1/plans/{}/routes/{}/temperature-log"
        assert service.get(path.format(PLAN, "V3"), 404)["code"] == "CG-7705"
        assert service.get(path.format(PLAN, "V9"), 404)["code"] == "CG-7001"
        assert service.get(path.format("plan-9", "V1"), 404)["code"] == "CG-7001"
    with driving(tmp_path / "draft", state="draft") as (service, _):
        assert service.get(path.format(PLAN, "V1"), 409)["code"] == "CG-7302"
