"""Whether a board that runs all shift long grows: the service's memory and the page's heap.

``python -m tests.benchmarks.board_memory --minutes 30``, on a quiet machine; needs a Chromium.
A few hundred places alarm and are well again in turn, so that as many rows come as go; each is
closed as the next one is raised. The first fifth of the time is for warming up. What is compared
are means of the second and the last fifth: after a collection of garbage for the page, resident
pages for the service.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from msgspec.structs import replace
from playwright.sync_api import CDPSession

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import AlarmEvent, EventKind
from telemetry.ports import Store
from telemetry.registry_files import write_registry
from telemetry.storage.store import open_store
from tests.benchmarks.board_alarms import opened, raised
from tests.running import running
from tests.telemetry_cases import a_room, a_sensor

PLACES, OPEN_AT_ONCE = 400, 60
LOOKS = 60
"""So often memory is looked at."""
MB = 1 << 20


def main() -> int:
    """Measure and print; the exit status is 1 where something grows."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=30.0)
    asked.add_argument("--per-minute", type=float, default=500.0)
    asked.add_argument("--most-percent", type=float, default=5.0)
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        looks = list(_looks(Path(folder), given.minutes * 60, 60 / given.per_minute))
    grown = []
    for name, column in (("service", 0), ("page", 1)):
        early, late = _mean(looks, column, 1), _mean(looks, column, 4)
        grown.append(100 * (late / early - 1))
        sys.stdout.write(
            f"{name}: {early / MB:.1f} MB after a fifth, {late / MB:.1f} MB at the end of"
            f" {given.minutes:g} min at {given.per_minute:g} alarms a minute: {grown[-1]:+.1f} %\n"
        )
    return int(max(grown) > given.most_percent)


def _mean(looks: list[tuple[float, float]], column: int, fifth: int) -> float:
    size = len(looks) // 5
    part = [look[column] for look in looks[fifth * size : (fifth + 1) * size]]
    return sum(part) / len(part)


def _looks(folder: Path, seconds: float, pause_s: float) -> Iterator[tuple[float, float]]:
    """Give bytes of the service and of the page's heap, now and then."""
    names = [f"R{number}/frozen" for number in range(PLACES)]
    points = [a_room(name, name=name, zone=Zone.FROZEN) for name in names]
    write_registry(folder / "registry", points, [a_sensor(f"s-{one}", one) for one in names])
    place = f"sqlite:///{folder}/t.db"
    with ExitStack() as held:
        store = held.enter_context(closing(open_store(place)))
        service = held.enter_context(
            running(
                "serve", "--port", 0, folder=folder, COLDGRID_TELEMETRY=place,
                COLDGRID_REGISTRY=str(folder / "registry"),
            )
        )  # fmt: skip
        page = held.enter_context(opened(f"{service.address}/cold-chain"))
        heap = page.context.new_cdp_session(page)
        begin, number = time.monotonic(), 0
        for look in range(1, LOOKS + 1):
            until = begin + seconds * look / LOOKS
            while time.monotonic() < until:
                _happen(store, names, number)
                number += 1
                rest = begin + number * pause_s - time.monotonic()
                page.wait_for_timeout(max(0.0, rest) * 1000)
            yield _resident(service.process.pid), _heap(heap)
        # Flat, because nothing came, would say nothing.
        assert page.locator(".place").count() >= OPEN_AT_ONCE // 2


def _happen(store: Store, names: list[str], number: int) -> None:
    """Raise an alarm, and close the one that was raised some time before."""
    events = [raised(names[number % PLACES], number)]
    if number >= OPEN_AT_ONCE:
        old = number - OPEN_AT_ONCE
        alarm = raised(names[old % PLACES], old).alarm
        now_ms = round(time.time() * 1000)
        over = replace(alarm, cleared_ms=now_ms, acknowledged_ms=now_ms, closed_ms=now_ms)
        events.append(AlarmEvent(kind=EventKind.CLOSED, alarm=over, at_ms=now_ms))
    with store.write() as ledger:
        ledger.add_events(events)


def _resident(process: int) -> float:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return float(pages * 4096)


def _heap(session: CDPSession) -> float:
    session.send("HeapProfiler.collectGarbage")
    found: dict[str, Any] = session.send("Runtime.getHeapUsage")
    return float(found["usedSize"])


if __name__ == "__main__":
    sys.exit(main())
