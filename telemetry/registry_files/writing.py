"""Writes a registry as the tables that ``reading`` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from telemetry.registry import Placement, Point
from telemetry.registry_files.cells import written_instant
from telemetry.registry_files.reading import POINT_COLUMNS, SENSOR_COLUMNS


def write_registry(folder: Path, points: Iterable[Point], placements: Iterable[Placement]) -> None:
    """Write points.csv and sensors.csv into a folder, which is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "points.csv", POINT_COLUMNS, [_point(point) for point in points])
    _write(folder / "sensors.csv", SENSOR_COLUMNS, [_placement(place) for place in placements])


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


def _point(point: Point) -> Sequence[str]:
    return (
        point.id,
        point.kind.value,
        point.asset,
        point.name,
        "" if point.zone is None else point.zone.value,
        point.profile,
        "yes" if point.always_armed else "no",
        str(point.grade),
        point.beside,
        repr(point.beside_h) if point.beside else "",
    )


def _placement(placement: Placement) -> Sequence[str]:
    return (
        placement.sensor,
        placement.point,
        written_instant(placement.from_ms),
        written_instant(placement.to_ms),
        repr(placement.offset_c),
        written_instant(placement.calibration_due_ms),
        placement.gateway or "",
        str(placement.interval_s),
    )
