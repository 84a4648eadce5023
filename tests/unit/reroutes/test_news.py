"""Who hears of an accepted proposal: whoever has another time or another route, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from api.reroutes.news import (
    ChangedRoute,
    NewTime,
    changed_routes,
    command_body,
    eta_body,
    expiry,
    new_times,
    news_id,
)
from optimizer.domain.ids import LineKey
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan, Route, Stop
from tests.stored_plan import city_plan

VAN = "V1-morning-1"
FATE = {"order": "N301", "line": "1", "outcome": "sheltered", "shelter": "S1"}


def plan() -> Plan:
    return city_plan()[1]


def with_route(change: Callable[[Route], Route], name: str = VAN) -> Plan:
    routes = tuple(change(one) if one.id == name else one for one in plan().routes)
    return replace(plan(), routes=routes)


def with_stop(site: str, change: Callable[[Stop], Stop | None]) -> Plan:
    def anew(route: Route) -> Route:
        stops = [change(one) if one.site == site else one for one in route.stops]
        return replace(route, stops=tuple(one for one in stops if one is not None))

    return with_route(anew)


def later(seconds: int) -> Callable[[Stop], Stop]:
    return lambda stop: replace(
        stop,
        arrives=stop.arrives + seconds,
        service_starts=stop.service_starts + seconds,
        departs=stop.departs + seconds,
    )


def told(after: Plan, *lines: dict[str, Any]) -> list[NewTime]:
    return new_times(plan(), after, lines)


def test_nothing_is_told_where_nothing_moves() -> None:
    assert told(plan()) == []
    assert changed_routes(plan(), plan()) == []


@pytest.mark.parametrize(("seconds", "heard"), [(59, False), (60, True), (-59, False), (-60, True)])
def test_a_minute_is_news(seconds: int, heard: bool) -> None:
    found = told(with_stop("P3", later(seconds)))
    assert bool(found) is heard
    if heard:
        (one,) = found
        assert (one.site, one.change_min) == ("P3", seconds // 60)
        assert one.reason["en"] == "The way of V1 has changed."
        assert one.keys == (LineKey("N301", "1"), LineKey("N301", "2"), LineKey("N302", "1"))


def test_goods_that_do_not_come_today_are_named_and_where_they_are_kept() -> None:
    def without_frozen(stop: Stop) -> Stop:
        kept = tuple(item for item in stop.delivers if item.zone.value != "frozen")
        return replace(stop, delivers=kept)

    (one,) = told(with_stop("P3", without_frozen), FATE)
    assert (one.site, one.now, one.change_min) == ("P3", None, None)
    assert one.keys == (LineKey("N301", "1"),)
    assert one.reason["en"] == "It does not come today and is kept cold at S1."
    assert "S1" in one.reason["zh"]
    (lost,) = told(with_stop("P3", without_frozen), FATE | {"outcome": "quarantined"})
    assert "quarantined" in lost.reason["en"]
    (unsaid,) = told(with_stop("P3", without_frozen))
    assert unsaid.reason["en"] == "It does not come today."


def test_goods_with_another_van_are_told_with_its_name_and_time() -> None:
    frozen = next(
        item for stop in plan().routes[1].stops for item in stop.delivers
        if item.key == LineKey("N401", "1")
    )  # fmt: skip
    (p4,) = [stop for stop in plan().routes[1].stops if stop.site == "P4"]
    there = replace(later(1800)(p4), delivers=(frozen,))
    smaller = with_stop(
        "P4",
        lambda stop: replace(stop, delivers=tuple(i for i in stop.delivers if i != frozen)),
    )
    moved = replace(
        smaller,
        routes=(
            *smaller.routes,
            replace(plan().routes[1], id="V2-morning-1", vehicle="V2", stops=(there,)),
        ),
    )
    (one,) = told(moved)
    assert (one.site, one.change_min, one.keys) == ("P4", 30, (LineKey("N401", "1"),))
    assert one.reason["en"] == "V2 comes in place of V1."
    assert [(one.route, one.vehicle) for one in changed_routes(plan(), moved)] == [
        ("V1-morning-1", "V1"),
        ("V2-morning-1", "V2"),
    ]


def test_what_is_left_at_a_station_has_not_come() -> None:
    at_station = with_stop("P3", lambda stop: replace(stop, site="S1", kind=SiteKind.STATION))
    assert {(one.site, one.now) for one in told(at_station, FATE)} == {("P3", None)}


def test_a_route_that_is_gone_is_told_to_its_driver_until_it_would_have_ended() -> None:
    without = replace(plan(), routes=tuple(one for one in plan().routes if one.id != VAN))
    (one,) = changed_routes(plan(), without)
    assert (one.route, one.vehicle) == (VAN, "V1")
    assert one.ends_at == plan().horizon.instant(plan().routes[1].returns)


def test_trucks_get_no_commands() -> None:
    changed = with_route(lambda one: replace(one, returns=one.returns + 600), "T1-morning-1")
    assert changed_routes(plan(), changed) == []


def test_bodies_say_what_the_receivers_are_promised() -> None:
    (one,) = told(with_stop("P3", later(1260)))
    body = eta_body(one, news="news-1", reroute="reroute-1", plan="plan-1", version=2)
    assert body == {
        "id": "news-1",
        "reroute": "reroute-1",
        "plan": "plan-1",
        "version": 2,
        "site": "P3",
        "was": "2026-07-15T08:00:00+08:00",
        "now": "2026-07-15T08:21:00+08:00",
        "change_min": 21,
        "reason": {"en": "The way of V1 has changed.", "zh": "V1 的路线已变更。"},
        "lines": [
            {"order": "N301", "line": "1"},
            {"order": "N301", "line": "2"},
            {"order": "N302", "line": "1"},
        ],
    }
    route = ChangedRoute(
        route=VAN, vehicle="V1", ends_at=plan().horizon.instant(plan().routes[1].returns)
    )
    issued_at = route.ends_at - timedelta(minutes=30)
    command = command_body(route, news="news-2", plan="plan-1", version=2, issued_at=issued_at)
    assert command == {
        "id": "news-2",
        "command": "route_changed",
        "plan": "plan-1",
        "version": 2,
        "route": VAN,
        "issued_at": issued_at.isoformat(),
        "expires_at": route.ends_at.isoformat(),
    }
    assert expiry(route, route.ends_at) == route.ends_at + timedelta(minutes=10)


def test_the_same_news_has_the_same_name_and_no_other_has_it() -> None:
    assert news_id("a", 1) == news_id("a", 1)
    assert len({news_id("a", 1), news_id("a1"), news_id("a", 2), news_id("a", "1", "")}) == 4
