"""Ways out for people: what is at stake, then each proposal in words, then what was refused."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from api.cli.layout import count, tidy_table
from api.cli.outcome import one_line
from api.cli.terminal import console, money
from optimizer.domain.plan import Violation
from optimizer.domain.problem import Problem
from optimizer.domain.units import PER_THOUSAND, Seconds
from optimizer.response.words import Disruption, Outcome, Proposal, Response

NAMES = {
    "carry_on": "carry on",
    "station": "transfer station",
    "return_to_grid": "return to the grid",
    "neighbour": "hand over to a vehicle nearby",
    "second_vehicle": "a second vehicle",
    "cold_cells": "cold cells of a pickup point",
    "split": "divide the goods",
    "quarantine": "quarantine",
}
MOST_REFUSALS = 12


def show_reroute(problem: Problem, disruption: Disruption, response: Response) -> None:
    """Print what is at stake, the proposals and the refusals."""
    out = console()
    best = response.proposals[0]
    goods = sum(fate.mass_g for fate in best.fates) / PER_THOUSAND
    out.print(
        f"{one_line(disruption.vehicle)}  {disruption.zone.value} fails at"
        f" {_clock(problem, disruption.at)}; {goods:,.1f} kg on board,"
        f" {count(len(best.fates), 'line')}"
    )
    times = response.breach
    out.print(
        f"breach  one in ten by {_clock(problem, times.p10)}, half by {_clock(problem, times.p50)},"
        f" nine in ten by {_clock(problem, times.p90)}"
    )
    if response.measured_from != "position":
        out.print("ways    measured from the sites around: no distance is known from the vehicle")
    for number, one in enumerate(response.proposals, 1):
        out.print()
        _show(out, number, one)
    _show_refused(out, response)


def _show(out: Console, number: int, one: Proposal) -> None:
    colour = "bold green" if one.loses_nothing else "bold yellow"
    title = NAMES[one.kind.value] + (f" {one_line(one.place)}" if one.place else "")
    lost = one.grams(Outcome.QUARANTINED) / PER_THOUSAND
    worth = f"worth {money(one.money.worth)} = saved {money(one.money.saved)}"
    out.print(
        Text.assemble(
            f"{number}. ",
            (title, colour),
            f"  {worth} - cost {money(one.money.cost)}; lost {lost:,.1f} kg",
        )
    )
    for sentence in one.sentences["en"]:
        out.print(f"   {one_line(sentence)}")
    out.print(f"   check: {_check(one.excused, len(one.check.violations))}")


def _check(excused: tuple[Violation, ...], found: int) -> str:
    if not found:
        return "feasible, no rule is broken"
    codes = ", ".join(sorted({one.code for one in excused}))
    before = found - len(excused)
    said = [f"{len(excused)} of the disruption itself ({codes})"] if excused else []
    return "; ".join([*said, *([f"{before} of the running plan"] if before else [])])


def _show_refused(out: Console, response: Response) -> None:
    if not response.refused:
        return
    table = tidy_table("Refused", width=out.width)
    table.add_column("what", overflow="fold")
    table.add_column("where", overflow="fold")
    table.add_column("why", overflow="fold")
    for one in response.refused[:MOST_REFUSALS]:
        why = one.reason + ("; needs override" if one.needs_override else "")
        table.add_row(NAMES[one.kind.value], one_line(one.place), one_line(why))
    if len(response.refused) > MOST_REFUSALS:
        table.caption = f"and {len(response.refused) - MOST_REFUSALS} more; --json lists all"
    out.print()
    out.print(table)


def _clock(problem: Problem, moment: Seconds) -> str:
    return problem.horizon.instant(moment).strftime("%Y-%m-%d %H:%M")
