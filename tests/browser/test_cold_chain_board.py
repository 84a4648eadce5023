"""The cold-chain board in a real browser, over a real service with a real monitor."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from api.pages.files import browser_files
from telemetry.alarm.words import Alarm, AlarmEvent, AlarmKind, EventKind, Severity
from tests.browser.conftest import Reader
from tests.browser.test_accessibility import faults
from tests.browser.waiting import until
from tests.watched_board import VANS, WatchedBoard

MakeReader = Callable[..., Reader]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

WORDS = {
    "zh-CN": {
        "critical": "严重", "acknowledge": "确认", "undo": "撤销", "comment": "加备注",
        "shelve": "暂缓", "story": "经过", "excursion": "已超温", "acknowledged": "确认",
        "close": "关闭", "other": "English", "no_data": "失联",
    },
    "en": {
        "critical": "Critical", "acknowledge": "Acknowledge", "undo": "Undo",
        "comment": "Add a comment", "shelve": "Shelve", "story": "Story",
        "excursion": "In excursion", "acknowledged": "acknowledged", "close": "Close",
        "other": "中文", "no_data": "No data",
    },
}  # fmt: skip


MAPPED = """async (address) => {
    const { roomMap } = await import(address);
    const room = { id: "r", name: "Cold room of the east", zone: "chilled", state: "critical",
        value: "9.0 °C", href: "/cold-chain/points/r" };
    // Two sites in one street, and one elsewhere.
    const map = roomMap([[28.2, 112.9], [28.2, 112.9001], [28.3, 113.0]].map(([lat, lon], which) =>
        ({ name: `Site ${which}`, lat, lon, rooms: Array(3).fill(room) })));
    document.getElementById("rooms").prepend(map);
    const frames = [...map.querySelectorAll("g > rect[rx='6']")].map((one) =>
        one.getBoundingClientRect());
    const meet = frames.filter((a) => frames.some((b) => a !== b && a.left < b.right
        && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
    return [frames.length, meet];
}"""
"""Draws a map of rooms as the page of a service with a plan has it; gives frames that meet."""


def row(page: Page, place: str) -> Any:
    return page.locator(f'[data-place="{place}"]')


def open_alarms(board: WatchedBoard, point: str) -> list[Any]:
    return list(board.wiring.watching.store().alarms(points=[point], limit=10))


def shelve(someone: Reader, page: Page, here: Any, language: str) -> None:
    """Shelve all alarms of a place, with a reason."""
    word = WORDS[language]["shelve"]
    here.get_by_role("button", name=word, exact=True).click()
    dialog = page.get_by_role("dialog")
    someone.picture(page, f"shelve-{language}")
    dialog.get_by_role("textbox").fill("repair")
    dialog.get_by_role("button", name=word).click()
    expect(dialog).to_have_count(0)
    expect(here).to_have_class(re.compile("critical.* shelved"))


@pytest.mark.parametrize(
    ("language", "place"), [("zh-CN", "C/chilled-3"), ("en", "湘A7K310/frozen")]
)
def test_somebody_acknowledges_with_words_shelves_and_reads_the_story(
    reader: MakeReader, board: WatchedBoard, language: str, place: str
) -> None:
    words = WORDS[language]
    someone = reader(locale=language)
    page = someone.open("/cold-chain")
    here = row(page, place)
    expect(page.locator(".place").first).to_contain_text(words["critical"])
    expect(here).to_contain_text(words["excursion"])
    expect(here.locator(".ruler svg")).to_have_attribute("role", "img")
    someone.picture(page, f"cold-chain-{language}")

    # One press; it can be taken back, and nothing was sent.
    here.get_by_role("button", name=words["acknowledge"], exact=True).click()
    here.get_by_role("button", name=words["undo"]).click()
    assert all(one.acknowledged_ms is None for one in open_alarms(board, place))

    here.get_by_role("button", name=words["acknowledge"], exact=True).click()
    here.get_by_role("button", name=words["comment"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("door was open")
    dialog.get_by_role("button", name=words["acknowledge"]).click()
    expect(here.locator(".care")).to_contain_text(words["acknowledged"])
    expect(here).to_have_class(re.compile("seen"))

    shelve(someone, page, here, language)
    shelved = [one for one in open_alarms(board, place) if one.shelved_until_ms is not None]
    assert {one.shelved_by for one in shelved} == {"local"}
    assert len(shelved) == len(open_alarms(board, place))

    here.get_by_role("button", name=words["story"]).click()
    expect(page.get_by_role("dialog")).to_contain_text("door was open")
    someone.picture(page, f"story-{language}")


def test_what_can_never_clear_is_closed_with_a_reason(
    reader: MakeReader, board: WatchedBoard
) -> None:
    page = reader(locale="en").open("/cold-chain")
    here = row(page, "湘A9C088/chilled")
    expect(here).to_contain_text("No data")
    here.get_by_role("button", name="Story").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    dialog = page.get_by_role("dialog")
    send = dialog.get_by_role("button", name="Close")
    send.click()
    # Without a reason nothing is sent.
    assert open_alarms(board, "湘A9C088/chilled")
    dialog.get_by_role("textbox").fill("sensor was lost")
    send.click()
    expect(here).to_have_count(0)
    # Closed or not, silence is not taken for normal.
    expect(page.locator(".tile.unknown")).to_have_count(1)


def test_what_is_foreseen_stands_apart_and_asks_nothing_of_anybody(
    reader: MakeReader, board: WatchedBoard
) -> None:
    place = "C/frozen-2"
    with board.wiring.watching.store().write() as ledger:
        ledger.add_events([foreseen(place, round(board.clock().timestamp() * 1000))])
    someone = reader(locale="en")
    page = someone.open("/cold-chain")
    notice = page.locator(f'[data-notice="{place}"]')
    expect(notice).to_contain_text("2 号冷冻间")
    expect(notice.get_by_role("button")).to_have_count(0)
    expect(row(page, place)).to_have_count(0)
    assert faults(page) == []
    someone.picture(page, "notices")
    page.goto(f"{board.address}/shift")
    expect(page.locator("#foreseen")).to_contain_text("2 号冷冻间")
    expect(page.locator("#open")).not_to_contain_text("2 号冷冻间")
    assert page.evaluate(MAPPED, browser_files().address("room_map.js")) == [3, []]
    assert faults(page) == []
    someone.picture(page, "shift-map")
    paper = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True)))
    assert "Morning report" in paper.pages[0].extract_text()
    page.goto(f"{board.address}/cold-chain?wall")
    expect(page.locator(".tile.foreseen")).to_have_count(1)
    expect(page.locator("#points-title")).to_contain_text("1 foreseen")


def foreseen(point: str, now_ms: int) -> AlarmEvent:
    """Say that a room may lose its cooling; nobody is called."""
    alarm = Alarm(
        id="no_cooling-1", point=point, kind=AlarmKind.NO_COOLING, severity=Severity.INFO,
        rule="foreseen", began_ms=now_ms - 900_000, raised_ms=now_ms - 600_000, value_c=-19.0,
        peak_c=-19.0, limit_c=-18.0, incident="no_cooling-1",
    )  # fmt: skip
    return AlarmEvent(kind=EventKind.RAISED, alarm=alarm, at_ms=now_ms)


def test_the_switch_changes_the_language_and_stays(reader: MakeReader) -> None:
    someone = reader()
    page = someone.open("/cold-chain")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cold chain")
    page.goto(page.url.replace("cold-chain", "shift"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Shift")


def test_eight_tabs_hear_of_a_new_alarm_over_one_stream(
    reader: MakeReader, board: WatchedBoard
) -> None:
    someone = reader()
    tabs = [someone.open("/cold-chain") for _ in range(8)]
    for tab in tabs:
        expect(tab.locator(".place").first).to_be_visible()
    assert len(board.wiring.watching.alarm_feed._followers) == 1
    warm_up(board, f"{VANS[4]}/chilled")
    for tab in tabs:
        expect(row(tab, f"{VANS[4]}/chilled")).to_be_attached()


def test_without_a_shared_worker_one_tab_leads_and_another_takes_over(
    reader: MakeReader, board: WatchedBoard
) -> None:
    someone = reader()
    first, second = (someone.open("/cold-chain?share=leader") for _ in range(2))
    expect(second.locator(".place").first).to_be_visible()
    assert len(board.wiring.watching.alarm_feed._followers) == 1
    first.close()
    warm_up(board, f"{VANS[5]}/frozen", -10.0)
    expect(row(second, f"{VANS[5]}/frozen")).to_be_attached()


def test_who_has_scrolled_stays_where_they_are_and_is_told_of_the_news(
    reader: MakeReader, board: WatchedBoard
) -> None:
    someone = reader(**PHONE)
    page = someone.open("/cold-chain")
    expect(page.locator(".place").first).to_be_visible()
    page.mouse.wheel(0, 500)
    until(page, "scrollY > 300")
    before = page.locator(".place").nth(1).bounding_box()
    count = page.locator(".place").count()
    warm_up(board, f"{VANS[5]}/chilled")
    news = page.get_by_role("button", name=re.compile("新报警"))
    expect(news).to_be_visible()
    assert page.locator(".place").count() == count
    assert page.locator(".place").nth(1).bounding_box() == before
    someone.picture(page, "phone-news")
    news.click()
    expect(page.locator(".place")).to_have_count(count + 1)
    until(page, "scrollY === 0")


def test_on_a_phone_everything_fits_and_can_be_pressed(reader: MakeReader) -> None:
    someone = reader(**PHONE)
    for path, wanted in (
        ("/cold-chain", ".place"), ("/shift", ".room"),
        ("/cold-chain/points/C/chilled-3", "#chart svg"), ("/sign-in", "#open"),
    ):  # fmt: skip
        page = someone.open(path)
        expect(page.locator(wanted).first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        for button in page.locator("main .button:visible").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 48, (path, button.inner_text())
        someone.picture(page, f"phone{path.replace('/', '-')}")


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1920, 1080)])
def test_a_wall_shows_six_places_without_scrolling(
    reader: MakeReader, width: int, height: int
) -> None:
    someone = reader(viewport={"width": width, "height": height})
    page = someone.open("/cold-chain?wall")
    expect(page.locator(".place").first).to_be_visible()
    expect(page.locator(".spark svg").first).to_be_visible()
    assert page.locator(".place").count() <= 6
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 21, 25)"
    expect(page.get_by_role("button", name="声音关")).to_be_visible()
    someone.picture(page, f"wall-{width}")


def test_it_can_be_used_by_keys_alone(reader: MakeReader, board: WatchedBoard) -> None:
    page = reader(locale="en").open("/cold-chain")
    expect(page.locator(".place").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".place").first).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator(".place").nth(1)).to_be_focused()
    place = page.locator(".place").nth(1).get_attribute("data-place")
    assert place is not None
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("?")
    page.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("k")
    expect(page.locator(".place").first).not_to_be_focused()


def test_an_acknowledgement_outlives_a_reload(reader: MakeReader, board: WatchedBoard) -> None:
    page = reader(locale="en").open("/cold-chain")
    here = row(page, "C/steady-1")
    here.get_by_role("button", name="Acknowledge").click()
    expect(here.get_by_role("button", name="Undo")).to_be_visible()
    page.reload()
    expect(row(page, "C/steady-1").locator(".care")).to_contain_text("acknowledged")
    assert all(one.acknowledged_ms is not None for one in open_alarms(board, "C/steady-1"))


def warm_up(board: WatchedBoard, point: str, value: float = 9.0) -> None:
    """Let a place be too warm for so long that it alarms."""
    board.monitor.pass_minutes(21, {point: value})
