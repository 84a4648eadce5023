"""Bodies about stops and tracking: where everything is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from api.road.day import Day, Visit
from api.road.progress import LineProgress, StopState
from api.road.tracking import LineTrack, Source, Stage
from api.road.words import Kind
from api.services.road import OrderTrack
from optimizer.domain.temperature import Zone
from optimizer.domain.units import thousands


class LineOut(BaseModel):
    """A line at a stop and what became of it."""

    order: str
    line: str
    zone: Zone
    mass_kg: float
    handed_over_kg: float
    refused_kg: float
    damaged_kg: float
    rest_kg: float
    collected_at: datetime | None

    @classmethod
    def of(cls, line: LineProgress) -> LineOut:
        """Show a line."""
        return cls(
            order=line.key.order,
            line=line.key.line,
            zone=line.zone,
            mass_kg=thousands(line.planned_g),
            handed_over_kg=thousands(line.handed_g),
            refused_kg=thousands(line.refused_g),
            damaged_kg=thousands(line.damaged_g),
            rest_kg=thousands(line.rest_g),
            collected_at=line.collected_at,
        )


class LastEventOut(BaseModel):
    """The latest event of a stop."""

    client_event_id: str
    kind: Kind
    at: datetime
    received_from: str


class StopOut(BaseModel):
    """A stop: planned, expected, and what was reported.

    ``expected_at`` and its span from ``earliest_at`` to ``latest_at`` (four days out of five) are
    null for a stop that was reached, or passed over without a report.
    """

    id: str
    plan: str
    route: str
    vehicle: str
    site: str
    visit: int
    state: StopState
    planned_arrives_at: datetime
    planned_service_starts_at: datetime
    planned_departs_at: datetime
    expected_at: datetime | None
    earliest_at: datetime | None
    latest_at: datetime | None
    arrived_at: datetime | None
    departed_at: datetime | None
    crates: int
    boxes: int
    lines: list[LineOut]
    last_event: LastEventOut | None

    @classmethod
    def of(cls, day: Day, visit: Visit) -> StopOut:
        """Show a stop; times bear the offset of the plan's time zone."""
        horizon, progress = day.problem.horizon, visit.progress
        zone = ZoneInfo(horizon.time_zone)
        last = progress.last
        return cls(
            id=visit.id,
            plan=day.id,
            route=visit.route.id,
            vehicle=visit.route.vehicle,
            site=visit.stop.site,
            visit=visit.visit,
            state=progress.state,
            planned_arrives_at=horizon.instant(visit.stop.arrives),
            planned_service_starts_at=horizon.instant(visit.stop.service_starts),
            planned_departs_at=horizon.instant(visit.stop.departs),
            expected_at=visit.expected_at,
            earliest_at=visit.earliest_at,
            latest_at=visit.latest_at,
            arrived_at=local(progress.arrived_at, zone),
            departed_at=local(progress.departed_at, zone),
            crates=progress.crates,
            boxes=progress.boxes,
            lines=[LineOut.of(line) for line in progress.lines.values()],
            last_event=None
            if last is None
            else LastEventOut(
                client_event_id=last.id,
                kind=last.kind,
                at=last.at.astimezone(zone),
                received_from=last.received_from,
            ),
        )


class StopList(BaseModel):
    """The stops of a plan, route by route in driving order."""

    plan: str
    version: int
    plan_state: str
    items: list[StopOut]


class LineTrackOut(BaseModel):
    """A line on its way.

    ``known_from`` says whether somebody reported the stage, a position shows it, or only the plan
    has it so.
    """

    order: str
    line: str
    site: str
    stage: Stage
    known_from: Source
    promised_at: datetime
    mass_kg: float
    handed_over_kg: float
    refused_kg: float
    damaged_kg: float
    vehicle: str | None
    stop: str | None
    planned_at: datetime | None
    expected_at: datetime | None
    earliest_at: datetime | None
    latest_at: datetime | None
    arrived_at: datetime | None
    handed_over_at: datetime | None
    collected_at: datetime | None
    reason: str | None
    detail: str | None

    @classmethod
    def of(cls, line: LineTrack, zone: ZoneInfo) -> LineTrackOut:
        """Show a line; times bear the offset of the plan's time zone."""
        return cls(
            order=line.key.order,
            line=line.key.line,
            site=line.site,
            stage=line.stage,
            known_from=line.known_from,
            promised_at=line.due_at,
            mass_kg=thousands(line.mass_g),
            handed_over_kg=thousands(line.handed_g),
            refused_kg=thousands(line.refused_g),
            damaged_kg=thousands(line.damaged_g),
            vehicle=line.vehicle,
            stop=line.stop,
            planned_at=line.planned_at,
            expected_at=line.expected_at,
            earliest_at=line.earliest_at,
            latest_at=line.latest_at,
            arrived_at=local(line.arrived_at, zone),
            handed_over_at=local(line.handed_at, zone),
            collected_at=local(line.collected_at, zone),
            reason=line.reason,
            detail=line.detail,
        )


class TrackingOut(BaseModel):
    """Where an order is, by the newest plan that it rides with."""

    order: str
    plan: str
    plan_state: str
    lines: list[LineTrackOut]

    @classmethod
    def of(cls, found: OrderTrack) -> TrackingOut:
        """Show an order."""
        zone = ZoneInfo(found.day.problem.horizon.time_zone)
        return cls(
            order=found.order,
            plan=found.day.id,
            plan_state=found.day.state,
            lines=[LineTrackOut.of(line, zone) for line in found.lines],
        )


def local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Give an instant with the offset of a time zone."""
    return None if instant is None else instant.astimezone(zone)
