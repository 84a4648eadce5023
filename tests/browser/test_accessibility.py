"""Every page by axe, by day and by night: roles, labels, order, contrast (WCAG 2.2 A and AA).

By night in Chinese, with no English left on them; ``?`` shows the keys everywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader
from tests.browser.language import english

MakeReader = Callable[..., Reader]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}}
PAGES = (
    ("/cold-chain", ".spark svg"),
    ("/cold-chain?wall", ".spark svg"),
    ("/cold-chain/points/C/chilled-3", "#chart svg"),
    ("/shift", ".room"),
    ("/sign-in", "#open"),
)


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "zh-CN")])
def test_nothing_on_any_page_keeps_people_out(
    reader: MakeReader, scheme: str, language: str
) -> None:
    someone = reader(locale=language, color_scheme=scheme)
    page = someone.open("/sign-in")
    for path, wanted in PAGES:
        page.goto(page.evaluate("location.origin") + path)
        expect(page.locator(wanted).first).to_be_visible()
        someone.picture(page, f"{scheme}{path.replace('/', '-').replace('?', '-')}")
        if path != "/sign-in":
            page.keyboard.press("?")
            expect(page.get_by_role("dialog").locator(".keys dt").last).to_have_text("?")
        assert language == "en" or english(page) == [], path
        page.keyboard.press("Escape")
        assert faults(page) == [], path


def test_cards_and_dialogs_of_a_phone_keep_nobody_out(reader: MakeReader) -> None:
    someone = reader(viewport={"width": 390, "height": 844})
    page = someone.open("/cold-chain")
    expect(page.locator(".spark svg").first).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="暂缓").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page) == []
