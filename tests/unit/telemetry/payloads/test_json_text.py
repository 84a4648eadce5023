"""JSON of messages."""

from __future__ import annotations

import math

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.json_text import LARGEST_PAYLOAD, json_of
from telemetry.readings import Reason


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"{",
        b'{"a": 1} {"b": 2}',
        b"\xff\xfe",
        b'{"a": "\xff"}',
        b"\xef\xbb\xbf{}",
        '{"temperature": 1}'.encode("utf-16"),
        b"[" * 60_000,
        b'{"a": NaN',
        b"[" * 30_000 + b"NaN",
        b'{"temperature": 1e999',
    ],
)
def test_what_is_no_json_is_malformed(payload: bytes) -> None:
    with pytest.raises(MessageRejected) as caught:
        json_of(payload)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_endless_numbers_come_through_to_be_rejected_with_their_part(number: bytes) -> None:
    body = json_of(b'{"a": ' + number + b', "b": 2}')
    assert isinstance(body, dict)
    assert not math.isfinite(body["a"])
    assert body["b"] == 2


def test_a_payload_of_64_kb_is_read_and_one_byte_more_is_not() -> None:
    assert json_of(b'"' + b"a" * (LARGEST_PAYLOAD - 2) + b'"') == "a" * (LARGEST_PAYLOAD - 2)
    with pytest.raises(MessageRejected) as caught:
        json_of(b'"' + b"a" * (LARGEST_PAYLOAD - 1) + b'"')
    assert caught.value.reason is Reason.TOO_LARGE
