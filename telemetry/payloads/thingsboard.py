"""Telemetry as ThingsBoard's devices and gateways send it.

A device, topic ``v1/devices/V7-front/telemetry`` (sensor ``V7-front``), in three forms::

    {"temperature": -20.1, "humidity": 55}
    {"ts": 1700000000000, "values": {"temperature": -20.1}}
    [{"ts": 1700000000000, "values": {"temperature": -20.1}}, {"temperature": -20.0}]

A gateway, topic ``v1/gateway/telemetry``, names its devices, which are the sensors::

    {"V7-front": [{"ts": 1700000000000, "values": {"temperature": -20.1}}], "V7-rear": […]}

ThingsBoard itself knows a device by its password and lets every one write to
``v1/devices/me/telemetry``. Another broker does not say who wrote: the name has to stand in the
topic, and ``me`` is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.fields import Fields
from telemetry.payloads.instants import instant_ms
from telemetry.payloads.json_text import json_of, object_of
from telemetry.payloads.parts import Origin, Parts
from telemetry.payloads.sensor_names import SensorNames, checked_name
from telemetry.readings import Message, Reason

NOBODY = "me"


class ThingsBoard:
    """Reads ThingsBoard telemetry.

    Parameters
    ----------
    names
        Names the device of a topic; None reads the form of gateways, which name their devices.
    fields
        Which key is which channel.
    """

    name = "thingsboard"

    def __init__(self, names: SensorNames | None, fields: Fields) -> None:
        self._names = names
        self._fields = fields

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        body = json_of(message.payload)
        parts = Parts()
        if self._names is None:
            self._gateway(object_of(body, "the message"), parts)
        else:
            sensor = self._names.of(message.topic)
            if sensor == NOBODY:
                raise MessageRejected(
                    Reason.MISSING_FIELD, "the topic names no device: 'me' is everybody"
                )
            self._device(body, sensor, parts)
        return parts.decoded("no key of any channel")

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Remember nothing: every message speaks for itself."""

    def _gateway(self, devices: Mapping[str, object], parts: Parts) -> None:
        for device, entries in devices.items():
            try:
                name = checked_name(device, "the device's name")
            except MessageRejected as rejected:
                parts.rejected.append(rejected)
            else:
                self._device(entries, name, parts)

    def _device(self, entries: object, sensor: str, parts: Parts) -> None:
        for entry in entries if isinstance(entries, list) else [entries]:
            try:
                self._entry(object_of(entry, f"an entry of {sensor}"), sensor, parts)
            except MessageRejected as rejected:
                parts.rejected.append(rejected)

    def _entry(self, entry: Mapping[str, object], sensor: str, parts: Parts) -> None:
        at = entry.get("ts")
        origin = Origin(sensor, None if at is None else instant_ms(at))
        values = object_of(entry["values"], "values") if "values" in entry else entry
        self._fields.read(values, origin, parts)
