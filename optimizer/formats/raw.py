"""Raw rows with their places: what every kind of problem file is turned into first.

A cell is text, whatever the file held; empty text means that nothing stands there. So numbers of
a workbook, of a JSON file and of a CSV file meet the same parsers and the same messages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from optimizer.formats.faults import CellError, FaultLog, RowPlace, listed

SITES, VEHICLES, ORDERS, STOCK, COLLECTS = "sites", "vehicles", "orders", "stock", "collects"
SETTINGS = "settings"
TABLES = (SITES, VEHICLES, ORDERS, STOCK, COLLECTS)
REQUIRED_TABLES = (SITES, VEHICLES, ORDERS)

COLUMNS: Mapping[str, tuple[str, ...]] = {
    SITES: (
        "id", "kind", "name", "lat", "lon", "opens", "closes", "service_s", "docks", "sorting_min",
        "cap_frozen_l", "cap_chilled_l", "cap_controlled_l", "grid",
        "needs", "cells_frozen", "cells_chilled", "cells_controlled", "cell_l",
    ),
    VEHICLES: (
        "id", "type", "home", "echelon", "owner", "payload_kg",
        "cap_frozen_l", "cap_chilled_l", "cap_controlled_l", "bulkhead_step_l",
        "fixed_cents", "cents_per_km", "cents_per_h", "shift_start", "shift_end", "max_trips",
        "cooling", "live_temperature", "range_km", "skills", "carrier",
    ),
    ORDERS: (
        "order", "line", "site", "article", "batch", "zone", "mass_kg", "volume_l", "value_cents",
        "shelf_life_left_h", "promise", "priority", "window_from", "window_to", "mode", "loading_c",
        "ordered_at",
    ),
    STOCK: ("site", "article", "mass_kg", "volume_l"),
    COLLECTS: ("order", "line", "site", "kind", "zone", "mass_kg", "volume_l", "value_cents"),
}  # fmt: skip
"""Columns of the tables, in the order in which they are written."""

LATER_COLUMNS = frozenset(
    {
        "needs", "cells_frozen", "cells_chilled", "cells_controlled", "cell_l",
        "range_km", "skills", "carrier", "loading_c", "ordered_at",
    }
)  # fmt: skip
"""Columns that came later: a table has them only where a row uses them."""

SettingsPath = tuple[str | int, ...]
"""Keys and indices that lead to a value of the settings."""

LARGEST_WHOLE_FLOAT = 2.0**53


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """One table of text cells.

    Parameters
    ----------
    name
        Which of ``TABLES`` it is.
    place
        File, file and sheet, or JSON pointer of the table.
    columns
        Cells per column, all of one length.
    rows
        Row number of each row as a spreadsheet shows it, or the index of a JSON row.
    pointer
        Whether places are JSON pointers.
    """

    name: str
    place: str
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]
    pointer: bool = False

    def at(self, index: int, column: str | None = None) -> str:
        """Name the place of a row, and where places are so fine, of a cell."""
        if not self.pointer:
            return f"{self.place} row {self.rows[index]}"
        return f"{self.place}/{self.rows[index]}" + (f"/{escaped(column)}" if column else "")

    def row(self, index: int) -> RowPlace:
        """Give the row's place for the fault log."""
        return RowPlace(self.name, index)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSettings:
    """The settings as plain lists, mappings and scalars, and where each of them stands."""

    document: Mapping[str, Any]
    place: Callable[[SettingsPath], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawProblem:
    """A problem before any value is understood.

    Parameters
    ----------
    name
        The id of the problem unless its settings give one.
    settings
        None where they could not be read at all.
    tables
        By name; a table that is missing or unreadable is absent.
    """

    name: str
    settings: RawSettings | None
    tables: Mapping[str, RawTable]


def columns_used(name: str, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Give the columns with which rows of a table are written."""
    used = {column for row in rows for column in row}
    return [c for c in COLUMNS[name] if c not in LATER_COLUMNS or c in used]


def escaped(key: str) -> str:
    """Write a key as a part of a JSON pointer (RFC 6901)."""
    return key.replace("~", "~0").replace("/", "~1")


def pointer(path: SettingsPath) -> str:
    """Write a path as a JSON pointer."""
    return "".join(f"/{escaped(str(part))}" for part in path)


def cell_text(value: object) -> str:
    """Turn whatever a file holds in one cell into text.

    Raises
    ------
    CellError
        The cell holds a list or a mapping.
    """
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < LARGEST_WHOLE_FLOAT
        return str(int(value)) if whole else repr(value)
    return _clock_text(value)


def _clock_text(value: object) -> str:
    """Turn a clock or calendar cell of a workbook into text; midnight's date says nothing."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat() if value.second else value.strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
    raise CellError("CG-1027", f"{type(value).__name__} where one value belongs")


def table_from_grid(
    name: str, place: str, grid: Sequence[Sequence[str]], log: FaultLog
) -> RawTable | None:
    """Split a grid of cells into header and rows; rows without any cell are skipped.

    Returns
    -------
    RawTable | None
        None where there is no header.
    """
    header = list(grid[0]) if grid else []
    if not any(header):
        log.add("CG-1005", place, "the first row holds no column names")
        return None
    kept = [(number, row) for number, row in enumerate(grid[1:], start=2) if any(row)]
    positions = _positions(header, f"{place} row 1", log)
    table = RawTable(
        name=name,
        place=place,
        columns={column: [row[j] for _, row in kept] for column, j in positions.items()},
        rows=[number for number, _ in kept],
    )
    nameless = [j for j, column in enumerate(header) if not column]
    for index, (_, row) in enumerate(kept):
        if any(row[j] for j in nameless):
            cause = "the row has cells beyond the columns that row 1 names"
            log.add("CG-1027", table.at(index), cause, row=table.row(index))
    _refuse_unknown(name, list(positions), f"{place} row 1", log)
    return table


def table_from_records(name: str, records: Sequence[object], log: FaultLog) -> RawTable:
    """Turn the rows of a JSON file into columns."""
    table = RawTable(
        name=name, place=f"/{name}", columns={}, rows=range(len(records)), pointer=True
    )
    columns: dict[str, list[str]] = {}
    for index, record in enumerate(records):
        if not isinstance(record, Mapping):
            log.add("CG-1027", table.at(index), "the row is no object", row=table.row(index))
            continue
        for column, value in record.items():
            if column not in columns:
                columns[column] = [""] * len(records)
                _refuse_unknown(name, [column], table.at(index, column), log)
            try:
                columns[column][index] = cell_text(value)
            except CellError as error:
                log.error(table.at(index, column), error, row=table.row(index))
    return RawTable(name=name, place=table.place, columns=columns, rows=table.rows, pointer=True)


def _positions(header: Sequence[str], place: str, log: FaultLog) -> dict[str, int]:
    positions: dict[str, int] = {}
    for j, column in enumerate(header):
        if column and column in positions:
            log.add("CG-1004", place, f"column {column!r} stands twice")
        elif column:
            positions[column] = j
    return positions


def _refuse_unknown(name: str, columns: Sequence[str], place: str, log: FaultLog) -> None:
    known = COLUMNS[name]
    for column in columns:
        if column not in known:
            hint = log.meant(column, known)
            cause = f"table {name} has no column {column!r}{hint}"
            log.add("CG-1003", place, cause, f"Use only the columns {listed(known, len(known))}")
