"""A driver's morning on a phone: reports with and without a network, and a route that changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest import MonkeyPatch

from api.life.states import State
from api.reroutes.cases import Origin
from api.road.words import Event, Kind, Piece, Report
from api.schemas.disruptions import CompartmentBody
from api.security.gate import COOKIE
from api.security.principal import Principal, Role
from api.services.road import Told
from api.storage import road
from api.wiring import Wiring, wire
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.browser.conftest import PICTURES, Reader
from tests.browser.language import english
from tests.browser.test_accessibility import faults
from tests.browser.waiting import until
from tests.people import PASSWORD, Person, person
from tests.published import publish
from tests.rerouting import ON_THE_WAY_H, compute_here
from tests.serving import MORNING, StandingClock, settings_in
from tests.stored_plan import PLAN
from tests.watched_board import serving

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Road:
    """A running service with a plan on the road, and the driver of V1."""

    address: str
    wiring: Wiring
    clock: StandingClock
    problem: Problem
    driver: Person

    def events(self) -> list[Event]:
        """Give what was reported, in the order in which it was stored."""
        with self.wiring.database.read() as tx:
            return sorted(road.events_of_plan(tx, PLAN), key=lambda one: one.number)


@pytest.fixture
def day(tmp_path: Path, monkeypatch: MonkeyPatch) -> Iterator[Road]:
    compute_here(monkeypatch)
    clock = StandingClock(MORNING)
    clock.advance(hours=ON_THE_WAY_H)
    wiring = wire(settings_in(tmp_path, stream_seconds=600, shutdown_seconds=2), clock=clock)
    problem, _ = publish(wiring.database, state=State.RUNNING.value)
    person(wiring, Role.ADMIN)
    driver = person(wiring, Role.DRIVER, vehicle="V1")
    with serving(wiring) as address:
        yield Road(address=address, wiring=wiring, clock=clock, problem=problem, driver=driver)


@pytest.fixture
def phone(browser: Browser, day: Road) -> Iterator[Reader]:
    one = Reader(browser, day.address, **{"locale": "en", **PHONE})
    let_in(one.context, day)
    yield one
    one.close()


def let_in(context: BrowserContext, day: Road) -> None:
    """Sign the driver in without the cost of a password."""
    cookie = day.driver.session(day.wiring)["Cookie"].partition("=")[2]
    context.add_cookies([{"name": COOKIE, "value": cookie, "url": day.address}])


def stop(page: Page, site: str) -> Any:
    return page.locator(f'[data-stop="{site}"]')


def sign(page: Page) -> None:
    """Draw something."""
    box = page.locator("canvas.signature")
    box.scroll_into_view_if_needed()
    place = box.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + 20, place["y"] + 40)
    page.mouse.down()
    page.mouse.move(place["x"] + 120, place["y"] + 90, steps=5)
    page.mouse.move(place["x"] + 200, place["y"] + 30, steps=5)
    page.mouse.up()


def hand_over(page: Page, button: str = "Hand over") -> None:
    dialog = page.get_by_role("dialog")
    dialog.locator("#c-frozen").fill("-19.2")
    dialog.get_by_role("checkbox").check()
    dialog.locator("#signed_by").fill("Mrs. Luo")
    sign(page)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_driver_signs_in_and_is_shown_the_way(browser: Browser, day: Road) -> None:
    one = Reader(browser, day.address, **{"locale": "en", **PHONE})
    page = one.open("/driver")
    page.wait_for_url("**/sign-in?back=%2Fdriver")
    page.get_by_label("Name").fill("driver")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#summary")).to_have_text("V1: 4 stops to go")
    way = stop(page, "P1").get_by_role("link", name="Navigate").get_attribute("href")
    assert way == "geo:28.228,112.93?q=28.228,112.93"
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["viewport"]["width"]
    one.picture(page, "driver-390")
    one.close()


def report_damage(page: Page, kg: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What happened").select_option("damaged")
    dialog.locator("#kg-0").fill(kg)
    dialog.get_by_label("Reason").fill("crate fell")
    dialog.get_by_role("button", name="Report").click()


def test_a_driver_reports_all_that_happens_at_a_stop(phone: Reader, day: Road) -> None:
    page = phone.open("/driver")
    here = stop(page, "P1")
    here.get_by_role("button", name="I am here").click()
    expect(here).to_contain_text("there now")
    assert faults(page) == []
    here.get_by_role("button", name="Hand over").click()
    assert faults(page) == []
    page.screenshot(path=PICTURES / "driver-hand-over.png")
    page.get_by_role("dialog").locator("#kg-0").fill("3")
    hand_over(page)
    # Two hundred grams of frozen goods are left: they are broken.
    here.get_by_role("button", name="Refused or damaged").click()
    report_damage(page, "0.2")
    here.get_by_role("button", name="Empties").click()
    page.get_by_role("dialog").get_by_label("Crates").fill("6")
    page.get_by_role("dialog").get_by_role("button", name="Report").click()
    expect(here).to_contain_text("6 crates")
    here.get_by_role("button", name="Leave").click()
    expect(here).to_contain_text("done")
    # The next one opens by itself.
    expect(stop(page, "P2").get_by_role("button", name="I am here")).to_be_visible()
    expect(page.locator("#away")).to_be_hidden()
    expect(here).not_to_contain_text("waiting to be sent")
    kinds = [Kind.ARRIVED, Kind.HANDED_OVER, Kind.DAMAGED, Kind.EMPTIES, Kind.DEPARTED]
    events = day.events()
    assert [event.kind for event in events] == kinds
    report = events[1].report
    assert report.product_c == {Zone.FROZEN: -19.2}
    assert report.signed_by == "Mrs. Luo"
    assert report.signature.startswith("M")
    assert report.pieces[0].mass_g == 3000
    assert events[3].report.crates == 6


def test_without_a_network_nothing_is_lost_and_nothing_is_sent_twice(
    phone: Reader, day: Road
) -> None:
    page = phone.open("/driver")
    here = stop(page, "P1")
    expect(here).to_contain_text("ahead")
    until(page, "caches.match('/driver').then(Boolean)")
    # The page is kept, and the worker that gives it out without a network is in charge.
    until(page, "navigator.serviceWorker.controller !== null")
    phone.context.set_offline(True)
    here.get_by_role("button", name="I am here").click()
    here.get_by_role("button", name="Hand over").click()
    hand_over(page)
    expect(page.locator("#away")).to_contain_text("No network")
    expect(page.locator("#away")).to_contain_text("2 reports wait to be sent")
    phone.picture(page, "driver-offline")
    # The battery was empty: the page opens without a network, and knows what was done.
    page.reload()
    expect(here).to_contain_text("handed over")
    expect(page.locator("#away")).to_contain_text("2 reports wait to be sent")
    assert day.events() == []
    phone.context.set_offline(False)
    expect(page.locator("#away")).to_be_hidden()
    assert [event.kind for event in day.events()] == [Kind.ARRIVED, Kind.HANDED_OVER]
    page.reload()
    expect(here).to_contain_text("handed over")
    expect(page.locator("#away")).to_be_hidden()
    assert len(day.events()) == 2


def test_an_answer_that_is_lost_does_not_make_a_second_report(phone: Reader, day: Road) -> None:
    page = phone.open("/driver")
    lost: list[str] = []

    def lose(route: Any) -> None:
        # The service has it on disk, and the phone never hears of that.
        route.fetch()
        lost.append(route.request.post_data_json["client_event_id"])
        route.abort()

    page.route("**/events", lose, times=1)
    # A thumb presses twice, and a second tab of the same phone sends from the same outbox.
    stop(page, "P1").get_by_role("button", name="I am here").dblclick()
    expect(page.locator("#away")).to_contain_text("1 report waits to be sent")
    second = phone.open("/driver")
    expect(stop(second, "P1")).to_contain_text("there now")
    for tab in (page, second):
        expect(tab.locator("#away")).to_be_hidden()
    assert [event.id for event in day.events()] == lost


def test_what_the_service_refuses_is_shown_and_thrown_away(phone: Reader, day: Road) -> None:
    page = phone.open("/driver")
    here = stop(page, "P1")
    here.get_by_role("button", name="I am here").click()
    expect(here).to_contain_text("there now")
    # Somebody else has handed everything over meanwhile.
    clerk = Principal(name="user:clerk", role=Role.DISPATCHER, scopes=frozenset())
    take_everything(day, clerk)
    here.get_by_role("button", name="Hand over").click()
    hand_over(page)
    refused = page.locator("#refused")
    expect(refused).to_contain_text("CG-7304")
    phone.picture(page, "driver-refused")
    refused.get_by_role("button", name="Throw away").click()
    expect(refused).to_be_hidden()


def take_everything(day: Road, clerk: Principal) -> None:
    _, visits = day.wiring.road.stops(PLAN, clerk)
    visit = next(one for one in visits if one.stop.site == "P1")
    pieces = tuple(
        Piece(key=one.key, mass_g=one.planned_g) for one in visit.progress.lines.values()
    )
    report = Report(pieces=pieces, signed_by="Mrs. Luo", inspected=True)
    told = Told(id="by-the-clerk", kind=Kind.HANDED_OVER, at=day.clock(), report=report)
    day.wiring.road.report(visit.id, told, clerk)


def test_a_route_that_a_reroute_changes_is_shown_as_changed_until_it_was_seen(
    browser: Browser, day: Road
) -> None:
    phone = Reader(browser, day.address, **{"locale": "zh-CN", **PHONE})
    let_in(phone.context, day)
    page = phone.open("/driver")
    expect(page.locator("#summary")).to_have_text("V1：还有 4 站")
    expect(page.locator("#change")).to_be_hidden()
    body = CompartmentBody(kind="compartment", vehicle="V1", zone=Zone.FROZEN, product_c=-20.9)
    event = body.event(day.problem.horizon, day.clock())
    case = day.wiring.reroutes.open(PLAN, event, origin=Origin(), by="user:lin")
    boss = Principal(name="user:lin", role=Role.DISPATCHER, scopes=frozenset())
    day.wiring.reroutes.accept(case.id, 1, by=boss, note="")
    page.reload()
    change = page.locator("#change")
    expect(change).to_contain_text("路线已变更（第 2 版）")
    expect(change).to_contain_text("交给 V2")
    expect(change).to_contain_text("Lotus Gate：08:00 → 08:16")
    names = [site.name for site in day.problem.sites.values()]
    assert english(page, [*names, "driver"]) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    phone.picture(page, "driver-changed")
    # A reload is no reading.
    page.reload()
    change.get_by_role("button", name="我已知晓").click()
    expect(change).to_be_hidden()
    page.reload()
    expect(stop(page, "P2")).to_be_visible()
    expect(change).to_be_hidden()
    # What changes hands still stands at its stop.
    stop(page, "P2").locator(".head").click()
    expect(stop(page, "P2")).to_contain_text("07:42–07:56 将3 个订单行交给 V2")
    phone.close()


def test_who_signs_out_leaves_nothing_of_the_day_on_the_phone(phone: Reader, day: Road) -> None:
    page = phone.open("/driver")
    expect(stop(page, "P1")).to_be_visible()
    kept = """() => new Promise((resolve) => {
        const asked = indexedDB.open("coldgrid-driver", 1);
        asked.onsuccess = () => {
            const keys = asked.result.transaction("kept").objectStore("kept").getAllKeys();
            keys.onsuccess = () => resolve(keys.result);
        };
    })"""
    assert set(page.evaluate(kept)) >= {"person", "vehicle", "day V1"}
    page.context.set_offline(True)
    stop(page, "P1").get_by_role("button", name="I am here").click()
    expect(page.locator("#away")).to_contain_text("1 report waits")
    # Reports that wait keep the driver here.
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator("#word")).to_contain_text("Reports still wait to be sent")
    page.context.set_offline(False)
    expect(page.locator("#away")).to_be_hidden()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in**")
    assert set(page.evaluate(kept)) == {"seen plan-1"}
