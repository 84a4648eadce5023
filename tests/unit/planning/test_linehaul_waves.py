"""Goods of a later wave come with an earlier trip where that pays, and wait in the cold room."""

from __future__ import annotations

import pytest

from optimizer.domain.limit import Limit
from optimizer.domain.plan import Route
from optimizer.domain.problem import Wave
from optimizer.domain.temperature import Zone
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan
from optimizer.planning.linehaul.merging import mergings
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

EARLY, LATE = 5 * HOUR, 9 * HOUR


def two_waves(name: str, early_kg: float, late_kg: float) -> list[GridDemand]:
    return [
        demand(name, part(f"{name}w", early_kg), wave="w", due=EARLY),
        demand(name, part(f"{name}x", late_kg), wave="x", due=LATE),
    ]


def cents(plan: LinehaulPlan) -> int:
    return sum(route.cost_cents for route in plan.routes)


def orders(route: Route) -> set[str]:
    return {item.key.order for stop in route.stops for item in stop.delivers}


def test_one_trip_brings_the_goods_of_two_waves() -> None:
    problem = day([central(), grid("A", sorting_s=900)], [truck("T1", max_trips=2)])
    plan = planned(problem, roads(problem, {}), two_waves("A", 400, 500))
    assert [(route.wave, orders(route)) for route in plan.routes] == [("w", {"Aw", "Ax"})]
    assert cents(plan) == 10_000 + 100 * 60
    assert plan.ready["A", "w"] == plan.ready["A", "x"] == plan.routes[0].stops[0].departs + 900


def test_goods_for_which_there_is_no_room_come_with_a_trip_of_their_own() -> None:
    problem = day([central(), grid("A")], [truck("T1", max_trips=2)])
    plan = planned(problem, roads(problem, {}), two_waves("A", 900, 800))
    assert [(route.vehicle, route.wave) for route in plan.routes] == [("T1", "w"), ("T1", "x")]
    assert plan.ready["A", "w"] < plan.ready["A", "x"] <= LATE


def test_a_compartment_without_room_keeps_later_goods_for_a_later_trip() -> None:
    # 4000 l of each zone: 3000 + 2000 l of frozen goods do not go together, whatever they weigh.
    problem = day([central(), grid("A")], [truck("T1", max_trips=2)])
    demands = [
        demand("A", part("w", 10, litres=3000, zone=Zone.FROZEN), wave="w", due=EARLY),
        demand("A", part("x", 10, litres=2000, zone=Zone.FROZEN), wave="x", due=LATE),
    ]
    assert len(planned(problem, roads(problem, {}), demands).routes) == 2


def test_a_truck_makes_a_second_trip_where_one_before_the_first_wave_would_need_two_trucks() -> (
    None
):
    # Before one o'clock each truck makes one trip: merged, the goods would need two of them.
    problem = day([central(), grid("A")], [truck(f"T{n}", max_trips=2) for n in range(2)])
    demands = [
        demand("A", part("w", 1000), wave="w", due=HOUR),
        demand("A", part("x", 1000), wave="x", due=4 * HOUR),
    ]
    plan = planned(problem, roads(problem, {}), demands)
    assert {route.vehicle for route in plan.routes} == {"T0"}
    assert plan.ready["A", "w"] <= HOUR


def test_a_truck_calls_where_only_a_later_wave_wants_goods() -> None:
    problem = day([central(), grid("A"), grid("B")], [truck("T1", max_trips=2)])
    demands = [
        demand("A", part("w", 400), wave="w", due=EARLY),
        demand("B", part("x", 500), wave="x", due=LATE),
    ]
    plan = planned(problem, roads(problem, {("A", "B"): 1}), demands)
    assert [[stop.site for stop in route.stops] for route in plan.routes] in (
        [["A", "B"]],
        [["B", "A"]],
    )
    assert cents(plan) == 10_000 + 100 * 61


def test_only_what_fits_rides_along() -> None:
    # The first trip has room for the later goods of one grid; those of the other come later.
    problem = day([central(), grid("A"), grid("B")], [truck("T1", max_trips=3)])
    travel = roads(problem, {("A", "B"): 1})
    demands = [*two_waves("A", 500, 300), *two_waves("B", 200, 900)]
    plan = planned(problem, travel, demands)
    assert [route.wave for route in plan.routes] == ["w", "x"]
    assert orders(plan.routes[0]) >= {"Aw", "Bw"}
    assert sum(item.mass_g for stop in plan.routes[0].stops for item in stop.delivers) > 700_000


def test_a_latest_arrival_of_the_earlier_wave_holds_for_its_goods_alone() -> None:
    problem = day([central(), grid("A")], [truck(f"T{n}", max_trips=3) for n in range(2)])
    demands = [
        demand("A", part("w", 900), wave="w", due=HOUR, latest=HOUR),
        demand("A", part("x1", 900), part("x2", 900), wave="x", due=LATE, latest=LATE),
    ]
    plan = planned(problem, roads(problem, {}), demands)
    assert not plan.unserved
    assert {route.vehicle for route in plan.routes} == {"T0"}
    assert plan.ready["A", "w"] <= HOUR < plan.ready["A", "x"]


def test_merging_never_costs_more_than_trips_of_their_own() -> None:
    problem = day(
        [central(docks=2, service_s=900), *(grid(g, docks=1) for g in "ABDE")],
        [truck(f"T{n}", max_trips=4) for n in range(4)],
    )
    travel = roads(problem, {("A", "B"): 7, ("D", "E"): 9, ("B", "E"): 4}, otherwise=23)
    demands = [item for g in "ABDE" for item in two_waves(g, 170, 140)]
    together = planned(problem, travel, demands)
    apart = [
        planned(problem, travel, [each for each in demands if each.wave == wave]) for wave in "wx"
    ]
    # 1240 kg in all: two trips instead of one per wave and 1000 kg, and one truck either way.
    assert len(together.routes) == 2
    assert cents(together) < sum(cents(plan) for plan in apart)


@pytest.mark.parametrize("limit", [Limit(iterations=40), Limit(seconds=2.0)])
def test_three_waves_are_one_trip_under_either_limit(limit: Limit) -> None:
    waves = tuple(Wave(id=name, departs=h * HOUR) for name, h in (("w", 6), ("x", 9), ("y", 12)))
    problem = day([central(), grid("A"), grid("B")], [truck("T1", max_trips=6)], waves=waves)
    demands = [
        demand(g, part(f"{g}{wave.id}", 150), wave=wave.id, due=wave.departs - HOUR)
        for wave in reversed(waves)
        for g in "AB"
    ]
    plan = planned(problem, roads(problem, {("A", "B"): 2}), demands, limit=limit)
    assert [route.wave for route in plan.routes] == ["w"]
    assert plan.ready.keys() == {(g, wave.id) for g in "AB" for wave in waves}


def test_waves_that_share_no_grid_are_merged_in_one_way_alone() -> None:
    apart = [demand("A", part("a", 1), wave="w"), demand("B", part("b", 1), wave="x")]
    assert [each.demands for each in mergings(apart)] == [tuple(apart)]
    shared = [*apart, demand("A", part("c", 1), wave="x")]
    ways = mergings(shared)
    assert [len(each.demands) for each in ways] == [2, 3]
    assert [each.first for each in ways] == [(0, 1), (0, 1, 2)]
