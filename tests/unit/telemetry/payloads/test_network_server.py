"""Uplinks of network servers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.dialect import Decoded
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Channel, Measurement, Message, Reason

THINGS = "v3/cold@ttn/devices/probe-7/up"
CHIRP = "application/5f0c/device/a84041/event/up"
AT = 1_700_000_000_307


def things(values: object, **more: object) -> dict[str, Any]:
    return {
        "end_device_ids": {"device_id": "other"},
        "received_at": "2023-11-14T22:13:20.512345678Z",
        "uplink_message": {
            "f_cnt": 42,
            "received_at": "2023-11-14T22:13:20.307345678Z",
            "decoded_payload": values,
            **more,
        },
    }


def decode(body: object, topic: str = THINGS, **options: object) -> Decoded:
    table = (
        TopicTable.from_rows([{"topic": "#", "dialect": "network_server", **options}])
        if options
        else TopicTable()
    )
    return table.decode(Message(topic, json.dumps(body).encode(), AT))


def test_an_uplink_of_the_things_stack_is_read() -> None:
    decoded = decode(things({"temperature": -20.1, "humidity": 60}))
    assert decoded.measurements == (
        Measurement("probe-7", Channel.TEMPERATURE, -20.1, AT, 42),
        Measurement("probe-7", Channel.HUMIDITY, 60.0, AT, 42),
    )


def test_an_uplink_of_chirpstack_is_read() -> None:
    body = {
        "deviceInfo": {"devEui": "a84041"},
        "time": "2023-11-14T22:13:20.307345678+00:00",
        "fCnt": 42,
        "object": {"temperature_1": -20.1, "temperature_2": 0},
    }
    assert decode(body, CHIRP).rejected == ()
    assert decode(body, CHIRP).measurements == (
        Measurement("a84041/1", Channel.TEMPERATURE, -20.1, AT, 42),
        Measurement("a84041/2", Channel.TEMPERATURE, 0.0, AT, 42),
    )


def test_the_message_names_the_device_where_the_table_does_not() -> None:
    named = decode(things({"temperature": 1}), unit="celsius")
    assert [each.sensor for each in named.measurements] == ["other"]
    with pytest.raises(MessageRejected):
        decode({"object": {"temperature": 1}}, unit="celsius")


def test_the_first_frame_has_no_counter_and_counts_as_0() -> None:
    body = things({"temperature": 1})
    del body["uplink_message"]["f_cnt"]
    assert [each.sequence for each in decode(body).measurements] == [0]


def test_a_missing_temperature_is_rejected_beside_what_is_there() -> None:
    decoded = decode(things({"humidity": 60}))
    assert [each.channel for each in decoded.measurements] == [Channel.HUMIDITY]
    assert [each.reason for each in decoded.rejected] == [Reason.MISSING_FIELD]
    with pytest.raises(MessageRejected) as caught:
        decode(things({}))
    assert caught.value.reason is Reason.MISSING_FIELD


def test_a_missing_temperature_is_0_where_the_table_says_so() -> None:
    decoded = decode(things({}), sensor="{3}", zero_omitted=True)
    assert decoded.measurements == (Measurement("probe-7", Channel.TEMPERATURE, 0.0, AT, 42),)
    there = decode(things({"temp": -3}), sensor="{3}", zero_omitted=True)
    assert [each.value for each in there.measurements] == [-3.0]
    broken = things({"temperature": "x"})
    with pytest.raises(MessageRejected):
        decode(broken, sensor="{3}", zero_omitted=True)


def test_each_named_probe_has_its_own_zero() -> None:
    fields = {"temperature": {"front": "t1", "rear": "t2"}}
    decoded = decode(things({"t1": -3}), fields=fields, zero_omitted=True)
    assert [(each.sensor, each.value) for each in decoded.measurements] == [
        ("other/front", -3.0),
        ("other/rear", 0.0),
    ]
    strict = decode(things({"t1": -3}), fields=fields)
    assert [each.reason for each in strict.rejected] == [Reason.MISSING_FIELD]


def test_an_omitted_zero_is_0_in_the_unit_of_the_sender() -> None:
    decoded = decode(things({}), zero_omitted=True, unit="fahrenheit")
    assert [each.value for each in decoded.measurements] == [pytest.approx(-17.777778)]


def test_a_table_that_names_a_door_expects_no_temperature() -> None:
    decoded = decode(things({"state": "open"}), fields={"door": "state"})
    assert [(each.channel, each.value) for each in decoded.measurements] == [(Channel.DOOR, 1.0)]
    assert decoded.rejected == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (things(None), Reason.MISSING_FIELD),
        (things([1]), Reason.MALFORMED),
        (things({"temperature": 1}, received_at="2023-11-14T22:13:20"), Reason.BAD_TIME),
        ({"uplink_message": 5}, Reason.MALFORMED),
        ({"uplink_message": None}, Reason.MISSING_FIELD),
        ({"join_accept": {}}, Reason.MISSING_FIELD),
        ([], Reason.MALFORMED),
    ],
)
def test_an_uplink_that_cannot_be_read_says_why(body: object, reason: Reason) -> None:
    with pytest.raises(MessageRejected) as caught:
        decode(body)
    assert caught.value.reason is reason


def test_without_the_servers_inner_time_the_outer_one_holds_and_else_none() -> None:
    body = things({"temperature": 1})
    del body["uplink_message"]["received_at"]
    assert [each.at_ms for each in decode(body).measurements] == [1_700_000_000_512]
    del body["received_at"]
    assert [each.at_ms for each in decode(body).measurements] == [None]
