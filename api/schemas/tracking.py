"""Bodies about tracking: where an order is."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from api.road.collects import CollectTrack
from api.road.tracking import LineTrack, Source, Stage
from api.schemas.road import local
from api.services.road import OrderTrack
from optimizer.domain.orders import CollectKind
from optimizer.domain.units import thousands


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


class CollectTrackOut(BaseModel):
    """Empties or a return of an order; without a vehicle they stay, for the reason given."""

    order: str
    line: str
    site: str
    kind: CollectKind
    mass_kg: float
    vehicle: str | None
    stop: str | None
    planned_at: datetime | None
    expected_at: datetime | None
    reason: str | None
    detail: str | None

    @classmethod
    def of(cls, one: CollectTrack) -> CollectTrackOut:
        """Show what is collected."""
        same = ("site", "kind", "vehicle", "stop", "planned_at", "expected_at", "reason", "detail")
        return cls(
            order=one.key.order,
            line=one.key.line,
            mass_kg=thousands(one.mass_g),
            **{name: getattr(one, name) for name in same},
        )


class TrackingOut(BaseModel):
    """Where an order is, by the newest plan that it rides with."""

    order: str
    plan: str
    plan_state: str
    lines: list[LineTrackOut]
    collects: list[CollectTrackOut]

    @classmethod
    def of(cls, found: OrderTrack) -> TrackingOut:
        """Show an order."""
        zone = ZoneInfo(found.day.problem.horizon.time_zone)
        return cls(
            order=found.order,
            plan=found.day.id,
            plan_state=found.day.state,
            lines=[LineTrackOut.of(line, zone) for line in found.lines],
            collects=[CollectTrackOut.of(collect) for collect in found.collects],
        )
