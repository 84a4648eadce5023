"""CSV tables through pandas: every cell as text, row numbers as a spreadsheet shows them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from optimizer.formats.faults import FaultLog
from optimizer.formats.file_text import bytes_of, text_of
from optimizer.formats.raw import RawTable, columns_used, table_from_grid

WIDEST = 64


def read_csv(path: Path, name: str, log: FaultLog) -> RawTable | None:
    """Read one CSV file; None, and faults, where it is no table."""
    data = bytes_of(path, path.name, log)
    text = None if data is None else text_of(data, path.name, log)
    if text is None:
        return None
    return csv_from_text(text, name, path.name, log)


def csv_from_text(text: str, name: str, place: str, log: FaultLog) -> RawTable | None:
    """Read a CSV table from text; None, and faults, where it is no table."""
    # A service that is sent JSON all day never needs it, and it takes a third of a second to load.
    import pandas as pd  # noqa: PLC0415

    first = text.partition("\n")[0]
    if "," not in first and (";" in first or "\t" in first):
        cause = "row 1 separates its columns by something else than a comma"
        log.add("CG-1005", place, cause, "Save it as CSV with commas")
        return None
    width = _first_width(text)
    if width is None or width > WIDEST:
        cause = "row 1 is no row of CSV" if width is None else f"row 1 has {width} columns"
        log.add("CG-1005", place, cause)
        return None
    # Commas in quotes make this too wide, never too narrow: pandas refuses a row that is wider
    # than the names it was told, and says so of the first such row only.
    width = min(WIDEST, 1 + max((line.count(",") for line in text.splitlines()), default=0))
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            header=None,
            names=range(width),
            dtype=object,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).strip().rpartition("C error: ")[2]
        log.add("CG-1005", place, f"this is no table: {reason}")
        return None
    columns = [[str(cell).strip() for cell in frame[j]] for j in range(width)]
    return table_from_grid(name, place, list(zip(*columns, strict=True)), log)


def _first_width(text: str) -> int | None:
    """Count the columns of the first row; None where it is none.

    A reader that is told fewer names than the first row has cells takes the others for an index.
    """
    try:
        return len(next(csv.reader(io.StringIO(text, newline="")), ()))
    except csv.Error:
        return None


def csv_text(name: str, rows: Iterable[Mapping[str, object]]) -> str:
    """Write rows of one of the problem's tables; a column that a row lacks stays empty."""
    written = list(rows)
    buffer = io.StringIO()
    columns = columns_used(name, written)
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(written)
    return buffer.getvalue()
