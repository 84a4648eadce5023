"""Instants of devices."""

from __future__ import annotations

import pytest

from telemetry.errors import MessageRejected
from telemetry.payloads.instants import instant_ms
from telemetry.readings import Reason


@pytest.mark.parametrize(
    ("raw", "at_ms"),
    [
        (1_700_000_000, 1_700_000_000_000),
        (1_700_000_000.25, 1_700_000_000_250),
        (1_700_000_000_123, 1_700_000_000_123),
        (1_700_000_000_123.0, 1_700_000_000_123),
        (946_684_800, 946_684_800_000),
        (946_684_800_000, 946_684_800_000),
        (4_102_444_799, 4_102_444_799_000),
        ("2023-11-14T22:13:20Z", 1_700_000_000_000),
        ("2023-11-15T06:13:20+08:00", 1_700_000_000_000),
        ("2023-11-14T22:13:20.123456789Z", 1_700_000_000_123),
    ],
)
def test_seconds_milliseconds_and_rfc_3339_are_told_apart(raw: object, at_ms: int) -> None:
    assert instant_ms(raw) == at_ms


@pytest.mark.parametrize(
    "raw",
    [
        "2023-11-14T22:13:20",
        "2023-11-14",
        "20231114T221320Z",
        "yesterday",
        "1700000000",
        "",
        "1999-12-31T23:59:59Z",
        "2100-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        0,
        -1,
        946_684_799,
        4_102_444_800,
        4_102_444_800_000,
        1_700_000_000_000_000,
        10**400,
        float("nan"),
        float("inf"),
        True,
        None,
        [1_700_000_000],
    ],
)
def test_naive_early_absurd_and_foreign_times_are_bad(raw: object) -> None:
    with pytest.raises(MessageRejected) as caught:
        instant_ms(raw)
    assert caught.value.reason is Reason.BAD_TIME
