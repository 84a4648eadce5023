"""How long what is kept, and how much."""

from __future__ import annotations

from dataclasses import dataclass

HOUR_MS = 3_600_000
DAY_MS = 86_400_000
BUCKET_MS = 300_000
"""Divides a day: a bucket lies in one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long what is kept, and how much.

    Parameters
    ----------
    raw_days
        Whole days of raw readings; what is older becomes five-minute buckets.
    kept_days
        How long buckets are kept, and raw readings around excursions.
    margin_ms
        How much before and after an excursion belongs to it.
    table_days
        A reading that is older than this when it comes opens no table of its day: a clock that
        is years behind must not make a table for each day since.
    asides
        How many messages that became no reading are kept; the newest.
    aside_bytes
        How much of each.
    """

    raw_days: int = 90
    kept_days: int = 730
    margin_ms: int = HOUR_MS
    table_days: int = 400
    asides: int = 10_000
    aside_bytes: int = 65_536
