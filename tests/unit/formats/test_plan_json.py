"""PLAN.json: what it says, that it is read back, and what is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.errors import InputRefused
from optimizer.domain.plan import CheckReport
from optimizer.formats.plan_json import dump_plan, plan_document
from optimizer.formats.plan_reading import plan_from_document, read_plan
from tests.unit.formats import tiny_plan


def test_document_has_the_keys_of_the_contract_in_their_order() -> None:
    document = plan_document(tiny_plan.plan())
    assert list(document) == [
        "schema", "problem", "problem_digest", "seed", "version", "state", "horizon_start",
        "time_zone", "travel", "objective_cents", "cost_breakdown_cents", "routes", "unserved",
        "check", "kpis", "advice",
    ]  # fmt: skip
    (route,) = document["routes"]
    assert list(route) == [
        "id", "echelon", "vehicle", "vehicle_type", "wave", "trip", "start_site", "end_site",
        "departs_at", "returns_at", "distance_m", "duration_s", "cost_cents", "compartments",
        "boxes", "breaks", "stops",
    ]  # fmt: skip


def test_document_speaks_in_kilograms_litres_and_local_instants() -> None:
    document = plan_document(tiny_plan.plan())
    (route,) = document["routes"]
    (stop,) = route["stops"]
    assert document["horizon_start"] == "2026-02-10T20:00:00+08:00"
    assert stop["arrives_at"] == "2026-02-11T07:06:40+08:00"
    assert stop["delivers"] == [
        {"order": "O1", "line": "1", "zone": "chilled", "mass_kg": 37.62, "volume_l": 83.6}
    ]
    assert stop["predicted_temperature_c"] == {
        "chilled": {"product_c": -19.5, "air_max_c": -11.25, "margin_c": 1.5}
    }
    assert route["compartments"][1] == {"zone": "chilled", "capacity_l": 900.001}
    assert route["boxes"] == [{"zone": "frozen", "count": 2, "ice_kg": 4.5}]
    assert document["check"] == {
        "feasible": False,
        "violations": [{"code": "window", "where": "V-1/P", "amount": 12.5}],
    }


def test_objective_is_the_sum_of_its_parts() -> None:
    document = plan_document(tiny_plan.plan())
    assert document["objective_cents"] == 4_321
    assert sum(document["cost_breakdown_cents"].values()) == 4_321


def test_a_plan_written_before_there_was_stability_is_read() -> None:
    document = plan_document(tiny_plan.plan())
    assert document["cost_breakdown_cents"].pop("stability") == 0
    assert plan_from_document(document).cost == tiny_plan.plan().cost


def test_plan_is_read_back_equal_and_written_again_to_the_same_bytes(tmp_path: Path) -> None:
    plan = tiny_plan.plan()
    file = tmp_path / "plan.json"
    file.write_bytes(dump_plan(plan))
    again = read_plan(file)
    assert again == plan
    assert dump_plan(again) == dump_plan(plan)


def test_bytes_do_not_depend_on_the_order_of_mappings() -> None:
    plan = tiny_plan.plan()
    (route,) = plan.routes
    shuffled = replace(
        plan,
        kpis=dict(reversed(list(plan.kpis.items()))),
        routes=(replace(route, compartments=dict(reversed(list(route.compartments.items())))),),
    )
    assert dump_plan(shuffled) == dump_plan(plan)


def test_text_stays_readable() -> None:
    assert "zu warm · 太热".encode() in dump_plan(tiny_plan.plan())


def test_unchecked_plan_has_no_report() -> None:
    plan = replace(tiny_plan.plan(), check=None)
    assert plan_document(plan)["check"] is None
    assert plan_from_document(plan_document(plan)) == plan


def test_feasible_is_what_no_violation_means() -> None:
    document = plan_document(replace(tiny_plan.plan(), check=CheckReport()))
    assert document["check"] == {"feasible": True, "violations": []}


def test_temperature_that_is_no_number_is_never_written() -> None:
    plan = replace(tiny_plan.plan(), kpis={"x": float("nan")})
    with pytest.raises(ValueError, match="JSON"):
        dump_plan(plan)


# --- what is refused ----------------------------------------------------------------------------

Edit = Callable[[dict[str, Any]], object]
STOP = "/routes/0/stops/0"


def stop_of(document: dict[str, Any]) -> dict[str, Any]:
    stop: dict[str, Any] = document["routes"][0]["stops"][0]
    return stop


@pytest.mark.parametrize(
    ("edit", "code", "place"),
    [
        (lambda d: d.update(schema="coldgrid/plan/2"), "CG-4003", "/schema"),
        (lambda d: d.pop("seed"), "CG-4003", "/"),
        (lambda d: d.update(extra=1), "CG-4003", "/"),
        (lambda d: d.update(seed="1"), "CG-4003", "/seed"),
        (lambda d: d.update(state="done"), "CG-4003", "/state"),
        (lambda d: stop_of(d).update(kind="shop"), "CG-4003", f"{STOP}/kind"),
        (lambda d: stop_of(d).update(arrives_at="2026-02-11T07:00:00"), "CG-4003",
         f"{STOP}/arrives_at"),
        (lambda d: stop_of(d)["delivers"][0].update(mass_kg=-1), "CG-4003",
         f"{STOP}/delivers/0/mass_kg"),
        (lambda d: stop_of(d).update(arrives_at="2026-02-30T07:00:00Z"), "CG-4004",
         f"{STOP}/arrives_at"),
        (lambda d: d.update(horizon_start="2026-02-30T07:00:00Z"), "CG-4004", "/horizon_start"),
        (lambda d: d.update(time_zone="Asia/Nowhere"), "CG-4004", "/time_zone"),
        (lambda d: d.update(objective_cents=1), "CG-4004", "/objective_cents"),
        (lambda d: d["check"].update(feasible=True), "CG-4004", "/check/feasible"),
    ],
)  # fmt: skip
def test_document_that_is_no_plan_is_refused(edit: Edit, code: str, place: str) -> None:
    document = plan_document(tiny_plan.plan())
    edit(document)
    with pytest.raises(InputRefused) as refused:
        plan_from_document(document)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [(code, place)]


def test_all_faults_of_a_plan_are_reported_at_once() -> None:
    document = plan_document(tiny_plan.plan())
    document.update(seed=None, version=0, routes=[{}])
    with pytest.raises(InputRefused) as refused:
        plan_from_document(document)
    assert {fault.place for fault in refused.value.faults} == {"/seed", "/version", "/routes/0"}


@pytest.mark.parametrize("data", [b"", b"[", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":1,"a":2}'])
def test_file_that_is_no_json_is_refused(data: bytes, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    file.write_bytes(data)
    with pytest.raises(InputRefused) as refused:
        read_plan(file)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-4002", "plan.json")]


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefused) as refused:
        read_plan(tmp_path / "nothing.json")
    assert refused.value.code == "CG-4002"


@pytest.mark.parametrize("document", [None, [], 1, "plan"])
def test_json_that_is_no_object_is_refused(document: object) -> None:
    with pytest.raises(InputRefused) as refused:
        plan_from_document(document)
    assert refused.value.code == "CG-4003"


def test_message_does_not_repeat_a_whole_document() -> None:
    with pytest.raises(InputRefused) as refused:
        plan_from_document({"routes": ["x" * 10_000]})
    assert all(len(fault.cause) < 300 for fault in refused.value.faults)


def test_written_plan_is_plain_json() -> None:
    assert json.loads(dump_plan(tiny_plan.plan()))["schema"] == "coldgrid/plan/1"


OLD_PLAN = """
{"schema": "coldgrid/plan/1", "problem": "small", "problem_digest": "sha256:0", "seed": 1,
 "version": 1, "state": "draft", "horizon_start": "2026-02-10T20:00:00+08:00",
 "time_zone": "Asia/Shanghai", "travel": {"provider": "great_circle", "digest": "sha256:1"},
 "objective_cents": 5300,
 "cost_breakdown_cents": {"vehicles": 5000, "distance": 300, "time": 0, "lateness": 0,
  "transfers": 0, "shelf_life": 0, "unserved": 0},
 "routes": [{"id": "V1-1", "echelon": "last_mile", "vehicle": "V1", "vehicle_type": "van",
  "wave": "morning", "trip": 1, "start_site": "G1", "end_site": "G1",
  "departs_at": "2026-02-11T06:00:00+08:00", "returns_at": "2026-02-11T06:20:00+08:00",
  "distance_m": 2000, "duration_s": 1200, "cost_cents": 5300,
  "compartments": [{"zone": "chilled", "capacity_l": 800.0}], "boxes": [], "breaks": [],
  "stops": [{"site": "P1", "kind": "pickup", "arrives_at": "2026-02-11T06:08:00+08:00",
   "service_starts_at": "2026-02-11T06:08:00+08:00", "departs_at": "2026-02-11T06:11:00+08:00",
   "delivers": [{"order": "O1", "line": "1", "zone": "chilled", "mass_kg": 20.0,
    "volume_l": 50.0}], "collects": [], "predicted_temperature_c": {}}]}],
 "unserved": [{"order": "O2", "line": "1", "reason": "left_out", "detail": "too far"}],
 "check": {"feasible": true, "violations": []}, "kpis": {"served_lines": 1.0}}
"""
"""A file from before there was advice."""


def test_a_plan_file_from_before_there_was_advice_is_read(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(OLD_PLAN, encoding="utf-8")
    plan = read_plan(tmp_path / "old.json")
    assert plan.advice == ()
    assert plan.routes[0].stops[0].delivers[0].mass_g == 20_000
    assert plan_from_document(plan_document(plan)) == plan


def test_advice_says_what_where_and_a_sentence() -> None:
    assert plan_document(tiny_plan.plan())["advice"] == [
        {"code": "more_ice", "where": "V-1", "detail": "Take one more box · 多带一箱"}
    ]


def test_advice_of_a_code_that_nobody_knows_is_refused() -> None:
    document = plan_document(tiny_plan.plan())
    document["advice"][0]["code"] = "more_snow"
    with pytest.raises(InputRefused) as refused:
        plan_from_document(document)
    assert [(f.code, f.place) for f in refused.value.faults] == [("CG-4003", "/advice/0/code")]
