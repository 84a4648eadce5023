"""How large the sheets of an OpenDocument file are, where a cell may say how often it comes.

Spreadsheets fill a sheet to its end with empty cells that are repeated; readers leave those out,
and so does the count. A cell that holds anything counts as often as it comes, with all before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.parsers import expat

SHEET, ROW, TEXT = "table", "table-row", "p"
CELLS = frozenset({"table-cell", "covered-table-cell"})
ROWS_REPEATED, COLUMNS_REPEATED = "number-rows-repeated", "number-columns-repeated"
VALUES = frozenset({"value", "value-type", "formula", "date-value", "string-value"})
MOST_DIGITS = 12


class OdsRefusedError(Exception):
    """A document that no reader should open; the message says why."""


@dataclass(slots=True)
class _Row:
    times: int
    columns: int = 0
    used: int = 0


class OdsSpan:
    """Counts the cells of sheets while their document is read piece by piece.

    Attributes
    ----------
    columns, rows
        The rectangle of the largest sheet.
    cells
        Of all sheets together, as readers would make them.
    longest
        Characters of the longest text of a cell.
    """

    def __init__(self) -> None:
        self.columns = self.rows = self.cells = self.longest = 0
        self._sheet_columns = self._sheet_rows = self._read_rows = 0
        self._row: _Row | None = None
        self._is_in_cell = False
        self._text = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._say
        self._parser.EntityDeclHandler = self._refuse_entity

    def take(self, piece: bytes, *, is_last: bool = False) -> None:
        """Read on.

        Raises
        ------
        OdsRefusedError
            It is no XML, or declares entities of its own.
        """
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            raise OdsRefusedError(f"content.xml is damaged: {error}") from error

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if local == SHEET:
            self._sheet_columns = self._sheet_rows = self._read_rows = 0
        elif local == ROW:
            self._row = _Row(times=_times(said.get(ROWS_REPEATED)))
        elif local in CELLS and self._row is not None:
            self._row.columns += _times(said.get(COLUMNS_REPEATED))
            self._is_in_cell, self._text = True, len(said.get("string-value", ""))
            if VALUES & said.keys():
                self._use()
        elif local == TEXT and self._is_in_cell:
            self._use()

    def _use(self) -> None:
        assert self._row is not None
        self._row.used = self._row.columns

    def _say(self, text: str) -> None:
        if self._is_in_cell:
            self._text += len(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in CELLS:
            self._is_in_cell = False
            self.longest = max(self.longest, self._text)
        elif local == ROW and self._row is not None:
            row, self._row = self._row, None
            self._read_rows += row.times
            if row.used:
                self._sheet_columns = max(self._sheet_columns, row.used)
                self._sheet_rows = self._read_rows
                self.cells += row.used * row.times
                if self._sheet_columns * self._sheet_rows > self.columns * self.rows:
                    self.columns, self.rows = self._sheet_columns, self._sheet_rows

    def _refuse_entity(self, *_: object) -> None:
        raise OdsRefusedError("it declares entities of its own")


def _times(said: str | None) -> int:
    if said is None:
        return 1
    if not (said.isdecimal() and said.isascii() and len(said) <= MOST_DIGITS):
        raise OdsRefusedError("a cell is repeated a number of times that is no number")
    return max(1, int(said))
