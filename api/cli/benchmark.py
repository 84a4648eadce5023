"""``coldgrid benchmark``: measure against published best costs."""

from __future__ import annotations

import typer

benchmark = typer.Typer(help="Measure against published best costs.", no_args_is_help=True)
