"""The smallest day worth reading: one site of each kind, a truck, a van, two order lines."""

import copy
import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from optimizer.formats.problem_writing import write_problem_tables

SETTINGS: dict[str, Any] = {
    "schema": "coldgrid/problem/1",
    "time_zone": "Asia/Shanghai",
    "horizon_start": "2026-02-10T20:00:00+08:00",
}
TABLES: dict[str, list[dict[str, Any]]] = {
    "sites": [
        {"id": "C", "kind": "central", "lat": 28.25, "lon": 112.9},
        {"id": "G", "kind": "grid", "lat": 28.2, "lon": 113.0, "opens": "22:00", "closes": "14:00"},
        {"id": "P", "kind": "pickup", "lat": 28.21, "lon": 113.01, "grid": "G", "docks": 2},
        {"id": "S", "kind": "station", "lat": 28.22, "lon": 113.02},
    ],
    "vehicles": [
        {
            "id": "T", "type": "truck", "home": "C", "echelon": "linehaul", "payload_kg": 3000,
            "cap_frozen_l": 3000, "cap_chilled_l": 4000, "cap_controlled_l": 3000,
        },
        {
            "id": "V", "type": "van", "home": "G", "echelon": "last_mile", "payload_kg": 700.5,
            "cap_frozen_l": 500, "cap_chilled_l": 900, "bulkhead_step_l": 100,
            "shift_start": "05:30", "shift_end": "13:00", "live_temperature": "yes",
        },
    ],
    "orders": [
        {
            "order": "O1", "line": "1", "site": "P", "article": "MILK", "zone": "chilled",
            "mass_kg": 37.62, "volume_l": 83.6, "value_cents": 900, "promise": "cold",
            "window_from": "07:00", "window_to": "09:30",
        },
        {
            "order": "O1", "line": "2", "site": "P", "article": "ICE", "zone": "Frozen",
            "mass_kg": "1.0001", "volume_l": "2", "batch": "B7", "shelf_life_left_h": 72,
        },
    ],
    "stock": [{"site": "G", "article": "MILK", "mass_kg": "1.0009", "volume_l": 2}],
}  # fmt: skip

Files = dict[str, bytes]


def document() -> dict[str, Any]:
    """The day as a JSON document, to be changed at will."""
    return copy.deepcopy({**SETTINGS, **TABLES})


def files(folder: Path) -> Files:
    """The day as files of a folder, to be changed at will."""
    write_folder(folder, document())
    return {entry.name: entry.read_bytes() for entry in folder.iterdir()}


def write_folder(folder: Path, day: Mapping[str, Any]) -> None:
    settings = {key: value for key, value in day.items() if key not in TABLES}
    tables = {name: day[name] for name in TABLES}
    write_problem_tables(folder, **tables, settings=settings)


def with_cell(data: bytes, row: int, column: str, value: str) -> bytes:
    """Set one cell; the row is the one that a spreadsheet shows."""
    table = list(csv.reader(io.StringIO(data.decode())))
    table[row - 1][table[0].index(column)] = value
    return _as_bytes(table)


def without_column(data: bytes, column: str) -> bytes:
    table = list(csv.reader(io.StringIO(data.decode())))
    at = table[0].index(column)
    return _as_bytes([row[:at] + row[at + 1 :] for row in table])


def _as_bytes(table: list[list[str]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(table)
    return buffer.getvalue().encode()
