"""SenML JSON (RFC 8428): a list of records, with base fields that hold for those behind them.

Topic ``senml/warehouse`` (sensors ``urn:dev:ow:10e2073a01080063`` and, for the third record,
``urn:dev:ow:10e2073a01080063/rear``)::

    [{"bn": "urn:dev:ow:10e2073a01080063:", "bt": 1700000000,
      "n": "temperature", "u": "Cel", "v": -20.1},
     {"n": "humidity", "u": "%RH", "v": 55, "t": -60},
     {"n": "rear/temperature", "u": "Cel", "v": -19.8},
     {"n": "door", "vb": false}]

The unit says the channel: ``Cel`` ``%RH`` ``lat`` ``lon`` ``%EL`` (battery). The last part of a
name (behind ``/``, ``:`` or ``.``) says it where no unit can: ``setpoint`` in Cel, ``door``,
``mode``; it is then no part of the sensor's name. The base name is the sensor, what stands between
is a probe; without a base name the name is the sensor. Where the topic table names the sensor, the
names in the message only say probes.

A time below 2**28 is relative to the arrival, 0 or none is "now". Records of other units are
nobody's business. A sum (``s`` without a value) is no measurement and is rejected, as is a record
with a field that has to be understood (a name ending in ``_``) and is not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.fields import Fields, Slot
from telemetry.payloads.instants import bad_time, within
from telemetry.payloads.json_text import json_of, object_of
from telemetry.payloads.parts import Origin, Parts
from telemetry.payloads.sensor_names import SensorNames, checked_name
from telemetry.payloads.shown import shown
from telemetry.readings import Channel, Message, Reason

HIGHEST_VERSION = 10
ABSOLUTE_FROM_S = 2**28
"""Seconds; a smaller time is relative to now (RFC 8428 section 4.5.3)."""

UNITS = {
    "Cel": Channel.TEMPERATURE,
    "%RH": Channel.HUMIDITY,
    "lat": Channel.LATITUDE,
    "lon": Channel.LONGITUDE,
    "%EL": Channel.BATTERY,
}
_UNITLESS = frozenset({"", "/", "%", "count"})
_NEEDS_NO_UNIT = frozenset({Channel.DOOR, Channel.MODE, Channel.BATTERY})
_SEPARATORS = re.compile("[/:.]")
_VALUES = ("v", "vb", "vs", "vd")


class SenMl:
    """Reads SenML in JSON.

    Parameters
    ----------
    names
        Names the sensor of a topic; None leaves it to the names in the message.
    """

    name = "senml"

    def __init__(self, names: SensorNames | None) -> None:
        self._names = names
        self._words = Fields()

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        pack = json_of(message.payload)
        if not isinstance(pack, list):
            raise MessageRejected(Reason.MALFORMED, f"{shown(pack)}; expected a list of records")
        sensor = None if self._names is None else self._names.of(message.topic)
        base = _Base()
        parts = Parts()
        for raw in pack:
            record = object_of(raw, "a record")
            base.follow(record)
            try:
                self._read(record, base, sensor, message.arrived_ms, parts)
            except MessageRejected as rejected:
                parts.rejected.append(rejected)
        return parts.decoded("no record of any channel")

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Remember nothing: every message speaks for itself."""

    def _read(
        self,
        record: Mapping[str, object],
        base: _Base,
        topic_sensor: str | None,
        arrived_ms: int,
        parts: Parts,
    ) -> None:
        name = _text(record, "n")
        before, word = _split(name)
        slot = self._words.slot(word)
        channel = _channel(_text(record, "u") or base.unit, slot)
        if channel is None:
            return
        _understood(record)
        sensor, probe = _sensor(topic_sensor or base.name, before if slot else name)
        if slot is not None and slot.probe:
            probe = f"{probe}/{slot.probe}" if probe else slot.probe
        if probe:
            checked_name(probe, "the probe's name")
        at_ms = _at_ms(base.time + _number(record, "t"), arrived_ms)
        origin = Origin(checked_name(sensor, "the sensor's name"), at_ms)
        parts.take(channel, _value(record, base), origin.of(probe))


class _Base:
    """The base fields, which hold until they are set anew."""

    def __init__(self) -> None:
        self.name = ""
        self.unit = ""
        self.time = 0.0
        self.value = 0.0

    def follow(self, record: Mapping[str, object]) -> None:
        version = record.get("bver", HIGHEST_VERSION)
        if isinstance(version, bool) or not isinstance(version, int) or version > HIGHEST_VERSION:
            raise MessageRejected(
                Reason.MALFORMED, f"version {shown(version)}; at most {HIGHEST_VERSION} is known"
            )
        if "bn" in record:
            self.name = _text(record, "bn").rstrip("/:._-")
        if "bu" in record:
            self.unit = _text(record, "bu")
        if "bt" in record:
            self.time = _number(record, "bt")
        if "bv" in record:
            self.value = _number(record, "bv")


def _channel(unit: str, slot: Slot | None) -> Channel | None:
    """Say what is measured: by the unit, and by the last word of the name where that is not enough.

    None is a record that is nobody's business.
    """
    word = None if slot is None else slot.channel
    channel = UNITS.get(unit)
    if channel is Channel.TEMPERATURE and word is Channel.SETPOINT:
        return word
    if channel is not None:
        return channel
    if word in _NEEDS_NO_UNIT and unit in _UNITLESS:
        return word
    if word is Channel.TEMPERATURE or word is Channel.SETPOINT:
        raise MessageRejected(Reason.MALFORMED, f"a temperature in {shown(unit)}; expected Cel")
    return None


def _sensor(base: str, rest: str) -> tuple[str, str]:
    """Divide a name into sensor and probe."""
    return (base, rest.strip("/:.")) if base else (rest, "")


def _split(name: str) -> tuple[str, str]:
    """Give what stands before the last separator, and what behind it."""
    if _SEPARATORS.search(name) is None:
        return "", name
    end = max(name.rfind("/"), name.rfind(":"), name.rfind("."))
    return name[:end], name[end + 1 :]


def _understood(record: Mapping[str, object]) -> None:
    unknown = next((key for key in record if key.endswith("_")), None)
    if unknown is not None:
        raise MessageRejected(
            Reason.MALFORMED, f"{shown(unknown)} has to be understood, and is not"
        )


def _value(record: Mapping[str, object], base: _Base) -> object:
    given = [record[key] for key in _VALUES if key in record]
    if len(given) > 1:
        raise MessageRejected(Reason.MALFORMED, "several values in one record")
    if "v" in record:
        value = record["v"]
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        return _number(record, "v") + base.value if plain and base.value else value
    if given:
        return given[0]
    if "s" in record:
        raise MessageRejected(Reason.MISSING_FIELD, "a sum is no measurement; expected v")
    raise MessageRejected(Reason.MISSING_FIELD, "a record without a value")


def _at_ms(time_s: float, arrived_ms: int) -> int | None:
    if not math.isfinite(time_s):
        raise bad_time(time_s)
    if time_s == 0:
        return None
    start_ms = 0 if time_s >= ABSOLUTE_FROM_S else arrived_ms
    return within(start_ms + round(time_s * 1000), time_s)


def _text(record: Mapping[str, object], key: str) -> str:
    raw = record.get(key, "")
    if isinstance(raw, str):
        return raw
    raise MessageRejected(Reason.MALFORMED, f"{key} is {shown(raw)}; expected a text")


def _number(record: Mapping[str, object], key: str) -> float:
    raw = record.get(key, 0)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise MessageRejected(Reason.NOT_A_NUMBER, f"{key} is {shown(raw)}; expected a number")
    try:
        return float(raw)
    except OverflowError as error:
        raise MessageRejected(Reason.NOT_A_NUMBER, f"{key} is {shown(raw)}") from error
