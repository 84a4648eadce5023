"""What the telemetry store costs: ``python -m tests.benchmarks.telemetry_store``.

CPU of this process per reading, with commits that are on disk, in batches of 500 from a growing
number of sensors that report each minute: once in the order of their phases, which jitters, as a
fleet does, and once in a new order each minute, which is the worst. Then the time to give the
latest of all. ``--postgres`` runs a server of its own, whose CPU is not in the figures.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from itertools import product
from pathlib import Path
from random import Random
from time import process_time

from telemetry.readings import Channel, Reading
from telemetry.storage.store import SqlStore, open_store
from tests.postgres import binaries, running_cluster

BATCH = 500
BEGIN_MS = 1_789_000_000_000
MINUTE_MS = 60_000
DAY_MS = 86_400_000


def batches(sensors: int, readings: int, order: str) -> list[Sequence[Reading]]:
    """Give batches in the order of their arrival.

    Parameters
    ----------
    order
        ``phases`` or ``shuffled``.
    """
    random = Random(1)
    names = [f"fleet/reefer-{number:06d}/air" for number in range(sensors)]
    random.shuffle(names)
    made: list[Reading] = []
    for minute in range(readings // sensors):
        places = list(range(sensors))
        if order == "phases":
            places.sort(key=lambda place: place + random.gauss(0, sensors / 60))
        else:
            random.shuffle(places)
        for turn, place in enumerate(places):
            at_ms = BEGIN_MS + minute * MINUTE_MS + turn * MINUTE_MS // sensors
            value = round(random.gauss(-20, 2), 2)
            made.append(
                Reading(names[place], Channel.TEMPERATURE, at_ms, minute, value, at_ms + 400)
            )
    return [made[start : start + BATCH] for start in range(0, len(made), BATCH)]


def written(store: SqlStore, prepared: Sequence[Sequence[Reading]]) -> float:
    """Write batches and give the CPU in microseconds per reading."""
    begun = process_time()
    for batch in prepared:
        with store.write() as ledger:
            ledger.add_readings(batch)
    return (process_time() - begun) * 1e6 / sum(map(len, prepared))


def late(store: SqlStore, days: int) -> float:
    """Write late batches over many days and give the CPU in microseconds per reading."""
    readings = [
        Reading("late", Channel.TEMPERATURE, BEGIN_MS - at * MINUTE_MS * 5, at, -20.0, BEGIN_MS)
        for at in range(days * 288)
    ]
    begun = process_time()
    for start in range(0, len(readings), BATCH):
        with store.write() as ledger:
            ledger.add_late(readings[start : start + BATCH])
    return (process_time() - begun) * 1e6 / len(readings)


def measure(url: str, sensors: int, readings: int, order: str) -> None:
    """Print the figures of one store."""
    with closing(open_store(url)) as store:
        prepared = batches(sensors, readings, order)
        # The first minute numbers the sensors and makes the day.
        first = written(store, prepared[: sensors // BATCH])
        rest = written(store, prepared[sensors // BATCH :])
        again = written(store, prepared[-20:])
        store.latest()
        begun = process_time()
        found = len(store.latest())
        latest_ms = (process_time() - begun) * 1e3
        late_us = late(store, days=10)
    print(  # noqa: T201 - a program for people
        f"{url.split(':', maxsplit=1)[0]}, {sensors} sensors, {order}:"
        f" first minute {first:.1f} µs, then {rest:.1f} µs, duplicates {again:.1f} µs,"
        f" late over 10 days {late_us:.1f} µs; latest of {found}: {latest_ms:.1f} ms",
        flush=True,
    )


def main() -> None:
    """Measure each number of sensors that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--sensors", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--readings", type=int, default=200_000)
    asked = parser.parse_args()
    with ExitStack() as stack:
        cluster = None
        if asked.postgres:
            programs = binaries()
            assert programs is not None, "PostgreSQL is not installed"
            cluster = stack.enter_context(running_cluster(programs))
        for sensors, order in product(asked.sensors, ("phases", "shuffled")):
            if cluster is not None:
                with cluster.empty_database() as url:
                    measure(url, sensors, asked.readings, order)
            else:
                with tempfile.TemporaryDirectory() as folder:
                    url = f"sqlite:///{Path(folder)}/telemetry.db"
                    measure(url, sensors, asked.readings, order)


if __name__ == "__main__":
    main()
