"""An event and its answer as JSON: the event as it is read, the answer as that to a break."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.units import SECONDS_PER_MINUTE
from optimizer.formats.plan_json import at
from optimizer.formats.problem_writing import problem_document
from optimizer.recovery.events import (
    KINDS,
    BackupCarrier,
    Breakdown,
    ClosedRoad,
    Event,
    LateLinehaul,
    UrgentOrder,
)
from optimizer.response.document import reroute_document
from optimizer.response.words import Disruption, Response

RECOVERY_SCHEMA = "coldgrid/recovery/1"


def recovery_document(problem: Problem, event: Event, response: Response) -> dict[str, Any]:
    """Give the JSON form of an answer.

    Parameters
    ----------
    problem
        The day before the event.
    event, response
        What happened, and the ways out.
    """
    # The words of an answer are those of a break; only what it answers is another thing.
    stand_in = Disruption(vehicle="", zone=Zone.FROZEN, at=event.at)
    answer = reroute_document(problem.horizon, problem.id, stand_in, response)
    del answer["disruption"]
    place = {"lat": response.lat, "lon": response.lon}
    event_part = event_document(problem, event) | {"position": place}
    return {
        "schema": RECOVERY_SCHEMA,
        "problem": problem.id,
        "event": event_part,
        **{key: value for key, value in answer.items() if key not in {"schema", "problem"}},
    }


def event_document(problem: Problem, event: Event) -> dict[str, Any]:
    """Write an event as ``reading.read_event`` reads it."""
    head = {
        "kind": KINDS[type(event)],
        "at": at(problem.horizon, event.at),
        "severity": event.severity.value,
    }
    return head | {key: value for key, value in _fields(problem, event) if value is not None}


def _fields(problem: Problem, event: Event) -> list[tuple[str, Any]]:
    match event:
        case ClosedRoad():
            ring = [[lon, lat] for lat, lon in (*event.polygon, event.polygon[0])]
            until = None if event.until is None else at(problem.horizon, event.until)
            return [("polygon", {"type": "Polygon", "coordinates": [ring]}), ("until", until)]
        case Breakdown():
            return [
                ("vehicle", event.vehicle),
                ("lat", event.lat),
                ("lon", event.lon),
                ("cooling_w", event.cooling_w),
            ]
        case LateLinehaul():
            minutes = event.delay_s / SECONDS_PER_MINUTE
            return [("route", event.route), ("site", event.site), ("delay_min", minutes)]
        case UrgentOrder():
            lines = {line.key: line for line in event.lines}
            return [("orders", problem_document(replace(problem, lines=lines))["orders"])]
        case BackupCarrier():
            vans = {van.id: van for van in event.vehicles}
            rows = problem_document(replace(problem, vehicles=vans))["vehicles"]
            known = problem.vehicles.keys()
            return [("vehicles", [row["id"] if row["id"] in known else row for row in rows])]
