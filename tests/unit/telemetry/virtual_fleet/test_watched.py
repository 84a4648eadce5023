"""The fleet before those who watch it: quiet while it is well, and heard when it is not."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from telemetry.alarm.packs import load_packs
from telemetry.alarm.words import Alarm, AlarmKind, Severity
from telemetry.ingest import Ingest
from telemetry.monitor.monitor import Monitor
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Message
from telemetry.registry_files import read_registry
from telemetry.storage.store import open_store
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.failures import failure_from_words
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.registry_rows import registry_of
from telemetry.virtual_fleet.spec import FleetSpec
from telemetry.virtual_fleet.spec_making import spec_of_network
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS

BATCH_MS = 30_000
ZONES = ["frozen", "chilled", "controlled"]


def _fleet(*failures: str) -> FleetSpec:
    spec = spec_of_network(
        [{"id": "V1", "zones": ZONES}, {"id": "V2", "zones": ZONES}], seed=3, interval_s=120
    )
    return replace(spec, step_s=10.0, failures=tuple(map(failure_from_words, failures)))


class _Watch:
    """Keeps the clock of a monitor that listens to a fleet without a broker."""

    def __init__(self, spec: FleetSpec, folder: Path) -> None:
        for name, rows in zip(("points.csv", "sensors.csv"), registry_of(spec), strict=True):
            with (folder / name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)
        registry = read_registry(folder, now_ms=START_MS).registry
        self.now_ms = START_MS
        self.store = open_store(f"sqlite:///{folder / 'telemetry.db'}")
        monitor = Monitor(registry, load_packs(), started_ms=START_MS)
        self.ingest = Ingest(self.store, monitor, TopicTable(), lambda: self.now_ms)
        self.ingest.restore()

    def listen(self, fleet: Fleet, hours: float) -> None:
        clock = OwnTime(START_MS)
        batch: list[Message] = []
        while fleet.totals.elapsed_ms < hours * 3_600_000:
            for elapsed_ms, sent in fleet.step(clock):
                stamp = START_MS + elapsed_ms
                batch += [Message(topic, payload, stamp) for topic, payload in sent]
            self.now_ms = clock.stamp_ms(fleet.totals.elapsed_ms)
            if fleet.totals.elapsed_ms % BATCH_MS == 0:
                self.ingest.take(batch)
                self.ingest.tick()
                batch = []


def _alarms(spec: FleetSpec, folder: Path, hours: float) -> list[Alarm]:
    watch = _Watch(spec, folder)
    try:
        watch.listen(Fleet(spec), hours)
        return sorted(watch.store.alarms(open_only=False), key=lambda each: each.raised_ms)
    finally:
        watch.store.close()


@pytest.mark.slow
def test_a_fleet_that_is_well_raises_no_alarm_with_all_its_doors_and_defrosts(
    tmp_path: Path,
) -> None:
    assert _alarms(_fleet(), tmp_path, 10.0) == []


@pytest.mark.slow
def test_failures_raise_the_alarms_that_they_deserve_and_no_others(tmp_path: Path) -> None:
    spec = _fleet("unit_off@30:V1/frozen", "gateway_lost@60+40:V2/frozen")
    found = _alarms(spec, tmp_path, 4.0)
    assert {alarm.point for alarm in found} == {"V1/frozen", "gw-V2"}
    kinds = Counter((alarm.point, alarm.kind) for alarm in found)
    assert kinds["gw-V2", AlarmKind.STALE] == 1, "one gateway is one alarm"
    assert kinds["V1/frozen", AlarmKind.HIGH] == 1
    high = next(alarm for alarm in found if alarm.kind is AlarmKind.HIGH)
    assert high.severity is Severity.CRITICAL
    assert high.cleared_ms is None
    assert high.raised_ms > START_MS + 40 * 60_000
