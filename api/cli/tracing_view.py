"""A batch on a terminal: how much of it is where, its way, and every line of it."""

from __future__ import annotations

from rich.table import Table

from api.cli.layout import count, tidy_table
from api.cli.terminal import console
from api.schemas.tracing import RecallOut, StageOut, TraceOut

NO_EXCURSION = "Where it is measured, no excursion was seen while goods of it were there."
NOT_MEASURED = "Nothing measures where it was: how warm it was is not known."


def show_recall(found: RecallOut) -> None:
    """Print a recall."""
    out = console()
    _show_totals(found)
    if not found.items:
        return
    table = tidy_table("Lines", width=out.width)
    for name in ("plan", "site", "order/line", "whereabouts", "where", "vehicle"):
        table.add_column(name, overflow="fold")
    table.add_column("kg", justify="right", no_wrap=True)
    for one in found.items:
        where = (one.whereabouts.value.replace("_", " "), one.where, one.vehicle)
        key = f"{one.order}/{one.line}"
        table.add_row(one.plan, one.site, key, *where, f"{one.planned_kg:,.1f}")
    out.print(table)


def show_trace(found: TraceOut) -> None:
    """Print a trace."""
    out = console()
    _show_totals(found)
    if not found.stages:
        return
    table = tidy_table("Way, times in UTC", width=out.width)
    for name in ("from", "to", "at", "route", "zone", "measured"):
        table.add_column(name, overflow="fold")
    table.add_column("kg", justify="right", no_wrap=True)
    for one in found.stages:
        _add_stage(table, one, is_to_come=one.start > found.asked_at)
    out.print(table)
    if found.first_broken is None:
        measured = any(one.points for one in found.stages if one.start <= found.asked_at)
        print(NO_EXCURSION if measured else NOT_MEASURED)
        return
    stage, broken = found.first_broken.stage, found.first_broken.excursion
    edge = "warm" if broken.kind == "high" else "cold"
    print(
        f"First too {edge} at {stage.asset}: {broken.peak_c:g} °C,"
        f" from {broken.begun_at:%Y-%m-%d %H:%M} UTC for {broken.minutes:g} minutes."
    )


def _show_totals(found: RecallOut | TraceOut) -> None:
    out = console()
    table = tidy_table(f"Batch {found.batch} of {', '.join(found.articles)}", width=out.width)
    table.add_column("whereabouts", no_wrap=True)
    for name in ("lines", "orders", "sites", "kg"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.totals:
        numbers = (f"{number:,}" for number in (one.lines, one.orders, one.sites))
        table.add_row(one.whereabouts.value.replace("_", " "), *numbers, f"{one.planned_kg:,.1f}")
    out.print(table)
    for draft in found.drafts:
        lines = count(draft.lines, "line")
        print(f"Draft {draft.plan} asks for {lines} of {draft.article}, {draft.mass_kg:,.1f} kg.")


def _add_stage(table: Table, one: StageOut, *, is_to_come: bool) -> None:
    measured = "in its band"
    if is_to_come:
        measured = "still to come"
    elif not one.points:
        measured = "nothing measures there"
    elif one.excursions:
        measured = count(len(one.excursions), "excursion")
    table.add_row(
        f"{one.start:%m-%d %H:%M}",
        f"{one.end:%m-%d %H:%M}",
        one.asset,
        one.route or "",
        one.zone.value,
        measured,
        f"{one.mass_kg:,.1f}",
    )
