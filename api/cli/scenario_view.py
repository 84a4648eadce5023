"""What a person sees of scenarios: a table of variants, the catalogue, load limits, progress."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.outcome import one_line
from api.cli.scenario_files import result_file
from api.cli.terminal import console, money
from scenarios.load_check import LoadLimit
from scenarios.results import KpiWords, ScenarioResult, VariantResult
from scenarios.spec import Scenario
from scenarios.telling import MINUS

SIGNS = {"better": "▲", "worse": "▼", "no difference": "="}
STYLES = {"better": "green", "worse": "red", "no difference": ""}


class ScenarioLine:
    """How many plans are done, on the error stream of a terminal and nowhere else."""

    def __init__(self) -> None:
        self._shows = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def hear(self, done: int, every: int) -> None:
        """Show the progress."""
        if self._shows:
            print(f"\r\x1b[K{done} of {every} plans", end="", file=sys.stderr, flush=True)


def show_results(results: Sequence[ScenarioResult], out: Path | None) -> None:
    """Print a table of variants per scenario, and what changed and what binds."""
    screen = console()
    for number, result in enumerate(results):
        if number:
            screen.print()
        _show_one(screen, result)
        if out is not None:
            file = result_file(result, out)
            screen.print(f"written: {file}, {file.with_suffix('.html')}")


def _show_one(screen: Console, result: ScenarioResult) -> None:
    seeds = ", ".join(map(str, result.seeds))
    title = f"{result.title.en}: {result.problem}, seeds {seeds}, {result.iterations} iterations"
    # Above the table, which is narrower than its title.
    screen.print(Text(one_line(title), style="bold"))
    table = tidy_table("", width=screen.width)
    table.title = None
    shown = [kpi for kpi in result.kpis if kpi.shown]
    table.add_column("variant", overflow="fold")
    for kpi in shown:
        name = kpi.name.removesuffix("_cents").removesuffix("_share").replace("_", " ")
        table.add_column(name, justify="right", overflow="fold")
    for variant in result.variants:
        table.add_row(one_line(variant.name), *(_cell(variant, kpi) for kpi in shown))
    screen.print(table)
    screen.print("▲ better, ▼ worse, = no difference that the seeds prove (99 %)")
    for variant in result.variants:
        screen.print()
        screen.print(Text(one_line(f"{variant.name}: {variant.headline.en}"), style="bold"))
        # The headline ends with what binds first.
        for sentence in (*variant.changed, *variant.binding[1:]):
            screen.print(f"   {one_line(sentence.en)}")
        for target in variant.targets:
            words = "reached" if target.met else "missed"
            screen.print(f"   target {target.kpi}: {words}")


def _cell(variant: VariantResult, kpi: KpiWords) -> Text:
    cell = Text(figure(variant.means[kpi.name], kpi.unit))
    against = variant.compared.get(kpi.name)
    if against is not None:
        cell.append(f" {SIGNS[against.verdict]}", style=STYLES[against.verdict])
    return cell


def figure(value: float, unit: str) -> str:
    """Show a key figure: a share in per cent, cents as money, anything else as a number."""
    if unit == "share":
        return f"{value:.1%}"
    if unit == "cents":
        return money(round(value))
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
    return number.replace("-", MINUS)


def show_catalogue(every: Mapping[str, Scenario]) -> None:
    """Print the names and titles of the catalogue."""
    screen = console()
    table = tidy_table("Scenarios", width=screen.width)
    for column in ("name", "what if", "variants"):
        table.add_column(column, overflow="fold")
    for name, one in every.items():
        table.add_row(name, one.title.en, ", ".join(_names(one)))
    screen.print(table)


def _names(one: Scenario) -> Iterable[str]:
    return (variant.name for variant in one.variants[1:])


def show_limits(found: Mapping[str, LoadLimit], on_time: float) -> None:
    """Print the largest factor of demand per variant, and what binds above it."""
    screen = console()
    table = tidy_table(f"Largest demand with {on_time:.0%} in time", width=screen.width)
    for column in ("variant", "factor", "what binds above it", "tried"):
        table.add_column(column, overflow="fold")
    for name, limit in found.items():
        tried = count(len(limit.trials), "plan")
        table.add_row(one_line(name), f"× {limit.factor:.2f}", one_line(limit.binding.en), tried)
    screen.print(table)
