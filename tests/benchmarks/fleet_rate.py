"""What a message of the virtual fleet costs: ``python -m tests.benchmarks.fleet_rate``.

Without a broker: CPU time of one step of the thermal model, and of making one message, for each
dialect and for the usual mix. With ``--broker mqtt://HOST:PORT`` the mix is published as well, at
QoS 1 and as fast as the broker confirms. CPU time is of this process alone.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from api.cli.simulate_wire import MOST_IN_FLIGHT
from telemetry.mqtt.publisher import Publisher
from telemetry.mqtt.settings import BrokerSettings
from telemetry.virtual_fleet.clocks import OwnTime
from telemetry.virtual_fleet.fleet import Fleet, Publish
from telemetry.virtual_fleet.spec import DialectName
from telemetry.virtual_fleet.spec_making import USUAL_MIX, spec_of_size

START_MS = 1_700_000_000_000
STEPS = 100
DAY_S = 86_400
PUBLISHER_ID = "coldgrid-fleet-rate"


def step_ms(sensors: int) -> tuple[int, float]:
    """Give the number of spaces, and the milliseconds of one step in which nobody speaks."""
    fleet = Fleet(spec_of_size(sensors, interval_s=DAY_S))
    clock = OwnTime(START_MS)
    fleet.step(clock)
    began = time.process_time()
    for _ in range(STEPS):
        fleet.step(clock)
    return len(fleet.spec.spaces()), (time.process_time() - began) / STEPS * 1000


def message_us(
    sensors: int, minutes: float, dialects: Sequence[DialectName], publish: Publish
) -> tuple[int, float, float]:
    """Give how many messages there were, and the microseconds of each, of CPU and of the wall."""
    fleet = Fleet(spec_of_size(sensors, dialects=dialects))
    wall, began = time.perf_counter(), time.process_time()
    totals = fleet.run(OwnTime(START_MS), publish, until_ms=round(minutes * 60_000))
    cpu_s, wall_s = time.process_time() - began, time.perf_counter() - wall
    each = 1e6 / totals.published
    return totals.published, cpu_s * each, wall_s * each


def published_us(sensors: int, minutes: float, address: str) -> tuple[int, float, float]:
    """Give the same with everything published and confirmed."""
    parts = urlsplit(address)
    settings = BrokerSettings(
        host=parts.hostname or "127.0.0.1", port=parts.port or 1883, client_id=PUBLISHER_ID
    )
    with Publisher(settings, most_in_flight=MOST_IN_FLIGHT) as publisher:
        if not publisher.wait_confirmed(5.0):
            raise SystemExit(f"no broker at {address}")
        return message_us(sensors, minutes, USUAL_MIX, publisher.publish)


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--sensors", type=int, default=10_000)
    words.add_argument("--minutes", type=float, default=5.0)
    words.add_argument("--broker", default="")
    asked = words.parse_args()
    spaces, milliseconds = step_ms(asked.sensors)
    lines = [f"one step of {spaces:,} spaces: {milliseconds:.2f} ms CPU"]
    for name, dialects in (
        *((each.value, (each,)) for each in DialectName),
        ("usual mix", USUAL_MIX),
    ):
        messages, cpu_us, _ = message_us(asked.sensors, asked.minutes, dialects, lambda *_: None)
        lines.append(f"{name:20} {messages:8,} messages  {cpu_us:6.1f} µs CPU each")
    if asked.broker:
        messages, cpu_us, wall_us = published_us(asked.sensors, asked.minutes, asked.broker)
        lines.append(
            f"{'published':20} {messages:8,} messages  {cpu_us:6.1f} µs CPU each"
            f"  {1e6 / wall_us:,.0f}/s (CPU alone: {1e6 / cpu_us:,.0f}/s)"
        )
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
