"""``coldgrid schema``: the JSON Schemas of what coldgrid reads and writes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class SchemaName(StrEnum):
    """The documents that have a schema."""

    PROBLEM = "problem"
    PLAN = "plan"
    REROUTE = "reroute"
    SCENARIO = "scenario"


def schema(
    name: Annotated[SchemaName, typer.Argument(help="Which document.", show_default=False)],
) -> None:
    """Print the JSON Schema of a problem, a plan, an answer to a break, or a scenario file."""
    from api.cli.terminal import print_json
    from optimizer.formats.schemas import schema as schema_of

    if name is SchemaName.SCENARIO:
        from scenarios.schema import scenario_schema

        print_json(scenario_schema())
        return
    print_json(schema_of(name.value))
