"""An event from JSON: every fault with its place, all of them at once.

``kind`` says what happened; instants are RFC 3339 with offset; rows of orders and vehicles have the
columns of their tables; an area is a GeoJSON polygon, longitude before latitude.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from json import dumps
from typing import Any

from optimizer.domain.errors import Fault, InputRefused
from optimizer.domain.fleet import Echelon, Vehicle
from optimizer.domain.problem import HORIZON_S, Problem
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from optimizer.formats.problem_reading import problem_from_document
from optimizer.formats.problem_writing import problem_document
from optimizer.recovery.events import (
    KINDS,
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    Event,
    LateLinehaul,
    Ring,
    UrgentOrder,
)
from optimizer.response.words import Severity
from optimizer.travel.closures import read_closures

ALLOWED: dict[str, frozenset[str]] = {
    "closed_road": frozenset({"polygon", "until"}),
    "breakdown": frozenset({"vehicle", "lat", "lon", "cooling_w"}),
    "late_linehaul": frozenset({"route", "site", "delay_min"}),
    "urgent_order": frozenset({"orders"}),
    "backup_carrier": frozenset({"vehicles"}),
}
ALWAYS = frozenset({"kind", "at", "severity"})
MOST_DELAY_MIN = HORIZON_S / SECONDS_PER_MINUTE
MOST_LAT, MOST_LON = 90.0, 180.0


def read_event(problem: Problem, document: Any) -> Event:  # noqa: ANN401 - JSON
    """Read an event of a problem's day.

    Parameters
    ----------
    problem
        The day; rows of orders and vehicles are read against it.
    document
        What JSON gives.

    Raises
    ------
    InputRefused
        Every fault, with its place in the document.
    """
    if not isinstance(document, Mapping):
        raise InputRefused([_fault("", "an event is a JSON object", "Write { … } with a kind")])
    kind = document.get("kind")
    if not isinstance(kind, str) or kind not in ALLOWED:
        known = ", ".join(ALLOWED)
        raise InputRefused(
            [_fault("/kind", f"there is no event {kind!r}", f"Write one of {known}")]
        )
    reader = _Reader(problem=problem, document=document)
    for name in sorted(map(str, document.keys() - ALLOWED[kind] - ALWAYS)):
        reader.fault(f"/{name}", f"a {kind} has no such field", "Take it out, or mend its name")
    event = _READERS[kind](reader)
    if reader.faults or event is None:
        raise InputRefused(reader.faults)
    return event


def _fault(place: str, cause: str, action: str) -> Fault:
    return Fault(code="CG-1530", place=f"event {place}".strip(), cause=cause, action=action)


@dataclass(slots=True, kw_only=True)
class _Reader:
    """Reads fields and gathers faults."""

    problem: Problem
    document: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def fault(self, place: str, cause: str, action: str) -> None:
        self.faults.append(_fault(place, cause, action))

    def instant(self, name: str, *, needed: bool = True) -> Seconds | None:
        given = self.document.get(name)
        if given is None and not needed:
            return None
        hint = "Write it as RFC 3339 with offset, such as 2026-06-16T09:30:00+08:00"
        try:
            moment = datetime.fromisoformat(given) if isinstance(given, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fault(f"/{name}", f"{given!r} is no instant with offset", hint)
            return None
        seconds = self.problem.horizon.seconds(moment)
        if not 0 <= seconds <= HORIZON_S:
            start = self.problem.horizon.instant(0).isoformat()
            self.fault(f"/{name}", f"{given} is not on the day that starts at {start}", hint)
            return None
        return seconds

    def number(self, name: str, least: float, most: float, *, needed: bool = False) -> float | None:
        given = self.document.get(name)
        if given is None and not needed:
            return None
        if (
            isinstance(given, int | float)
            and not isinstance(given, bool)
            and least <= given <= most
        ):
            return float(given)
        cause = f"{given!r} is no number from {least:g} to {most:g}"
        self.fault(f"/{name}", cause, "Mend the number")
        return None

    def text(self, name: str, *, needed: bool = False) -> str | None:
        given = self.document.get(name)
        if given is None and not needed:
            return None
        if not isinstance(given, str) or not given:
            self.fault(f"/{name}", f"{given!r} is no id", "Write an id as the plan has it")
            return None
        return given

    def severity(self, usual: Severity) -> Severity:
        given = self.document.get("severity")
        if given is None:
            return usual
        known = {each.value: each for each in Severity}
        if not isinstance(given, str) or given not in known:
            self.fault("/severity", f"there is no severity {given!r}", "Write I, II or III")
            return usual
        return known[given]


def _closed_road(reader: _Reader) -> ClosedRoad | None:
    at, until = reader.instant("at"), reader.instant("until", needed=False)
    severity = reader.severity(Severity.DAMAGE)
    ring = _ring(reader)
    if at is not None and until is not None and until <= at:
        reader.fault("/until", "the road opens before it closes", "Write a later instant")
    if at is None or ring is None:
        return None
    return ClosedRoad(polygon=ring, at=at, until=until, severity=severity)


def _ring(reader: _Reader) -> Ring | None:
    """Read the outline; holes in it are closed as well."""
    given = reader.document.get("polygon")
    if not isinstance(given, Mapping) or given.get("type") != "Polygon":
        reader.fault("/polygon", "it is no GeoJSON Polygon", "Draw one area")
        return None
    try:
        read_closures(dumps(given).encode(), file="event /polygon", digest="")
    except InputRefused as refusal:
        reader.faults.extend(refusal.faults)
        return None
    outline = given["coordinates"][0]
    return tuple((float(lat), float(lon)) for lon, lat, *_ in outline[:-1])


def _breakdown(reader: _Reader) -> Breakdown | None:
    at, vehicle = reader.instant("at"), reader.text("vehicle", needed=True)
    lat = reader.number("lat", -MOST_LAT, MOST_LAT)
    lon = reader.number("lon", -MOST_LON, MOST_LON)
    cooling = reader.number("cooling_w", 0.0, 1e5)
    severity = reader.severity(Severity.DAMAGE)
    if (lat is None) != (lon is None):
        reader.fault("/lat", "a place needs lat and lon", "Give both, or neither")
    if at is None or vehicle is None:
        return None
    return Breakdown(
        vehicle=vehicle, at=at, lat=lat, lon=lon, cooling_w=cooling or 0.0, severity=severity
    )


def _late_linehaul(reader: _Reader) -> LateLinehaul | None:
    at, delay = reader.instant("at"), reader.number("delay_min", 1.0, MOST_DELAY_MIN, needed=True)
    route, site = reader.text("route"), reader.text("site")
    severity = reader.severity(Severity.DAMAGE)
    if (route is None) == (site is None):
        reader.fault("/route", "a late truck is named by route or by site", "Give one of the two")
    if at is None or delay is None:
        return None
    seconds = round(delay * SECONDS_PER_MINUTE)
    return LateLinehaul(delay_s=seconds, at=at, route=route, site=site, severity=severity)


def _urgent_order(reader: _Reader) -> UrgentOrder | None:
    at, severity = reader.instant("at"), reader.severity(Severity.SERVICE)
    rows = _rows(reader, "orders")
    if rows is None or at is None:
        return None
    bare = replace(reader.problem, lines={}, stock=(), collects={})
    document = problem_document(bare) | {"orders": rows}
    read = _read(reader, document)
    if read is None:
        return None
    lines = tuple(
        replace(line, ordered_s=at if line.ordered_s is None else line.ordered_s)
        for line in read.lines.values()
    )
    return UrgentOrder(lines=lines, at=at, severity=severity)


def _backup_carrier(reader: _Reader) -> BackupCarrier | None:
    at, severity = reader.instant("at"), reader.severity(Severity.DAMAGE)
    given = reader.document.get("vehicles")
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        reader.fault("/vehicles", "a list of vans belongs here", "Write ids, or rows of vehicles")
        return None
    known = reader.problem.vehicles
    rows = [row for row in given if isinstance(row, Mapping)]
    new: dict[str, Vehicle] = {}
    if rows:
        document = problem_document(replace(reader.problem, stock=(), collects={}))
        read = _read(reader, document | {"vehicles": [*document["vehicles"], *rows]})
        new = {} if read is None else dict(read.vehicles)
    vans = []
    for number, one in enumerate(given):
        name = str(one.get("id", "")) if isinstance(one, Mapping) else one
        van = new.get(name) if isinstance(one, Mapping) else known.get(str(name))
        if van is None or van.echelon is not Echelon.LAST_MILE:
            if not reader.faults:
                cause = f"{name!r} is no van of the last mile"
                reader.fault(f"/vehicles/{number}", cause, "Write an id of the problem, or a row")
            continue
        vans.append(van)
    if at is None or not vans:
        return None
    return BackupCarrier(vehicles=tuple(vans), at=at, severity=severity)


def _rows(reader: _Reader, name: str) -> list[Any] | None:
    given = reader.document.get(name)
    if not isinstance(given, list) or not given:
        reader.fault(f"/{name}", "a list of rows belongs here", "Write rows as the table has them")
        return None
    return given


def _read(reader: _Reader, document: Mapping[str, Any]) -> Problem | None:
    """Read rows by the reader of problems, so that their faults are the same ones."""
    try:
        return problem_from_document(document).problem
    except InputRefused as refusal:
        reader.faults.extend(refusal.faults)
        return None


_READERS: dict[str, Callable[[_Reader], Event | None]] = {
    "closed_road": _closed_road,
    "breakdown": _breakdown,
    "late_linehaul": _late_linehaul,
    "urgent_order": _urgent_order,
    "backup_carrier": _backup_carrier,
}
assert _READERS.keys() == ALLOWED.keys() == set(KINDS.values())
