"""What goes to the standard output: tables for people, or one JSON document."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

PIPE_WIDTH = 100
"""A pipe has no width of its own; ``COLUMNS`` gives it another."""


def prepare_streams() -> None:
    """Make sure that a sign the terminal cannot show costs the sign and not the answer."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def console(*, error_stream: bool = False) -> Console:
    """Open the standard output, or the error stream, for tables.

    Text is shown as it stands: an id in square brackets is an id and not a colour.
    """
    from rich.console import Console

    stream = sys.stderr if error_stream else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else PIPE_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_json(document: Any) -> None:  # noqa: ANN401 - any JSON document
    """Print one JSON document and nothing else."""
    print_bytes(json.dumps(document, ensure_ascii=False, allow_nan=False, indent=2).encode())


def print_bytes(document: bytes) -> None:
    """Print a document that is already encoded, byte by byte as a file would hold it."""
    sys.stdout.flush()
    sys.stdout.buffer.write(document if document.endswith(b"\n") else document + b"\n")
    sys.stdout.buffer.flush()


def money(cents: int) -> str:
    """Show integer cents in the currency's larger unit, whichever currency the prices are in."""
    return f"{cents / 100:,.2f}"
