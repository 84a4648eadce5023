"""SenML."""

from __future__ import annotations

import json

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message, Reason

AT = 1_700_000_000_000
ARRIVED = AT + 5000


def decode(pack: object, topic: str = "senml/x", table: TopicTable | None = None) -> Decoded:
    message = Message(topic, json.dumps(pack).encode(), ARRIVED)
    return (table or TopicTable()).decode(message)


def test_base_fields_hold_for_the_records_behind_them() -> None:
    decoded = decode(
        [
            {"bn": "urn:dev:7:", "bt": AT / 1000, "bu": "Cel", "bver": 5, "n": "temp", "v": -20.5},
            {"n": "hum", "u": "%RH", "v": 55, "t": -60},
            {"n": "rear/temperature", "v": -19.8},
            {"n": "setpoint", "v": -22},
            {"n": "position", "u": "lat", "v": 28.2},
            {"n": "position", "u": "lon", "v": 112.9},
            {"n": "door", "u": "/", "vb": True},
            {"n": "mode", "u": "/", "vs": "cooling"},
            {"u": "%EL", "v": 80},
            {"bn": "urn:dev:8", "v": 4.0},
        ]
    )
    assert decoded.rejected == ()
    assert [
        (each.sensor, each.channel.name, each.value, each.at_ms) for each in decoded.measurements
    ] == [
        ("urn:dev:7", "TEMPERATURE", -20.5, AT),
        ("urn:dev:7/hum", "HUMIDITY", 55.0, AT - 60_000),
        ("urn:dev:7/rear", "TEMPERATURE", -19.8, AT),
        ("urn:dev:7", "SETPOINT", -22.0, AT),
        ("urn:dev:7/position", "LATITUDE", 28.2, AT),
        ("urn:dev:7/position", "LONGITUDE", 112.9, AT),
        ("urn:dev:7", "DOOR", 1.0, AT),
        ("urn:dev:7", "MODE", 1.0, AT),
        ("urn:dev:7", "BATTERY", 80.0, AT),
        ("urn:dev:8", "TEMPERATURE", 4.0, AT),
    ]


@pytest.mark.parametrize(
    ("record", "at_ms"),
    [
        ({}, None),
        ({"t": 0}, None),
        ({"t": -30}, ARRIVED - 30_000),
        ({"t": 2**28 - 1}, ARRIVED + (2**28 - 1) * 1000),
        ({"bt": 100, "t": -130}, ARRIVED - 30_000),
        ({"bt": 1_700_000_000, "t": -1.5}, AT - 1500),
    ],
)
def test_a_time_below_2_to_the_28_is_relative_to_now(
    record: dict[str, float], at_ms: int | None
) -> None:
    decoded = decode([{"n": "probe", "u": "Cel", "v": 1, **record}])
    assert decoded.measurements == (Measurement("probe", Channel.TEMPERATURE, 1.0, at_ms),)


def test_a_base_value_is_added() -> None:
    decoded = decode([{"bn": "a", "bv": -20, "u": "Cel", "v": -0.5}, {"u": "Cel", "v": 1}])
    assert [each.value for each in decoded.measurements] == [-20.5, -19.0]


def test_the_topic_names_the_sensor_where_the_table_says_so() -> None:
    table = TopicTable.from_rows([{"topic": "s/+", "dialect": "senml", "sensor": "{1}"}])
    decoded = decode(
        [{"n": "temperature", "u": "Cel", "v": 1}, {"bn": "x", "n": "rear", "u": "Cel", "v": 2}],
        "s/V7",
        table,
    )
    assert [each.sensor for each in decoded.measurements] == ["V7", "V7/rear"]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"n": "a", "u": "Cel", "s": 17}, Reason.MISSING_FIELD),
        ({"n": "a", "u": "Cel"}, Reason.MISSING_FIELD),
        ({"u": "Cel", "v": 1}, Reason.MISSING_FIELD),
        ({"n": "a", "u": "Cel", "v": 1, "vb": True}, Reason.MALFORMED),
        ({"n": "a", "u": "Cel", "v": 1, "x_": 1}, Reason.MALFORMED),
        ({"n": "a/temperature", "u": "K", "v": 250}, Reason.MALFORMED),
        ({"n": "a", "u": "Cel", "vs": "-20"}, Reason.NOT_A_NUMBER),
        ({"n": "a", "u": "Cel", "vb": True}, Reason.NOT_A_NUMBER),
        ({"n": "a", "u": "Cel", "v": True}, Reason.NOT_A_NUMBER),
        ({"n": "a", "u": "Cel", "v": 900}, Reason.IMPLAUSIBLE),
        ({"n": "a", "u": "Cel", "v": 1, "t": 2**28}, Reason.BAD_TIME),
        ({"n": "a", "u": "Cel", "v": 1, "t": 1_700_000_000_000}, Reason.BAD_TIME),
        ({"n": 7, "u": "Cel", "v": 1}, Reason.MALFORMED),
    ],
)
def test_one_bad_record_leaves_the_good_one(record: dict[str, object], reason: Reason) -> None:
    good = {"n": "good", "u": "Cel", "v": 1}
    for pack in ([good, record], [record, good]):
        decoded = decode(pack)
        assert [each.sensor for each in decoded.measurements] == ["good"]
        assert [each.reason for each in decoded.rejected] == [reason]


@pytest.mark.parametrize(
    ("pack", "reason"),
    [
        ({"n": "a", "u": "Cel", "v": 1}, Reason.MALFORMED),
        ([{"bver": 11, "n": "a", "u": "Cel", "v": 1}], Reason.MALFORMED),
        ([{"bver": True, "n": "a", "u": "Cel", "v": 1}], Reason.MALFORMED),
        ([{"bn": 5, "n": "a", "u": "Cel", "v": 1}], Reason.MALFORMED),
        ([{"bt": "x", "n": "a", "u": "Cel", "v": 1}], Reason.NOT_A_NUMBER),
        ([{"n": "a", "u": "Pa", "v": 100_000}], Reason.MISSING_FIELD),
        ([3], Reason.MALFORMED),
        ([{"bn": "b", "n": "a\n", "u": "Cel", "v": 1}], Reason.MALFORMED),
        ([], Reason.MISSING_FIELD),
    ],
)
def test_a_pack_that_cannot_be_read_says_why(pack: object, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        decode(pack)
    assert caught.value.reason is reason
