"""What a fleet consists of: assets with their spaces, sensors and gateways, climate and troubles.

An *asset* is a vehicle or a site; a *space* is a compartment of the one or a room of the other,
with one door and one temperature zone. Every sensor speaks through one gateway, and a gateway
speaks one dialect. ``spec_file`` reads all this from a document, ``spec_making`` makes it up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from optimizer.domain.temperature import Zone
from telemetry.readings import Channel
from telemetry.virtual_fleet.failures import Failure


class AssetKind(StrEnum):
    """What an asset is: compartments share a unit and bulkheads, rooms share nothing."""

    VEHICLE = "vehicle"
    SITE = "site"


class DialectName(StrEnum):
    """How a gateway words its messages."""

    FLAT_JSON = "flat_json"
    THINGSBOARD_DEVICE = "thingsboard_device"
    THINGSBOARD_GATEWAY = "thingsboard_gateway"
    SENML = "senml"
    SPARKPLUG_B = "sparkplug_b"
    THINGS_NETWORK = "things_network"
    CHIRPSTACK = "chirpstack"
    RUUVI = "ruuvi"


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSpec:
    """One sensor.

    Parameters
    ----------
    id
        As the registry knows it. Ruuvi tags are known by their address, twelve hexadecimal
        digits; every other name is letters, digits and hyphens.
    gateway
        Through which it speaks.
    channels
        What it reports, temperature first. Ruuvi tags report temperature, humidity and battery.
    interval_s
        How often.
    """

    id: str
    gateway: str
    channels: tuple[Channel, ...] = (Channel.TEMPERATURE,)
    interval_s: int = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceSpec:
    """A compartment or a room.

    Parameters
    ----------
    id
        The point's id: ``VEHICLE/zone`` or ``SITE/room``.
    load_kg
        Goods inside; 0 is empty.
    k_w_m2k
        Heat transfer coefficient of the walls, before the spread.
    cooling_w, heating_w
        Power of this space's evaporator; None is sized for the space with a reserve.
    door_m2, door_height_m, curtain
        The door, and the share of its infiltration that still passes the curtain.
    openings_per_h, open_s
        How often the door is opened in working hours, and for how long on average.
    defrost_every_s, defrost_s
        Rhythm and length of defrosts; 0 is none.
    """

    id: str
    name: str
    zone: Zone
    volume_m3: float
    setpoint_c: float
    load_kg: float
    sensors: tuple[SensorSpec, ...]
    k_w_m2k: float = 0.40
    cooling_w: float | None = None
    heating_w: float = 0.0
    door_m2: float = 1.5
    door_height_m: float = 1.8
    curtain: float = 0.25
    openings_per_h: float = 2.0
    open_s: float = 60.0
    defrost_every_s: float = 21_600.0
    defrost_s: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetSpec:
    """A vehicle or a site.

    Parameters
    ----------
    spaces
        Of a vehicle from the front to the rear: neighbours share a bulkhead.
    cooling_w
        The most that a vehicle's unit gives to all its compartments; None is enough for all.
    latitude, longitude
        Where it is at home.
    """

    id: str
    name: str
    kind: AssetKind
    spaces: tuple[SpaceSpec, ...]
    cooling_w: float | None = None
    latitude: float = 28.2
    longitude: float = 112.97


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewaySpec:
    """What sends the messages of its sensors.

    Parameters
    ----------
    id
        Also the point that is watched for the gateway itself.
    asset
        Where it hangs.
    """

    id: str
    asset: str
    dialect: DialectName = DialectName.FLAT_JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """The weather outside.

    Parameters
    ----------
    mean_c, swing_c
        Middle of the day's temperatures, and how far they go to both sides.
    hottest_h
        Hour of the day at which it is hottest.
    sun_c
        By how much the noon sun heats a roof above the air.
    begins_h
        Hour of the day at which the fleet starts.
    """

    mean_c: float = 26.0
    swing_c: float = 6.0
    hottest_h: float = 15.0
    sun_c: float = 12.0
    begins_h: float = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetSpec:
    """A whole fleet.

    Parameters
    ----------
    seed
        Of everything that is drawn.
    spread
        How far bodies, units and sensors differ from what is written about them: 0.3 is ±30 %.
    noise_c
        Standard deviation of one measurement.
    step_s
        The longest step of the thermal model.
    failures
        Those that are planned.
    failures_per_day
        How many more are drawn a day over the whole fleet.
    """

    assets: tuple[AssetSpec, ...]
    gateways: tuple[GatewaySpec, ...]
    seed: int = 1
    spread: float = 0.3
    noise_c: float = 0.05
    step_s: float = 5.0
    climate: Climate = field(default_factory=Climate)
    failures: tuple[Failure, ...] = ()
    failures_per_day: float = 0.0

    def spaces(self) -> tuple[SpaceSpec, ...]:
        """Give every compartment and room, in the order of the assets."""
        return tuple(space for asset in self.assets for space in asset.spaces)

    def sensors(self) -> tuple[SensorSpec, ...]:
        """Give every sensor, in the order of the spaces."""
        return tuple(sensor for space in self.spaces() for sensor in space.sensors)
