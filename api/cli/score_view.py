"""The score of the warnings: one JSON document, or tables for people."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

import msgspec
from rich.table import Table
from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.terminal import console
from optimizer.domain.temperature import TemperatureBand
from telemetry.scoring import Figures, Group, Report, Share

NONE = "-"
Show: TypeAlias = Callable[[Figures], str]


def score_document(report: Report) -> dict[str, Any]:
    """Give all figures as one document; None is what cannot be said."""
    return {
        "injections": report.injections,
        "seed": report.seed,
        "traces": [
            {"name": name, "lower_c": _finite(band.lower_c), "upper_c": _finite(band.upper_c)}
            for name, band in _bands(report)
        ],
        "all": _watchers(report.everything()),
        "by_trace": {group.name: _watchers(group) for group in report.by_subject()},
        "by_kind": {group.name: _watchers(group) for group in report.by_kind()},
        "by_trace_and_kind": {
            name: {group.name: _watchers(group) for group in report.by_kind(place)}
            for place, name in enumerate(report.subjects)
        },
    }


def _watchers(group: Group) -> dict[str, Any]:
    return {who: msgspec.to_builtins(found) for who, found in group.figures.items()}


def _bands(report: Report) -> Iterable[tuple[str, TemperatureBand]]:
    bands = (profile.band for profile in report.profiles)
    return zip(report.subjects, bands, strict=True)


def _finite(edge_c: float) -> float | None:
    return edge_c if math.isfinite(edge_c) else None


# --- for people ---------------------------------------------------------------------------------


def show_score(report: Report) -> None:
    """Print the figures over all, and the main ones by trace and by kind of failure."""
    out = console()
    out.print(_in_full(report.everything(), out.width))
    out.print(_in_short("By trace", report.by_subject(), out.width))
    out.print(_in_short("By kind of failure", report.by_kind(), out.width))
    for name, band in _bands(report):
        low = "" if math.isinf(band.lower_c) else f"{band.lower_c:g} to "
        out.print(Text.assemble((f"{name}: ", "cyan"), f"{low}{band.upper_c:g} °C"))
    failures = count(report.injections, "failure")
    out.print(
        Text.assemble(
            (failures, "bold"), f" in {count(len(report.subjects), 'subject')}, seed {report.seed}"
        )
    )


def _in_full(group: Group, width: int) -> Table:
    table = tidy_table("What the warnings are worth", width=width)
    table.add_column("")
    for who in group.figures:
        table.add_column(who, justify="right", no_wrap=True)
    for name, show in ROWS:
        table.add_row(name, *(show(found) for found in group.figures.values()))
    return table


def _in_short(title: str, groups: Iterable[Group], width: int) -> Table:
    table = tidy_table(title, width=width)
    table.add_column("", overflow="fold")
    table.add_column("", no_wrap=True)
    for name, _ in COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for group in groups:
        name = group.name
        for who, found in group.figures.items():
            table.add_row(name, who, *(show(found) for _, show in COLUMNS))
            name = ""
    return table


def _share(share: Share) -> str:
    if share.share is None or share.low is None or share.high is None:
        return NONE
    return f"{share.share:.1%} ({share.low:.0%} to {share.high:.0%})"


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{share:.0%}"


def _number(number: float | None, unit: str = "", decimals: int = 1) -> str:
    return NONE if number is None else f"{number:,.{decimals}f}{unit}"


def _error(error_min: float | None, said: float | None) -> str:
    return f"{_number(error_min, ' min')} ({_percent(said)} said one)" if said else NONE


ROWS: tuple[tuple[str, Show], ...] = (
    ("failures", lambda one: f"{one.injections:,}"),
    ("of them with a breach", lambda one: f"{one.breaches:,}"),
    ("recall (95 % interval)", lambda one: _share(one.recall)),
    ("precision", lambda one: _share(one.precision)),
    ("alarm after, median", lambda one: _number(one.delay_min, " min")),
    ("temperature then, median", lambda one: _number(one.temperature_c, " °C")),
    ("alarm before the limit", lambda one: _percent(one.before_limit)),
    ("the same, τ up to 6 h", lambda one: _percent(one.before_limit_fast)),
    ("lead, median", lambda one: _number(one.lead_h, " h", 2)),
    ("the same, τ from 12 h on", lambda one: _number(one.lead_slow_h, " h", 2)),
    ("failure to breach, median", lambda one: _number(one.given_h, " h", 2)),
    ("the same, τ from 12 h on", lambda one: _number(one.given_slow_h, " h", 2)),
    ("error an hour before", lambda one: _error(one.error_60_min, one.said_60)),
    ("error half an hour before", lambda one: _error(one.error_30_min, one.said_30)),
    ("breach within p10 to p90", lambda one: _share(one.coverage)),
    ("breach sooner", lambda one: _percent(one.below)),
    ("breach later", lambda one: _percent(one.above)),
    ("days without failure", lambda one: _number(one.clean_days)),
    ("calls a day on them", lambda one: _number(one.calls_per_day, decimals=3)),
    ("false calls a day", lambda one: _number(one.false_per_day, decimals=3)),
)

COLUMNS: tuple[tuple[str, Show], ...] = (
    ("recall", lambda one: _percent(one.recall.share)),
    ("precision", lambda one: _percent(one.precision.share)),
    ("after min", lambda one: _number(one.delay_min)),
    ("before", lambda one: _percent(one.before_limit)),
    ("lead h", lambda one: _number(one.lead_h, decimals=2)),
    ("p10-p90", lambda one: _percent(one.coverage.share)),
    ("false/day", lambda one: _number(one.false_per_day, decimals=2)),
)
