"""Tables that came in a form: checked, and written to a folder of ours under names of ours."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import IO

from api.problem_details import Refusal
from optimizer.formats import workbook_size

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
Tables = Mapping[str, IO[bytes]]
"""What came, by the name of its part."""


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

    Raises
    ------
    Refusal
        It is no .xlsx file, unpacks to too much, or a sheet spans too many cells.
    """
    try:
        workbook_size.ensure_bearable(content, unpacked_bytes)
    except workbook_size.WorkbookRefusedError as error:
        raise Refusal("CG-7108", f"{place}: {error}") from error
