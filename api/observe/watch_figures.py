"""Figures of watching, read from the telemetry store: right whoever wrote it, and after a restart.

They are read when somebody asks for figures; labels are reasons and severities.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from api.storage.telemetry import TelemetryStore
from telemetry.alarm.words import Severity
from telemetry.errors import StoreUnavailable
from telemetry.ports import Store
from telemetry.readings import Reason

MOST_OPEN = 100_000
HOUR_MS = 3_600_000


class WatchFigures(Collector):
    """Reads the figures.

    Parameters
    ----------
    is_set_up
        Whether anything is to be watched; where nothing is, there are no figures.
    clock
        Gives the current instant.
    """

    def __init__(
        self, telemetry: TelemetryStore, *, is_set_up: bool, clock: Callable[[], datetime]
    ) -> None:
        self._telemetry = telemetry
        self._is_set_up = is_set_up
        self._clock = clock

    def describe(self) -> Iterator[Metric]:
        """Name nothing: on registration the store need not answer yet."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Ask the store."""
        if not (self._is_set_up or self._telemetry.is_open):
            return
        try:
            # All of it before the first figure: a store that goes away leaves no half.
            found = list(self._read(self._telemetry()))
        except StoreUnavailable:
            found = []
        yield _gauge("coldgrid_telemetry_up", "Whether the telemetry store answers.", bool(found))
        yield from found

    def _read(self, store: Store) -> Iterator[Metric]:
        now_ms = round(self._clock().timestamp() * 1000)
        yield _asides(store, now_ms)
        yield _alarms(store)
        yield _gauge("coldgrid_alarm_events", "Number of the newest event.", store.last_event())
        newest = store.latest()
        yield _gauge(
            "coldgrid_sensors", "Sensors that were ever heard.", len({one.sensor for one in newest})
        )
        if newest:
            age_s = (now_ms - max(reading.arrived_ms for reading in newest)) / 1000
            yield _gauge("coldgrid_newest_reading_seconds", "Since the newest reading came.", age_s)


def _asides(store: Store, now_ms: int) -> Metric:
    family = CounterMetricFamily(
        "coldgrid_messages_aside", "Messages that became no reading.", labels=("reason",)
    )
    counts = store.counts(0, now_ms + HOUR_MS)
    for reason in Reason:
        family.add_metric((reason.value,), counts.get(reason, 0))
    return family


def _alarms(store: Store) -> Metric:
    family = GaugeMetricFamily(
        "coldgrid_alarms_open", "Alarms that somebody has to see to.", labels=("severity",)
    )
    counts = Counter(alarm.severity for alarm in store.alarms(limit=MOST_OPEN))
    for severity in Severity:
        family.add_metric((severity.word,), counts[severity])
    return family


def _gauge(name: str, meaning: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, meaning)
    family.add_metric((), value)
    return family
