"""Tasks and compensations over HTTP, on the small city's plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.schemas.tasks import CompensationBody, FinishBody
from api.security.principal import Role
from api.storage import resends
from tests.road_service import RoadService, example_of, on_the_road


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RoadService]:
    with on_the_road(tmp_path) as running:
        yield running


def tasks(service: RoadService, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.get("/v1/tasks", **query)["items"]
    return items


def finish(service: RoadService, task: str, action: str, status: int = 200) -> Any:
    body = {"outcome": {"action": action, "note": "by phone"}}
    answer = service.client.post(f"/v1/tasks/{task}/done", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def damage(service: RoadService, mass_kg: float = 0.8) -> dict[str, Any]:
    lines = [{"order": "N101", "line": "1", "mass_kg": mass_kg}]
    return service.event("damaged", lines=lines, cause="crate fell")


def compensate(service: RoadService, status: int = 201, **claim: Any) -> Any:
    body = {"order": "N101", "line": "1", "cause": "damaged", "remedy": "refund"} | claim
    answer = service.client.post("/v1/compensations", json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


# --- tasks --------------------------------------------------------------------------------------


def test_damage_is_one_task_due_in_two_hours_and_overdue_after_them(service: RoadService) -> None:
    stop, event = service.stop("P1"), damage(service)
    service.report(stop, event)
    service.report(stop, event, 200)
    (task,) = tasks(service)
    assert (task["kind"], task["severity"], task["state"]) == ("damage", 2, "open")
    assert task["detail"] == {"mass_kg": 0.8, "cause": "crate fell"}
    service.clock.advance(hours=2)
    assert tasks(service, overdue=True) == []
    service.clock.advance(seconds=1)
    assert [one["id"] for one in tasks(service, overdue=True)] == [task["id"]]
    assert tasks(service)[0]["overdue"] is True


def test_a_task_is_ended_once_and_the_same_again_is_answered_alike(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    (task,) = tasks(service)
    done = finish(service, task["id"], "refunded")
    assert (done["state"], done["done_by"]) == ("done", "local")
    service.clock.advance(hours=5)
    assert finish(service, task["id"], "refunded")["done_at"] == done["done_at"]
    assert finish(service, task["id"], "resent", 409)["code"] == "CG-7007"
    assert tasks(service, state="open") == []
    assert [one["id"] for one in tasks(service, state="done")] == [task["id"]]
    assert finish(service, "task-none", "refunded", 404)["code"] == "CG-7001"


def test_actions_belong_to_severities(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    (task,) = tasks(service)
    told = finish(service, task["id"], "quarantined", 422)
    assert told["code"] == "CG-7309"
    assert all(action in told["detail"] for action in task["actions"])


def test_a_warm_product_is_food_safety_and_no_leaders_matter(service: RoadService) -> None:
    stop = service.stop("P1")
    service.report(stop, service.handed(stop, product_c={"chilled": 4.1, "frozen": -18.0}))
    (task,) = tasks(service, kind="temperature")
    assert (task["severity"], task["order"]) == (1, None)
    assert task["detail"]["lines"] == ["N101/2"]
    service.client.headers.update(service.key(Role.LEADER, sites=["P1"]))
    assert [one["id"] for one in tasks(service)] == [task["id"]]
    assert finish(service, task["id"], "quarantined", 403)["code"] == "CG-7308"
    service.client.headers.update(service.key(Role.WAREHOUSE))
    finish(service, task["id"], "quarantined")


def test_a_leader_sees_the_tasks_of_the_own_sites(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    (task,) = tasks(service)
    service.client.headers.update(service.key(Role.LEADER, sites=["P2"]))
    assert tasks(service) == []
    assert finish(service, task["id"], "refunded", 403)["code"] == "CG-7407"


def test_goods_that_nobody_collects_for_a_day_are_one_task(service: RoadService) -> None:
    stop = service.stop("P1")
    service.report(stop, service.handed(stop))
    service.report(stop, service.event("collected", order="N102"))
    service.clock.advance(hours=24, seconds=-1)
    assert tasks(service, kind="uncollected") == []
    service.clock.advance(seconds=1)
    (task,) = tasks(service, kind="uncollected")
    assert (task["order"], task["severity"], task["overdue"]) == ("N101", 3, False)
    assert tasks(service, kind="uncollected") == [task]
    service.report(stop, service.event("collected", order="N101"))
    assert tasks(service, kind="uncollected") == []


def test_a_collection_that_a_phone_reports_late_leaves_no_task(service: RoadService) -> None:
    stop = service.stop("P1")
    handed = service.handed(stop)
    service.clock.advance(hours=1)
    for order in ("N101", "N102"):
        service.report(stop, service.event("collected", order=order))
    service.report(stop, handed)
    service.clock.advance(hours=48)
    assert tasks(service, kind="uncollected") == []


def test_goods_brought_to_the_door_are_nobodys_to_collect(service: RoadService) -> None:
    stop = service.stop("P8")
    service.report(stop, service.handed(stop))
    service.clock.advance(hours=48)
    assert [task["order"] for task in tasks(service, kind="uncollected")] == ["N801"]


def test_tasks_come_in_pages(service: RoadService) -> None:
    stop = service.stop("P1")
    for _ in range(3):
        service.clock.advance(minutes=1)
        service.report(stop, damage(service, 0.1))
    every = [task["id"] for task in tasks(service)]
    first = service.get("/v1/tasks", limit=2)
    second = service.get("/v1/tasks", limit=2, after=first["next"])
    assert [task["id"] for task in first["items"] + second["items"]] == every
    assert second["next"] is None


# --- compensation -------------------------------------------------------------------------------


def test_a_refund_is_by_kilograms_and_given_once(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    first = compensate(service)
    # 0.8 of 3.2 kg of a line that is worth 6400 cents.
    assert (first["mass_kg"], first["amount_cents"], first["duplicate"]) == (0.8, 1600, False)
    assert compensate(service, 200) == first | {"duplicate": True}
    (task,) = tasks(service, kind="compensation")
    assert task["id"] == first["task"]
    assert compensate(service, 409, remedy="resend")["code"] == "CG-7312"


def test_a_resend_waits_for_the_next_plan(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    settled = compensate(service, remedy="resend")
    assert settled["resend_order"] == "N101-R1"
    assert settled["taken_by"] is None
    with service.wiring.database.write() as tx:
        ((task, row),) = resends.pending(tx)
        assert (task, row["mass_kg"], row["zone"]) == (settled["task"], 0.8, "frozen")
        resends.take(tx, [task], "plan-2", service.clock())
    assert compensate(service, 200, remedy="resend")["taken_by"] == "plan-2"
    (done,) = tasks(service, kind="compensation", state="done")
    assert done["outcome"]["action"] == "resent"


def test_nothing_is_owed_without_a_cause(service: RoadService) -> None:
    told = compensate(service, 409)
    assert told["code"] == "CG-7307"
    assert "N101/1" in told["detail"]
    assert compensate(service, 409, cause="delayed")["code"] == "CG-7307"
    assert compensate(service, 404, order="unheard of")["code"] == "CG-7001"
    assert compensate(service, 404, line="9")["code"] == "CG-7001"
    service.clock.advance(hours=30)
    assert compensate(service, cause="delayed")["amount_cents"] == 6400


def test_a_leader_settles_for_the_own_sites(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    service.client.headers.update(service.key(Role.LEADER, sites=["P2"]))
    assert compensate(service, 403)["code"] == "CG-7407"


def test_the_examples_can_be_sent(service: RoadService) -> None:
    service.report(service.stop("P1"), damage(service))
    settled = compensate(service, **example_of(CompensationBody))
    ending = example_of(FinishBody)
    answer = service.client.post(f"/v1/tasks/{settled['task']}/done", json=ending)
    assert answer.status_code == 200, answer.text
