"""Tables that came in a form: checked, and written to a folder of ours under names of ours."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO

from api.problem_details import Refusal

FILES = {
    "sites": "sites.csv",
    "vehicles": "vehicles.csv",
    "orders": "orders.csv",
    "stock": "stock.csv",
    "collects": "collects.csv",
    "settings": "settings.yaml",
}
"""Parts of a form and the files that they become."""

WORKBOOK = "workbook"
FOLDER = "problem"
"""The id of a problem whose settings give none, as for one that came as JSON."""

MOST_UNPACKED = 8
"""A workbook may unpack to so many times the bytes that a request may have."""
MOST_CELLS = 4_000_000
"""Cells of the rectangle that the used cells of a sheet span."""
LETTERS = 26
CHUNK = 1 << 16
OTHER_KINDS = ("xl/workbook.bin", "content.xml")

Tables = Mapping[str, IO[bytes]]
"""What came, by the name of its part."""

_CELL = re.compile(rb'\sr="([A-Z]{1,3})([0-9]{1,7})"')
_LONGEST_CELL = 16


@contextmanager
def on_disk(tables: Tables, unpacked_bytes: int) -> Iterator[Path]:
    """Write parts to a folder, or to one workbook, that lasts as long as the block.

    Parameters
    ----------
    tables
        Tables by their names, or ``workbook`` alone.
    unpacked_bytes
        How much a workbook may unpack to.

    Raises
    ------
    Refusal
        There is both a workbook and a table, or the workbook is none.
    """
    if WORKBOOK in tables and len(tables) > 1:
        raise Refusal("CG-7107", "workbook: it comes alone, its sheets are the tables")
    with TemporaryDirectory(prefix="coldgrid-upload-") as place:
        folder = Path(place) / FOLDER
        folder.mkdir()
        if WORKBOOK in tables:
            path = folder / f"{FOLDER}.xlsx"
            ensure_bearable(tables[WORKBOOK], WORKBOOK, unpacked_bytes)
            _write(tables[WORKBOOK], path)
            yield path
        else:
            for name, content in tables.items():
                _write(content, folder / FILES[name])
            yield folder


@contextmanager
def table_on_disk(name: str, table: IO[bytes], unpacked_bytes: int) -> Iterator[Path]:
    """Write one table, CSV or workbook, to a file that lasts as long as the block.

    Parameters
    ----------
    name
        The part of the form that it is.
    table
        What came.
    unpacked_bytes
        How much a workbook may unpack to.

    Raises
    ------
    Refusal
        It is a zip file, and no bearable workbook.
    """
    packed = zipfile.is_zipfile(table)
    with TemporaryDirectory(prefix="coldgrid-upload-") as place:
        path = Path(place) / (f"{name}.xlsx" if packed else FILES[name])
        if packed:
            ensure_bearable(table, name, unpacked_bytes)
        _write(table, path)
        yield path


def _write(content: IO[bytes], path: Path) -> None:
    content.seek(0)
    with path.open("wb") as file:
        copyfileobj(content, file)


def ensure_bearable(content: IO[bytes], place: str, unpacked_bytes: int) -> None:
    """Refuse a workbook that would not fit into memory.

    What a zip file says of its sizes is the sender's word, so it is unpacked once, piece by
    piece. Readers build the whole rectangle that a sheet's cells span, so two cells far apart
    can stand for billions.

    Raises
    ------
    Refusal
        It is no .xlsx file, unpacks to too much, or a sheet spans too many cells.
    """
    content.seek(0)
    try:
        with zipfile.ZipFile(content) as book:
            names = book.namelist()
            if "xl/workbook.xml" not in names or any(kind in names for kind in OTHER_KINDS):
                raise Refusal("CG-7108", f"{place}: this is no .xlsx workbook")
            _ensure_small(book, place, unpacked_bytes)
    except (zipfile.BadZipFile, NotImplementedError, zlib.error, EOFError, RuntimeError) as error:
        raise Refusal("CG-7108", f"{place}: this is no workbook: {error}") from error


def _ensure_small(book: zipfile.ZipFile, place: str, most: int) -> None:
    total = 0
    for entry in book.infolist():
        sheet = "worksheets/" in entry.filename
        columns = rows = 0
        rest = b""
        # The size that is stated bounds what is read here and nothing else.
        entry.file_size = most + 2 * CHUNK
        with book.open(entry) as packed:
            while piece := _piece(packed):
                total += len(piece)
                if total > most:
                    raise Refusal("CG-7108", f"{place}: it unpacks to more than {most} bytes")
                if sheet:
                    columns, rows = _spanned(rest + piece, columns, rows)
                    rest = piece[-_LONGEST_CELL:]
        if columns * rows > MOST_CELLS:
            cause = f"{place}: {entry.filename} spans {columns} columns times {rows} rows"
            raise Refusal("CG-7108", cause)


def _piece(packed: IO[bytes]) -> bytes:
    return packed.read(CHUNK)


def _spanned(text: bytes, columns: int, rows: int) -> tuple[int, int]:
    for letters, number in _CELL.findall(text):
        column = 0
        for letter in letters:
            column = LETTERS * column + letter - ord("A") + 1
        columns, rows = max(columns, column), max(rows, int(number))
    return columns, rows
