"""Walls let through so much heat and no more: warmer air is a reading, and goods do not follow."""

from dataclasses import replace
from math import exp, inf

import pytest

from api.reroutes.goods_on_board import Belief, goods_on_board
from api.reroutes.walls import AT_MOST, SPOT_C, Walls, walls_of
from optimizer.domain.fleet import Cooling, Echelon
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from telemetry.alarm.state import Sample
from tests.stored_plan import city_plan

PROBLEM, PLAN = city_plan()
ROUTE = max(
    (one for one in PLAN.routes if one.echelon is Echelon.LAST_MILE),
    key=lambda one: sum(
        item.mass_g for stop in one.stops for item in stop.delivers if item.zone is Zone.CHILLED
    ),
)
FULL = replace(
    ROUTE,
    stops=tuple(
        replace(stop, delivers=tuple(replace(i, mass_g=20 * i.mass_g) for i in stop.delivers))
        for stop in ROUTE.stops
    ),
)
AT = ROUTE.departs + 3_600


def test_air_is_as_far_from_goods_as_leak_and_exchange_divide_it() -> None:
    walls = Walls(leak_w_k=5.0, ambient_c=30.0, given_g=((100, 50_000), (200, 50_000)))
    full = EXCHANGE_W_KGK * 100.0
    assert walls.most_c(0, 0.0) == pytest.approx(SPOT_C + 30.0 * 5.0 / (5.0 + full))
    assert walls.most_c(100, 0.0) == pytest.approx(SPOT_C + 30.0 * 5.0 / (5.0 + full / 2))
    assert walls.most_c(200, 0.0) == pytest.approx(SPOT_C + 30.0), "an empty one is as outside"
    assert walls.most_c(0, 40.0) == SPOT_C, "no wall warms what is warmer than outside"


def test_walls_are_those_of_the_body_and_boxes_have_none_that_are_known() -> None:
    walls = walls_of(PROBLEM, ROUTE, Zone.CHILLED)
    assert AT_MOST < walls.leak_w_k < 30.0
    assert sum(grams for _, grams in walls.given_g) > 0
    van = replace(PROBLEM.vehicles[ROUTE.vehicle], cooling=Cooling.BOXES)
    boxed = replace(PROBLEM, vehicles={**PROBLEM.vehicles, van.id: van})
    assert walls_of(boxed, ROUTE, Zone.CHILLED).most_c(AT, 3.0) == inf


def _believed(above_c: float) -> Belief:
    cold_c = PROBLEM.policies[Zone.CHILLED].setpoint_c
    start_ms = round(1000 * PROBLEM.horizon.instant(0).timestamp())
    air = [
        Sample(start_ms + 1000 * at, cold_c + (above_c if at > ROUTE.departs + 600 else 0.0), name)
        for at in range(ROUTE.departs - 1_800, AT, 60)
        for name in ("one", "two")
    ]
    found = goods_on_board(PROBLEM, FULL, Zone.CHILLED, air, at=AT)
    assert found is not None
    return found


def test_air_that_no_wall_explains_is_doubted_and_warms_goods_no_more_than_walls_do() -> None:
    little, much = _believed(0.4), _believed(12.0)
    assert not little.is_beyond_walls
    assert much.is_beyond_walls
    assert much.is_doubted
    lag_s = PRODUCT_J_KGK[Zone.CHILLED] / EXCHANGE_W_KGK
    by_reading_c = 12.0 * (1.0 - exp(-3_000 / lag_s))
    assert 0.2 < much.product_c - PROBLEM.policies[Zone.CHILLED].setpoint_c < by_reading_c / 2
