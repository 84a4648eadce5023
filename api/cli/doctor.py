"""``coldgrid doctor``: what stands in the way of serving, and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api.cli.options import AsJson
from api.cli.outcome import Outcome

if TYPE_CHECKING:
    from api.services.doctor_words import Finding

COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def doctor(as_json: AsJson = False) -> int:
    """Look for what stands in the way of serving.

    Looks at packages, settings, database, address, font and cores; changes nothing. Exit status 1
    says that something does not work.
    """
    import os
    from dataclasses import asdict
    from datetime import UTC, datetime

    from api.cli.sample_city import CHECKOUT
    from api.cli.terminal import print_json
    from api.services.doctor import examine

    found = list(examine(os.environ, datetime.now(UTC), CHECKOUT))
    well = all(finding.state != "fail" for finding in found)
    if as_json:
        print_json({"well": well, "findings": [asdict(finding) for finding in found]})
    else:
        _show(found)
    return Outcome.DONE if well else Outcome.NO


def _show(found: Sequence[Finding]) -> None:
    from rich.table import Table
    from rich.text import Text

    from api.cli.outcome import one_line
    from api.cli.terminal import console

    grid = Table.grid(padding=(0, 2))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for finding in found:
        state = finding.state.value
        said = f"{finding.cause}. {finding.mend}" if finding.mend else finding.cause
        grid.add_row(Text(state, style=COLOURS[state]), finding.check, one_line(said))
    console().print(grid)
