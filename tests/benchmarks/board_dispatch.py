"""How soon a dispatcher sees the day: 1,200 stops on 60 routes in a real Chromium.

``python -m tests.benchmarks.board_dispatch``. *Cold* is the first question that a service answers
after its start, by a browser context that has never been there but is signed in; *warm* is another
new context of the same service; *again* is that context a second time. The clock is the browser's
own, from the start of the navigation to the frame that shows routes, figures and schedule. Server
and browser share the machine; where others work on it too, the CPU time of the service's process
and of the page's main thread says more than the clock.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from api.security.principal import Role
from api.wiring import wire
from tests.browser.conftest import NAMES
from tests.people import PASSWORD, person
from tests.planned_city import planned_city
from tests.running import Running, running
from tests.serving import settings_in
from tests.stored_plan import store

LONGEST_MS = 60_000
TICKS_S = os.sysconf("SC_CLK_TCK")
DESK = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN"}

# The schedule is the last part that is filled; two frames later it has been painted.
SEEN = """new Promise((seen) => {
  const look = () => {
    const isThere = document.querySelector("#schedule-head")?.textContent.includes("1,200")
      && document.querySelector(".gantt-rows svg") && document.querySelector("#map canvas");
    requestAnimationFrame(isThere ? () => seen(performance.now()) : look);
  };
  look();
})"""

CARRIED = """[performance.getEntriesByType("navigation")[0],
  ...performance.getEntriesByType("resource")].reduce((sum, one) => sum + one.transferSize, 0)"""

COURSE = """[performance.getEntriesByType("navigation")[0],
  ...performance.getEntriesByType("resource")].map((one) => [Math.round(one.startTime),
  Math.round(one.responseEnd), one.transferSize, new URL(one.name).pathname])"""


def main() -> int:
    """Measure and print; the exit status is 1 where an aim is missed."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--most-ms", type=float, default=1500)
    asked.add_argument("--most-kb", type=float, default=300)
    asked.add_argument("--course", action="store_true", help="Print what was loaded when.")
    given = asked.parse_args()
    found: dict[str, list[Seen]] = {"cold": [], "warm": [], "again": []}
    with TemporaryDirectory() as name, _chromium() as browser:
        folder = Path(name)
        _furnish(folder)
        for _ in range(given.rounds):
            with running("serve", "--port", 0, folder=folder, **_variables(folder)) as service:
                cold = _reader(browser, service.address)
                found["cold"].append(_look(cold, service, course=given.course))
                cold.context.close()
                warm = _reader(browser, service.address)
                found["warm"].append(_look(warm, service, course=given.course))
                found["again"].append(_look(warm, service))
                warm.context.close()
    missed = False
    for kind, measured in found.items():
        ms, kb, server, page = (median(one) for one in zip(*measured, strict=True))
        missed |= ms > given.most_ms or kb > given.most_kb
        every = " ".join(f"{one.ms:.0f}" for one in measured)
        sys.stdout.write(
            f"{kind}: median {ms:.0f} ms ({every}), {kb:.0f} kB;"
            f" CPU of the service {server:.0f} ms, of the page {page:.0f} ms\n"
        )
    return int(missed)


class Seen(NamedTuple):
    """One navigation: until when, what was carried, and CPU time of both ends."""

    ms: float
    kb: float
    server_ms: float
    page_ms: float


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        raise SystemExit("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def _furnish(folder: Path) -> None:
    wiring = wire(settings_in(folder))
    wiring.start()
    store(wiring.database, *planned_city())
    person(wiring, Role.ADMIN)
    wiring.stop()


def _variables(folder: Path) -> dict[str, str]:
    return {"COLDGRID_DATABASE": settings_in(folder).database}


def _reader(browser: Browser, address: str) -> Page:
    context = browser.new_context(**DESK)  # type: ignore[arg-type]
    body: dict[str, Any] = {"name": Role.ADMIN.value, "password": PASSWORD}
    answer = context.request.post(f"{address}/v1/session", data=body)
    assert answer.ok, answer.text()
    return context.new_page()


def _look(page: Page, service: Running, *, course: bool = False) -> Seen:
    watch = page.context.new_cdp_session(page)
    watch.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _cpu_ms(service.process.pid), _page_ms(watch)
    page.goto(f"{service.address}/dispatch", wait_until="commit", timeout=LONGEST_MS)
    seen_ms = float(page.evaluate(SEEN))
    after = _cpu_ms(service.process.pid), _page_ms(watch)
    carried_kb = float(page.evaluate(CARRIED)) / 1000
    if course:
        for begun, ended, size, path in sorted(page.evaluate(COURSE)):
            sys.stdout.write(f"{begun:6d} {ended:6d} {size:8d} {path}\n")
        sys.stdout.write(f"{seen_ms:13.0f} seen\n\n")
    return Seen(
        ms=seen_ms, kb=carried_kb, server_ms=after[0] - before[0], page_ms=after[1] - before[1]
    )


def _page_ms(watch: CDPSession) -> float:
    metrics = watch.send("Performance.getMetrics")["metrics"]
    return float(1000 * sum(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def _cpu_ms(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1000 * (int(fields[11]) + int(fields[12])) / TICKS_S


if __name__ == "__main__":
    sys.exit(main())
