"""Batches of a shipment as a table: how warm it was, what that cost, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from telemetry.export.batches import BatchLife
from telemetry.export.cells import csv_line, figure_cell, instant_cell, safe_cell

BATCH_COLUMNS = (
    "route", "site", "order", "line", "article", "batch", "zone", "loaded_at", "until",
    "handed_over", "mkt_c", "reference_c", "before_h", "unknown_before_minutes",
    "left_at_loading_h", "used_h", "assumed_h", "left_h", "minutes", "unknown_minutes",
    "unknown_share",
)  # fmt: skip
DECIMALS = 3


def batch_table(lives: Sequence[BatchLife], time_zone: str) -> Iterator[str]:
    """Give the lines of the table, each with its line end.

    Parameters
    ----------
    lives
        The batches, in their order.
    time_zone
        IANA name; of the times in it.
    """
    zone = ZoneInfo(time_zone)
    yield csv_line(BATCH_COLUMNS)
    for life in lives:
        yield csv_line(batch_row(life, zone))


def batch_row(life: BatchLife, zone: ZoneInfo) -> list[object]:
    """Give the cells of a batch, as ``BATCH_COLUMNS`` names them; empty where nobody knows."""
    batch, toll = life.batch, life.toll
    names = (batch.route, batch.site, batch.order, batch.line, batch.article, batch.batch or "")
    hours = (life.left_at_loading_h, toll.used_h, toll.assumed_h, life.left_h)
    return [
        *map(safe_cell, names),
        batch.zone.value,
        instant_cell(batch.on_board.from_ms, zone),
        instant_cell(batch.on_board.to_ms, zone),
        "yes" if batch.is_handed_over else "no",
        figure_cell(life.mkt_c, DECIMALS),
        life.reference_c,
        round(life.before_h, DECIMALS),
        round(life.unknown_before_minutes, 1),
        *(figure_cell(one, DECIMALS) for one in hours),
        round(toll.minutes, 1),
        round(toll.unknown_minutes, 1),
        round(toll.unknown_share, 4),
    ]
