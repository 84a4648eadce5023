"""Uplinks as LoRaWAN network servers pass them on, decoded by their payload formatters.

The Things Stack v3, topic ``v3/cold-chain@ttn/devices/probe-7/up`` (sensor ``probe-7``)::

    {"end_device_ids": {"device_id": "probe-7"},
     "received_at": "2023-11-14T22:13:20.512345678Z",
     "uplink_message": {"f_cnt": 42, "received_at": "2023-11-14T22:13:20.307Z",
                        "decoded_payload": {"temperature": -20.1}}}

ChirpStack v4, topic ``application/5f0c…/device/a84041000181c061/event/up`` (sensor
``a84041000181c061``)::

    {"deviceInfo": {"devEui": "a84041000181c061"}, "fCnt": 42,
     "time": "2023-11-14T22:13:20.307Z", "object": {"temperature": -20.1}}

The network server's own time of receipt is the time of the measurement; the frame counter is the
sequence, and 0 where it is left out. The Things Stack leaves out every field that is 0: a
temperature that is missing beside a present uplink is either 0 °C or not measured. It is rejected,
unless the topic table says ``zero_omitted: true`` of a payload formatter that always gives one.
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
from telemetry.readings import Channel, Message, Reason


class NetworkServer:
    """Reads uplinks of The Things Stack and of ChirpStack.

    Parameters
    ----------
    names
        Names the sensor of a topic; None takes the device's id out of the message.
    fields
        Which field of the decoded payload is which channel.
    zero_omitted
        Whether a missing temperature is 0 °C.
    """

    name = "network_server"

    def __init__(
        self, names: SensorNames | None, fields: Fields, *, zero_omitted: bool = False
    ) -> None:
        self._names = names
        self._fields = fields
        self._zero_omitted = zero_omitted
        own = {each.channel for each in fields.own}
        # A table that names fields, and none of a temperature, speaks of a door or a tracker.
        self._expected = (
            () if own and Channel.TEMPERATURE not in own else fields.slots(Channel.TEMPERATURE)
        )

    def decode(self, message: Message) -> Decoded:
        """Understand a message.

        Raises
        ------
        MessageRejected
            No part of it can be understood.
        """
        body = object_of(json_of(message.payload), "the message")
        things = "uplink_message" in body
        device, at, count, values = _things_stack(body) if things else _chirpstack(body)
        if self._names is not None:
            sensor = self._names.of(message.topic)
        else:
            sensor = checked_name(device, "the device's id")
        parts = Parts()
        origin = Origin(
            sensor,
            None if at is None else instant_ms(at),
            parts.sequence(0 if count is None else count),
        )
        self._fields.read(values, origin, parts)
        self._complete(values, origin, parts)
        return parts.decoded("no field of any channel")

    def recall(self, memories: Mapping[str, bytes]) -> None:
        """Remember nothing: every message speaks for itself."""

    def _complete(self, values: Mapping[str, object], origin: Origin, parts: Parts) -> None:
        """See to temperatures that are not there."""
        found = {self._fields.slot(name) for name in values}
        if any(slot is not None and slot.channel is Channel.TEMPERATURE for slot in found):
            # With probes named by the table each has its own field, and its own zero.
            missing = [slot for slot in self._expected if slot not in found and slot.probe]
        else:
            missing = list(self._expected)
        for slot in missing:
            if self._zero_omitted:
                parts.take(
                    slot.channel, 0.0, origin.of(slot.probe), fahrenheit=self._fields.fahrenheit
                )
            else:
                parts.refuse(
                    Reason.MISSING_FIELD,
                    "no temperature: it may have been 0 °C; say zero_omitted of the topic if so",
                )


_Uplink = tuple[object, object, object, dict[str, object]]
"""Device, time, frame counter, decoded payload."""


def _things_stack(body: Mapping[str, object]) -> _Uplink:
    uplink = object_of(body["uplink_message"], "uplink_message")
    ids = object_of(body.get("end_device_ids", {}), "end_device_ids")
    at = uplink.get("received_at")
    values = object_of(uplink.get("decoded_payload"), "decoded_payload")
    if at is None:
        at = body.get("received_at")
    return ids.get("device_id"), at, uplink.get("f_cnt"), values


def _chirpstack(body: Mapping[str, object]) -> _Uplink:
    if "object" not in body:
        raise MessageRejected(
            Reason.MISSING_FIELD, "neither an uplink_message nor a decoded object"
        )
    info = object_of(body.get("deviceInfo", {}), "deviceInfo")
    values = object_of(body["object"], "object")
    return info.get("devEui"), body.get("time"), body.get("fCnt"), values
