"""Whatever is sent, the service says what is wrong with it: never that it failed itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.schemas.questions import EXAMPLE_NETWORK, EXAMPLE_ORDERS
from optimizer.formats.plan_json import plan_document
from optimizer.formats.problem_writing import problem_document
from tests.asking import city_parts, parked, plan_body
from tests.stored_plan import city_plan

JSON = {"Content-Type": "application/json"}
FOLLOWS = settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("bodies")
    with parked(folder, waiting_jobs=100_000) as (client, _):
        yield client


def send(client: TestClient, path: str, body: bytes) -> None:
    answer = client.post(path, content=body, headers=JSON)
    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.json()["code"].startswith("CG-")


def changed(document: Any, where: list[int], value: Any) -> Any:
    """Put a value somewhere into a copy of a document."""
    whole = copy.deepcopy(document)
    here = whole
    for step in where[:-1]:
        keys = list(here) if isinstance(here, dict) else range(len(here))
        if not keys:
            break
        below = here[keys[step % len(keys)]]
        if not isinstance(below, dict | list):
            break
        here = below
    keys = list(here) if isinstance(here, dict) else range(len(here))
    if keys:
        here[keys[where[-1] % len(keys)]] = value
    return whole


places = st.lists(st.integers(0, 40), min_size=1, max_size=6)


@FOLLOWS
@given(body=st.binary(max_size=60) | values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes(client: TestClient, body: bytes) -> None:
    send(client, "/v1/plans", body)
    send(client, "/v1/networks", body)
    send(client, "/v1/order-sets", body)


@settings(FOLLOWS, max_examples=120)
@given(where=places, value=values)
def test_a_problem_with_one_wrong_value(client: TestClient, where: list[int], value: Any) -> None:
    body = json.dumps(changed(plan_body(), where, value)).encode()
    send(client, "/v1/plans", body)


@FOLLOWS
@given(where=places, value=values)
def test_a_network_with_one_wrong_value(client: TestClient, where: list[int], value: Any) -> None:
    send(
        client,
        "/v1/networks",
        json.dumps(changed({"network": EXAMPLE_NETWORK}, where, value)).encode(),
    )


@FOLLOWS
@given(where=places, value=values, keep=st.booleans())
def test_orders_with_one_wrong_value(
    client: TestClient, where: list[int], value: Any, keep: bool
) -> None:
    network = client.post("/v1/networks", json={"network": EXAMPLE_NETWORK}).json()["id"]
    orders = changed(EXAMPLE_ORDERS, where, value)
    body = {"network": network, "orders": orders, "keep_good_rows": keep}
    send(client, "/v1/order-sets", json.dumps(body).encode())


@FOLLOWS
@given(where=places, value=values)
def test_a_plan_to_judge_with_one_wrong_value(
    client: TestClient, where: list[int], value: Any
) -> None:
    problem, plan = city_plan()
    judge = changed(plan_document(plan), where, value)
    body = {"problem": problem_document(problem), "judge": judge}
    send(client, "/v1/plans", json.dumps(body).encode())


@FOLLOWS
@given(
    name=st.sampled_from(["sites", "orders", "settings", "workbook"]),
    data=st.binary(max_size=200),
    at=st.integers(0, 5000),
)
def test_tables_with_damage(client: TestClient, name: str, data: bytes, at: int) -> None:
    parts = city_parts()
    if name == "workbook":
        parts = {"workbook": ("w.xlsx", b"PK\x03\x04" + data)}
    else:
        file, whole = parts[name]
        at %= len(whole)
        parts[name] = (file, whole[:at] + data + whole[at + len(data) :])
    answer = client.post("/v1/plans", files=parts)
    assert answer.status_code < 500, answer.text
