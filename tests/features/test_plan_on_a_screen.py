"""A plan as a board reads it, and moves that are tried and not kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from api.wiring import Wiring
from tests.serving import served
from tests.stored_plan import PLAN, city_plan, store

AT = f"/v1/plans/{PLAN}"
MOVE = {
    "kind": "move_stop", "route": "V1-morning-1", "site": "P2", "to_route": "V1-morning-1",
    "position": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Wiring]]:
    folder: Path = tmp_path_factory.mktemp("screen")
    with served(folder) as (client, wiring):
        store(wiring.database)
        yield client, wiring


def test_a_screen_gets_every_stop_load_and_berth_of_a_plan(
    service: tuple[TestClient, Wiring],
) -> None:
    client, _ = service
    answer = client.get(f"{AT}/overview")
    _, plan = city_plan()
    seen: dict[str, Any] = answer.json()
    assert answer.headers["etag"] == f'"{PLAN}.1"'
    assert [route["id"] for route in seen["routes"]] == [route.id for route in plan.routes]
    for shown, route in zip(seen["routes"], plan.routes, strict=True):
        assert [one["starts_s"] for one in shown["stops"]] == [
            stop.service_starts for stop in route.stops
        ]
        carried = sum(one.mass_g for stop in route.stops for one in stop.delivers)
        assert sum(load["kg"] for load in shown["loads"]) == pytest.approx(carried / 1000)
    loading = {berth["route"] for yard in seen["yards"] for berth in yard["berths"]}
    assert loading >= {route.id for route in plan.routes}
    assert len(seen["left_out"]) == len(plan.unserved)


def test_a_lock_is_on_the_screen_at_once_though_it_was_drawn_before(
    service: tuple[TestClient, Wiring],
) -> None:
    client, wiring = service
    before = client.get(f"{AT}/overview").json()
    try:
        client.put(
            f"{AT}/pins",
            json={"locks": ["V1-morning-1"]},
            headers={"If-Match": f'"{PLAN}.{before["revision"]}"'},
        ).raise_for_status()
        seen = client.get(f"{AT}/overview").json()
        stays = {route["id"]: route["stays"] for route in seen["routes"]}
        assert stays.pop("V1-morning-1") == "is locked"
        assert set(stays.values()) == {None}
    finally:
        revision = wiring.plan_shelf.head(PLAN).revision
        client.put(f"{AT}/pins", json={}, headers={"If-Match": f'"{PLAN}.{revision}"'})


def test_a_trial_says_what_a_move_costs_and_keeps_nothing(
    service: tuple[TestClient, Wiring],
) -> None:
    client, wiring = service
    head = wiring.plan_shelf.head(PLAN)
    tag = {"If-Match": f'"{PLAN}.{head.revision}"'}
    tried = client.post(f"{AT}/revisions", json={"edits": [MOVE], "trial": True}, headers=tag)
    assert tried.status_code == 200
    assert (tried.json()["kept"], tried.json()["version"]) == (False, 1)
    assert wiring.plan_shelf.head(PLAN) == head
    kept = client.post(f"{AT}/revisions", json={"edits": [MOVE]}, headers=tag).json()
    assert (kept["kept"], kept["version"]) == (True, 2)
    assert kept["difference"] == tried.json()["difference"]
    assert client.get(f"{AT}/overview?version=1").json()["newest_version"] == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"edits": [MOVE], "trial": True, "limit": {"iterations": 5}}, 422, "CG-7006"),
        ({"edits": [], "trial": True}, 422, "CG-7006"),
        ({"edits": [{**MOVE, "site": "P99"}], "trial": True}, 409, "CG-4012"),
        ({"edits": [{**MOVE, "to_route": "nowhere"}], "trial": True}, 409, "CG-4010"),
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(
    service: tuple[TestClient, Wiring], body: dict[str, Any], status: int, code: str
) -> None:
    client, wiring = service
    head = wiring.plan_shelf.head(PLAN)
    answer = client.post(
        f"{AT}/revisions", json=body, headers={"If-Match": f'"{PLAN}.{head.revision}"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert wiring.plan_shelf.head(PLAN) == head


def test_a_trial_against_another_revision_and_a_screen_of_nothing_are_refused(
    service: tuple[TestClient, Wiring],
) -> None:
    client, _ = service
    stale = client.post(
        f"{AT}/revisions",
        json={"edits": [MOVE], "trial": True},
        headers={"If-Match": f'"{PLAN}.99"'},
    )
    assert (stale.status_code, stale.json()["code"]) == (412, "CG-7009")
    assert client.get("/v1/plans/plan-9/overview").json()["code"] == "CG-7001"
    assert client.get(f"{AT}/overview?version=77").status_code == 404
    assert client.get(f"{AT}/overview?version=x").status_code == 400


def test_a_database_that_is_away_at_the_start_is_no_end_of_the_service(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        wiring.plan_screens.stop()
        wiring.database.close()
        file = tmp_path / "coldgrid.db"
        file.rename(tmp_path / "elsewhere.db")
        file.mkdir()
        with capture_logs() as lines:
            wiring.plan_screens.start()
            wiring.plan_screens.stop()
        file.rmdir()
        (tmp_path / "elsewhere.db").rename(file)
        assert client.get("/v1/plans").status_code == 200
    assert [line["code"] for line in lines if "drawn ahead" in line["event"]] == ["CG-7010"]
