"""An order under way of which nobody hears anything for more than a day is one task."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.road_service import RoadService, on_the_road

LEFT_H = 11
"""After V1 and V3 have left, in hours from the horizon start."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RoadService]:
    with on_the_road(tmp_path, hours=LEFT_H) as running:
        yield running


def stalled(service: RoadService) -> list[dict[str, Any]]:
    service.wiring.stalls.look()
    items: list[dict[str, Any]] = service.get("/v1/tasks", kind="stalled", limit=1000)["items"]
    return items


def leave_time(service: RoadService) -> None:
    """Go to the very second at which the first goods of the day have been away for a day."""
    linehaul = min(service.plan.routes, key=lambda route: route.departs)
    service.clock.now = service.plan.horizon.instant(linehaul.departs)
    service.clock.advance(hours=24)


def test_a_day_is_no_stall_and_a_second_more_is_one_task_for_each_order(
    service: RoadService,
) -> None:
    leave_time(service)
    assert stalled(service) == []
    service.clock.advance(seconds=1)
    found = stalled(service)
    orders = [task["order"] for task in found]
    assert len(orders) == len(set(orders)) > 1
    assert {(task["severity"], task["line"]) for task in found} == {(2, None)}
    assert [task["id"] for task in stalled(service)] == [task["id"] for task in found]


def test_a_scan_begins_the_day_anew(service: RoadService) -> None:
    stop = service.stop("P1")
    lines = [{"order": "N101", "line": "1", "mass_kg": 0.1}]
    service.report(stop, service.event("damaged", lines=lines, cause="crate fell"))
    leave_time(service)
    service.clock.advance(seconds=1)
    assert "N101" not in [task["order"] for task in stalled(service)]
    service.clock.now = service.plan.horizon.instant(0)
    service.clock.advance(hours=LEFT_H + 24)
    assert "N101" not in [task["order"] for task in stalled(service)]
    service.clock.advance(seconds=1)
    (task,) = [task for task in stalled(service) if task["order"] == "N101"]
    assert task["detail"]["was_scanned"] is True


def test_what_has_arrived_is_not_under_way(service: RoadService) -> None:
    stop = service.stop("P1")
    service.report(stop, service.handed(stop))
    service.clock.advance(hours=48)
    sites = {task["site"] for task in stalled(service)}
    assert "P1" not in sites
    assert "P2" in sites


def test_a_closed_plan_has_nothing_under_way(tmp_path: Path) -> None:
    with on_the_road(tmp_path, state="closed", hours=LEFT_H + 48) as service:
        assert stalled(service) == []


def test_a_task_that_was_ended_does_not_come_again(service: RoadService) -> None:
    service.clock.advance(hours=48)
    first = stalled(service)[0]["id"]
    body = {"outcome": {"action": "returned", "note": "found at the grid"}}
    assert service.client.post(f"/v1/tasks/{first}/done", json=body).status_code == 200
    service.clock.advance(hours=48)
    states = {task["id"]: task["state"] for task in stalled(service)}
    assert states[first] == "done"
    assert list(states).count(first) == 1
