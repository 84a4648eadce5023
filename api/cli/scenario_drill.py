"""``coldgrid scenario drill``: from files to a drill, and its times as a table."""

from __future__ import annotations

import json
import os
from pathlib import Path

from api.cli.layout import tidy_table
from api.cli.outcome import one_line
from api.cli.problem_input import open_problem
from api.cli.terminal import console
from optimizer.check import ensure_same_problem
from optimizer.domain.errors import ColdgridError, InputRefused
from optimizer.domain.limit import Limit
from optimizer.domain.plan import Plan
from optimizer.formats.plan_reading import plan_from_document
from scenarios.applying import fault_of
from scenarios.drill import DrillResult, Rehearsed, rehearse
from scenarios.drill_file import read_drill
from scenarios.overrides.setting import DoesNotFit, Setting
from scenarios.planning import plan_of
from telemetry.calling.roster_file import load_roster


def held(events: Path, *, base: Path | None, plan: Path | None, roster: Path | None) -> DrillResult:
    """Hold the drill of an event file.

    Parameters
    ----------
    events
        The file.
    base, plan
        The day instead of the file's, and its plan; None plans it.
    roster
        Who is called; None calls everybody of the file.

    Raises
    ------
    InputRefused
        A file has faults, or a trouble does not fit the day.
    ColdgridError
        There is no base, or the plan answers another problem.
    """
    drill = read_drill(events)
    where = base.resolve() if base is not None else drill.base
    if where is None:
        raise ColdgridError("CG-1613", f"{events.name}: no base")
    given = open_problem(where)
    setting = Setting(problem=given.problem, travel=given.travel)
    if plan is None:
        running = plan_of(setting, seed=drill.seed, limit=Limit(iterations=drill.iterations))
    else:
        running = _read(plan)
        ensure_same_problem(given.problem, running)
    day = Rehearsed(
        problem=given.problem,
        plan=running,
        travel=given.travel,
        roster=None if roster is None else load_roster(roster, os.environ),
    )
    try:
        return rehearse(day, drill)
    except DoesNotFit as refusal:
        raise InputRefused([fault_of(refusal, "event", events.name)]) from refusal


def _read(file: Path) -> Plan:
    try:
        return plan_from_document(json.loads(file.read_bytes()))
    except OSError as error:
        raise ColdgridError("CG-1620", f"{file}: {error.strerror or error}") from error
    except (UnicodeDecodeError, ValueError) as error:
        raise ColdgridError("CG-1620", f"{file}: no plan: {error}") from error


def show_drill(result: DrillResult) -> None:
    """Print the times of every trouble in minutes after it, and who was called."""
    screen = console()
    table = tidy_table("Drill, minutes after the trouble", width=screen.width)
    table.add_column("trouble", overflow="fold")
    for name in ("heard", "answered", "decided", "recovered", "at risk kg", "lost kg"):
        table.add_column(name, justify="right", overflow="fold")
    for one in result.troubles:
        what = f"{one.what.replace('_', ' ')} {one.vehicle} {one.zone}".rstrip()
        table.add_row(
            one_line(f"{one.at} {what}"),
            *(
                _minutes(moment)
                for moment in (
                    one.detected_min, one.acknowledged_min, one.decided_min, one.recovered_min
                )
            ),
            f"{one.at_risk_kg:,.1f}",
            f"{one.lost_kg:,.1f}",
        )  # fmt: skip
    screen.print(table)
    for one in result.troubles:
        told = "; ".join(f"{c.after_min:g} min {c.receiver} ({c.why})" for c in one.called)
        way = one.way.replace("_", " ") or "nothing was changed"
        screen.print(one_line(f"{one.at} {one.vehicle}: {way}; called: {told or 'nobody'}"))


def _minutes(value: float | None) -> str:
    return "never" if value is None else f"{value:,.1f}"
