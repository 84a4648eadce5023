"""The registry that describes a fleet, as the rows of its tables."""

from __future__ import annotations

from typing import TypeAlias

from telemetry.virtual_fleet.spec import AssetKind, AssetSpec, FleetSpec, SpaceSpec

Rows: TypeAlias = list[dict[str, str]]

GOODS_GRADE = "1"


def registry_of(spec: FleetSpec, *, armed: bool = True) -> tuple[Rows, Rows]:
    """Give the rows of points.csv and sensors.csv.

    Parameters
    ----------
    spec
        The fleet.
    armed
        Whether compartments are watched without anybody arming them; rooms and gateways always
        are.
    """
    points = [_space(asset, space, armed) for asset in spec.assets for space in asset.spaces]
    points += [
        {
            "id": gateway.id,
            "kind": "gateway",
            "asset": gateway.asset,
            "name": f"gateway of {gateway.asset}",
            "zone": "",
            "profile": "",
            "always_armed": "yes",
            "grade": GOODS_GRADE,
        }
        for gateway in spec.gateways
    ]
    sensors = [
        {
            "sensor": sensor.id,
            "point": space.id,
            "from": "",
            "to": "",
            "offset_c": "0.0",
            "calibration_due": "",
            "gateway": sensor.gateway,
            "interval_s": str(sensor.interval_s),
        }
        for space in spec.spaces()
        for sensor in space.sensors
    ]
    return points, sensors


def _space(asset: AssetSpec, space: SpaceSpec, armed: bool) -> dict[str, str]:
    is_room = asset.kind is AssetKind.SITE
    return {
        "id": space.id,
        "kind": "room" if is_room else "compartment",
        "asset": asset.id,
        "name": space.name,
        "zone": space.zone.value,
        "profile": "",
        "always_armed": "yes" if is_room or armed else "no",
        "grade": GOODS_GRADE,
    }
