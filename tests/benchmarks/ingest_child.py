"""An ingester as a process of its own, for the benchmarks beside this file.

It watches as many chilled rooms as it is told, one sensor each, and says on its output once a
second how it is: a line of JSON. SIGTERM ends it in order.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event
from time import process_time, time_ns

from optimizer.domain.temperature import Zone
from telemetry.alarm.packs import load_packs
from telemetry.alarm.rules import Profile
from telemetry.ingest import Ingest
from telemetry.monitor import Monitor
from telemetry.mqtt.consumer import Consumer
from telemetry.mqtt.settings import BrokerSettings, Version
from telemetry.payloads.topics import TopicTable
from telemetry.readings import Message
from telemetry.registry import Placement, Point, PointKind, Registry
from telemetry.storage.store import open_store
from tests.benchmarks.ingest_listener import Listener
from tests.benchmarks.ingest_lived import save_lived

CLIENT = "ingester"
SAY_MS = 1000


def sensor_name(number: int) -> str:
    """Name a sensor."""
    return f"s{number:05d}"


def topic_of(number: int) -> str:
    """Give the topic a sensor publishes on."""
    return f"coldgrid/sensors/{sensor_name(number)}"


def now_ms() -> int:
    """Give the time of day."""
    return time_ns() // 1_000_000


def registry_of(sensors: int) -> Registry:
    """Give a room to every sensor."""
    points = [
        Point(
            id=f"room-{number}", kind=PointKind.ROOM, asset=f"site-{number // 10}",
            name=f"room {number}", zone=Zone.CHILLED, always_armed=True,
        )
        for number in range(sensors)
    ]  # fmt: skip
    places = [
        Placement(sensor=sensor_name(number), point=f"room-{number}") for number in range(sensors)
    ]
    return Registry(points, places)


class Teller:
    """The ingest, which besides says how it is."""

    def __init__(self, ingest: Ingest, dawdle_s: float) -> None:
        self._ingest = ingest
        self._dawdle_s = dawdle_s
        self._said_ms = 0
        self.consumer: Consumer | None = None
        self.raised_at: dict[str, float] = {}
        self.settle = ingest.settle

    def take(self, messages: Sequence[Message]) -> None:
        """Store messages, and wait a little before they are acknowledged."""
        self._ingest.take(messages)
        if self._dawdle_s:
            Event().wait(self._dawdle_s)

    def tick(self) -> float:
        """Tick, and tell once a second."""
        pause_s = self._ingest.tick()
        if now_ms() - self._said_ms >= SAY_MS:
            self._said_ms = now_ms()
            self.say()
        return pause_s

    def say(self) -> None:
        """Write a line."""
        consumer = self.consumer
        figures = self._ingest.figures
        line = {
            "connected": consumer is not None and consumer.is_connected,
            "cpu_s": process_time(),
            "rss_kb": resident_kb(),
            "messages": figures.messages,
            "readings": figures.readings,
            "reasons": {reason.value: count for reason, count in figures.reasons.items() if count},
            "raised_at": self.raised_at,
            "waiting": 0 if consumer is None else consumer.waiting,
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()


def resident_kb() -> int:
    """Give the memory that this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ingest_child", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", required=True)
    parser.add_argument("--sensors", type=int, default=100)
    parser.add_argument("--mqtt", choices=[version.value for version in Version], default="3.1.1")
    parser.add_argument("--delay", type=int, help="on-delay of every rule in seconds")
    parser.add_argument("--dawdle", type=float, default=0.0, help="seconds from commit to answer")
    parser.add_argument("--since", type=int, help="when the rooms began to be watched, in ms")
    parser.add_argument("--lived", action="store_true", help="all rooms were watched for days")
    parser.add_argument("--listen", action="store_true", help="note when alarms were raised")
    return parser.parse_args(arguments)


def _profiles(delay_s: int | None) -> Mapping[str, Profile]:
    if delay_s is None:
        return load_packs()
    return {
        name: replace(
            profile, limits=tuple(replace(rule, on_delay_s=delay_s) for rule in profile.limits)
        )
        for name, profile in load_packs().items()
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Ingest until told to stop."""
    asked = _asked(arguments)
    store = open_store(asked.store)
    topics = TopicTable()
    since_ms = now_ms() if asked.since is None else asked.since
    rooms = registry_of(asked.sensors)
    profiles = _profiles(asked.delay)
    if asked.lived:
        save_lived(store, rooms, profiles[Zone.CHILLED.value], now_ms())
    monitor = Monitor(rooms, profiles, started_ms=since_ms)
    ingest = Ingest(store, monitor, topics, now_ms)
    # A first start watches from now on, where nobody said that it did before.
    if asked.since is None or store.states():
        ingest.restore()
    # As the monitor's own process does it (``api.monitoring``).
    gc.collect()
    gc.freeze()
    teller = Teller(ingest, asked.dawdle)
    settings = BrokerSettings(
        host="127.0.0.1", port=asked.port, client_id=CLIENT, version=Version(asked.mqtt)
    )
    consumer = teller.consumer = Consumer(settings, topics.subscriptions, teller, clock_ms=now_ms)
    signal.signal(signal.SIGTERM, lambda *_: consumer.stop())
    listener = Listener(store) if asked.listen else None
    consumer.run()
    if listener is not None:
        listener.stop()
        teller.raised_at = listener.seen_at
    teller.say()
    store.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
