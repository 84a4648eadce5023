"""The wire form of Sparkplug B, against bytes put together by hand."""

from __future__ import annotations

import struct

import pytest

from telemetry.payloads.sparkplug_schema import (
    BrokenPayload,
    DataType,
    Metric,
    Payload,
    bytes_of,
    payload_of,
)

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number: int, kind: int, content: bytes) -> bytes:
    length = varint(len(content)) if kind == BYTES else b""
    return varint(number << 3 | kind) + length + content


def by_hand(*metrics: bytes) -> bytes:
    whole = field(1, VARINT, varint(1_700_000_000_000))
    for metric in metrics:
        whole += field(2, BYTES, metric)
    return whole + field(3, VARINT, varint(255))


def test_every_field_stands_where_the_specification_says() -> None:
    metric = (
        field(1, BYTES, b"Front/Temperature")
        + field(2, VARINT, varint(300))
        + field(3, VARINT, varint(1_700_000_000_001))
        + field(4, VARINT, varint(DataType.DOUBLE))
        + field(5, VARINT, b"\x01")
        + field(13, FIXED64, struct.pack("<d", -20.1))
    )
    null = field(1, BYTES, b"x") + field(7, VARINT, b"\x01")
    expected = Payload(
        timestamp=1_700_000_000_000,
        seq=255,
        metrics=(
            Metric(
                name="Front/Temperature",
                alias=300,
                timestamp=1_700_000_000_001,
                datatype=DataType.DOUBLE,
                is_historical=True,
                value=-20.1,
            ),
            Metric(name="x", is_null=True),
        ),
    )
    assert payload_of(by_hand(metric, null)) == expected
    assert payload_of(bytes_of(expected)) == expected


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (field(10, VARINT, varint(7)), 7),
        (field(10, VARINT, varint(2**32 - 20)), -20),
        (field(4, VARINT, varint(DataType.INT8)) + field(10, VARINT, varint(236)), -20),
        (field(4, VARINT, varint(DataType.INT16)) + field(10, VARINT, varint(2**32 - 20)), -20),
        (field(11, VARINT, varint(2**64 - 20)), -20),
        (field(12, FIXED32, struct.pack("<f", -20.1)), -20.1),
        (field(12, FIXED32, struct.pack("<f", 112.9388)), 112.9388),
        (field(14, VARINT, b"\x01"), True),
        (field(15, BYTES, "冷".encode()), "冷"),
        (field(15, BYTES, b"\xff\xfe"), None),
        (field(16, BYTES, b"raw"), None),
        (field(18, BYTES, b""), None),
    ],
)
def test_each_kind_of_value_is_read(content: bytes, value: object) -> None:
    (metric,) = payload_of(by_hand(content)).metrics
    assert metric.value == value
    assert type(metric.value) is type(value)


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        (DataType.INT8, -20),
        (DataType.INT16, -2000),
        (DataType.INT32, -200_000),
        (DataType.INT64, -(2**40)),
        (DataType.UINT8, 100),
        (DataType.FLOAT, -20.1),
        (DataType.DOUBLE, -20.123456789),
        (DataType.BOOLEAN, False),
        (DataType.STRING, "closed"),
        (DataType.UNKNOWN, -20.1),
        (DataType.UNKNOWN, -20),
        (DataType.UNKNOWN, True),
        (DataType.UNKNOWN, "open"),
    ],
)
def test_what_is_written_is_read_again(datatype: DataType, value: int | float | str) -> None:
    payload = Payload(metrics=(Metric(alias=0, datatype=datatype, value=value),))
    assert payload_of(bytes_of(payload)) == payload


def test_a_birth_gives_the_width_of_a_number_that_does_not() -> None:
    (metric,) = payload_of(by_hand(field(10, VARINT, varint(236)))).metrics
    assert metric.value_as(DataType.INT8) == -20
    assert metric.value_as(DataType.INT32) == 236


@pytest.mark.parametrize(
    "raw",
    [
        b"\x0a",
        b"\xff" * 20,
        by_hand(field(1, BYTES, b"x"))[:-1],
        by_hand(field(1, BYTES, b"\xff\xfe")),
        b'{"temperature": 1}',
    ],
)
def test_bytes_that_are_none_are_broken(raw: bytes) -> None:
    with pytest.raises(BrokenPayload):
        payload_of(raw)
