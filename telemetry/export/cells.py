"""Cells and lines of exported tables; text of others never becomes a formula of a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
"""Full-width signs too: spreadsheets in Chinese take them for the plain ones."""


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def instant_cell(at_ms: int, zone: ZoneInfo) -> str:
    """Write an instant as RFC 3339, to the millisecond, with the local offset."""
    at = datetime.fromtimestamp(at_ms // 1000, UTC) + timedelta(milliseconds=at_ms % 1000)
    return at.astimezone(zone).isoformat(timespec="milliseconds")


def figure_cell(figure: float | None, decimals: int) -> object:
    """Write a number; nothing where there is none."""
    return "" if figure is None else round(figure, decimals)


def csv_line(cells: Sequence[object]) -> str:
    """Write a line of a table with its line end."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()
