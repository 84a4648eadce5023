"""Whoever listens to a virtual fleet without a broker: everything but the wire is real."""

from __future__ import annotations

import csv
from pathlib import Path

from telemetry.alarm.packs import load_packs
from telemetry.ingest import Ingest
from telemetry.monitor.monitor import Monitor
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Message
from telemetry.registry_files import read_registry
from telemetry.storage.store import open_store
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.fleet import Fleet
from telemetry.virtual_fleet.registry_rows import registry_of
from telemetry.virtual_fleet.spec import FleetSpec
from telemetry.virtual_fleet.truth import Truth
from tests.unit.telemetry.virtual_fleet.small_fleets import START_MS

BATCH_MS = 30_000


class Listener:
    """Keeps the clock of a monitor that listens to a fleet without a broker."""

    def __init__(self, spec: FleetSpec, folder: Path, *, batch_ms: int = BATCH_MS) -> None:
        self._batch_ms = batch_ms
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

    def listen(self, fleet: Fleet, hours: float, truth: Truth | None = None) -> None:
        """Take everything that a fleet says until so many hours have passed for it."""
        clock = OwnTime(START_MS)
        batch: list[Message] = []
        while fleet.totals.elapsed_ms < hours * 3_600_000:
            for elapsed_ms, sent in fleet.step(clock, truth):
                stamp = START_MS + elapsed_ms
                batch += [Message(topic, payload, stamp) for topic, payload in sent]
            self.now_ms = clock.stamp_ms(fleet.totals.elapsed_ms)
            if fleet.totals.elapsed_ms % self._batch_ms == 0:
                self.ingest.take(batch)
                self.ingest.tick()
                batch = []
