"""Linehaul on days whose best plan is known."""

import pytest

from optimizer.domain.limit import Limit
from optimizer.domain.network import TimeWindow
from optimizer.domain.plan import UnservedReason
from optimizer.domain.problem import TrafficSlot, TravelSettings
from optimizer.domain.temperature import Zone
from optimizer.planning.linehaul.demand import LinehaulPlan
from tests.unit.planning.linehaul_day import (
    HOUR,
    central,
    day,
    demand,
    grid,
    part,
    planned,
    roads,
    truck,
)


def cents(plan: LinehaulPlan) -> int:
    return sum(route.cost_cents for route in plan.routes)


def test_one_truck_visits_two_neighbours_on_one_tour() -> None:
    problem = day([central(), grid("A"), grid("B")], [truck("T1"), truck("T2")])
    travel = roads(problem, {("C", "A"): 40, ("C", "B"): 40, ("A", "B"): 5})
    plan = planned(problem, travel, [demand("A", part("a", 400)), demand("B", part("b", 500))])
    assert [len(route.stops) for route in plan.routes] == [2]
    assert cents(plan) == 10_000 + 100 * 85
    assert plan.gap == 0


def test_a_delivery_is_split_where_that_saves_a_truck() -> None:
    # Three grids of 600 kg and trucks of 1000 kg: two trucks do it only if one grid is split.
    problem = day([central(), *(grid(g) for g in "ABD")], [truck(f"T{n}") for n in range(3)])
    travel = roads(problem, {("C", "A"): 30, ("C", "B"): 30, ("C", "D"): 30}, otherwise=10)
    demands = [demand(g, *(part(f"{g}{n}", 60) for n in range(10))) for g in "ABD"]
    plan = planned(problem, travel, demands)
    assert len(plan.routes) == 2
    assert not plan.unserved
    assert cents(plan) == 2 * 10_000 + 2 * 100 * 70


def test_a_single_line_is_split_to_the_gram() -> None:
    problem = day([central(), grid("A")], [truck("T1"), truck("T2"), truck("T3")])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 2999.999, litres=7000.001))])
    loads = [sum(item.mass_g for item in route.stops[0].delivers) for route in plan.routes]
    assert sum(loads) == 2_999_999
    assert len(loads) == 3


def test_trucks_that_are_exactly_full_still_bring_everything() -> None:
    trucks = [truck("T1", payload_g=1_000_000), truck("T2", payload_g=617_383)]
    problem = day([central(), grid("A")], trucks)
    lines = [part(f"a{n}", 100) for n in range(16)] + [part("rest", 17.383)]
    plan = planned(problem, roads(problem, {}), [demand("A", *lines)])
    assert not plan.unserved
    assert len(plan.routes) == 2


def test_one_truck_makes_two_trips_and_is_paid_once() -> None:
    problem = day([central(), grid("A")], [truck("T1", max_trips=2), truck("T2", max_trips=2)])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 1000), part("b", 900))])
    assert [(route.vehicle, route.trip) for route in plan.routes] == [("T1", 1), ("T1", 2)]
    assert cents(plan) == 10_000 + 2 * 100 * 60


def test_a_second_truck_comes_where_a_second_trip_would_be_late() -> None:
    problem = day([central(), grid("A")], [truck("T1", max_trips=2), truck("T2", max_trips=2)])
    goods = demand("A", part("a", 1000), part("b", 900), due=HOUR)
    plan = planned(problem, roads(problem, {}), [goods])
    assert {route.vehicle for route in plan.routes} == {"T1", "T2"}
    assert plan.ready["A", "w"] <= HOUR


def test_trips_are_packed_into_trucks_one_by_one_and_not_by_the_hour() -> None:
    # Three trips of two hours before an hour that leaves room for three: two trucks could drive
    # six hours, yet the second trip of either would be late.
    sites = [central(), *(grid(g, service_s=0) for g in "ABD")]
    problem = day(sites, [truck(f"T{n}", max_trips=2) for n in range(3)])
    travel = roads(problem, {}, otherwise=60)
    demands = [demand(g, part(g, 900), due=2 * HOUR + 1800) for g in "ABD"]
    plan = planned(problem, travel, demands)
    assert len({route.vehicle for route in plan.routes}) == 3


def test_trucks_wait_for_the_only_dock() -> None:
    problem = day(
        [central(), grid("A", docks=1, service_s=1800, sorting_s=900)], [truck("T1"), truck("T2")]
    )
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 1000), part("b", 1000))])
    starts = sorted(stop.service_starts for route in plan.routes for stop in route.stops)
    assert starts == [1800, 3600]
    assert plan.ready["A", "w"] == 3600 + 1800 + 900
    assert all(stop.arrives == stop.service_starts for r in plan.routes for stop in r.stops)


def test_trucks_load_at_the_docks_of_the_central() -> None:
    problem = day([central(docks=1, service_s=1200), grid("A")], [truck("T1"), truck("T2")])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 1000), part("b", 1000))])
    assert sorted(route.departs for route in plan.routes) == [1200, 2400]


def test_a_truck_leaves_no_earlier_than_the_gate_ahead_opens() -> None:
    late = TimeWindow(opens=10 * HOUR, closes=12 * HOUR)
    problem = day([central(), grid("A", hours=(late,))], [truck("T1")])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 10))])
    assert plan.routes[0].departs == 10 * HOUR - 1800
    assert plan.routes[0].stops[0].arrives == 10 * HOUR


def test_goods_that_come_late_come_nevertheless() -> None:
    problem = day([central(), grid("A", sorting_s=600)], [truck("T1")])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 10), due=60)])
    assert plan.ready["A", "w"] == 1800 + 600 + 600
    assert not plan.unserved


def test_a_latest_arrival_is_kept() -> None:
    problem = day([central(), grid("A"), grid("B")], [truck("T1")])
    travel = roads(problem, {("A", "B"): 1})
    demands = [demand("A", part("a", 10), latest=1700), demand("B", part("b", 10))]
    plan = planned(problem, travel, demands)
    assert [(item.key.order, item.reason) for item in plan.unserved] == [
        ("a", UnservedReason.LINEHAUL)
    ]
    assert ("A", "w") not in plan.ready


def test_time_on_board_is_kept_by_a_tour_of_its_own() -> None:
    problem = day(
        [central(), grid("A"), grid("B")],
        [truck("T1"), truck("T2")],
        time_on_board_s={Zone.CHILLED: 2000},
    )
    travel = roads(problem, {("A", "B"): 1})
    plan = planned(problem, travel, [demand("A", part("a", 10)), demand("B", part("b", 10))])
    assert sorted(len(route.stops) for route in plan.routes) == [1, 1]
    uncooled = [demand(g, part(g, 10, zone=Zone.CONTROLLED)) for g in "AB"]
    assert [len(route.stops) for route in planned(problem, travel, uncooled).routes] == [2]


def test_too_few_trucks_leave_the_lines_that_cost_least_to_leave() -> None:
    # By weight the dearest line is the worst bargain: 600 kg or 500 + 400 kg fit.
    problem = day([central(), grid("A")], [truck("T1")])
    lines = [part("six", 600), part("five", 500), part("four", 400)]
    plan = planned(
        problem,
        roads(problem, {}),
        [demand("A", *lines)],
        leaving={"six": 10_000_000, "five": 9_000_000, "four": 5_000_000},
    )
    assert [item.key.order for item in plan.unserved] == ["five"]
    assert plan.unserved[0].reason is UnservedReason.PAYLOAD
    assert "1,000 kg" in plan.unserved[0].detail
    assert "1,500 kg" in plan.unserved[0].detail


def test_a_full_compartment_is_named() -> None:
    problem = day([central(), grid("A")], [truck("T1")])
    lines = [part(f"a{n}", 1, litres=1000, zone=Zone.FROZEN) for n in range(5)]
    plan = planned(problem, roads(problem, {}), [demand("A", *lines)])
    assert [item.reason for item in plan.unserved] == [UnservedReason.ZONE_CAPACITY]
    assert "frozen" in plan.unserved[0].detail


def test_a_grid_without_a_road_is_named() -> None:
    problem = day([central(), grid("A"), grid("B")], [truck("T1")])
    travel = roads(problem, {("C", "B"): -1, ("A", "B"): -1})
    plan = planned(problem, travel, [demand("A", part("a", 10)), demand("B", part("b", 10))])
    assert [(item.key.order, item.reason) for item in plan.unserved] == [
        ("b", UnservedReason.UNREACHABLE)
    ]
    assert "B" in plan.unserved[0].detail


def test_without_live_temperature_no_cold_goods_ride() -> None:
    problem = day([central(), grid("A")], [truck("T1", live_temperature=False)])
    plan = planned(
        problem,
        roads(problem, {}),
        [demand("A", part("cold", 10), part("warm", 10, zone=Zone.CONTROLLED))],
    )
    assert [item.key.order for item in plan.unserved] == ["cold"]
    assert "live temperature" in plan.unserved[0].detail


def test_a_compartment_that_no_truck_has_is_named() -> None:
    problem = day([central(), grid("A")], [truck("T1", capacity_ml={Zone.CHILLED: 1_000_000})])
    goods = demand("A", part("a", 10), part("f", 10, zone=Zone.FROZEN))
    plan = planned(problem, roads(problem, {}), [goods])
    assert [(item.key.order, item.reason) for item in plan.unserved] == [
        ("f", UnservedReason.ZONE_CAPACITY)
    ]


def test_without_trucks_every_line_is_left_with_a_reason() -> None:
    problem = day([central(), grid("A")], [])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 10))])
    assert [item.reason for item in plan.unserved] == [UnservedReason.LINEHAUL]


def test_own_trucks_go_before_cheaper_backup_ones() -> None:
    trucks = [truck("B1", owner="backup", fixed_cents=0, cents_per_km=1), truck("T1")]
    problem = day([central(), grid("A")], trucks)
    travel = roads(problem, {})
    alone = planned(problem, travel, [demand("A", part("a", 900))])
    assert [route.vehicle for route in alone.routes] == ["T1"]
    both = planned(problem, travel, [demand("A", part("a", 900), part("b", 900))])
    assert {route.vehicle for route in both.routes} == {"T1", "B1"}
    assert not both.unserved


def test_bulkheads_move_in_steps() -> None:
    # A body of 3000 l in steps of 500 l: 1300 + 1400 l need 1500 l + 1400 l and fit once; two
    # such grids of another mix do not share a truck, though their litres would.
    sizes = dict.fromkeys(Zone, 1000000)
    body = {"capacity_ml": sizes, "bulkhead_step_ml": 500_000}
    problem = day([central(), grid("A"), grid("B")], [truck("T1", **body), truck("T2", **body)])
    travel = roads(problem, {("A", "B"): 1})
    one = demand("A", part("f", 1, litres=1300, zone=Zone.FROZEN), part("c", 1, litres=1400))
    assert len(planned(problem, travel, [one]).routes) == 1
    other = demand("B", part("k", 1, litres=260, zone=Zone.CONTROLLED))
    assert len(planned(problem, travel, [one, other]).routes) == 2


def test_traffic_at_the_start_of_the_shift_slows_every_leg() -> None:
    slot = TrafficSlot(window=TimeWindow(opens=0, closes=HOUR), factor=2.0)
    travel_settings = TravelSettings(speed_kmh={"truck": 60.0}, slots=(slot,))
    problem = day([central(), grid("A")], [truck("T1")], travel=travel_settings)
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 1))])
    assert plan.routes[0].stops[0].arrives - plan.routes[0].departs == HOUR


def test_nothing_to_bring_is_a_plan() -> None:
    problem = day([central(), grid("A")], [truck("T1")])
    plan = planned(problem, roads(problem, {}), [demand("A")])
    assert plan == LinehaulPlan(routes=(), ready={}, unserved=(), gap=plan.gap)


@pytest.mark.parametrize("seed", [1, 7])
def test_the_same_seed_and_iterations_give_the_same_plan(seed: int) -> None:
    problem = day(
        [central(docks=2), *(grid(g, docks=1) for g in "ABDEF")],
        [truck(f"T{n}", max_trips=2) for n in range(5)],
    )
    travel = roads(problem, {("A", "B"): 7, ("D", "E"): 9, ("B", "F"): 4}, otherwise=23)
    demands = [demand(g, *(part(f"{g}{n}", 30 + n) for n in range(20))) for g in "ABDEF"]
    limit = Limit(iterations=60)
    plans = [planned(problem, travel, demands, limit=limit, seed=seed) for _ in range(2)]
    assert plans[0] == plans[1]
