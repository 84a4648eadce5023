"""The judge's verdict for people: one line, then what was found, with meaning and unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.layout import count, figures, tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console
from optimizer.check.codes import CODES
from optimizer.domain.plan import CheckReport, Violation

MOST_VIOLATION_ROWS = 40
SMALL = 0.1
SHARES = ("share", "fill")


def show_check(report: CheckReport, kpis: Mapping[str, float]) -> None:
    """Print a verdict, its findings and the key figures."""
    out = console()
    show_verdict(out, report)
    out.print()
    out.print(figures({name.replace("_", " "): figure(name, kpis[name]) for name in kpis}))


def show_verdict(out: Console, report: CheckReport) -> None:
    """Print whether a plan keeps every rule and, if not, what it breaks and by how much."""
    if report.feasible:
        out.print(Text.assemble(("check: feasible", "bold green"), ", no rule is broken"))
        return
    found = count(len(report.violations), "violation")
    out.print(Text.assemble(("check: not feasible", "bold red"), f", {found}"))
    out.print(violation_table(report.violations, width=out.width))


def violation_table(violations: Sequence[Violation], *, width: int) -> Table:
    """List findings with the meaning and the unit of their codes."""
    table = tidy_table("Violations", width=width)
    table.add_column("code", overflow="fold")
    table.add_column("where", overflow="fold")
    table.add_column("amount", justify="right", overflow="fold")
    table.add_column("meaning", overflow="fold")
    for found in violations[:MOST_VIOLATION_ROWS]:
        table.add_row(
            found.code, one_line(found.where), amount_of(found), CODES[found.code].meaning
        )
    if len(violations) > MOST_VIOLATION_ROWS:
        table.caption = f"and {len(violations) - MOST_VIOLATION_ROWS} more; --json lists all"
    return table


def amount_of(found: Violation) -> str:
    """Say by how much a rule is broken, in the unit of its code."""
    unit = CODES[found.code].unit.replace("C", "°C")
    amount = found.amount
    if amount == round(amount):
        return f"{amount:,.0f} {unit}"
    return f"{amount:,.2f} {unit}" if abs(amount) >= SMALL else f"{amount:.2g} {unit}"


def figure(name: str, amount: float) -> str:
    """Show a key figure: a share in per cent, anything else as the number it is."""
    if any(word in name.split("_") for word in SHARES):
        return f"{amount:.1%}"
    return f"{amount:,.0f}" if amount == round(amount) else f"{amount:,.2f}"
