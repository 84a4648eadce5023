"""Excursions on board as EPCIS 2.0 has them, with rules, goods and place, for systems of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from api.road.day import Day
from api.road.on_board import BACK_AFTER, LOADED_BEFORE
from api.services.asking_the_monitor import to_ms
from optimizer.domain.errors import InputRefused
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route
from optimizer.domain.units import thousands
from telemetry.alarm.words import Excursion
from telemetry.epcis.document import Circumstances, Goods, Quantity, epcis_document
from telemetry.epcis.identifiers import lgtin, private_uri
from telemetry.export.shipment_readings import LogRequest
from telemetry.ports import Store
from telemetry.readings import Channel
from telemetry.registry import Registry

POSITION_WITHIN_MS = 15 * 60_000
"""An older position says nothing any more about where something happened."""

MOST_ALARMS = 1000


@dataclass(frozen=True, slots=True)
class ShipmentExcursions:
    """What happened on board.

    Parameters
    ----------
    store, registry
        What was measured, and where.
    request, day, routes
        The time and the points, and whose goods were there.
    """

    store: Store
    registry: Registry
    request: LogRequest
    day: Day
    routes: Sequence[Route]

    def document(self) -> dict[str, object]:
        """Write them as one document."""
        request = self.request
        found = self.store.excursions(
            points=request.points, from_ms=request.from_ms, to_ms=request.to_ms
        )
        return epcis_document(
            found,
            self._circumstances,
            registry=self.registry,
            created_ms=request.made_ms,
            zone=ZoneInfo(request.time_zone),
        )

    def _circumstances(self, excursion: Excursion) -> Circumstances:
        return Circumstances(
            rules=self._rules(excursion),
            goods=Goods(quantities=tuple(self._goods(excursion))),
            position=self._position(excursion),
        )

    def _rules(self, excursion: Excursion) -> str:
        """Name the rules that raised an alarm over it, else those that the point is watched by."""
        alarms = self.store.alarms(
            open_only=False,
            points=[excursion.point],
            from_ms=excursion.from_ms,
            to_ms=excursion.to_ms,
            limit=MOST_ALARMS,
        )
        packs = [alarm.rule.partition(":")[0] for alarm in alarms]
        point = self.registry.points[excursion.point]
        zone = "" if point.zone is None else point.zone.value
        return packs[-1] if packs else point.profile or zone

    def _goods(self, excursion: Excursion) -> Iterator[Quantity]:
        """Give the lines of the point's zone that were on board when it began."""
        zone = self.registry.points[excursion.point].zone
        horizon = self.day.plan.horizon
        for route in self.routes:
            loaded = to_ms(horizon.instant(route.departs) - LOADED_BEFORE)
            back = to_ms(horizon.instant(route.returns) + BACK_AFTER)
            if not loaded <= excursion.from_ms < back:
                continue
            for visit in self.day.route_visits(route.id):
                for key, line in visit.progress.lines.items():
                    gone = line.handed_at is not None and to_ms(line.handed_at) <= excursion.from_ms
                    if line.zone is zone and not gone:
                        yield Quantity(
                            epc_class=self._name(key),
                            quantity=thousands(line.planned_g),
                            uom="KGM",
                        )

    def _name(self, key: LineKey) -> str:
        """Name goods by article and batch where those are numbers of GS1, else by their order."""
        line = self.day.problem.lines.get(key)
        if line is not None and line.batch:
            # Most articles are named otherwise, which is no fault.
            with suppress(InputRefused):
                return lgtin(line.article, line.batch)
        return private_uri("order-line", str(key))

    def _position(self, excursion: Excursion) -> tuple[float, float] | None:
        at_ms = excursion.from_ms
        sensors = [
            placement.sensor
            for name in self.request.points
            for placement in self.registry.placements_at(name)
            if placement.holds_at(at_ms)
        ]
        north, east = (
            {
                (one.sensor, one.at_ms): one.value
                for one in self.store.readings(
                    sensors, channel, at_ms - POSITION_WITHIN_MS, at_ms + 1
                )
            }
            for channel in (Channel.LATITUDE, Channel.LONGITUDE)
        )
        both = sorted(north.keys() & east.keys(), key=lambda one: one[1])
        return (north[both[-1]], east[both[-1]]) if both else None
