"""Service, monitor or broker go away and come back: the board says so, and keeps people's deeds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from playwright.sync_api import Browser, expect

from api.monitoring import Monitoring, monitoring
from api.services.points import Points
from api.settings import Settings
from api.wiring import wire
from telemetry.mqtt.broker import RunningBroker, free_port
from telemetry.mqtt.publisher import Publisher
from telemetry.registry_files import write_registry
from tests.brokers import kill, mosquitto, settings_of
from tests.browser.conftest import COURSES, Reader
from tests.serving import settings_in
from tests.watched_board import serving, watched_house
from tests.watched_service import PLACEMENTS, POINTS, ROOM
from tests.whole_chain import AheadClock, wait_until

STALE_MS = 25_000
HEALTH_MS = 31_000
"""Within this a board has asked how service and monitor are."""
MONITOR_SILENT_MIN = 5
ASKS_MS = 11_000
"""Within this a board has asked for its points again."""
SILENCE = timedelta(minutes=3, seconds=10)
"""After three minutes without a reading of any sensor the link is said to be broken."""


def test_the_service_goes_away_and_comes_back_then_the_monitor_is_silent(
    browser: Browser, tmp_path: Path
) -> None:
    with watched_house(tmp_path) as house:
        house.monitor.live(COURSES)
        with serving(house.wired()) as address:
            someone = Reader(browser, address, locale="en", viewport={"width": 390, "height": 844})
            # The page itself asks, without a worker: so its clock can be moved on.
            page = someone.context.new_page()
            page.clock.install()
            page.goto(f"{address}/cold-chain?share=none")
            here = page.locator('[data-place="C/chilled-3"]')
            expect(here).to_contain_text("In excursion")
            expect(page.locator("#stale")).to_be_hidden()
        # Acknowledged while nobody answers: it waits, and says so.
        here.get_by_role("button", name="Acknowledge").click()
        page.clock.fast_forward(20_000)
        expect(here.locator(".care")).to_have_text("Waiting to be sent", timeout=STALE_MS)
        banner = page.locator("#stale")
        expect(banner).to_contain_text("it is sent when the link is back", timeout=STALE_MS)
        # What was wrong stays wrong: silence is never normal, and no forecast is shown.
        expect(here).to_contain_text("Critical")
        expect(page.locator("#live")).to_have_text("Disconnected")
        someone.picture(page, "phone-away")
        with serving(house.wired(), int(address.rpartition(":")[2])):
            page.clock.fast_forward(20_000)
            expect(banner).to_be_hidden(timeout=STALE_MS)
            expect(here.locator(".care")).to_contain_text("acknowledged", timeout=STALE_MS)
            # The service runs, and the monitor does not.
            house.monitor.works = False
            house.clock.advance(minutes=MONITOR_SILENT_MIN)
            house.monitor.measure({"C/chilled-1": 2.0})
            page.clock.fast_forward(HEALTH_MS)
            expect(banner).to_contain_text("The monitor is not working", timeout=STALE_MS)
            someone.picture(page, "monitor-silent")
            someone.close()


@contextmanager
def monitor(settings: Settings, clock: AheadClock) -> Iterator[Monitoring]:
    with monitoring(settings, clock.ms) as parts:
        thread = Thread(target=parts.run)
        thread.start()
        try:
            yield parts
        finally:
            parts.consumer.stop()
            thread.join()


def hear(broker: RunningBroker, value_c: float, clock: AheadClock, points: Points) -> None:
    """Publish a value, and wait until it is stored."""
    with Publisher(settings_of(broker, "gateway")) as publisher:
        body = {"temperature": value_c, "ts": clock.ms()}
        publisher.publish("coldgrid/sensors/s-room", json.dumps(body).encode())

    def is_stored() -> bool:
        return any(latest.reading.value == value_c for latest in points.read(ROOM).latest)

    wait_until(is_stored, "the reading is not stored")
    # The clock of the page leaps: what it was told a moment ago is old there.
    points.shared.forget()


def test_the_broker_goes_away_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    """A mosquitto dies and is started again; monitor and service run on meanwhile."""
    write_registry(tmp_path / "registry", POINTS, PLACEMENTS)
    clock, port = AheadClock(datetime.now(UTC)), free_port()
    settings = settings_in(
        tmp_path, registry=tmp_path / "registry", broker=f"mqtt://127.0.0.1:{port}",
        stream_seconds=600, shutdown_seconds=2,
    )  # fmt: skip
    wiring = wire(settings, clock=clock)
    points = wiring.watching.points
    with (
        mosquitto(tmp_path / "broker", port=port) as broker,
        monitor(settings, clock) as parts,
        serving(wiring) as address,
    ):
        someone = Reader(browser, address, locale="en")
        wait_until(lambda: parts.consumer.is_connected, "the monitor is not connected")
        hear(broker, -21.0, clock, points)
        page = someone.context.new_page()
        page.clock.install()
        page.goto(f"{address}/cold-chain?share=none")
        expect(page.locator("#tiles")).to_contain_text("−20.5")
        banner = page.locator("#stale")
        expect(banner).to_be_hidden()
        kill(broker)
        wait_until(lambda: not parts.consumer.is_connected, "the monitor has not noticed")
        clock.put_forward(clock() + SILENCE)
        page.clock.fast_forward(ASKS_MS)
        expect(banner).to_contain_text("the message broker may be away")
        someone.picture(page, "broker-away")
        with mosquitto(tmp_path / "broker", port=port) as again:
            wait_until(lambda: parts.consumer.is_connected, "the monitor does not come back")
            hear(again, -20.0, clock, points)
            page.clock.fast_forward(ASKS_MS)
            expect(page.locator("#tiles")).to_contain_text("−19.5")
            expect(banner).to_be_hidden()
        someone.close()
