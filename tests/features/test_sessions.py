"""People log in and out: cookies, CSRF tokens, lock-out, and how every session ends."""

from __future__ import annotations

from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient

from api.security.gate import COOKIE
from api.security.principal import Role
from api.services.accounts import UserChange
from api.storage import accounts
from api.wiring import Wiring
from tests.people import PASSWORD, machine, person
from tests.serving import StandingClock, served

NUMBERS = count()
BOSS = "boss"
"""Stands for the name of the house's own admin."""


class House:
    """A service with an admin of one's own, and a clock that stands still."""

    def __init__(self, client: TestClient, wiring: Wiring, clock: StandingClock) -> None:
        self.client = client
        self.wiring = wiring
        self.clock = clock
        self.number = next(NUMBERS)
        self.boss = person(wiring, Role.ADMIN, name=self.own(BOSS))

    def own(self, name: str) -> str:
        """Make a name that nobody in another test has."""
        return f"{name}.{self.number}"

    def log_in(
        self, password: str = PASSWORD, *, name: str = BOSS, headers: dict[str, str] | None = None
    ) -> Any:
        self.client.cookies.clear()
        body = {"name": self.own(name) if name else "", "password": password}
        return self.client.post("/v1/session", json=body, headers=headers)

    def who(self, headers: dict[str, str]) -> int:
        self.client.cookies.clear()
        return self.client.get("/v1/session", headers=headers).status_code

    def headers_of(self, answer: Any) -> dict[str, str]:
        return {
            "Cookie": f"{COOKIE}={cookie_in(answer).value}",
            "X-CSRF-Token": answer.json()["csrf_token"],
        }


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[TestClient, Wiring, StandingClock]]:
    clock = StandingClock()
    with served(tmp_path_factory.mktemp("sessions"), clock=clock) as (client, wiring):
        yield client, wiring, clock


@pytest.fixture
def house(service: tuple[TestClient, Wiring, StandingClock]) -> House:
    client, wiring, clock = service
    clock.advance(hours=1)  # what the test before asked for counts no more
    return House(client, wiring, clock)


def cookie_in(answer: Any) -> Morsel[str]:
    return SimpleCookie(answer.headers["set-cookie"])[COOKIE]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


# --- logging in ---------------------------------------------------------------------------------


def test_a_person_logs_in_and_is_known(house: House) -> None:
    answer = house.log_in(name="BOSS")
    assert answer.status_code == 200
    assert answer.json()["name"] == f"user:{house.boss.name}"
    assert answer.json()["role"] == "admin"
    again = house.client.get("/v1/session")
    assert again.json() == answer.json()  # the page gets its CSRF token anew


def test_neither_password_nor_secret_lies_in_the_database(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        house = House(client, wiring, StandingClock())
        answer = house.log_in()
        key = machine(wiring, Role.DRIVER)["Authorization"].removeprefix("Bearer ")
    secrets = [PASSWORD, cookie_in(answer).value, answer.json()["csrf_token"], key.split("_", 2)[2]]
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"argon2id" in kept
    assert not [secret for secret in secrets if secret.encode() in kept]


@pytest.mark.parametrize(
    ("host", "headers", "secure"),
    [
        ("localhost", {}, False),
        ("127.0.0.1:8000", {}, False),
        ("plans.example", {}, True),
        ("plans.example", {"origin": "https://plans.example"}, True),
        ("plans.example", {"origin": "http://plans.example"}, False),
    ],
)
def test_a_cookies_flags(house: House, host: str, headers: dict[str, str], secure: bool) -> None:
    cookie = cookie_in(house.log_in(headers={"host": host} | headers))
    assert bool(cookie["secure"]) is secure
    assert cookie["httponly"]
    assert cookie["samesite"].lower() == "strict"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert not cookie["max-age"] and not cookie["expires"]


@pytest.mark.parametrize(
    ("name", "password"), [(BOSS, "another password"), ("nobody", PASSWORD), ("", ""), (BOSS, "")]
)
def test_whatever_is_wrong_the_answer_is_the_same(house: House, name: str, password: str) -> None:
    answer = house.log_in(password, name=name)
    assert refusal(answer) == (401, "CG-7404")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "set-cookie" not in answer.headers
    house.clock.advance(minutes=2)
    expected = house.log_in("yet another password", name="who is this")
    assert answer.json() == expected.json()


def test_a_session_that_the_sender_made_up_is_not_adopted(house: House) -> None:
    fixed = {"Cookie": f"{COOKIE}=chosen-by-somebody-else"}
    answer = house.log_in(headers=fixed)
    assert answer.status_code == 200
    assert cookie_in(answer).value != "chosen-by-somebody-else"
    assert house.who(fixed) == 401


def test_logging_in_again_ends_the_browsers_old_session(house: House) -> None:
    first = house.headers_of(house.log_in())
    elsewhere = house.headers_of(house.log_in())
    second = house.headers_of(house.log_in(headers={"Cookie": first["Cookie"]}))
    assert [house.who(headers) for headers in (first, elsewhere, second)] == [401, 200, 200]


def test_a_password_kept_at_another_cost_is_kept_anew(house: House) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with house.wiring.database.write() as tx:
        accounts.change_user(tx, house.boss.row.id, password_hash=cheap)
    assert house.log_in().status_code == 200
    with house.wiring.database.read() as tx:
        kept = accounts.user(tx, house.boss.row.id)
    assert kept is not None
    assert "m=19456,t=2,p=1" in kept.password_hash
    assert house.log_in().status_code == 200


def test_a_page_from_elsewhere_cannot_log_anybody_in(house: House) -> None:
    answer = house.log_in(headers={"origin": "https://evil.example"})
    assert refusal(answer) == (403, "CG-7406")


# --- too many tries -----------------------------------------------------------------------------


def test_five_wrong_passwords_lock_the_account_for_a_quarter_of_an_hour(house: House) -> None:
    for _ in range(5):
        assert refusal(house.log_in("wrong password")) == (401, "CG-7404")
    assert refusal(house.log_in()) == (401, "CG-7404")
    house.clock.advance(minutes=14, seconds=59)
    assert refusal(house.log_in()) == (401, "CG-7404")
    house.clock.advance(seconds=1)
    assert house.log_in().status_code == 200


def test_trying_a_locked_account_does_not_lock_it_for_longer(house: House) -> None:
    for _ in range(5):
        house.log_in("wrong password")
    house.clock.advance(minutes=10)
    for _ in range(5):
        house.log_in("wrong password")
    house.clock.advance(minutes=5)
    assert house.log_in().status_code == 200


def test_the_right_password_begins_the_count_anew(house: House) -> None:
    for _ in range(3):
        for _ in range(4):
            house.log_in("wrong password")
        assert house.log_in().status_code == 200
        house.clock.advance(minutes=1)


def test_sessions_outlive_a_lock(house: House) -> None:
    headers = house.headers_of(house.log_in())
    for _ in range(5):
        house.log_in("wrong password")
    assert house.who(headers) == 200


def test_a_new_password_from_an_admin_unlocks(house: House) -> None:
    for _ in range(5):
        house.log_in("wrong password")
    new = "a password set at the machine"
    house.wiring.accounts.change_user(house.boss.row.id, UserChange(values={"password": new}))
    assert house.log_in(new).status_code == 200


def test_more_than_ten_log_ins_a_minute_have_to_wait(house: House) -> None:
    for number in range(10):
        assert house.log_in(name=f"user{number}").status_code == 401
    answer = house.log_in()
    assert refusal(answer) == (429, "CG-7013")
    assert answer.headers["retry-after"] == "60"
    house.clock.advance(minutes=1)
    assert house.log_in().status_code == 200


def test_one_name_is_tried_ten_times_a_minute_from_everywhere_together(house: House) -> None:
    def log_in(number: int) -> None:
        house.wiring.log_ins.log_in(house.own("nobody"), "wrong", address=f"192.0.2.{number}")

    for number in range(10):
        with pytest.raises(Exception, match="let nobody in"):
            log_in(number)
    with pytest.raises(Exception, match="more than 10"):
        log_in(10)


# --- CSRF ---------------------------------------------------------------------------------------


def change(house: House, headers: dict[str, str]) -> Any:
    house.client.cookies.clear()
    body = {"name": house.own("wang"), "password": "eleven pallets of ice", "role": "driver"}
    return house.client.post("/v1/users", json=body, headers=headers)


def test_a_change_needs_the_sessions_own_csrf_token(house: House) -> None:
    mine = house.headers_of(house.log_in())
    others = house.headers_of(house.log_in())
    cookie = {"Cookie": mine["Cookie"]}
    for token in (None, "", "0" * 64, others["X-CSRF-Token"]):
        headers = cookie if token is None else cookie | {"X-CSRF-Token": token}
        assert refusal(change(house, headers)) == (403, "CG-7406")
    assert change(house, mine).status_code == 201


def test_a_change_from_another_site_is_refused_even_with_the_token(house: House) -> None:
    mine = house.headers_of(house.log_in())
    for proof in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert refusal(change(house, mine | proof)) == (403, "CG-7406")
    assert change(house, mine | {"Origin": "http://localhost"}).status_code == 201


def test_a_key_needs_no_csrf_token(house: House) -> None:
    assert change(house, machine(house.wiring, Role.ADMIN)).status_code == 201


def test_reading_needs_no_csrf_token(house: House) -> None:
    mine = house.headers_of(house.log_in())
    assert house.who({"Cookie": mine["Cookie"]}) == 200


# --- how sessions end ---------------------------------------------------------------------------


def test_logging_out_ends_the_session_and_takes_the_cookie_back(house: House) -> None:
    mine = house.headers_of(house.log_in())
    house.client.cookies.clear()
    answer = house.client.delete("/v1/session", headers=mine)
    assert answer.status_code == 204
    assert cookie_in(answer).value == ""
    assert cookie_in(answer)["max-age"] == "0"
    assert house.who(mine) == 401


def test_a_session_rests_for_two_hours_at_most(house: House) -> None:
    mine = house.headers_of(house.log_in())
    house.clock.advance(hours=1, minutes=59)
    assert house.who(mine) == 200
    house.clock.advance(hours=1, minutes=59)
    assert house.who(mine) == 200
    house.clock.advance(hours=2)
    assert house.who(mine) == 401


def test_a_session_lasts_for_twelve_hours_at_most(house: House) -> None:
    mine = house.headers_of(house.log_in())
    for _ in range(11):
        house.clock.advance(hours=1)
        assert house.who(mine) == 200
    house.clock.advance(hours=1)
    assert house.who(mine) == 401


def test_a_disabled_users_sessions_end_at_once(house: House) -> None:
    user = person(house.wiring, Role.DRIVER, name=house.own("wang"))
    mine = house.headers_of(house.log_in(name="wang"))
    house.wiring.accounts.change_user(user.row.id, UserChange(values={"disabled": True}))
    assert house.who(mine) == 401
    assert refusal(house.log_in(name="wang")) == (401, "CG-7404")
    house.wiring.accounts.change_user(user.row.id, UserChange(values={"disabled": False}))
    assert house.who(mine) == 401
    assert house.log_in(name="wang").status_code == 200


def test_another_role_counts_from_the_next_request_on(house: House) -> None:
    user = person(house.wiring, Role.ADMIN, name=house.own("wang"))
    mine = house.headers_of(house.log_in(name="wang"))
    assert house.client.get("/v1/users", headers=mine).status_code == 200
    house.wiring.accounts.change_user(user.row.id, UserChange(values={"role": Role.DRIVER}))
    assert house.client.get("/v1/users", headers=mine).status_code == 403


def test_changing_the_password_ends_all_sessions_and_opens_one(house: House) -> None:
    new = "nine boxes of frozen dumplings"
    elsewhere = house.headers_of(house.log_in())
    mine = house.headers_of(house.log_in())
    house.client.cookies.clear()
    body = {"old": PASSWORD, "new": new}
    answer = house.client.put("/v1/session/password", json=body, headers=mine)
    assert answer.status_code == 200
    assert [house.who(headers) for headers in (elsewhere, mine)] == [401, 401]
    assert house.who(house.headers_of(answer)) == 200
    assert refusal(house.log_in()) == (401, "CG-7404")
    assert house.log_in(new).status_code == 200


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("wrong password", "nine boxes of dumplings", "old password is wrong"),
        (PASSWORD, "short", "5 characters"),
        (PASSWORD, PASSWORD, "is the old one"),
    ],
)
def test_a_password_is_not_changed_without_reason(
    house: House, old: str, new: str, why: str
) -> None:
    mine = house.headers_of(house.log_in())
    house.client.cookies.clear()
    answer = house.client.put("/v1/session/password", json={"old": old, "new": new}, headers=mine)
    assert refusal(answer) == (422, "CG-7412")
    assert why in answer.json()["detail"]
    assert house.who(mine) == 200


def test_guessing_the_old_password_locks_the_account_too(house: House) -> None:
    mine = house.headers_of(house.log_in())
    house.client.cookies.clear()
    for _ in range(5):
        body = {"old": "wrong password", "new": "nine boxes of dumplings"}
        house.client.put("/v1/session/password", json=body, headers=mine)
    body = {"old": PASSWORD, "new": "nine boxes of dumplings"}
    answer = house.client.put("/v1/session/password", json=body, headers=mine)
    assert refusal(answer) == (422, "CG-7412")
    assert refusal(house.log_in()) == (401, "CG-7404")


def test_a_key_has_no_password_to_change(house: House) -> None:
    body = {"old": PASSWORD, "new": "nine boxes of dumplings"}
    headers = machine(house.wiring, Role.DRIVER)
    answer = house.client.put("/v1/session/password", json=body, headers=headers)
    assert refusal(answer) == (409, "CG-7411")
