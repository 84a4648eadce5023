"""Whoever takes goods in can ask how long each batch may still be kept, and why."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.plan import Plan
from optimizer.domain.temperature import Zone
from tests.published import publish
from tests.road_service import RoadService
from tests.serving import MORNING, StandingClock
from tests.stored_plan import PLAN
from tests.telemetry_cases import a_compartment, a_room, a_sensor
from tests.watched_service import WatchedService, watched

PATH = f"/v1/plans/{PLAN}/routes/V1/shelf-life"
LOG = f"/v1/plans/{PLAN}/routes/V1/temperature-log"
POINTS = (
    a_compartment("V1/frozen"),
    a_compartment("V1/chilled", zone=Zone.CHILLED, profile="frozen"),
    a_compartment("T1/chilled", zone=Zone.CHILLED, profile="frozen"),
    a_room("G1/cold", zone=Zone.CHILLED, profile="frozen"),
)
PLACEMENTS = (
    a_sensor("s-frozen", "V1/frozen"),
    a_sensor("s-chilled", "V1/chilled"),
    a_sensor("s-truck", "T1/chilled", interval_s=600),
    a_sensor("s-room", "G1/cold", interval_s=600),
)


@contextmanager
def driving(
    folder: Path, *, state: str = "running", minutes: float = 0
) -> Iterator[tuple[WatchedService, RoadService]]:
    """Run a service some minutes after V1 was loaded."""
    clock = StandingClock(MORNING)
    with watched(folder, clock=clock, points=POINTS, placements=PLACEMENTS) as service:
        problem, plan = publish(service.wiring.database, state=state)
        clock.advance(seconds=loaded_s(plan), minutes=minutes)
        yield (
            service,
            RoadService(
                client=service.client,
                wiring=service.wiring,
                clock=clock,
                problem=problem,
                plan=plan,
            ),
        )


def loaded_s(plan: Plan) -> int:
    """Say when V1 is loaded, in seconds from the horizon start."""
    return min(route.departs for route in plan.routes if route.vehicle == "V1") - 1800


def ride(service: WatchedService, minutes: int, *, chilled: float, frozen: float = -18.0) -> None:
    for _ in range(minutes):
        service.monitor.measure("s-chilled", chilled)
        service.monitor.measure("s-frozen", frozen)
        service.clock.advance(minutes=1)


def of_zone(found: dict[str, Any], zone: str, site: str) -> dict[str, Any]:
    """Give a zone's first batch for a site."""
    batches = [one for one in found["items"] if (one["zone"], one["site"]) == (zone, site)]
    return dict(batches[0])


def test_each_batch_says_what_the_ride_cost_and_what_is_left(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, road):
        assert service.get(PATH)["items"] == [], "it is being loaded this very moment"
        ride(service, 15, chilled=2.0)
        road.report(road.stop("P1"), road.handed(road.stop("P1")))
        ride(service, 1, chilled=2.0)
        ride(service, 30, chilled=10.0, frozen=-12.0)
        found = service.get(PATH)
        assert (found["plan"], found["vehicle"]) == (PLAN, "V1")
        frozen = of_zone(found, "frozen", "P1")
        assert frozen["handed_over"] is True
        assert frozen["until"].endswith("+08:00")
        assert frozen["minutes"] == 15.0
        assert frozen["used_h"] == pytest.approx(0.25)
        assert (frozen["mkt_c"], frozen["reference_c"]) == (None, -18.0)
        milk = of_zone(found, "chilled", "P1")
        assert (milk["article"], milk["batch"]) == ("MILK", "M14")
        assert milk["mkt_c"] == pytest.approx(2.0)
        assert milk["used_h"] == pytest.approx(0.25)
        late = next(
            one for one in found["items"] if one["zone"] == "chilled" and not one["handed_over"]
        )
        assert late["used_h"] > milk["used_h"] + 1.0
        assert late["until"] == found["to"]


def test_what_was_left_at_loading_follows_from_the_order_and_the_clock(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, road):
        ride(service, 20, chilled=2.0)
        milk = of_zone(service.get(PATH), "chilled", "P1")
        at_loading_h = 168 - loaded_s(road.plan) / 3600
        assert milk["left_at_loading_h"] == pytest.approx(at_loading_h, abs=0.001)
        assert milk["left_h"] == pytest.approx(at_loading_h - 20 / 60, abs=0.001)


def test_a_warm_truck_is_remembered_when_the_van_arrives(tmp_path: Path) -> None:
    with driving(tmp_path, minutes=-630) as (service, road):
        for minute in range(0, 640, 10):
            service.monitor.measure("s-truck", 10.0)
            service.monitor.measure("s-room", 2.0)
            service.monitor.measure("s-chilled", 2.0)
            service.clock.advance(minutes=min(10, 635 - minute))
        milk = of_zone(service.get(PATH), "chilled", "P1")
        (truck,) = (one for one in road.plan.routes if one.vehicle == "T1")
        hours = (truck.stops[0].departs - truck.departs) / 3600 + 0.5
        rate = ((10.0 + 11.8) / 13.8) ** 2
        assert milk["before_h"] == pytest.approx(hours * (rate - 1.0), abs=0.01)
        assert milk["unknown_before_minutes"] == 0.0
        at_loading_h = 168 - loaded_s(road.plan) / 3600 - milk["before_h"]
        assert milk["left_at_loading_h"] == pytest.approx(at_loading_h, abs=0.002)
        path = f"/v1/plans/{PLAN}/routes/T1/shelf-life"
        brought = next(
            one for one in service.get(path)["items"] if one["order"] == milk["order"]
            and one["line"] == milk["line"]
        )  # fmt: skip
        assert (brought["site"], brought["before_h"]) == ("G1", 0.0)
        assert brought["used_h"] > 2.0


def test_of_a_ride_without_readings_nothing_is_said(tmp_path: Path) -> None:
    with driving(tmp_path, minutes=30) as (service, _):
        for one in service.get(PATH)["items"]:
            assert (one["used_h"], one["left_h"], one["mkt_c"]) == (None, None, None)
            assert (one["unknown_minutes"], one["unknown_share"]) == (30.0, 1.0)
            assert one["left_at_loading_h"] > 0


def test_a_gap_is_stated_and_counted_at_the_worse_side(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        ride(service, 10, chilled=2.0)
        service.clock.advance(minutes=60)
        ride(service, 10, chilled=10.0)
        milk = of_zone(service.get(PATH), "chilled", "P1")
        assert milk["unknown_minutes"] == pytest.approx(61.0, abs=0.1)
        assert milk["unknown_share"] == pytest.approx(61.0 / 80.0, abs=1e-4)
        rate = ((10.0 + 11.8) / 13.8) ** 2
        assert milk["assumed_h"] == pytest.approx(rate * 61 / 60, abs=0.01)


def test_the_table_and_the_log_say_the_same(tmp_path: Path) -> None:
    with driving(tmp_path) as (service, _):
        ride(service, 10, chilled=3.0)
        items = service.get(PATH)["items"]
        answer = service.client.get(PATH, headers={"Accept": "text/csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(answer.text.splitlines()))
        assert [(row["order"], row["line"], float(row["used_h"] or -1)) for row in rows] == [
            (one["order"], one["line"], -1 if one["used_h"] is None else one["used_h"])
            for one in items
        ]
        log = list(csv.reader(service.client.get(LOG).text.splitlines()))
        assert [row[1:] for row in log if row[0] == "# batch"] == [
            list(row.values()) for row in rows
        ]
        refused = service.client.get(PATH, headers={"Accept": "text/html"})
        assert refused.status_code == 406


def test_goods_that_are_not_loaded_yet_are_not_on_the_list(tmp_path: Path) -> None:
    with driving(tmp_path, minutes=-1) as (service, _):
        assert service.get(PATH)["items"] == []


def test_without_a_hand_over_goods_count_until_the_vehicle_is_back(tmp_path: Path) -> None:
    with driving(tmp_path, minutes=600) as (service, road):
        found = service.get(PATH)
        assert found["items"]
        horizon = road.plan.horizon
        back = max(horizon.instant(one.returns) for one in road.plan.routes if one.vehicle == "V1")
        assert {one["until"] for one in found["items"]} == {found["to"]}
        assert found["to"].startswith(back.replace(hour=back.hour + 1).strftime("%Y-%m-%dT%H:%M"))


def test_a_hand_over_after_the_planned_return_is_still_on_the_ride(tmp_path: Path) -> None:
    with driving(tmp_path, minutes=600) as (service, road):
        planned = service.get(PATH)["to"]
        road.report(road.stop("P1"), road.handed(road.stop("P1")))
        found = service.get(PATH)
        assert found["to"] > planned
        assert of_zone(found, "chilled", "P1")["until"] == found["to"]


def test_shelf_lives_need_a_vehicle_with_sensors_in_a_plan_on_the_road(tmp_path: Path) -> None:
    path = "/v1/plans/{}/routes/{}/shelf-life"
    with driving(tmp_path) as (service, _):
        assert service.get(path.format(PLAN, "V3"), 404)["code"] == "CG-7705"
        assert service.get(path.format(PLAN, "V9"), 404)["code"] == "CG-7001"
        assert service.get(path.format("plan-9", "V1"), 404)["code"] == "CG-7001"
    with driving(tmp_path / "draft", state="draft") as (service, _):
        assert service.get(path.format(PLAN, "V1"), 409)["code"] == "CG-7302"
