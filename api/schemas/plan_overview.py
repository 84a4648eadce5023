"""A plan on one screen: sites, routes with loads and stops, docks, what is left out.

Far smaller than PLAN.json: lines are named and not described, moments are whole seconds from the
horizon start, and sites that have nothing to do with the plan are absent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field

from api.schemas.plans import ViolationOut
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import SiteKind
from optimizer.domain.temperature import Zone


class SiteOverviewOut(BaseModel):
    """A site that a route touches, a warehouse, or one where something is left out."""

    id: str
    kind: SiteKind
    name: str
    lat: float
    lon: float


class LoadOut(BaseModel):
    """What a trip carries in one zone, and the room that it has for it."""

    zone: Zone
    kg: float
    litres: float
    room_l: Annotated[float | None, Field(description="Null where boxes hold the goods.")]


class StopZoneOut(BaseModel):
    """What is handed over of one zone, and how warm it is then."""

    zone: Zone
    kg: float
    product_c: float | None
    margin_c: Annotated[float | None, Field(description="Negative outside the band.")]


class StopOverviewOut(BaseModel):
    """A visit."""

    site: str
    arrives_s: int
    starts_s: int
    departs_s: int
    zones: list[StopZoneOut]
    lines: Annotated[list[str], Field(description="Handed over, as order/line; none of trucks.")]
    collects: Annotated[list[str], Field(description="Taken, as order/line.")]


class RouteOverviewOut(BaseModel):
    """A trip."""

    id: str
    echelon: Echelon
    vehicle: str
    vehicle_type: str
    wave: str
    trip: int
    start_site: str
    end_site: str
    departs_s: int
    returns_s: int
    distance_m: int
    cost_cents: int
    loads: list[LoadOut]
    stays: Annotated[str | None, Field(description="Why it cannot be changed now; else null.")]
    stops: list[StopOverviewOut]


class BerthOut(BaseModel):
    """A vehicle at a dock; ``dock`` is null where the docks do not suffice."""

    dock: int | None
    route: str
    vehicle: str
    loads: bool
    starts_s: int
    ends_s: int


class YardOut(BaseModel):
    """The docks of a warehouse over the day."""

    site: str
    docks: Annotated[int | None, Field(description="Null where there is no limit.")]
    berths: list[BerthOut]


class LeftOverviewOut(BaseModel):
    """An order line left out, or a collect left behind, with what it is."""

    order: str
    line: str
    site: str | None
    zone: Zone | None
    kg: float
    reason: str
    detail: str


class PlanOverviewOut(BaseModel):
    """A version of a plan, for a screen."""

    plan: str
    name: str
    state: str
    version: int
    newest_version: int
    revision: int
    horizon_start: datetime
    time_zone: str
    feasible: bool
    violations: list[ViolationOut]
    objective_cents: int
    cost_breakdown_cents: dict[str, int]
    kpis: dict[str, float]
    pins: Annotated[dict[str, str], Field(description="Vehicle per line, as order/line.")]
    locks: list[str]
    sites: list[SiteOverviewOut]
    routes: list[RouteOverviewOut]
    yards: list[YardOut]
    left_out: list[LeftOverviewOut]
