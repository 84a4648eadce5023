"""A dispatcher's morning: orders come, a plan is made, a stop is moved, versions are compared."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect

from api.security.principal import LOCAL
from api.wiring import Wiring, wire
from optimizer.formats.problem_writing import problem_document
from tests.browser.conftest import Reader
from tests.browser.language import english
from tests.browser.test_accessibility import faults
from tests.conftest import ROOT
from tests.planned_city import planned_city
from tests.serving import MORNING, StandingClock, settings_in
from tests.stored_plan import PLAN, city_plan, store
from tests.watched_board import serving

CITY = ROOT / "data" / "samples" / "small_city"
TABLES = ("sites.csv", "vehicles.csv", "orders.csv", "stock.csv", "settings.yaml")
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}

WORDS = {
    "zh-CN": {
        "upload": "上传订单并求解", "plan": "开始求解", "leave": "去掉这些行",
        "stop": "停止并保留最优",
        "none": "还没有方案", "try": "试算", "apply": "应用", "undo": "撤回上一版",
        "feasible": "可行",
        "breaks": "违反 2 条规则", "radius": "超出服务半径", "pin": "把第 1 站固定在这辆车",
        "unpin": "解除第 1 站的固定", "move": "移动第 1 站", "to": "到路线", "position": "位置",
        "against": "与 v1 比较", "files": "文件", "row_wrong": "处有误", "no_number": "不是数字",
        "seconds": "求解秒数",
        "last": "最后一站", "discard": "放弃", "manifest": "随车单",
    },
    "en": {
        "upload": "Upload orders and plan", "plan": "Plan", "leave": "Leave these rows out",
        "stop": "Stop and keep the best", "none": "No plan yet", "try": "Try it",
        "apply": "Apply", "undo": "Take back", "feasible": "Feasible", "breaks": "Breaks 2 rules",
        "radius": "Outside the radius", "pin": "Pin stop 1 to this vehicle",
        "unpin": "Unpin stop 1",
        "move": "Move stop 1", "to": "To route", "position": "Position", "against": "Against v1",
        "files": "Files", "row_wrong": "things are wrong", "no_number": "not a number",
        "seconds": "Seconds to solve",
        "last": "as the last stop", "discard": "Discard", "manifest": "Manifest",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A running service on the morning of the small city."""

    address: str
    wiring: Wiring
    clock: StandingClock


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    clock = StandingClock(MORNING)
    settings = settings_in(tmp_path, stream_seconds=600, shutdown_seconds=2)
    wiring = wire(settings, clock=clock)
    with serving(wiring) as address:
        yield Desk(address=address, wiring=wiring, clock=clock)


@pytest.fixture
def reader(browser: Browser, desk: Desk) -> Iterator[Callable[..., Reader]]:
    made: list[Reader] = []

    def make(**options: Any) -> Reader:
        made.append(Reader(browser, desk.address, **{"locale": "en", **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def city_tables(*, more_orders: str = "") -> list[Any]:
    """Give the tables of the small city as a browser sends them."""
    return [
        {
            "name": name,
            "mimeType": "text/csv",
            "buffer": (CITY / name).read_bytes() + more_orders.encode() * (name == "orders.csv"),
        }
        for name in TABLES
    ]  # fmt: skip


def choose(page: Page, vehicle: str) -> None:
    """Choose the route of a vehicle from the list, as people without a mouse do."""
    picker = page.locator("#pick-route")
    label = picker.locator("option", has_text=vehicle).first.text_content()
    picker.select_option(label=label)
    expect(page.locator("#route h2")).to_contain_text(vehicle)


def figure(page: Page, place: int) -> str:
    return page.locator(".figures b").nth(place).inner_text()


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_orders_are_corrected_planned_moved_and_compared(
    reader: Callable[..., Reader], desk: Desk, language: str
) -> None:
    words = WORDS[language]
    someone = reader(locale=language)
    page = someone.open("/dispatch")
    expect(page.locator("#figures")).to_contain_text(words["none"])
    correct_and_plan(someone, page, words, language)
    before = figure(page, 1)

    move_too_far(page, words)
    move_within(page, words)
    expect(page.locator("#standing")).to_contain_text("v2")
    expect(page.locator("#figures h2")).to_have_text(words["against"])
    expect(page.locator("#legend .was")).to_be_visible()
    someone.picture(page, f"dispatch-moved-{language}")
    sides = "[...document.querySelectorAll('.side')].map(e => e.scrollWidth - e.clientWidth)"
    assert max(page.evaluate(sides)) <= 0, "nothing is cut off beside the map"
    assert figure(page, 1) != before

    page.reload()
    expect(page.locator("#route h2")).to_contain_text("V1")
    names = [site.name for site in city_plan()[0].sites.values()]
    assert language == "en" or english(page, [*names, "morning"]) == []
    page.get_by_role("button", name=words["undo"]).click()
    expect(page.locator("#standing")).to_contain_text("v3")
    assert figure(page, 1) == before


def correct_and_plan(someone: Reader, page: Page, words: dict[str, str], language: str) -> None:
    """Upload orders of which one is wrong; it stands there with what is wrong at its cell."""
    page.get_by_role("button", name=words["upload"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(words["files"]).set_input_files(
        city_tables(more_orders="N999,1,P77,CAKE,,frozen,much,1\n")
    )
    dialog.get_by_label(words["seconds"]).fill("2")
    dialog.get_by_role("button", name=words["plan"], exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text(words["row_wrong"])
    row = dialog.locator(".faults tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("td.wrong")).to_have_text(["▲ P77", "▲ much"])
    expect(row.locator(".cause")).to_contain_text(words["no_number"])
    someone.picture(page, f"dispatch-upload-{language}")
    dialog.get_by_role("button", name=words["leave"]).click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".curve")).to_be_visible()
    someone.picture(page, f"dispatch-solving-{language}")
    expect(page.locator("#standing")).to_contain_text("v1")
    expect(page.locator("#solving")).to_be_hidden()


def move_too_far(page: Page, words: dict[str, str]) -> None:
    """Try a move that the checker refuses; nothing is kept of it."""
    choose(page, "V1")
    page.get_by_role("button", name=words["move"]).click()
    dialog = page.get_by_role("dialog")
    target = dialog.get_by_label(words["to"]).locator("option", has_text="V3").first
    dialog.get_by_label(words["to"]).select_option(label=target.text_content())
    dialog.get_by_role("button", name=words["try"]).click()
    expect(page.locator(".verdict")).to_contain_text(words["breaks"])
    expect(page.locator(".verdict")).to_contain_text(words["radius"])
    page.keyboard.press("Escape")
    expect(page.locator(".verdict")).to_have_count(0)
    expect(page.locator("#standing")).to_contain_text("v1")


def move_within(page: Page, words: dict[str, str]) -> None:
    """Make the first stop the last one of its route, and keep that."""
    page.get_by_role("button", name=words["move"]).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(words["position"]).select_option(label=words["last"])
    dialog.get_by_role("button", name=words["try"]).click()
    expect(page.locator(".verdict")).to_contain_text(words["feasible"])
    page.get_by_role("button", name=words["apply"], exact=True).click()


@pytest.fixture
def planned(desk: Desk) -> Desk:
    store(desk.wiring.database)
    return desk


def test_a_stop_is_moved_by_pointer_and_by_keys(
    reader: Callable[..., Reader], planned: Desk
) -> None:
    someone = reader()
    page = someone.open(f"/dispatch?plan={PLAN}")
    choose(page, "V1")
    stops = page.locator(".stop-mark")
    count = stops.count()
    assert count > 2
    first, last = page.locator(".stop-mark").nth(0), page.locator(".stop-mark").nth(count - 1)
    begin, end = first.bounding_box(), last.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + begin["width"] / 2, begin["y"] + begin["height"] / 2)
    page.mouse.down()
    page.mouse.move(end["x"] + 30, end["y"] + 30, steps=5)
    page.mouse.move(end["x"] + 4, end["y"] + 4, steps=3)
    someone.picture(page, "dispatch-dragging")
    page.mouse.up()
    expect(page.locator(".verdict")).to_be_visible()
    someone.picture(page, "dispatch-dragged")
    # Nothing was kept: the plan is what it was.
    assert planned.wiring.plan_shelf.head(PLAN).version == 1
    page.get_by_role("button", name="Discard").click()
    expect(page.locator(".verdict")).to_have_count(0)
    # Dropped beside every route it goes back, and says so.
    first.drag_to(page.locator("#map"), target_position={"x": 40, "y": 300})
    expect(page.locator("#status")).to_have_text("Let it go on a route.")
    use_by_keys_alone(page)


def use_by_keys_alone(page: Page) -> None:
    """Try a move, let it go, and walk from route to route without a mouse."""
    mover = page.get_by_role("button", name="Move stop 1")
    mover.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Try it").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Apply$"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#pick-route")).to_be_focused()
    page.locator("#gantt").focus()
    before = page.locator("#route h2").inner_text()
    page.keyboard.press("j")
    expect(page.locator("#route h2")).not_to_have_text(before)
    page.keyboard.press("k")
    expect(page.locator("#route h2")).to_have_text(before)


def test_a_stop_is_pinned_and_the_rest_planned_around_it(
    reader: Callable[..., Reader], planned: Desk
) -> None:
    page = reader().open(f"/dispatch?plan={PLAN}")
    choose(page, "V1")
    page.get_by_role("button", name="Pin stop 1 to this vehicle").click()
    expect(page.get_by_role("button", name="Unpin stop 1")).to_have_attribute(
        "aria-pressed", "true"
    )
    pins = planned.wiring.plan_shelf.head(PLAN).pins
    assert set(pins.values()) == {"V1"}
    page.get_by_role("button", name="Re-optimise").click()
    stop = page.get_by_role("button", name="Stop and keep the best")
    expect(stop).to_be_visible()
    # A reload in the middle finds the job again.
    page.reload()
    stop.click()
    expect(page.locator("#standing")).to_contain_text("v2")
    expect(page.get_by_role("button", name="Unpin stop 1")).to_be_visible()
    expect(page.locator("#figures h2")).to_have_text("Against v1")


def test_who_comes_second_is_told_and_has_changed_nothing(
    reader: Callable[..., Reader], planned: Desk
) -> None:
    someone = reader()
    first, second = (someone.open(f"/dispatch?plan={PLAN}") for _ in range(2))
    for page in (first, second):
        choose(page, "V1")
    first.get_by_role("button", name="Lock the route").click()
    expect(first.get_by_role("button", name="Unlock the route")).to_be_visible()
    second.get_by_role("button", name="Pin stop 1 to this vehicle").click()
    expect(second.locator("#word")).to_contain_text("CG-7009")
    second.get_by_role("button", name="Show the newest version").click()
    expect(second.get_by_role("button", name="Unlock the route")).to_be_visible()
    assert planned.wiring.plan_shelf.head(PLAN).pins == {}


def test_rows_of_a_workbook_stand_beside_their_faults(
    reader: Callable[..., Reader], desk: Desk
) -> None:
    problem, _ = city_plan()
    network = {k: v for k, v in problem_document(problem).items() if k != "orders"}
    desk.wiring.questions.store_network(network, "small city", LOCAL)
    book = openpyxl.Workbook()
    sheet = book.create_sheet("orders", 0)
    sheet.append(("order", "line", "site", "zone", "mass_kg", "volume_l"))
    sheet.append(("N1", "1", "P1", "chilled", 12, 13))
    sheet.append(("N2", "1", "P9", "frozen", 1.5, 2))
    content = BytesIO()
    book.save(content)
    someone = reader()
    page = someone.open("/dispatch")
    page.get_by_role("button", name="Upload orders and plan").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Seconds to solve").fill("1")
    dialog.get_by_label("Files").set_input_files(
        {"name": "Tuesday.xlsx", "mimeType": "application/zip", "buffer": content.getvalue()}
    )
    dialog.get_by_role("button", name="Plan", exact=True).click()
    row = dialog.locator(".faults tbody tr")
    expect(row.locator("td.wrong")).to_have_text("▲ P9")
    expect(row.locator("th")).to_have_text("3")
    expect(row).to_contain_text("1.5")
    dialog.get_by_role("button", name="Leave these rows out").click()
    expect(page.locator("#standing")).to_contain_text("v1")


def test_a_day_of_sixty_routes_is_on_the_map_and_keeps_nobody_out(
    reader: Callable[..., Reader], desk: Desk
) -> None:
    store(desk.wiring.database, *planned_city())
    someone = reader()
    page = someone.open("/dispatch")
    expect(page.locator("#schedule-head")).to_contain_text(
        "66 routes · 6 grid warehouses · 1,200 stops"
    )
    expect(page.locator("#left-out li")).to_have_count(2)
    page.get_by_role("button", name="Show all").click()
    expect(page.get_by_role("dialog").locator("tbody tr")).to_have_count(2)
    page.get_by_role("button", name="Close the window").click()
    page.get_by_role("group", name="Colour by").get_by_role("button", name="Zone").click()
    expect(page.locator("#legend")).to_contain_text("controlled")
    page.locator("#filter").select_option("grid:G3")
    choose(page, "湘A3C223")
    expect(page.locator(".loads li")).to_have_count(3)
    assert faults(page) == []
    someone.picture(page, "dispatch-60-routes")
    # Vehicle rows of one grid: its truck and its ten vans.
    expect(page.locator(".gantt-labels button")).to_have_count(11)
    with someone.context.expect_page() as opened:
        page.get_by_role("link", name="Manifest", exact=True).click()
    expect(opened.value.locator("body")).to_contain_text("湘A3C223")
    opened.value.close()


def test_on_a_phone_a_route_is_read_and_pinned_and_nothing_moved(
    reader: Callable[..., Reader], planned: Desk
) -> None:
    someone = reader(**PHONE)
    page = someone.open(f"/dispatch?plan={PLAN}")
    for tab in ("Plan", "Schedule", "Map", "Route"):
        page.get_by_role("button", name=tab, exact=True).first.click()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, tab
        someone.picture(page, f"dispatch-phone-{tab}")
    choose(page, "V1")
    expect(page.locator("[data-stop]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    someone.picture(page, "dispatch-phone-stops")
    assert faults(page) == []
    expect(page.get_by_role("button", name="Move stop 1")).to_have_count(0)
    page.get_by_role("button", name="Pin stop 1 to this vehicle").click()
    expect(page.get_by_role("button", name="Unpin stop 1")).to_be_visible()
    assert set(planned.wiring.plan_shelf.head(PLAN).pins.values()) == {"V1"}
