"""Copies of the small sample city with one thing changed."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from tests.features.command_line import SMALL_CITY

Row = dict[str, str]


def copy_of_city(folder: Path) -> Path:
    city = folder / "small_city"
    shutil.copytree(SMALL_CITY, city)
    return city


def change_rows(city: Path, table: str, change: Callable[[Row], Row | None]) -> None:
    """Pass every row of a table through a change; None takes the row out."""
    path = city / f"{table}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        rows = [changed for row in reader if (changed := change(row)) is not None]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)


def change_settings(city: Path, pattern: str, replacement: str) -> None:
    path = city / "settings.yaml"
    text, times = re.subn(pattern, replacement, path.read_text(encoding="utf-8"))
    assert times, f"settings.yaml has no {pattern!r}"
    path.write_text(text, encoding="utf-8")
