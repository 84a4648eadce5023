"""What routes that stay leave of vehicles and docks, for trucks and for vans."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.fleet import Echelon
from optimizer.domain.limit import Limit
from optimizer.domain.network import Stock
from optimizer.domain.plan import Route
from optimizer.domain.problem import TrafficSlot, TravelSettings
from optimizer.planning.holding import hold
from optimizer.planning.linehaul.plan import plan_linehaul
from optimizer.planning.linehaul.soonest import soonest_unloading
from optimizer.planning.underway import Underway
from tests.cases import HOUR, MINUTE, TRAVEL, key, tiny_plan, tiny_problem
from tests.unit.planning.linehaul_day import central, day, demand, grid, part, planned, roads, truck

TINY = tiny_problem()
PLAN = tiny_plan(TINY)


def routes(*names: str) -> list[Route]:
    return [route for route in PLAN.routes if route.id in names]


def test_nothing_under_way_takes_nothing() -> None:
    free = Underway()
    van = TINY.vehicles["V1"]
    assert free.free_from(van, 900) == van.shift.opens
    assert free.fleet_left(TINY) is TINY


def test_a_vehicle_is_free_after_its_last_trip_and_reloading() -> None:
    taken = Underway.of(TINY, routes("V1-1"), 0)
    (first,) = routes("V1-1")
    assert taken.free_from(TINY.vehicles["V1"], 900) == first.returns + 900
    assert taken.fleet_left(TINY).vehicles["V1"].max_trips == 1
    both = Underway.of(TINY, routes("V1-1", "V1-2"), 0)
    assert "V1" not in both.fleet_left(TINY).vehicles


def test_nothing_departs_before_the_earliest_moment() -> None:
    late = Underway(earliest=11 * HOUR)
    assert late.free_from(TINY.vehicles["V2"], 900) == 11 * HOUR


def test_trucks_hold_docks_while_they_load_and_unload_and_vans_hold_none() -> None:
    taken = Underway.of(TINY, routes("T2-1", "V3-1"), 0)
    (haul,) = routes("T2-1")
    assert taken.docks == {
        "C": ((haul.departs - 30 * MINUTE, haul.departs),),
        "G2": ((haul.stops[0].service_starts, haul.stops[0].departs),),
    }


# --- what it means for linehaul -----------------------------------------------------------------


def haul(taken: Underway, **changes: object) -> tuple[Route, ...]:
    problem = day([central(service_s=600, docks=1), grid("G", docks=1)], [truck("T1", **changes)])
    wanted = [demand("G", part("O1", 100))]
    plan = plan_linehaul(
        problem,
        roads(problem, {}),
        wanted,
        leaving_cents={part("O1", 100).key: 1_000_000},
        seed=1,
        limit=Limit(iterations=200),
        underway=taken,
    )
    return plan.routes


def test_a_truck_under_way_drives_a_second_trip_at_no_fixed_cost() -> None:
    fresh = haul(Underway(), max_trips=2)
    again = haul(Underway(trips={"T1": 1}, back={"T1": 9 * HOUR}), max_trips=2)
    assert (again[0].trip, again[0].id) == (2, "T1-w-2")
    assert again[0].departs >= 9 * HOUR + 600
    assert fresh[0].cost_cents - again[0].cost_cents == 10_000


def test_a_truck_on_its_last_trip_does_not_drive() -> None:
    assert haul(Underway(trips={"T1": 1}, back={"T1": 9 * HOUR})) == ()


def test_a_truck_leaves_no_earlier_than_anything_may() -> None:
    assert haul(Underway(earliest=10 * HOUR))[0].departs >= 10 * HOUR
    assert haul(Underway(earliest=30 * HOUR)) == ()


def test_docks_that_are_taken_are_waited_for() -> None:
    taken = Underway(docks={"G": ((0, 10 * HOUR),), "C": ((8 * HOUR, 9 * HOUR),)})
    (route,) = haul(taken)
    loads = route.departs - 600, route.departs
    assert route.stops[0].service_starts >= 10 * HOUR
    assert loads[1] <= 8 * HOUR or loads[0] >= 9 * HOUR


def test_docks_that_are_crowded_already_do_not_keep_everybody_at_home() -> None:
    crowded = Underway(docks={"G": ((0, 10 * HOUR), (0, 10 * HOUR))})
    assert len(haul(crowded)) == 1


def test_traffic_is_that_of_the_whole_shift() -> None:
    """A shift half over is driven at the speed by which the judge counts it."""
    slow = TravelSettings(
        speed_kmh={"truck": 60.0},
        slots=(TrafficSlot(window=replace(truck("T").shift, closes=HOUR), factor=2.0),),
    )
    problem = day([central(), grid("G")], [truck("T1", max_trips=2)], travel=slow)
    ways = roads(problem, {})
    cents = {part("O1", 1).key: 1_000_000}
    taken = Underway(trips={"T1": 1}, back={"T1": 5 * HOUR})
    (route,) = plan_linehaul(
        problem,
        ways,
        [demand("G", part("O1", 1))],
        leaving_cents=cents,
        seed=1,
        limit=Limit(iterations=200),
        underway=taken,
    ).routes
    assert route.stops[0].arrives - route.departs == 2 * 30 * 60


def test_the_soonest_unloading_is_the_first_truck_that_may_leave() -> None:
    problem = day([central(), grid("G")], [truck("T1"), truck("T2")])
    ways = roads(problem, {})
    taken = Underway(earliest=3 * HOUR, trips={"T1": 1}, back={"T1": 2 * HOUR})
    assert soonest_unloading(problem, ways, ["G"], taken) == {"G": 3 * HOUR + 1800 + 600}
    over = Underway(trips={"T1": 1, "T2": 1})
    assert soonest_unloading(problem, ways, ["G"], over) == {}


def test_linehaul_alone_needs_no_word_about_it() -> None:
    problem = day([central(), grid("G")], [truck("T1")])
    assert planned(problem, roads(problem, {}), [demand("G", part("O1", 1))]).routes


# --- what it means for goods --------------------------------------------------------------------


def test_goods_on_a_truck_that_stays_are_there_and_bound() -> None:
    kept = hold(TINY, PLAN.routes, frozenset({"T2-1"}), pins={}, earliest=0, travel=TRAVEL)
    (haul,) = routes("T2-1")
    ready = haul.stops[0].departs + TINY.sites["G2"].sorting_s
    assert kept.there_at == dict.fromkeys([key("O3/1"), key("O4/1"), key("O5/1")], ready)
    assert {key: kept.bound[key] for key in kept.there_at} == dict.fromkeys(kept.there_at, "G2")
    # Thirty of the forty kilograms of milk come from stock, which is kept for this line.
    assert kept.brought[key("O5/1")].mass_g == TINY.lines[key("O5/1")].mass_g
    assert kept.stock == (Stock(site="G2", article="milk", mass_g=0, volume_ml=0),)
    assert not set(kept.there_at) & set(kept.for_trucks(TINY).lines)


def test_lines_on_vans_that_stay_leave_the_question_with_their_stock_and_room() -> None:
    names = frozenset({"V3-1", "T2-1", "V1-1", "T1-1"})
    kept = hold(TINY, PLAN.routes, names, pins={}, earliest=0, travel=TRAVEL)
    asked = kept.open_part(TINY)
    assert set(asked.lines) == {key("O4/1"), key("O6/1"), key("O7/1")}
    assert kept.stock == (Stock(site="G2", article="milk", mass_g=0, volume_ml=0),)
    view = kept.for_territories(asked, TINY)
    taken = sum(
        item.volume_ml
        for route in routes("V1-1")
        for stop in route.stops
        for item in stop.delivers
        if item.zone.value == "chilled"
    )
    (room,) = TINY.sites["G1"].capacity_ml.values()
    assert list(view.sites["G1"].capacity_ml.values()) == [room - taken]
    assert view.sites["P3"].grid == "G2"


def test_routes_of_vans_alone_take_no_docks() -> None:
    vans = [route for route in PLAN.routes if route.echelon is Echelon.LAST_MILE]
    assert Underway.of(TINY, vans, 0).docks == {}
