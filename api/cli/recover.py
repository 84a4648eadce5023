"""``coldgrid reroute --event``: anything else happens to a running day; checked ways out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.layout import count, tidy_table
from api.cli.outcome import Outcome, one_line
from api.cli.terminal import console, money, print_json

if TYPE_CHECKING:
    from api.cli.problem_input import OpenedProblem
    from optimizer.domain.plan import Plan
    from optimizer.domain.problem import Problem
    from optimizer.recovery.events import Event
    from optimizer.response.words import Proposal, Response

MOST_REFUSALS = 12


def answer_event(
    given: OpenedProblem, running: Plan, file: Path, *, limit: int, seed: int, as_json: bool
) -> int:
    """Answer an event file; exit status 0 says that some proposal loses nothing.

    Parameters
    ----------
    given, running
        The day and its running plan.
    file
        One event as JSON.
    limit, seed
        So many proposals at most, and the seed of the planner.
    as_json
        Print the document rather than words.

    Raises
    ------
    RerouteRefused
        The file is not there or no JSON, or the event contradicts the day.
    InputRefused
        The faults of the event.
    """
    from optimizer.recovery.document import recovery_document
    from optimizer.recovery.reading import read_event
    from optimizer.recovery.recover import recover

    event = read_event(given.problem, _content(file))
    response = recover(given.problem, running, event, travel=given.travel, limit=limit, seed=seed)
    if as_json:
        print_json(recovery_document(given.problem, event, response))
    else:
        _show(given.problem, event, response)
    return Outcome.DONE if response.loses_nothing else Outcome.NO


def _content(file: Path) -> object:
    from optimizer.response.words import RerouteRefused

    try:
        return json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise RerouteRefused("CG-1531", f"--event {file.name}: {reason}") from error
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise RerouteRefused("CG-1531", f"--event {file.name}: not JSON: {error}") from error


def _show(problem: Problem, event: Event, response: Response) -> None:
    from optimizer.recovery.events import KINDS

    out = console()
    clock = problem.horizon.instant(event.at).strftime("%Y-%m-%d %H:%M")
    lines = count(len(response.proposals[0].fates), "line")
    what = KINDS[type(event)].replace("_", " ")
    out.print(f"{what} at {clock}; {lines} concerned")
    for number, one in enumerate(response.proposals, 1):
        out.print()
        title = f"{number}. {one.kind.value.replace('_', ' ')} {one_line(one.place)}".rstrip()
        out.print(f"{title}  worth {money(one.money.worth)}, cost {money(one.money.cost)}")
        for sentence in one.sentences["en"]:
            out.print(f"   {one_line(sentence)}")
        out.print(f"   check: {_check(one)}")
    if response.refused:
        table = tidy_table("Refused", width=out.width)
        for column in ("what", "where", "why"):
            table.add_column(column, overflow="fold")
        for refusal in response.refused[:MOST_REFUSALS]:
            what = refusal.kind.value.replace("_", " ")
            table.add_row(what, one_line(refusal.place), one_line(refusal.reason))
        if len(response.refused) > MOST_REFUSALS:
            table.caption = f"and {len(response.refused) - MOST_REFUSALS} more; --json lists all"
        out.print()
        out.print(table)


def _check(one: Proposal) -> str:
    found = len(one.check.violations)
    if not found:
        return "feasible, no rule is broken"
    codes = ", ".join(sorted({each.code for each in one.excused}))
    before = found - len(one.excused)
    said = [f"{len(one.excused)} of the event itself ({codes})"] if one.excused else []
    return "; ".join([*said, *([f"{before} of the running plan"] if before else [])])
