from dataclasses import replace

import pytest

from optimizer.check import kpis
from optimizer.check.kpis import KPIS
from optimizer.domain.ids import LineKey
from optimizer.domain.network import TimeWindow
from optimizer.domain.objective import Promise
from optimizer.domain.plan import PredictedTemperature
from tests.cases import (
    FROZEN,
    HOUR,
    MINUTE,
    TRAVEL,
    drive,
    part,
    plan_of,
    tiny_plan,
    tiny_problem,
)
from tests.unit.check.broken_plans import change_stop, with_line
from tests.unit.check.broken_road_plans import CRATES, taken


def test_key_figures_of_the_tiny_plan_by_hand() -> None:
    problem = tiny_problem()
    figures = kpis(problem, tiny_plan(problem))
    assert figures["served_lines"] == 8
    assert figures["unserved_lines"] == 1
    assert figures["served_kg_share"] == pytest.approx(295 / 305)
    assert figures["vehicles_used"] == 5
    assert figures["linehaul_km"] == 40
    assert figures["last_mile_km"] == 20
    # Trucks come home 10 km each, vans 2.5 (V1 twice), 2 and 2.5 km.
    assert figures["empty_km"] == pytest.approx(20 + 2.5 + 2.5 + 2 + 2.5, abs=0.02)
    assert figures["transfers_per_order"] == 1.0
    # O2/1 is late and O7/1 is left out; O2/1 is the one line of its class.
    assert figures["on_time_share"] == pytest.approx(7 / 9)
    assert figures["on_time_share_early"] == 0.0
    assert figures["on_time_share_morning"] == pytest.approx(7 / 8)
    assert figures["fill_frozen"] == pytest.approx(2 * (40 + 20 + 35) * 3 / (2 * 8000 + 4 * 2000))


def test_nothing_to_do_is_done_in_full() -> None:
    problem = tiny_problem(lines={})
    figures = kpis(problem, plan_of(problem, []))
    assert figures["on_time_share"] == figures["served_kg_share"] == 1.0
    assert figures["fill_frozen"] == figures["transfers_per_order"] == 0.0


def test_a_van_that_brings_empties_back_is_not_empty() -> None:
    problem = tiny_problem(collects={CRATES.key: replace(CRATES, site="P1")})
    goods = [part(problem, "O1/1")]
    route = drive(problem, vehicle="V1", wave="W1", departs=7 * HOUR, visits=[("P1", goods)])
    assert kpis(problem, plan_of(problem, [route]))["empty_km"] == pytest.approx(2.0)
    crates = replace(route.stops[0], collects=(taken(),))
    plan = plan_of(problem, [replace(route, stops=(crates,))])
    assert kpis(problem, plan)["empty_km"] == 0.0


def test_a_break_on_the_way_home_makes_it_no_longer() -> None:
    problem = tiny_problem()
    visits = [("P1", [part(problem, "O1/1")])]
    rested = drive(
        problem, vehicle="V1", wave="W1", departs=7 * HOUR, visits=visits, rests={1: [(90, 1200)]}
    )
    figures = kpis(problem, plan_of(problem, [rested]))
    assert figures["empty_km"] == pytest.approx(2.0)
    assert figures["rests"] == 1


def test_trips_and_collects_are_counted() -> None:
    other = replace(CRATES, key=LineKey("E2", "1"))
    problem = tiny_problem(collects={one.key: one for one in (CRATES, other)})
    plan = change_stop(tiny_plan(problem), "V3", collects=(taken(),))
    figures = kpis(problem, plan)
    assert (figures["trips"], figures["rests"]) == (6, 0)
    assert figures["collected_share"] == 0.5
    assert kpis(tiny_problem(), tiny_plan())["collected_share"] == 1.0


def test_frozen_goods_handed_over_too_warm_have_thawed() -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    assert kpis(problem, plan)["frozen_thawed_share"] == 0.0
    # V1 hands over 40 kg on its first trip, B1 20 kg; the 35 kg of the second trip say nothing.
    plan = change_stop(plan, "V1", predicted={FROZEN: _product(-17.9)})
    plan = change_stop(plan, "B1", predicted={FROZEN: _product(-18.0)})
    assert kpis(problem, plan)["frozen_thawed_share"] == pytest.approx(40 / 60)


def test_appointments_are_kept_inside_their_window_alone() -> None:
    soft = Promise(deadline_s=12 * HOUR, cents_per_min_late=5, soft_window=True)
    problem = tiny_problem(promises=dict(tiny_problem().promises) | {"soft": soft})
    assert kpis(problem, tiny_plan(problem))["appointments_kept_share"] == 1.0
    # O3/1 is served at 6:06 and due when its window closes; O7/1 is left out.
    window = TimeWindow(opens=6 * HOUR, closes=6 * HOUR + 5 * MINUTE)
    problem = with_line(problem, "O3/1", promise="soft", window=window)
    problem = with_line(problem, "O7/1", window=window)
    figures = kpis(problem, tiny_plan(problem))
    assert figures["appointments_kept_share"] == pytest.approx(1 / 3)
    assert figures["on_time_share_soft"] == 0.0


def test_every_figure_is_explained() -> None:
    named = {"on_time_share_CLASS", "fill_ZONE"}
    figures = kpis(tiny_problem(), tiny_plan())
    plain = {one for one in figures if not one.startswith("fill_") and "on_time_share_" not in one}
    assert plain == set(KPIS) - named
    assert all(meaning.endswith(".") for meaning in KPIS.values())


def _product(celsius: float) -> PredictedTemperature:
    return PredictedTemperature(product_c=celsius, air_max_c=celsius, margin_c=0.0)


def test_figures_do_not_need_travel() -> None:
    assert TRAVEL.source.provider not in kpis(tiny_problem(), tiny_plan())
