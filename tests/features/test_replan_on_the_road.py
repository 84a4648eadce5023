"""Replanning with the rules of the road: whole orders, lockers, collects and rests around trips."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Echelon
from optimizer.domain.ids import LineKey
from optimizer.domain.orders import Collect, CollectKind, OrderLine
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.replan import Held, HeldRefused, closure
from tests.builders import HOUR, central, grid, hours, line, point, problem, truck, van
from tests.solving import replan_and_check, replanned, solve_and_check

CRATES = LineKey("C1", "1")
WIDE = (hours(11, 20),)


def day_of(*lines: OrderLine, **changes: Any) -> Problem:
    """Make a day with two points, two vans of two trips, and a return that waits at P1."""
    crates = Collect(
        key=CRATES,
        site="P1",
        kind=CollectKind.RETURN,
        zone=Zone.CHILLED,
        mass_g=5000,
        volume_ml=20_000,
        value_cents=5000,
    )
    return problem(
        **{
            "sites": [
                central(),
                grid(),
                point("P1", hours=WIDE),
                point("P2", east_km=-1.0, hours=WIDE),
            ],
            "vehicles": [truck("T1", max_trips=3), *(van(f"V{n}", max_trips=2) for n in (1, 2))],
            "lines": lines or [line("O1", "P1"), line("O2", "P2")],
            "collects": {CRATES: crates},
            **changes,
        }
    )


def with_lines(day: Problem, *lines: OrderLine) -> Problem:
    return replace(day, lines={**day.lines, **{one.key: one for one in lines}})


def vans_of(plan: Plan) -> dict[LineKey, Route]:
    return {
        item.key: route
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    }


def second_line(order: str, site: str, **changes: Any) -> OrderLine:
    return line(order, site, **{"key": LineKey(order, "2"), **changes})


def test_a_late_line_of_an_order_that_stays_comes_with_the_same_vehicle() -> None:
    """The other van is free and cheaper: it has been paid for no trip that stays."""
    day = day_of(orders_together=True)
    base = solve_and_check(day, iterations=10)
    stays = vans_of(base)[LineKey("O1", "1")]
    now = with_lines(day, second_line("O1", "P1"))
    (other,) = {"V1", "V2"} - {stays.vehicle}
    cheap = replace(day.vehicles[other], fixed_cents=0, cents_per_km=1)
    now = replace(now, vehicles={**now.vehicles, other: cheap})
    plan = replan_and_check(now, Held(plan=base, frozen=frozenset({stays.id})), iterations=10)
    assert plan.unserved == ()
    assert vans_of(plan)[LineKey("O1", "2")].vehicle == stays.vehicle
    apart = replace(now, orders_together=False)
    free = replan_and_check(apart, Held(plan=base, frozen=frozenset({stays.id})), iterations=10)
    assert vans_of(free)[LineKey("O1", "2")].vehicle == other
    assert free.cost.total < plan.cost.total


@pytest.mark.parametrize("pinned", [False, True])
def test_a_late_line_that_cannot_come_with_its_order_is_left_and_the_check_says_so(
    pinned: bool,
) -> None:
    trips = 2 if pinned else 1
    day = day_of(
        orders_together=True,
        vehicles=[truck("T1", max_trips=3), *(van(f"V{n}", max_trips=trips) for n in (1, 2))],
    )
    base = solve_and_check(day, iterations=10)
    stays = vans_of(base)[LineKey("O1", "1")]
    (other,) = {"V1", "V2"} - {stays.vehicle}
    key = LineKey("O1", "2")
    held = Held(plan=base, frozen=frozenset({stays.id}), pins={key: other} if pinned else {})
    plan = replanned(with_lines(day, second_line("O1", "P1")), held, iterations=10)
    (left,) = plan.unserved
    assert (left.key, left.reason) == (key, UnservedReason.TOGETHER)
    assert stays.id in left.detail
    assert ("pinned to" if pinned else "no further trip") in left.detail
    assert plan.check is not None
    assert [found.code for found in plan.check.violations] == ["together"]


def test_what_is_taken_out_takes_the_rest_of_its_order_along() -> None:
    day = day_of(line("O1", "P1"), second_line("O1", "P1"), orders_together=True)
    base = solve_and_check(day, iterations=10)
    held = Held(plan=base, out=frozenset({LineKey("O1", "1")}))
    plan = replan_and_check(day, held, iterations=10)
    reasons = {item.key.line: item.reason for item in plan.unserved if item.key in day.lines}
    assert reasons == {"1": UnservedReason.LEFT_OUT, "2": UnservedReason.TOGETHER}


def test_a_collect_on_a_route_that_stays_is_not_asked_again() -> None:
    day = day_of()
    base = solve_and_check(day, iterations=10)
    takes = vans_of(base)[CRATES]
    plan = replan_and_check(day, Held(plan=base, frozen=frozenset({takes.id})), iterations=10)
    taken = [item.key for route in plan.routes for stop in route.stops for item in stop.collects]
    assert taken == [CRATES]
    assert takes in plan.routes
    again = replan_and_check(day, Held(plan=base), iterations=10)
    assert CRATES in vans_of(again)


def test_a_collect_is_cancelled_taken_out_and_pinned() -> None:
    day = day_of()
    base = solve_and_check(day, iterations=10)
    takes = vans_of(base)[CRATES]
    gone = replace(day, collects={})
    assert CRATES not in vans_of(replan_and_check(gone, Held(plan=base), iterations=10))
    out = replan_and_check(day, Held(plan=base, out=frozenset({CRATES})), iterations=10)
    assert [(one.key, one.reason) for one in out.unserved] == [(CRATES, UnservedReason.LEFT_OUT)]
    (other,) = {"V1", "V2"} - {takes.vehicle}
    pins = {CRATES: other, LineKey("O1", "1"): takes.vehicle}
    pinned = replan_and_check(day, Held(plan=base, pins=pins), iterations=10)
    assert vans_of(pinned)[CRATES].vehicle == other
    assert pinned.cost.total > base.cost.total
    stays = frozenset({takes.id})
    for held, now in (
        (Held(plan=base, frozen=stays), gone),
        (Held(plan=base, frozen=stays, out=frozenset({CRATES})), day),
    ):
        with pytest.raises(HeldRefused) as caught:
            replanned(now, held, iterations=1)
        assert caught.value.code == "CG-4016"
        assert f"C1/1 on {takes.id}" in str(caught.value)
    with pytest.raises(HeldRefused) as caught:
        replanned(day, Held(plan=base, frozen=stays, pins={CRATES: other}), iterations=1)
    assert caught.value.code == "CG-4017"


def test_lockers_and_floors_count_what_stays() -> None:
    """A late order that is worth far more does not push out what a route that stays brings."""
    locker = point("P1", hours=WIDE, cells={Zone.CHILLED: 1}, cell_ml=60_000)
    floor = point("P2", east_km=-1.0, hours=WIDE, capacity_ml={Zone.CHILLED: 60_000})
    day = day_of(sites=[central(), grid(), locker, floor])
    base = solve_and_check(day, iterations=10)
    names = frozenset(r.id for r in base.routes if r.echelon is Echelon.LAST_MILE)
    late = [
        line("N1", "P1", value_cents=900_000),
        line("N2", "P2", value_cents=900_000),
    ]
    plan = replan_and_check(with_lines(day, *late), Held(plan=base, frozen=names), iterations=10)
    reasons = {item.key.order: item.reason for item in plan.unserved}
    assert reasons == {"N1": UnservedReason.LOCKER, "N2": UnservedReason.SITE_CAPACITY}
    free = replan_and_check(with_lines(day, *late), Held(plan=base), iterations=10)
    assert {item.key.order for item in free.unserved} == {"O1", "O2"}


def test_goods_that_a_truck_brings_in_any_case_keep_their_place_in_a_locker() -> None:
    locker = point("P1", hours=WIDE, cells={Zone.CHILLED: 1}, cell_ml=60_000)
    day = day_of(
        sites=[central(), grid(), locker, point("P2", east_km=-1.0, hours=WIDE)],
    )
    base = solve_and_check(day, iterations=10)
    trucks = frozenset(r.id for r in base.routes if r.echelon is Echelon.LINEHAUL)
    now = with_lines(day, line("N1", "P1", value_cents=900_000))
    plan = replan_and_check(now, Held(plan=base, frozen=trucks), iterations=10)
    assert {item.key.order for item in plan.unserved} == {"N1"}


def test_a_new_trip_begins_rested_after_one_that_stays() -> None:
    rest_s = 3 * HOUR
    day = day_of(
        collects={},
        vehicles=[truck("T1", max_trips=3), van("V1", max_trips=2)],
        breaks={"van": BreakRule(after_driving_s=4 * HOUR, rest_s=rest_s)},
    )
    base = solve_and_check(day, iterations=10)
    (stays,) = [route for route in base.routes if route.vehicle == "V1"]
    now = with_lines(day, line("N1", "P2"))
    plan = replan_and_check(now, Held(plan=base, frozen=frozenset({stays.id})), iterations=10)
    first, second = sorted(
        (route for route in plan.routes if route.vehicle == "V1"), key=lambda r: r.departs
    )
    assert first == stays
    assert second.trip == 2
    assert second.departs - first.returns >= rest_s


def test_a_later_trip_that_stays_keeps_those_before_it() -> None:
    day = day_of(
        line("O1", "P1", volume_ml=600_000),
        line("O2", "P1", volume_ml=600_000),
        line("O3", "P2", volume_ml=600_000),
        vehicles=[truck("T1", max_trips=3), van("V1", max_trips=4)],
        collects={},
    )
    base = solve_and_check(day, iterations=10)
    trips = sorted((route for route in base.routes if route.vehicle == "V1"), key=lambda r: r.trip)
    assert [route.trip for route in trips] == [1, 2, 3]
    names = closure(day, base, [trips[1].id])
    assert {trips[0].id, trips[1].id} <= names
    assert trips[2].id not in names
    now = with_lines(day, line("N1", "P2"))
    plan = replan_and_check(now, Held(plan=base, frozen=frozenset({trips[1].id})), iterations=10)
    assert trips[0] in plan.routes
    assert trips[1] in plan.routes
    assert plan.unserved == ()
    new = [r for r in plan.routes if r.vehicle == "V1" and r not in trips[:2]]
    assert all(route.trip > 2 and route.departs >= trips[1].returns + 600 for route in new)
