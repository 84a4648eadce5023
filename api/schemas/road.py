"""Bodies about stops: what is planned and expected there, and what was reported."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from api.road.day import Day, Visit
from api.road.progress import LineProgress, StopState
from api.road.words import Kind
from optimizer.domain.network import Site, SiteKind
from optimizer.domain.orders import CollectKind
from optimizer.domain.plan import Delivery
from optimizer.domain.temperature import Zone
from optimizer.domain.units import thousands
from optimizer.formats.manifest import box_shares, rests_by_stop


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


class CollectOut(BaseModel):
    """Empties or a return to take back at a stop; without a kind the problem does not know them."""

    order: str
    line: str
    kind: CollectKind | None
    zone: Zone
    mass_kg: float
    volume_l: float

    @classmethod
    def of(cls, item: Delivery, day: Day) -> CollectOut:
        """Show what is to be taken back."""
        known = day.problem.collects.get(item.key)
        return cls(
            order=item.key.order,
            line=item.key.line,
            kind=None if known is None else known.kind,
            zone=item.zone,
            mass_kg=thousands(item.mass_g),
            volume_l=thousands(item.volume_ml),
        )


class RestOut(BaseModel):
    """A driver's rest."""

    starts_at: datetime
    ends_at: datetime


class PackedOut(BaseModel):
    """The insulated boxes of one zone for a stop, and the ice that lies in them."""

    zone: Zone
    first_box: int
    last_box: int
    ice_kg: float


class PlaceOut(BaseModel):
    """Where a stop is: name and kind as the network has them, WGS 84 degrees."""

    name: str
    kind: SiteKind
    lat: float
    lon: float

    @classmethod
    def of(cls, site: Site) -> PlaceOut:
        """Show a site."""
        return cls(name=site.name, kind=site.kind, lat=site.lat, lon=site.lon)


class StopOut(BaseModel):
    """A stop: planned, expected, and what was reported.

    ``expected_at`` and its span from ``earliest_at`` to ``latest_at`` (four days out of five) are
    null for a stop that was reached, or passed over without a report. ``collects`` are planned,
    ``crates`` and ``boxes`` were reported; ``rests_before`` are the driver's on the way here.
    """

    id: str
    plan: str
    route: str
    vehicle: str
    site: str
    place: PlaceOut
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
    collects: list[CollectOut]
    rests_before: list[RestOut]
    packed: list[PackedOut]
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
            place=PlaceOut.of(day.problem.sites[visit.stop.site]),
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
            collects=[CollectOut.of(item, day) for item in visit.stop.collects],
            rests_before=_rests_before(day, visit),
            packed=_packed(visit),
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


def _rests_before(day: Day, visit: Visit) -> list[RestOut]:
    at, index = day.problem.horizon.instant, _index(visit)
    if index is None or not visit.route.breaks:
        return []
    rests = rests_by_stop(visit.route)[index]
    return [RestOut(starts_at=at(rest.starts), ends_at=at(rest.ends)) for rest in rests]


def _packed(visit: Visit) -> list[PackedOut]:
    index = _index(visit)
    shares = box_shares(visit.route) if index is not None and visit.route.boxes else {}
    return [
        PackedOut(
            zone=zone, first_box=share.first, last_box=share.last, ice_kg=round(share.ice_kg, 3)
        )
        for (stop, zone), share in shares.items()
        if stop == index
    ]


def _index(visit: Visit) -> int | None:
    """Find a stop on its route; one that a later version took out stands on none."""
    stops = visit.route.stops
    return next((i for i, stop in enumerate(stops) if stop is visit.stop), None)


def local(instant: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Give an instant with the offset of a time zone."""
    return None if instant is None else instant.astimezone(zone)
