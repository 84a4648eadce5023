"""A Chromium of the system, driven by playwright, and boards that watch a real house."""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.architecture.project import ROOT
from tests.watched_board import WatchedBoard, watched_board

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
LONGEST_MS = 30_000
"""What a page may take on a machine that runs other tests at its side; speed is benchmarked."""

expect.set_options(timeout=LONGEST_MS)
PICTURES = ROOT / "build" / "pages"

COURSES: dict[str, Callable[[float], float | None]] = {
    "湘A7K310/frozen": lambda m: -20.0 if m < 390 else -20.0 + (m - 390) * 0.07,
    "C/chilled-3": lambda m: 2.5 if m < 400 else min(2.5 + (m - 400) * 0.08, 7.6),
    "湘A1M776/chilled": lambda m: 2.2 if m < 420 else 2.2 + (m - 420) * 0.042,
    "湘A5H629/frozen": lambda m: -23.0 if m < 430 else -23.0 + (m - 430) * 0.085,
    "湘A9C088/chilled": lambda m: 2.9 if m < 450 else None,
    "C/steady-1": lambda m: 15.0 if m < 410 else min(17.3, 15.0 + (m - 410) * 0.08),
}
"""One place of each kind: critical, warning, predicted, without data."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


# Of a file, not of the session: its event loop would be in the way of tests elsewhere.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"none of {', '.join(NAMES)} is installed")
        pytest.skip("no Chromium is installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Log no request of hundreds."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedBoard]:
    """Give a service after eight hours in which several places went wrong."""
    with watched_board(tmp_path_factory.mktemp("board")) as board:
        board.monitor.live(COURSES)
        yield board


class Reader:
    """A browser of somebody's own: its cookies, its language, what went wrong in it."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self._address = address
        self.context = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, **options}
        )
        self.context.set_default_timeout(LONGEST_MS)
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.context.on("request", lambda request: self.asked.append(request.url))
        self.context.on("weberror", lambda error: self.faults.append(str(error.error)))
        self.context.on("console", lambda said: self._hear(said.type, said.text))

    def _hear(self, kind: str, text: str) -> None:
        # A browser says so itself where a service is away or refuses; pages must deal with it.
        if kind == "error" and not text.startswith("Failed to load resource"):
            self.faults.append(text)

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(self._address + path)
        return page

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture of what is seen."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"{name}.png")

    def close(self) -> None:
        foreign = [
            url for url in self.asked if not url.startswith((self._address, "data:", "blob:"))
        ]
        self.context.close()
        assert self.faults == []
        assert foreign == []


@pytest.fixture
def reader(browser: Browser, board: WatchedBoard) -> Iterator[Callable[..., Reader]]:
    """Let somebody read the board; in the end nothing may have gone wrong or elsewhere."""
    made: list[Reader] = []

    def make(**options: Any) -> Reader:
        made.append(Reader(browser, board.address, **{"locale": "zh-CN", **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()
