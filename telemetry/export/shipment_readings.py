"""Which readings belong to a shipment: those of the sensors that were at its points, then.

Readings are read a day at a time: memory does not grow with the time that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from telemetry.readings import Channel, Reading
from telemetry.registry import Placement, Point, Registry

DAY_MS = 86_400_000


class ReadingStore(Protocol):
    """The part of ``ports.Store`` that gives readings."""

    def readings(
        self,
        sensors: Sequence[str],
        channel: Channel,
        from_ms: int,
        to_ms: int,
        *,
        limit: int | None = None,
    ) -> Sequence[Reading]:
        """Give readings by device time, then sequence, then value; ``to_ms`` is not included."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRequest:
    """What somebody wants to have.

    Parameters
    ----------
    shipment
        What the log is about, in words: plan, vehicle, trip.
    points
        Ids of the registry's points; of those it does not have there is no reading.
    from_ms, to_ms
        First instant, and the first instant after.
    asked_by, made_ms
        Who asked for the log, and when.
    time_zone
        IANA name; of the times in the log.
    """

    shipment: str
    points: tuple[str, ...]
    from_ms: int
    to_ms: int
    asked_by: str
    made_ms: int
    time_zone: str = "UTC"


def points_of(registry: Registry, asset: str) -> tuple[str, ...]:
    """Give the points of a vehicle or site that temperatures belong to."""
    return tuple(one.id for one in registry if one.asset == asset and one.zone is not None)


def placements_of(registry: Registry, request: LogRequest) -> Iterator[tuple[Point, Placement]]:
    """Give every sensor's stay at one of the points that touches the time."""
    for name in request.points:
        point = registry.points.get(name)
        for placement in registry.placements_at(name):
            begins_in_time = placement.from_ms is None or placement.from_ms < request.to_ms
            ends_in_time = placement.to_ms is None or placement.to_ms > request.from_ms
            if point is not None and begins_in_time and ends_in_time:
                yield point, placement


def readings_of(
    store: ReadingStore,
    registry: Registry,
    request: LogRequest,
    channels: Sequence[Channel] = tuple(Channel),
) -> Iterator[tuple[Point, Placement, Reading]]:
    """Give readings by time, each with where its sensor was then.

    Parameters
    ----------
    store
        Where the readings are.
    registry
        Which sensor was where.
    request
        What is wanted.
    channels
        Those that are given.
    """
    here = {placement.sensor for _, placement in placements_of(registry, request)}
    sensors = sorted(here)
    for from_ms in range(request.from_ms, request.to_ms, DAY_MS):
        to_ms = min(from_ms + DAY_MS, request.to_ms)
        found = [
            reading
            for channel in channels
            for reading in (store.readings(sensors, channel, from_ms, to_ms) if sensors else ())
        ]
        found.sort(key=lambda one: (one.at_ms, one.sensor, one.channel, one.sequence, one.value))
        for reading in found:
            placement = registry.place(reading.sensor, reading.at_ms)
            if placement is not None and placement.point in request.points:
                yield registry.points[placement.point], placement, reading
