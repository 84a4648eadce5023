"""Reads the folder of a registry and says everything that is wrong with it at once.

``points.csv`` and ``sensors.csv`` have to be there. ``topics.yaml``, ``roster.yaml`` and
``profiles.yaml`` are given as the plain documents that they hold, to those who know what they mean.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.temperature import Zone
from telemetry.registry import Placement, Point, PointKind, Registry
from telemetry.registry_files.cells import (
    FaultList,
    Row,
    due_instant,
    instant,
    nearest,
    number,
    one_of,
    shown,
    whole,
    yes_or_no,
)
from telemetry.registry_files.neighbours import beside_h, check_neighbours
from telemetry.registry_files.tables import read_document, read_rows

POINT_COLUMNS = (
    "id",
    "kind",
    "asset",
    "name",
    "zone",
    "profile",
    "always_armed",
    "grade",
    "beside",
    "beside_h",
)
SENSOR_COLUMNS = (
    "sensor",
    "point",
    "from",
    "to",
    "offset_c",
    "calibration_due",
    "gateway",
    "interval_s",
)
DOCUMENTS = ("topics.yaml", "roster.yaml", "profiles.yaml")

MOST_ROOMS = 12
LONGEST_OFFSET_C = 10.0
GRADES = frozenset({1, 2, 3})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryFiles:
    """What a folder holds.

    Parameters
    ----------
    topics, roster, profiles
        What the YAML file of that name says; None where it is not there.
    warnings
        What a person should look at; nothing is refused for it.
    """

    registry: Registry
    topics: object = None
    roster: object = None
    profiles: object = None
    warnings: tuple[Fault, ...] = ()


def read_registry(
    folder: Path, *, now_ms: int, profiles: Iterable[str] | None = None
) -> RegistryFiles:
    """Read a folder.

    Parameters
    ----------
    folder
        With points.csv and sensors.csv.
    now_ms
        What calibrations are held against.
    profiles
        Names that a point may be watched by besides those of the folder's own ``profiles.yaml``;
        None looks at no name.

    Raises
    ------
    InputRefused
        With everything that is wrong.
    """
    log = FaultList()
    points = _points(read_rows(folder / "points.csv", POINT_COLUMNS, {"id", "kind"}, log))
    placements = _placements(
        read_rows(folder / "sensors.csv", SENSOR_COLUMNS, {"sensor", "point"}, log), points
    )
    documents = {name: read_document(folder / name, log) for name in DOCUMENTS}
    check_neighbours(points)
    if profiles is not None:
        _check_profiles(points, {*profiles, *_own_names(documents["profiles.yaml"])})
    _check_stays(placements)
    if log.faults:
        raise InputRefused(log.faults)
    _look_at(points, placements, now_ms, log)
    return RegistryFiles(
        registry=Registry([point for point, _ in points.values()], [p for p, _ in placements]),
        topics=documents["topics.yaml"],
        roster=documents["roster.yaml"],
        profiles=documents["profiles.yaml"],
        warnings=tuple(log.warnings),
    )


# --- rows ---------------------------------------------------------------------------------------

PointRows = dict[str, tuple[Point, Row]]


def _points(rows: Iterable[Row]) -> PointRows:
    points: PointRows = {}
    for row in rows:
        point_id = row.text("id")
        if not point_id:
            row.refuse("CG-8012", "id: empty")
            continue
        if point_id in points:
            row.refuse("CG-8014", f"point {shown(point_id)} stands in {points[point_id][1].place}")
            continue
        points[point_id] = _point(point_id, row), row
    return points


def _point(point_id: str, row: Row) -> Point:
    if not row.text("kind"):
        row.refuse("CG-8012", "kind: empty")
    kind = row.read("kind", one_of(PointKind), PointKind.ROOM)
    zone = row.read("zone", one_of(Zone), None)
    if kind is PointKind.GATEWAY and row.text("zone"):
        row.refuse("CG-8017", "a gateway has no zone")
    if kind is not PointKind.GATEWAY and not row.text("zone"):
        row.refuse("CG-8017", f"a {kind.value} needs a zone")
    grade = row.read("grade", whole, 1)
    if grade not in GRADES:
        row.refuse("CG-8012", f"grade: {grade} is none of 1, 2, 3")
    return Point(
        id=point_id,
        kind=kind,
        asset=row.text("asset", point_id.partition("/")[0]),
        name=row.text("name", point_id),
        zone=zone,
        profile=row.text("profile"),
        always_armed=row.read("always_armed", yes_or_no, kind is not PointKind.COMPARTMENT),
        grade=grade,
        beside=row.text("beside"),
        beside_h=beside_h(row),
    )


PlacementRows = list[tuple[Placement, Row]]


def _placements(rows: Iterable[Row], points: PointRows) -> PlacementRows:
    gateways = {name for name, (point, _) in points.items() if point.kind is PointKind.GATEWAY}
    placements: PlacementRows = []
    for row in rows:
        for column in ("sensor", "point"):
            if not row.text(column):
                row.refuse("CG-8012", f"{column}: empty")
        point, gateway = row.text("point"), row.text("gateway")
        if point and point not in points:
            row.refuse("CG-8015", f"point {shown(point)} is not there{nearest(point, points)}")
        elif point in gateways:
            row.refuse("CG-8015", f"{point} is a gateway, where nothing is measured")
        if gateway and gateway not in gateways:
            words = f"gateway {shown(gateway)} is not there{nearest(gateway, gateways)}"
            row.refuse("CG-8015", words)
        placements.append((_placement(row), row))
    return placements


def _placement(row: Row) -> Placement:
    placement = Placement(
        sensor=row.text("sensor"),
        point=row.text("point"),
        from_ms=row.read("from", instant, None),
        to_ms=row.read("to", instant, None),
        offset_c=row.read("offset_c", number, 0.0),
        calibration_due_ms=row.read("calibration_due", due_instant, None),
        gateway=row.text("gateway") or None,
        interval_s=row.read("interval_s", whole, 60),
    )
    begin, end = placement.from_ms, placement.to_ms
    if begin is not None and end is not None and end <= begin:
        row.refuse("CG-8016", "it ends before it begins")
    if abs(placement.offset_c) > LONGEST_OFFSET_C:
        row.refuse("CG-8012", f"offset_c: more than {LONGEST_OFFSET_C:g} °C is no correction")
    return placement


# --- the whole ----------------------------------------------------------------------------------


def _own_names(document: object) -> set[str]:
    """Name the rule packs of a document, read no further than their names."""
    packs = document.get("packs", [document]) if isinstance(document, Mapping) else []
    rows = packs if isinstance(packs, list) else []
    named = [row.get("name") for row in rows if isinstance(row, Mapping)]
    return {name for name in named if isinstance(name, str)}


def _check_profiles(points: PointRows, known: set[str]) -> None:
    for point, row in points.values():
        if point.profile and point.profile not in known:
            words = f"profile {shown(point.profile)} is unknown{nearest(point.profile, known)}"
            row.refuse("CG-8019", words)


def _check_stays(placements: PlacementRows) -> None:
    stays: defaultdict[str, PlacementRows] = defaultdict(list)
    for placement, row in placements:
        stays[placement.sensor].append((placement, row))
    for sensor, own in stays.items():
        own.sort(key=lambda stay: (stay[0].from_ms is not None, stay[0].from_ms or 0))
        for (before, where), (after, row) in pairwise(own):
            if after.from_ms is None or before.to_ms is None or before.to_ms > after.from_ms:
                words = f"sensor {shown(sensor)} is in two places at once: see {where.place}"
                row.refuse("CG-8016", words)


def _look_at(points: PointRows, placements: PlacementRows, now_ms: int, log: FaultList) -> None:
    for placement, row in placements:
        due_ms = placement.calibration_due_ms
        if due_ms is not None and due_ms <= now_ms and placement.holds_at(now_ms):
            log.note("CG-8030", row.place, f"calibration of {placement.sensor} is past due")
    seen = {placement.point for placement, _ in placements}
    seen |= {placement.gateway for placement, _ in placements if placement.gateway}
    for name, (_, row) in points.items():
        if name not in seen:
            log.note("CG-8032", row.place, f"no sensor speaks for {name}")
    rooms = Counter(p.asset for p, _ in points.values() if p.kind is PointKind.ROOM)
    for site, count in rooms.items():
        if count > MOST_ROOMS:
            log.note("CG-8031", "points.csv", f"{site} has {count} rooms, more than {MOST_ROOMS}")
