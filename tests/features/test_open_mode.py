"""Without users the machine's own people are admins, and nobody else gets in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Wiring
from tests.people import PASSWORD
from tests.serving import served

USERS = "/v1/users"


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[tuple[TestClient, Wiring]]:
    with served(tmp_path) as service:
        yield service


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_this_machines_own_people_are_admins(empty: tuple[TestClient, Wiring]) -> None:
    client, _ = empty
    who = client.get("/v1/session").json()
    assert (who["name"], who["role"], who["csrf_token"]) == ("local", "admin", None)
    assert client.get("/v1/audit").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "192.168.1.4:8000"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
    ],
)
def test_a_page_or_proxy_from_elsewhere_is_nobody(
    empty: tuple[TestClient, Wiring], headers: dict[str, str]
) -> None:
    client, wiring = empty
    for method in ("GET", "POST"):
        answer = client.request(method, USERS, headers=headers)
        assert refusal(answer) == (403, "CG-7408")
        assert "coldgrid user add NAME --role admin" in answer.json()["action"]
    assert not wiring.accounts.any_user()


def test_another_local_page_may_look_but_not_change(empty: tuple[TestClient, Wiring]) -> None:
    client, _ = empty
    other = {"Origin": "http://localhost:3000"}
    assert client.get(USERS, headers=other).status_code == 200
    assert refusal(client.post(USERS, json={}, headers=other)) == (403, "CG-7406")


@pytest.mark.parametrize("address", ["192.168.1.7", "10.0.0.1", "2001:db8::1"])
def test_another_machine_is_nobody(empty: tuple[TestClient, Wiring], address: str) -> None:
    _, wiring = empty
    app = create_app(wiring)
    client = TestClient(app, base_url="http://localhost", client=(address, 50000))
    assert refusal(client.get(USERS)) == (403, "CG-7408")


def test_the_first_user_ends_open_mode(empty: tuple[TestClient, Wiring]) -> None:
    client, _ = empty
    body = {"name": "boss", "password": PASSWORD, "role": "admin"}
    assert client.post(USERS, json=body).status_code == 201
    assert refusal(client.get(USERS)) == (401, "CG-7401")
    assert client.post("/v1/session", json={"name": "boss", "password": PASSWORD}).is_success
    assert client.get(USERS).status_code == 200


def test_the_first_account_is_an_admins(empty: tuple[TestClient, Wiring]) -> None:
    client, wiring = empty
    driver = {"name": "wang", "password": PASSWORD, "role": "driver"}
    assert refusal(client.post(USERS, json=driver)) == (409, "CG-7409")
    key = {"name": "scanner", "role": "admin", "scopes": ["accounts"]}
    assert refusal(client.post("/v1/keys", json=key)) == (409, "CG-7409")
    assert not wiring.accounts.any_user()


def test_garbage_gets_nobody_in_even_here(empty: tuple[TestClient, Wiring]) -> None:
    client, _ = empty
    assert client.get(USERS, headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get(USERS, headers={"Cookie": "coldgrid_session=x"}).status_code == 401
