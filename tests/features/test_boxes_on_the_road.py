"""Boxes and ice: as much ice as the ride needs, and advice where that is close."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from optimizer.domain.fleet import Body, Box, Cooling, Vehicle
from optimizer.domain.plan import AdviceCode
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from tests.builders import ALWAYS, central, grid, line, point, truck, van
from tests.road_days import day, dearer, vans_of
from tests.solving import solve_and_check

MINUTE = 60
TRICYCLE_BOX = Box(
    volume_ml=40_000, u_w_m2k=0.5, area_m2=0.72, ice_kg=2.0, melt_c={Zone.CHILLED: 0.0}
)


def tricycle(name: str = "K1", **changes: Any) -> Vehicle:
    own = van(
        name,
        type="tricycle",
        payload_g=250_000,
        capacity_ml={Zone.CHILLED: 400_000},
        fixed_cents=1_000,
        cooling=Cooling.BOXES,
    )
    return replace(own, **changes)


def boxes_day(box: Box, ambient_c: float, **changes: Any) -> Problem:
    base = day(vehicles=[truck(), van(), tricycle()], ambient_c=ambient_c, **changes)
    bodies = {**base.bodies, "tricycle": Body(box=box)}
    travel = replace(base.travel, speed_kmh={**base.travel.speed_kmh, "tricycle": 15.0})
    return replace(base, bodies=bodies, travel=travel)


def test_as_much_ice_as_the_ride_needs_and_no_more() -> None:
    plan = solve_and_check(boxes_day(TRICYCLE_BOX, 30.0))
    (route,) = vans_of(plan)
    (load,) = route.boxes
    # 50 l in two boxes of 40 l; 0.5 W/m2K x 0.72 m2 x 30 K = 10.8 W, 334 kJ/kg.
    ride_s = route.stops[-1].service_starts - route.departs + 30 * MINUTE
    assert load.count == 2
    assert load.ice_kg / 2 >= 10.8 * ride_s / 334_000
    assert load.ice_kg / 2 < 10.8 * ride_s / 334_000 + 0.5


def test_hotter_days_take_more_ice() -> None:
    fine = replace(TRICYCLE_BOX, ice_step_kg=0.05)
    cool, hot = (solve_and_check(boxes_day(fine, ambient)) for ambient in (10.0, 40.0))
    assert vans_of(hot)[0].boxes[0].ice_kg > vans_of(cool)[0].boxes[0].ice_kg


def test_a_ride_beyond_the_hold_time_takes_the_cooled_van() -> None:
    little = replace(TRICYCLE_BOX, ice_kg=0.05, ice_step_kg=0.05)
    sites = [central(), grid(), point("P1", 8.0)]
    kept, _ = dearer(
        boxes_day(little, 38.0, sites=sites), boxes_day(TRICYCLE_BOX, 38.0, sites=sites)
    )
    assert [route.vehicle for route in vans_of(kept)] == ["V1"]


def test_ice_weighs() -> None:
    light = replace(TRICYCLE_BOX, ice_kg=0.2, ice_step_kg=0.2)
    heavy = replace(light, ice_kg=20.0)
    lines = [line("O1", "P1", mass_g=240_000, volume_ml=200_000)]
    kept, _ = dearer(boxes_day(heavy, 30.0, lines=lines), boxes_day(light, 30.0, lines=lines))
    assert [route.vehicle for route in vans_of(kept)] == ["V1"]


def test_a_close_drop_is_named_with_the_ice_that_would_do() -> None:
    # 10.8 W at 30 K melt 0.097 kg in 50 minutes; the ride takes 22, and 22 back.
    close = replace(TRICYCLE_BOX, ice_kg=0.097)
    sites = [central(), grid(), point("P1", 4.2, hours=ALWAYS)]
    plan = solve_and_check(boxes_day(close, 30.0, sites=sites))
    named = [a for a in plan.advice if a.code is AdviceCode.EARLIER_DROP]
    ridden = [route.vehicle for route in vans_of(plan)]
    assert ridden == ["K1"]
    assert len(named) == 1
    assert "kg of ice" in named[0].detail


def test_boxes_that_hold_too_little_are_named_when_goods_stay() -> None:
    little = replace(TRICYCLE_BOX, ice_kg=0.05, ice_step_kg=0.05)
    sites = [central(), grid(), point("P1", 8.0)]
    built = boxes_day(little, 38.0, sites=sites)
    alone = {key: one for key, one in built.vehicles.items() if key != "V1"}
    plan = solve_and_check(replace(built, vehicles=alone))
    assert len(plan.unserved) == 1
    (named,) = [a for a in plan.advice if a.code is AdviceCode.MORE_ICE]
    assert "would hold 6 h" in named.detail
