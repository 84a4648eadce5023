"""Breaks of the cold chain of a month, put down to vehicles, rooms, lanes and kinds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.road.causes import Break, CauseCount, causes
from api.services.asking_the_monitor import to_ms
from api.storage import arming
from api.storage.arming import Stay
from api.storage.database import Database
from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import Excursion
from telemetry.registry import Point, PointKind, Registry

DECEMBER = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CausesFound:
    """The causes of a month, the worst first."""

    month: str
    time_zone: str
    counts: Sequence[CauseCount]


class Breaks:
    """Counts breaks.

    Parameters
    ----------
    database
        Knows which routes the vehicles drove.
    clock
        Gives the current instant.
    """

    def __init__(
        self,
        database: Database,
        telemetry: TelemetryStore,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._telemetry = telemetry
        self._registry = registry
        self._clock = clock

    def causes(self, year: int, month: int, zone: ZoneInfo) -> CausesFound:
        """Count the breaks of a month.

        Parameters
        ----------
        year, month
            Which one.
        zone
            Whose midnights begin and end it.

        Raises
        ------
        StoreUnavailable
            The store does not answer.
        """
        after = (year + 1, 1) if month == DECEMBER else (year, month + 1)
        from_ms = to_ms(datetime(year, month, 1, tzinfo=zone))
        until_ms = to_ms(datetime(*after, 1, tzinfo=zone))
        found = self._telemetry().excursions(points=None, from_ms=from_ms, to_ms=until_ms)
        with self._database.read() as tx:
            stays = arming.stays_between(tx, from_ms, until_ms)
        now_ms = to_ms(self._clock())
        breaks = [self._break(one, stays, now_ms) for one in found if not one.defrost]
        return CausesFound(
            month=f"{year:04}-{month:02}",
            time_zone=zone.key,
            counts=causes(breaks, from_ms, until_ms),
        )

    def _break(self, found: Excursion, stays: Sequence[Stay], now_ms: int) -> Break:
        point = self._registry.points.get(found.point)
        return Break(
            point=found.point,
            vehicle=_vehicle(found.point, point),
            room=found.point if point is not None and point.kind is PointKind.ROOM else None,
            lane=_lane(found, stays),
            kind=found.kind,
            from_ms=found.from_ms,
            to_ms=max(found.from_ms, now_ms) if found.to_ms is None else found.to_ms,
            unknown_minutes=found.unknown_minutes,
        )


def _vehicle(point_id: str, point: Point | None) -> str | None:
    if point is None:
        # The registry knows it no more; compartments are named after their vehicle.
        return point_id.partition("/")[0]
    return point.asset if point.kind is PointKind.COMPARTMENT else None


def _lane(found: Excursion, stays: Sequence[Stay]) -> str | None:
    """Give the lane of the last route that had begun when the break did."""
    begun = [
        stay
        for stay in stays
        if stay.point == found.point and stay.from_ms <= found.from_ms < stay.to_ms
    ]
    return max(begun, key=lambda stay: stay.from_ms).lane if begun else None
