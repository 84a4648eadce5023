"""What a Ruuvi Gateway passes on of the Bluetooth advertisements around it, data format 5.

Topic ``ruuvi/C8:25:2D:8E:9C:2C/CB:B8:33:4C:88:4F`` (gateway, then tag; sensor
``CB:B8:33:4C:88:4F``)::

    {"gw_mac": "C8:25:2D:8E:9C:2C", "rssi": -62, "ts": "1700000000", "gwts": "1700000001",
     "data": "0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}

``data`` is the advertisement in hex: structures of length, type and content; that of type FF whose
content begins with 9904 (Ruuvi's number, low byte first) holds the measurement: temperature in
0.005 °C, humidity in 0.0025 %, millivolts above 1.6 V, a count of measurements. Each has a value
that means "not measured"; such a part is rejected.

The battery's percent is rough: 2.0 V is 0 %, 3.0 V is 100 %, a straight line between. A lithium
cell holds its voltage for most of its life and sags in the cold, so it warns of the end and is no
gauge.

The gateway tells of itself at ``ruuvi/…/gw_status``; that is no measurement.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.instants import instant_ms
from telemetry.payloads.json_text import json_of, object_of
from telemetry.payloads.parts import Origin, Parts
from telemetry.payloads.sensor_names import SensorNames
from telemetry.payloads.shown import shown
from telemetry.readings import Channel, Message, Reason

STATUS_TOPIC = "gw_status"
MANUFACTURER_DATA = 0xFF
RUUVI = b"\x99\x04"
DATA_FORMAT = 5
EMPTY_V, FULL_V = 2.0, 3.0

# Format, temperature, humidity, (pressure, acceleration), power, (movements), sequence, address.
_LAYOUT = struct.Struct(">B h H 8x H x H 6s")
_NO_TEMPERATURE = -0x8000
_NO_HUMIDITY = 0xFFFF
_NO_VOLTAGE = 0x7FF
_NO_SEQUENCE = 0xFFFF
_NO_ADDRESS = b"\xff" * 6


class Ruuvi:
    """Reads what a Ruuvi Gateway passes on.

    Parameters
    ----------
    names
        Names the tag of a topic; None takes its address out of the data.
    """

    name = "ruuvi"

    def __init__(self, names: SensorNames | None) -> None:
        self._names = names

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        body = object_of(json_of(message.payload), "the message")
        if message.topic.endswith(f"/{STATUS_TOPIC}"):
            return Decoded(())
        _, degrees, humidity, power, count, address = _LAYOUT.unpack(_measurement(body.get("data")))
        origin = Origin(
            self._sensor(message.topic, address),
            _at_ms(body.get("ts")),
            None if count == _NO_SEQUENCE else count,
        )
        voltage = power >> 5
        parts = Parts()
        _take(
            parts,
            origin,
            Channel.TEMPERATURE,
            None if degrees == _NO_TEMPERATURE else (round(degrees * 0.005, 3)),
        )
        _take(
            parts,
            origin,
            Channel.HUMIDITY,
            None if humidity == _NO_HUMIDITY else (round(humidity * 0.0025, 4)),
        )
        _take(parts, origin, Channel.BATTERY, None if voltage == _NO_VOLTAGE else battery(voltage))
        return parts.decoded("nothing was measured")

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Remember nothing: every message speaks for itself."""

    def _sensor(self, topic: str, address: bytes) -> str:
        if self._names is not None:
            return self._names.of(topic)
        if address == _NO_ADDRESS:
            raise MessageRejected(Reason.MISSING_FIELD, "the data name no tag")
        return address.hex(":").upper()


def battery(above_millivolts: int) -> float:
    """Turn a voltage into rough percent.

    Parameters
    ----------
    above_millivolts
        Millivolts above 1.6 V, as the tag sends them.
    """
    share = (1.6 + above_millivolts / 1000 - EMPTY_V) / (FULL_V - EMPTY_V)
    return round(100 * min(1.0, max(0.0, share)), 1)


def _take(parts: Parts, origin: Origin, channel: Channel, value: float | None) -> None:
    if value is None:
        parts.refuse(Reason.MISSING_FIELD, f"{channel.name.lower()} was not measured")
    else:
        parts.take(channel, value, origin)


def _measurement(raw: object) -> bytes:
    """Find the tag's own bytes in an advertisement."""
    if raw is None:
        raise MessageRejected(Reason.MISSING_FIELD, "data is missing")
    if not isinstance(raw, str):
        raise MessageRejected(Reason.MALFORMED, f"data is {shown(raw)}; expected hex")
    try:
        content = _ruuvi_content(bytes.fromhex(raw))
    except ValueError as error:
        raise MessageRejected(Reason.MALFORMED, f"data is {shown(raw)}; expected hex") from error
    if not content or content[0] != DATA_FORMAT:
        found = f"data format {content[0]}" if content else "no data format"
        raise MessageRejected(Reason.MALFORMED, f"{found}; only {DATA_FORMAT} is read")
    if len(content) < _LAYOUT.size:
        raise MessageRejected(
            Reason.MALFORMED, f"{len(content)} bytes of data; expected {_LAYOUT.size}"
        )
    return content[: _LAYOUT.size]


def _ruuvi_content(advertisement: bytes) -> bytes:
    start = 0
    while start < len(advertisement):
        length = advertisement[start]
        structure = advertisement[start + 1 : start + 1 + length]
        if length == 0 or len(structure) < length:
            break
        if structure[0] == MANUFACTURER_DATA and structure[1:3] == RUUVI:
            return structure[3:]
        start += 1 + length
    raise MessageRejected(Reason.MALFORMED, "the advertisement holds nothing of a Ruuvi tag")


def _at_ms(raw: object) -> int | None:
    if raw is None:
        return None
    # Gateways write the seconds as a text; up to twelve digits are surely a number.
    digits = isinstance(raw, str) and len(raw) <= 13 and raw.isascii() and raw.isdigit()  # noqa: PLR2004
    return instant_ms(int(str(raw)) if digits else raw)
