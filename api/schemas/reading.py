"""Reads a body against its schema where the framework cannot: one route, several media types."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from optimizer.domain.errors import Fault, InputRefused

Body = TypeVar("Body", bound=BaseModel)


def read_body(schema: type[Body], document: object) -> Body:
    """Hold a document against a schema.

    Raises
    ------
    InputRefused
        With every place that breaks the schema.
    """
    try:
        return schema.model_validate(document)
    except ValidationError as error:
        raise InputRefused([_fault(item) for item in error.errors(include_url=False)]) from error


def body_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """Give the JSON Schema of a body that consists of plain values."""
    return schema.model_json_schema(ref_template="#/components/schemas/{model}")


def cause_of(item: Any) -> str:  # noqa: ANN401 - pydantic's own form
    """Say what a schema found, in words for whoever sent the body."""
    if item["type"] == "extra_forbidden":
        return "there is no value of this name; nobody would read it"
    return str(item["msg"]).removeprefix("Value error, ")


def _fault(item: Any) -> Fault:  # noqa: ANN401 - pydantic's own form
    return Fault(
        code="CG-7006",
        place="/".join(("body", *(str(step) for step in item["loc"]))),
        cause=cause_of(item),
        action="Correct this value; /v1/openapi.json has the schema",
    )
