"""A planner asks what if: chooses a file, mends it, runs it on a plan's day, reads the answer."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from api.schemas.scenarios import EXAMPLE_FILE
from api.wiring import wire
from tests.browser.conftest import Reader
from tests.browser.test_accessibility import faults
from tests.published import publish
from tests.serving import settings_in
from tests.stored_plan import PLAN
from tests.watched_board import serving

WRONG = EXAMPLE_FILE.replace("factor: 2", "factor: many")


def test_a_planner_mends_a_file_runs_it_and_reads_the_answer(
    browser: Browser, tmp_path: Path
) -> None:
    wiring = wire(settings_in(tmp_path, shutdown_seconds=2))
    publish(wiring.database)
    with serving(wiring) as address:
        someone = Reader(browser, address, locale="en")
        page = someone.open("/scenarios")
        _mended(page)
        _answered(page)
        assert faults(page) == []
        someone.picture(page, "scenarios-1440-en")
        page.get_by_role("button", name="中").click()
        expect(page.get_by_role("heading", name="情景分析")).to_be_visible()
        link = page.locator("#answer").get_by_role("link", name="打开完整报告")
        expect(link).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        someone.picture(page, "scenarios-390-zh")
        page.goto(f"{address}{link.get_attribute('href')}")
        expect(page.get_by_text("What if orders double?").first).to_be_visible()
        someone.close()


def _mended(page: Page) -> None:
    """Take a file of the catalogue, write another one with a fault, and follow the fault."""
    page.get_by_role("button", name="What if orders triple or quadruple?").click()
    file = page.get_by_label("File")
    expect(file).to_have_value(re.compile("factor: 4"))
    file.fill(WRONG)
    page.get_by_label("Day").select_option(PLAN)
    page.get_by_role("button", name="Check the file").click()
    page.get_by_role("button", name="Line 7, column 30").click()
    expect(file).to_be_focused()
    assert WRONG[file.evaluate("area => area.selectionStart") :].startswith("many")
    file.fill(EXAMPLE_FILE)


def _answered(page: Page) -> None:
    page.get_by_label("Seeds").fill("1, 2")
    page.get_by_label("Iterations").fill("1")
    page.get_by_role("button", name="Run", exact=True).click()
    answer = page.locator("#answer")
    expect(answer.get_by_role("heading", name="What if orders double?")).to_be_focused()
    expect(answer.locator("tbody tr")).to_have_count(2)
    expect(answer.locator("tbody tr").last).to_contain_text("¥")
