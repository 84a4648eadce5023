"""Whole days, each with one thing that a dispatcher would look for in the plan."""

from __future__ import annotations

import random
from concurrent.futures import Executor
from dataclasses import replace

import pytest

from optimizer.domain.fleet import Box, Cooling, Echelon
from optimizer.domain.network import Stock, TimeWindow
from optimizer.domain.plan import Plan, Route
from optimizer.domain.problem import Problem, TrafficSlot, TravelSettings, Wave
from optimizer.domain.temperature import Zone
from optimizer.executors.processes import processes
from optimizer.formats.plan_json import dump_plan
from tests.builders import (
    HOUR,
    SIX,
    central,
    grid,
    hours,
    line,
    point,
    problem,
    truck,
    van,
)
from tests.properties.busy_days import busy_day
from tests.solving import solve_and_check

SITES = [central(), grid(), *(point(f"P{i}", 1.0 + i, i % 3) for i in range(6))]


def echelon(plan: Plan, which: Echelon) -> list[Route]:
    return [route for route in plan.routes if route.echelon is which]


def served_by(plan: Plan, which: Echelon = Echelon.LAST_MILE) -> dict[str, str]:
    """Give the vehicle that brings each order."""
    return {
        delivery.key.order: route.vehicle
        for route in echelon(plan, which)
        for stop in route.stops
        for delivery in stop.delivers
    }


def test_a_van_leaves_when_the_goods_are_sorted_and_not_before() -> None:
    late = truck(shift=hours(10, 16))
    day = problem(sites=SITES, vehicles=[late, van()], lines=[line("O1", "P1")])
    plan = solve_and_check(day)
    (haul,), (last,) = (echelon(plan, which) for which in Echelon)
    assert haul.stops[0].departs > SIX
    assert last.departs >= haul.stops[0].departs + day.sites["G1"].sorting_s


def test_stock_at_the_grid_stays_off_the_truck() -> None:
    lines = [line("O1", "P1"), line("O2", "P2", article="A2")]
    stock = (Stock(site="G1", article="A1", mass_g=50_000, volume_ml=100_000),)
    plan = solve_and_check(
        problem(sites=SITES, vehicles=[truck(), van()], lines=lines, stock=stock)
    )
    assert set(served_by(plan, Echelon.LINEHAUL)) == {"O2"}
    assert set(served_by(plan)) == {"O1", "O2"}


def test_enough_stock_needs_no_truck_at_all() -> None:
    stock = (Stock(site="G1", article="A1", mass_g=50_000, volume_ml=100_000),)
    plan = solve_and_check(
        problem(sites=SITES, vehicles=[van()], lines=[line("O1", "P1")], stock=stock)
    )
    assert echelon(plan, Echelon.LINEHAUL) == []
    assert plan.unserved == ()


def test_trucks_leave_behind_what_no_van_serves() -> None:
    lines = [line(f"O{i}", f"P{i}", volume_ml=500_000) for i in range(4)]
    plan = solve_and_check(problem(sites=SITES, vehicles=[truck(), van()], lines=lines))
    assert len(plan.unserved) == 3
    assert served_by(plan, Echelon.LINEHAUL).keys() == served_by(plan).keys()


def test_two_waves_share_a_van_that_may_drive_twice() -> None:
    lines = [
        line("O1", "P1", window=hours(11, 12)),
        line("O2", "P2", window=hours(17, 18)),
    ]
    sites = [replace(site, hours=(hours(10, 20),)) if site.grid else site for site in SITES]
    waves = (Wave(id="morning", departs=SIX), Wave(id="noon", departs=16 * HOUR))
    day = problem(
        sites=sites, vehicles=[truck(max_trips=2), van(max_trips=2)], lines=lines, waves=waves
    )
    plan = solve_and_check(day)
    trips = [(route.wave, route.trip) for route in echelon(plan, Echelon.LAST_MILE)]
    assert trips == [("morning", 1), ("noon", 2)]
    assert plan.cost.vehicles == 25_000


def test_a_second_trip_in_the_same_wave_when_one_van_is_all_there_is() -> None:
    lines = [line(f"O{i}", f"P{i}", volume_ml=600_000) for i in range(2)]
    plan = solve_and_check(problem(sites=SITES, vehicles=[truck(), van(max_trips=2)], lines=lines))
    assert plan.unserved == ()
    assert [route.trip for route in echelon(plan, Echelon.LAST_MILE)] == [1, 2]


def test_backup_carriers_drive_only_when_own_vans_fall_short() -> None:
    lines = [line(f"O{i}", f"P{i}", volume_ml=300_000) for i in range(4)]
    cheap_backup = van("B1", owner="backup", fixed_cents=1)
    roomy = [truck(), van(), van("V2"), cheap_backup]
    assert (
        "B1"
        not in served_by(
            solve_and_check(problem(sites=SITES, vehicles=roomy, lines=lines))
        ).values()
    )
    short = solve_and_check(
        problem(sites=SITES, vehicles=[truck(), van(), cheap_backup], lines=lines)
    )
    assert "B1" in served_by(short).values()
    assert short.unserved == ()


def test_bulkheads_move_to_the_load() -> None:
    """Nominally 250 l frozen; the day wants 900 l frozen and nothing chilled."""
    movable = van(
        capacity_ml={Zone.FROZEN: 250_000, Zone.CHILLED: 750_000, Zone.CONTROLLED: 1_000_000},
        bulkhead_step_ml=250_000,
    )
    lines = [line(f"O{i}", f"P{i}", Zone.FROZEN, volume_ml=300_000) for i in range(3)]
    lines.append(line("O9", "P5", Zone.CONTROLLED, volume_ml=900_000))
    plan = solve_and_check(problem(sites=SITES, vehicles=[truck(), movable], lines=lines))
    (route,) = echelon(plan, Echelon.LAST_MILE)
    assert plan.unserved == ()
    assert route.compartments[Zone.FROZEN] == 1_000_000


def test_boxes_are_counted_and_bring_the_van_home_while_the_ice_holds() -> None:
    box = Box(volume_ml=60_000, u_w_m2k=0.8, area_m2=0.72, ice_kg=0.4, melt_c={Zone.CHILLED: 0.0})
    day = problem(
        sites=SITES,
        vehicles=[truck(), van(cooling=Cooling.BOXES)],
        lines=[line(f"O{i}", f"P{i}") for i in range(3)],
        ambient_c=20.0,
    )
    bodies = dict(day.bodies) | {"van": replace(day.bodies["van"], box=box)}
    plan = solve_and_check(replace(day, bodies=bodies))
    (route,) = echelon(plan, Echelon.LAST_MILE)
    (boxes,) = route.boxes
    assert (boxes.zone, boxes.count) == (Zone.CHILLED, 3)
    # 0.4 kg x 334 kJ/kg / (0.8 x 0.72 x 20 K) = 3.2 h
    assert route.duration_s <= 3.3 * HOUR


def test_a_slow_hour_makes_its_wave_slower() -> None:
    day = problem(sites=SITES, vehicles=[truck(), van()], lines=[line("O1", "P3")])
    rush = TrafficSlot(window=TimeWindow(opens=SIX - 60, closes=SIX + HOUR), factor=2.0)
    travel = TravelSettings(speed_kmh={"van": 25.0, "truck": 45.0}, slots=(rush,))
    (free,) = echelon(solve_and_check(day), Echelon.LAST_MILE)
    (slow,) = echelon(solve_and_check(replace(day, travel=travel)), Echelon.LAST_MILE)
    assert slow.duration_s - 180 == pytest.approx(2 * (free.duration_s - 180), abs=3)
    assert slow.distance_m == free.distance_m


def test_late_goods_for_an_afternoon_point_wait_at_the_grid_and_not_on_board() -> None:
    far = point("P9", 2.0, hours=(hours(18, 20),))
    day = problem(
        sites=[*SITES, far],
        vehicles=[truck(), van(shift=hours(9, 23))],
        lines=[line("O1", "P9", Zone.FROZEN)],
    )
    plan = solve_and_check(day)
    (route,) = echelon(plan, Echelon.LAST_MILE)
    assert route.stops[0].service_starts - route.departs <= 6 * HOUR
    assert plan.unserved == ()


def test_of_two_lines_the_one_that_costs_more_to_leave_is_served() -> None:
    lines = [
        line("O1", "P1", volume_ml=500_000, value_cents=50_000),
        line("O2", "P1", volume_ml=500_000, value_cents=60_000),
        line("O3", "P2", volume_ml=500_000, value_cents=40_000),
        line("O4", "P3", Zone.FROZEN, value_cents=1),
    ]
    plan = solve_and_check(problem(sites=SITES, vehicles=[truck(), van()], lines=lines))
    assert {left.key.order for left in plan.unserved} == {"O1", "O3"}


def test_costs_add_up_and_lateness_is_paid_by_the_minute() -> None:
    lines = [line("O1", "P1", promise="cold", window=hours(15.5, 16))]
    plan = solve_and_check(problem(sites=SITES, vehicles=[truck(), van()], lines=lines))
    assert plan.cost.lateness == 20 * 30
    assert plan.cost.total == sum(route.cost_cents for route in plan.routes) + 600


def test_the_same_seed_gives_the_same_bytes_in_this_process_and_in_two_others() -> None:
    # Of three grids and so many lines that another seed finds other routes.
    day = busy_day(random.Random(20))
    seeds = (1, 2)
    with processes(2) as executor:
        there = [dump_plan(_planned(day, seed, executor)) for seed in seeds]
    here = [_planned(day, seed) for seed in seeds]
    assert there == [dump_plan(plan) for plan in here]
    assert here[0].routes != here[1].routes


def _planned(day: Problem, seed: int, executor: Executor | None = None) -> Plan:
    return solve_and_check(day, iterations=5, seed=seed, executor=executor)


def test_trucks_bring_what_rides_with_a_later_wave_than_was_meant() -> None:
    """A frozen line that nobody may carry is left, and the trucks are planned anew."""
    sites = [*SITES, point("P8", 2.0, hours=(hours(14, 20),))]
    lines = [line("O1", "P1"), line("O2", "P8"), line("O3", "P1", Zone.FROZEN)]
    day = problem(
        sites=sites,
        vehicles=[
            truck(max_trips=2),
            van(capacity_ml={Zone.CHILLED: 900_000}, shift=hours(12, 20), max_trips=2),
        ],
        lines=lines,
        waves=(Wave(id="morning", departs=SIX), Wave(id="noon", departs=13 * HOUR)),
    )
    plan = solve_and_check(day)
    assert {left.key.order for left in plan.unserved} == {"O3"}
    assert served_by(plan, Echelon.LINEHAUL).keys() == {"O1", "O2"}
    assert served_by(plan).keys() == {"O1", "O2"}
