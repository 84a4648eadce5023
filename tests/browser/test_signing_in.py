"""People sign in, see what their role may do, and are told in a sentence what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Reader
from tests.people import PASSWORD, staff
from tests.watched_board import WatchedBoard, watched_board


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WatchedBoard]:
    with watched_board(tmp_path_factory.mktemp("house")) as board:
        staff(board.wiring)
        board.monitor.measure({"C/chilled-1": 9.0, "C/chilled-2": 2.0})
        board.monitor.pass_minutes(20, {"C/chilled-1": 9.0, "C/chilled-2": 2.0})
        yield board


def sign_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_warehouse_worker_signs_in_acts_and_signs_out(
    browser: Browser, house: WatchedBoard
) -> None:
    someone = Reader(browser, house.address, locale="en")
    page = someone.open("/cold-chain")
    page.wait_for_url("**/sign-in?back=%2Fcold-chain")
    sign_in(page, "warehouse", "not my password")
    expect(page.get_by_role("alert")).to_contain_text("Name or password is wrong")
    someone.picture(page, "sign-in-wrong")
    sign_in(page, "warehouse")
    page.wait_for_url("**/cold-chain")
    here = page.locator('[data-place="C/chilled-1"]')
    here.get_by_role("button", name="Acknowledge").click()
    here.get_by_role("button", name="Add a comment").click()
    page.get_by_role("dialog").get_by_role("button", name="Acknowledge").click()
    expect(here.locator(".care")).to_contain_text("warehouse")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{house.address}/shift")
    page.wait_for_url("**/sign-in?back=%2Fshift")
    someone.close()


def test_a_planner_looks_and_is_offered_nothing_to_do(
    browser: Browser, house: WatchedBoard
) -> None:
    someone = Reader(browser, house.address, locale="en")
    page = someone.open("/sign-in?back=/cold-chain")
    sign_in(page, "planner")
    here = page.locator('[data-place="C/chilled-1"]')
    expect(here.get_by_role("button", name="Story")).to_be_visible()
    for name in ("Acknowledge", "Shelve"):
        expect(here.get_by_role("button", name=name)).to_have_count(0)
    someone.close()


def test_a_driver_is_told_that_this_page_is_for_others(
    browser: Browser, house: WatchedBoard
) -> None:
    someone = Reader(browser, house.address, locale="en")
    page = someone.open("/sign-in?back=/cold-chain")
    sign_in(page, "driver")
    expect(page.get_by_role("alert").last).to_contain_text("may not see this page")
    someone.close()


def test_nobody_is_led_to_another_host_after_signing_in(
    browser: Browser, house: WatchedBoard
) -> None:
    someone = Reader(browser, house.address, locale="en")
    for back in ("//elsewhere.example/", "https://elsewhere.example/", "/\\\\elsewhere.example"):
        page = someone.open(f"/sign-in?back={back}")
        page.context.clear_cookies()
        sign_in(page, "planner")
        page.wait_for_url("**/dispatch")
    someone.close()
