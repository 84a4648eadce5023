"""Bytes of a user's file as text: UTF-8 with or without a byte order mark, else GBK."""

from __future__ import annotations

from pathlib import Path

from optimizer.domain.file_text import text_of as decoded
from optimizer.formats.faults import FaultLog

LARGEST_FILE = 256 * 1024 * 1024
"""Bytes; ten times a city of a million order lines a day would still fit."""


def bytes_of(path: Path, place: str, log: FaultLog) -> bytes | None:
    """Read a file whole; None, and a fault, where that cannot be done."""
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE:
            log.add("CG-1005", place, f"the file has {size} bytes, more than {LARGEST_FILE}")
            return None
        return path.read_bytes()
    except FileNotFoundError:
        log.add("CG-1001", place, "the file is missing")
    except OSError as error:
        log.add("CG-1005", place, f"the file cannot be read: {error.strerror}")
    return None


def text_of(data: bytes, place: str, log: FaultLog) -> str | None:
    """Decode a file; None, and a fault, where it is neither UTF-8 nor GBK."""
    try:
        return decoded(data)
    except ValueError as error:
        log.add("CG-1005", place, f"the file cannot be read: {error}")
        return None
