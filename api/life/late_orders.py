"""Late orders and cancellations: from a problem and rows to the problem as it is asked now.

Rows have the columns of ``orders.csv`` and go through the same reader, so their faults have the
same codes; places are JSON pointers into the request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from api.life.freeze import Freeze
from optimizer.domain.cut_off import stopped_by
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import OrderLine
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import problem_document
from optimizer.formats.raw import cell_text

AFTER_CUT_OFF, ORDERED_BEFORE = "CG-7207", "CG-7208"
NOT_ORDERED, LOADED = "CG-7205", "CG-7206"

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LateOrders:
    """What was made of rows.

    Parameters
    ----------
    lines
        The lines of good rows.
    refused
        Faults of rows that were left out; empty unless good rows were to be kept.
    """

    lines: Mapping[LineKey, OrderLine]
    refused: tuple[Fault, ...] = ()


def read_late_orders(
    problem: Problem, rows: Sequence[Row], *, received_at: datetime, keep_good_rows: bool
) -> LateOrders:
    """Read rows as additions to a problem.

    Parameters
    ----------
    problem
        The day as it has been asked so far.
    rows
        Rows with the columns of ``orders.csv``.
    received_at
        When they came in; cut-offs before festivals count from it.
    keep_good_rows
        Leave faulty rows out rather than refuse all.

    Raises
    ------
    InputRefused
        With every fault; also where good rows were to be kept and there is none.
    """
    if not rows:
        return LateOrders(lines={})
    document = problem_document(replace(problem, lines={}, stock=())) | {"orders": list(rows)}
    read = problem_from_document(document, keep_good_rows=keep_good_rows)
    late = dict(read.problem.lines)
    place = _places(rows)
    ours = list(_faults(problem, late, place, received_at))
    faults = (*read.refused, *(fault for _, fault in ours))
    good = {key: line for key, line in late.items() if key not in {key for key, _ in ours}}
    if ours and not (keep_good_rows and good):
        raise InputRefused(faults)
    return LateOrders(lines=good, refused=faults)


def cancelled_lines(
    problem: Problem, wishes: Sequence[tuple[str, str | None]]
) -> dict[LineKey, str]:
    """Find the lines and collects that are to be cancelled, and where the request names each.

    Parameters
    ----------
    problem
        The day as it has been asked so far.
    wishes
        An order and one of its lines, or an order and None for all of it.

    Raises
    ------
    InputRefused
        An order or line is not in the problem.
    """
    of_order: dict[str, list[LineKey]] = {}
    for key in (*problem.lines, *problem.collects):
        of_order.setdefault(key.order, []).append(key)
    meant: dict[LineKey, str] = {}
    faults = []
    for at, (order, line) in enumerate(wishes):
        found = [key for key in of_order.get(order, ()) if line is None or key.line == line]
        for key in found:
            meant.setdefault(key, f"/cancel/{at}")
        if not found:
            name = order if line is None else f"{order}/{line}"
            faults.append(_unknown(f"/cancel/{at}", name))
    if faults:
        raise InputRefused(faults)
    return meant


def loaded_faults(
    plan: Plan, stays: Collection[str], frozen: Freeze, cancelled: Mapping[LineKey, str]
) -> Iterator[Fault]:
    """Name the lines that cannot be cancelled any more, for they ride on a route that stays.

    Parameters
    ----------
    plan
        The plan as it stands.
    stays
        The routes that stay, with those that they need.
    frozen
        Why the first of them stay.
    cancelled
        Lines, and where the request names them.
    """
    riding = {
        item.key: route.id
        for route in plan.routes
        if route.id in stays
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }
    for key, place in cancelled.items():
        if key in riding:
            reason = frozen.because.get(riding[key], "has to stay for a route that stays")
            yield Fault(
                code=LOADED,
                place=place,
                cause=f"{key} rides on route {riding[key]}, which {reason}",
                action="Report the line as refused at its stop, or unlock what is only locked",
            )


def changed_problem(
    problem: Problem, added: Mapping[LineKey, OrderLine], cancelled: Iterable[LineKey]
) -> Problem:
    """Give the problem with lines added, and lines and collects taken out."""
    gone = set(cancelled)
    kept = {key: line for key, line in problem.lines.items() if key not in gone}
    collects = {key: one for key, one in problem.collects.items() if key not in gone}
    return replace(problem, lines=kept | dict(added), collects=collects)


def _places(rows: Sequence[Row]) -> dict[LineKey, str]:
    """Say where each line stands; of two rows with one name the first, which is the one read."""
    return {
        LineKey(cell_text(row["order"]), cell_text(row["line"])): f"/orders/{at}"
        for at, row in reversed(list(enumerate(rows)))
        if isinstance(row.get("order"), str | int | float)
        and isinstance(row.get("line"), str | int | float)
    }


def _faults(
    problem: Problem,
    late: Mapping[LineKey, OrderLine],
    place: Mapping[LineKey, str],
    received_at: datetime,
) -> Iterator[tuple[LineKey, Fault]]:
    for key, line in late.items():
        cut = stopped_by(problem.cut_offs, line.site, received_at, problem.horizon.time_zone)
        if key in problem.lines:
            cause = f"{key} is in the plan already"
            action = "Give the line another number, or cancel the one that is there first"
            yield key, Fault(code=ORDERED_BEFORE, place=place[key], cause=cause, action=action)
        elif cut is not None:
            cause = (
                f"{line.site} takes no orders after {cut.last_day.isoformat()},"
                f" {cut.days} days before {cut.festival.isoformat()}"
            )
            action = "Offer another pickup point, or delivery after the festival"
            yield key, Fault(code=AFTER_CUT_OFF, place=place[key], cause=cause, action=action)


def _unknown(place: str, name: str) -> Fault:
    return Fault(
        code=NOT_ORDERED,
        place=place,
        cause=f"the problem has no order line {name}",
        action="Take order and line from the plan",
    )
