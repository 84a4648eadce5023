"""Every route of the service × every role × every way to come: what the table says, holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from api.app import ROUTERS, create_app
from api.routers.route_table import OPENAPI, RouteTable
from api.security.access import ACCESS, PUBLIC, scopes_of
from api.security.principal import Role
from api.wiring import Wiring
from tests.people import Person, machine, person, staff
from tests.serving import served

ROLES = sorted(Role, key=lambda role: role.value)
NOT_ALLOWED = (403, "CG-7405")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    operation: str
    method: str
    path: str

    def ask(self, client: TestClient, headers: dict[str, str]) -> tuple[int, str | None]:
        """Ask for something that is not there; give status and error code."""
        path = re.sub(r"\{[^}]*\}", "1", self.path)
        body: dict[str, Any] = {} if self.method == "GET" else {"json": {}}
        answer = client.request(self.method, path, headers=headers, **body)
        code = answer.json()["code"] if answer.status_code >= 400 else None
        return answer.status_code, code


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    client: TestClient
    wiring: Wiring
    routes: list[Route]
    staff: dict[Role, Person]


def routes_of(document: dict[str, Any]) -> list[Route]:
    return [
        Route(operation=operation["operationId"], method=method.upper(), path=path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with served(tmp_path_factory.mktemp("access")) as (client, wiring):
        routes = routes_of(client.get("/v1/openapi.json").json())
        yield Service(client=client, wiring=wiring, routes=routes, staff=staff(wiring))


def test_every_route_has_a_row_or_is_public(service: Service) -> None:
    known = ACCESS.keys() | PUBLIC
    assert not [route for route in service.routes if route.operation not in known]


def test_no_route_is_public_and_in_the_table(service: Service) -> None:
    assert not ACCESS.keys() & PUBLIC


def test_without_account_only_public_routes_answer(service: Service) -> None:
    for route in service.routes:
        status, code = route.ask(service.client, {})
        if route.operation in PUBLIC:
            assert status not in {401, 403}, route
        else:
            assert (status, code) == (401, "CG-7401"), route


@pytest.mark.parametrize("role", ROLES)
def test_a_person_may_what_the_table_says(service: Service, role: Role) -> None:
    for route in service.routes:
        if route.operation not in PUBLIC:
            answer = route.ask(service.client, service.staff[role].session(service.wiring))
            expect(role, route, answer)


@pytest.mark.parametrize("role", ROLES)
def test_a_machine_may_what_the_table_says(service: Service, role: Role) -> None:
    headers = machine(service.wiring, role)
    for route in service.routes:
        if route.operation not in PUBLIC:
            expect(role, route, route.ask(service.client, headers))


@pytest.mark.parametrize("role", ROLES)
def test_a_key_without_the_scope_may_not(service: Service, role: Role) -> None:
    scopes = scopes_of(role)
    without = {
        scope: machine(service.wiring, role, scopes=scopes - {scope})
        for scope in scopes
        if scopes != {scope}
    }
    for route in service.routes:
        rule = ACCESS.get(route.operation)
        if rule is not None and role in rule.roles:
            assert route.ask(service.client, without[rule.scope]) == NOT_ALLOWED, route


def expect(role: Role, route: Route, answer: tuple[int, str | None]) -> None:
    if role in ACCESS[route.operation].roles:
        assert answer[0] not in {401, 403}, (role, route, answer)
        assert answer[0] < 500, (role, route, answer)
    else:
        assert answer == NOT_ALLOWED, (role, route)


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        (Role.DRIVER, "list_plans"),
        (Role.DRIVER, "create_user"),
        (Role.LEADER, "publish_plan"),
        (Role.WAREHOUSE, "request_plan"),
        (Role.PLANNER, "publish_plan"),
        (Role.PLANNER, "report_stop_event"),
        (Role.DISPATCHER, "read_audit"),
        (Role.DISPATCHER, "create_key"),
    ],
)
def test_the_table_keeps_roles_apart(role: Role, operation: str) -> None:
    assert role not in ACCESS[operation].roles


def test_accounts_are_for_admins_alone() -> None:
    accounts = {name for name, rule in ACCESS.items() if rule.scope.value == "accounts"}
    assert accounts >= {"create_user", "change_user", "create_key", "revoke_key", "read_audit"}
    assert all(ACCESS[name].roles == {Role.ADMIN} for name in accounts)


# --- default deny -------------------------------------------------------------------------------


def app_with(wiring: Wiring, path: str, **options: Any) -> FastAPI:
    app = create_app(wiring)
    app.add_api_route(path, lambda: {"secret": 1}, **options)
    return app


@pytest.mark.parametrize("options", [{"operation_id": "read_secret"}, {}, {"methods": ["POST"]}])
def test_a_route_that_nobody_put_into_the_table_is_denied(
    service: Service, options: dict[str, Any]
) -> None:
    client = local(app_with(service.wiring, "/v1/secret", **options))
    method = options.get("methods", ["GET"])[0]
    answer = client.request(method, "/v1/secret", headers=machine(service.wiring, Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == NOT_ALLOWED
    assert client.request(method, "/v1/secret").status_code == 401


def test_a_router_that_is_included_behind_the_guards_back_is_denied(service: Service) -> None:
    app = create_app(service.wiring)
    extra = APIRouter()
    extra.add_api_route("/v1/secret", lambda: {"secret": 1}, operation_id="list_plans")
    app.include_router(extra)
    answer = local(app).get("/v1/secret", headers=machine(service.wiring, Role.ADMIN))
    assert answer.status_code == 404


def test_a_mounted_app_is_denied(service: Service) -> None:
    inner = FastAPI()
    inner.add_api_route("/secret", lambda: {"secret": 1}, operation_id="list_plans")
    app = create_app(service.wiring)
    app.mount("/inner", inner)
    headers = machine(service.wiring, Role.ADMIN)
    assert local(app).get("/inner/secret", headers=headers).status_code == 404
    assert local(app).get("/inner/secret").status_code == 401


def test_a_websocket_is_denied(service: Service) -> None:
    app = create_app(service.wiring)

    @app.websocket("/v1/socket")
    async def _socket(websocket: Any) -> None:
        await websocket.accept()

    with (
        pytest.raises(WebSocketDisconnect) as closed,
        local(app).websocket_connect("/v1/socket", headers=machine(service.wiring, Role.ADMIN)),
    ):
        pass
    assert closed.value.code == 1008


def test_the_guard_and_the_framework_mean_the_same_route(service: Service) -> None:
    table = RouteTable(create_app(service.wiring), [router.router for router in ROUTERS])
    for route in service.routes:
        path = re.sub(r"\{[^}]*\}", "1", route.path)
        assert table.find(route.method, path).operation == route.operation
    assert table.find("GET", "/v1/openapi.json").operation == OPENAPI
    assert table.find("GET", "/v1/openapi.json/").operation is None


# --- what is not there --------------------------------------------------------------------------


def test_strangers_are_not_told_which_routes_exist(service: Service) -> None:
    assert service.client.get("/v1/nowhere").status_code == 401
    assert service.client.delete("/v1/session/password").status_code == 401


def test_who_is_known_is_told_what_is_not_there(service: Service) -> None:
    headers = machine(service.wiring, Role.DRIVER)
    assert service.client.get("/v1/nowhere", headers=headers).status_code == 404
    answer = service.client.put("/v1/session", headers=headers)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, POST"


@pytest.mark.parametrize("place", ["/v1/users/%00", "/v1/users/1%0a", "/v1/audit?actor=%00"])
def test_control_characters_reach_no_handler(service: Service, place: str) -> None:
    method = "GET" if "audit" in place else "PATCH"
    answer = service.client.request(method, place, headers=machine(service.wiring, Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) in {(400, "CG-7003"), (404, "CG-7001")}


def local(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000))


def test_everybody_may_ask_for_the_schema(tmp_path: Path) -> None:
    with served(tmp_path) as (client, wiring):
        person(wiring, Role.ADMIN)
        assert client.get("/v1/openapi.json").status_code == 200
