"""How much memory a packed workbook would take, found out before any reader opens it.

What a zip file says of its sizes is the sender's word, so it is unpacked once, piece by piece.
Readers build the whole rectangle that a sheet's cells span, so two cells far apart can stand for
billions. Cells are counted as readers count them: one without a place is right of the one before.
Many cells can share one text, and readers give each a copy: so the longest text counts for all.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import IO

from optimizer.formats.ods_size import OdsRefusedError, OdsSpan

MOST_CELLS = 4_000_000
"""Cells of the rectangle that the used cells of a sheet span."""
MOST_TEXT_BYTES = 1 << 29
"""What the longest shared text may come to, were it in every cell: half a gibibyte."""

CHUNK = 1 << 20
LETTERS = 26
ODS_SHEETS = "content.xml"
NOT_XLSX = ("xl/workbook.bin", ODS_SHEETS)

_TOKEN = re.compile(
    rb"<(?:[\w.-]{1,64}:)?(?:(sheetData)|(row)|c)(?=[\s/>])"
    rb'(?:\sr="([A-Z]{1,3})?([0-9]{1,7})")?'
    rb"|\sr\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']"
)
"""A sheet's begin, a row or a cell, mostly with its place; else a place that stands elsewhere."""


_SHARED = re.compile(rb"<(?:[\w.-]{1,64}:)?si(?=[\s/>])")
_TAG_BYTES = 80
"""So long the begin of a shared text may be, name space and all."""


class WorkbookRefusedError(Exception):
    """A workbook that no reader should open; the message says why."""


def ensure_bearable(content: IO[bytes], most_bytes: int, *, xlsx_only: bool = True) -> None:
    """Refuse a packed workbook that would not fit into memory.

    Parameters
    ----------
    content
        The file, a zip file; it is read from its beginning.
    most_bytes
        How much it may unpack to.
    xlsx_only
        Whether the other kinds of packed workbooks are refused too.

    Raises
    ------
    WorkbookRefusedError
        It is damaged or of another kind, unpacks to too much, a sheet spans too many cells, or
        many cells may share a long text.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as book:
            names = book.namelist()
            other = "xl/workbook.xml" not in names or any(kind in names for kind in NOT_XLSX)
            if xlsx_only and other:
                raise WorkbookRefusedError("this is no .xlsx workbook")
            _ensure_small(book, most_bytes)
    except OdsRefusedError as error:
        raise WorkbookRefusedError(str(error)) from error
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, RuntimeError) as error:
        raise WorkbookRefusedError(f"this is no workbook: {error}") from error


def _ensure_small(book: zipfile.ZipFile, most_bytes: int) -> None:
    total, cells, longest = 0, 0, 0
    for entry in book.infolist():
        span, texts = _Span(), _Texts()
        repeats = OdsSpan() if entry.filename == ODS_SHEETS else None
        # The size that is stated bounds what is read here and nothing else.
        entry.file_size = most_bytes + 2 * CHUNK
        with book.open(entry) as packed:
            while piece := packed.read(CHUNK):
                total += len(piece)
                if total > most_bytes:
                    raise WorkbookRefusedError(f"it unpacks to more than {most_bytes} bytes")
                span.take(piece)
                texts.take(piece)
                _ensure_narrow(entry.filename, span)
                if repeats is not None:
                    repeats.take(piece)
                    _ensure_narrow(entry.filename, repeats)
        if repeats is not None:
            repeats.take(b"", is_last=True)
            cells, longest = cells + repeats.cells, max(longest, repeats.longest)
        cells, longest = cells + span.cells, max(longest, texts.end())
    if cells * longest > MOST_TEXT_BYTES:
        size = f"{cells} cells, which share texts of up to {longest} bytes"
        raise WorkbookRefusedError(f"it has {size}")


def _ensure_narrow(name: str, span: _Span | OdsSpan) -> None:
    if span.columns * span.rows > MOST_CELLS:
        size = f"{span.columns} columns times {span.rows} rows"
        raise WorkbookRefusedError(f"{name[:60]} spans {size}")


@dataclass(slots=True)
class _Texts:
    """How long the longest text is that cells share, tags and all, as far as a part was read."""

    _read: int = 0
    _begun: int | None = None
    _longest: int = 0
    _rest: bytes = b""

    def take(self, piece: bytes) -> None:
        """Read on."""
        text = self._rest + piece
        offset = self._read - len(self._rest)
        for found in _SHARED.finditer(text):
            begun = offset + found.start()
            if self._begun is not None:
                self._longest = max(self._longest, begun - self._begun)
            self._begun = begun
        self._read += len(piece)
        self._rest = text[-_TAG_BYTES:]

    def end(self) -> int:
        """Give the bytes of the longest one; 0 where the part holds none."""
        return 0 if self._begun is None else max(self._longest, self._read - self._begun)


@dataclass(slots=True)
class _Span:
    """The rectangle of a sheet, as far as it was read; nothing of what is no sheet."""

    columns: int = 0
    rows: int = 0
    cells: int = 0
    _column: int = 0
    _row: int = 0
    _inside: bool = False
    _rest: bytes = b""

    def take(self, piece: bytes) -> None:
        """Read on; the last tag waits for the next one, the last of all closes the sheet."""
        text = self._rest + piece
        end = text.rfind(b"<")
        if end < 0:
            end = len(text)
        if self._inside and len(text) - end > CHUNK:
            raise WorkbookRefusedError(f"it has a tag of more than {CHUNK} bytes")
        self._rest = text[max(end, len(text) - 2 * CHUNK) :]
        self._count(_TOKEN.findall(text, 0, end))

    def _count(self, tokens: list[tuple[bytes, ...]]) -> None:
        column, row = self._column, self._row
        columns, rows, inside = self.columns, self.rows, self._inside
        for begin, is_row, letters, number, other_letters, other_number in tokens:
            if number:
                # By far the most: a cell, or a row, that names its place as spreadsheets do.
                row = int(number)
                column = _column(letters) if letters else 0 if is_row else column + 1
            elif other_number:
                row = int(other_number[:20])
                column = _column(other_letters) if other_letters else column
            elif begin:
                inside = True
            elif is_row:
                row, column = row + 1, 0
            else:
                column += 1
            # A place that stands elsewhere belongs to a cell that was counted.
            self.cells += inside and not (begin or is_row or other_number)
            if inside and (column > columns or row > rows):
                columns, rows = max(columns, column), max(rows, row)
        self._column, self._row = column, row
        self.columns, self.rows, self._inside = columns, rows, inside


@lru_cache(maxsize=4096)
def _column(letters: bytes) -> int:
    """Count columns from their letters, from A as 1."""
    column = 0
    for letter in letters[:8].upper():
        column = LETTERS * column + letter - ord("A") + 1
    return column
