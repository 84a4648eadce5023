"""What is asked: problems inline, as tables, or of a stored network and a stored set of orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, Any

from api.problem_details import Refusal
from api.security.principal import Principal
from api.services.asked import NewOrders, Question
from api.services.order_admission import became_lines, before_cut_off
from api.services.uploaded_tables import MOST_UNPACKED, Tables, on_disk, table_on_disk
from api.storage import questions, resends
from api.storage.database import Database, Transaction
from api.storage.questions import NetworkNote, OrderSetNote
from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.problem import Problem
from optimizer.formats.order_set_reading import (
    OrderSet,
    network_from_document,
    read_network,
    read_order_set,
)
from optimizer.formats.problem_reading import ReadResult, problem_from_document, read_problem
from optimizer.formats.problem_writing import problem_document, problem_tables

NAME = "problem"
"""The id of a problem that gives none."""
LINES_PER_ROW = 4
"""So many lines of text a row of a table may take, on average."""
WHAT = {"orders": "order lines", "collects": "collects"}
"""Tables of a day, and what their rows are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much one request may ask.

    Parameters
    ----------
    order_lines
        Order lines.
    upload_bytes
        Bytes.
    travel_folder
        Where the travel files lie that a problem may name; None where there are none.
    """

    order_lines: int
    upload_bytes: int
    travel_folder: Path | None


class Questions:
    """Reads and stores what is asked."""

    def __init__(self, database: Database, caps: Caps, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._caps = caps
        self._clock = clock

    def from_document(self, document: Mapping[str, Any], *, keep_good_rows: bool) -> Question:
        """Read a problem that came as JSON.

        Raises
        ------
        InputRefused
            With every fault.
        Refusal
            There are more order lines than one request may have.
        """
        for name, what in WHAT.items():
            rows = document.get(name)
            if isinstance(rows, Sequence):
                self._cap(len(rows), what)
        read = problem_from_document(document, keep_good_rows=keep_good_rows, name=NAME)
        return self._question(read, None if read.refused else document)

    def from_tables(self, tables: Tables, *, keep_good_rows: bool) -> Question:
        """Read a problem that came as tables or as a workbook.

        Raises
        ------
        InputRefused
            With every fault.
        Refusal
            The workbook is none, or there are too many order lines.
        """
        for name in WHAT:
            if name in tables:
                self._cap_table(name, tables[name])
        with on_disk(tables, MOST_UNPACKED * self._caps.upload_bytes) as path:
            read = read_problem(path, keep_good_rows=keep_good_rows)
        return self._question(read, None)

    def from_store(self, network: str, order_set: str, *, with_resends: bool) -> Question:
        """Put a stored network and a stored set of orders together.

        Parameters
        ----------
        network, order_set
            Their ids.
        with_resends
            Take along order rows that wait to be sent again, where the network has their site.

        Raises
        ------
        Refusal
            One of them does not exist, or the orders are another network's.
        """
        with self._database.read() as tx:
            document = _stored(tx, network, order_set)
            waiting = resends.waiting(tx) if with_resends else []
        sites = {str(site["id"]).strip() for site in document["sites"]}
        along = [(task, row) for task, row in waiting if row["site"] in sites]
        stored = document["orders"]
        document = {**document, "orders": [*stored, *(row for _, row in along)]}
        # A row to send again that cannot be used must not hold up the day.
        read = problem_from_document(document, keep_good_rows=bool(along), name=NAME)
        question = self._question(read, None if read.refused else document)
        return replace(question, resends=became_lines(along, stored, read.problem))

    def with_usual(self, question: Question, usual: Mapping[str, str], cents: int) -> Question:
        """Charge stops that another vehicle makes than the usual one."""
        problem = replace(
            question.problem,
            usual_vehicle=usual,
            objective=replace(question.problem.objective, stability_cents=cents),
        )
        return replace(question, problem=problem, document=_written(problem_document(problem)))

    def store_network(
        self, document: Mapping[str, Any], name: str, caller: Principal
    ) -> NetworkNote:
        """Store a network that came as the JSON form of a problem without orders.

        Raises
        ------
        InputRefused
            With every fault.
        """
        return self._store(network_from_document(document, NAME), document, name, caller)

    def store_network_tables(self, tables: Tables, name: str, caller: Principal) -> NetworkNote:
        """Store a network that came as tables or as a workbook.

        Raises
        ------
        InputRefused
            With every fault.
        """
        with on_disk(tables, MOST_UNPACKED * self._caps.upload_bytes) as path:
            problem = read_network(path)
        return self._store(problem, problem_document(problem), name, caller)

    def _store(
        self, problem: Problem, document: Mapping[str, Any], name: str, caller: Principal
    ) -> NetworkNote:
        self._ensure_offered(problem)
        note = NetworkNote(
            id=f"network-{token_hex(8)}",
            name=name or problem.id,
            sites=len(problem.sites),
            vehicles=len(problem.vehicles),
            created_at=self._clock(),
            created_by=caller.name,
        )
        data = _written({key: value for key, value in document.items() if key not in WHAT})
        with self._database.write() as tx:
            questions.add_network(tx, note, data)
        return note

    def store_order_set(self, new: NewOrders, caller: Principal) -> OrderSetNote:
        """Store a set of orders for a network.

        Raises
        ------
        InputRefused
            With every fault; faults of rows only where good rows are not to be kept.
        Refusal
            There is no such network, or there are too many rows.
        """
        with self._database.read() as tx:
            network = _network(tx, new.network)
        given = {} if new.horizon_start is None else {"horizon_start": new.horizon_start}
        read = self._read_orders({**network, **given}, new)
        kept, late = before_cut_off(read, self._clock())
        if late and not (new.keep_good_rows and kept.lines):
            raise InputRefused([*read.read.refused, *late])
        refused = read.read.refused_rows + len(late)
        faults = [_fault(fault) for fault in (*read.read.refused, *late)]
        note = OrderSetNote(
            id=f"orders-{token_hex(8)}",
            network=new.network,
            name=new.name,
            lines=len(kept.lines),
            refused={"rows": refused, "faults": faults},
            created_at=self._clock(),
            created_by=caller.name,
        )
        rows = {name: table for name, table in problem_tables(kept).items() if name in WHAT}
        document = _written({**given, **rows})
        with self._database.write() as tx:
            questions.add_order_set(tx, note, document)
        return note

    def networks(self, limit: int) -> list[NetworkNote]:
        """Give stored networks, the newest first."""
        with self._database.read() as tx:
            return questions.newest_networks(tx, limit=limit)

    def network(self, network: str) -> tuple[NetworkNote, dict[str, Any]]:
        """Give a stored network with its document.

        Raises
        ------
        Refusal
            There is no such network.
        """
        with self._database.read() as tx:
            document = _network(tx, network)
            note = questions.network(tx, network)
        assert note is not None
        return note, document

    def order_sets(self, limit: int, network: str | None) -> list[OrderSetNote]:
        """Give stored sets of orders, the newest first."""
        with self._database.read() as tx:
            return questions.newest_order_sets(tx, limit=limit, network=network)

    def order_set(self, order_set: str) -> tuple[OrderSetNote, dict[str, Any]]:
        """Give a stored set of orders with its rows.

        Raises
        ------
        Refusal
            There is no such set.
        """
        with self._database.read() as tx:
            note = questions.order_set(tx, order_set)
            data = questions.order_set_document(tx, order_set)
        if note is None or data is None:
            raise Refusal("CG-7001", f"there is no order set {order_set}")
        return note, json.loads(data)

    def _read_orders(self, network: Mapping[str, Any], new: NewOrders) -> OrderSet:
        with ExitStack() as files:
            orders = self._source("orders", new.rows, files)
            collects = new.collects
            read = read_order_set(
                network,
                orders,
                collects=None if collects is None else self._source("collects", collects, files),
                keep_good_rows=new.keep_good_rows,
                name=NAME,
            )
        self._cap(read.read.order_rows)
        self._cap(len(read.read.problem.collects), "collects")
        return read

    def _source(
        self, name: str, rows: Sequence[object] | IO[bytes], files: ExitStack
    ) -> Sequence[object] | Path:
        """Give rows as they are, and a table as a file; neither may be far too long."""
        if isinstance(rows, Sequence):
            self._cap(len(rows), WHAT[name])
            return rows
        self._cap_table(name, rows)
        return files.enter_context(
            table_on_disk(name, rows, MOST_UNPACKED * self._caps.upload_bytes)
        )

    def _question(self, read: ReadResult, document: Mapping[str, Any] | None) -> Question:
        self._cap(read.order_rows)
        self._cap(len(read.problem.collects), "collects")
        self._ensure_offered(read.problem)
        return Question(
            problem=read.problem,
            document=_written(problem_document(read.problem) if document is None else document),
            refused=read.refused,
            order_rows=read.order_rows,
            refused_rows=read.refused_rows,
        )

    def _cap(self, rows: int, what: str = "order lines") -> None:
        most = self._caps.order_lines
        if rows > most:
            raise Refusal("CG-7004", f"{rows} {what}; one request may have {most}")

    def _cap_table(self, name: str, table: IO[bytes]) -> None:
        """Refuse a table that is far too long before it is parsed, which takes long."""
        table.seek(0)
        lines = sum(piece.count(b"\n") for piece in iter(lambda: table.read(1 << 20), b""))
        # Quoted cells may hold line ends of their own, blank lines do not count.
        if lines > LINES_PER_ROW * (self._caps.order_lines + 1):
            self._cap(lines, WHAT[name])

    def _ensure_offered(self, problem: Problem) -> None:
        """Let a problem name no files but those that the operator offers."""
        folder = self._caps.travel_folder
        named = {"file": problem.travel.file, "closures": problem.travel.closures}
        faults = []
        for key, file in named.items():
            if file is None:
                continue
            plain = Path(file).name == file and "\\" not in file and not file.startswith(".")
            if folder is None or not plain or not (folder / file).is_file():
                cause = f"no travel file {file!r} is offered"
                action = "Use the provider great_circle, or a file that the operator names"
                place = f"/travel/{key}"
                faults.append(Fault(code="CG-7105", place=place, cause=cause, action=action))
        if faults:
            raise InputRefused(faults)


def _stored(tx: Transaction, network: str, order_set: str) -> dict[str, Any]:
    known = questions.order_set(tx, order_set)
    orders = questions.order_set_document(tx, order_set)
    if known is None or orders is None:
        raise Refusal("CG-7001", f"there is no order set {order_set}")
    if known.network != network:
        raise Refusal(
            "CG-7006", f"order set {order_set} is for network {known.network}, not {network}"
        )
    return {**_network(tx, network), **json.loads(orders)}


def _network(tx: Transaction, network: str) -> dict[str, Any]:
    data = questions.network_document(tx, network)
    if data is None:
        raise Refusal("CG-7001", f"there is no network {network}")
    document: dict[str, Any] = json.loads(data)
    return document


def _written(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _fault(fault: Fault) -> dict[str, str]:
    return {
        "code": fault.code, "place": fault.place, "cause": fault.cause, "action": fault.action,
    }  # fmt: skip
