"""Small fleets whose figures a person can hold in the head."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimizer.domain.temperature import Zone
from telemetry.errors import MessageRejected
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.failures import Failure
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.naming import sensor_name
from telemetry.virtual_fleet.spec import (
    AssetKind,
    AssetSpec,
    DialectName,
    FleetSpec,
    GatewaySpec,
    SensorSpec,
    SpaceSpec,
)

START_MS = 1_700_000_000_000
SETPOINT_C = {Zone.FROZEN: -21.5, Zone.CHILLED: 2.0, Zone.CONTROLLED: 15.0}


def space(zone: Zone = Zone.FROZEN, *, asset: str = "V1", **changes: Any) -> SpaceSpec:
    """Give a compartment of 30 m³ whose door stays closed and that never defrosts."""
    plain: dict[str, Any] = {
        "id": f"{asset}/{zone.value}",
        "name": f"{asset} {zone.value}",
        "zone": zone,
        "volume_m3": 6 * 2.3 * 2.2,
        "setpoint_c": SETPOINT_C[zone],
        "load_kg": 1000.0,
        "sensors": (),
        "openings_per_h": 0.0,
        "defrost_s": 0.0,
    }
    return SpaceSpec(**(plain | changes))


def fleet_of(*spaces: SpaceSpec, **changes: Any) -> FleetSpec:
    """Give one vehicle with these compartments, exactly as written."""
    vehicle = AssetSpec(id="V1", name="van 1", kind=AssetKind.VEHICLE, spaces=spaces)
    gateways = tuple(
        GatewaySpec(id=name, asset="V1")
        for name in dict.fromkeys(each.gateway for one in spaces for each in one.sensors)
    )
    plain: dict[str, Any] = {"spread": 0.0, "noise_c": 0.0, "step_s": 10.0}
    return FleetSpec(assets=(vehicle,), gateways=gateways, **(plain | changes))


def sensed(
    dialect: DialectName = DialectName.FLAT_JSON,
    *,
    channels: tuple[Channel, ...] = (Channel.TEMPERATURE,),
    failures: tuple[Failure, ...] = (),
    interval_s: int = 60,
    **changes: Any,
) -> FleetSpec:
    """Give one frozen compartment with two sensors behind one gateway."""
    sensors = tuple(
        SensorSpec(
            id=sensor_name(dialect, "gw-1", name),
            gateway="gw-1",
            channels=channels,
            interval_s=interval_s,
        )
        for name in ("V1-front", "V1-rear")
    )
    spec = fleet_of(space(sensors=sensors), failures=failures, **changes)
    return replace(spec, gateways=(GatewaySpec(id="gw-1", asset="V1", dialect=dialect),))


def messages_of(spec: FleetSpec, minutes: float) -> list[tuple[str, bytes]]:
    """Let a fleet live, and give what it has published."""
    said: list[tuple[str, bytes]] = []
    Fleet(spec).run(
        OwnTime(START_MS),
        lambda topic, payload: said.append((topic, payload)),
        until_ms=round(minutes * 60_000),
    )
    return said


class Heard:
    """What the decoders understand of messages."""

    def __init__(self, said: list[tuple[str, bytes]]) -> None:
        table = TopicTable()
        self.measurements: list[Measurement] = []
        self.rejected: list[str] = []
        self.lost = 0
        for topic, payload in said:
            try:
                decoded = table.decode(Message(topic, payload, START_MS))
            except MessageRejected as rejected:
                self.rejected.append(rejected.reason.value)
                continue
            self.measurements += decoded.measurements
            self.rejected += [each.reason.value for each in decoded.rejected]
            self.lost += decoded.lost

    def of(
        self, channel: Channel = Channel.TEMPERATURE, sensor: str | None = None
    ) -> list[Measurement]:
        return [
            each
            for each in self.measurements
            if each.channel is channel and sensor in (None, each.sensor)
        ]

    def minutes(self, sensor: str) -> list[int]:
        """Give the minutes of the fleet's life in which a sensor was heard of, by its stamps."""
        stamps = [each.at_ms for each in self.of(sensor=sensor)]
        return [(at_ms - START_MS) // 60_000 for at_ms in stamps if at_ms is not None]


def heard(spec: FleetSpec, minutes: float) -> Heard:
    """Let a fleet live, and give what the decoders understand of it."""
    return Heard(messages_of(spec, minutes))
