"""Cases of rerouting over HTTP: opened, read, accepted, rejected, refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.security.principal import Role
from api.services.reroutes import Accepted
from optimizer.formats.plan_json import plan_document
from tests.people import machine, staff
from tests.rerouting import Rerouting, compute_here, rerouting
from tests.stored_plan import PLAN


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rerouting]:
    compute_here(monkeypatch)
    with rerouting(tmp_path) as running:
        yield running


def visited(document: dict[str, Any], vehicle: str, done: int) -> list[Any]:
    (route,) = [route for route in document["routes"] if route["vehicle"] == vehicle]
    stops: list[Any] = route["stops"]
    return stops[:done]


# --- opened -------------------------------------------------------------------------------------


def test_a_break_becomes_a_case_with_ranked_ways_out(service: Rerouting) -> None:
    case = service.open()
    assert (case["state"], case["plan"], case["plan_version"], case["revision"]) == (
        "open", PLAN, 1, 1,
    )  # fmt: skip
    assert (case["origin"], case["opened_by"], case["severity"]) == ("person", "local", "I")
    worths = [one["worth_cents"] for one in case["ranking"]]
    assert worths == sorted(worths, reverse=True)
    assert [one["number"] for one in case["proposals"]] == [1, 2, 3]
    assert case["proposals"][0]["sentences"]["zh"]
    assert [one["place"] for one in case["refused"] if one["kind"] == "station"] == ["S2"]
    assert "plan" not in case["proposals"][0]


def test_a_case_has_an_address_and_an_etag(service: Rerouting) -> None:
    disruption = {"kind": "compartment", "vehicle": "V1", "zone": "frozen"}
    answer = service.client.post("/v1/reroutes", json={"plan": PLAN, "disruption": disruption})
    case = answer.json()
    assert answer.headers["location"] == f"/v1/reroutes/{case['id']}"
    assert answer.headers["etag"] == f'"{case["id"]}.1"'
    read = service.client.get(answer.headers["location"])
    assert read.headers["etag"] == answer.headers["etag"]
    assert read.json() == case


def test_what_was_measured_is_computed_with(service: Rerouting) -> None:
    now = service.clock()
    breach = {name: (now + timedelta(minutes=m)).isoformat() for name, m in
              (("p10", 30), ("p50", 40), ("p90", 50))}  # fmt: skip
    case = service.open(
        product_c=-17.5, ambient_c=35, cooling_w=200, breach=breach, severity="II", at=str(now)
    )
    told = case["situation"]
    assert (told["product_c"], told["ambient_c"], told["cooling_w"]) == (-17.5, 35, 200)
    assert told["breach"]["p50"] == "2026-07-15T08:00:00+08:00"
    assert case["severity"] == "II"


@pytest.mark.parametrize("state", ["draft", "published", "loading", "closed"])
def test_only_plans_on_the_road_are_rerouted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    compute_here(monkeypatch)
    with rerouting(tmp_path, state=state) as service:
        refused = service.open(409)
        assert refused["code"] == "CG-7802"
        assert f"is {state}" in refused["detail"]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"vehicle": "V99"}, 422, "CG-1501"),
        ({"vehicle": "V2"}, 422, "CG-1502"),
        ({"vehicle": "T1"}, 422, "CG-1504"),
        ({"zone": "tepid"}, 422, "CG-7006"),
        ({"kind": "flood"}, 422, "CG-7006"),
        ({"lat": 28.0}, 422, "CG-7006"),
        ({"at": "2026-07-15T09:00:00+08:00"}, 422, "CG-7806"),
        ({"at": "2026-07-15T07:20:00"}, 422, "CG-7006"),
        ({"breach": {"p10": "2026-07-15T09:00:00Z", "p50": "2026-07-15T08:00:00Z",
                     "p90": "2026-07-15T10:00:00Z"}}, 422, "CG-7006"),
    ],
)  # fmt: skip
def test_a_disruption_that_cannot_be_is_refused(
    service: Rerouting, changes: dict[str, Any], status: int, code: str
) -> None:
    assert service.open(status, **changes)["code"] == code
    assert service.get("/v1/reroutes")["items"] == []


def test_a_plan_that_is_not_there_is_not_found(service: Rerouting) -> None:
    assert service.open(404, plan="plan-9")["code"] == "CG-7001"


def test_a_newer_case_for_the_same_compartment_takes_the_place_of_the_older(
    service: Rerouting,
) -> None:
    first, second = service.open(), service.open()
    old = service.get(f"/v1/reroutes/{first['id']}")
    assert (old["state"], old["decided_by"]) == ("superseded", "coldgrid")
    assert [one["id"] for one in service.get("/v1/reroutes", state="open")["items"]] == [
        second["id"]
    ]


def test_cases_are_listed_newest_first_by_plan_and_state(service: Rerouting) -> None:
    first = service.open()
    second = service.open(vehicle="V3")
    service.post(f"/v1/reroutes/{first['id']}/reject", reason="repaired")

    def listed(**query: Any) -> list[str]:
        return [one["id"] for one in service.get("/v1/reroutes", **query)["items"]]

    assert listed() == [second["id"], first["id"]]
    assert listed(state="open") == [second["id"]]
    assert listed(plan=PLAN, limit=1) == [second["id"]]
    assert listed(plan="plan-9") == []


# --- looked at ----------------------------------------------------------------------------------


def test_a_proposal_shows_its_plan_and_what_changes_for_whom(service: Rerouting) -> None:
    case = service.open()
    shown = service.get(f"/v1/reroutes/{case['id']}/proposals/1")
    before = plan_document(service.plan)
    assert shown["plan"]["check"] == shown["proposal"]["check"]
    assert visited(shown["plan"], "V1", 1) == visited(before, "V1", 1)
    points = {one["site"]: one for one in shown["points"]}
    assert "P1" not in points
    assert points["P3"]["change_min"] > 0
    assert points["P3"]["now"] == "2026-07-15T08:00:00+08:00"
    words = " ".join(shown["difference"]["words"])
    assert "N301/1: V1" in words


@pytest.mark.parametrize("number", [4, 100])
def test_a_proposal_that_is_not_there_is_refused(service: Rerouting, number: int) -> None:
    case = service.open()
    shown = service.get(f"/v1/reroutes/{case['id']}/proposals/{number}", 404)
    assert shown["code"] == "CG-7804"
    assert service.accept(case, number, 404)["code"] == "CG-7804"


@pytest.mark.parametrize("path", ["", "/proposals/1"])
def test_a_case_that_is_not_there_is_not_found(service: Rerouting, path: str) -> None:
    assert service.get(f"/v1/reroutes/reroute-9{path}", 404)["code"] == "CG-7001"


# --- decided ------------------------------------------------------------------------------------


def test_an_accepted_proposal_is_the_plan(service: Rerouting) -> None:
    case = service.open()
    shown = service.get(f"/v1/reroutes/{case['id']}/proposals/1")
    accepted = service.accept(case)
    assert (accepted["state"], accepted["accepted"], accepted["made_version"]) == ("accepted", 1, 2)
    assert (accepted["decided_by"], accepted["automatic"], accepted["reason"]) == (
        "local", False, "go",
    )  # fmt: skip
    running = service.client.get(f"/v1/plans/{PLAN}")
    assert running.headers["etag"] == f'"{PLAN}.2"'
    document = running.json()
    assert document["routes"] == shown["plan"]["routes"]
    before = plan_document(service.plan)
    assert visited(document, "V1", 1) == visited(before, "V1", 1)
    (change,) = service.get(f"/v1/plans/{PLAN}/changes")["items"]
    assert (change["change"], change["note"], change["changed_by"]) == ("rerouted", "go", "local")


def test_drivers_report_on_the_new_stops(service: Rerouting) -> None:
    service.accept(service.open(product_c=-20.9))
    stops = service.get(f"/v1/plans/{PLAN}/stops", vehicle="V2")["items"]
    assert {stop["site"] for stop in stops} == {"P2", "P3", "P4"}
    told = service.get("/v1/orders/N301/tracking")
    (line,) = [line for line in told["lines"] if line["line"] == "1"]
    assert line["vehicle"] == "V2"


def test_who_accepts_is_in_the_audit_log(service: Rerouting) -> None:
    case = service.open()
    service.accept(case, 2)
    notes = service.get("/v1/audit", action="accept_reroute")["items"]
    assert [(note["subject"], note["detail"]["proposal"]) for note in notes] == [
        (f"reroute={case['id']}", 2)
    ]


def test_a_second_acceptance_names_who_accepted_what(service: Rerouting) -> None:
    case = service.open()
    service.accept(case, 2)
    refused = service.accept(case, 1, 409)
    assert refused["code"] == "CG-7801"
    assert "accepted by local" in refused["detail"]
    assert "proposal 2" in refused["detail"]
    assert service.client.get(f"/v1/plans/{PLAN}").headers["etag"] == f'"{PLAN}.2"'


def test_a_rejected_case_changes_nothing_and_is_decided(service: Rerouting) -> None:
    case = service.open()
    path = f"/v1/reroutes/{case['id']}/reject"
    rejected = service.post(path, reason="the unit runs again")
    assert (rejected["state"], rejected["reason"]) == ("rejected", "the unit runs again")
    assert service.post(path, 409, reason="again")["code"] == "CG-7801"
    assert service.accept(case, 1, 409)["code"] == "CG-7801"
    assert service.client.get(f"/v1/plans/{PLAN}").headers["etag"] == f'"{PLAN}.1"'


def test_an_acceptance_may_insist_on_the_ranking_that_was_looked_at(service: Rerouting) -> None:
    case = service.open()
    path, body = f"/v1/reroutes/{case['id']}/accept", {"proposal": 1}
    service.open(vehicle="V3")
    stale = service.client.post(path, json=body, headers={"If-Match": f'"{case["id"]}.1"'})
    assert (stale.status_code, stale.json()["code"]) == (409, "CG-7803")
    assert stale.json()["reroute"]["revision"] == 2
    assert stale.headers["etag"] == f'"{case["id"]}.2"'
    done = service.client.post(path, json=body, headers={"If-Match": stale.headers["etag"]})
    assert (done.status_code, done.json()["state"]) == (200, "accepted")


def test_goods_that_are_lost_become_a_task_of_the_warehouse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute_here(monkeypatch)
    with rerouting(tmp_path) as service:
        case = service.open(product_c=5.0)
        (number,) = [one["number"] for one in case["ranking"] if one["kind"] == "quarantine"]
        service.accept(case, number)
        (task,) = service.get("/v1/tasks", kind="temperature")["items"]
        assert (task["severity"], task["site"]) == (1, "G1")
        assert task["detail"]["lines"] == ["N201/1", "N301/1", "N401/1"]


# --- automatic ----------------------------------------------------------------------------------


def test_a_policy_accepts_under_its_own_name(service: Rerouting) -> None:
    case = service.open()
    heard: list[Accepted] = []
    service.wiring.reroutes.on_accepted.append(heard.append)
    row = service.wiring.reroutes.accept(
        case["id"], 1, by=None, note="nobody answered", automatic=True
    )
    assert (row.decided_by, row.automatic) == ("policy", True)
    (note,) = service.get("/v1/audit", action="accept_reroute")["items"]
    assert (note["actor"], note["detail"]["proposal"]) == ("policy", 1)
    (told,) = heard
    assert (told.row, told.number, told.plan_head.version) == (row, 1, 2)
    assert (told.before.version, told.after.version) == (1, 2)


def test_a_hook_that_fails_keeps_nobody_from_anything(service: Rerouting) -> None:
    heard: list[Accepted] = []

    def fail(_: Accepted) -> None:
        raise RuntimeError("no paper in the printer")

    service.wiring.reroutes.on_accepted[:0] = [fail]
    service.wiring.reroutes.on_accepted.append(heard.append)
    assert service.accept(service.open())["state"] == "accepted"
    assert len(heard) == 1


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.PLANNER, Role.DRIVER, Role.LEADER])
def test_only_dispatchers_and_admins_decide(service: Rerouting, role: Role) -> None:
    case = service.open()
    staff(service.wiring)
    headers = machine(service.wiring, role)
    reads = 200 if role in {Role.WAREHOUSE, Role.PLANNER} else 403
    asked = service.client.get(f"/v1/reroutes/{case['id']}", headers=headers)
    assert asked.status_code == reads
    for path, body in (
        (f"/v1/reroutes/{case['id']}/accept", {"proposal": 1}),
        (f"/v1/reroutes/{case['id']}/reject", {"reason": "no"}),
        ("/v1/reroutes", {"plan": PLAN, "disruption": {
            "kind": "compartment", "vehicle": "V1", "zone": "frozen"}}),
    ):  # fmt: skip
        refused = service.client.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "CG-7405")
