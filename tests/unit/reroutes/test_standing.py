"""Where vans stand by what drivers report, and the plan as it is driven."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from api.reroutes.standing import (
    FRESH,
    LATE_S,
    Delay,
    as_driven,
    delays,
    is_over,
    moment_of,
    position,
    visited,
)
from api.road.day import Day, open_day
from api.road.forecast import with_outlook
from api.road.words import Event, Fix, Kind, Report
from api.services.road_days import names
from optimizer.domain.objective import time_cost
from optimizer.domain.plan import Route
from optimizer.domain.units import Seconds
from tests.stored_plan import PLAN, city_plan

PROBLEM, DRIVEN = city_plan()
V1 = next(route for route in DRIVEN.routes if route.vehicle == "V1")


def day(now: Seconds, reached: Mapping[str, Seconds]) -> Day:
    """Give the city's day at a moment, with the points that V1's driver says to have reached."""
    instant = DRIVEN.horizon.instant
    named = names(PLAN, DRIVEN)
    events = [
        Event(
            number=n, id=f"event-{n}", plan=PLAN, stop=name.id, vehicle="V1", kind=Kind.ARRIVED,
            at=instant(reached[stop.site]), report=Report(), received_at=instant(now),
            received_from="driver",
        )
        for n, (name, stop) in enumerate(zip(named[V1.id], V1.stops, strict=True), 1)
        if stop.site in reached
    ]  # fmt: skip
    opened = open_day(
        id=PLAN, state="running", problem=PROBLEM, plan=DRIVEN, names=named, events=events
    )
    return with_outlook(opened, instant(now))


def begins(place: int) -> Seconds:
    return V1.stops[place].service_starts


def test_without_reports_the_clock_says_what_is_visited() -> None:
    for place in range(4):
        assert visited(day(begins(place) - 1, {}), begins(place) - 1)[V1.id] == place
        assert visited(day(begins(place), {}), begins(place))[V1.id] == place + 1


def test_with_reports_the_last_stop_reached_says_it() -> None:
    late = day(begins(3), {"P1": begins(0)})
    assert visited(late, begins(3))[V1.id] == 1
    early = day(begins(0), {"P3": begins(0)})
    assert visited(early, begins(0))[V1.id] == 3


def test_an_early_driver_sets_the_moment() -> None:
    early = day(begins(0), {"P2": begins(0)})
    assert moment_of(early, "V1", begins(0)) == begins(1)
    assert moment_of(early, "V3", begins(0)) == begins(0)
    assert moment_of(early, None, begins(0)) == begins(0)
    assert moment_of(early, "V1", begins(2)) == begins(2)


def test_a_van_on_time_is_driven_as_planned() -> None:
    now = begins(0) + 60
    on_time = day(now, {"P1": V1.stops[0].arrives})
    assert delays(on_time, now) == {}
    assert as_driven(PROBLEM, DRIVEN, {}) is DRIVEN


def test_a_late_van_is_driven_later_and_keeps_what_is_visited() -> None:
    now = begins(1) + 600
    late = delays(day(now, {"P1": V1.stops[0].arrives}), now)
    assert late[V1.id].done == 1
    moved = next(r for r in as_driven(PROBLEM, DRIVEN, late).routes if r.id == V1.id)
    assert moved.stops[0] == V1.stops[0]
    assert moved.stops[1].service_starts > now
    assert all(
        new.departs - new.service_starts == old.departs - old.service_starts
        for new, old in zip(moved.stops, V1.stops, strict=True)
    )
    longer = moved.duration_s - V1.duration_s
    assert longer == moved.returns - V1.returns > 0
    van = PROBLEM.vehicles["V1"]
    assert moved.cost_cents - V1.cost_cents == time_cost(van, moved.duration_s) - time_cost(
        van, V1.duration_s
    )


def test_other_routes_stay_the_same() -> None:
    now = begins(1) + 600
    late = delays(day(now, {"P1": V1.stops[0].arrives}), now)
    others = [route for route in as_driven(PROBLEM, DRIVEN, late).routes if route.id != V1.id]
    assert others == [route for route in DRIVEN.routes if route.id != V1.id]


@pytest.mark.parametrize(("minutes", "is_late"), [(2, False), (30, True)])
def test_some_minutes_are_no_delay(minutes: int, *, is_late: bool) -> None:
    reached = V1.stops[0].arrives + minutes * 60
    now = max(reached, begins(0)) + 30
    assert (V1.id in delays(day(now, {"P1": reached}), now)) is is_late
    assert LATE_S == 180


def test_a_wait_absorbs_a_delay() -> None:
    gap = begins(2) - V1.stops[2].arrives
    first = V1.stops[1]
    waits = replace(first, service_starts=first.service_starts + 900, departs=first.departs + 900)
    held = replace(V1, stops=(V1.stops[0], waits, *V1.stops[2:]))
    plan = replace(DRIVEN, routes=(held,))
    (moved,) = as_driven(PROBLEM, plan, {V1.id: Delay(done=1, seconds=600)}).routes
    assert moved.stops[1].service_starts == waits.service_starts
    assert moved.stops[2:] == V1.stops[2:]
    assert moved.returns == V1.returns
    assert gap >= 0


def test_a_van_that_has_been_everywhere_is_not_moved() -> None:
    now = begins(3) + 60
    assert delays(day(now, {"P4": begins(3)}), now) == {}


def test_a_position_counts_while_it_is_fresh() -> None:
    now = DRIVEN.horizon.instant(begins(1))
    fix = Fix(vehicle="V1", at=now - FRESH, lat=28.0, lon=113.0)
    assert position({"V1": fix}, "V1", now) == fix
    assert position({"V1": fix}, "V1", now + timedelta(seconds=1)) is None
    assert position({"V1": fix}, "V3", now) is None


def test_it_is_over_when_nothing_of_the_zone_is_on_board() -> None:
    assert is_over(day(begins(0), {}), "V1", "frozen", begins(0)) is None
    handed = day(begins(0), {"P4": begins(0)})
    assert is_over(handed, "V1", "frozen", begins(0)) == "nothing frozen is on board of V1 any more"
    assert is_over(day(begins(0), {}), "V1", "tepid", begins(0)) is not None
    assert is_over(day(V1.returns, {}), "V1", "frozen", V1.returns) == "V1 is home"


def test_goods_of_a_late_van_are_on_board_although_the_clock_has_it_home() -> None:
    late = day(V1.returns + 60, {"P1": begins(0)})
    assert is_over(late, "V1", "frozen", V1.returns + 60) is None


def test_goods_of_a_trip_that_has_not_left_are_not_on_board() -> None:
    before = V1.departs - 1
    assert is_over(day(before, {}), "V1", "frozen", before) is not None


def test_every_route_is_counted() -> None:
    counted: dict[str, int] = visited(day(begins(0), {}), begins(0))
    routes: tuple[Route, ...] = DRIVEN.routes
    assert counted.keys() == {route.id for route in routes}


def test_a_van_that_has_reached_nothing_yet_may_be_late_as_well() -> None:
    late = as_driven(PROBLEM, DRIVEN, {V1.id: Delay(done=0, seconds=600)})
    moved = next(route for route in late.routes if route.id == V1.id)
    assert moved.departs == V1.departs
    assert moved.stops[0].arrives == V1.stops[0].arrives + 600
