"""The JSON Schemas (draft 2020-12) of the documents that people and programs exchange with us.

``schema`` gives one, ``schema_errors`` holds a document against it. They are package data.
Must not import anything of coldgrid.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from jsonschema import Draft202012Validator

NAMES = ("problem", "plan", "reroute")
LONGEST_MESSAGE = 200


@functools.cache
def _text(name: str) -> str:
    if name not in NAMES:
        raise KeyError(f"no schema is called {name!r}; there are {', '.join(NAMES)}")
    file = resources.files(__package__).joinpath(f"{name}.schema.json")
    return file.read_text(encoding="utf-8")


def schema(name: str) -> dict[str, Any]:
    """Give the JSON Schema of ``problem``, ``plan`` or ``reroute``; the copy may be changed.

    Raises
    ------
    KeyError
        There is no schema of this name.
    """
    document: dict[str, Any] = json.loads(_text(name))
    return document


@functools.cache
def _validator(name: str) -> Draft202012Validator:
    whole = schema(name)
    definitions = whole.pop("$defs")
    return Draft202012Validator(_inlined(whole, definitions))


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """Put definitions in place of references: looking them up takes most of a validation."""
    if isinstance(part, list):
        return [_inlined(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/$defs/")
        return _inlined(definitions[name], definitions)
    return {key: _inlined(value, definitions) for key, value in part.items()}


def schema_errors(name: str, document: object) -> Iterator[tuple[str, str]]:
    """Give the JSON pointer and the cause of every way in which a document breaks its schema."""
    for error in _validator(name).iter_errors(document):
        parts = [str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path]
        message = error.message
        if len(message) > LONGEST_MESSAGE:
            message = message[:LONGEST_MESSAGE] + "…"
        yield "".join(f"/{part}" for part in parts) or "/", message
