"""Reads the columns of a raw table, each distinct text once, and notes what cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from optimizer.formats.cells import Parser
from optimizer.formats.faults import CellError, FaultLog, shown
from optimizer.formats.raw import RawTable

T = TypeVar("T")
S = TypeVar("S")
V = TypeVar("V")


class TypedColumns:
    """The typed cells of one table.

    Cells that cannot be read hold None whatever the type says: their rows are bad, and
    ``good_rows`` leaves them out.
    """

    def __init__(self, table: RawTable, log: FaultLog) -> None:
        self.table = table
        self.log = log
        self._complete = True
        self._shapeless = log.bad_rows(table.name)

    def required(self, column: str, parse: Parser[T]) -> list[T]:
        """Read a column in which every cell must be filled."""
        cells = self.table.columns.get(column)
        if cells is None:
            self._complete = False
            if self.table.rows:
                header = self.table.place if self.table.pointer else f"{self.table.place} row 1"
                self.log.add("CG-1002", header, f"column {column!r} is missing")
            return self._nothing()
        return self._read(column, cells, parse, self._refuse_empty)

    def optional(self, column: str, parse: Parser[T], default: S) -> list[T | S]:
        """Read a column in which an empty cell, or no column at all, means the default."""
        cells = self.table.columns.get(column)
        if cells is None:
            return [default] * len(self.table.rows)
        return self._read(column, cells, parse, lambda: default)

    def paired(
        self, first: Sequence[T], second: Sequence[S], combine: Callable[[T, S], V], column: str
    ) -> list[V]:
        """Combine two columns cell by cell, each distinct pair once."""
        made: dict[tuple[T, S], V | CellError] = {}
        combined = []
        good = set(self.good_rows())
        for index, pair in enumerate(zip(first, second, strict=True)):
            if index in good and pair not in made:
                try:
                    made[pair] = combine(*pair)
                except CellError as error:
                    made[pair] = error
            value = made.get(pair)
            if isinstance(value, CellError):
                self.refuse(index, value, column)
            combined.append(cast(V, value))
        return combined

    def refuse(self, index: int, error: CellError, column: str | None = None) -> None:
        """Note a fault of one row."""
        cause = f"{column}: {error.cause}" if column else error.cause
        self.log.add(
            error.code, self.table.at(index, column), cause, error.action,
            row=self.table.row(index),
        )  # fmt: skip

    def refuse_repeated(self, keys: Sequence[object], column: str, code: str) -> None:
        """Note every row whose key an earlier row already bears; call it once keys are read."""
        first_row: dict[object, int] = {}
        for index in list(self.good_rows()):
            key = keys[index]
            earlier = first_row.setdefault(key, index)
            if earlier != index:
                cause = f"{shown(str(key))} already stands in {self.table.at(earlier)}"
                self.refuse(index, CellError(code, cause), column)

    def refuse_unknown(
        self, cells: Sequence[str | None], known: Collection[str], column: str, what: str
    ) -> None:
        """Note every row that refers to something that is not known; None refers to nothing."""
        for index, name in enumerate(cells):
            if name is not None and name not in known:
                hint = self.log.meant(name, known)
                error = CellError("CG-1015", f"there is no {what} {shown(name)}{hint}")
                self.refuse(index, error, column)

    def good_rows(self) -> Iterator[int]:
        """Give the indices of the rows that nothing is wrong with so far.

        Where a required column is missing, that is none.
        """
        bad = self.log.bad_rows(self.table.name)
        rows = range(len(self.table.rows)) if self._complete else ()
        return (index for index in rows if index not in bad)

    def good_records(self, fields: Mapping[str, Sequence[object]]) -> Iterator[dict[str, Any]]:
        """Give the fields of each row that nothing is wrong with, ready for a constructor."""
        names = list(fields)
        for index in list(self.good_rows()):
            yield {name: fields[name][index] for name in names}

    def _read(
        self, column: str, cells: Sequence[str], parse: Parser[T], empty: Callable[[], S]
    ) -> list[T | S]:
        read: dict[str, T | S | CellError] = {}
        failed = False
        for cell in set(cells):
            try:
                read[cell] = parse(cell) if cell else empty()
            except CellError as error:
                read[cell] = error
                failed = True
        values = [read[cell] for cell in cells]
        if failed:
            for index, value in enumerate(values):
                if isinstance(value, CellError):
                    # Of a row that is no row at all, that its cells are empty is no news.
                    if value.code != "CG-1006" or index not in self._shapeless:
                        self.refuse(index, value, column)
                    values[index] = cast(T, None)
        return cast(list[T | S], values)

    def _refuse_empty(self) -> T:  # type: ignore[type-var]
        raise CellError("CG-1006", "the cell is empty")

    def _nothing(self) -> list[T]:
        return cast(list[T], [None] * len(self.table.rows))
