"""The figures of every space as arrays, drawn once around what the specification says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from optimizer.domain.temperature import Zone
from telemetry.virtual_fleet.physics import (
    AIR_J_KGK,
    COLD_AIR_KG_M3,
    LINING_J_M2K,
    SKIN_W_M2K,
    Floats,
    heat_transfer_area_m2,
    inner_surface_m2,
)
from telemetry.virtual_fleet.spec import AssetKind, AssetSpec, FleetSpec, SpaceSpec

GOODS_J_KGK: dict[Zone, float] = {
    Zone.FROZEN: 1900.0,
    Zone.CHILLED: 3600.0,
    Zone.CONTROLLED: 2500.0,
}
EXCHANGE_W_KGK = 0.2
"""Between goods and air, per kilogram."""

BULKHEAD_W_M2K = 0.6
RESERVE = 2.3
"""How much more than the walls ask for a unit gives that nobody has sized."""

HOT_DAY_C = 35.0
LEAST_COOLING_W_M3 = 70.0
HALL_C = 14.0
"""Air in the hall before the rooms of a site."""

INDOORS = 0.8
"""How much of a room's surroundings is the hall; the rest is the weather."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """One element per space, in the order of the specification.

    Parameters
    ----------
    skin_w_k, outer_w_k, goods_w_k
        Between air and wall, wall and outside, goods and air.
    air_j_k, wall_j_k, goods_j_k
        Heat that the three hold.
    front, rear, front_w_k, rear_w_k
        Neighbours behind a bulkhead; a space without one has itself, and no conductance.
    door_m2, door_height_m, passing
        The door, and the share of its infiltration that stays inside.
    openings_per_s, open_s
        How doors are used.
    setpoint_c, band_c, cooling_w, heating_w, coil_s
        The unit: it starts and stops half a band from the set-point, through a slow coil.
    unit, unit_w
        Which spaces share a unit, and what each unit has in all.
    defrost_every_s, defrost_s, defrost_w
        Rhythm, length and heater of the defrosts.
    indoors
        Share of the surroundings that is a hall.
    spot_s, spot_warm_c, spot_door
        How slowly the place of the sensor follows the air, by how much it is warmer while no fan
        turns, and how much of the air of an open door it feels.
    """

    skin_w_k: Floats
    outer_w_k: Floats
    goods_w_k: Floats
    air_j_k: Floats
    wall_j_k: Floats
    goods_j_k: Floats
    front: NDArray[np.intp]
    rear: NDArray[np.intp]
    front_w_k: Floats
    rear_w_k: Floats
    door_m2: Floats
    door_height_m: Floats
    passing: Floats
    openings_per_s: Floats
    open_s: Floats
    setpoint_c: Floats
    band_c: Floats
    cooling_w: Floats
    heating_w: Floats
    coil_s: Floats
    unit: NDArray[np.intp]
    unit_w: Floats
    defrost_every_s: Floats
    defrost_s: Floats
    defrost_w: Floats
    indoors: Floats
    spot_s: Floats
    spot_warm_c: Floats
    spot_door: Floats


def bodies_of(spec: FleetSpec, chance: np.random.Generator) -> Bodies:
    """Draw the figures of a fleet.

    Parameters
    ----------
    spec
        What is written about it.
    chance
        Where the spread comes from.
    """
    spaces = spec.spaces()
    size = len(spaces)

    def spread(width: float = 1.0) -> Floats:
        return chance.uniform(1.0 - width * spec.spread, 1.0 + width * spec.spread, size)

    def given(name: str) -> Floats:
        return np.array([float(getattr(space, name)) for space in spaces])

    inner = inner_surface_m2(given("volume_m3"))
    outer = given("k_w_m2k") * heat_transfer_area_m2(inner) * spread()
    load = given("load_kg")
    cooling = np.array([_cooling_w(space) for space in spaces]) * spread(0.5)
    front, rear, front_w_k, rear_w_k = _neighbours(spec)
    unit, unit_w = _units(spec, cooling)
    return Bodies(
        skin_w_k=SKIN_W_M2K * inner * spread(),
        outer_w_k=outer,
        goods_w_k=EXCHANGE_W_KGK * load * spread(),
        air_j_k=COLD_AIR_KG_M3 * AIR_J_KGK * given("volume_m3") * spread(0.3),
        wall_j_k=LINING_J_M2K * inner * spread(),
        goods_j_k=np.array([GOODS_J_KGK[space.zone] for space in spaces]) * load * spread(),
        front=front,
        rear=rear,
        front_w_k=front_w_k,
        rear_w_k=rear_w_k,
        door_m2=given("door_m2"),
        door_height_m=given("door_height_m"),
        passing=np.clip(given("curtain") * spread(), 0.0, 1.0),
        openings_per_s=given("openings_per_h") / 3600.0 * spread(),
        open_s=given("open_s") * spread(),
        setpoint_c=given("setpoint_c"),
        band_c=1.6 * spread(),
        cooling_w=cooling,
        heating_w=given("heating_w"),
        coil_s=180.0 * spread(),
        unit=unit,
        unit_w=unit_w,
        defrost_every_s=given("defrost_every_s") * spread(0.3),
        defrost_s=given("defrost_s") * spread(0.5),
        defrost_w=0.2 * cooling * spread(),
        indoors=np.array(
            [
                INDOORS * (asset.kind is AssetKind.SITE)
                for asset in spec.assets
                for _ in asset.spaces
            ]
        ),
        spot_s=60.0 * spread(),
        spot_warm_c=0.5 * spread(),
        spot_door=0.12 * spread(),
    )


def _cooling_w(space: SpaceSpec) -> float:
    if space.cooling_w is not None:
        return space.cooling_w
    area = float(heat_transfer_area_m2(inner_surface_m2(space.volume_m3)))
    walls = space.k_w_m2k * area * (HOT_DAY_C - space.setpoint_c)
    return max(RESERVE * walls, LEAST_COOLING_W_M3 * space.volume_m3)


def _indoors(spec: FleetSpec) -> Floats:
    kinds = [asset.kind for asset in spec.assets for _ in asset.spaces]
    return np.array([INDOORS if kind is AssetKind.SITE else 0.0 for kind in kinds])


def _neighbours(
    spec: FleetSpec,
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats, Floats]:
    size = len(spec.spaces())
    front, rear = np.arange(size), np.arange(size)
    front_w_k, rear_w_k = np.zeros(size), np.zeros(size)
    begin = 0
    for asset in spec.assets:
        if asset.kind is AssetKind.VEHICLE:
            for index in range(begin + 1, begin + len(asset.spaces)):
                across = _bulkhead_w_k(asset, index - begin)
                front[index], rear[index - 1] = index - 1, index
                front_w_k[index] = rear_w_k[index - 1] = across
        begin += len(asset.spaces)
    return front, rear, front_w_k, rear_w_k


def _bulkhead_w_k(asset: AssetSpec, rear: int) -> float:
    """Give what passes between a space and the one before it: the smaller face of the two."""
    volume = min(asset.spaces[rear - 1].volume_m3, asset.spaces[rear].volume_m3)
    return float(BULKHEAD_W_M2K * volume ** (2.0 / 3.0))


def _units(spec: FleetSpec, cooling: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Give each vehicle one unit for all its spaces, and each room its own."""
    unit: list[int] = []
    most: list[float] = []
    for asset in spec.assets:
        begin = len(unit)
        if asset.kind is AssetKind.VEHICLE:
            unit += [len(most)] * len(asset.spaces)
            total = float(cooling[begin : len(unit)].sum())
            most.append(total if asset.cooling_w is None else asset.cooling_w)
        else:
            for offset in range(len(asset.spaces)):
                unit.append(len(most))
                most.append(float(cooling[begin + offset]))
    return np.array(unit, dtype=np.intp), np.array(most)
