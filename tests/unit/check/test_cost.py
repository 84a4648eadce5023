from dataclasses import replace

import pytest

from optimizer.check.cost import breakdown, dearest_round_trip_cents, transferred_orders
from optimizer.check.facts import Facts, gather
from optimizer.domain.network import SiteKind
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from optimizer.planning.pricing import price
from tests.cases import SITES, TRAVEL, VEHICLES, site, tiny_plan, tiny_problem
from tests.unit.check.broken_plans import RoadClosed, change_stop


def _facts(problem: Problem, plan: Plan) -> Facts:
    facts, found = gather(problem, plan, TRAVEL)
    assert not found
    return facts


def test_every_part_of_the_tiny_plan_by_hand() -> None:
    problem = tiny_problem()
    cost = breakdown(_facts(problem, tiny_plan(problem)), TRAVEL)
    # Two trucks at 200.00; V1, V3 and B1 at 80.00, V1 once although it drives twice.
    assert cost.vehicles == 2 * 20_000 + 3 * 8_000
    # Trucks 20 km each at 1.50; vans 6, 5, 4 and 5 km at 0.90.
    assert cost.distance == 2 * 20 * 150 + (6 + 5 + 4 + 5) * 90
    # Trucks 45 min each at 40.00; vans 1680, 900, 1020 and 1200 s at 30.00.
    assert cost.time == 2 * 3000 + 1400 + 750 + 850 + 1000
    # O2/1 of the class due at 7:00 is served at 7:05:30, at 0.30 a minute.
    assert cost.lateness == 165
    # O1 to O6 each have a line that came by truck; O7 is left out.
    assert cost.transfers == 6 * 100
    # A tenth of 1000 a kilogram for each hundred hours used.
    hours = 90 * 24960 + 50 * 25530 + 100 * 21960 + 20 * 22050 + 35 * 32700
    assert cost.shelf_life == pytest.approx(hours / 3600, abs=4)
    # O7/1: 100.00 of goods and ten of the dearest round trips.
    assert cost.unserved == 10_000 + 10 * dearest_round_trip_cents(problem, TRAVEL)


def test_every_stop_by_another_van_than_usual_costs() -> None:
    # V1 calls at P1 once and at P2 twice, V3 at P3, B1 at P4; trucks have no usual sites.
    usual = {"P1": "V1", "P2": "V2", "P3": "B1", "G1": "T2"}
    weights = replace(tiny_problem().objective, stability_cents=70)
    problem = tiny_problem(usual_vehicle=usual, objective=weights)
    plan = tiny_plan(problem)
    assert breakdown(_facts(problem, plan), TRAVEL).stability == 3 * 70
    assert price(problem, plan.routes, plan.unserved, 0).stability == 3 * 70
    free = tiny_problem(usual_vehicle=usual)
    assert breakdown(_facts(free, plan), TRAVEL).stability == 0


def test_dearest_round_trip_by_hand() -> None:
    # All points within the radius of one grid: 2.5 km is the farthest, by van from G1 or G2.
    # Van: 80.00 + 5 km at 0.90 + 600 s at 30.00/h; truck: 200.00 + 20 km at 1.50 + 1800 s at 40.
    van, truck = 8000 + 450 + 500, 20_000 + 3000 + 2000
    assert dearest_round_trip_cents(tiny_problem(), TRAVEL) == van + truck


def test_a_given_grid_may_be_far() -> None:
    sites = {one.id: one for one in SITES}
    sites["P3"] = replace(sites["P3"], grid="G1")
    far = dearest_round_trip_cents(tiny_problem(sites=sites), TRAVEL)
    assert far > dearest_round_trip_cents(tiny_problem(), TRAVEL)


def test_a_point_outside_every_radius_may_come_from_any_grid() -> None:
    near = dearest_round_trip_cents(tiny_problem(), TRAVEL)
    any_grid = dearest_round_trip_cents(tiny_problem(radius_m=None), TRAVEL)
    none_near = dearest_round_trip_cents(tiny_problem(radius_m=100), TRAVEL)
    assert any_grid == none_near > near


def test_points_without_orders_do_not_count() -> None:
    sites = {one.id: one for one in SITES}
    sites["P9"] = site("P9", SiteKind.PICKUP, 14, 0)
    assert dearest_round_trip_cents(tiny_problem(sites=sites), TRAVEL) == 33_950


def test_without_vehicles_a_part_is_nothing() -> None:
    vans = {one.id: one for one in VEHICLES if one.home != "C"}
    trucks = {one.id: one for one in VEHICLES if one.home == "C"}
    assert dearest_round_trip_cents(tiny_problem(vehicles=vans), TRAVEL) == 8950
    assert dearest_round_trip_cents(tiny_problem(vehicles=trucks), TRAVEL) == 25_000
    assert dearest_round_trip_cents(tiny_problem(lines={}), TRAVEL) == 0


def test_points_without_a_way_back_are_passed_over() -> None:
    # P2 and P4 are the farthest alike, at 2.5 km.
    problem = tiny_problem()
    open_road = dearest_round_trip_cents(problem, TRAVEL)
    one_closed = RoadClosed(origin="P2", destination="G1")
    assert dearest_round_trip_cents(problem, one_closed) == open_road
    of_p2 = {name: one for name, one in problem.lines.items() if one.site == "P2"}
    assert dearest_round_trip_cents(tiny_problem(lines=of_p2), one_closed) == 0


def test_orders_from_stock_alone_change_no_vehicle() -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    (stop,) = plan.routes[1].stops
    kept = tuple(item for item in stop.delivers if item.key.order != "O5")
    plan = change_stop(plan, "T2", delivers=kept)
    assert transferred_orders(_facts(problem, plan)) == 5
