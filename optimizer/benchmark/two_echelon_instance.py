"""Files of two-echelon instances: a depot, satellites, customers, two kinds of vehicles.

Lines that begin with ``!`` are comments; four lines carry data (trucks, city vehicles, stores,
customers). Nodes are numbered as in the file: 0 is the depot, then satellites, then customers.
Distances are Euclidean in double precision and never rounded.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from optimizer.domain.errors import Fault, InputRefused
from optimizer.formats.faults import shown
from optimizer.planning.two_echelon.instance import Kind, TwoEchelonInstance

REFERENCES = "reference_values.csv"
DATA_LINES = ("trucks", "city vehicles", "stores", "customers")
TRUCK_FIELDS = 4
VEHICLE_FIELDS = 5
STORE_FIELDS = 2
CUSTOMER_FIELDS = 3
MOST_NODES = 5_000
"""Of depot, satellites and customers; the distances of more would fill the memory."""
LARGEST = 1e9


def read_instance(path: Path) -> TwoEchelonInstance:
    """Read an instance.

    Raises
    ------
    InputRefused
        The file cannot be read or a line of it is not what it should be.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise _refused(str(path), f"it cannot be read: {error}") from error
    data = [
        (number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.lstrip().startswith("!")
    ]
    if len(data) != len(DATA_LINES):
        raise _refused(str(path), f"it has {len(data)} lines of data instead of four")
    places = [
        f"{path} line {number} ({what})" for (number, _), what in zip(data, DATA_LINES, strict=True)
    ]
    trucks = _kind(places[0], data[0][1], TRUCK_FIELDS)
    vans = _kind(places[1], data[1][1], VEHICLE_FIELDS)
    depot, *satellites = _rows(places[2], data[2][1], STORE_FIELDS, spare=1)
    customers = list(_rows(places[3], data[3][1], CUSTOMER_FIELDS))
    if not satellites:
        raise _refused(places[2], "it names no satellite")
    nodes = 1 + len(satellites) + len(customers)
    if nodes > MOST_NODES:
        raise _refused(str(path), f"it has {nodes} nodes, more than {MOST_NODES}")
    points = np.array([row[:2] for row in (depot, *satellites, *customers)])
    gaps = points[:, None, :] - points[None, :, :]
    return TwoEchelonInstance(
        name=path.stem,
        trucks=trucks,
        vans=vans,
        satellites=len(satellites),
        handling=tuple(row[2] if len(row) > STORE_FIELDS else 0.0 for row in satellites),
        demands=tuple(_whole(places[3], row[2]) for row in customers),
        distances=np.sqrt((gaps**2).sum(axis=2)),
    )


def reference_of(path: Path) -> float | None:
    """Find the cost to compare with, in the table beside the folder of an instance."""
    table = path.resolve().parent.parent / REFERENCES
    if not table.is_file():
        return None
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("instance") == path.stem:
                return float(row["literature_best"] or row["best_of_ten_runs"])
    return None


def _kind(place: str, line: str, fields: int) -> Kind:
    numbers = _numbers(place, line)
    if len(numbers) != fields:
        raise _refused(place, f"it has {len(numbers)} numbers instead of {fields}")
    per_site, number = (numbers[0], numbers[0]) if fields == TRUCK_FIELDS else numbers[:2]
    capacity, unit_cost, fixed_cost = numbers[-3:]
    kind = Kind(
        number=_whole(place, number),
        per_site=_whole(place, per_site),
        capacity=_whole(place, capacity),
        unit_cost=unit_cost,
        fixed_cost=fixed_cost,
    )
    if min(kind.number, kind.per_site, kind.capacity) < 1 or min(unit_cost, fixed_cost) < 0:
        raise _refused(place, "numbers and capacity must be positive, costs not negative")
    return kind


def _rows(place: str, line: str, fields: int, spare: int = 0) -> Iterator[list[float]]:
    words = line.split()
    if not words:
        raise _refused(place, "it is empty")
    for word in words:
        numbers = _numbers(place, word)
        if not fields <= len(numbers) <= fields + spare:
            raise _refused(
                place, f"{shown(word.strip())} has {len(numbers)} numbers instead of {fields}"
            )
        yield numbers


def _numbers(place: str, text: str) -> list[float]:
    try:
        numbers = [float(word) for word in text.split(",")]
    except ValueError as error:
        cause = f"{shown(text.strip())} is not numbers between commas"
        raise _refused(place, cause) from error
    if not all(abs(number) <= LARGEST for number in numbers):
        raise _refused(
            place, f"{shown(text.strip())} is larger than {LARGEST:g}, or no finite number"
        )
    return numbers


def _whole(place: str, number: float) -> int:
    if number != int(number) or number < 0:
        raise _refused(place, f"{number} should be a whole number that is not negative")
    return int(number)


def _refused(place: str, cause: str) -> InputRefused:
    action = "give a two-echelon instance in its published format"
    return InputRefused([Fault(code="CG-5001", place=place, cause=cause, action=action)])


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Give the instance files that paths stand for; a folder stands for all below it."""
    return [
        file
        for path in paths
        for file in (sorted(path.rglob("*.dat")) if path.is_dir() else [path])
    ]
