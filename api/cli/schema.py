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


def schema(
    name: Annotated[SchemaName, typer.Argument(help="Which document.", show_default=False)],
) -> None:
    """Print the JSON Schema of a problem, of a plan, or of an answer to a break."""
    from api.cli.terminal import print_json
    from optimizer.formats.schemas import schema as schema_of

    print_json(schema_of(name.value))
