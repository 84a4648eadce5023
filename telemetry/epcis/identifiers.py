"""Names of goods, places and devices as URIs: GS1's where there is a number, else private ones."""

from __future__ import annotations

import re
from urllib.parse import quote

from optimizer.domain.errors import Fault, InputRefused
from telemetry.error_table import TELEMETRY_ERRORS

DIGITAL_LINK = "https://id.gs1.org"
PRIVATE_BASE = "urn:coldgrid"
SSCC_DIGITS = 18
GTIN_DIGITS = 14


def private_uri(kind: str, name: str, *, base: str = PRIVATE_BASE) -> str:
    """Name something that GS1 has no number for.

    Parameters
    ----------
    kind
        Such as ``point``, ``sensor`` or ``order-line``.
    name
        Its id, of any characters.
    base
        What all names begin with.
    """
    separator = "/" if base.startswith(("http://", "https://")) else ":"
    return separator.join((base.rstrip(separator), kind, quote(name, safe="")))


def sscc(number: str) -> str:
    """Name a logistic unit by its serial shipping container code.

    Raises
    ------
    InputRefused
        It is no SSCC.
    """
    return f"{DIGITAL_LINK}/00/{_checked(number, SSCC_DIGITS, 'SSCC')}"


def lgtin(gtin: str, lot: str) -> str:
    """Name the goods of one lot by their GTIN, of 8, 12, 13 or 14 digits.

    Raises
    ------
    InputRefused
        It is no GTIN.
    """
    short = gtin.zfill(GTIN_DIGITS) if len(gtin) in {8, 12, 13} else gtin
    return f"{DIGITAL_LINK}/01/{_checked(short, GTIN_DIGITS, 'GTIN')}/10/{quote(lot, safe='')}"


def _checked(number: str, digits: int, kind: str) -> str:
    """Check length and check digit: weights 3 and 1 from the right, the sum a multiple of ten."""
    if re.fullmatch(rf"[0-9]{{{digits}}}", number):
        weighted = [
            int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(number))
        ]
        if sum(weighted) % 10 == 0:
            return number
    action = TELEMETRY_ERRORS["CG-8440"].action.rstrip(".")
    cause = f"{number[:40]!r} has not {digits} digits that fit its check digit"
    raise InputRefused([Fault(code="CG-8440", place=kind, cause=cause, action=action)])
