"""Words measurements as a Sparkplug B edge node does, byte by byte.

The few fields of the protobuf message are written here by hand and not through the schema that the
decoder uses: what is read by the one and written by the other has been understood twice.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from telemetry.readings import Channel
from telemetry.virtual_fleet.naming import SPARKPLUG_GROUP, device_of
from telemetry.virtual_fleet.spec import SensorSpec

SEQUENCES = 256

METRIC_OF: dict[Channel, str] = {
    Channel.TEMPERATURE: "Temperature",
    Channel.HUMIDITY: "Humidity",
    Channel.DOOR: "Door",
    Channel.SETPOINT: "Setpoint",
    Channel.MODE: "Mode",
    Channel.LATITUDE: "Latitude",
    Channel.LONGITUDE: "Longitude",
    Channel.BATTERY: "Battery",
}

INT32, INT64, FLOAT, DOUBLE, BOOLEAN = 3, 4, 9, 10, 11
TYPE_OF: dict[Channel, int] = dict.fromkeys(Channel, FLOAT) | {
    Channel.DOOR: BOOLEAN,
    Channel.MODE: INT32,
    Channel.LATITUDE: DOUBLE,
    Channel.LONGITUDE: DOUBLE,
}

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_ONE_BYTE = 0x80
_STAMP = b"\x18"
"""Field 3 of a metric, a number."""


def varint(number: int) -> bytes:
    """Write a number in as many bytes as it needs, seven bits each."""
    if number < _ONE_BYTE:
        return bytes((number,))
    written = bytearray()
    while number >= _ONE_BYTE:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    written.append(number)
    return bytes(written)


def _number(field: int, number: int) -> bytes:
    return varint(field << 3 | _VARINT) + varint(number)


def _bytes(field: int, content: bytes) -> bytes:
    return varint(field << 3 | _BYTES) + varint(len(content)) + content


def _writer(field: int, layout: str) -> Callable[[float], bytes]:
    """Make a writer of one kind of value."""
    wire = {"f": _FIXED_32, "d": _FIXED_64}.get(layout)
    if wire is None:
        return lambda value: _number(field, int(value))
    head, pack = varint(field << 3 | wire), struct.Struct(f"<{layout}").pack
    return lambda value: head + pack(value)


_WRITERS: dict[int, Callable[[float], bytes]] = {
    INT32: _writer(10, ""),
    INT64: _writer(11, ""),
    FLOAT: _writer(12, "f"),
    DOUBLE: _writer(13, "d"),
    BOOLEAN: _writer(14, ""),
}


def _metric(
    *,
    name: str = "",
    alias: int | None = None,
    at_ms: int,
    kind: int,
    value: float | None,
) -> bytes:
    """Write one metric; a value of None is null."""
    parts = [_bytes(1, name.encode())] if name else []
    if alias is not None:
        parts.append(_number(2, alias))
    parts += [_number(3, at_ms), _number(4, kind)]
    parts.append(_number(7, 1) if value is None else _WRITERS[kind](value))
    return _bytes(2, b"".join(parts))


_Form: TypeAlias = tuple[bytes, bytes, bytes, Callable[[float], bytes]]
"""What is the same in every metric of an alias: alias, kind, kind of a late one, its value."""


def _form(alias: int, kind: int) -> _Form:
    said = _number(4, kind)
    return _number(2, alias), said, said + _number(5, 1), _WRITERS[kind]


class SparkplugNode:
    """An edge node: births, data with aliases, and its death.

    Parameters
    ----------
    node
        Its name in topics.
    sensors
        Its devices; every channel of each gets an alias of its own.
    """

    def __init__(self, node: str, sensors: Sequence[SensorSpec]) -> None:
        self._node = node
        self._sensors = tuple(sensors)
        self._aliases: dict[str, range] = {}
        self._forms: dict[str, tuple[str, list[_Form]]] = {}
        self._births = -1
        self._sequence = 0
        self._now_ms = 0
        first = 1
        for sensor in self._sensors:
            aliases = self._aliases[sensor.id] = range(first, first + len(sensor.channels))
            forms = [
                _form(alias, TYPE_OF[channel])
                for alias, channel in zip(aliases, sensor.channels, strict=True)
            ]
            self._forms[sensor.id] = self._topic("DDATA", device_of(sensor.id)), forms
            first += len(sensor.channels)

    def hear_time(self, at_ms: int) -> None:
        """Go on to an instant: the node's own clock stamps what it sends, and never goes back."""
        self._now_ms = max(self._now_ms, at_ms)

    def births(self, at_ms: int) -> Iterator[tuple[str, bytes]]:
        """Introduce the node and its devices; their aliases hold from here on."""
        self.hear_time(at_ms)
        self._births = (self._births + 1) % SEQUENCES
        self._sequence = 0
        metrics = self._birth_count(at_ms) + _metric(
            name="Node Control/Rebirth", at_ms=at_ms, kind=BOOLEAN, value=0
        )
        yield self._topic("NBIRTH"), self._counted(metrics)
        for sensor in self._sensors:
            metrics = b"".join(
                _metric(
                    name=METRIC_OF[channel],
                    alias=alias,
                    at_ms=at_ms,
                    kind=TYPE_OF[channel],
                    value=None,
                )
                for channel, alias in zip(sensor.channels, self._aliases[sensor.id], strict=True)
            )
            yield self._topic("DBIRTH", device_of(sensor.id)), self._counted(metrics)

    def data(
        self, sensor: SensorSpec, at_ms: int, values: Sequence[float], late: bool
    ) -> tuple[str, bytes]:
        """Say what a device has measured.

        Parameters
        ----------
        sensor
            The device.
        at_ms, values
            When, and the values of its channels in their order.
        late
            Whether the node says it long after.
        """
        self.hear_time(at_ms)
        topic, forms = self._forms[sensor.id]
        stamp = _STAMP + varint(at_ms)
        metrics = b"".join(
            [
                _bytes(2, b"".join((alias, stamp, late_kind if late else kind, write(value))))
                for (alias, kind, late_kind, write), value in zip(forms, values, strict=True)
            ]
        )
        return topic, self._counted(metrics)

    def death(self, at_ms: int) -> tuple[str, bytes]:
        """Give the last will, which the broker publishes when the node is lost."""
        payload = _number(1, at_ms) + self._birth_count(at_ms)
        return self._topic("NDEATH"), payload

    def _birth_count(self, at_ms: int) -> bytes:
        return _metric(name="bdSeq", at_ms=at_ms, kind=INT64, value=max(self._births, 0))

    def _counted(self, metrics: bytes) -> bytes:
        payload = _number(1, self._now_ms) + metrics + _number(3, self._sequence)
        self._sequence = (self._sequence + 1) % SEQUENCES
        return payload

    def _topic(self, kind: str, device: str = "") -> str:
        tail = f"/{device}" if device else ""
        return f"spBv1.0/{SPARKPLUG_GROUP}/{kind}/{self._node}{tail}"
