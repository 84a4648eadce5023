"""Flat JSON: one object, one field per channel; the dialect of sensors that people program.

Topic ``coldgrid/sensors/V7/front`` (sensor ``V7/front``)::

    {"temperature": -20.1, "ts": 1700000000000}

``ts`` (or ``timestamp``, ``time``, ``at``) is read as ``instants`` says; without it the reading is
judged by its arrival. ``seq`` (or ``sequence``) is the sender's count, ``historical: true`` says
that it sends something old. The names of the channels stand in ``fields``. A list of such objects
is a batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from msgspec import UNSET, Struct, UnsetType

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.fields import Fields
from telemetry.payloads.instants import (
    EARLIEST_MS,
    EARLIEST_S,
    LATEST_MS,
    LATEST_S,
    instant_ms,
)
from telemetry.payloads.json_text import LARGEST_PAYLOAD, json_of, object_of
from telemetry.payloads.parts import LARGEST_SEQUENCE, Origin, Parts
from telemetry.payloads.sensor_names import SensorNames
from telemetry.readings import PLAUSIBLE, Channel, Measurement, Message

TIME_NAMES = ("ts", "timestamp", "time", "at")
SEQUENCE_NAMES = ("seq", "sequence")

_LOWEST_C, _HIGHEST_C = PLAUSIBLE[Channel.TEMPERATURE]
_DRIEST, _WETTEST = PLAUSIBLE[Channel.HUMIDITY]


class _Plain(Struct, gc=False, forbid_unknown_fields=True):
    """What nearly every message is; anything else is read the thorough way."""

    temperature: float
    ts: int | None = None
    seq: int | None = None
    humidity: float | UnsetType = UNSET


class FlatJson:
    """Reads flat JSON.

    Parameters
    ----------
    names
        Names the sensor of a topic.
    fields
        Which field is which channel.
    """

    name = "flat_json"

    def __init__(self, names: SensorNames, fields: Fields) -> None:
        self._sensor_of = names.of
        self._fields = fields
        self._plain = _plain_decoder(fields)

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        if self._plain is None or len(message.payload) > LARGEST_PAYLOAD:
            return self._thorough(message)
        try:
            plain = self._plain(message.payload)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            return self._thorough(message)
        at_ms = plain.ts
        if at_ms is not None and not EARLIEST_MS <= at_ms < LATEST_MS:
            if not EARLIEST_S <= at_ms < LATEST_S:
                return self._thorough(message)
            at_ms *= 1000
        if (
            plain.humidity is not UNSET
            or plain.seq is not None
            or not _LOWEST_C <= plain.temperature <= _HIGHEST_C
        ):
            return self._beside(plain, at_ms, message)
        sensor = self._sensor_of(message.topic)
        return Decoded((Measurement(sensor, Channel.TEMPERATURE, plain.temperature, at_ms),))

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Remember nothing: every message speaks for itself."""

    def _beside(self, plain: _Plain, at_ms: int | None, message: Message) -> Decoded:
        count, degrees, humidity = plain.seq, plain.temperature, plain.humidity
        if (
            (count is not None and not 0 <= count <= LARGEST_SEQUENCE)
            or not _LOWEST_C <= degrees <= _HIGHEST_C
            or (humidity is not UNSET and not _DRIEST <= humidity <= _WETTEST)
        ):
            return self._thorough(message)
        sensor = self._sensor_of(message.topic)
        first = Measurement(sensor, Channel.TEMPERATURE, degrees, at_ms, count)
        if humidity is UNSET:
            return Decoded((first,))
        return Decoded((first, Measurement(sensor, Channel.HUMIDITY, humidity, at_ms, count)))

    def _thorough(self, message: Message) -> Decoded:
        body = json_of(message.payload)
        sensor = self._sensor_of(message.topic)
        parts = Parts()
        for each in body if isinstance(body, list) else [body]:
            try:
                self._read(object_of(each, "the message"), sensor, parts)
            except MessageRejected as rejected:
                parts.rejected.append(rejected)
        return parts.decoded("no field of any channel")

    def _read(self, values: Mapping[str, object], sensor: str, parts: Parts) -> None:
        at = _first(values, TIME_NAMES)
        origin = Origin(
            sensor,
            None if at is None else instant_ms(at),
            parts.sequence(_first(values, SEQUENCE_NAMES)),
            values.get("historical") is True,
        )
        self._fields.read(values, origin, parts)


def _first(values: Mapping[str, object], names: tuple[str, ...]) -> object:
    for name in names:
        found = values.get(name)
        if found is not None:
            return found
    return None


def _plain_decoder(fields: Fields) -> Callable[[bytes], _Plain] | None:
    """Build the quick decoder; None where the topic table's fields ask for the thorough one."""
    if fields.own or fields.fahrenheit:
        return None
    return msgspec.json.Decoder(_Plain).decode
