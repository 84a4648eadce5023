"""Makes fleets up: of so many sensors, or for the vehicles and sites of a network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count, cycle
from typing import Any

from optimizer.domain.temperature import Zone
from telemetry.readings import Channel
from telemetry.virtual_fleet.naming import plain, sensor_name
from telemetry.virtual_fleet.speak_ruuvi import RUUVI_CHANNELS
from telemetry.virtual_fleet.spec import (
    AssetKind,
    AssetSpec,
    DialectName,
    FleetSpec,
    GatewaySpec,
    SensorSpec,
    SpaceSpec,
)

USUAL_MIX: tuple[DialectName, ...] = (
    DialectName.FLAT_JSON,
    DialectName.SPARKPLUG_B,
    DialectName.FLAT_JSON,
    DialectName.THINGSBOARD_GATEWAY,
    DialectName.SENML,
    DialectName.FLAT_JSON,
    DialectName.RUUVI,
    DialectName.THINGS_NETWORK,
    DialectName.CHIRPSTACK,
    DialectName.THINGSBOARD_DEVICE,
)
"""Dialects of gateways in the order in which they are handed out."""

SETPOINT_C: dict[Zone, float] = {Zone.FROZEN: -22.0, Zone.CHILLED: 1.8, Zone.CONTROLLED: 15.0}
DEFROST_S: dict[Zone, float] = {Zone.FROZEN: 600.0, Zone.CHILLED: 240.0, Zone.CONTROLLED: 0.0}
HEATING_W_M3: dict[Zone, float] = {Zone.FROZEN: 0.0, Zone.CHILLED: 60.0, Zone.CONTROLLED: 60.0}
LOAD_KG_M3 = 90.0
COMPARTMENT_M3, ROOM_M3 = 5.0, 45.0
VAN_CURTAIN, VAN_OPENINGS_PER_H, VAN_OPEN_S = 0.12, 1.5, 45.0
ROOM_OPENINGS_PER_H, ROOM_OPEN_S = 3.0, 40.0
ROOM_DOOR_M2, ROOM_DOOR_HEIGHT_M, ROOM_CURTAIN = 3.0, 2.2, 0.25
VEHICLES_PER_SITE = 3
LITRES = 1000.0
"""In a cubic metre."""

FIRST_CHANNELS = (Channel.TEMPERATURE, Channel.HUMIDITY, Channel.DOOR)
VEHICLE_CHANNELS = (
    Channel.TEMPERATURE,
    Channel.DOOR,
    Channel.SETPOINT,
    Channel.MODE,
    Channel.LATITUDE,
    Channel.LONGITUDE,
)
PLAIN_CHANNELS = (Channel.TEMPERATURE,)


def spec_of_size(
    sensors: int,
    *,
    seed: int = 1,
    interval_s: int = 60,
    dialects: Sequence[DialectName] = USUAL_MIX,
) -> FleetSpec:
    """Make up a fleet of so many sensors: three vehicles to a warehouse of six rooms.

    Parameters
    ----------
    sensors
        How many.
    seed
        Of everything that is drawn.
    interval_s
        How often each reports.
    dialects
        Handed out to the gateways in turn.
    """
    making = _Making(dialects, interval_s=interval_s)
    assets: list[AssetSpec] = []
    left = sensors
    for number in count(1):
        if left <= 0:
            break
        if number % (VEHICLES_PER_SITE + 1) == 1:
            rooms = [(zone, ROOM_M3) for zone in Zone for _ in range(2)]
            made = making.asset(AssetKind.SITE, f"W{number}", "", rooms)
        else:
            spaces = [(zone, COMPARTMENT_M3) for zone in Zone]
            made = making.asset(AssetKind.VEHICLE, f"V{number}", "", spaces)
        assets.append(_cut(made, left))
        left -= sum(len(space.sensors) for space in assets[-1].spaces)
    return FleetSpec(assets=tuple(assets), gateways=tuple(making.gateways), seed=seed)


def spec_of_network(
    vehicles: Iterable[Mapping[str, Any]],
    sites: Iterable[Mapping[str, Any]] = (),
    *,
    seed: int = 1,
    interval_s: int = 60,
    dialects: Sequence[DialectName] = USUAL_MIX,
) -> FleetSpec:
    """Make a fleet for the vehicles and sites of a network.

    Parameters
    ----------
    vehicles
        Each with ``id``, ``zones`` (words, or litres by word), and where known ``name``,
        ``latitude``, ``longitude`` and ``body``: fields of ``SpaceSpec`` that hold for all its
        compartments. Their points are called ``VEHICLE/zone``.
    sites
        The same; ``rooms`` (number by word of a zone) makes several rooms of a zone, which are
        called ``SITE/zone``, ``SITE/zone-2`` and so on.
    seed
        Of everything that is drawn.
    interval_s
        How often each sensor reports.
    dialects
        Handed out to the gateways in turn.
    """
    making = _Making(dialects, interval_s=interval_s)
    assets = [_from_mapping(making, AssetKind.SITE, row) for row in sites]
    assets += [_from_mapping(making, AssetKind.VEHICLE, row) for row in vehicles]
    return FleetSpec(assets=tuple(assets), gateways=tuple(making.gateways), seed=seed)


def _from_mapping(making: _Making, kind: AssetKind, row: Mapping[str, Any]) -> AssetSpec:
    zones = row["zones"]
    litres: Mapping[str, Any] = zones if isinstance(zones, Mapping) else dict.fromkeys(zones)
    usual = ROOM_M3 if kind is AssetKind.SITE else COMPARTMENT_M3
    rooms = row.get("rooms", {})
    spaces = [
        (zone, float(litres[zone.value]) / LITRES if litres[zone.value] else usual)
        for zone in Zone
        if zone.value in litres
        for _ in range(rooms.get(zone.value, 1))
    ]
    made = making.asset(kind, row["id"], row.get("name", ""), spaces)
    body = dict(row.get("body", {}))
    spaces_with_body = tuple(replace(space, **body) for space in made.spaces)
    return replace(
        made,
        spaces=spaces_with_body,
        latitude=row.get("latitude", made.latitude),
        longitude=row.get("longitude", made.longitude),
    )


class _Making:
    """Hands out gateways and names while assets are made."""

    def __init__(self, dialects: Sequence[DialectName], *, interval_s: int) -> None:
        self._dialects = cycle(dialects)
        self._interval_s = interval_s
        self.gateways: list[GatewaySpec] = []

    def asset(
        self, kind: AssetKind, asset: str, name: str, spaces: Sequence[tuple[Zone, float]]
    ) -> AssetSpec:
        gateway = GatewaySpec(
            id=f"gw-{plain(asset)}", asset=asset, dialect=DialectName(next(self._dialects))
        )
        self.gateways.append(gateway)
        made = tuple(self._spaces(kind, asset, gateway, spaces))
        return AssetSpec(id=asset, name=name or asset, kind=kind, spaces=made)

    def _spaces(
        self,
        kind: AssetKind,
        asset: str,
        gateway: GatewaySpec,
        spaces: Sequence[tuple[Zone, float]],
    ) -> Iterator[SpaceSpec]:
        taken: dict[Zone, int] = {}
        for index, (zone, volume_m3) in enumerate(spaces):
            number = taken[zone] = taken.get(zone, 0) + 1
            room = zone.value if number == 1 else f"{zone.value}-{number}"
            space = SpaceSpec(
                id=f"{asset}/{room}",
                name=f"{asset} {room}",
                zone=zone,
                volume_m3=volume_m3,
                setpoint_c=SETPOINT_C[zone],
                load_kg=LOAD_KG_M3 * volume_m3,
                sensors=tuple(self._sensors(kind, f"{plain(asset)}-{room}", gateway, index)),
                heating_w=HEATING_W_M3[zone] * volume_m3,
                curtain=VAN_CURTAIN,
                openings_per_h=VAN_OPENINGS_PER_H,
                open_s=VAN_OPEN_S,
                defrost_s=DEFROST_S[zone],
            )
            yield space if kind is AssetKind.VEHICLE else _as_room(space)

    def _sensors(
        self, kind: AssetKind, device: str, gateway: GatewaySpec, index: int
    ) -> Iterator[SensorSpec]:
        """Give the sensors of a space: the first space of a vehicle and every room have two."""
        pair = kind is AssetKind.SITE or index == 0
        for number in range(1, 3 if pair else 2):
            yield SensorSpec(
                id=sensor_name(gateway.dialect, gateway.id, f"{device}-{number}"),
                gateway=gateway.id,
                channels=_channels(kind, gateway.dialect, number, index),
                interval_s=self._interval_s,
            )


def _channels(
    kind: AssetKind, dialect: DialectName, number: int, index: int
) -> tuple[Channel, ...]:
    if dialect is DialectName.RUUVI:
        return RUUVI_CHANNELS
    if number > 1:
        return PLAIN_CHANNELS
    if kind is AssetKind.VEHICLE:
        return VEHICLE_CHANNELS if index == 0 else PLAIN_CHANNELS
    return FIRST_CHANNELS


def _as_room(space: SpaceSpec) -> SpaceSpec:
    return replace(
        space,
        door_m2=ROOM_DOOR_M2,
        door_height_m=ROOM_DOOR_HEIGHT_M,
        curtain=ROOM_CURTAIN,
        openings_per_h=ROOM_OPENINGS_PER_H,
        open_s=ROOM_OPEN_S,
    )


def _cut(asset: AssetSpec, most: int) -> AssetSpec:
    """Leave out the last sensors beyond a number, and spaces that would have none."""
    spaces = []
    for space in asset.spaces:
        kept = space.sensors[:most]
        most -= len(kept)
        if kept:
            spaces.append(replace(space, sensors=kept))
    return replace(asset, spaces=tuple(spaces))
