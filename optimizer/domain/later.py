"""Words that came later: a problem that does not use them keeps the digest it always had."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

LATER: Mapping[str, bool] = {"later": True}
"""Metadata of a field that stands in a digest only where it has another value than its default."""

Names = tuple[str, ...]
Defaults = tuple[tuple[str, Any], ...]


_KNOWN: dict[type[Any], tuple[Names, Defaults]] = {}


def silent_values(kind: type[Any]) -> tuple[Names, Defaults]:
    """Tell the fields of a class that always stand in a digest from those that came later.

    The answer is remembered per class: a day has thousands of lines and a handful of classes.

    Returns
    -------
    tuple
        The names that always stand there, and the others with the value that is passed over.
    """
    known = _KNOWN.get(kind)
    if known is None:
        every = fields(kind)
        later = tuple((one.name, _default(one)) for one in every if one.metadata.get("later"))
        names = {name for name, _ in later}
        known = tuple(one.name for one in every if one.name not in names), later
        _KNOWN[kind] = known
    return known


def _default(field: Field[Any]) -> Any:  # noqa: ANN401 - any value of the domain
    return field.default if field.default_factory is MISSING else field.default_factory()
