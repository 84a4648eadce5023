"""The temperature log of a shipment as CSV: who asked, sensors, goods, every reading.

Head, summary per sensor and what became of the goods stand in lines that begin with ``#``, so that
a program can leave them out; below is one table.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import inf
from zoneinfo import ZoneInfo

from optimizer.domain.temperature import TemperatureBand, Zone
from telemetry.export.batch_table import BATCH_COLUMNS, batch_row
from telemetry.export.batches import BatchLife
from telemetry.export.cells import csv_line, figure_cell, instant_cell, safe_cell
from telemetry.export.shipment_readings import LogRequest, ReadingStore, readings_of
from telemetry.export.summary import PRODUCT_BANDS, SensorSummary, summaries
from telemetry.readings import Channel, Mark, Reading
from telemetry.registry import Placement, Point, Registry

DECIMALS = 3
UNITS: Mapping[Channel, str] = {
    Channel.TEMPERATURE: "Cel",
    Channel.HUMIDITY: "%RH",
    Channel.SETPOINT: "Cel",
    Channel.LATITUDE: "deg",
    Channel.LONGITUDE: "deg",
    Channel.BATTERY: "%",
}
COLUMNS = (
    "device_time", "arrival_time", "point", "zone", "channel", "sensor", "value",
    "corrected_value", "unit", "marks",
)  # fmt: skip
SUMMARY_COLUMNS = (
    "point", "zone", "sensor", "band_c", "samples", "min_c", "max_c", "mean_c", "mkt_c",
    "minutes_above", "minutes_below", "unknown_minutes", "longest_gap_min", "offset_c",
    "calibration_due",
)  # fmt: skip


def temperature_log(
    store: ReadingStore,
    registry: Registry,
    request: LogRequest,
    bands: Mapping[Zone, TemperatureBand] = PRODUCT_BANDS,
    lives: Sequence[BatchLife] = (),
) -> Iterator[str]:
    """Give the lines of a log, each with its line end.

    Parameters
    ----------
    store
        Where the readings are.
    registry
        Which sensor was where, with what correction.
    request
        What is wanted.
    bands
        What is inside, per zone.
    lives
        What became of the goods.
    """
    zone = ZoneInfo(request.time_zone)
    for row in _head(request, zone):
        yield csv_line(row)
    for summary in summaries(store, registry, request, bands):
        yield csv_line(_summary_row(summary, zone))
    if lives:
        yield csv_line(("# goods", *BATCH_COLUMNS))
    for life in lives:
        yield csv_line(("# batch", *batch_row(life, zone)))
    yield csv_line(COLUMNS)
    for point, placement, reading in readings_of(store, registry, request):
        yield csv_line(_reading_row(point, placement, reading, zone))


def _head(request: LogRequest, zone: ZoneInfo) -> Iterator[Sequence[str]]:
    yield "# coldgrid temperature log", "1"
    yield "# shipment", safe_cell(request.shipment)
    yield "# from", instant_cell(request.from_ms, zone)
    yield "# to", instant_cell(request.to_ms, zone)
    yield "# made", instant_cell(request.made_ms, zone)
    yield "# asked by", safe_cell(request.asked_by)
    yield "# summary", *SUMMARY_COLUMNS


def _summary_row(one: SensorSummary, zone: ZoneInfo) -> Sequence[object]:
    due_ms = one.placement.calibration_due_ms
    figures = (one.least_c, one.largest_c, one.mean_c, one.mkt_c)
    minutes = (one.minutes_above, one.minutes_below, one.unknown_minutes, one.longest_gap_min)
    return [
        "#",
        safe_cell(one.point.id),
        "" if one.point.zone is None else one.point.zone.value,
        safe_cell(one.placement.sensor),
        "" if one.band is None else _band(one.band),
        one.samples,
        *(figure_cell(figure, DECIMALS) for figure in figures),
        *(round(figure, 1) for figure in minutes),
        one.placement.offset_c,
        "" if due_ms is None else instant_cell(due_ms, zone),
    ]


def _reading_row(
    point: Point, placement: Placement, reading: Reading, zone: ZoneInfo
) -> Sequence[object]:
    is_temperature = reading.channel is Channel.TEMPERATURE
    corrected = placement.corrected_c(reading.value) if is_temperature else reading.value
    return [
        instant_cell(reading.at_ms, zone),
        instant_cell(reading.arrived_ms, zone),
        safe_cell(point.id),
        "" if point.zone is None else point.zone.value,
        reading.channel.name.lower(),
        safe_cell(reading.sensor),
        round(reading.value, 6),
        round(corrected, 6),
        UNITS.get(reading.channel, ""),
        "|".join((mark.name or "").lower() for mark in Mark if mark and mark in reading.marks),
    ]


def _band(band: TemperatureBand) -> str:
    lower = "" if band.lower_c == -inf else f"{band.lower_c:g}"
    return safe_cell(f"{lower}..{band.upper_c:g}")
