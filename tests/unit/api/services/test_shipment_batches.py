"""Which batches a vehicle had on board, when, and by which way they had come."""

from __future__ import annotations

from dataclasses import replace

import pytest

from api.road.day import Day
from api.services.asking_the_monitor import to_ms
from api.services.shipment_batches import batches_on_board, end_of_ride
from optimizer.domain.ids import LineKey
from telemetry.export.batches import Batch, Stay
from tests.builders import HOUR
from tests.road_cases import Teller, instant, piece, small_plan, small_problem

TRUCK_LOADED, AT_GRID = 5 * HOUR - 1800, 23_000
VAN_LOADED, VAN_BACK = 10 * HOUR - 1800, 10 * HOUR + 7800 + 1800 + 3600
LATE = 30 * HOUR


def ms(day: Day, moment: int) -> int:
    return to_ms(instant(day.problem, moment))


def stay(day: Day, asset: str, begins: int, ends: int) -> Stay:
    return Stay(asset=asset, from_ms=ms(day, begins), to_ms=ms(day, ends))


def on_board(day: Day, vehicle: str = "V1", until: int = LATE) -> dict[tuple[str, str], Batch]:
    routes = [route for route in day.plan.routes if route.vehicle == vehicle]
    found = batches_on_board(day, routes, ms(day, until))
    return {(one.order, one.line): one for one in found}


def test_goods_are_on_board_from_loading_to_their_hand_over() -> None:
    teller = Teller()
    day = teller.day([teller.handed("P1", 11 * HOUR, piece("A", 5000))])
    found = on_board(day)
    assert list(found) == [("A", "1"), ("A", "2"), ("B", "1"), ("D", "1")]
    first, second = found["A", "1"], found["A", "2"]
    assert first.on_board == stay(day, "V1", VAN_LOADED, 11 * HOUR)
    assert (first.is_handed_over, first.site, first.route) == (True, "P1", "V1-1")
    assert second.on_board == stay(day, "V1", VAN_LOADED, VAN_BACK)
    assert not second.is_handed_over


def test_what_has_not_happened_yet_does_not_count() -> None:
    day = Teller().day()
    assert on_board(day, until=VAN_LOADED) == {}
    (*_, last) = on_board(day, until=VAN_LOADED + 60).values()
    assert last.on_board == stay(day, "V1", VAN_LOADED, VAN_LOADED + 60)


def test_a_hand_over_that_a_wrong_clock_puts_before_loading_takes_no_time() -> None:
    teller = Teller()
    day = teller.day([teller.handed("P1", VAN_LOADED - 600, piece("A", 5000))])
    assert on_board(day)["A", "1"].on_board == stay(day, "V1", VAN_LOADED, VAN_LOADED)


def test_the_ride_ends_an_hour_after_the_return_or_with_a_later_hand_over() -> None:
    teller = Teller()
    (_, van) = teller.plan.routes
    day = teller.day()
    assert end_of_ride(day, van) == instant(day.problem, VAN_BACK)
    day = teller.day([teller.handed("P1", VAN_BACK + 600, piece("A", 5000))])
    assert end_of_ride(day, van) == instant(day.problem, VAN_BACK + 600)


def test_goods_came_by_truck_and_waited_in_the_room() -> None:
    day = Teller().day()
    for batch in on_board(day).values():
        assert batch.ways == (
            (
                stay(day, "T1", TRUCK_LOADED, AT_GRID),
                stay(day, "G1", AT_GRID, VAN_LOADED),
            ),
        )


@pytest.mark.parametrize(("told", "came"), [(7 * HOUR, 7 * HOUR), (12 * HOUR, VAN_LOADED)])
def test_the_truck_had_them_until_it_reported_so(told: int, came: int) -> None:
    teller = Teller()
    day = teller.day([teller.handed("G1", told, piece("A", 5000))])
    found = on_board(day)
    assert found["A", "1"].ways == (
        (stay(day, "T1", TRUCK_LOADED, came), stay(day, "G1", came, VAN_LOADED)),
    )
    assert found["B", "1"].ways[0][0].to_ms == ms(day, AT_GRID)


def test_what_no_truck_brings_lies_in_the_grid_s_room_from_the_start() -> None:
    problem = small_problem()
    plan = small_plan(problem)
    stock_only = replace(plan, routes=plan.routes[1:])
    day = Teller(problem, stock_only).day()
    for batch in on_board(day).values():
        assert batch.ways == ((stay(day, "G1", 0, VAN_LOADED),),)


def test_a_line_that_two_trucks_bring_has_two_ways() -> None:
    problem = small_problem()
    plan = small_plan(problem)
    (truck, van) = plan.routes
    other = replace(truck, id="T2-1", vehicle="T2", departs=truck.departs - 1800)
    day = Teller(problem, replace(plan, routes=(truck, other, van))).day()
    ways = on_board(day)["A", "1"].ways
    assert [way[0] for way in ways] == [
        stay(day, "T1", TRUCK_LOADED, AT_GRID), stay(day, "T2", TRUCK_LOADED - 1800, AT_GRID),
    ]  # fmt: skip


def test_what_a_truck_has_on_board_came_from_nowhere_we_know() -> None:
    day = Teller().day()
    found = on_board(day, "T1")
    assert len(found) == 4
    assert all(one.ways == () and one.site == "G1" for one in found.values())


def test_a_shelf_life_is_of_the_plan_s_start_and_goes_by_the_clock() -> None:
    problem = small_problem()
    lines = dict(problem.lines)
    lines[LineKey("A", "1")] = replace(lines[LineKey("A", "1")], shelf_life_left_s=12 * HOUR)
    lines[LineKey("A", "2")] = replace(lines[LineKey("A", "2")], shelf_life_left_s=9 * HOUR)
    lines[LineKey("B", "1")] = replace(lines[LineKey("B", "1")], shelf_life_left_s=None)
    day = Teller(replace(problem, lines=lines), small_plan(problem)).day()
    found = on_board(day)
    assert found["A", "1"].left_by_clock_h == 2.5
    assert found["A", "2"].left_by_clock_h == -0.5, "it was over half an hour before"
    assert found["B", "1"].left_by_clock_h is None
