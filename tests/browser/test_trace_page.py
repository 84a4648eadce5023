"""Somebody looks into what a point did: reads an instant, cuts out a night, takes parts away."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import Reader
from tests.browser.test_accessibility import faults

MakeReader = Callable[..., Reader]
WARM = "/cold-chain/points/C/chilled-3"
FORESEEN = "/cold-chain/points/湘A1M776/chilled"


def opened(someone: Reader, place: str = WARM) -> tuple[Page, Any]:
    page = someone.open(place)
    expect(page.locator("#chart svg")).to_be_visible()
    return page, page.locator("#chart")


def test_an_instant_is_read_by_pointer_and_by_keys(reader: MakeReader) -> None:
    page, chart = opened(reader(locale="en"))
    readout = page.locator("#readout")
    expect(readout).to_have_text(re.compile(r"\d\d:\d\d:\d\d; 7\.6 °C; excursion since \d\d:\d\d"))
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 100)
    expect(readout).to_contain_text("; 2.5 °C")
    expect(readout).not_to_contain_text("excursion")
    chart.focus()
    page.keyboard.press("End")
    last = readout.inner_text()
    # What a screen reader is told is what stands there.
    expect(chart).to_have_attribute("aria-valuetext", last)
    page.keyboard.press("ArrowLeft")
    expect(readout).not_to_have_text(last)
    page.keyboard.press("ArrowRight")
    expect(readout).to_have_text(last)


def test_ahead_of_now_it_is_a_forecast(reader: MakeReader) -> None:
    page, chart = opened(reader(locale="en"), FORESEEN)
    box, readout = chart.bounding_box(), page.locator("#readout")
    told = []
    for share in range(98, 40, -2):
        page.mouse.move(box["x"] + box["width"] * share / 100, box["y"] + 100)
        told.append(readout.inner_text())
    assert any("forecast" in one for one in told), told


def test_a_part_is_cut_out_and_the_whole_comes_back(reader: MakeReader) -> None:
    someone = reader(locale="en")
    page, chart = opened(someone)
    page.get_by_role("button", name="7 days").click()
    # Five-minute figures have no seconds; a cut of a few hours is read whole.
    expect(page.locator("#readout")).to_have_text(re.compile(r"\w \d\d:\d\d; "))
    page.get_by_role("button", name="8 h").click()
    expect(page.locator("#readout")).to_have_text(re.compile(r"\w \d\d:\d\d:\d\d; "))
    before = page.locator("#window").inner_text()
    box = chart.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 150)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 150, steps=4)
    page.mouse.up()
    expect(page.locator("#window")).not_to_have_text(before)
    expect(page.get_by_role("button", name="8 h")).to_have_attribute("aria-pressed", "false")
    someone.picture(page, "trace-part")
    part = page.locator("#window").inner_text()
    page.get_by_role("button", name="Farther").click()
    expect(page.locator("#window")).not_to_have_text(part)
    chart.focus()
    page.keyboard.press("0")
    expect(page.get_by_role("button", name="8 h")).to_have_attribute("aria-pressed", "true")


def test_parts_are_taken_away_and_come_back(reader: MakeReader) -> None:
    page, _ = opened(reader())
    drawn = page.locator("#chart svg path, #chart svg rect")
    whole = drawn.count()
    for name in ("允许范围", "超温", "预测和不确定范围", "报警"):
        button = page.get_by_role("button", name=name, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "false")
        # Whoever pressed it by the keyboard stays on it.
        expect(button).to_be_focused()
    assert drawn.count() < whole
    page.get_by_role("button", name="读数", exact=True).click()
    expect(page.locator("#readout")).to_contain_text("无读数")
    assert faults(page) == []
    for button in page.locator("#legend button").all():
        if button.get_attribute("aria-pressed") == "false":
            button.click()
    expect(drawn).to_have_count(whole)
