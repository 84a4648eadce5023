"""Values as devices write them, to the number of a channel.

A number is a number: neither a text that looks like one, nor true and false, nor NaN. Only a door
may also be ``true``, ``false``, ``"open"`` or ``"closed"``, and a mode one of its words. A value
outside ``readings.PLAUSIBLE`` is a broken message and not a temperature.
"""

from __future__ import annotations

import math

from telemetry.errors import MessageRejected
from telemetry.payloads.shown import shown
from telemetry.readings import PLAUSIBLE, Channel, Mode, Reason

DOOR_WORDS = {"open": 1.0, "closed": 0.0}
MODE_WORDS = {mode.name.lower(): float(mode) for mode in Mode}

_DEGREES = frozenset({Channel.TEMPERATURE, Channel.SETPOINT})
_STEPPED = frozenset({Channel.DOOR, Channel.MODE})


def value_of(channel: Channel, raw: object, *, fahrenheit: bool = False) -> float:
    """Read the value of a channel.

    Parameters
    ----------
    channel, raw
        What was measured, and what stands in the message.
    fahrenheit
        Whether temperatures and set-points come in °F.

    Raises
    ------
    MessageRejected
        ``NOT_A_NUMBER``, ``MISSING_FIELD`` for null, or ``IMPLAUSIBLE``.
    """
    value = _number(channel, raw)
    if fahrenheit and channel in _DEGREES:
        # Rounded to a millionth: 14 °F are −10 °C and not a hair beside it.
        value = round((value - 32.0) / 1.8, 6)
    low, high = PLAUSIBLE[channel]
    if not low <= value <= high:
        raise MessageRejected(
            Reason.IMPLAUSIBLE, f"{_word(channel)} {shown(raw)} is outside {low:g} to {high:g}"
        )
    if channel in _STEPPED and not value.is_integer():
        raise MessageRejected(
            Reason.IMPLAUSIBLE, f"{_word(channel)} {shown(raw)} lies between two states"
        )
    return value


def _number(channel: Channel, raw: object) -> float:
    if isinstance(raw, float) and math.isfinite(raw):
        return raw
    if isinstance(raw, bool):
        if channel is Channel.DOOR:
            return float(raw)
    elif isinstance(raw, int):
        try:
            return float(raw)
        except OverflowError as error:
            raise _no_number(channel, raw) from error
    elif isinstance(raw, str):
        number = _from_word(channel, raw)
        if number is not None:
            return number
    elif raw is None:
        raise MessageRejected(Reason.MISSING_FIELD, f"{_word(channel)} is null")
    raise _no_number(channel, raw)


def _from_word(channel: Channel, text: str) -> float | None:
    if channel is Channel.DOOR:
        return DOOR_WORDS.get(text.casefold())
    return MODE_WORDS.get(text.casefold()) if channel is Channel.MODE else None


def _no_number(channel: Channel, raw: object) -> MessageRejected:
    return MessageRejected(
        Reason.NOT_A_NUMBER, f"{_word(channel)} is {shown(raw)}; expected a finite number"
    )


def _word(channel: Channel) -> str:
    return channel.name.lower()
