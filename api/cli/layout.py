"""The two shapes of everything coldgrid prints: named figures, and tidy tables."""

from __future__ import annotations

from collections.abc import Mapping

from rich import box
from rich.table import Table
from rich.text import Text

ROOMY = 96
"""Columns from which on a table can afford two blanks between its cells."""


def figures(named: Mapping[str, str]) -> Table:
    """Set out named figures, one a line."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="cyan", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, figure in named.items():
        grid.add_row(name, figure)
    return grid


def tidy_table(title: str, *, width: int) -> Table:
    """Open a table that keeps to one line a row in 100 columns and still reads in 80.

    Parameters
    ----------
    title
        Stands above, at the left.
    width
        Columns of the terminal; the narrow one gets one blank between cells instead of two.
    """
    return Table(
        title=Text(title, style="bold"),
        title_justify="left",
        caption_justify="left",
        box=box.SIMPLE_HEAD,
        padding=(0, 1 if width >= ROOMY else 0, 0, 0),
        pad_edge=False,
        header_style="cyan",
    )


def count(number: int, what: str) -> str:
    """Count things in words: ``1 trip``, ``2 trips``."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
