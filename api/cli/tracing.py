"""``coldgrid trace`` and ``coldgrid recall``: a batch followed, at the machine itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from api.cli.options import AsJson
from api.cli.outcome import Outcome

if TYPE_CHECKING:
    from api.services.tracing import Tracing

Batch: TypeAlias = Annotated[
    str, typer.Argument(metavar="BATCH", help="As the orders name it.", show_default=False)
]
Article: TypeAlias = Annotated[
    str | None, typer.Option(metavar="A", help="Whose batch.", show_default="any")
]


def trace(batch: Batch, article: Article = None, as_json: AsJson = False) -> int:
    """Say where a batch lay and rode, how warm it was there, and where it first was too warm."""
    from api.cli.terminal import print_json
    from api.cli.tracing_view import show_trace
    from api.schemas.tracing import TraceOut

    with _tracing() as tracing:
        found = TraceOut.of(tracing.trace(batch, article))
    if as_json:
        print_json(found.model_dump(mode="json", by_alias=True))
    else:
        show_trace(found)
    return Outcome.DONE


def recall(
    batch: Batch,
    article: Article = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print every line as a table for a spreadsheet.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """List all that is served from a batch, and where its goods are now."""
    from api.cli.terminal import print_bytes, print_json
    from api.cli.tracing_view import show_recall
    from api.schemas.tracing import RecallOut, recall_csv

    if as_csv and as_json:
        raise typer.BadParameter("--csv and --json exclude each other")
    with _tracing() as tracing:
        found = tracing.recall(batch, article)
    if as_csv:
        print_bytes(recall_csv(found).encode())
    elif as_json:
        print_json(RecallOut.of(found).model_dump(mode="json", by_alias=True))
    else:
        show_recall(RecallOut.of(found))
    return Outcome.DONE


@contextmanager
def _tracing() -> Iterator[Tracing]:
    from api.services.tracing import Tracing
    from api.settings import Settings
    from api.storage.database import Database
    from api.wiring import registry_of, telemetry_of, utc_now

    settings = Settings()
    registry = registry_of(settings, utc_now)
    database, telemetry = Database(settings.database), telemetry_of(settings)
    try:
        database.migrate()
        yield Tracing(database, telemetry, registry, clock=utc_now)
    finally:
        telemetry.close()
        database.close()
