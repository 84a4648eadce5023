"""Words measurements as a Ruuvi Gateway passes them on: data format 5 inside JSON."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import cycle

from telemetry.readings import Channel
from telemetry.virtual_fleet.naming import address_of

RUUVI_CHANNELS = (Channel.TEMPERATURE, Channel.HUMIDITY, Channel.BATTERY)

# Flags; then length, type and maker of what the tag itself says.
ADVERTISEMENT = "0201061BFF9904"
DATA_FORMAT = 5
DEGREES_PER_STEP, PERCENT_PER_STEP = 0.005, 0.0025
NO_TEMPERATURE, NO_HUMIDITY, NO_POWER = -0x8000, 0xFFFF, 0x7FF
EMPTY_MV, FULL_MV, ZERO_MV = 2000, 3000, 1600
TX_POWER = 22
"""+4 dBm, in steps of 2 dBm above −40."""

PRESSURE = 101_325 - 50_000
UPRIGHT_MG = 1000
COUNTS = 0xFFFF
"""The count of measurements goes from 0 to one below this."""

_LAYOUT = struct.Struct(">BhHHhhhHBH6s")


def ruuvi_voice(
    tag: str, channels: Sequence[Channel], gateway: str
) -> Callable[[int, Sequence[float], bool], tuple[str, bytes]]:
    """Give a tag its voice.

    Parameters
    ----------
    tag
        Its address, with colons.
    channels
        What it measures; the rest it says that it has not measured.
    gateway
        Whatever hears it.
    """
    gateway_address = address_of(gateway)
    topic = f"ruuvi/{gateway_address}/{tag}"
    address = bytes.fromhex(tag.replace(":", ""))
    template = (
        f'{{"gw_mac":"{gateway_address}","rssi":-62,"aoa":[],"gwts":"%d","ts":"%d",'
        f'"data":"{ADVERTISEMENT}%s","coords":""}}'
    )
    place = {channel: index for index, channel in enumerate(channels)}
    degrees, humidity, battery = (place.get(channel) for channel in RUUVI_CHANNELS)
    counter = cycle(range(COUNTS))

    def say(at_ms: int, values: Sequence[float], _: bool) -> tuple[str, bytes]:
        data = _LAYOUT.pack(
            DATA_FORMAT,
            NO_TEMPERATURE if degrees is None else round(values[degrees] / DEGREES_PER_STEP),
            NO_HUMIDITY if humidity is None else round(values[humidity] / PERCENT_PER_STEP),
            PRESSURE,
            0,
            0,
            UPRIGHT_MG,
            _power(None if battery is None else values[battery]),
            0,
            next(counter),
            address,
        )
        seconds = at_ms // 1000
        return topic, (template % (seconds, seconds, data.hex().upper())).encode()

    return say


def _power(percent: float | None) -> int:
    """Give battery voltage and radio power in one number."""
    above = NO_POWER
    if percent is not None:
        above = EMPTY_MV - ZERO_MV + round(percent * (FULL_MV - EMPTY_MV) / 100.0)
    return above << 5 | TX_POWER
