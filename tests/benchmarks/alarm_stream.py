"""How long after its commit an event is read from the stream of alarms.

``python -m tests.benchmarks.alarm_stream``, on a quiet machine.
The writer is this process, the service another one: SQLite's way of waiting is measured too.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import perf_counter

from telemetry.storage.store import open_store
from tests.features.test_alarm_stream import connected, happen
from tests.running import running


def main() -> int:
    """Measure and print; the exit status is 1 where the aim is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--events", type=int, default=200)
    asked.add_argument("--clients", type=int, default=10)
    asked.add_argument("--store", default="", help="a PostgreSQL address; SQLite without it")
    asked.add_argument("--most-ms", type=float, default=150.0)
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        place = given.store or f"sqlite:///{folder}/t.db"
        waits = sorted(_waits(Path(folder), place, given.events, given.clients))
    middle, high = (1000 * waits[int(len(waits) * share)] for share in (0.5, 0.95))
    sys.stdout.write(
        f"{len(waits)} events heard by {given.clients} clients: p50 {middle:.1f} ms,"
        f" p95 {high:.1f} ms, longest {1000 * waits[-1]:.1f} ms\n"
    )
    return int(high > given.most_ms)


def _waits(folder: Path, place: str, events: int, clients: int) -> list[float]:
    """Give from the commit to when the last client has read the event, in seconds."""
    waits = []
    with ExitStack() as held:
        store = held.enter_context(closing(open_store(place)))
        service = held.enter_context(
            running("serve", "--port", 0, folder=folder, COLDGRID_TELEMETRY=place)
        )
        listeners = [held.enter_context(connected(service.port)) for _ in range(clients)]
        for listener in listeners:
            next(listener)
        pause = Event()
        begin = store.last_event()
        for number in range(begin + 1, begin + events + 1):
            happen(store, number, number)
            committed = perf_counter()
            for listener in listeners:
                assert next(listener).id == str(number)
            waits.append(perf_counter() - committed)
            # Out of step with the service's looks at the file.
            pause.wait(0.037)
    return waits


if __name__ == "__main__":
    sys.exit(main())
