"""Reads a problem: a folder of tables, an Excel workbook or one JSON file, all on one path.

Raw rows with places -> typed rows -> what rows say of each other -> the domain's problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from optimizer.domain.errors import Fault
from optimizer.domain.problem import Problem
from optimizer.formats.assembly import assemble
from optimizer.formats.faults import FaultLog, nearest
from optimizer.formats.file_text import bytes_of, text_of
from optimizer.formats.raw import (
    ORDERS,
    REQUIRED_TABLES,
    SETTINGS,
    TABLES,
    RawProblem,
    RawSettings,
    RawTable,
    pointer,
    table_from_records,
)
from optimizer.formats.settings_text import settings_from_text
from optimizer.formats.strict_json import json_from_text
from optimizer.formats.tables import read_csv
from optimizer.formats.workbook import read_workbook

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
SETTINGS_FILE = "settings.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """A problem and what was refused of its orders.

    Parameters
    ----------
    problem
        The problem of the rows that were kept.
    refused
        Faults of order rows that were left out; empty unless good rows were to be kept.
    order_rows, refused_rows
        Rows of the orders table, and how many of them were left out: the rest are lines of the
        problem, so no row gets lost.
    """

    problem: Problem
    refused: tuple[Fault, ...]
    order_rows: int
    refused_rows: int


def read_problem(path: Path | str, *, keep_good_rows: bool = False) -> ReadResult:
    """Read a problem from a folder of tables, an Excel workbook or a JSON file.

    Parameters
    ----------
    path
        The folder or file.
    keep_good_rows
        Refuse faulty order rows one by one and plan the others. Everything else must be right.

    Raises
    ------
    InputRefused
        With every fault that could be found.
    """
    log = FaultLog()
    return finished(raw_problem(Path(path), log), log, keep_good_rows)


def problem_from_document(
    document: Mapping[str, Any], *, keep_good_rows: bool = False, name: str = "problem"
) -> ReadResult:
    """Read a problem from the JSON form.

    Parameters
    ----------
    document
        The settings' keys beside ``sites``, ``vehicles``, ``orders``, ``stock``, ``collects``.
    keep_good_rows
        As in ``read_problem``.
    name
        The id of the problem unless the document gives one.

    Raises
    ------
    InputRefused
        With every fault that could be found.
    """
    log = FaultLog()
    return finished(raw_from_document(document, name, log), log, keep_good_rows)


def raw_from_document(document: Mapping[str, Any], name: str, log: FaultLog) -> RawProblem:
    """Split the JSON form into tables and settings."""
    tables: dict[str, RawTable] = {}
    for table in TABLES:
        records = document.get(table)
        if isinstance(records, Sequence) and not isinstance(records, str):
            tables[table] = table_from_records(table, records, log)
        elif records is not None:
            log.add("CG-1027", f"/{table}", "a list of rows belongs here")
        elif table in REQUIRED_TABLES:
            log.add("CG-1001", f"/{table}", "the table is missing")
    rest = {key: value for key, value in document.items() if key not in TABLES}
    return RawProblem(name=name, settings=RawSettings(document=rest, place=pointer), tables=tables)


def finished(raw: RawProblem | None, log: FaultLog, keep_good_rows: bool) -> ReadResult:
    """Make the problem of raw rows, or refuse them.

    Raises
    ------
    InputRefused
        With every fault in the log, those that reading the raw rows has left there too.
    """
    problem = None if raw is None else assemble(raw, log)
    anything_left = problem is not None and len(problem.lines) > 0
    refused = log.refuse_all_but_rows_of(ORDERS if keep_good_rows and anything_left else None)
    assert problem is not None
    left_out = len(log.bad_rows(ORDERS))
    return ReadResult(
        problem=problem,
        refused=refused,
        order_rows=len(problem.lines) + left_out,
        refused_rows=left_out,
    )


def raw_problem(path: Path, log: FaultLog) -> RawProblem | None:
    """Read the raw rows of a folder, a workbook or a JSON file; None where there are none."""
    if path.is_dir():
        return _read_folder(path, log)
    if not path.exists():
        log.add("CG-1001", path.name, "there is no such file or folder")
    elif path.suffix.lower() in WORKBOOK_ENDINGS:
        return read_workbook(path, log)
    elif path.suffix.lower() == ".json":
        return _read_json(path, log)
    else:
        log.add("CG-1001", path.name, "this is no folder, no workbook and no JSON file")
    return None


def _read_folder(folder: Path, log: FaultLog) -> RawProblem:
    files = [f"{name}.csv" for name in TABLES] + [SETTINGS_FILE]
    present = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    tables: dict[str, RawTable] = {}
    for name, file in zip((*TABLES, SETTINGS), files, strict=True):
        if file not in present:
            needed = name in REQUIRED_TABLES or name == SETTINGS
            _refuse_missing(file, set(present) - set(files), needed, log)
        elif name != SETTINGS:
            table = read_csv(folder / file, name, log)
            if table is not None:
                tables[name] = table
    settings = None
    if SETTINGS_FILE in present:
        data = bytes_of(folder / SETTINGS_FILE, SETTINGS_FILE, log)
        text = None if data is None else text_of(data, SETTINGS_FILE, log)
        if text is not None:
            settings = settings_from_text(text, SETTINGS_FILE, log)
    return RawProblem(name=folder.resolve().name, settings=settings, tables=tables)


def _refuse_missing(file: str, others: set[str], required: bool, log: FaultLog) -> None:
    """Note a missing file; for one that need not be there, only what looks like it."""
    endings = {".csv"} if file != SETTINGS_FILE else {".yaml", ".yml"}
    stems = {Path(name).stem: name for name in others if Path(name).suffix.lower() in endings}
    stem = nearest(Path(file).stem, stems)
    if stem is not None:
        near = stems[stem]
        log.add("CG-1001", file, "the file is missing", f"Rename {near} to {file}, or move it away")
    elif required:
        log.add("CG-1001", file, "the file is missing")


def _read_json(path: Path, log: FaultLog) -> RawProblem | None:
    data = bytes_of(path, path.name, log)
    text = None if data is None else text_of(data, path.name, log)
    if text is None:
        return None
    try:
        document = json_from_text(text)
    except ValueError as error:
        log.add("CG-1005", path.name, f"this is no JSON: {error}")
        return None
    if not isinstance(document, dict):
        log.add("CG-1027", path.name, "the document is no object")
        return None
    return raw_from_document(document, path.stem, log)
