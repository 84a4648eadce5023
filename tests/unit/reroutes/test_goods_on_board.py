"""How warm goods are believed to be, and when they break: what was measured counts, not fear."""

from __future__ import annotations

from dataclasses import replace
from math import exp, log

import pytest

from api.reroutes.futures import NEVER_S
from api.reroutes.goods_on_board import Belief, goods_on_board
from api.reroutes.measured_air import LOADED_S
from optimizer.domain.plan import Route
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import EXCHANGE_W_KGK, PRODUCT_J_KGK
from telemetry.alarm.state import Sample
from tests.broken_days import random_day

PROBLEM, PLAN = random_day(3)
PROBLEM = replace(PROBLEM, ambient_c=30.0)
ZONE = Zone.FROZEN
START_MS = round(1000 * PROBLEM.horizon.instant(0).timestamp())
LOADED_C = PROBLEM.policies[ZONE].loading_c
EDGE_C = PROBLEM.policies[ZONE].product.upper_c
LAG_S = PRODUCT_J_KGK[ZONE] / EXCHANGE_W_KGK


def _route() -> Route:
    """Give a trip with the zone on board, whose stops are hours away."""
    found = next(
        one for one in PLAN.routes if any(i.zone is ZONE for s in one.stops for i in s.delivers)
    )
    return replace(
        found,
        returns=found.departs + 40_000,
        stops=tuple(
            replace(one, service_starts=found.departs + 30_000 + n, predicted={})
            for n, one in enumerate(found.stops)
        ),
    )


ROUTE = _route()


def _air(after_c: float, minutes: int, *, usual_c: float = 0.0, sensor: str = "A") -> list[Sample]:
    """Measure an hour as it usually is, then so many minutes of other air."""
    return [
        Sample(
            START_MS + 1000 * (ROUTE.departs + 60 * minute),
            (LOADED_C if minute < 0 else after_c) + usual_c,
            sensor,
        )
        for minute in range(-60, minutes + 1)
    ]


def _belief(air: list[Sample], minutes: int) -> Belief:
    found = goods_on_board(PROBLEM, ROUTE, ZONE, air, at=ROUTE.departs + 60 * minutes)
    assert found is not None
    return found


def test_goods_follow_the_air_with_the_time_constant_of_the_planner() -> None:
    seen = _belief(_air(LOADED_C + 8.0, 60), 60)
    assert seen.product_c == pytest.approx(LOADED_C + 8.0 * (1.0 - exp(-3600 / LAG_S)), abs=0.01)


def test_half_of_what_a_sensor_usually_reads_off_is_its_own() -> None:
    plain, off = (_belief(_air(LOADED_C, 60, usual_c=by), 60) for by in (0.0, 0.4))
    assert plain.air_c == pytest.approx(LOADED_C)
    assert off.air_c == pytest.approx(LOADED_C + 0.2)


def test_air_as_planned_breaks_nothing() -> None:
    seen = _belief(_air(LOADED_C, 60), 60)
    assert seen.breach.p10 == ROUTE.departs + 3600 + NEVER_S
    assert seen.chance < 0.1


def test_a_break_lies_about_where_the_goods_reach_the_edge() -> None:
    seen = _belief(_air(LOADED_C + 8.0, 20), 20)
    held_s = LAG_S * -log(1.0 - (EDGE_C - LOADED_C) / 8.0)
    due = ROUTE.departs + round(held_s)
    assert seen.breach.p10 < due
    assert seen.breach.p90 > due
    assert abs(seen.breach.p50 - due) < 900


def test_goods_just_beyond_the_edge_may_still_be_sound() -> None:
    minutes = next(
        m for m in range(60, 300) if _belief(_air(LOADED_C + 8.0, m), m).product_c > EDGE_C + 0.04
    )
    seen, at = _belief(_air(LOADED_C + 8.0, minutes), minutes), ROUTE.departs + 60 * minutes
    assert seen.breach.p10 < at < seen.breach.p90


def test_a_second_sensor_that_is_far_off_is_not_believed() -> None:
    both = [*_air(LOADED_C + 30.0, 60, sensor="B"), *_air(LOADED_C, 60)]
    assert _belief(both, 60).product_c == pytest.approx(LOADED_C)


def test_air_that_is_too_cold_breaks_the_lower_edge() -> None:
    zone = Zone.CHILLED
    loaded_c = PROBLEM.policies[zone].loading_c
    air = [Sample(one.at_ms, loaded_c - 8.0, one.sensor) for one in _air(0.0, 60)]
    at = ROUTE.departs + 3600
    seen = goods_on_board(PROBLEM, ROUTE, zone, air, at=at)
    assert seen is not None
    assert seen.product_c < loaded_c
    assert at < seen.breach.p50 < at + 3 * 3600


def test_of_air_that_nobody_measured_nothing_is_believed() -> None:
    at = ROUTE.departs + 600
    assert goods_on_board(PROBLEM, ROUTE, ZONE, [], at=at) is None
    early = _air(LOADED_C, 1)
    assert goods_on_board(PROBLEM, ROUTE, ZONE, early, at=ROUTE.departs + 60) is None
    assert goods_on_board(PROBLEM, ROUTE, ZONE, _air(LOADED_C, 2), at=at) is not None


def test_before_one_door_is_not_all_that_was_measured_nothing_is_believed() -> None:
    air, early = _air(LOADED_C + 8.0, 60), LOADED_S // 60
    for minutes, is_known in ((early - 1, False), (early, True)):
        at = ROUTE.departs + 60 * minutes
        found = goods_on_board(PROBLEM, ROUTE, ZONE, air, at=at)
        assert (found is not None) == is_known


def test_what_a_planned_door_lets_in_is_not_the_air() -> None:
    opens = ROUTE.departs + 55 * 60
    doors = [
        Sample(one.at_ms, LOADED_C + 10.0, one.sensor)
        if opens <= one.at_ms // 1000 - START_MS // 1000 < opens + 300
        else one
        for one in _air(LOADED_C, 60)
    ]
    stop = next(one for one in ROUTE.stops if any(item.zone is ZONE for item in one.delivers))
    planned = replace(
        ROUTE,
        stops=tuple(
            replace(one, service_starts=opens) if one is stop else one for one in ROUTE.stops
        ),
    )
    at = ROUTE.departs + 3600
    known = goods_on_board(PROBLEM, planned, ZONE, doors, at=at)
    unknown = goods_on_board(PROBLEM, ROUTE, ZONE, doors, at=at)
    assert known is not None and unknown is not None
    assert known.air_c == pytest.approx(LOADED_C)
    assert unknown.air_c > LOADED_C + 5.0
    assert known.product_c == unknown.product_c > LOADED_C, "the goods felt it either way"


def test_goods_are_as_the_sensor_says_that_has_not_left_its_fellow() -> None:
    beats = [
        Sample(one.at_ms, one.value_c + (minute % 10) / 10, one.sensor)
        for minute, one in enumerate(_air(LOADED_C, 60))
    ]
    drifts = [
        Sample(one.at_ms, one.value_c + max(0, minute - 60) / 12, "B")
        for minute, one in enumerate(beats)
    ]
    both = sorted(beats + drifts, key=lambda one: one.at_ms)
    seen = _belief(both, 60)
    assert (seen.strays, seen.is_doubted) == ("B", True)
    assert seen.product_c == pytest.approx(_belief(beats, 60).product_c)
