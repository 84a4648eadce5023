"""Instants as devices write them, to milliseconds since 1970.

A number from 946,684,800 (the year 2000) up to 4,102,444,800 (2100) is seconds, a thousand times
that is milliseconds; the two ranges do not meet, so nothing is guessed. A text is RFC 3339 with its
offset. Whatever falls before 2000 or after 2100 is a device without a clock, not an instant.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import msgspec

from telemetry.errors import MessageRejected
from telemetry.payloads.shown import shown
from telemetry.readings import Reason

EARLIEST_S = 946_684_800
LATEST_S = 4_102_444_800
EARLIEST_MS = EARLIEST_S * 1000
LATEST_MS = LATEST_S * 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant_ms(raw: object) -> int:
    """Read an instant: RFC 3339 with offset, seconds or milliseconds.

    Raises
    ------
    MessageRejected
        ``BAD_TIME`` for anything else, naive times too.
    """
    if isinstance(raw, str):
        return within(_from_text(raw), raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise bad_time(raw)
    if isinstance(raw, float) and not math.isfinite(raw):
        raise bad_time(raw)
    if EARLIEST_S <= raw < LATEST_S:
        return round(raw * 1000)
    return within(round(raw), raw)


def within(at_ms: int, raw: object) -> int:
    """Give an instant back if it lies between 2000 and 2100.

    Raises
    ------
    MessageRejected
        ``BAD_TIME`` where it does not.
    """
    if EARLIEST_MS <= at_ms < LATEST_MS:
        return at_ms
    raise bad_time(raw)


def bad_time(raw: object) -> MessageRejected:
    """Say that something is no instant."""
    return MessageRejected(
        Reason.BAD_TIME,
        f"{shown(raw)} is no instant: expected RFC 3339 with offset, or seconds or milliseconds "
        "since 1970, between 2000 and 2100",
    )


def _from_text(text: str) -> int:
    try:
        instant = msgspec.convert(text, datetime)
    except msgspec.ValidationError as error:
        raise bad_time(text) from error
    if instant.tzinfo is None:
        raise bad_time(text)
    return (instant - _EPOCH) // _MILLISECOND
