"""ThingsBoard telemetry."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message, Reason

AT = 1_700_000_000_000


def device(payload: bytes, name: str = "V7") -> Decoded:
    return TopicTable().decode(Message(f"v1/devices/{name}/telemetry", payload, AT))


def gateway(payload: bytes) -> Decoded:
    return TopicTable().decode(Message("v1/gateway/telemetry", payload, AT))


def test_a_device_sends_three_forms() -> None:
    plain = Measurement("V7", Channel.TEMPERATURE, -20.1)
    timed = Measurement("V7", Channel.TEMPERATURE, -20.1, AT)
    entry = b'{"ts": 1700000000000, "values": {"temperature": -20.1}}'
    assert device(b'{"temperature": -20.1}').measurements == (plain,)
    assert device(entry).measurements == (timed,)
    assert device(b"[" + entry + b', {"temperature": -20.1}]').measurements == (timed, plain)


def test_a_gateway_names_its_devices() -> None:
    decoded = gateway(
        b'{"Device A": [{"ts": 1700000000000, "values": {"temperature": -20.1, "humidity": 50}}],'
        b' "\xe5\x86\xb7\xe5\xba\x93": [{"temperature": 3}, {"ts": 12, "values": {"temp": 1}}],'
        b' "": [{"temperature": 3}], "Device C": 7}'
    )
    assert decoded.measurements == (
        Measurement("Device A", Channel.TEMPERATURE, -20.1, AT),
        Measurement("Device A", Channel.HUMIDITY, 50.0, AT),
        Measurement("冷库", Channel.TEMPERATURE, 3.0),
    )
    assert [each.reason for each in decoded.rejected] == [
        Reason.BAD_TIME,
        Reason.MISSING_FIELD,
        Reason.MALFORMED,
    ]


def test_everybody_is_nobody() -> None:
    with pytest.raises(MessageRejected) as caught:
        device(b'{"temperature": -20.1}', "me")
    assert caught.value.reason is Reason.MISSING_FIELD


@pytest.mark.parametrize("payload", [b"[]", b"{}", b'{"ts": 1700000000000, "values": {}}'])
def test_nothing_measured_is_a_missing_field(payload: bytes) -> None:
    with pytest.raises(MessageRejected) as caught:
        device(payload)
    assert caught.value.reason is Reason.MISSING_FIELD


def test_a_device_cannot_speak_for_others() -> None:
    with pytest.raises(MessageRejected):
        device(b'{"V8": [{"ts": 1700000000000, "values": {"temperature": -20.1}}]}')
