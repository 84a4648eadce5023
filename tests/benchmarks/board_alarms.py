"""How long after its commit an alarm is seen on the cold-chain board.

``python -m tests.benchmarks.board_alarms``, on a quiet machine; needs a Chromium.
Each alarm is of another place, so each makes a new row. The instant is that of the frame in which
the row is painted, by the clock that the writer uses too.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, sync_playwright

from optimizer.domain.temperature import Zone
from telemetry.alarm.words import Alarm, AlarmEvent, AlarmKind, EventKind, Severity
from telemetry.registry_files import write_registry
from telemetry.storage.store import open_store
from tests.running import running
from tests.telemetry_cases import a_room, a_sensor

WATCH = """() => {
  window.painted = {};
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) {
      const place = node.dataset?.place;
      if (place && !(place in window.painted)) {
        window.painted[place] = null;
        requestAnimationFrame(() => { window.painted[place] ??= Date.now(); });
      }
    }
  }).observe(document.getElementById("rows"), { childList: true });
}"""


def main() -> int:
    """Measure and print; the exit status is 1 where the aim is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--alarms", type=int, default=250)
    asked.add_argument("--per-minute", type=float, default=500.0)
    asked.add_argument("--most-ms", type=float, default=500.0)
    given = asked.parse_args()
    with TemporaryDirectory() as folder:
        waits = sorted(_waits(Path(folder), given.alarms, 60.0 / given.per_minute))
    middle, high = (waits[int(len(waits) * share)] for share in (0.5, 0.95))
    sys.stdout.write(
        f"{len(waits)} alarms at {given.per_minute:g} a minute, from commit to paint:"
        f" p50 {middle:.0f} ms, p95 {high:.0f} ms, longest {waits[-1]:.0f} ms\n"
    )
    return int(high > given.most_ms)


def _waits(folder: Path, alarms: int, pause_s: float) -> Iterator[float]:
    """Give from the commit to the paint, in milliseconds."""
    names = [f"R{number}/frozen" for number in range(alarms)]
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
        committed = {}
        begin = time.monotonic()
        for number, name in enumerate(names):
            with store.write() as ledger:
                ledger.add_events([raised(name, number)])
            committed[name] = time.time() * 1000
            page.wait_for_timeout(
                max(0.0, (begin + (number + 1) * pause_s - time.monotonic())) * 1e3
            )
        page.wait_for_timeout(2000)
        painted: dict[str, Any] = page.evaluate("window.painted")
    assert painted.keys() == committed.keys(), "some alarms were never seen"
    yield from (painted[name] - committed[name] for name in names)


class opened:  # noqa: N801 - reads as a word after "with"
    def __init__(self, address: str) -> None:
        self._address = address

    def __enter__(self) -> Page:
        chromium = shutil.which("chromium")
        assert chromium is not None, "no Chromium is installed"
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        page = self._browser.new_page(viewport={"width": 1440, "height": 900})
        page.goto(self._address)
        page.wait_for_selector("#filter-all")
        page.wait_for_timeout(3000)
        page.evaluate(WATCH)
        return page

    def __exit__(self, *_: object) -> None:
        self._browser.close()
        self._playwright.stop()


def raised(point: str, number: int) -> AlarmEvent:
    now_ms = round(time.time() * 1000)
    alarm = Alarm(
        id=f"high-{number}", point=point, kind=AlarmKind.HIGH, severity=Severity.WARNING,
        rule="frozen/1:warn_high", began_ms=now_ms - 1_200_000, raised_ms=now_ms, value_c=-17.0,
        peak_c=-17.0, limit_c=-18.0, incident=f"high-{number}",
    )  # fmt: skip
    return AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=now_ms)


if __name__ == "__main__":
    sys.exit(main())
