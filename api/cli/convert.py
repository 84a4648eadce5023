"""``coldgrid convert``: other people's data as problem folders."""

from __future__ import annotations

import typer

convert = typer.Typer(help="Turn other data into a problem folder.", no_args_is_help=True)
