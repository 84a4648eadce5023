"""JSON as RFC 8259 means it: no key twice in one object, no NaN, no bottomless nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn


def json_from_text(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Parse JSON.

    Raises
    ------
    ValueError
        For anything that is not JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
