"""What a driver and a loader hold in hand: one CSV per vehicle, in the order of the stops.

A compartment is loaded in the reverse order of its stops: loading order 1 goes in first, lies
farthest from the door and is handed over last.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from optimizer.domain.ids import VehicleId
from optimizer.domain.plan import Delivery, Plan, Route, Stop
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import ZONES, Zone
from optimizer.domain.units import thousands

COLUMNS = (
    "trip", "stop", "zone", "loading_order", "site", "name", "arrives", "order", "line", "article",
    "mass_kg", "volume_l",
)  # fmt: skip
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def manifest_csv(problem: Problem, plan: Plan, vehicle: VehicleId) -> str:
    """Give the manifest of one vehicle; only the header where it does not drive.

    Parameters
    ----------
    problem
        The problem that the plan answers.
    plan
        The plan.
    vehicle
        The vehicle's id.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    routes = sorted((r for r in plan.routes if r.vehicle == vehicle), key=lambda r: r.trip)
    for route in routes:
        writer.writerows(_rows(problem, plan, route))
    return buffer.getvalue()


def safe_cell(text: str) -> str:
    """Keep a spreadsheet from running a text as a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def loading_order(route: Route) -> dict[tuple[int, Zone], int]:
    """Give every stop its place in the loading of each compartment; the last stop is loaded first.

    Returns
    -------
    dict[tuple[int, Zone], int]
        By index of the stop and zone, for stops that get goods of the zone.
    """
    order: dict[tuple[int, Zone], int] = {}
    for zone in ZONES:
        served = [i for i, stop in enumerate(route.stops) if _of_zone(stop, zone)]
        order |= {(i, zone): place for place, i in enumerate(reversed(served), start=1)}
    return order


def _of_zone(stop: Stop, zone: Zone) -> list[Delivery]:
    return [delivery for delivery in stop.delivers if delivery.zone is zone]


def _rows(problem: Problem, plan: Plan, route: Route) -> Iterator[list[object]]:
    order = loading_order(route)
    for i, stop in enumerate(route.stops):
        site = problem.sites[stop.site]
        arrives = plan.horizon.instant(stop.arrives)
        for zone in ZONES:
            for delivery in _of_zone(stop, zone):
                yield [
                    route.trip,
                    i + 1,
                    zone.value,
                    order[i, zone],
                    safe_cell(site.id),
                    safe_cell(site.name),
                    f"{arrives:%Y-%m-%d %H:%M}",
                    safe_cell(delivery.key.order),
                    safe_cell(delivery.key.line),
                    safe_cell(problem.lines[delivery.key].article),
                    thousands(delivery.mass_g),
                    thousands(delivery.volume_ml),
                ]
