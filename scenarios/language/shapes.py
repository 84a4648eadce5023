"""Records of values: a frozen dataclass whose fields say what may stand in them and what it means.

Reader, JSON Schema and the tables of the documentation follow from the same fields, so that none
of them can know a key that the others do not.
"""

from __future__ import annotations

import inspect
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, TypeVar

from scenarios.language.kinds import Kind, Schema
from scenarios.language.nodes import Node

T = TypeVar("T")
KIND, MEANING = "kind", "meaning"


def told(meaning: str, kind: Kind, default: Any = MISSING) -> Any:  # noqa: ANN401 - a dataclass field
    """Declare a field of a record.

    Parameters
    ----------
    meaning
        One sentence for the person who writes the file.
    kind
        What may stand there.
    default
        What an absent value means; without one it must be there.
    """
    notes = {KIND: kind, MEANING: meaning}
    if default is MISSING:
        return field(metadata=notes)
    return field(default=default, metadata=notes)


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping that is read into a dataclass.

    Parameters
    ----------
    made
        The dataclass; every field of it is declared by ``told``.
    """

    made: type[Any]

    def read(self, node: Node) -> Any:  # noqa: ANN401 - any record
        """Read a record; None where anything in it is wrong, which is noted."""
        before = len(node.log.faults)
        known = {one.name: one for one in fields(self.made)}
        child = node.fields(tuple(known))
        if len(node.log.faults) > before and not node.is_mapping:
            return None
        values: dict[str, Any] = {}
        for name, one in known.items():
            value = child(name)
            if not value.is_absent:
                values[name] = one.metadata[KIND].read(value)
            elif one.default is MISSING:
                value.fault("CG-1603", "this has no default and is missing")
        if len(node.log.faults) > before:
            return None
        made = self.made(**values)
        reason = getattr(made, "refusal", lambda: None)()
        if reason is not None:
            node.fault(*reason)
        return made if reason is None else None

    def schema(self) -> Schema:
        """Describe the mapping with the meaning of every key."""
        every = fields(self.made)
        described = {
            one.name: {
                "description": one.metadata[MEANING],
                **one.metadata[KIND].schema(),
                **_default(one.default),
            }
            for one in every
        }
        needed = [one.name for one in every if one.default is MISSING]
        return {
            "type": "object",
            "description": summary(self.made),
            "properties": described,
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
        }


def _default(value: object) -> Schema:
    plain = isinstance(value, str | int | float) and value not in {"", None}
    return {"default": value} if plain else {}


def summary(made: type[Any]) -> str:
    """Give the first paragraph of a class's docstring."""
    return " ".join(inspect.cleandoc(made.__doc__ or "").split("\n\n")[0].split())
