"""Admins make, change and end accounts and keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.security.principal import Role, Scope
from api.wiring import Wiring
from tests.people import PASSWORD, machine, person
from tests.serving import StandingClock, served


class Office:
    """An admin with a key."""

    def __init__(self, client: TestClient, wiring: Wiring, clock: StandingClock) -> None:
        self.client = client
        self.wiring = wiring
        self.clock = clock
        self.boss = person(wiring, Role.ADMIN, name="boss")
        self.key = machine(wiring, Role.ADMIN)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        extra: dict[str, Any] = {} if method in {"GET", "DELETE"} else {"json": body}
        return self.client.request(method, path, headers=self.key, **extra)

    def add(self, name: str, role: str = "driver", **more: Any) -> Any:
        return self.ask("POST", "/v1/users", name=name, password=PASSWORD, role=role, **more)

    def make_key(self, **changes: Any) -> Any:
        body = {"name": "scanner", "role": "warehouse", "scopes": ["plans:read"]} | changes
        return self.ask("POST", "/v1/keys", **body)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with opened(tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[Office]:
    """Give an office in which nobody else has done anything."""
    with opened(tmp_path) as office:
        yield office


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    clock = StandingClock()
    with served(folder, clock=clock) as (client, wiring):
        yield Office(client, wiring, clock)


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def status_with(office: Office, key: str, path: str = "/v1/session") -> int:
    headers = {"Authorization": f"Bearer {key}"}
    return office.client.get(path, headers=headers).status_code


# --- users --------------------------------------------------------------------------------------


def test_a_user_is_added_and_listed_without_the_password(own_office: Office) -> None:
    made = own_office.add("Wang", vehicle="V1")
    assert made.status_code == 201
    assert made.json()["name"] == "wang"
    assert made.json()["created_by"] == "key:admin machine"
    listed = own_office.ask("GET", "/v1/users")
    assert [item["name"] for item in listed.json()["items"]] == ["boss", "wang"]
    assert listed.json()["items"][1] == made.json()
    assert "argon2" not in listed.text + made.text


@pytest.mark.parametrize("name", ["wang", "WANG"])
def test_a_name_is_taken_once(office: Office, name: str) -> None:
    office.add("Wang")
    assert refusal(office.add(name)) == (409, "CG-7410")


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "a\n", "a\u0000", "-<script>"])
def test_a_name_is_made_of_few_signs(office: Office, name: str) -> None:
    assert refusal(office.add(name)) == (422, "CG-7006")


def test_a_name_may_be_chinese(office: Office) -> None:
    assert office.add("王小明").status_code == 201


def test_a_bad_password_is_refused(office: Office) -> None:
    body = {"name": "wang.xiaoming", "password": "Wang.Xiaoming", "role": "driver"}
    assert refusal(office.ask("POST", "/v1/users", **body)) == (422, "CG-7412")


def test_an_account_is_narrowed_and_widened(office: Office) -> None:
    path = f"/v1/users/{office.add('narrow', vehicle='V1').json()['id']}"
    changed = office.ask("PATCH", path, role="leader", sites=["P2", "P1", "P2"]).json()
    assert (changed["role"], changed["vehicle"], changed["sites"]) == ("leader", "V1", ["P1", "P2"])
    changed = office.ask("PATCH", path, vehicle=None, sites=None, role=None).json()
    assert (changed["role"], changed["vehicle"], changed["sites"]) == ("leader", None, None)
    assert office.ask("PATCH", path).json() == changed


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "driver"}])
def test_the_last_admin_stays_one(own_office: Office, change: dict[str, Any]) -> None:
    path = f"/v1/users/{own_office.boss.row.id}"
    assert refusal(own_office.ask("PATCH", path, **change)) == (409, "CG-7409")
    deputy = own_office.add("deputy", "admin").json()["id"]
    assert own_office.ask("PATCH", path, **change).status_code == 200
    # Now the deputy is the last one.
    assert refusal(own_office.ask("PATCH", f"/v1/users/{deputy}", **change)) == (409, "CG-7409")


def test_the_last_admin_may_change_otherwise(own_office: Office) -> None:
    path = f"/v1/users/{own_office.boss.row.id}"
    assert own_office.ask("PATCH", path, disabled=False, role="admin").status_code == 200
    assert own_office.ask("PATCH", path, password="another password").status_code == 200


def test_a_user_that_is_not_there_cannot_be_changed(office: Office) -> None:
    assert refusal(office.ask("PATCH", "/v1/users/nobody", disabled=True)) == (404, "CG-7001")


# --- keys ---------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_works(own_office: Office) -> None:
    made = own_office.make_key(sites=["G1"]).json()
    assert made["key"].startswith(f"ck_{made['prefix']}_")
    known = own_office.client.get("/v1/session", headers={"Authorization": f"bearer {made['key']}"})
    assert known.json() == {
        "name": "key:scanner", "role": "warehouse", "scopes": ["plans:read"], "vehicle": None,
        "sites": ["G1"], "csrf_token": None,
    }  # fmt: skip
    listed = own_office.ask("GET", "/v1/keys")
    assert made["key"].split("_", 2)[2] not in listed.text
    assert {"scanner", "admin machine"} == {item["name"] for item in listed.json()["items"]}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"valid_days": 0}, "CG-7006"),
        ({"valid_days": 367}, "CG-7006"),
        ({"scopes": []}, "CG-7006"),
        ({"scopes": ["everything"]}, "CG-7006"),
        ({"scopes": ["plans:read", "accounts"]}, "CG-7415"),
        ({"name": "a\u0000b"}, "CG-7006"),
        ({"secret": "mine"}, "CG-7006"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    office: Office, change: dict[str, Any], code: str
) -> None:
    assert refusal(office.make_key(**change)) == (422, code)


def test_half_a_sign_is_refused(office: Office) -> None:
    body = rb'{"name": "a", "role": "leader", "scopes": ["road:read"], "sites": ["\ud800"]}'
    headers = office.key | {"Content-Type": "application/json"}
    answer = office.client.post("/v1/keys", content=body, headers=headers)
    assert refusal(answer) == (422, "CG-7006")


def test_a_key_expires(own_office: Office) -> None:
    key = own_office.make_key(valid_days=30).json()["key"]
    own_office.clock.advance(days=29, hours=23)
    assert status_with(own_office, key) == 200
    own_office.clock.advance(hours=1)
    assert status_with(own_office, key) == 401


def test_a_key_is_good_for_ninety_days_unless_told(own_office: Office) -> None:
    made = own_office.make_key().json()
    assert made["created_at"][:10] == "2026-07-14"
    assert made["expires_at"][:10] == "2026-10-12"


def test_a_revoked_key_is_refused_from_then_on(own_office: Office) -> None:
    made = own_office.make_key().json()
    assert status_with(own_office, made["key"]) == 200
    revoked = own_office.ask("DELETE", f"/v1/keys/{made['id']}").json()
    assert revoked["revoked_at"] == "2026-07-14T12:00:00Z"
    assert status_with(own_office, made["key"]) == 401
    own_office.clock.advance(hours=1)
    assert own_office.ask("DELETE", f"/v1/keys/{made['id']}").json() == revoked
    assert refusal(own_office.ask("DELETE", "/v1/keys/nothing")) == (404, "CG-7001")


@pytest.mark.parametrize(
    "authorization",
    [
        "", "Bearer", "Bearer ", "Bearer garbage", "Basic Ym9zczpib3Nz", "Bearer ck_", "Bearer é",
        "Bearer ck_000000000000_0000000000000000000000000000000000000000000",
    ],
)  # fmt: skip
def test_garbage_is_no_key_and_is_not_helped_by_a_session(
    office: Office, authorization: str
) -> None:
    headers = office.boss.session(office.wiring) | {"Authorization": authorization}
    raw = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = office.client.get("/v1/session", headers=list(raw.items()))  # type: ignore[arg-type]
    assert refusal(answer) == (401, "CG-7402")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_another_keys_secret_does_not_fit(office: Office) -> None:
    one, other = office.make_key().json(), office.make_key().json()
    mixed = f"ck_{one['prefix']}_{other['key'].split('_', 2)[2]}"
    assert status_with(office, mixed) == 401
    assert status_with(office, one["key"][:-1]) == 401
    assert status_with(office, one["key"]) == 200


def test_a_key_has_no_more_than_its_scopes(office: Office) -> None:
    reader = machine(office.wiring, Role.ADMIN, scopes=[Scope.PLANS_READ])
    answer = office.client.get("/v1/users", headers=reader)
    assert refusal(answer) == (403, "CG-7405")
    assert "list_users with the scopes of this key" in answer.json()["detail"]
