"""How single values of a roster are read.

Each raises ``ValueError`` in words that say what belongs there, never what stood there: it may be a
secret at the wrong place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

T = TypeVar("T")

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


def one_of(words: Mapping[str, T]) -> Callable[[str], T]:
    """Give what reads one of some words."""

    def parse(text: str) -> T:
        if text not in words:
            raise ValueError(f"this is none of {', '.join(words)}")
        return words[text]

    return parse


def whole(least: int, most: int) -> Callable[[str], int]:
    """Give what reads a whole number, both ends included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"this is no whole number from {least} to {most}")
        return int(text)

    return parse


def clock(text: str) -> int:
    """Read a time of day as minutes since midnight."""
    found = CLOCK.fullmatch(text)
    if found is None:
        raise ValueError("this is no time of day like 22:00")
    return 60 * int(found[1]) + int(found[2])


def time_zone(text: str) -> str:
    """Read the IANA name of a time zone."""
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("this is no time zone like Asia/Shanghai") from error
    return text


def mail(text: str) -> str | None:
    """Read a mail address without name or comment."""
    if not ADDRESS.fullmatch(text):
        raise ValueError("this is no plain mail address")
    return text


def link(text: str) -> str:
    """Read the address of a service."""
    if not is_web_address(text):
        raise ValueError("this is no http:// or https:// address of a host")
    return text.rstrip("/")


def is_web_address(text: str) -> bool:
    """Say whether a text is the address of a host, without user or password."""
    if not re.fullmatch(r"[!-~]+", text):
        return False
    try:
        parts = urlsplit(text)
        plain = parts.username is None and parts.port != 0
        return plain and parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False
