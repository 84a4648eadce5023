"""The OpenAPI document: what the framework writes, with roles, credentials and refusals added."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from api.problem_details import MEDIA_TYPE
from api.security.access import ACCESS, PUBLIC

CREDENTIALS = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key of a machine."},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "coldgrid_session",
        "description": "A person's session; changes need the header X-CSRF-Token besides.",
    },
}

_TEXT = {"type": "string"}
PROBLEM_DETAIL = {
    "type": "object",
    "description": "Why the service refused (RFC 9457); docs/errors.md has every code.",
    "required": ["type", "title", "status", "detail", "instance", "code", "cause", "action"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened this time."},
        "instance": _TEXT,
        "code": {"type": "string", "pattern": "^CG-[0-9]{4}$"},
        "cause": _TEXT,
        "action": {"type": "string", "description": "What to do about it."},
        "fault_count": {"type": "integer"},
        "faults": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["code", "place", "cause", "action"],
                "properties": dict.fromkeys(("code", "place", "cause", "action"), _TEXT),
            },
        },
    },
}


def describe(app: FastAPI) -> None:
    """Let an app give the completed document; it is written once."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # the framework's own way to do it


def completed(document: dict[str, Any]) -> dict[str, Any]:
    """Add to every operation who may use it and how it refuses.

    Parameters
    ----------
    document
        As the framework writes it; changed in place.
    """
    components = document.setdefault("components", {})
    components["securitySchemes"] = CREDENTIALS
    schemas = components.setdefault("schemas", {})
    schemas["ProblemDetail"] = PROBLEM_DETAIL
    # The framework's own shape of a refused body is never sent.
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    refused = {
        "description": "Refused: a problem detail says why and what to do.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetail"}}},
    }
    for operation in operations(document):
        operation["responses"].pop("422", None)
        operation["responses"]["default"] = refused
        _name_roles(operation)
    return document


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give every operation of a document."""
    for path in document["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "operationId" in operation:
                yield operation


def _name_roles(operation: dict[str, Any]) -> None:
    name = operation["operationId"]
    if name in PUBLIC:
        operation["security"] = []
        return
    operation["security"] = [{kind: []} for kind in CREDENTIALS]
    rule = ACCESS.get(name)
    if rule is not None:
        operation["x-roles"] = sorted(role.value for role in rule.roles)
        operation["x-scope"] = rule.scope.value
