"""How long goods keep in a broken compartment, and how sure that is."""

from dataclasses import replace
from math import log
from typing import Any

import pytest

from optimizer.domain.fleet import Body, Box, Cooling
from optimizer.domain.problem import HORIZON_S, TravelSettings
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal_constants import PRODUCT_J_KGK
from optimizer.response.outlook import Outlook, outlook, outlooks
from optimizer.response.situation import situation
from optimizer.response.words import BreachTimes, Disruption
from tests import broken_days, builders

POINTS = [builders.point(f"P{n}", 4.0 * n) for n in (1, 2, 3)]
LINES = [
    builders.line(f"O{n}{zone.value}", f"P{n}", zone, article=f"A{n}{zone.value}")
    for n in (1, 2, 3)
    for zone in (Zone.FROZEN, Zone.CHILLED)
]
PROBLEM, PLAN = broken_days.day([POINTS], LINES)
AT = PLAN.routes[0].departs


def _ahead(zone: Zone = Zone.CHILLED, **more: Any) -> Outlook:
    told = Disruption(vehicle="V1", zone=zone, at=AT, **more)
    return outlook(situation(PROBLEM, PLAN, told))


def test_what_an_estimator_says_is_taken_as_it_is() -> None:
    told = BreachTimes(p10=AT + 600, p50=AT + 1200, p90=AT + 2400)
    ahead = _ahead(breach=told)
    assert ahead.breach == told
    assert ahead.sound(AT) == 1.0
    assert ahead.sound(AT + 600) == pytest.approx(0.9)
    assert ahead.sound(AT + 1200) == pytest.approx(0.5)
    assert ahead.sound(AT + 2400) == pytest.approx(0.1)
    assert ahead.sound(AT + 3599) > 0.0
    assert ahead.sound(AT + 3600) == 0.0


def test_soundness_never_rises() -> None:
    ahead = _ahead(product_c=2.0, ambient_c=30.0)
    seen = [ahead.sound(AT + 60 * minute) for minute in range(600)]
    assert seen == sorted(seen, reverse=True)
    assert (seen[0], seen[-1]) == (1.0, 0.0)


def test_a_moment_that_is_certain_belongs_to_the_sound_side() -> None:
    ahead = _ahead(breach=BreachTimes(p10=AT + 60, p50=AT + 60, p90=AT + 60))
    assert ahead.sound(AT + 60) == 0.9
    assert ahead.sound(AT + 61) == 0.0


def test_goods_that_are_out_of_their_band_are_not_sound_now() -> None:
    ahead = _ahead(product_c=9.0, ambient_c=30.0)
    assert ahead.breach == BreachTimes(p10=AT, p50=AT, p90=AT)
    assert ahead.sound(AT) == 0.0


def test_the_moments_come_in_their_order_and_heat_brings_them_forward() -> None:
    mild, hot = _ahead(ambient_c=15.0).breach, _ahead(ambient_c=38.0).breach
    assert AT < hot.p10 < hot.p50 < hot.p90
    assert hot.p50 < mild.p50


def test_a_worse_estimate_widens_the_spread() -> None:
    sharp = _ahead(ambient_c=30.0, product_sd_c=0.1).breach
    dull = _ahead(ambient_c=30.0, product_sd_c=0.6).breach
    assert dull.p10 < sharp.p10
    assert dull.p90 > sharp.p90
    assert dull.p50 == sharp.p50


def test_cooling_that_suffices_keeps_goods_for_good() -> None:
    assert _ahead(ambient_c=30.0, cooling_w=4000.0).breach.p10 == HORIZON_S
    weak = _ahead(ambient_c=30.0, cooling_w=20.0).breach.p50
    assert _ahead(ambient_c=30.0).breach.p50 < weak < HORIZON_S


def test_chilled_goods_may_freeze_in_a_winter_without_heating() -> None:
    ahead = _ahead(ambient_c=-15.0)
    assert ahead.breach.p50 < HORIZON_S
    _, product = ahead.at_moment(ahead.breach.p50 + 120)
    assert product < 0.0


def test_the_run_starts_where_the_estimate_is() -> None:
    ahead = _ahead(product_c=3.1, air_c=6.0)
    assert ahead.at_moment(AT) == pytest.approx((6.0, 3.1))


BOX = Box(
    volume_ml=60_000,
    u_w_m2k=0.5,
    area_m2=1.0,
    ice_kg=3.0,
    melt_c={Zone.FROZEN: -21.0, Zone.CHILLED: 0.0},
)


def _in_boxes(box: Box = BOX, **more: Any) -> Outlook:
    van = builders.van("V1", type="box van", cooling=Cooling.BOXES)
    problem, plan = broken_days.day(
        [POINTS],
        LINES,
        vehicles=[van],
        bodies={"box van": Body(box=box)},
        travel=TravelSettings(speed_kmh={"box van": 25.0, "truck": 45.0}),
    )
    told = Disruption(vehicle="V1", zone=Zone.CHILLED, at=AT, ambient_c=30.0, **more)
    return outlook(situation(problem, plan, told))


def test_boxes_whose_ice_is_spent_keep_as_long_as_their_walls_do() -> None:
    breach = _in_boxes(product_c=1.0).breach
    # Three orders of 20 kg, a box each: m c / (U A) = 20 * 3600 / 0.5 s, and from 1 to 4 degrees
    # in air of 30 that times ln(29 / 26).
    expected = 20 * PRODUCT_J_KGK[Zone.CHILLED] / 0.5 * log(29 / 26)
    assert breach.p50 - AT == pytest.approx(expected, rel=0.15)
    thick = _in_boxes(replace(BOX, u_w_m2k=0.25), product_c=1.0).breach
    assert thick.p50 - AT == pytest.approx(2 * (breach.p50 - AT), rel=0.1)


def test_ice_that_is_left_counts_as_cooling() -> None:
    breach = _in_boxes(product_c=1.0).breach
    assert _in_boxes(product_c=1.0, cooling_w=20.0).breach.p50 > breach.p50


def test_the_zone_that_keeps_shortest_and_the_one_that_keeps_longest_are_told_apart() -> None:
    told = [
        Disruption(vehicle="V1", zone=zone, at=AT, breach=BreachTimes(p10=AT + s, p50=AT + s,
                                                                      p90=AT + s))
        for zone, s in ((Zone.FROZEN, 600), (Zone.CHILLED, 1200))
    ]  # fmt: skip
    both = outlooks(situation(PROBLEM, PLAN, told[0], told[1:]))
    assert (both.worst(AT + 900), both.best(AT + 900)) == (0.0, 1.0)
    assert both.of(Zone.CHILLED).breach.p50 == AT + 1200
