"""A phone asks for all that one vehicle has before it, and gets it in one answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pytest import MonkeyPatch

from api.security.principal import Role
from tests.people import machine, staff
from tests.rerouting import compute_here, rerouting
from tests.road_service import on_the_road
from tests.stored_plan import PLAN

PATH = "/v1/vehicles/V1/stops"


def sites(answer: dict[str, Any]) -> list[list[str]]:
    return [[stop["site"] for stop in plan["items"]] for plan in answer["plans"]]


def test_a_vehicle_gets_its_stops_in_driving_order_with_their_places(tmp_path: Path) -> None:
    with rerouting(tmp_path) as road:
        answer = road.get(PATH)
    assert sites(answer) == [["P1", "P2", "P3", "P4"]]
    (plan,) = answer["plans"]
    assert (plan["plan"], plan["version"], plan["plan_state"]) == (PLAN, 1, "running")
    assert plan["diversions"] == []
    assert plan["items"][0]["place"] == {
        "name": "Osmanthus Lane", "kind": "pickup", "lat": 28.228, "lon": 112.93
    }  # fmt: skip


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_a_plan_that_is_not_out_gives_a_vehicle_nothing_to_do(tmp_path: Path, state: str) -> None:
    with rerouting(tmp_path, state=state) as road:
        assert road.get(PATH) == {"vehicle": "V1", "plans": []}


def test_a_vehicle_that_no_plan_knows_has_nothing_before_it(tmp_path: Path) -> None:
    with rerouting(tmp_path) as road:
        assert road.get("/v1/vehicles/V99/stops")["plans"] == []


def test_an_accepted_diversion_comes_with_the_stops_of_those_whom_it_sends(
    tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    compute_here(monkeypatch)
    with rerouting(tmp_path) as road:
        case = road.open(product_c=-20.9)
        assert road.get(PATH)["plans"][0]["diversions"] == []
        road.accept(case)
        for vehicle, met in (("V1", ["V1", "V2"]), ("V2", ["V1", "V2"])):
            (plan,) = road.get(f"/v1/vehicles/{vehicle}/stops")["plans"]
            (diversion,) = plan["diversions"]
            assert diversion["reroute"] == case["id"]
            assert diversion["made_version"] == plan["version"] == 2
            assert "V1 hands the frozen goods to V2" in diversion["sentences"]["en"][0]
            (handover,) = diversion["handovers"]
            assert [handover["from_vehicle"], handover["to_vehicle"]] == met
        (plan,) = road.get("/v1/vehicles/V3/stops")["plans"]
        assert plan["diversions"] == []


def test_a_driver_sees_no_other_vehicle(tmp_path: Path) -> None:
    with rerouting(tmp_path) as road:
        staff(road.wiring)
        key = machine(road.wiring, Role.DRIVER, vehicle="V1")
        assert road.client.get(PATH, headers=key).status_code == 200
        other = road.client.get("/v1/vehicles/V3/stops", headers=key)
        assert (other.status_code, other.json()["code"]) == (403, "CG-7407")
        leader = machine(road.wiring, Role.LEADER, sites=["P1"])
        assert road.client.get(PATH, headers=leader).status_code == 403


def test_a_signature_is_kept_as_it_was_drawn(tmp_path: Path) -> None:
    with on_the_road(tmp_path) as road:
        stop = road.stop("P1")
        drawn = road.handed(stop, signature="M10 20L30 40L50 20M60 60L70 70")
        assert road.report(stop, drawn)["signature"] == drawn["signature"]
        (event,) = road.get(f"/v1/stops/{stop['id']}/events")["items"]
        assert event["signature"] == "M10 20L30 40L50 20M60 60L70 70"
        # Sent again it is the same report; with another signature it is another one.
        assert road.report(stop, drawn, 200)["duplicate"] is True
        road.refused(stop, drawn | {"signature": "M1 1L2 2"}, 409, "CG-7306")


@pytest.mark.parametrize("path", ["M1 1<script>", "hello", "M1 1L2", "M1 1L99999 1", "L1 1"])
def test_what_is_no_signature_is_refused(tmp_path: Path, path: str) -> None:
    with on_the_road(tmp_path) as road:
        stop = road.stop("P1")
        road.refused(stop, road.handed(stop, signature=path), 422, "CG-7006")
