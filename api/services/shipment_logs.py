"""The temperature log of a vehicle's day in a plan: what was measured while goods were on board.

CSV has every reading; EPCIS 2.0 has the excursions, with the goods that were there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from api.manifests.choice import media_type_for
from api.problem_details import Refusal
from api.road.day import Day
from api.road.on_board import BACK_AFTER, LOADED_BEFORE
from api.services.asking_the_monitor import to_ms
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.storage.database import Database
from api.storage.telemetry import TelemetryStore
from optimizer.domain.errors import InputRefused
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Route
from optimizer.domain.units import thousands
from telemetry.alarm.words import Excursion
from telemetry.epcis.document import Circumstances, Goods, Quantity, epcis_document
from telemetry.epcis.identifiers import lgtin, private_uri
from telemetry.export.shipment_readings import LogRequest, points_of
from telemetry.export.temperature_log import temperature_log
from telemetry.ports import Store
from telemetry.readings import Channel
from telemetry.registry import Registry

CSV, EPCIS, JSON = "text/csv", "application/ld+json", "application/json"
OFFERED = (CSV, EPCIS, JSON)
POSITION_WITHIN_MS = 15 * 60_000
"""An older position says nothing any more about where something happened."""

MOST_ALARMS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLog:
    """A log, written."""

    body: bytes
    media_type: str
    file_name: str


class ShipmentLogs:
    """Writes logs.

    Parameters
    ----------
    clock
        Gives the current instant.
    """

    def __init__(
        self,
        database: Database,
        book: PlanBook,
        telemetry: TelemetryStore,
        registry: Registry,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        self._days = RoadDays(database, book)
        self._telemetry = telemetry
        self._registry = registry
        self._clock = clock

    def log(self, plan: str, vehicle: str, *, accept: str | None, asked_by: str) -> ShipmentLog:
        """Write the log of all trips of a vehicle, from loading to its return.

        Parameters
        ----------
        plan, vehicle
            Whose.
        accept
            Which media types the reader takes.
        asked_by
            Whose name stands on it.

        Raises
        ------
        Refusal
            There is no such plan, it is a draft, the vehicle does not drive in it, or the
            registry has no compartment of it.
        StoreUnavailable
            The telemetry store does not answer.
        """
        media_type = media_type_for(accept, OFFERED)
        now = self._clock()
        day = self._days.day(
            plan, now, lambda whole: {r.id for r in whole.routes if r.vehicle == vehicle}
        )
        routes = _routes(day, vehicle)
        request = self._request(day, routes, vehicle, now=now, asked_by=asked_by)
        store = self._telemetry()
        name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{plan}-{vehicle}-temperatures")
        if media_type == CSV:
            text = "".join(temperature_log(store, self._registry, request))
            return ShipmentLog(body=text.encode(), media_type=CSV, file_name=f"{name}.csv")
        document = _Excursions(store, self._registry, request, day, routes).document()
        body = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return ShipmentLog(body=body, media_type=media_type, file_name=f"{name}.json")

    def _request(
        self, day: Day, routes: Sequence[Route], vehicle: str, *, now: datetime, asked_by: str
    ) -> LogRequest:
        points = points_of(self._registry, vehicle)
        if not points:
            raise Refusal("CG-7705", f"the registry has no compartment of vehicle {vehicle}")
        horizon = day.plan.horizon
        start = min(horizon.instant(route.departs) for route in routes) - LOADED_BEFORE
        end = max(horizon.instant(route.returns) for route in routes) + BACK_AFTER
        from_ms = to_ms(start)
        trips = ", ".join(route.id for route in routes)
        return LogRequest(
            shipment=f"plan {day.id}, vehicle {vehicle}, trips {trips}",
            points=points,
            from_ms=from_ms,
            # What has not happened yet is no gap.
            to_ms=max(from_ms + 1, to_ms(min(end, now))),
            asked_by=asked_by,
            made_ms=to_ms(now),
            time_zone=horizon.time_zone,
        )


def _routes(day: Day, vehicle: str) -> list[Route]:
    if day.state == "draft":
        raise Refusal("CG-7302", f"plan {day.id} is a draft; nothing was on board yet")
    routes = [route for route in day.plan.routes if route.vehicle == vehicle]
    if not routes:
        raise Refusal("CG-7001", f"plan {day.id} has no route of a vehicle {vehicle}")
    return sorted(routes, key=lambda route: route.departs)


@dataclass(frozen=True, slots=True)
class _Excursions:
    """What happened on board, for systems of others."""

    store: Store
    registry: Registry
    request: LogRequest
    day: Day
    routes: Sequence[Route]

    def document(self) -> dict[str, object]:
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
