"""Instants of telemetry, which counts milliseconds, as people are shown them."""

from __future__ import annotations

from datetime import UTC, datetime


def instant(at_ms: int) -> datetime:
    """Give an instant for people."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def instant_or_none(at_ms: int | None) -> datetime | None:
    """Give an instant for people, where there is one."""
    return None if at_ms is None else instant(at_ms)
