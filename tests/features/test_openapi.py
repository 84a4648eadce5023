"""The OpenAPI document is whole: every route has its row, its words, and examples that work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.description import operations
from api.problem_details import MEDIA_TYPE, STATUS, STATUS_OF_CLASS, detail_of, status_of
from api.security.access import ACCESS, PUBLIC
from api.service_errors import ALL_ERRORS, SERVICE_ERRORS
from api.wiring import wire
from optimizer.domain.error_table import ERRORS
from tests.serving import settings_in


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    wiring = wire(settings_in(tmp_path_factory.mktemp("openapi")))
    try:
        described: dict[str, Any] = create_app(wiring).openapi()
    finally:
        wiring.database.close()
    return described


def test_routes_and_access_table_name_each_other(document: dict[str, Any]) -> None:
    routes = {operation["operationId"] for operation in operations(document)}
    # The document describes itself, so its own route is not in it.
    assert routes | {"read_openapi"} == set(ACCESS) | PUBLIC


def test_no_route_is_public_and_ruled_at_once() -> None:
    assert not PUBLIC & set(ACCESS)


def test_every_operation_says_what_it_does_and_how_it_refuses(document: dict[str, Any]) -> None:
    for operation in operations(document):
        name = operation["operationId"]
        assert operation.get("summary"), name
        assert operation.get("description"), name
        assert operation.get("tags"), name
        assert MEDIA_TYPE in operation["responses"]["default"]["content"], name


def _shapes(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    """Give every shape that a body may have: alternatives and lists taken apart."""
    if "$ref" in schema:
        return _shapes(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    alternatives = schema.get("oneOf") or schema.get("anyOf")
    if alternatives and not schema.get("examples"):
        return [shape for each in alternatives for shape in _shapes(each, schemas)]
    if schema.get("type") == "array":
        return _shapes(schema["items"], schemas)
    # A body that may be left out has null as one of its forms.
    return [] if schema.get("type") == "null" else [schema]


def test_every_json_body_has_an_example(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or content.get("example") or content.get("examples"):
            continue
        for shape in _shapes(content["schema"], schemas):
            assert shape.get("examples"), f"{operation['operationId']}: {shape.get('title')}"


@pytest.mark.parametrize("code", SERVICE_ERRORS)
def test_every_code_of_the_service_makes_a_problem_detail(code: str) -> None:
    written = detail_of(code, "what happened", "/v1/plans")
    assert written["status"] == status_of(code)
    assert 400 <= written["status"] < 600
    assert all(written[part] for part in ("title", "cause", "action", "type", "instance"))


def test_statuses_belong_to_known_codes() -> None:
    assert set(STATUS) <= set(ALL_ERRORS)
    assert {code[3] for code in ALL_ERRORS} <= set(STATUS_OF_CLASS)
    assert not set(ERRORS) & set(SERVICE_ERRORS)


def test_no_example_names_a_path_of_a_machine(document: dict[str, Any]) -> None:
    assert str(Path.home()) not in str(document)
