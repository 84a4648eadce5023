"""Words measurements as devices do: one writer per dialect, templates filled in per message.

A *voice* is what one sensor says: given an instant, the values of its channels, and whether the
message comes late, it makes topic and payload. Devices that count their messages count in their
voice, so a message that is made and never sent leaves a gap as on the road. Sparkplug B, where the
gateway counts, stands in ``speak_sparkplug``; Ruuvi's binary form in ``speak_ruuvi``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count
from typing import TypeAlias

from telemetry.readings import Channel
from telemetry.virtual_fleet.speak_ruuvi import ruuvi_voice
from telemetry.virtual_fleet.spec import DialectName, GatewaySpec, SensorSpec

Sent: TypeAlias = tuple[str, bytes]
"""Topic and payload."""

Voice: TypeAlias = Callable[[int, Sequence[float], bool], Sent]

FIELD_OF: dict[Channel, str] = {
    Channel.TEMPERATURE: "temperature",
    Channel.HUMIDITY: "humidity",
    Channel.DOOR: "door",
    Channel.SETPOINT: "setpoint",
    Channel.MODE: "mode",
    Channel.LATITUDE: "latitude",
    Channel.LONGITUDE: "longitude",
    Channel.BATTERY: "battery",
}
FORM_OF: dict[Channel, str] = {
    Channel.TEMPERATURE: "%.1f",
    Channel.HUMIDITY: "%.1f",
    Channel.DOOR: "%d",
    Channel.SETPOINT: "%.1f",
    Channel.MODE: "%d",
    Channel.LATITUDE: "%.5f",
    Channel.LONGITUDE: "%.5f",
    Channel.BATTERY: "%d",
}
SENML_UNIT_OF: dict[Channel, str] = {
    Channel.TEMPERATURE: "Cel",
    Channel.HUMIDITY: "%RH",
    Channel.SETPOINT: "Cel",
    Channel.LATITUDE: "lat",
    Channel.LONGITUDE: "lon",
    Channel.BATTERY: "%EL",
}
APPLICATION = "cold-chain"


def voice_of(sensor: SensorSpec, gateway: GatewaySpec) -> Voice:
    """Give a sensor its voice; for every dialect but Sparkplug B."""
    return _VOICES[gateway.dialect](sensor, gateway)


def _fields(sensor: SensorSpec) -> str:
    """Write the template of a sensor's channels as the inside of a JSON object."""
    return ",".join(f'"{FIELD_OF[each]}":{FORM_OF[each]}' for each in sensor.channels)


def _flat_json(sensor: SensorSpec, _: GatewaySpec) -> Voice:
    topic = f"coldgrid/sensors/{sensor.id}"
    prompt = f'{{{_fields(sensor)},"ts":%d,"seq":%d}}'.encode()
    belated = f'{{{_fields(sensor)},"ts":%d,"seq":%d,"historical":true}}'.encode()
    counter = count()

    def say(at_ms: int, values: Sequence[float], late: bool) -> Sent:
        return topic, (belated if late else prompt) % (*values, at_ms, next(counter))

    return say


def _thingsboard_device(sensor: SensorSpec, _: GatewaySpec) -> Voice:
    topic = f"v1/devices/{sensor.id}/telemetry"
    template = f'{{"ts":%d,"values":{{{_fields(sensor)}}}}}'.encode()

    def say(at_ms: int, values: Sequence[float], _: bool) -> Sent:
        return topic, template % (at_ms, *values)

    return say


def _thingsboard_gateway(sensor: SensorSpec, _: GatewaySpec) -> Voice:
    topic = "v1/gateway/telemetry"
    template = f'{{"{sensor.id}":[{{"ts":%d,"values":{{{_fields(sensor)}}}}}]}}'.encode()

    def say(at_ms: int, values: Sequence[float], _: bool) -> Sent:
        return topic, template % (at_ms, *values)

    return say


def _senml(sensor: SensorSpec, gateway: GatewaySpec) -> Voice:
    topic = f"senml/{gateway.id}"
    records = []
    for channel in sensor.channels:
        unit = SENML_UNIT_OF.get(channel)
        said = f'"u":"{unit.replace("%", "%%")}",' if unit else ""
        records.append(f'"n":"{FIELD_OF[channel]}",{said}"v":{FORM_OF[channel]}')
    inside = "},{".join(records)
    template = f'[{{"bn":"{sensor.id}:","bt":%d.%03d,{inside}}}]'.encode()

    def say(at_ms: int, values: Sequence[float], _: bool) -> Sent:
        return topic, template % (at_ms // 1000, at_ms % 1000, *values)

    return say


def _things_network(sensor: SensorSpec, _: GatewaySpec) -> Voice:
    """Speak as The Things Stack does: whatever is 0 is left out."""
    topic = f"v3/{APPLICATION}@ttn/devices/{sensor.id}/up"
    template = (
        f'{{"end_device_ids":{{"device_id":"{sensor.id}"}},'
        '"uplink_message":{"f_port":2,%s"decoded_payload":{%s},"received_at":"%s"}}'
    )
    forms = [f'"{FIELD_OF[each]}":{FORM_OF[each]}' for each in sensor.channels]
    counter = count()

    def say(at_ms: int, values: Sequence[float], _: bool) -> Sent:
        frame = next(counter)
        counted = f'"f_cnt":{frame},' if frame else ""
        said = [form % value for form, value in zip(forms, values, strict=True) if value]
        return topic, (template % (counted, ",".join(said), _rfc_3339(at_ms))).encode()

    return say


def _chirpstack(sensor: SensorSpec, gateway: GatewaySpec) -> Voice:
    topic = f"application/{gateway.id}/device/{sensor.id}/event/up"
    template = (
        f'{{"deviceInfo":{{"applicationName":"{APPLICATION}","devEui":"{sensor.id}"}},'
        f'"time":"%s","fCnt":%d,"fPort":2,"object":{{{_fields(sensor)}}}}}'
    )
    counter = count()

    def say(at_ms: int, values: Sequence[float], _: bool) -> Sent:
        return topic, (template % (_rfc_3339(at_ms), next(counter), *values)).encode()

    return say


def _ruuvi(sensor: SensorSpec, gateway: GatewaySpec) -> Voice:
    return ruuvi_voice(sensor.id, sensor.channels, gateway.id)


def _rfc_3339(at_ms: int) -> str:
    return f"{_second(at_ms // 1000)}.{at_ms % 1000:03d}Z"


@lru_cache(maxsize=4096)
def _second(at_s: int) -> str:
    """Write a second; many sensors speak in the same."""
    return f"{datetime.fromtimestamp(at_s, tz=UTC):%Y-%m-%dT%H:%M:%S}"


_VOICES: dict[DialectName, Callable[[SensorSpec, GatewaySpec], Voice]] = {
    DialectName.FLAT_JSON: _flat_json,
    DialectName.THINGSBOARD_DEVICE: _thingsboard_device,
    DialectName.THINGSBOARD_GATEWAY: _thingsboard_gateway,
    DialectName.SENML: _senml,
    DialectName.THINGS_NETWORK: _things_network,
    DialectName.CHIRPSTACK: _chirpstack,
    DialectName.RUUVI: _ruuvi,
}
