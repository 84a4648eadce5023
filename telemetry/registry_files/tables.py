"""Takes the files of a registry apart into rows and documents, and notes what cannot be read."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import yaml

from optimizer.domain.file_text import text_of
from telemetry.registry_files.cells import FaultList, Row, nearest, shown

LARGEST_FILE_BYTES = 64 * 1024 * 1024
WIDEST = 64
"""Columns; a table that has more is none of a registry."""


def _text(path: Path, log: FaultList) -> str | None:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            log.refuse("CG-8010", path.name, "the file is larger than 64 MB")
            return None
        return text_of(path.read_bytes())
    except OSError as error:
        log.refuse("CG-8010", path.name, f"the file cannot be read: {error.strerror}")
    except ValueError as error:
        log.refuse("CG-8010", path.name, str(error))
    return None


def read_rows(path: Path, columns: Sequence[str], needed: set[str], log: FaultList) -> list[Row]:
    """Read a table with a header; none of its rows where a needed column is missing."""
    text = _text(path, log)
    if text is None:
        return []
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        rows = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        log.refuse("CG-8010", f"{path.name} row {reader.line_num}", f"no CSV: {error}")
        return []
    if len(header) > WIDEST:
        log.refuse("CG-8011", path.name, f"it has {len(header)} columns")
        return []
    for column in sorted(needed.difference(header)):
        log.refuse("CG-8011", path.name, f"column {column} is missing")
    for column, times in Counter(header).items():
        if column not in columns:
            words = f"column {shown(column)} is unknown{nearest(column, columns)}"
            log.refuse("CG-8011", path.name, words)
        elif times > 1:
            log.refuse("CG-8011", path.name, f"column {column} stands there {times} times")
    made = []
    for line, cells in rows:
        if len(cells) > len(header):
            log.refuse("CG-8012", f"{path.name} row {line}", "more cells than columns")
        named = dict(zip(header, cells, strict=False))
        made.append(Row(table=path.name, number=line, cells=named, log=log))
    return made if needed.issubset(header) else []


def read_document(path: Path, log: FaultList) -> object:
    """Read a YAML file; None where it is not there."""
    if not path.exists():
        return None
    text = _text(path, log)
    if text is None:
        return None
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = path.name if mark is None else f"{path.name} line {mark.line + 1}"
        log.refuse("CG-8018", place, f"no YAML: {getattr(error, 'problem', None) or 'unreadable'}")
        return None
