"""Which sensor sits where, from when to when, with what correction; pure.

A *point* is whatever bears alarms of its own: a vehicle's compartment, a room of a warehouse, the
cold cells of a pickup point, or a gateway. A *placement* says that a sensor measured at a point for
some time. ``registry_files`` reads both from tables.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from optimizer.domain.temperature import Zone


class PointKind(Enum):
    """What a point is."""

    COMPARTMENT = "compartment"
    ROOM = "room"
    CELLS = "cells"
    GATEWAY = "gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """Something that bears alarms of its own.

    Parameters
    ----------
    id
        ``VEHICLE/zone`` for a compartment, ``SITE/room`` for a room, else any.
    asset
        The vehicle or site that it belongs to.
    name
        What people call it.
    zone
        None for a gateway.
    profile
        Name of the rules it is watched by; empty means the default of its zone.
    always_armed
        Whether it is watched when nobody has armed it: rooms are, compartments are not.
    grade
        D5's severity grade of a break here: 1 food safety, 2 damage or delay, 3 service.
    beside, beside_h
        The point behind the bulkhead, and the time constant in hours with which the air here would
        become that point's, if nothing else acted; empty where none is declared.
    """

    id: str
    kind: PointKind
    asset: str
    name: str
    zone: Zone | None
    profile: str = ""
    always_armed: bool = False
    grade: int = 1
    beside: str = ""
    beside_h: float = 0.0


def corrected_c(value_c: float, offset_c: float) -> float:
    """Correct a measured temperature, without the dust of binary fractions that a sum leaves.

    A sensor at −18.1 °C with an offset of 0.1 °C is at −18.0 °C, which is inside its band.
    """
    return round(value_c + offset_c, 6) if offset_c else value_c


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """A sensor at a point for some time.

    Parameters
    ----------
    from_ms, to_ms
        First instant, and the first instant after; None is open.
    offset_c
        Added to a measured temperature.
    calibration_due_ms
        When it has to be calibrated anew; None where nobody said.
    gateway
        The gateway's point id; None for a sensor that speaks for itself.
    interval_s
        How often it reports.
    """

    sensor: str
    point: str
    from_ms: int | None = None
    to_ms: int | None = None
    offset_c: float = 0.0
    calibration_due_ms: int | None = None
    gateway: str | None = None
    interval_s: int = 60

    def holds_at(self, at_ms: int) -> bool:
        """Say whether the sensor was here then."""
        begun = self.from_ms is None or self.from_ms <= at_ms
        return begun and (self.to_ms is None or at_ms < self.to_ms)

    def corrected_c(self, value_c: float) -> float:
        """Correct a temperature that the sensor measured here."""
        return corrected_c(value_c, self.offset_c)


class Registry:
    """Points and placements, with the lookups that the stream needs.

    Parameters
    ----------
    points, placements
        Placements of one sensor do not overlap, and name points that exist; ``registry_files``
        sees to both.
    """

    def __init__(self, points: Iterable[Point], placements: Iterable[Placement]) -> None:
        self.points: Mapping[str, Point] = {point.id: point for point in points}
        by_sensor: defaultdict[str, list[Placement]] = defaultdict(list)
        by_point: defaultdict[str, list[Placement]] = defaultdict(list)
        for placement in sorted(placements, key=_begin):
            by_sensor[placement.sensor].append(placement)
            by_point[placement.point].append(placement)
        self._by_sensor = dict(by_sensor)
        self._by_point = dict(by_point)

    def __iter__(self) -> Iterator[Point]:
        """Give the points in the order of their table."""
        return iter(self.points.values())

    @property
    def sensors(self) -> Iterable[str]:
        """Name every sensor that is or was somewhere."""
        return self._by_sensor.keys()

    def place(self, sensor: str, at_ms: int) -> Placement | None:
        """Say where a sensor was at an instant; None where it is unknown or was nowhere."""
        known = self._by_sensor.get(sensor)
        if known is None:
            return None
        if len(known) == 1:
            return known[0] if known[0].holds_at(at_ms) else None
        index = bisect_right(known, at_ms, key=_begin) - 1
        return known[index] if index >= 0 and known[index].holds_at(at_ms) else None

    def placements_at(self, point: str) -> Sequence[Placement]:
        """Give every placement at a point, past ones too, by when they began."""
        return self._by_point.get(point, ())

    def placements_of(self, sensor: str) -> Sequence[Placement]:
        """Give every placement of a sensor, past ones too, by when they began."""
        return self._by_sensor.get(sensor, ())


def _begin(placement: Placement) -> int:
    return -(2**63) if placement.from_ms is None else placement.from_ms
