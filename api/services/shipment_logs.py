"""The temperature log of a vehicle's day in a plan: what was measured while goods were on board.

CSV has every reading; EPCIS 2.0 has the excursions, with the goods that were there. What the ride
left of the shelf life of each batch stands in the CSV, and by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.manifests.choice import media_type_for
from api.problem_details import Refusal
from api.road.day import Day
from api.road.on_board import LOADED_BEFORE
from api.services.asking_the_monitor import to_ms
from api.services.plan_book import PlanBook
from api.services.road_days import RoadDays
from api.services.shipment_batches import batches_on_board, end_of_ride
from api.services.shipment_excursions import ShipmentExcursions
from api.storage.database import Database
from api.storage.telemetry import TelemetryStore
from optimizer.domain.plan import Route
from telemetry.export.batch_table import batch_table
from telemetry.export.batches import BatchLife, batch_lives
from telemetry.export.shipment_readings import LogRequest, points_of
from telemetry.export.temperature_log import temperature_log
from telemetry.ports import Store
from telemetry.registry import Registry

CSV, EPCIS, JSON = "text/csv", "application/ld+json", "application/json"
OFFERED = (CSV, EPCIS, JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentLog:
    """A log, written."""

    body: bytes
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfLives:
    """What a ride left of the shelf lives on board.

    Parameters
    ----------
    request
        For which time it was looked.
    lives
        Goods that were loaded, trip by trip in the order of the stops.
    """

    plan: str
    vehicle: str
    request: LogRequest
    lives: Sequence[BatchLife]

    @property
    def csv(self) -> bytes:
        """Write them as a table."""
        return "".join(batch_table(self.lives, self.request.time_zone)).encode()


@dataclass(frozen=True, slots=True)
class _Ride:
    """A vehicle's day in a plan, and what is asked about it."""

    day: Day
    routes: Sequence[Route]
    request: LogRequest


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
        ride = self._ride(plan, vehicle, asked_by)
        store = self._telemetry()
        name = re.sub(r"[^A-Za-z0-9._-]", "_", f"{plan}-{vehicle}-temperatures")
        if media_type == CSV:
            lives = self._lives(store, ride)
            text = "".join(temperature_log(store, self._registry, ride.request, lives=lives))
            return ShipmentLog(body=text.encode(), media_type=CSV, file_name=f"{name}.csv")
        document = ShipmentExcursions(
            store, self._registry, ride.request, ride.day, ride.routes
        ).document()
        body = json.dumps(document, ensure_ascii=False, indent=1).encode()
        return ShipmentLog(body=body, media_type=media_type, file_name=f"{name}.json")

    def shelf_lives(self, plan: str, vehicle: str, *, asked_by: str) -> ShelfLives:
        """Say what all trips of a vehicle left of the shelf life of each batch.

        Parameters
        ----------
        plan, vehicle
            Whose.
        asked_by
            Who wants to know.

        Raises
        ------
        Refusal
            There is no such plan, it is a draft, the vehicle does not drive in it, or the
            registry has no compartment of it.
        StoreUnavailable
            The telemetry store does not answer.
        """
        ride = self._ride(plan, vehicle, asked_by)
        lives = self._lives(self._telemetry(), ride)
        return ShelfLives(plan=plan, vehicle=vehicle, request=ride.request, lives=lives)

    def _lives(self, store: Store, ride: _Ride) -> list[BatchLife]:
        until_ms = min(ride.request.to_ms, ride.request.made_ms)
        batches = list(batches_on_board(ride.day, ride.routes, until_ms))
        return batch_lives(store, self._registry, ride.request, batches)

    def _ride(self, plan: str, vehicle: str, asked_by: str) -> _Ride:
        now = self._clock()
        day = self._days.day(
            plan, now, lambda whole: {r.id for r in whole.routes if r.vehicle == vehicle}
        )
        routes = _routes(day, vehicle)
        request = self._request(day, routes, vehicle, now=now, asked_by=asked_by)
        return _Ride(day, routes, request)

    def _request(
        self, day: Day, routes: Sequence[Route], vehicle: str, *, now: datetime, asked_by: str
    ) -> LogRequest:
        points = points_of(self._registry, vehicle)
        if not points:
            raise Refusal("CG-7705", f"the registry has no compartment of vehicle {vehicle}")
        horizon = day.plan.horizon
        start = min(horizon.instant(route.departs) for route in routes) - LOADED_BEFORE
        end = max(end_of_ride(day, route) for route in routes)
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
