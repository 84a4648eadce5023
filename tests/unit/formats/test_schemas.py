"""The JSON Schemas: frozen, agreeing with the code, kept by every document that we write."""

import copy
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.network import SiteKind
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.orders import CollectKind, Mode
from optimizer.domain.plan import AdviceCode, UnservedReason
from optimizer.domain.temperature import Zone
from optimizer.formats.break_settings import BREAK_KEYS
from optimizer.formats.plan_json import plan_document
from optimizer.formats.problem_reading import read_problem
from optimizer.formats.problem_writing import problem_document
from optimizer.formats.promise_settings import PROMISE_KEYS
from optimizer.formats.raw import COLUMNS
from optimizer.formats.schemas import NAMES, schema, schema_errors
from optimizer.formats.settings import KEYS
from optimizer.formats.type_settings import BODY_FIELDS, BOX_KEYS, OTHER_KEYS
from tests.conftest import ROOT
from tests.unit.formats import tiny_day, tiny_plan

FROZEN = {
    "problem": "ff5b4d9580741b548e487fbe064e244608121720a86cb21be47388c131f91a43",
    "plan": "61004c1acaae6bcde286b50ded883c508cad3efe7d8ec50f4d971ef4f534b811",
    "reroute": "3b6e90fd588f30564364419c4a9bf249f669ade82be41a99be8bd6c33b6ecf31",
}
ROWS = {
    "sites": "site",
    "vehicles": "vehicle",
    "orders": "order_line",
    "stock": "stock",
    "collects": "collect",
}


def values(kind: type[Any]) -> list[str]:
    return [member.value for member in kind]


@pytest.mark.parametrize("name", NAMES)
def test_schema_changes_only_on_purpose(name: str) -> None:
    # Programs outside rely on it: whoever changes it writes the new hash here and a CHANGELOG line.
    canonical = json.dumps(schema(name), sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(canonical.encode()).hexdigest() == FROZEN[name]


@pytest.mark.parametrize("name", NAMES)
def test_schema_is_a_schema(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def test_unknown_schema_is_named() -> None:
    with pytest.raises(KeyError, match="problem, plan"):
        schema("route")


def test_caller_may_change_the_copy() -> None:
    schema("plan").clear()
    assert schema("plan")["title"] == "coldgrid plan"


def test_problem_schema_has_the_columns_and_settings_of_the_reader() -> None:
    problem = schema("problem")
    for table, row in ROWS.items():
        assert tuple(problem["$defs"][row]["properties"]) == COLUMNS[table]
    assert set(problem["properties"]) == {*KEYS, *COLUMNS}
    types = problem["$defs"]["vehicle_type"]["properties"]
    assert set(types) == {*BODY_FIELDS, *OTHER_KEYS}
    assert set(problem["$defs"]["box"]["properties"]) == set(BOX_KEYS)
    assert set(problem["$defs"]["breaks"]["properties"]) == set(BREAK_KEYS)
    promise = problem["properties"]["promises"]["additionalProperties"]["properties"]
    assert set(promise) == set(PROMISE_KEYS)


def test_schemas_have_the_words_of_the_domain() -> None:
    problem, plan = schema("problem")["$defs"], schema("plan")
    assert problem["site"]["properties"]["kind"]["enum"] == values(SiteKind)
    assert problem["vehicle"]["properties"]["echelon"]["enum"] == values(Echelon)
    assert problem["vehicle"]["properties"]["cooling"]["enum"][:2] == values(Cooling)
    assert problem["order_line"]["properties"]["zone"]["enum"] == values(Zone)
    assert problem["order_line"]["properties"]["mode"]["enum"][:2] == values(Mode)
    reasons = plan["properties"]["unserved"]["items"]["properties"]["reason"]["enum"]
    assert reasons == values(UnservedReason)
    assert plan["properties"]["advice"]["items"]["properties"]["code"]["enum"] == values(AdviceCode)
    assert problem["collect"]["properties"]["kind"]["enum"] == values(CollectKind)
    assert problem["collect"]["properties"]["zone"]["enum"] == values(Zone)
    parts = plan["properties"]["cost_breakdown_cents"]["properties"]
    assert list(parts) == list(CostBreakdown().as_dict())


def test_written_documents_keep_their_schema() -> None:
    assert list(schema_errors("plan", plan_document(tiny_plan.plan()))) == []
    assert list(schema_errors("problem", problem_document(tiny_plan.problem()))) == []


def test_documents_written_by_hand_keep_the_schema() -> None:
    document = tiny_day.document()
    document["orders"][1]["zone"] = "frozen"
    document["sites"][0] |= {"opens": "", "closes": None, "docks": "2", "cap_frozen_l": "1e3"}
    assert list(schema_errors("problem", document)) == []


def test_sample_keeps_the_schema() -> None:
    problem = read_problem(ROOT / "data" / "samples" / "small_city").problem
    assert list(schema_errors("problem", problem_document(problem))) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("orders", 0, "mass_kg"), "heavy"),
        (("orders", 0, "mass_kg"), None),
        (("orders", 0, "window_from"), "2026-02-11T07:00:00"),
        (("orders", 0, "window_from"), "25:00"),
        (("orders", 0, "zone"), "warm"),
        (("orders", 0, "mas_kg"), 1),
        (("orders",), []),
        (("horizon_start",), "2026-02-11T07:00:00"),
        (("promises",), {"cold": {}}),
        (("vehicle_types",), {"van": {"cooling_w": -1}}),
        (("vehicle_types",), {"van": {"breaks": {"rest_min": 0}}}),
        (("vehicle_types",), {"van": {"box": {"ice_step_kg": 0}}}),
        (("promises",), {"express": {"express": True}}),
        (("promises",), {"express": {"within_h": 0}}),
        (("sites", 0, "needs"), "lift, crane"),
        (("sites", 0, "cells_frozen"), 1.5),
        (("vehicles", 0, "skills"), "lift;crane"),
        (("orders", 0, "ordered_at"), "yesterday"),
        (("collects",), [{"order": "E1"}]),
        (("door_service_s",), -1),
    ],
)
def test_problem_schema_refuses_what_the_reader_refuses(
    path: tuple[str | int, ...], value: object
) -> None:
    document: Any = copy.deepcopy(tiny_day.document())
    document["orders"][1]["zone"] = "frozen"
    assert list(schema_errors("problem", document)) == []
    inside = document
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    places = [place for place, _ in schema_errors("problem", document)]
    assert places
    assert all(place.startswith(f"/{path[0]}") for place in places)


def test_schemas_are_package_data() -> None:
    folder = ROOT / "optimizer" / "formats" / "schemas"
    assert sorted(Path(f).name for f in folder.glob("*.json")) == [
        "plan.schema.json",
        "problem.schema.json",
        "reroute.schema.json",
    ]
