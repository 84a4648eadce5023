"""Flat JSON."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.fields import Fields, OwnField
from telemetry.payloads.flat_json import FlatJson
from telemetry.payloads.sensor_names import SensorNames
from telemetry.readings import Channel, Measurement, Message, Reason

AT = 1_700_000_000_000


def decode(payload: bytes, fields: Fields | None = None) -> Decoded:
    dialect = FlatJson(SensorNames("{2}/{3}"), fields or Fields())
    return dialect.decode(Message("coldgrid/sensors/V7/front", payload, AT))


def test_a_temperature_with_its_time_becomes_one_measurement() -> None:
    decoded = decode(b'{"temperature": -20.1, "ts": 1700000000000}')
    assert decoded == Decoded((Measurement("V7/front", Channel.TEMPERATURE, -20.1, AT),))


@pytest.mark.parametrize("at", ["1700000000", "1700000000.0", '"2023-11-14T22:13:20Z"'])
def test_seconds_and_rfc_3339_are_the_same_instant(at: str) -> None:
    for name in ("ts", "timestamp", "time", "at"):
        decoded = decode(f'{{"temperature": -20.1, "{name}": {at}}}'.encode())
        assert [each.at_ms for each in decoded.measurements] == [AT]


@pytest.mark.parametrize("extra", ["", ', "ts": null'])
def test_without_a_time_the_arrival_decides(extra: str) -> None:
    decoded = decode(f'{{"temperature": -20{extra}}}'.encode())
    assert decoded.measurements == (Measurement("V7/front", Channel.TEMPERATURE, -20.0),)


def test_every_channel_of_a_message_is_read_and_other_fields_are_not() -> None:
    decoded = decode(
        b'{"temperature": -20.1, "humidity": 55, "door": false, "setpoint": -22, "mode": "defrost",'
        b' "lat": 28.2, "lon": 112.9, "battery": 80, "rssi": -70, "seq": 4, "historical": true,'
        b' "ts": 1700000000000}'
    )
    assert {(each.channel, each.value) for each in decoded.measurements} == {
        (Channel.TEMPERATURE, -20.1),
        (Channel.HUMIDITY, 55.0),
        (Channel.DOOR, 0.0),
        (Channel.SETPOINT, -22.0),
        (Channel.MODE, 3.0),
        (Channel.LATITUDE, 28.2),
        (Channel.LONGITUDE, 112.9),
        (Channel.BATTERY, 80.0),
    }
    assert {(each.at_ms, each.sequence, each.historical) for each in decoded.measurements} == {
        (AT, 4, True)
    }


def test_numbered_fields_are_probes() -> None:
    decoded = decode(b'{"temperature_1": -20.1, "temperature_2": -19.8}')
    assert [(each.sensor, each.value) for each in decoded.measurements] == [
        ("V7/front/1", -20.1),
        ("V7/front/2", -19.8),
    ]


def test_own_fields_and_fahrenheit_are_read_as_the_table_says() -> None:
    fields = Fields([OwnField("t-x", Channel.TEMPERATURE, "rear")], fahrenheit=True)
    decoded = decode(b'{"t-x": 14, "temperature": 1, "ts": 1700000000}', fields)
    assert decoded.measurements == (Measurement("V7/front/rear", Channel.TEMPERATURE, -10.0, AT),)


def test_fahrenheit_alone_is_read_too() -> None:
    decoded = decode(b'{"temperature": 14}', Fields(fahrenheit=True))
    assert [each.value for each in decoded.measurements] == [-10.0]


def test_a_batch_gives_every_reading() -> None:
    decoded = decode(b'[{"temperature": 1, "ts": 1700000000}, 7, {"temperature": 2, "ts": 3}]')
    assert [each.value for each in decoded.measurements] == [1.0]
    assert [each.reason for each in decoded.rejected] == [Reason.MALFORMED, Reason.BAD_TIME]


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ('"humidity": 155', Reason.IMPLAUSIBLE),
        ('"humidity": "n/a"', Reason.NOT_A_NUMBER),
        ('"humidity": NaN', Reason.NOT_A_NUMBER),
        ('"humidity": -Infinity', Reason.NOT_A_NUMBER),
        ('"humidity": 1e999', Reason.NOT_A_NUMBER),
        ('"humidity": true', Reason.NOT_A_NUMBER),
        ('"humidity": null', Reason.MISSING_FIELD),
        ('"seq": -1', Reason.MALFORMED),
        ('"seq": 1.5', Reason.MALFORMED),
        ('"seq": "four"', Reason.MALFORMED),
        ('"seq": 9223372036854775808', Reason.MALFORMED),
    ],
)
def test_one_bad_part_leaves_the_good_one(part: str, reason: Reason) -> None:
    decoded = decode(f'{{"temperature": -20.1, {part}}}'.encode())
    assert [(each.value, each.sequence) for each in decoded.measurements] == [(-20.1, None)]
    assert [each.reason for each in decoded.rejected] == [reason]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"temperature": NaN}', Reason.NOT_A_NUMBER),
        (b'{"temperature": true}', Reason.NOT_A_NUMBER),
        (b'{"temperature": -300}', Reason.IMPLAUSIBLE),
        (b'{"temperature": -300, "humidity": 300}', Reason.IMPLAUSIBLE),
        (b'{"temperature": -20, "ts": 5}', Reason.BAD_TIME),
        (b'{"temperature": -20, "ts": "2023-11-14T22:13:20"}', Reason.BAD_TIME),
        (b'{"ts": 1700000000000}', Reason.MISSING_FIELD),
        (b"{}", Reason.MISSING_FIELD),
        (b"[]", Reason.MISSING_FIELD),
        (b"null", Reason.MISSING_FIELD),
        (b"-20.1", Reason.MALFORMED),
        (b'{"temperature": -20.1', Reason.MALFORMED),
        (b'{"temperature": -20.1, "x": "\xff"}', Reason.MALFORMED),
        (b'{"temperature": -20.1}' + b" " * 70_000, Reason.TOO_LARGE),
    ],
)
def test_a_message_without_a_good_part_says_why(payload: bytes, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        decode(payload)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    "body",
    [
        '{"temperature": -20.1, "ts": 1700000000000}',
        '{"temperature": -20, "ts": 1700000000}',
        '{"temperature": 4, "humidity": 60.5, "seq": 7}',
        '{"temperature": 4, "humidity": 160.5}',
        '{"temperature": 4, "ts": 12}',
        '{"temperature": 400}',
        '{"temperature": 4, "seq": -2}',
    ],
)
def test_the_quick_way_says_the_same_as_the_thorough_one(body: str) -> None:
    def outcome(payload: bytes) -> object:
        try:
            decoded = decode(payload)
        except MessageRejected as rejected:
            return rejected.reason
        return decoded.measurements, [each.reason for each in decoded.rejected]

    assert outcome(body.encode()) == outcome(f"[{body}]".encode())
