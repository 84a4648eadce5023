"""Least, largest and mean value of each sensor, and how long it was outside: as EN 12830 shows it.

Minutes outside follow the excursions: from the first sample outside to the first inside again. A
gap of more than three intervals is unknown, and counts neither as inside nor as outside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, nan

from optimizer.domain.temperature import DEFAULT_POLICIES, TemperatureBand, Zone
from telemetry.alarm.excursion import UNKNOWN_AFTER_INTERVALS, Fold, fold, so_far
from telemetry.alarm.mkt import rate_of, temperature_of
from telemetry.alarm.state import Sample
from telemetry.alarm.words import Excursion
from telemetry.export.shipment_readings import (
    LogRequest,
    ReadingStore,
    placements_of,
    readings_of,
)
from telemetry.readings import Channel, Reading
from telemetry.registry import Placement, Point, Registry

MS_PER_MINUTE = 60_000
PRODUCT_BANDS: Mapping[Zone, TemperatureBand] = {
    zone: policy.product for zone, policy in DEFAULT_POLICIES.items()
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorSummary:
    """One sensor at one point for the time of the log; figures are corrected by its offset.

    Parameters
    ----------
    band
        What minutes above and below are counted against; None at a point without a zone.
    least_c, largest_c, mean_c
        None without samples; the mean is that of the samples.
    mkt_c
        Mean kinetic temperature over the known time; None for frozen goods, where it is not valid.
    unknown_minutes
        In gaps longer than three intervals, and before the first and after the last sample.
    """

    point: Point
    placement: Placement
    band: TemperatureBand | None
    samples: int
    least_c: float | None
    largest_c: float | None
    mean_c: float | None
    mkt_c: float | None
    minutes_above: float
    minutes_below: float
    unknown_minutes: float
    longest_gap_min: float


def summaries(
    store: ReadingStore,
    registry: Registry,
    request: LogRequest,
    bands: Mapping[Zone, TemperatureBand] = PRODUCT_BANDS,
) -> list[SensorSummary]:
    """Sum up the temperatures of every sensor that was at one of the points.

    Parameters
    ----------
    store
        Where the readings are.
    registry
        Which sensor was where.
    request
        What is wanted.
    bands
        What is inside, per zone.
    """
    sums = {
        (placement.sensor, placement.from_ms): _Sum(
            point, placement, None if point.zone is None else bands.get(point.zone), request
        )
        for point, placement in placements_of(registry, request)
    }
    for _, placement, reading in readings_of(store, registry, request, (Channel.TEMPERATURE,)):
        sums[placement.sensor, placement.from_ms].add(reading)
    return [one.summary() for one in sums.values()]


class _Sum:
    """Sums up one sensor's temperatures, sample by sample."""

    def __init__(
        self, point: Point, placement: Placement, band: TemperatureBand | None, request: LogRequest
    ) -> None:
        self._point = point
        self._placement = placement
        self._band = band
        self._from_ms = max(request.from_ms, placement.from_ms or request.from_ms)
        self._to_ms = min(request.to_ms, placement.to_ms or request.to_ms)
        self._gap_ms = 1000 * UNKNOWN_AFTER_INTERVALS * placement.interval_s
        self._count = 0
        self._total = 0.0
        self._least, self._largest = inf, -inf
        self._last_ms, self._last_rate = self._from_ms, nan
        self._heat, self._known_ms, self._unknown_ms, self._longest_ms = 0.0, 0, 0, 0
        self._fold = Fold()
        self._minutes = {"high": 0.0, "low": 0.0}

    def add(self, reading: Reading) -> None:
        value_c = self._placement.corrected_c(reading.value)
        rate = rate_of(value_c)
        passed_ms = self._pass(reading.at_ms)
        if self._count:
            self._heat += passed_ms * (rate + self._last_rate) / 2
            self._known_ms += passed_ms
        self._last_ms, self._last_rate = reading.at_ms, rate
        self._count += 1
        self._total += value_c
        self._least, self._largest = min(self._least, value_c), max(self._largest, value_c)
        if self._band is not None:
            sample = Sample(reading.at_ms, value_c)
            interval_s = self._placement.interval_s
            self._fold, ended = fold(self._fold, sample, self._band, interval_s)
            self._count_outside(ended)

    def summary(self) -> SensorSummary:
        self._pass(self._to_ms)
        self._count_outside(so_far(self._fold))
        valid = self._known_ms > 0 and self._point.zone is not Zone.FROZEN
        some = self._count > 0
        return SensorSummary(
            point=self._point,
            placement=self._placement,
            band=self._band,
            samples=self._count,
            least_c=self._least if some else None,
            largest_c=self._largest if some else None,
            mean_c=self._total / self._count if some else None,
            mkt_c=temperature_of(self._heat / self._known_ms) if valid else None,
            minutes_above=self._minutes["high"],
            minutes_below=self._minutes["low"],
            unknown_minutes=self._unknown_ms / MS_PER_MINUTE,
            longest_gap_min=self._longest_ms / MS_PER_MINUTE,
        )

    def _pass(self, at_ms: int) -> int:
        """Let time pass since the last sample; give how much of it is known."""
        passed_ms = max(0, at_ms - self._last_ms)
        self._longest_ms = max(self._longest_ms, passed_ms)
        if passed_ms <= self._gap_ms:
            return passed_ms
        self._unknown_ms += passed_ms
        return 0

    def _count_outside(self, excursion: Excursion | None) -> None:
        if excursion is not None:
            known = excursion.minutes - excursion.unknown_minutes
            self._minutes[excursion.kind] += known
