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
from optimizer.formats.raw import COLLECTS, ORDERS, RawProblem, RawTable, table_from_records
from optimizer.formats.tables import read_csv
from optimizer.formats.workbook import read_workbook

OF_A_DAY = (ORDERS, COLLECTS)
"""Tables that change from day to day, while a network stays."""
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
        With every fault that could be found; orders and collects are one.
    """
    log = _WithoutOrders()
    return _network(raw_problem(path, log), log)


def network_from_document(document: Mapping[str, Any], name: str = "problem") -> Problem:
    """Read the JSON form of a problem that lacks the orders.

    Raises
    ------
    InputRefused
        With every fault that could be found; orders and collects are one.
    """
    log = _WithoutOrders()
    return _network(raw_from_document(document, name, log), log)


def read_order_set(
    network: Mapping[str, Any],
    orders: Path | Sequence[object],
    *,
    collects: Path | Sequence[object] | None = None,
    keep_good_rows: bool = False,
    name: str = "problem",
) -> OrderSet:
    """Read orders for a network.

    Parameters
    ----------
    network
        The JSON form of the network; what is wrong with it is reported as well.
    orders
        A CSV file, rows, or a workbook of which the sheets ``orders`` and ``collects`` are read.
    collects
        What waits at the pickup points that day: a CSV file, a workbook or rows. Without it the
        workbook of the orders may hold it.
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
    tables = _tables(orders, (ORDERS,) if collects is not None else (ORDERS, COLLECTS), log)
    if collects is not None:
        tables |= _tables(collects, (COLLECTS,), log)
    read = finished(replace(raw, tables={**raw.tables, **tables}), log, keep_good_rows)
    return OrderSet(read=read, places=_places(tables[ORDERS]) if ORDERS in tables else {})


def _network(raw: RawProblem | None, log: FaultLog) -> Problem:
    problem = None
    if raw is not None:
        for name in OF_A_DAY:
            table = raw.tables.get(name)
            if table is not None and table.rows:
                log.add("CG-1003", table.place, f"a network has no {name}", "Store them apart")
        rest = {name: table for name, table in raw.tables.items() if name not in OF_A_DAY}
        problem = assemble(replace(raw, tables=rest), log)
    log.refuse_all_but_rows_of(None)
    assert problem is not None
    return problem


def _tables(
    source: Path | Sequence[object], names: Sequence[str], log: FaultLog
) -> dict[str, RawTable]:
    """Read the first of these tables, and the others where it comes with them in a workbook."""
    if not isinstance(source, Path):
        return {names[0]: table_from_records(names[0], source, log)}
    if source.suffix.lower() in WORKBOOK_ENDINGS:
        return _sheets(source, names, log)
    table = read_csv(source, names[0], log)
    return {} if table is None else {names[0]: table}


def _sheets(path: Path, names: Sequence[str], log: FaultLog) -> dict[str, RawTable]:
    """Read sheets of a workbook, the first of which must be there; others are no fault here."""
    whole = FaultLog()
    raw = read_workbook(path, whole)
    tables = {} if raw is None else {n: raw.tables[n] for n in names if n in raw.tables}
    for fault in whole.faults():
        sheet = ROW.sub("", fault.place).rpartition(" sheet ")[2]
        # A sheet that need not be there may have a neighbour of nearly its name.
        if raw is None or sheet in names:
            row = _row(fault, tables.get(sheet))
            log.add(fault.code, fault.place, fault.cause, fault.action, row=row)
    if names[0] not in tables and raw is not None and not log.faults():
        log.add("CG-1001", path.name, f"there is no sheet {names[0]!r}")
    return tables


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
