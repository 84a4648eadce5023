"""Settings: from nodes with places to the domain's rules, defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from optimizer.domain.ids import SiteId, VehicleId
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.problem import Horizon, TravelSettings, Wave
from optimizer.domain.temperature import TemperaturePolicy, Zone
from optimizer.domain.units import (
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    Metres,
    Seconds,
    nearest_int,
)
from optimizer.formats import cells
from optimizer.formats.clock import Clock, instant
from optimizer.formats.faults import CellError, shown
from optimizer.formats.policy_settings import read_policies, temperature, zones_of
from optimizer.formats.promise_settings import read_promises
from optimizer.formats.settings_nodes import Node
from optimizer.formats.travel_settings import read_travel
from optimizer.formats.type_settings import TypeSettings, read_types

PROBLEM_SCHEMA = "coldgrid/problem/1"
KEYS = (
    "schema", "id", "time_zone", "horizon_start", "ambient_c", "sun_c", "travel", "waves", "zones",
    "promises", "time_on_board_h", "objective", "vehicle_types", "radius_km",
    "usual_vehicles",
    "cut_offs",
    "door_service_s", "orders_together",
)  # fmt: skip
FIRST_YEAR, LAST_YEAR = 1970, 2200
DEFAULT_AMBIENT_C = 20.0
DEFAULT_RADIUS_M = 5000
DEFAULT_PROMISES = {
    "cold": Promise(deadline_s=15 * SECONDS_PER_HOUR, cents_per_min_late=20),
    "daily": Promise(deadline_s=24 * SECONDS_PER_HOUR, cents_per_min_late=5),
}
DEFAULT_TIME_ON_BOARD_S = {Zone.FROZEN: 6 * SECONDS_PER_HOUR, Zone.CHILLED: 6 * SECONDS_PER_HOUR}
DEFAULT_WAVE = ("morning", "06:00")
SOME_HORIZON = Horizon(start=datetime(2000, 1, 1, tzinfo=UTC), time_zone="UTC")
"""Stands in for a horizon that cannot be read, so that the other faults are found as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that ``settings.yaml`` says, with its defaults; the clock has its horizon."""

    id: str | None
    clock: Clock
    ambient_c: float
    sun_c: float
    travel: TravelSettings
    waves: tuple[Wave, ...]
    policies: Mapping[Zone, TemperaturePolicy]
    promises: Mapping[str, Promise]
    time_on_board_s: Mapping[Zone, Seconds]
    objective: ObjectiveWeights
    types: TypeSettings
    radius_m: Metres | None
    usual_vehicle: Mapping[SiteId, VehicleId]
    door_service_s: Seconds
    orders_together: bool


def read_settings(node: Node) -> Settings:
    """Read all settings; what cannot be read is noted and has its default meanwhile."""
    node.only(KEYS)
    schema = node.child("schema")
    if schema.text() != PROBLEM_SCHEMA:
        schema.fault("CG-1025", f"{shown(str(schema.value))} is not {PROBLEM_SCHEMA}")
    clock = _clock(node)
    types = read_types(node.child("vehicle_types"))
    return Settings(
        id=node.child("id").text(),
        clock=clock,
        ambient_c=node.child("ambient_c").read(temperature, DEFAULT_AMBIENT_C),
        sun_c=node.child("sun_c").read(cells.real(0, 100), 0.0),
        travel=read_travel(node.child("travel"), clock, types),
        waves=_waves(node.child("waves"), clock),
        policies=read_policies(node.child("zones")),
        promises=read_promises(node.child("promises"), DEFAULT_PROMISES),
        time_on_board_s=_time_on_board(node.child("time_on_board_h")),
        objective=_objective(node.child("objective")),
        types=types,
        radius_m=_radius(node),
        usual_vehicle=_usual_vehicles(node.child("usual_vehicles")),
        door_service_s=node.child("door_service_s").read(cells.whole(0, SECONDS_PER_DAY), 0),
        orders_together=node.child("orders_together").read(cells.yes_or_no, False),
    )


def _clock(node: Node) -> Clock:
    zone = node.child("time_zone").required(_time_zone)
    start = node.child("horizon_start").required(_start)
    if start is None or zone is None:
        return Clock(horizon=SOME_HORIZON, certain=False)
    return Clock(horizon=Horizon(start=start, time_zone=zone))


def _time_zone(cell: str) -> str:
    try:
        ZoneInfo(cell)
    except (KeyError, ValueError, OSError) as error:
        raise CellError("CG-1026", f"{shown(cell)} is no time zone") from error
    return cell


def _start(cell: str) -> datetime:
    start = instant(cell)
    if not FIRST_YEAR <= start.year <= LAST_YEAR or start.microsecond:
        cause = f"{shown(cell)} is no whole second of the years {FIRST_YEAR} to {LAST_YEAR}"
        raise CellError("CG-1008", cause)
    return start


def _waves(node: Node, clock: Clock) -> tuple[Wave, ...]:
    waves: list[Wave] = []
    for item in node.items():
        item.only(("id", "departs"))
        name = item.child("id").required(cells.text)
        departs = item.child("departs").required(clock.moment)
        if name is None or departs is None:
            continue
        if any(wave.id == name for wave in waves):
            item.fault("CG-1013", f"the wave {shown(name)} stands twice")
        waves.append(Wave(id=name, departs=clock.first(departs)))
    if not waves:
        name, departs = DEFAULT_WAVE[0], clock.moment(DEFAULT_WAVE[1])
        return (Wave(id=name, departs=clock.first(departs)),)
    return tuple(sorted(waves, key=lambda wave: wave.departs))


def _time_on_board(node: Node) -> dict[Zone, Seconds]:
    """Read the limits per zone; a zone with an explicit null has none."""
    limits = dict(DEFAULT_TIME_ON_BOARD_S)
    for zone, entry in zones_of(node):
        limit = entry.read(cells.seconds_from(SECONDS_PER_HOUR))
        if limit is None:
            limits.pop(zone, None)
        else:
            limits[zone] = limit
    return limits


def _objective(node: Node) -> ObjectiveWeights:
    node.only(field.name for field in fields(ObjectiveWeights))
    factors: dict[int, float] = {}
    for key, entry in node.child("priority_factor").entries():
        factor = entry.required(cells.real(0))
        try:
            factors[cells.whole(1, 1_000_000)(key)] = factor or 0.0
        except CellError as error:
            entry.fault(error.code, f"priority {error.cause}", error.action)
    return ObjectiveWeights(
        transfer_cents=node.child("transfer_cents").read(cells.whole(0, 10**9), 0),
        shelf_life_weight=node.child("shelf_life_weight").read(cells.real(0, 1000), 0.0),
        round_trips_per_unserved=node.child("round_trips_per_unserved").read(
            cells.whole(0, 10_000), 10
        ),
        stability_cents=node.child("stability_cents").read(cells.whole(0, 10**9), 0),
        priority_factor=factors,
    )


def _usual_vehicles(node: Node) -> dict[SiteId, VehicleId]:
    """Read the vehicle of each site; one with an explicit null has none."""
    usual = {site: entry.text() for site, entry in node.entries()}
    return {site: vehicle for site, vehicle in usual.items() if vehicle is not None}


def _radius(node: Node) -> Metres | None:
    """Read the radius; an explicit null lifts the limit, absence leaves the default."""
    if not node.has("radius_km"):
        return DEFAULT_RADIUS_M
    kilometres = node.child("radius_km").read(cells.within(0, 50_000))
    return None if kilometres is None else nearest_int(kilometres * 1000)
