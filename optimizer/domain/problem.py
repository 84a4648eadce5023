"""A day to plan: the network, the fleet, the lines, the waves and the rules, all in integers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any
from zoneinfo import ZoneInfo

from optimizer.domain.cut_off import CutOff
from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Body, Vehicle
from optimizer.domain.ids import LineKey, SiteId, VehicleId, WaveId
from optimizer.domain.later import silent_values
from optimizer.domain.network import Site, SiteKind, Stock, TimeWindow
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.orders import Collect, OrderLine
from optimizer.domain.temperature import TemperaturePolicy, Zone
from optimizer.domain.units import SECONDS_PER_DAY, Metres, Seconds

HORIZON_S: Seconds = 2 * SECONDS_PER_DAY
"""A day's plan sees two days ahead of its start: nothing is planned beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The moment from which a problem counts its seconds, and the zone its people live in."""

    start: datetime
    time_zone: str

    def instant(self, moment: Seconds) -> datetime:
        """Turn seconds from the start into an instant with the local offset."""
        utc = self.start.astimezone(timezone.utc) + timedelta(seconds=moment)  # noqa: UP017
        return utc.astimezone(ZoneInfo(self.time_zone))

    def seconds(self, instant: datetime) -> Seconds:
        """Turn an instant with an offset into whole seconds from the start."""
        return round((instant - self.start).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class Wave:
    """A departure slot of the last mile."""

    id: WaveId
    departs: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficSlot:
    """A part of the day in which everything that departs is slower by a factor."""

    window: TimeWindow
    factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelSettings:
    """How distances and times come about.

    Parameters
    ----------
    provider
        ``great_circle``, ``matrix``, ``road_graph`` or ``osrm``.
    circuity
        Road metres per great-circle metre.
    speed_kmh
        Speed per vehicle type.
    slots
        Traffic factors. A last-mile route takes the factor of its wave's departure, a linehaul
        route that of its truck's shift start, for all of its legs.
    file
        Matrix or road graph, relative to the problem; for those two providers alone.
    closures
        GeoJSON file of closed areas, relative to the problem; for road graphs.
    profile
        What an OSRM server calls this kind of vehicle; the operator says which server that is.
    """

    provider: str = "great_circle"
    circuity: float = 1.3
    speed_kmh: Mapping[str, float] = field(default_factory=dict)
    slots: tuple[TrafficSlot, ...] = ()
    file: str | None = None
    closures: str | None = None
    profile: str = "driving"

    def factor(self, moment: Seconds) -> float:
        """Give the traffic factor of a scheduled departure."""
        return next((slot.factor for slot in self.slots if moment in slot.window), 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Everything ``solve`` needs to know of one day.

    Parameters
    ----------
    sites, vehicles, lines
        By id, in the order of the user's file.
    waves
        By departure.
    policies
        Temperature policy per zone.
    time_on_board_s
        Longest time on board per zone and leg; a zone that is absent has no limit.
    bodies
        Insulated body per vehicle type.
    radius_m
        Longest distance between a pickup point and its grid warehouse; None means no limit.
    ambient_c, sun_c
        Outside air, and how much hotter the sun makes a roof.
    usual_vehicle
        The vehicle whose driver knows a site; a site that is absent is at home with every driver.
    cut_offs
        Sites that take no orders in the last days before a festival.
    collects
        Empties and returns that wait at pickup points, by key.
    breaks
        When the drivers of a vehicle type rest; a type that is absent needs no rests.
    door_service_s
        What each order that is brought to a door adds to the service at its site.
    orders_together
        Whether the lines of an order for one site come with one vehicle or not at all.
    """

    id: str
    horizon: Horizon
    sites: Mapping[SiteId, Site]
    vehicles: Mapping[VehicleId, Vehicle]
    lines: Mapping[LineKey, OrderLine]
    stock: tuple[Stock, ...]
    waves: tuple[Wave, ...]
    travel: TravelSettings
    policies: Mapping[Zone, TemperaturePolicy]
    promises: Mapping[str, Promise]
    time_on_board_s: Mapping[Zone, Seconds]
    objective: ObjectiveWeights
    bodies: Mapping[str, Body]
    radius_m: Metres | None
    ambient_c: float
    sun_c: float = 0.0
    usual_vehicle: Mapping[SiteId, VehicleId] = field(default_factory=dict)
    cut_offs: tuple[CutOff, ...] = ()
    collects: Mapping[LineKey, Collect] = field(default_factory=dict)
    breaks: Mapping[str, BreakRule] = field(default_factory=dict)
    door_service_s: Seconds = 0
    orders_together: bool = False
    _digest: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    def sites_of(self, kind: SiteKind) -> list[Site]:
        """Give the sites of one kind in file order."""
        return [site for site in self.sites.values() if site.kind is kind]

    def wave(self, wave_id: WaveId) -> Wave:
        """Find a wave.

        Raises
        ------
        KeyError
            No wave has this id.
        """
        for wave in self.waves:
            if wave.id == wave_id:
                return wave
        raise KeyError(wave_id)

    def body(self, vehicle: Vehicle) -> Body:
        """Give the insulated body of a vehicle."""
        return self.bodies[vehicle.type]

    def loading_c(self, line: OrderLine) -> float:
        """Give the product temperature at which a line is loaded."""
        return self.policies[line.zone].loading_c if line.loading_c is None else line.loading_c

    @property
    def digest(self) -> str:
        """Name the question that a plan answers: network, fleet, lines, stock, waves, horizon.

        Assumptions (ambient, bodies, bands, costs, travel, usual vehicles) are left out on purpose:
        a plan may be judged under other weather or other prices, it may not be judged for other
        orders. A problem never changes, so it is worked out once.
        """
        if not self._digest:
            self._digest.append(digest_of(self._question()))
        return self._digest[0]

    def _question(self) -> list[Any]:
        question: list[Any] = [
            self.horizon,
            list(self.sites.values()),
            list(self.vehicles.values()),
            list(self.lines.values()),
            self.stock,
            self.waves,
        ]
        if self.collects:
            question.append(list(self.collects.values()))
        return question


def digest_of(value: Any) -> str:  # noqa: ANN401 - any tree of domain values
    """Hash a tree of domain values; equal values give equal text on every machine."""
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


PLAIN = frozenset({str, int, float, bool, type(None)})
"""Most values of a problem; asking for them first makes a digest three times as fast."""


def _plain(value: Any) -> Any:  # noqa: ANN401 - any tree of domain values
    return value if type(value) in PLAIN else _unfolded(value)


def _unfolded(value: Any) -> Any:  # noqa: ANN401 - any tree of domain values
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).isoformat()  # noqa: UP017
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset):
        items = sorted(value) if isinstance(value, frozenset) else value
        return [_plain(item) for item in items]
    return value


def _fields(value: object) -> dict[str, Any]:
    spoken, silent = silent_values(type(value))
    plain = {name: _plain(getattr(value, name)) for name in spoken}
    for name, default in silent:
        given = getattr(value, name)
        if given != default:
            plain[name] = _plain(given)
    return plain
