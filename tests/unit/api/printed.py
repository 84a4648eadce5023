"""What a table looks like to its reader."""

import io

from rich.console import Console, RenderableType


def printed(shape: RenderableType, width: int = 100) -> str:
    paper = io.StringIO()
    Console(file=paper, width=width, markup=False, highlight=False, emoji=False).print(shape)
    return paper.getvalue()
