"""Excel workbooks: read through calamine, written through openpyxl.

The sheets bear the names of the tables; the sheet ``settings`` has the columns ``key`` and
``value``, dotted keys and YAML values.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from python_calamine import CalamineError, CalamineWorkbook

from optimizer.formats.faults import CellError, FaultLog, nearest, shown
from optimizer.formats.file_text import LARGEST_FILE, bytes_of
from optimizer.formats.raw import (
    REQUIRED_TABLES,
    SETTINGS,
    TABLES,
    RawProblem,
    RawSettings,
    RawTable,
    SettingsPath,
    cell_text,
    columns_used,
    table_from_grid,
)
from optimizer.formats.settings_text import value_from_text, value_to_text
from optimizer.formats.workbook_size import WorkbookRefusedError, ensure_bearable

SHEETS = (*TABLES, SETTINGS)
LARGEST_UNPACKED = 4 * LARGEST_FILE
EXCEL_DIGITS = 15


def read_workbook(path: Path, log: FaultLog) -> RawProblem | None:
    """Read a workbook; None, and a fault, where it is none."""
    data = bytes_of(path, path.name, log)
    book = None if data is None else _opened(data, path.name, log)
    if book is None:
        return None
    _refuse_misnamed(book.sheet_names, path.name, log)
    tables: dict[str, RawTable] = {}
    for name in TABLES:
        grid = _grid(book, name, f"{path.name} sheet {name}", log)
        if grid is not None:
            table = table_from_grid(name, f"{path.name} sheet {name}", grid, log)
            if table is not None:
                tables[name] = table
    place = f"{path.name} sheet {SETTINGS}"
    grid = _grid(book, SETTINGS, place, log)
    settings = None if grid is None else settings_from_rows(grid, place, log)
    return RawProblem(name=path.stem, settings=settings, tables=tables)


def _opened(data: bytes, place: str, log: FaultLog) -> CalamineWorkbook | None:
    """Open a workbook whose unpacked size is bearable: a small zip can hold terabytes."""
    try:
        if is_zipfile(io.BytesIO(data)):
            ensure_bearable(io.BytesIO(data), LARGEST_UNPACKED, xlsx_only=False)
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except WorkbookRefusedError as error:
        log.add("CG-1005", place, str(error))
    except CalamineError as error:
        log.add("CG-1005", place, f"this is no workbook: {error}")
    return None


def _refuse_misnamed(names: Sequence[str], place: str, log: FaultLog) -> None:
    """Note missing sheets, and sheets whose name looks like that of a missing one."""
    missing = [name for name in SHEETS if name not in names]
    for name in missing:
        near = nearest(name, set(names) - set(SHEETS))
        if near is not None:
            action = f"Rename the sheet {shown(near)} to {name}, or to something quite different"
            log.add("CG-1001", f"{place} sheet {near}", f"there is no sheet {name!r}", action)
        elif name in REQUIRED_TABLES or name == SETTINGS:
            log.add("CG-1001", f"{place} sheet {name}", "the sheet is missing")


def _grid(book: CalamineWorkbook, name: str, place: str, log: FaultLog) -> list[list[str]] | None:
    if name not in book.sheet_names:
        return None
    try:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        return [[cell_text(cell) for cell in row] for row in rows]
    except (CalamineError, CellError) as error:
        log.add("CG-1005", place, f"the sheet cannot be read: {error}")
        return None


def settings_from_rows(
    grid: Sequence[Sequence[str]], place: str, log: FaultLog
) -> RawSettings | None:
    """Read rows of dotted keys and YAML values; None where the two columns are missing."""
    header = list(grid[0]) if grid else []
    missing = [column for column in ("key", "value") if column not in header]
    for column in missing:
        log.add("CG-1002", f"{place} row 1", f"column {column!r} is missing")
    if missing:
        return None
    key_at, value_at = header.index("key"), header.index("value")
    document: dict[str, Any] = {}
    rows: dict[SettingsPath, int] = {}
    for number, row in enumerate(grid[1:], start=2):
        path = tuple(part.strip() for part in row[key_at].split("."))
        if not row[key_at]:
            if any(row):
                log.add("CG-1006", f"{place} row {number}", "the row has no key")
            continue
        value = value_from_text(row[value_at], f"{place} row {number}", log)
        if _set(document, path, value):
            rows[path] = number
        else:
            cause = f"key {row[key_at]!r} stands twice, or inside a value given before"
            log.add("CG-1004", f"{place} row {number}", cause)

    def row_of(path: SettingsPath) -> str:
        while path and path not in rows:
            path = path[:-1]
        return f"{place} row {rows[path]}" if path else place

    return RawSettings(document=document, place=row_of)


def _set(document: dict[str, Any], path: Sequence[str], value: object) -> bool:
    """Set a dotted key; False where the place is taken."""
    *outer, last = path
    inside: Any = document
    for part in outer:
        inside = inside.setdefault(part, {})
        if not isinstance(inside, dict):
            return False
    if last in inside:
        return False
    inside[last] = value
    return True


def _excel_cell(sheet: Any, value: object) -> object:  # noqa: ANN401 - a sheet of openpyxl
    """Write text as text, never as a formula or an error, and a number of too many digits too."""
    # Only who writes one waits for it.
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    if isinstance(value, float) and float(f"{value:.{EXCEL_DIGITS}g}") != value:
        return repr(value)
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    return cell


def workbook_bytes(
    tables: Mapping[str, Sequence[Mapping[str, object]]], settings: Mapping[str, Any]
) -> bytes:
    """Write a workbook with the problem's sheets."""
    # Only who writes one waits for it.
    from openpyxl import Workbook  # noqa: PLC0415

    book = Workbook(write_only=True)
    for name, rows in tables.items():
        sheet = book.create_sheet(name)
        columns = columns_used(name, rows)
        sheet.append(columns)
        for row in rows:
            sheet.append([_excel_cell(sheet, row.get(column)) for column in columns])
    sheet = book.create_sheet(SETTINGS)
    sheet.append(["key", "value"])
    for key, value in settings.items():
        sheet.append([key, _excel_cell(sheet, value_to_text(value))])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
