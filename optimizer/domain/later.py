"""Words that came later: a problem that does not use them keeps the digest it always had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field
from typing import Any

LATER: Mapping[str, bool] = {"later": True}
"""Metadata of a field that stands in a digest only where it has another value than its default."""


def is_silent(field: Field[Any], value: Any) -> bool:  # noqa: ANN401 - any value of the domain
    """Say whether a field came later and has its default value, so that digests pass over it."""
    if not field.metadata.get("later"):
        return False
    if field.default_factory is not MISSING:
        return bool(value == field.default_factory())
    return bool(value == field.default)
