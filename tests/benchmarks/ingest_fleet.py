"""Sensors that count their messages, so that each can be looked for in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from time import monotonic

from telemetry.mqtt.publisher import Publisher
from telemetry.readings import Channel
from telemetry.storage.store import SqlStore
from tests.benchmarks.ingest_child import sensor_name, topic_of

SENSORS = 50
WARM = 5
"""The first sensors lie in rooms that are too warm from the first reading on."""

STEP_MS = 10_000
LONGEST_S = 120.0
WHOLE_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """Sensors that count their messages; message ``n`` is the sequence ``n // SENSORS`` of one.

    Parameters
    ----------
    base_ms
        The device time of the first messages.
    """

    base_ms: int

    def publish(self, publisher: Publisher, numbers: range) -> None:
        """Publish messages by their numbers."""
        for number in numbers:
            self.publish_one(publisher, number)

    def publish_one(self, publisher: Publisher, number: int) -> None:
        """Publish one message."""
        sensor, count = number % SENSORS, number // SENSORS
        value = 9.0 if sensor < WARM else 2.0 + count % 10 / 10
        at_ms = self.base_ms + count * STEP_MS
        body = f'{{"temperature": {value:.1f}, "ts": {at_ms}, "seq": {count}}}'
        publisher.publish(topic_of(sensor), body.encode())

    def stored(self, store: SqlStore) -> Counter[tuple[int, int]]:
        """Count what is stored, by sensor and sequence."""
        found: Counter[tuple[int, int]] = Counter()
        for sensor in range(SENSORS):
            span = (self.base_ms, self.base_ms + WHOLE_DAY_MS)
            for reading in store.readings([sensor_name(sensor)], Channel.TEMPERATURE, *span):
                found[sensor, reading.sequence] += 1
        return found


def pace(
    publisher: Publisher, send: Callable[[int], None], seconds: float, rate: int
) -> list[float]:
    """Send at a rate for some time; give when each message was sent."""
    begun, at = monotonic(), list[float]()
    while (now := monotonic()) < begun + seconds:
        due = round((now - begun) * rate)
        for number in range(len(at), due):
            send(number)
            at.append(now)
        publisher.serve(0.01)
    return at


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait, with a bound; whoever asked looks again."""
    pause, ends_at = Event(), monotonic() + LONGEST_S
    while not condition() and monotonic() < ends_at:
        pause.wait(0.2)
