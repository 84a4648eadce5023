"""A judged trace: one JSON document, or tables for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.outcome import complain
from api.cli.terminal import console
from telemetry.alarm.words import Alarm, AlarmKind, Excursion, Severity
from telemetry.estimate.words import Forecast
from telemetry.replay import RaisedAlarm, Replayed, Trace

MOST_SKIPPED_SHOWN = 20
MOST_ROWS = 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KINDS = {AlarmKind.MKT: AlarmKind.CUMULATIVE.value}
"""To those outside, mean kinetic temperature is one more way of adding up heat."""

COLOURS = {"critical": "bold red", "warning": "yellow"}


def complain_of_skipped(path: Path, trace: Trace) -> None:
    """Name the rows that could not be read, a line each, and how many there are."""
    for row in trace.skipped[:MOST_SKIPPED_SHOWN]:
        complain(f"{path} line {row.line}: {row.cause}; the row is left out")
    if trace.skipped:
        complain(f"{path}: {len(trace.skipped):,} of {count(trace.rows, 'row')} left out")


def replay_document(judged: Replayed, zone: tzinfo) -> dict[str, Any]:
    """Give alarms, excursions and predictions as one document."""
    return {
        "alarms": [_alarm(one, zone) for one in judged.alarms],
        "excursions": [_excursion(one, zone) for one in judged.excursions],
        "predictions": [_prediction(one, zone) for one in judged.predictions],
    }


def _alarm(raised: RaisedAlarm, zone: tzinfo) -> dict[str, Any]:
    alarm = raised.alarm
    return {
        "raised_at": instant(alarm.raised_ms, zone),
        "cleared_at": None if alarm.cleared_ms is None else instant(alarm.cleared_ms, zone),
        "severity": alarm.severity.word,
        "kind": KINDS.get(alarm.kind, alarm.kind.value),
        "value_c": raised.temperature_c,
    }


def _excursion(found: Excursion, zone: tzinfo) -> dict[str, Any]:
    return {
        "from": instant(found.from_ms, zone),
        "to": None if found.to_ms is None else instant(found.to_ms, zone),
        "peak_c": found.peak_c,
        "minutes": round(found.minutes, 3),
        "unknown_minutes": round(found.unknown_minutes, 3),
    }


def _prediction(forecast: Forecast, zone: tzinfo) -> dict[str, Any]:
    """Write a prediction; what lies beyond its horizon is null."""
    return {
        "at": instant(forecast.at_ms, zone),
        "breach_at": _instant_or_none(forecast.breach_ms, zone),
        "p10": _instant_or_none(forecast.early_ms, zone),
        "p90": _instant_or_none(forecast.late_ms, zone),
    }


def _instant_or_none(at_ms: int | None, zone: tzinfo) -> str | None:
    return None if at_ms is None else instant(at_ms, zone)


def instant(at_ms: int, zone: tzinfo) -> str:
    """Write an instant as RFC 3339."""
    return (EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone).isoformat()


# --- for people ---------------------------------------------------------------------------------


def show_replay(judged: Replayed, trace: Trace) -> None:
    """Print alarms, notices, predictions, excursions and a line of totals."""
    out = console()
    calling = [one for one in judged.alarms if one.alarm.severity > Severity.INFO]
    notices = [one for one in judged.alarms if one.alarm.severity is Severity.INFO]
    if calling:
        _show_alarms(out, "Alarms", calling, trace.zone)
    if notices:
        _show_alarms(out, "Notices, which call nobody", notices, trace.zone)
    if judged.predictions:
        _show_predictions(out, judged, trace.zone)
    if judged.excursions:
        _show_excursions(out, judged, trace.zone)
    raised = count(len(calling), "alarm")
    if notices:
        raised += f" and {count(len(notices), 'notice')}"
    left = count(len(judged.excursions), "excursion")
    minutes = sum(one.minutes for one in judged.excursions)
    unknown = sum(one.unknown_minutes for one in judged.excursions)
    first, last = (_short(at.at_ms, trace.zone) for at in (trace.samples[0], trace.samples[-1]))
    out.print(
        Text.assemble(
            (f"{trace.column}: {raised}", "bold"),
            f", {left} of {minutes:,.0f} minutes ({unknown:,.0f} unknown)"
            f" in {count(len(trace.samples), 'sample')} from {first} to {last},"
            f" rules {judged.profile.citation}",
        )
    )


def _show_alarms(out: Console, title: str, alarms: Sequence[RaisedAlarm], zone: tzinfo) -> None:
    table = tidy_table(title, width=out.width)
    for name in ("raised", "cleared", "severity", "kind"):
        table.add_column(name)
    for name in ("°C", "worst"):
        table.add_column(name, justify="right")
    for raised in alarms[:MOST_ROWS]:
        alarm = raised.alarm
        cleared = "stands" if alarm.cleared_ms is None else _short(alarm.cleared_ms, zone)
        is_limit = alarm.kind in {AlarmKind.HIGH, AlarmKind.LOW}
        table.add_row(
            _short(alarm.raised_ms, zone),
            cleared,
            Text(alarm.severity.word, style=COLOURS.get(alarm.severity.word, "")),
            alarm.kind.value,
            f"{raised.temperature_c:.1f}",
            f"{alarm.peak_c:.1f}" if is_limit else "",
        )
    _caption(out, table, len(alarms))


def _show_predictions(out: Console, judged: Replayed, zone: tzinfo) -> None:
    """Show of each alarm that foresaw a break what was said first and last."""
    table = tidy_table("Predicted breaks", width=out.width)
    for name in ("said first", "break", "said last", "break"):
        table.add_column(name)
    foreseen = [one.alarm for one in judged.alarms if one.alarm.kind is AlarmKind.PREDICTED]
    for alarm in foreseen[:MOST_ROWS]:
        said = [one for one in judged.predictions if _belongs(one, alarm)]
        if said:
            first, last = said[0], said[-1]
            table.add_row(
                _short(first.at_ms, zone),
                _span(first, zone),
                _short(last.at_ms, zone),
                _span(last, zone),
            )
    _caption(out, table, len(foreseen))


def _belongs(forecast: Forecast, alarm: Alarm) -> bool:
    is_over = alarm.cleared_ms is not None and forecast.at_ms > alarm.cleared_ms
    return forecast.at_ms >= alarm.raised_ms and not is_over


def _span(forecast: Forecast, zone: tzinfo) -> str:
    """Write when it will break, with its tenth and ninetieth percentile."""
    instants = (forecast.breach_ms, forecast.early_ms, forecast.late_ms)
    breach, early, late = ("later" if at is None else _short(at, zone) for at in instants)
    day = f"{breach.partition(' ')[0]} "
    return f"{breach} ({early.removeprefix(day)} to {late.removeprefix(day)})"


def _show_excursions(out: Console, judged: Replayed, zone: tzinfo) -> None:
    table = tidy_table("Excursions", width=out.width)
    for name in ("from", "to"):
        table.add_column(name)
    for name in ("peak °C", "minutes", "unknown"):
        table.add_column(name, justify="right")
    for found in judged.excursions[:MOST_ROWS]:
        table.add_row(
            _short(found.from_ms, zone),
            "lasts" if found.to_ms is None else _short(found.to_ms, zone),
            f"{found.peak_c:.1f}",
            f"{found.minutes:,.0f}",
            f"{found.unknown_minutes:,.0f}" if found.unknown_minutes else "",
        )
    _caption(out, table, len(judged.excursions))


def _caption(out: Console, table: Table, rows: int) -> None:
    if rows > MOST_ROWS:
        table.caption = f"and {rows - MOST_ROWS:,} more; --json lists all"
    out.print(table)


def _short(at_ms: int, zone: tzinfo) -> str:
    moment = (EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone)
    return moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
