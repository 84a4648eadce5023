from dataclasses import replace

import pytest

from optimizer.check import kpis
from tests.cases import FROZEN, HOUR, TRAVEL, drive, part, plan_of, tiny_plan, tiny_problem


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
    problem = tiny_problem()
    goods = [part(problem, "O1/1")]
    route = drive(problem, vehicle="V1", wave="W1", departs=7 * HOUR, visits=[("P1", goods)])
    assert kpis(problem, plan_of(problem, [route]))["empty_km"] == pytest.approx(2.0)
    crates = replace(route.stops[0], collects=(replace(goods[0], zone=FROZEN),))
    plan = plan_of(problem, [replace(route, stops=(crates,))])
    assert kpis(problem, plan)["empty_km"] == 0.0


def test_figures_do_not_need_travel() -> None:
    assert TRAVEL.source.provider not in kpis(tiny_problem(), tiny_plan())
