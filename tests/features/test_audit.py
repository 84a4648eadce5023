"""What was changed and who was refused is noted, without secrets; every answer has its headers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, StreamingResponse
from fastapi.testclient import TestClient
from sqlalchemy import text
from structlog.testing import capture_logs

from api.app import create_app
from api.security.principal import Role
from api.security.response_headers import ALWAYS, PAPER
from api.wiring import Wiring
from tests.people import PASSWORD, machine, person
from tests.serving import StandingClock, served

MADE_UP = "a made-up secret that nobody may read"


class Desk:
    """An admin with a key who reads what is noted."""

    def __init__(self, client: TestClient, wiring: Wiring, clock: StandingClock) -> None:
        self.client = client
        self.wiring = wiring
        self.clock = clock
        person(wiring, Role.ADMIN, name="boss")
        self.key = machine(wiring, Role.ADMIN)

    def notes(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.client.get("/v1/audit", params=query, headers=self.key)
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = StandingClock()
    with served(tmp_path, clock=clock) as (client, wiring):
        yield Desk(client, wiring, clock)


def test_a_change_is_noted_with_who_what_and_how_it_went(desk: Desk) -> None:
    wanted = {"X-Request-ID": "scan-2026-07-14"}
    answer = desk.client.patch("/v1/users/nobody", json={}, headers=desk.key | wanted)
    assert answer.headers["x-request-id"] == "scan-2026-07-14"
    (note,) = desk.notes()
    assert note["number"] >= 1
    assert note["detail"].pop("key") in desk.key["Authorization"]
    assert {name: value for name, value in note.items() if name != "number"} == {
        "at": "2026-07-14T12:00:00Z",
        "actor": "key:admin machine",
        "role": "admin",
        "action": "change_user",
        "subject": "user=nobody",
        "status": 404,
        "request_id": "scan-2026-07-14",
        "detail": {},
    }


def test_reading_is_not_noted(desk: Desk) -> None:
    desk.client.get("/v1/users", headers=desk.key)
    desk.client.get("/healthz")
    assert desk.notes() == []


def test_who_was_refused_is_noted_too(desk: Desk) -> None:
    driver = machine(desk.wiring, Role.DRIVER)
    desk.client.get("/v1/users")
    desk.client.get("/v1/users", headers=driver)
    desk.client.post("/v1/session", json={"name": "boss", "password": "wrong"})
    seen = [(note["actor"], note["role"], note["action"], note["status"]) for note in desk.notes()]
    assert seen == [
        ("anonymous", "none", "log_in", 401),
        ("key:driver machine", "driver", "list_users", 403),
        ("anonymous", "none", "list_users", 401),
    ]
    assert desk.notes()[0]["detail"] == {"address": "127.0.0.1"}


def test_a_log_in_is_noted_with_who_came(desk: Desk) -> None:
    desk.client.post("/v1/session", json={"name": "boss", "password": PASSWORD})
    desk.client.cookies.clear()
    (note,) = desk.notes()
    assert (note["action"], note["status"], note["detail"]) == (
        "log_in",
        200,
        {"user": "user:boss"},
    )


def test_no_secret_gets_into_the_audit_log_or_the_log(desk: Desk, capfd: Any) -> None:
    body = {"name": "wang", "password": MADE_UP, "role": "driver"}
    with capture_logs() as logged:
        user = desk.client.post("/v1/users", json=body, headers=desk.key).json()["id"]
        for wrong in (MADE_UP + "!", MADE_UP[:-1]):
            desk.client.post("/v1/session", json={"name": "wang", "password": wrong})
        # People type the password where the name goes.
        desk.client.post("/v1/session", json={"name": MADE_UP, "password": ""})
        desk.client.post("/v1/session", json={"name": "wang", "password": {"a": MADE_UP}})
        desk.client.post("/v1/users", json=body | {"role": MADE_UP}, headers=desk.key)
        opened = desk.client.post("/v1/session", json={"name": "wang", "password": MADE_UP})
        desk.client.cookies.clear()
        change = {"password": f"{MADE_UP} 2", "disabled": True}
        desk.client.patch(f"/v1/users/{user}", json=change, headers=desk.key)
        key = desk.client.post(
            "/v1/keys",
            json={"name": "a", "role": "driver", "scopes": ["road:read"]},
            headers=desk.key,
        ).json()["key"]
        kept = str(desk.notes(limit=1000))
    shown = capfd.readouterr()
    everything = kept + str(logged) + shown.out + shown.err
    assert "'password': 'changed'" in kept
    secrets = [MADE_UP[:-1], key.split("_", 2)[2], opened.json()["csrf_token"]]
    secrets.append(opened.headers["set-cookie"].partition("=")[2].partition(";")[0])
    assert not [secret for secret in secrets if secret in everything]


def test_pages_of_the_log_lead_back_to_its_beginning(desk: Desk) -> None:
    for number in range(7):
        desk.client.patch(f"/v1/users/u{number}", json={}, headers=desk.key)
    subjects: list[str] = []
    before = None
    while True:
        query = {"limit": 3} | ({} if before is None else {"before": before})
        page = desk.client.get("/v1/audit", params=query, headers=desk.key).json()
        subjects += [note["subject"] for note in page["items"]]
        before = page["next_before"]
        if before is None:
            break
    assert subjects == [f"user=u{number}" for number in reversed(range(7))]


def test_the_log_is_searched_by_actor_and_action(desk: Desk) -> None:
    desk.client.patch("/v1/users/a", json={}, headers=desk.key)
    desk.client.patch("/v1/users/a", json={}, headers=machine(desk.wiring, Role.DRIVER))
    desk.client.delete("/v1/keys/a", headers=desk.key)
    assert len(desk.notes(actor="key:driver machine")) == 1
    assert len(desk.notes(action="change_user")) == 2
    assert len(desk.notes(action="change_user", actor="key:admin machine")) == 1


def test_strangers_cannot_fill_the_log(desk: Desk) -> None:
    for _ in range(70):
        desk.client.get("/v1/users")
    assert len(desk.notes(limit=1000)) == 60
    desk.clock.advance(minutes=1)
    desk.client.get("/v1/users")
    assert len(desk.notes(limit=1000)) == 61


def test_a_change_that_cannot_be_noted_is_not_silent(desk: Desk) -> None:
    with desk.wiring.database.write() as tx:
        tx.execute(text("DROP TABLE audit"))
    body = {"name": "wang", "password": PASSWORD, "role": "driver"}
    with capture_logs() as logged:
        answer = desk.client.post("/v1/users", json=body, headers=desk.key)
    assert (answer.status_code, answer.json()["code"]) == (503, "CG-7414")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "audit note not written" in [entry["event"] for entry in logged]
    # It says so because the change itself was made.
    assert desk.wiring.accounts.user_named("wang").role == "driver"


# --- request ids and headers --------------------------------------------------------------------


@pytest.mark.parametrize("offered", ["short", "x" * 65, "has blank in it", "semi;colon;x", ""])
def test_a_request_id_that_is_none_is_replaced(desk: Desk, offered: str) -> None:
    given = desk.client.get("/healthz", headers={"X-Request-ID": offered}).headers["x-request-id"]
    assert given != offered
    assert len(given) == 32


def test_every_answer_bears_the_headers(desk: Desk) -> None:
    answers = [
        desk.client.get("/healthz"),
        desk.client.get("/v1/users", headers=desk.key),
        desk.client.get("/v1/users"),
        desk.client.get("/v1/nowhere", headers=desk.key),
        desk.client.put("/v1/users", headers=desk.key),
        desk.client.post("/v1/users", json={}, headers=desk.key),
        desk.client.post("/v1/session", json={"name": "boss", "password": PASSWORD}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 401, 404, 405, 422, 200]
    for answer in answers:
        assert ALWAYS.items() <= dict(answer.headers).items()
        assert len(answer.headers["x-request-id"]) == 32
        assert "server" not in answer.headers


# --- handlers of other kinds --------------------------------------------------------------------


def app_with(desk: Desk, handler: Any) -> FastAPI:
    """Put a handler behind the guard, in a place that admins may use."""
    app = create_app(desk.wiring)
    app.add_api_route("/v1/extra", handler, methods=["GET", "POST"], operation_id="metrics")
    return app


def browser(app: FastAPI) -> TestClient:
    # Whatever a handler raises is answered by the guard, not by the framework around it.
    return TestClient(app, base_url="http://localhost", raise_server_exceptions=True)


def test_a_defect_is_answered_with_headers_and_noted(desk: Desk) -> None:
    def broken() -> None:
        raise ZeroDivisionError("unforeseen")

    with capture_logs() as logged:
        answer = browser(app_with(desk, broken)).post("/v1/extra", headers=desk.key)
    assert (answer.status_code, answer.json()["code"]) == (500, "CG-7012")
    assert "unforeseen failure" in [entry["event"] for entry in logged]
    assert ALWAYS.items() <= dict(answer.headers).items()
    assert desk.notes()[0]["status"] == 500


def test_a_page_may_have_a_policy_of_its_own(desk: Desk) -> None:
    def page() -> HTMLResponse:
        return HTMLResponse("<p>", headers={"Content-Security-Policy": PAPER})

    answer = browser(app_with(desk, page)).get("/v1/extra", headers=desk.key)
    assert answer.headers.get_list("content-security-policy") == [PAPER]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_stream_passes_piece_by_piece(desk: Desk) -> None:
    """The second piece is made only after the first has been read."""
    read = asyncio.Event()

    async def pieces() -> Any:
        yield b"first"
        await asyncio.wait_for(read.wait(), 10)
        yield b"second"

    app = app_with(desk, lambda: StreamingResponse(pieces()))
    got: list[bytes] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body" and message["body"]:
            got.append(message["body"])
            read.set()

    async def receive() -> Any:
        await asyncio.Event().wait()

    headers = [(name.lower().encode(), value.encode()) for name, value in desk.key.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "method": "GET",
        "path": "/v1/extra", "raw_path": b"/v1/extra", "query_string": b"", "headers": headers,
        "scheme": "http", "client": ("127.0.0.1", 5), "server": ("localhost", 80),
        "http_version": "1.1", "root_path": "",
    }  # fmt: skip
    asyncio.run(app(scope, receive, send))
    assert got == [b"first", b"second"]
