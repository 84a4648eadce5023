"""Reads a problem in two parts: a network that stays, and the orders of a day for it.

Both go the way of whole problems (``problem_reading``); the rows come from two places.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from optimizer.domain.errors import Fault
from optimizer.domain.ids import LineKey
from optimizer.domain.problem import Problem
from optimizer.formats.assembly import assemble
from optimizer.formats.faults import FaultLog, RowPlace
from optimizer.formats.problem_reading import (
    WORKBOOK_ENDINGS,
    ReadResult,
    finished,
    raw_from_document,
    raw_problem,
)
from optimizer.formats.raw import ORDERS, RawProblem, RawTable, table_from_records
from optimizer.formats.tables import read_csv
from optimizer.formats.workbook import read_workbook

ORDERS_PLACES = ("/orders", "orders.csv", "sheet orders")
ROW = re.compile(r" row ([0-9]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSet:
    """The orders of a day, together with their network.

    Parameters
    ----------
    read
        The problem that network and orders make, and what was refused of the rows.
    places
        Where each line stands in what was read, for further faults.
    """

    read: ReadResult
    places: Mapping[LineKey, str]


class _WithoutOrders(FaultLog):
    """A log for inputs that lack the orders on purpose."""

    def add(
        self,
        code: str,
        place: str,
        cause: str,
        action: str | None = None,
        *,
        row: RowPlace | None = None,
    ) -> None:
        if code != "CG-1001" or not place.endswith(ORDERS_PLACES):
            super().add(code, place, cause, action, row=row)


def read_network(path: Path) -> Problem:
    """Read a folder or a workbook that lacks the orders.

    Raises
    ------
    InputRefused
        With every fault that could be found; orders are one.
    """
    log = _WithoutOrders()
    return _network(raw_problem(path, log), log)


def network_from_document(document: Mapping[str, Any], name: str = "problem") -> Problem:
    """Read the JSON form of a problem that lacks the orders.

    Raises
    ------
    InputRefused
        With every fault that could be found; orders are one.
    """
    log = _WithoutOrders()
    return _network(raw_from_document(document, name, log), log)


def read_order_set(
    network: Mapping[str, Any],
    orders: Path | Sequence[object],
    *,
    keep_good_rows: bool = False,
    name: str = "problem",
) -> OrderSet:
    """Read orders for a network.

    Parameters
    ----------
    network
        The JSON form of the network; what is wrong with it is reported as well.
    orders
        A CSV file, a workbook of which the sheet ``orders`` is read, or rows.
    keep_good_rows
        Refuse faulty rows one by one and keep the others.
    name
        The id of the problem unless the network gives one.

    Raises
    ------
    InputRefused
        With every fault that could be found.
    """
    log = _WithoutOrders()
    raw = raw_from_document(network, name, log)
    if not isinstance(orders, Path):
        table: RawTable | None = table_from_records(ORDERS, orders, log)
    elif orders.suffix.lower() in WORKBOOK_ENDINGS:
        table = _sheet(orders, log)
    else:
        table = read_csv(orders, ORDERS, log)
    tables = dict(raw.tables) if table is None else {**raw.tables, ORDERS: table}
    read = finished(replace(raw, tables=tables), log, keep_good_rows)
    return OrderSet(read=read, places={} if table is None else _places(table))


def _network(raw: RawProblem | None, log: FaultLog) -> Problem:
    problem = None
    if raw is not None:
        orders = raw.tables.get(ORDERS)
        if orders is not None and orders.rows:
            log.add("CG-1003", orders.place, "a network has no orders", "Store them apart")
        rest = {name: table for name, table in raw.tables.items() if name != ORDERS}
        problem = assemble(replace(raw, tables=rest), log)
    log.refuse_all_but_rows_of(None)
    assert problem is not None
    return problem


def _sheet(path: Path, log: FaultLog) -> RawTable | None:
    """Read one sheet of a workbook; that others are missing is no fault here."""
    whole = FaultLog()
    raw = read_workbook(path, whole)
    table = None if raw is None else raw.tables.get(ORDERS)
    for fault in whole.faults():
        if raw is None or _of_sheet(fault):
            log.add(fault.code, fault.place, fault.cause, fault.action, row=_row(fault, table))
    if table is None and raw is not None and not log.faults():
        log.add("CG-1001", path.name, "there is no sheet 'orders'")
    return table


def _of_sheet(fault: Fault) -> bool:
    return ROW.sub("", fault.place).endswith("sheet orders")


def _row(fault: Fault, table: RawTable | None) -> RowPlace | None:
    """Find the row that a fault speaks of; a fault of the header is one of the whole table."""
    number = ROW.search(fault.place)
    if table is None or number is None or int(number[1]) not in table.rows:
        return None
    return table.row(list(table.rows).index(int(number[1])))


def _places(table: RawTable) -> dict[LineKey, str]:
    empty = [""] * len(table.rows)
    orders, lines = (table.columns.get(column, empty) for column in ("order", "line"))
    return {LineKey(*key): table.at(i) for i, key in enumerate(zip(orders, lines, strict=True))}
