"""JSON of a message: small enough, strict UTF-8, and whatever is wrong is a ``MessageRejected``."""

from __future__ import annotations

import json

import msgspec

from telemetry.errors import MessageRejected
from telemetry.payloads.shown import shown
from telemetry.readings import Reason

LARGEST_PAYLOAD = 64 * 1024
"""Bytes. A gateway's batch of a thousand readings fits; nothing of a sensor is larger."""

_DECODER = msgspec.json.Decoder()


def check_size(payload: bytes) -> None:
    """Refuse what is too large to be looked at.

    Raises
    ------
    MessageRejected
        ``TOO_LARGE``.
    """
    if len(payload) > LARGEST_PAYLOAD:
        raise MessageRejected(
            Reason.TOO_LARGE, f"{len(payload)} bytes; at most {LARGEST_PAYLOAD} are read"
        )


def json_of(payload: bytes) -> object:
    """Parse a message. NaN and infinities come through, so that their part alone is rejected.

    Raises
    ------
    MessageRejected
        ``TOO_LARGE`` or ``MALFORMED``.
    """
    check_size(payload)
    try:
        return _DECODER.decode(payload)
    except UnicodeDecodeError as error:
        raise MessageRejected(
            Reason.MALFORMED, f"no UTF-8 from byte {error.start} onwards"
        ) from error
    except RecursionError as error:
        raise MessageRejected(Reason.MALFORMED, "nested too deep") from error
    except msgspec.DecodeError as error:
        return _with_endless_numbers(payload, error)


def object_of(raw: object, what: str) -> dict[str, object]:
    """Give an object, if it is one.

    Raises
    ------
    MessageRejected
        ``MISSING_FIELD`` where there is nothing, ``MALFORMED`` where there is something else.
    """
    if isinstance(raw, dict):
        return raw
    if raw is None:
        raise MessageRejected(Reason.MISSING_FIELD, f"{what} is missing")
    raise MessageRejected(Reason.MALFORMED, f"{what} is {shown(raw)}; expected an object")


def _with_endless_numbers(payload: bytes, error: msgspec.DecodeError) -> object:
    # Python's own parser knows NaN, Infinity and 1e999; asked only then, as it is ten times slower.
    if b"NaN" in payload or b"Infinity" in payload or "out of range" in str(error):
        try:
            return json.loads(payload.decode())
        except (ValueError, RecursionError) as worse:
            raise MessageRejected(Reason.MALFORMED, str(worse)) from worse
    raise MessageRejected(Reason.MALFORMED, str(error)) from error
