"""How long goods keep in a broken compartment, and how sure that is."""

from typing import Any

import pytest

from optimizer.domain.problem import HORIZON_S
from optimizer.domain.temperature import Zone
from optimizer.response.outlook import Outlook, outlook
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
    assert ahead.sound(AT + 2701) == 0.0


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
