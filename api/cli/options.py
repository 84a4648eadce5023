"""Options that several commands share, so that they are called and refused alike."""

from __future__ import annotations

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

MOST_SEED = 2**31 - 1
MOST_WORKERS = 512
DEFAULT_SECONDS = 30.0


class EngineName(StrEnum):
    """The routing solvers by the names that ``optimizer.solve.ENGINES`` knows."""

    PORTFOLIO = "portfolio"
    ORTOOLS = "ortools"
    PYVRP = "pyvrp"


def positive(seconds: float | None) -> float | None:
    """Refuse a number of seconds in which nothing can be done, and one that never ends."""
    if seconds is not None and not (0 < seconds < math.inf):
        raise typer.BadParameter(f"{seconds:g} is no number of seconds above 0")
    return seconds


ProblemPath: TypeAlias = Annotated[
    Path,
    typer.Argument(
        metavar="PROBLEM",
        help="Folder of tables, Excel workbook or JSON file.",
        show_default=False,
    ),
]
Seed: TypeAlias = Annotated[
    int,
    typer.Option(min=0, max=MOST_SEED, metavar="N", help="Seed of every solver."),
]
Workers: TypeAlias = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_WORKERS,
        metavar="N",
        show_default="all cores",
        help="Grids planned side by side; one needs no second process.",
    ),
]
Scheduler: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT",
        help="Plan the grids on the Dask cluster of this scheduler (needs coldgrid[dask]).",
        show_default=False,
    ),
]
Engine: TypeAlias = Annotated[
    EngineName, typer.Option(help="Routing solver: both in turn, or one alone.")
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.")
]
