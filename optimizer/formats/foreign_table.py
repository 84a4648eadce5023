"""CSV files of others: a header of their own, rows numbered as a text editor shows them.

Columns that nobody asks for are passed over, unlike those of a problem's own tables.
"""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from optimizer.formats.faults import FaultLog
from optimizer.formats.file_text import bytes_of, text_of
from optimizer.formats.raw import RawTable


def read_foreign_table(path: Path, name: str, log: FaultLog) -> RawTable | None:
    """Read a CSV file whose columns are not those of a problem.

    Parameters
    ----------
    path
        The file.
    name
        What the fault log calls its rows.
    log
        Takes what is wrong with the file.

    Returns
    -------
    RawTable | None
        None, and faults, where it is no table or has no rows.
    """
    data = bytes_of(path, path.name, log)
    text = None if data is None else text_of(data, path.name, log)
    if text is None:
        return None
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        grid = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        log.add("CG-1005", path.name, f"row {reader.line_num} is no CSV: {error}")
        return None
    filled = [(number, row) for number, row in grid[1:] if any(row)]
    if not filled:
        log.add("CG-1022", path.name, "the file has no rows")
        return None
    header = grid[0][1]
    for column in sorted({column for column in header if header.count(column) > 1}):
        log.add("CG-1004", f"{path.name} row 1", f"column {column!r} stands twice")
    columns = {
        column: [row[j] if j < len(row) else "" for _, row in filled]
        for j, column in enumerate(header)
    }
    rows = [number for number, _ in filled]
    return RawTable(name=name, place=path.name, columns=columns, rows=rows)
