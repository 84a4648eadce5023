"""Measurements for people: an instance a row, then the mean and what deserves a word."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console, money
from optimizer.benchmark.result import InstanceResult, mean_bound_gap_pct, mean_gap_pct
from optimizer.benchmark.routing import ComparisonRow
from optimizer.benchmark.summary import ROUNDING_PCT, Summary

NOTHING = "–"
BUSY_BELOW = 0.9
"""Share of a core below which a search did not have one to itself."""


def show_results(title: str, results: Sequence[InstanceResult], *, seeds: bool = False) -> None:
    """Print costs, references and gaps, the mean gap, and what beat its reference.

    Parameters
    ----------
    title
        What was measured.
    results
        One a row.
    seeds
        Whether rows differ in their seeds, which then stand in the table.
    """
    out = console()
    table = tidy_table(title, width=out.width)
    table.add_column("instance", overflow="fold")
    if seeds:
        table.add_column("seed", justify="right", no_wrap=True)
    bounded = any(result.lower_bound is not None for result in results)
    bounds = ("bound", "above it") if bounded else ()
    for name in ("cost", "reference", "gap", *bounds, "seconds", "routes"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("solved")
    for result in results:
        table.add_row(
            one_line(result.instance),
            *([str(result.seed)] if seeds else []),
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


def show_done_before(runs: int) -> None:
    """Say how many runs were asked for and not made again."""
    if runs:
        console().print(f"{count(runs, 'run')} done before and not made again")


def show_summaries(found: Sequence[Summary]) -> None:
    """Print a table of what was asked and reached, then what deserves a word."""
    out = console()
    table = tidy_table("Results", width=out.width)
    table.add_column("runs", overflow="fold")
    for name in ("limit", "seeds", "mean gap", "worst", "at best", "above bound", "solved"):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        table.add_row(
            f"{each.kind} {each.engine} {each.commit or each.code}",
            f"{each.limit_s:g} s",
            ",".join(map(str, each.seeds)),
            _gap(each.mean_gap_pct),
            _gap(each.worst_gap_pct),
            f"{each.at_best} of {each.compared}",
            _gap(each.mean_bound_gap_pct),
            f"{each.runs - len(each.unsolved)} of {each.runs}",
        )
    out.print(table)
    for each in found:
        for line in words_on(each):
            out.print(line)


def words_on(summary: Summary) -> list[str]:
    """Name the worst instance, what was not solved, what was found, and a machine that was busy."""
    what = f"{summary.kind} {summary.limit_s:g} s"
    lines = []
    if summary.worst_gap_pct is not None and summary.worst_gap_pct >= ROUNDING_PCT:
        lines.append(f"{what}: worst {one_line(summary.worst_instance)}")
    if summary.unsolved:
        lines.append(f"{what}: not solved: {', '.join(map(one_line, summary.unsolved))}")
    lines += [
        f"{what}: better than best known: {one_line(name)} ({_gap(gap)})"
        for name, gap in summary.finds
    ]
    if summary.processor_share < BUSY_BELOW:
        share = f"{100 * summary.processor_share:.0f} %"
        lines.append(f"{what}: searches had {share} of a core; the machine was busy")
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
