"""A dispatcher decides about a break: what is offered, what moves meanwhile, who is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest import MonkeyPatch

from api.life.states import State
from api.pages.files import browser_files
from api.reroutes.cases import CaseState, Origin
from api.schemas.disruptions import CompartmentBody
from api.wiring import Wiring, wire
from optimizer.domain.temperature import Zone
from optimizer.response.why_not import SENTENCES, WhyNot
from tests.browser.conftest import PICTURES, Reader
from tests.browser.language import english
from tests.browser.test_accessibility import faults
from tests.published import publish
from tests.rerouting import ON_THE_WAY_H, compute_here
from tests.serving import MORNING, StandingClock, settings_in
from tests.stored_plan import PLAN, city_plan
from tests.watched_board import serving

BLANKS = re.findall(r"\{(\w+)\}", "".join(SENTENCES.values()))
FIGURES = {**dict.fromkeys(BLANKS, "7"), "zone": "frozen", "codes": "shift, window", "code": "CG-1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRoad:
    """A running service whose V1 has lost its frozen compartment."""

    address: str
    wiring: Wiring
    clock: StandingClock
    case: str


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: MonkeyPatch) -> Iterator[BrokenRoad]:
    compute_here(monkeypatch)
    clock = StandingClock(MORNING)
    clock.advance(hours=ON_THE_WAY_H)
    settings = settings_in(tmp_path, stream_seconds=600, shutdown_seconds=2)
    wiring = wire(settings, clock=clock)
    stored, _ = publish(wiring.database, state=State.RUNNING.value)
    with serving(wiring) as address:
        body = CompartmentBody(kind="compartment", vehicle="V1", zone=Zone.FROZEN, product_c=-20.9)
        event = body.event(stored.horizon, clock())
        row = wiring.reroutes.open(PLAN, event, origin=Origin(), by="user:lin")
        yield BrokenRoad(address=address, wiring=wiring, clock=clock, case=row.id)


@pytest.fixture
def reader(browser: Browser, broken: BrokenRoad) -> Iterator[Callable[..., Reader]]:
    made: list[Reader] = []

    def make(**options: Any) -> Reader:
        made.append(Reader(browser, broken.address, **{"locale": "en", **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def card(page: Page, number: int) -> Any:
    return page.locator(f'[data-proposal="{number}"]')


def site_names() -> list[str]:
    """Give what the sites of the small city are called."""
    return [site.name for site in city_plan()[0].sites.values()]


def reasons_said(page: Page) -> list[str]:
    """Let the page say every reason for which a way out is not offered."""
    refusals = [{"code": one.value, "reason": SENTENCES[one], "figures": FIGURES} for one in WhyNot]
    script = """async ([address, refusals]) => {
        const { whyNot } = await import(address);
        return refusals.map(whyNot);
    }"""
    return list(page.evaluate(script, [browser_files().address("reroute_words.js"), refusals]))


def test_a_dispatcher_accepts_a_way_out(reader: Callable[..., Reader], broken: BrokenRoad) -> None:
    someone = reader()
    page = someone.open("/reroutes")
    expect(page.locator("#summary")).to_have_text("1 break waits for a decision.")
    someone.picture(page, "reroutes")
    page.get_by_role("link", name="V1: the frozen compartment no longer cools").click()
    best = card(page, 1)
    expect(best).to_contain_text("V1 hands the frozen goods to V2 at Heron Bridge (P2).")
    someone.picture(page, "reroute-1440")
    page.screenshot(path=PICTURES / "reroute-full.png", full_page=True)
    # By keys alone.
    page.keyboard.press("j")
    expect(best).to_be_focused()
    page.keyboard.press("a")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Saves 9.4 kg and ¥94 after cost. The plan becomes version 2")
    someone.picture(page, "reroute-accept")
    dialog.get_by_label("Note").fill("V2 has been called")
    dialog.get_by_role("button", name="Accept A").click()
    expect(page.locator("#decision")).to_contain_text("plan version 2 is on the road")
    expect(page.locator("#news")).to_contain_text("the broker has no per-device rights")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    # What is decided is still there for whoever comes later.
    page.reload()
    expect(page.locator("#decision")).to_contain_text("V2 has been called")
    expect(best).to_contain_text("accepted")
    assert broken.wiring.reroutes.read(broken.case).accepted == 1
    page.get_by_role("button", name="Take back").click()
    dialog.get_by_label("Reason").fill("the unit cools again")
    dialog.get_by_role("button", name="Take back").click()
    expect(page.locator("#decision")).to_contain_text("the unit cools again")
    expect(page.get_by_role("button", name="Take back")).to_be_hidden()
    assert broken.wiring.reroutes.read(broken.case).state is CaseState.TAKEN_BACK


def test_a_dispatcher_rejects_in_chinese_on_a_phone(
    reader: Callable[..., Reader], broken: BrokenRoad
) -> None:
    someone = reader(locale="zh-CN", viewport={"width": 390, "height": 844})
    page = someone.open(f"/reroutes/{broken.case}")
    expect(card(page, 1)).to_contain_text("V1 在Heron Bridge (P2)将冷冻货物交给 V2。")
    ways = page.locator(".way h2")
    expect(ways.last).to_have_text("D：按原计划继续")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    tops = [ways.nth(one).bounding_box()["y"] for one in range(4)]  # type: ignore[index]
    assert tops == sorted(tops)
    assert tops[1] - tops[0] > 200
    assert all(re.search("[\u4e00-\u9fff]", said) for said in reasons_said(page))
    for details in page.locator("details").all():
        details.click()
    assert english(page, [*site_names(), "lin"]) == []
    script = """async ([address, ways]) => (await import(address)).inOrder(
        ways.map((kind, place) => ({ kind, number: place + 1 }))).map(({ kind }) => kind)"""
    offered = ["carry_on", "station", "second_vehicle"]
    address = browser_files().address("reroute_cards.js")
    # Carrying on stands last, whatever it is worth.
    assert page.evaluate(script, [address, offered]) == ["station", "second_vehicle", "carry_on"]
    page.screenshot(path=PICTURES / "reroute-phone-390.png", full_page=True)
    page.get_by_role("button", name="全部拒绝").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="拒绝").click()
    # A reason is needed.
    expect(dialog).to_be_visible()
    dialog.get_by_label("原因").fill("司机已修好制冷机")
    dialog.get_by_role("button", name="拒绝").click()
    expect(page.locator("#decision")).to_contain_text("司机已修好制冷机")
    someone.picture(page, "reroute-phone-rejected")


def test_what_was_looked_at_and_has_moved_on_is_not_accepted(
    reader: Callable[..., Reader], broken: BrokenRoad
) -> None:
    someone = reader()
    page = someone.open(f"/reroutes/{broken.case}")
    card(page, 2).get_by_role("button", name="Accept B").click()
    broken.clock.advance(minutes=2)
    broken.wiring.reroutes.reconsider(broken.case)
    # The page follows the stream behind the dialog; what is asked is still the old ranking.
    expect(page.locator("#status")).to_have_text("The ways out were computed anew at 07:22.")
    page.get_by_role("dialog").get_by_role("button", name="Accept B").click()
    word = page.locator("#word")
    expect(word).to_contain_text("what you looked at has moved on")
    expect(word).to_be_focused()
    someone.picture(page, "reroute-outrun")
    assert broken.wiring.reroutes.read(broken.case).accepted is None
    # The new ranking can be accepted.
    card(page, 1).get_by_role("button", name="Accept A").click()
    page.get_by_role("dialog").get_by_role("button", name="Accept A").click()
    expect(page.locator("#decision")).to_contain_text("plan version 2")
    # Nor is it taken back once a vehicle has begun what came with it.
    broken.clock.advance(minutes=40)
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("the unit cools again")
    page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(word).to_contain_text("Nothing taken back: a vehicle has begun what came with")
    assert broken.wiring.reroutes.read(broken.case).state is CaseState.ACCEPTED


def test_a_page_hears_that_somebody_else_has_decided(
    reader: Callable[..., Reader], broken: BrokenRoad
) -> None:
    someone = reader()
    list_page = someone.open("/reroutes")
    page = someone.open(f"/reroutes/{broken.case}")
    expect(card(page, 1)).to_be_visible()
    expect(page.locator("#live")).to_have_text("Live")
    wall = someone.open("/cold-chain?wall").locator("#reroute")
    expect(wall).to_contain_text(
        "Waits for a decision: V1: the frozen compartment no longer cools. V1 hands the frozen"
    )
    expect(wall).to_contain_text("Saves 9.4 kg and ¥94 after cost.")
    broken.wiring.reroutes.reject(broken.case, by=None, reason="the unit runs again")
    expect(page.locator("#decision")).to_contain_text("the unit runs again")
    expect(page.get_by_role("button", name="Accept A")).to_have_count(0)
    expect(list_page.locator("#summary")).to_have_text("No break on the road waits for a decision.")
    expect(list_page.locator("#past")).to_contain_text("the unit runs again")
    expect(wall).to_have_text("No break on the road waits for a decision.")


def test_the_panel_keeps_nobody_out(reader: Callable[..., Reader], broken: BrokenRoad) -> None:
    someone = reader()
    page = someone.open("/reroutes")
    expect(page.locator(".case")).to_be_visible()
    assert faults(page) == []
    page.goto(f"{broken.address}/reroutes/{broken.case}")
    expect(card(page, 1)).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page) == []
        someone.picture(page, f"reroute-{scheme}")
    card(page, 1).get_by_role("button", name="Accept A").click()
    assert faults(page) == []
