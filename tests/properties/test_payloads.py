"""Whatever is sent, a decoder understands it or rejects it: nothing else ever comes out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.errors import MessageRejected
from telemetry.payloads.sparkplug_schema import DataType, Metric, Payload, bytes_of
from telemetry.payloads.topics import TopicTable
from telemetry.readings import PLAUSIBLE, Channel, Measurement, Message

AT = 1_700_000_000_000

TOPICS = {
    "flat_json": "coldgrid/sensors/V7",
    "flat_json of two levels": "coldgrid/sensors/V7/front",
    "thingsboard device": "v1/devices/V7/telemetry",
    "thingsboard gateway": "v1/gateway/telemetry",
    "senml": "senml/x",
    "sparkplug_b node": "spBv1.0/plant/NDATA/gw",
    "sparkplug_b birth": "spBv1.0/plant/DBIRTH/gw/V7",
    "sparkplug_b device": "spBv1.0/plant/DDATA/gw/V7",
    "things stack": "v3/app@ttn/devices/V7/up",
    "chirpstack": "application/1/device/2/event/up",
    "ruuvi": "ruuvi/GW/V7",
    "zero omitted, own fields": "own/V7",
}
VALID: dict[str, list[bytes]] = {
    "json": [
        b'{"temperature": -20.1, "ts": 1700000000000, "seq": 7, "door": "open", "mode": 3}',
        b'{"ts": 1700000000000, "values": {"temperature": -20.1, "humidity_2": 55}}',
        b'{"V7": [{"ts": 1700000000000, "values": {"temperature": -20.1}}]}',
        b'[{"bn": "dev:7:", "bt": 1.7e9, "n": "temp", "u": "Cel", "v": -20.1}, {"n": "x", "v": 1}]',
        b'{"end_device_ids": {"device_id": "a"}, "uplink_message": {"f_cnt": 4, "received_at": '
        b'"2023-11-14T22:13:20Z", "decoded_payload": {"temperature": -20.1}}}',
        b'{"deviceInfo": {"devEui": "a8"}, "fCnt": 42, "time": "2023-11-14T22:13:20+00:00", '
        b'"object": {"temperature": -20.1}}',
        b'{"ts": "1700000000", "data": '
        b'"0201061BFF99040512FC5394C37C0004FFFC040CAC364200CDCBB8334C884F"}',
    ],
    "protobuf": [
        bytes_of(
            Payload(
                timestamp=AT,
                seq=3,
                metrics=(
                    Metric(name="Front/Temperature", alias=7, datatype=DataType.FLOAT, value=-20.1),
                    Metric(alias=7, timestamp=AT, is_historical=True, value=-20),
                    Metric(name="Door", datatype=DataType.BOOLEAN, value=True),
                    Metric(name="Mode", datatype=DataType.STRING, value="cooling", is_null=True),
                ),
            )
        )
    ],
}
KEYS = [
    "temperature",
    "temp_1",
    "humidity",
    "door",
    "setpoint",
    "mode",
    "lat",
    "lon",
    "battery",
    "ts",
    "time",
    "seq",
    "historical",
    "values",
    "n",
    "bn",
    "bt",
    "bu",
    "bv",
    "bver",
    "u",
    "v",
    "vb",
    "vs",
    "s",
    "t",
    "x_",
    "end_device_ids",
    "device_id",
    "uplink_message",
    "received_at",
    "f_cnt",
    "decoded_payload",
    "deviceInfo",
    "devEui",
    "object",
    "fCnt",
    "data",
    "V7",
    "t1",
]

table = TopicTable(
    (
        *TopicTable().rules,
        *TopicTable.from_rows(
            [
                {
                    "topic": "own/+",
                    "dialect": "network_server",
                    "sensor": "{1}",
                    "fields": {"temperature": {"a": "t1", "b": "t2"}},
                    "unit": "fahrenheit",
                    "zero_omitted": True,
                }
            ]
        ).rules,
    )
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.integers(-100, 100)
    | st.just(10**400)
    | st.floats()
    | st.text(st.characters(), max_size=10)
    | st.just("\ud800\0")
    | st.sampled_from(["Cel", "%RH", "lat", "open", "defrost", "2023-11-14T22:13:20Z", AT, 2**28])
)
keys = st.sampled_from(KEYS) | st.text(max_size=6) | st.just("\ud800")
documents = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=15,
)
topics = st.sampled_from(sorted(TOPICS.values()))
temperatures = st.floats(*PLAUSIBLE[Channel.TEMPERATURE])
instants = st.integers(946_684_800_000, 4_102_444_799_999)


def judge(topic: str, payload: bytes) -> None:
    """Decode; whatever comes out is a rejection in words, or sound measurements."""
    try:
        decoded = table.decode(Message(topic, payload, AT))
    except MessageRejected as rejected:
        assert rejected.detail.encode()
        return
    for each in decoded.measurements:
        assert sound(each), each
    for part in decoded.rejected:
        part.detail.encode()
    assert decoded.lost >= 0


def sound(measurement: Measurement) -> bool:
    low, high = PLAUSIBLE[measurement.channel]
    sequence = measurement.sequence
    return (
        math.isfinite(measurement.value)
        and low <= measurement.value <= high
        and measurement.sensor.isprintable()
        and 0 < len(measurement.sensor) <= 401
        and (measurement.at_ms is None or 946_684_800_000 <= measurement.at_ms < 4_102_444_800_000)
        and (sequence is None or 0 <= sequence < 2**63)
    )


@settings(max_examples=60)
@given(topic=topics, payload=st.binary(max_size=200))
def test_random_bytes_are_understood_or_rejected(topic: str, payload: bytes) -> None:
    judge(topic, payload)


@settings(max_examples=120)
@given(topic=topics, document=documents)
def test_random_json_is_understood_or_rejected(topic: str, document: object) -> None:
    judge(topic, json.dumps(document).encode())


@settings(max_examples=120)
@given(data=st.data())
def test_a_mutated_message_is_understood_or_rejected(data: st.DataObject) -> None:
    valid = data.draw(st.sampled_from([each for group in VALID.values() for each in group]))
    start = data.draw(st.integers(0, len(valid)))
    end = data.draw(st.integers(start, min(len(valid), start + 12)))
    middle = data.draw(
        st.binary(max_size=6)
        | st.sampled_from([b"NaN", b"-Infinity", b"1e999", b"null", b"true", b"{}", b"[]", b'""'])
    )
    judge(data.draw(topics), valid[:start] + middle + valid[end:])


def changed(document: object, value: object, data: st.DataObject) -> object:
    """Put a value somewhere into a document."""
    if isinstance(document, dict) and document and data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(document)))
        return {**document, key: changed(document[key], value, data)}
    if isinstance(document, dict) and data.draw(st.booleans()):
        return {**document, data.draw(keys): value}
    if isinstance(document, list) and document:
        at = data.draw(st.integers(0, len(document) - 1))
        return [*document[:at], changed(document[at], value, data), *document[at + 1 :]]
    return value


@settings(max_examples=80)
@given(data=st.data())
def test_a_message_with_a_strange_part_is_understood_or_rejected(data: st.DataObject) -> None:
    document = json.loads(data.draw(st.sampled_from(VALID["json"])))
    for _ in range(data.draw(st.integers(1, 3))):
        document = changed(document, data.draw(documents), data)
    judge(data.draw(topics), json.dumps(document).encode())


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS.keys())
def test_a_message_cut_off_anywhere_is_understood_or_rejected(topic: str) -> None:
    for group in VALID.values():
        for valid in group:
            for length in range(len(valid)):
                judge(topic, valid[:length])


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS.keys())
@pytest.mark.parametrize("nest", [b"[", b'{"temperature":', b'{"uplink_message":', b'{"values":'])
@pytest.mark.parametrize("depth", [500, 950, 3000])
def test_bottomless_nesting_is_rejected(topic: str, nest: bytes, depth: int) -> None:
    closing = b"]" if nest == b"[" else b"}"
    inner = b"" if nest == b"[" else b"1"
    judge(topic, nest * depth)
    judge(topic, nest * depth + inner + closing * depth)


@settings(max_examples=100)
@given(topic=st.text(max_size=40))
def test_any_topic_is_known_or_rejected(topic: str) -> None:
    for around in ("{}", "spBv1.0/{}", "senml/{}", "coldgrid/sensors/{}", "ruuvi/{}/x"):
        judge(around.format(topic), b'{"temperature": 1, "data": ""}')


def flat(celsius: float, at_ms: int) -> tuple[str, bytes]:
    return TOPICS["flat_json"], json.dumps({"temperature": celsius, "ts": at_ms}).encode()


def device(celsius: float, at_ms: int) -> tuple[str, bytes]:
    body = {"ts": at_ms, "values": {"temperature": celsius}}
    return TOPICS["thingsboard device"], json.dumps(body).encode()


def gateway(celsius: float, at_ms: int) -> tuple[str, bytes]:
    body = {"V7": [{"ts": at_ms, "values": {"temperature": celsius}}]}
    return TOPICS["thingsboard gateway"], json.dumps(body).encode()


def senml(celsius: float, at_ms: int) -> tuple[str, bytes]:
    body = [{"bn": "V7/", "bt": at_ms / 1000, "n": "temp", "u": "Cel", "v": celsius}]
    return TOPICS["senml"], json.dumps(body).encode()


def node(celsius: float, at_ms: int) -> tuple[str, bytes]:
    metric = Metric(name="Temperature", datatype=DataType.DOUBLE, value=celsius)
    return "spBv1.0/plant/NDATA/V7", bytes_of(Payload(timestamp=at_ms, seq=0, metrics=(metric,)))


Encoder = Callable[[float, int], tuple[str, bytes]]


@pytest.mark.parametrize("encode", [flat, device, gateway, senml, node])
@settings(max_examples=60)
@given(celsius=temperatures, at_ms=instants)
def test_what_is_encoded_is_decoded(encode: Encoder, celsius: float, at_ms: int) -> None:
    topic, payload = encode(celsius, at_ms)
    (measurement,) = table.decode(Message(topic, payload, AT)).measurements
    assert measurement.sensor.removeprefix("plant/") == "V7"
    assert measurement.channel is Channel.TEMPERATURE
    assert measurement.value == celsius
    assert measurement.at_ms == at_ms


@settings(max_examples=60)
@given(
    steps=st.integers(-20_000, 20_000),
    humidity=st.integers(0, 40_000),
    count=st.integers(0, 65_534),
)
def test_a_tags_numbers_are_decoded(steps: int, humidity: int, count: int) -> None:
    content = (
        b"\x05"
        + steps.to_bytes(2, "big", signed=True)
        + humidity.to_bytes(2, "big")
        + bytes(8)
        + (1400 << 5).to_bytes(2, "big")
        + b"\0"
        + count.to_bytes(2, "big")
        + b"\1" * 6
    )
    data = (bytes([len(content) + 3, 0xFF, 0x99, 0x04]) + content).hex()
    message = Message(TOPICS["ruuvi"], json.dumps({"data": data, "ts": 1_700_000_000}).encode(), AT)
    decoded = table.decode(message)
    assert decoded.rejected == ()
    assert {(each.sensor, each.at_ms, each.sequence) for each in decoded.measurements} == {
        ("V7", AT, count)
    }
    assert {each.channel: each.value for each in decoded.measurements} == {
        Channel.TEMPERATURE: pytest.approx(steps * 0.005),
        Channel.HUMIDITY: pytest.approx(humidity * 0.0025),
        Channel.BATTERY: 100.0,
    }


@settings(max_examples=60)
@given(gaps=st.lists(st.integers(0, 200), min_size=1, max_size=30))
def test_every_lost_message_of_a_node_is_counted(gaps: list[int]) -> None:
    fresh = TopicTable()
    seq, lost = 0, 0
    fresh.decode(Message("spBv1.0/p/NBIRTH/n", bytes_of(Payload(timestamp=AT, seq=0)), AT))
    for number, gap in enumerate(gaps, start=1):
        seq = (seq + 1 + gap) % 256
        payload = bytes_of(Payload(timestamp=AT + number, seq=seq))
        lost += fresh.decode(Message("spBv1.0/p/NDATA/n", payload, AT)).lost
    assert lost == sum(gaps)
