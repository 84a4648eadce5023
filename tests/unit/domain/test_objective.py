from dataclasses import replace

import pytest

from optimizer.domain.ids import LineKey
from optimizer.domain.network import TimeWindow
from optimizer.domain.objective import (
    CostBreakdown,
    ObjectiveWeights,
    Promise,
    lateness_cost,
    left_behind_cost,
    route_cost,
    shelf_life_cost,
    unserved_cost,
)
from optimizer.domain.orders import Collect, CollectKind
from tests.cases import FROZEN, VEHICLES, line

TRUCK = VEHICLES[0]
LINE = line("O/1", "P", FROZEN, 10, shelf_life_left_s=1000, value_cents=500, priority=3)


def test_a_route_costs_kilometres_hours_and_once_its_vehicle() -> None:
    first = route_cost(TRUCK, distance_m=10_500, duration_s=5400, first_trip=True)
    assert first == CostBreakdown(vehicles=20_000, distance=1575, time=6000)
    again = route_cost(TRUCK, distance_m=10_500, duration_s=5400, first_trip=False)
    assert first.total - again.total == TRUCK.fixed_cents


def test_breakdowns_add_up_part_by_part() -> None:
    one = CostBreakdown(vehicles=1, distance=2, time=3, lateness=4)
    two = CostBreakdown(transfers=5, shelf_life=6, unserved=7, vehicles=8)
    assert (one + two).total == one.total + two.total == 36
    assert (one + two).as_dict()["vehicles"] == 9


@pytest.mark.parametrize(("start", "cents"), [(0, 0), (100, 0), (101, 1), (160, 60), (190, 90)])
def test_lateness_counts_from_the_deadline(start: int, cents: int) -> None:
    assert lateness_cost(Promise(deadline_s=100, cents_per_min_late=60), LINE, start) == cents


def test_the_earliest_of_what_is_promised_counts() -> None:
    window = TimeWindow(opens=50, closes=80)
    booked = replace(LINE, window=window, ordered_s=20)
    daily = Promise(deadline_s=100, cents_per_min_late=60)
    quick = replace(daily, within_s=70)
    assert [daily.due(booked), quick.due(booked), quick.due(LINE)] == [100, 90, 70]
    assert replace(quick, soft_window=True).due(booked) == 80
    assert replace(quick, soft_window=True).due(LINE) == 70
    assert replace(daily, within_s=500).due(booked) == 100


def test_a_return_left_behind_costs_what_a_line_costs_and_empties_their_value() -> None:
    crates = Collect(
        key=LineKey("E", "1"), site="P", kind=CollectKind.EMPTIES, zone=FROZEN,
        mass_g=1, volume_ml=1, value_cents=30,
    )  # fmt: skip
    back = replace(crates, kind=CollectKind.RETURN)
    assert left_behind_cost(ObjectiveWeights(), crates, 100) == 30
    assert left_behind_cost(ObjectiveWeights(), back, 100) == 30 + 10 * 100


@pytest.mark.parametrize(("start", "cents"), [(0, 0), (500, 125), (1000, 250), (5000, 250)])
def test_shelf_life_is_lost_in_proportion_and_at_most_once(start: int, cents: int) -> None:
    assert shelf_life_cost(ObjectiveWeights(shelf_life_weight=0.5), LINE, start) == cents


def test_goods_that_do_not_spoil_lose_nothing() -> None:
    lasting = line("O/1", "P", FROZEN, 10, shelf_life_left_s=None)
    assert shelf_life_cost(ObjectiveWeights(shelf_life_weight=0.5), lasting, 10**6) == 0
    assert shelf_life_cost(ObjectiveWeights(), LINE, 10**6) == 0


def test_leaving_out_costs_value_round_trips_and_priority() -> None:
    assert unserved_cost(ObjectiveWeights(), LINE, 100) == (500 + 10 * 100) * 3
    weights = ObjectiveWeights(round_trips_per_unserved=2, priority_factor={3: 1.5})
    assert unserved_cost(weights, LINE, 100) == (500 + 2 * 100) * 1.5
    assert weights.factor(2) == 2.0
