"""Measurements for people: an instance a row, then the mean and what deserves a word."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console, money
from optimizer.benchmark.result import InstanceResult, mean_bound_gap_pct, mean_gap_pct
from optimizer.benchmark.routing import ComparisonRow

NOTHING = "–"
ROUNDING_PCT = 0.005
"""Published costs are rounded: a gap that is smaller is no find."""


def show_results(title: str, results: Sequence[InstanceResult]) -> None:
    """Print costs, references and gaps, the mean gap, and what beat its reference."""
    out = console()
    table = tidy_table(title, width=out.width)
    table.add_column("instance", overflow="fold")
    bounded = any(result.lower_bound is not None for result in results)
    bounds = ("bound", "above it") if bounded else ()
    for name in ("cost", "reference", "gap", *bounds, "seconds", "routes"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("solved")
    for result in results:
        table.add_row(
            one_line(result.instance),
            _cost(result.cost),
            _cost(result.reference),
            _gap(result.gap_pct),
            *((_cost(result.lower_bound), _gap(result.bound_gap_pct)) if bounded else ()),
            f"{result.seconds:.1f}",
            str(len(result.routes)),
            "yes" if result.feasible else Text("no", style="bold red"),
        )
    out.print(table)
    for line in remarks(results):
        out.print(line)


def remarks(results: Sequence[InstanceResult]) -> list[str]:
    """Sum results up: the mean gap, what was not solved, what was found."""
    solved = [result for result in results if result.feasible]
    known = sum(result.gap_pct is not None for result in solved)
    lines = [f"mean gap: {_gap(mean_gap_pct(results))} over {count(known, 'instance')}"]
    above = mean_bound_gap_pct(results)
    if above is not None:
        lines.append(f"mean above the lower bound: {_gap(above)}")
    failed = [result.instance for result in results if not result.feasible]
    if failed:
        lines.append(f"not solved: {', '.join(map(one_line, failed))}")
    finds = [r for r in solved if r.gap_pct is not None and r.gap_pct <= -ROUNDING_PCT]
    lines += [
        f"better than its reference: {find.instance} ({_gap(find.gap_pct)})" for find in finds
    ]
    return lines


def show_comparison(rows: Sequence[ComparisonRow], *, problems: int, seconds: float) -> None:
    """Print what each engine reached in the same time."""
    out = console()
    title = f"{count(problems, 'routing problem')}, {seconds:g} s on one core each"
    table = tidy_table(title, width=out.width)
    table.add_column("engine")
    for name in ("median", "best", "worst", "against the best"):
        table.add_column(name, justify="right", no_wrap=True)
    least = min(row.median_cents for row in rows)
    for row in sorted(rows, key=lambda row: row.median_cents):
        above = 100 * (row.median_cents / least - 1)
        table.add_row(
            row.engine,
            *(
                money(round(cents))
                for cents in (row.median_cents, min(row.objective_cents), max(row.objective_cents))
            ),
            f"+{above:.2f}%",
        )
    out.print(table)


def _cost(cost: float | None) -> str:
    if cost is None:
        return NOTHING
    return f"{cost:,.0f}" if cost == round(cost) else f"{cost:,.2f}"


def _gap(gap: float | None) -> str:
    # Adding zero turns a -0.00 into what it is.
    return NOTHING if gap is None else f"{round(gap, 2) + 0.0:.2f}%"
