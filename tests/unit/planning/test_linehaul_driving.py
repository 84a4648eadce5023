"""Rests, range and skills of trucks: days on which it would be cheaper to ignore them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Body
from optimizer.domain.limit import Limit
from optimizer.domain.network import TimeWindow
from optimizer.domain.plan import Break, Delivery, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.domain.thermal import predict_route
from optimizer.planning.linehaul.demand import GridDemand, LinehaulPlan
from optimizer.planning.linehaul.legs import legs_of, with_rests
from optimizer.planning.linehaul.soonest import soonest_unloading
from optimizer.planning.underway import Underway
from tests.builders import line
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

RULE = BreakRule(after_driving_s=4 * HOUR, rest_s=1200)


def rested(problem: Problem) -> Problem:
    return replace(problem, breaks={"truck": RULE})


def vehicles(plan: LinehaulPlan) -> list[str]:
    return [route.vehicle for route in plan.routes]


@given(
    legs=st.lists(st.integers(0, 50_000), min_size=1, max_size=6),
    after=st.integers(1, 20_000),
    rest=st.integers(1, 5000),
)
def test_the_legs_of_many_trips_rest_as_those_of_one(
    legs: list[int], after: int, rest: int
) -> None:
    rule = BreakRule(after_driving_s=after, rest_s=rest)
    many = with_rests(np.array([legs, legs[::-1]], dtype=np.int64), rule)
    assert many[0].tolist() == [leg.total_s for leg in legs_of(legs, rule)]
    assert many[1].tolist() == [leg.total_s for leg in legs_of(legs[::-1], rule)]


def test_a_driver_rests_on_the_way_and_is_paid_for_it() -> None:
    # Five hours there and back at 60 km/h: one rest on each way, the second after the service.
    problem = day([central(), grid("A")], [truck("T1", cents_per_h=3600)])
    travel = roads(problem, {("C", "A"): 300})
    goods = [demand("A", part("a", 10))]
    (route,) = planned(rested(problem), travel, goods).routes
    stop = route.stops[0]
    assert stop.arrives == route.departs + 5 * HOUR + 1200
    assert route.breaks[0] == Break(
        starts=route.departs + 4 * HOUR, ends=route.departs + 4 * HOUR + 1200
    )
    # One hour is driven since that rest: three more on the way home, and two after the second.
    assert route.breaks[1] == Break(
        starts=stop.departs + 3 * HOUR, ends=stop.departs + 3 * HOUR + 1200
    )
    (hasty,) = planned(problem, travel, goods).routes
    assert route.cost_cents - hasty.cost_cents == 2 * 1200


def test_a_rest_makes_a_tour_too_long_for_the_shift() -> None:
    # Five hours on one tour of both grids, services included; with a rest the shift is over.
    shift = TimeWindow(opens=0, closes=5 * HOUR + 600)
    problem = day(
        [central(), grid("A"), grid("B")], [truck(f"T{n}", shift=shift) for n in range(2)]
    )
    travel = roads(problem, {("C", "A"): 120, ("C", "B"): 120, ("A", "B"): 40})
    demands = [demand(g, part(g, 10)) for g in "AB"]
    assert vehicles(planned(problem, travel, demands)) == ["T0"]
    assert vehicles(planned(rested(problem), travel, demands)) == ["T0", "T1"]


def test_a_rest_counts_as_time_on_board() -> None:
    problem = day(
        [central(), grid("A"), grid("B")],
        [truck(f"T{n}") for n in range(2)],
        time_on_board_s={Zone.CHILLED: 4 * HOUR + 1800},
    )
    travel = roads(problem, {("C", "A"): 230, ("C", "B"): 230, ("A", "B"): 15})
    demands = [demand(g, part(g, 10)) for g in "AB"]
    assert len(planned(problem, travel, demands).routes) == 1
    assert len(planned(rested(problem), travel, demands).routes) == 2


def test_a_driver_rests_at_home_between_two_trips() -> None:
    # One hour and ten minutes per trip: the second would be in time if nobody rested at home.
    problem = day([central(), grid("A")], [truck(f"T{n}", max_trips=2) for n in range(2)])
    goods = [demand("A", part("a", 1000), part("b", 900), latest=2 * HOUR)]
    travel = roads(problem, {})
    assert vehicles(planned(problem, travel, goods)) == ["T0", "T0"]
    assert vehicles(planned(rested(problem), travel, goods)) == ["T0", "T1"]


def test_a_truck_that_is_back_rests_before_it_leaves_again() -> None:
    problem = rested(day([central(), grid("A")], [truck("T1", max_trips=2)]))
    underway = Underway(trips={"T1": 1}, back={"T1": HOUR})
    soonest = soonest_unloading(problem, roads(problem, {}), ["A"], underway)
    assert soonest == {"A": HOUR + 1200 + 1800 + 600}


def test_the_goods_get_warmer_while_the_driver_rests() -> None:
    sites = [central(), grid("A")]
    item, body = line("a", "P"), Body(cooling_w=0)
    problem = day(sites, [truck("T1")], lines={item.key: item}, bodies={"truck": body})
    travel = roads(problem, {("C", "A"): 300})
    goods = [demand("A", _whole(problem))]
    (hasty,) = planned(problem, travel, goods).routes
    (route,) = planned(rested(problem), travel, goods).routes
    assert _warmest(problem, route) > _warmest(problem, hasty)


def _whole(problem: Problem) -> Delivery:
    (item,) = problem.lines.values()
    return Delivery(key=item.key, zone=item.zone, mass_g=item.mass_g, volume_ml=item.volume_ml)


def _warmest(problem: Problem, route: Route) -> float:
    (forecast,) = predict_route(problem, route)
    return forecast[Zone.CHILLED].product_c


def test_a_tour_beyond_the_range_is_driven_in_two() -> None:
    def with_range(metres: int | None) -> LinehaulPlan:
        problem = day(
            [central(), grid("A"), grid("B")],
            [truck("T1", range_m=metres), truck("T2", range_m=metres)],
        )
        travel = roads(problem, {("C", "A"): 40, ("C", "B"): 40, ("A", "B"): 5})
        return planned(problem, travel, [demand(g, part(g, 400)) for g in "AB"])

    assert len(with_range(85_000).routes) == 1
    assert len(with_range(84_999).routes) == 2


def test_long_tours_of_many_grids_keep_the_range() -> None:
    names = [f"G{n:02d}" for n in range(14)]
    trucks = [truck(f"T{n}", max_trips=8, range_m=90_000) for n in range(2)]
    problem = day([central(), *(grid(name) for name in names)], trucks)
    travel = roads(problem, {("C", name): 35 for name in names}, otherwise=6)
    demands = [demand(name, part(name, 10)) for name in names]
    plan = planned(problem, travel, demands, limit=Limit(iterations=30))
    assert not plan.unserved
    # 70 km out and back leave 20 km between grids: four stops on a trip at most, five never.
    assert len(plan.routes) == 4


def test_a_grid_beyond_every_range_is_named() -> None:
    problem = day([central(), grid("A")], [truck("T1", range_m=59_000)])
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 10))])
    assert [item.reason for item in plan.unserved] == [UnservedReason.RANGE]
    assert "A and back are 60.0 km" in plan.unserved[0].detail
    assert "59.0 km" in plan.unserved[0].detail


def test_the_cheap_truck_does_not_call_where_it_lacks_a_skill() -> None:
    trucks = [truck("T1"), truck("T2", fixed_cents=30_000, skills=frozenset({"tail_lift", "adr"}))]
    problem = day([central(), grid("A", needs=frozenset({"tail_lift"})), grid("B")], trucks)
    travel = roads(problem, {("A", "B"): 1})
    plan = planned(problem, travel, [demand("A", part("a", 10))])
    assert vehicles(plan) == ["T2"]
    assert vehicles(planned(problem, travel, [demand("B", part("b", 10))])) == ["T1"]


def test_a_skill_that_no_truck_has_is_named() -> None:
    needs = frozenset({"tail_lift", "adr"})
    problem = day([central(), grid("A", needs=needs), grid("B")], [truck("T1")])
    demands: list[GridDemand] = [demand(g, part(g, 10)) for g in "AB"]
    plan = planned(problem, roads(problem, {}), demands)
    assert [(item.key.order, item.reason) for item in plan.unserved] == [
        ("A", UnservedReason.SKILL)
    ]
    assert "adr, tail_lift" in plan.unserved[0].detail


def test_trucks_of_several_companies_are_equal() -> None:
    trucks = [truck(f"T{n}", carrier=f"company {n}") for n in range(3)]
    problem = day([central(), grid("A")], trucks)
    plan = planned(problem, roads(problem, {}), [demand("A", part("a", 1000), part("b", 900))])
    assert vehicles(plan) == ["T0", "T1"]
