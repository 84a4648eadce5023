"""Which order lines come into a problem: before the cut-off of their site, and sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from optimizer.domain.cut_off import stopped_by
from optimizer.domain.errors import Fault
from optimizer.domain.ids import LineKey
from optimizer.domain.problem import Problem
from optimizer.formats.order_set_reading import OrderSet


def before_cut_off(orders: OrderSet, now: datetime) -> tuple[Problem, list[Fault]]:
    """Part the lines that come too late for their site from the others."""
    problem = orders.read.problem
    zone = problem.horizon.time_zone
    late: dict[LineKey, Fault] = {}
    for key, line in problem.lines.items() if problem.cut_offs else ():
        cut = stopped_by(problem.cut_offs, line.site, now, zone)
        if cut is not None:
            late[key] = Fault(
                code="CG-7109",
                place=orders.places.get(key, str(key)),
                cause=f"{line.site} took orders for {cut.festival} up to {cut.last_day}",
                action="Take the row out, or send it on the first day after the festival",
            )
    kept = {key: line for key, line in problem.lines.items() if key not in late}
    return replace(problem, lines=kept), list(late.values())


def became_lines(
    along: Sequence[tuple[str, Mapping[str, Any]]],
    stored: Sequence[Mapping[str, Any]],
    problem: Problem,
) -> tuple[str, ...]:
    """Name the tasks whose rows became lines; of two rows of one name the first did."""
    seen = {LineKey(str(row["order"]), str(row["line"])) for row in stored}
    taken = []
    for task, row in along:
        key = LineKey(str(row["order"]), str(row["line"]))
        if key in problem.lines and key not in seen:
            taken.append(task)
        seen.add(key)
    return tuple(taken)
