"""The JSON Schema of scenario files, made of the same declarations by which they are read.

Editors with a YAML language server take it from the first line of a file:
``# yaml-language-server: $schema=scenario.schema.json``.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenarios.disturbances import DISTURBANCES
from scenarios.language.kinds import ListOf, MapOf, Schema, Text
from scenarios.language.shapes import Record, summary
from scenarios.metrics import KPIS
from scenarios.overrides.every import OVERRIDES
from scenarios.reading import ITERATIONS, PROMISE_KPI, SEED
from scenarios.spec import (
    DEFAULT_ITERATIONS,
    DEFAULT_SEEDS,
    SCENARIO_SCHEMA,
    VARIATION,
    Target,
    Title,
)


def scenario_schema() -> Schema:
    """Give the JSON Schema (draft 2020-12) of a scenario file."""
    title = {
        "description": "What people call it.",
        "anyOf": [Text().schema(), Record(Title).schema()],
    }
    names = ListOf(Text()).schema()
    variant = {
        "name": {"description": "Its name; baseline is the base itself.", "type": "string"},
        "title": title,
        "overrides": {"description": "Names of lists of overrides, applied in order.", **names},
        "disturbances": {"description": "Names of lists of disturbances.", **names},
        "variation": {"description": "How much its day differs from its plan.",
                      **VARIATION.schema()},
    }  # fmt: skip
    properties = {
        "schema": {"description": "This version.", "const": SCENARIO_SCHEMA},
        "name": {"description": "Without it, the file's name.", "type": "string"},
        "title": title,
        "base": {"description": "Base problem, relative to this file.", "type": "string"},
        "seeds": {"description": "Seeds of planner, draws and day.", **ListOf(SEED).schema(),
                  "default": list(DEFAULT_SEEDS)},
        "iterations": {"description": "Of the planner, for every plan.", **ITERATIONS.schema(),
                       "default": DEFAULT_ITERATIONS},
        "kpis": {"description": "Key figures shown first, with targets.", **_kpis()},
        "variation": {"description": "How much any day differs from its plan; standard"
                      " deviations are shares.", **VARIATION.schema()},
        "overrides": {"description": "Lists by name: what the planner knows of.",
                      "type": "object", "additionalProperties": _lists(OVERRIDES)},
        "disturbances": {"description": "Lists by name: what hits the planned day.",
                         "type": "object", "additionalProperties": _lists(DISTURBANCES)},
        "variants": {"description": "What is compared with the baseline.", "type": "array",
                     "minItems": 1,
                     "items": {"type": "object", "properties": variant, "required": ["name"],
                               "additionalProperties": False}},
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "coldgrid scenario",
        "type": "object",
        "properties": properties,
        "required": ["schema", "variants"],
        "additionalProperties": False,
    }


def _lists(there: Mapping[str, Record]) -> Schema:
    """Describe a list of mappings of one key each."""
    one = [
        {
            "type": "object",
            "description": summary(record.made),
            "properties": {name: record.schema()},
            "required": [name],
            "additionalProperties": False,
        }
        for name, record in there.items()
    ]
    return {"type": "array", "items": {"oneOf": one}}


def _kpis() -> Schema:
    name = {"anyOf": [{"enum": list(KPIS)}, {"type": "string", "pattern": f"^{PROMISE_KPI}"}]}
    target = MapOf(Record(Target)).schema()
    targets = {**target, "propertyNames": name}
    # A figure may stand there without a target.
    targets["additionalProperties"] = {"anyOf": [{"type": "null"}, target["additionalProperties"]]}
    return {"anyOf": [{"type": "array", "items": name}, targets]}
