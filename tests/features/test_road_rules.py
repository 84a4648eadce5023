"""Every rule of the road, each on a day on which ignoring it would be cheaper.

``dearer`` plans the day with the rule and without it: both plans are clean, and the one that keeps
the rule costs more. A rule that the planner forgot would cost the same, or be found by the checker.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.fleet import Body, Box, Cooling, Vehicle
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.orders import Collect, CollectKind, Mode
from optimizer.domain.plan import AdviceCode, Plan, Route
from optimizer.domain.problem import Problem, Wave
from optimizer.domain.temperature import Zone
from tests.builders import ALWAYS, HOUR, SIX, central, grid, hours, line, point, problem, truck, van
from tests.solving import solve_and_check

MINUTE = 60


def day(**changes: Any) -> Problem:
    """Give a day with one van and one point, with parts replaced."""
    parts: dict[str, Any] = {
        "sites": [central(), grid(), point("P1")],
        "vehicles": [truck(), van()],
        "lines": [line("O1", "P1")],
        **changes,
    }
    return problem(**parts)


def dearer(with_rule: Problem, without: Problem, **options: Any) -> tuple[Plan, Plan]:
    """Plan a day with a rule and without it; keeping it must cost something."""
    kept, ignored = solve_and_check(with_rule, **options), solve_and_check(without, **options)
    assert kept.cost.total > ignored.cost.total
    return kept, ignored


def vans_of(plan: Plan) -> list[Route]:
    """Give the last-mile routes of a plan by departure."""
    return sorted(
        (route for route in plan.routes if route.start_site.startswith("G")),
        key=lambda route: route.departs,
    )


def route_to(plan: Plan, site: str) -> Route:
    """Give the last-mile route that calls at a site."""
    return next(r for r in vans_of(plan) if any(stop.site == site for stop in r.stops))


# --- trips and waves ----------------------------------------------------------------------------

BULKY: dict[str, Any] = {"volume_ml": 700_000, "mass_g": 100_000}
FAR_APART = [central(), grid(), point("P1", 2.0), point("P2", -2.0)]


def test_a_van_is_loaded_again_where_a_second_van_costs_more() -> None:
    lines = [line("O1", "P1", **BULKY), line("O2", "P2", **BULKY)]
    two_vans = [van("V1"), van("V2")]
    twice = [replace(one, max_trips=2) for one in two_vans]
    once, again = dearer(
        day(sites=FAR_APART, vehicles=[truck(), *two_vans], lines=lines),
        day(sites=FAR_APART, vehicles=[truck(), *twice], lines=lines),
    )
    assert len({route.vehicle for route in vans_of(once)}) == 2
    first, second = vans_of(again)
    assert (first.vehicle, first.trip, second.trip) == (second.vehicle, 1, 2)
    # The grid's service time is the loading; a rest of twenty minutes is not asked here.
    assert second.departs >= first.returns + 600


def test_an_early_wave_does_not_use_up_the_only_trip_that_a_late_one_needs() -> None:
    waves = (Wave(id="morning", departs=SIX), Wave(id="noon", departs=SIX + 4 * HOUR))
    lines = [
        line("O1", "P1"),
        line("O2", "P2", window=hours(15, 15.5), value_cents=500_000, priority=5),
    ]
    sites = [central(), grid(), point("P1", 2.0, hours=ALWAYS), point("P2", 2.5, hours=ALWAYS)]
    plan = solve_and_check(day(sites=sites, lines=lines, waves=waves, time_on_board_s={}))
    (route,) = vans_of(plan)
    assert route.wave == "noon"
    assert plan.unserved == ()


def test_appointments_of_half_an_hour_are_kept() -> None:
    sites = [central(), grid(), *(point(f"P{n}", 0.5 * n) for n in range(1, 5))]
    booked = [hours(15, 15.5), hours(12, 12.5), hours(14, 14.5), hours(11, 11.5)]
    free = [line(f"O{n}", f"P{n}") for n in range(1, 5)]
    kept = [replace(one, window=window) for one, window in zip(free, booked, strict=True)]
    with_windows, without = dearer(day(sites=sites, lines=kept), day(sites=sites, lines=free))
    assert with_windows.unserved == ()
    assert with_windows.kpis["appointments_kept_share"] == 1.0
    assert vans_of(with_windows)[0].distance_m > vans_of(without)[0].distance_m


def test_a_soft_window_is_missed_where_a_second_van_costs_more_than_the_minutes() -> None:
    sites = [central(), grid(), point("P1", 8.0), point("P2", -8.0)]
    lines = [
        line("O1", "P1", window=hours(12, 12.1), promise="soft"),
        line("O2", "P2", window=hours(12, 12.1), promise="soft"),
    ]
    soft = Promise(deadline_s=24 * HOUR, cents_per_min_late=10, soft_window=True)
    vehicles = [truck(), van("V1"), van("V2")]
    strict, late = dearer(
        day(
            sites=sites,
            vehicles=vehicles,
            lines=lines,
            promises={"soft": replace(soft, soft_window=False)},
        ),
        day(sites=sites, vehicles=vehicles, lines=lines, promises={"soft": soft}),
    )
    assert len(vans_of(strict)) == 2
    assert len(vans_of(late)) == 1
    assert late.cost.lateness > 0


# --- drivers ------------------------------------------------------------------------------------

RULE = BreakRule(after_driving_s=45 * MINUTE, rest_s=20 * MINUTE)


def test_a_driver_rests_and_is_paid_for_it() -> None:
    sites = [central(), grid()]
    sites += [point("P1", 6.0), point("P2", 12.0)]
    lines = [line("O1", "P1"), line("O2", "P2")]
    paid = van(cents_per_h=3000)
    parts = {"sites": sites, "lines": lines, "vehicles": [truck(), paid]}
    kept, _ = dearer(day(**parts, breaks={"van": RULE}), day(**parts))
    (route,) = vans_of(kept)
    assert [rest.ends - rest.starts for rest in route.breaks] == [20 * MINUTE]
    assert kept.kpis["rests"] == 1


def test_a_rest_that_makes_a_window_late_takes_another_van() -> None:
    sites = [central(), grid(), point("P1", 13.5), point("P2", 15.0)]
    lines = [line("O1", "P1", window=hours(11, 11.1)), line("O2", "P2", window=hours(11.2, 11.4))]
    parts = {"sites": sites, "lines": lines, "vehicles": [truck(), van("V1"), van("V2")]}
    kept, ignored = dearer(day(**parts, breaks={"van": RULE}), day(**parts))
    assert (len(vans_of(kept)), len(vans_of(ignored))) == (2, 1)


# --- vehicles -----------------------------------------------------------------------------------


def test_a_narrow_lane_takes_the_dear_vehicle_that_can_drive_there() -> None:
    lane = frozenset({"narrow_lane"})
    small = van("W1", type="van", fixed_cents=9000, skills=lane)
    sites = [central(), grid(), point("P1"), point("P2", 1.2, needs=lane)]
    free = [replace(site, needs=frozenset()) for site in sites]
    parts = {
        "vehicles": [truck(), van("V1"), small],
        "lines": [line("O1", "P1"), line("O2", "P2")],
    }
    kept, _ = dearer(day(sites=sites, **parts), day(sites=free, **parts))
    assert route_to(kept, "P2").vehicle == "W1"


def test_a_vehicle_turns_back_within_its_range() -> None:
    sites = [central(), grid(), point("P1", 5.0), point("P2", -5.0)]
    lines = [line("O1", "P1"), line("O2", "P2")]
    short = [van("V1", range_m=15_000), van("V2", range_m=15_000)]
    far = [replace(one, range_m=None) for one in short]
    kept, _ = dearer(
        day(sites=sites, lines=lines, vehicles=[truck(), *short]),
        day(sites=sites, lines=lines, vehicles=[truck(), *far]),
    )
    assert all(route.distance_m <= 15_000 for route in vans_of(kept))


def test_a_carrier_without_live_temperature_carries_no_cold_goods() -> None:
    cheap = van("B1", owner="backup", carrier="swift", fixed_cents=100, live_temperature=False)
    able = van("B2", owner="backup", carrier="cold & co", fixed_cents=20_000)
    parts = {"lines": [line("O1", "P1", Zone.FROZEN)]}
    kept, _ = dearer(
        day(vehicles=[truck(), cheap, able], **parts),
        day(vehicles=[truck(), replace(cheap, live_temperature=True), able], **parts),
    )
    assert [route.vehicle for route in vans_of(kept)] == ["B2"]


@pytest.mark.parametrize(
    ("carriers", "warned"), [((), True), (("a",), True), (("a", "a"), True), (("a", "b"), False)]
)
def test_fewer_than_two_backup_carriers_warn(carriers: tuple[str, ...], warned: bool) -> None:
    backups = [
        van(f"B{number}", owner="backup", carrier=name) for number, name in enumerate(carriers)
    ]
    plan = solve_and_check(day(vehicles=[truck(), van(), *backups]))
    codes = [advice.code for advice in plan.advice]
    assert (AdviceCode.FEW_BACKUP_CARRIERS in codes) is warned


def test_a_backup_carrier_drives_in_the_same_run_when_the_own_fleet_is_short() -> None:
    lines = [line("O1", "P1", **BULKY), line("O2", "P1", **BULKY)]
    backup = van("B1", owner="backup", carrier="swift")
    plan = solve_and_check(day(vehicles=[truck(), van(), backup], lines=lines))
    assert {route.vehicle for route in vans_of(plan)} == {"V1", "B1"}


# --- doors, lockers, orders, transfers ----------------------------------------------------------


def test_a_door_takes_its_minutes() -> None:
    paid = van(cents_per_h=3000)
    doors = [line(f"O{n}", "P1", mode=Mode.DOOR) for n in range(1, 4)]
    parts = {"vehicles": [truck(), paid], "lines": doors}
    kept, _ = dearer(day(**parts, door_service_s=300), day(**parts))
    (stop,) = vans_of(kept)[0].stops
    assert stop.departs - stop.service_starts == 180 + 3 * 300


def test_lockers_are_never_over_assigned_and_doors_need_none() -> None:
    cells: dict[str, Any] = {"cells": {Zone.CHILLED: 3}, "cell_ml": 30_000}
    lines = [
        line("O1", "P1", priority=3),
        line("O2", "P1"),
        line("O3", "P1", mode=Mode.DOOR),
        line("O4", "P1", Zone.CONTROLLED),
    ]
    kept, _ = dearer(
        day(sites=[central(), grid(), point("P1", **cells)], lines=lines), day(lines=lines)
    )
    assert [left.key.order for left in kept.unserved] == ["O2"]


def test_an_order_comes_with_one_van() -> None:
    sites = [central(), grid(), point("P1", 4.0), point("P2", -4.0)]
    cold, warm = van("V1"), van("V2", capacity_ml={Zone.CONTROLLED: 1_500_000}, fixed_cents=500)
    both = van("V3", fixed_cents=30_000)
    cold = replace(cold, capacity_ml={Zone.CHILLED: 1_500_000}, fixed_cents=500)
    lines = [
        line("O1", "P1"),
        line("O1", "P1", Zone.CONTROLLED, key=LineKey("O1", "2"), window=hours(11, 15)),
        line("O2", "P2"),
    ]
    parts = {"sites": sites, "lines": lines, "vehicles": [truck(), cold, warm, both]}
    kept, _ = dearer(day(**parts, orders_together=True), day(**parts))
    with_order = {
        route.vehicle
        for route in vans_of(kept)
        for stop in route.stops
        if any(item.key.order == "O1" for item in stop.delivers)
    }
    assert with_order == {"V3"}
    assert kept.unserved == ()


def test_transfers_are_counted_and_cost() -> None:
    lines = [line("O1", "P1"), line("O2", "P1", article="LOCAL")]
    stock = (Stock(site="G1", article="LOCAL", mass_g=20_000, volume_ml=50_000),)
    penalty = ObjectiveWeights(transfer_cents=700)
    kept, _ = dearer(
        day(lines=lines, stock=stock, objective=penalty), day(lines=lines, stock=stock)
    )
    assert kept.cost.transfers == 700
    assert kept.kpis["transfers_per_order"] == 0.5


# --- what comes back ----------------------------------------------------------------------------


def collect(order: str, site: str, kind: CollectKind, **changes: Any) -> Collect:
    one = Collect(
        key=LineKey(order, "1"),
        site=site,
        kind=kind,
        zone=Zone.CONTROLLED,
        mass_g=5_000,
        volume_ml=60_000,
    )
    return replace(one, **changes)


def collected(plan: Plan) -> set[str]:
    return {
        item.key.order for route in plan.routes for stop in route.stops for item in stop.collects
    }


def test_empties_ride_along_and_returns_are_worth_the_way() -> None:
    sites = [central(), grid(), point("P1"), point("P2", 6.0), point("P3", -6.0)]
    waiting = [
        collect("E1", "P1", CollectKind.EMPTIES),
        collect("E2", "P2", CollectKind.EMPTIES),
        collect("R1", "P3", CollectKind.RETURN),
    ]
    keys = {one.key: one for one in waiting}
    kept, _ = dearer(day(sites=sites, collects=keys), day(sites=sites))
    assert collected(kept) == {"E1", "R1"}
    assert [left.key.order for left in kept.unserved] == ["E2"]
    assert "detour" in kept.unserved[0].detail
    assert kept.kpis["collected_share"] == pytest.approx(2 / 3)


def test_crates_that_are_worth_something_are_fetched() -> None:
    sites = [central(), grid(), point("P1"), point("P2", 2.0)]
    crates = collect("E2", "P2", CollectKind.EMPTIES, value_cents=3_000)
    plan = solve_and_check(day(sites=sites, collects={crates.key: crates}))
    assert collected(plan) == {"E2"}


def test_a_return_needs_room_that_goods_have_left() -> None:
    big: dict[str, Any] = {"volume_ml": 700_000, "mass_g": 100_000}
    lines = [line("O1", "P1", Zone.CONTROLLED, **big)]
    back = collect("R1", "P2", CollectKind.RETURN, **big)
    sites = [central(), grid(), point("P1", 3.0), point("P2", 1.0)]
    plan = solve_and_check(day(sites=sites, lines=lines, collects={back.key: back}))
    (route,) = vans_of(plan)
    # P2 lies on the way, but there is no room before P1 has its goods.
    assert [stop.site for stop in route.stops] == ["P1", "P2"]
    assert plan.unserved == ()


# --- express ------------------------------------------------------------------------------------


def test_express_goods_in_stock_leave_before_the_wave() -> None:
    promise = Promise(deadline_s=48 * HOUR, within_s=3 * HOUR, cents_per_min_late=50, express=True)
    stock = (Stock(site="G1", article="MILK", mass_g=20_000, volume_ml=50_000),)
    ordered = 9 * HOUR
    express = line("O1", "P1", article="MILK", promise="now", ordered_s=ordered)
    parts: dict[str, Any] = {
        "sites": [central(), grid(), point("P1", hours=ALWAYS)],
        "lines": [express],
        "stock": stock,
        "waves": (Wave(id="noon", departs=16 * HOUR),),
    }
    waits, leaves = dearer(
        day(**parts, promises={"now": replace(promise, express=False)}),
        day(**parts, promises={"now": promise}),
    )
    assert waits.cost.lateness > 0
    (route,) = vans_of(leaves)
    assert ordered <= route.departs < 16 * HOUR
    assert leaves.cost.lateness == 0


def test_express_goods_without_stock_wait_and_are_named() -> None:
    promise = Promise(deadline_s=48 * HOUR, within_s=3 * HOUR, cents_per_min_late=50, express=True)
    plan = solve_and_check(day(lines=[line("O1", "P1", promise="now")], promises={"now": promise}))
    (named,) = [a for a in plan.advice if a.code is AdviceCode.NO_STOCK_FOR_EXPRESS]
    assert named.where == "O1/1"
    assert vans_of(plan)[0].departs >= SIX


# --- bodies and boxes ---------------------------------------------------------------------------


def test_bulkheads_stand_elsewhere_on_every_trip() -> None:
    body = {Zone.FROZEN: 500_000, Zone.CHILLED: 500_000, Zone.CONTROLLED: 500_000}
    movable = van(capacity_ml=body, bulkhead_step_ml=100_000, max_trips=2)
    fixed = replace(movable, bulkhead_step_ml=None)
    second = replace(fixed, id="V2", fixed_cents=50_000)
    lines = [
        line("O1", "P1", Zone.FROZEN, volume_ml=1_100_000, mass_g=200_000),
        line("O2", "P2", Zone.CONTROLLED, volume_ml=1_300_000, mass_g=200_000),
    ]
    kept, free = dearer(
        day(sites=FAR_APART, lines=lines, vehicles=[truck(), fixed, second]),
        day(sites=FAR_APART, lines=lines, vehicles=[truck(), movable]),
    )
    assert len(kept.unserved) == 2
    layouts = [dict(route.compartments) for route in vans_of(free)]
    assert len(layouts) == 2
    assert layouts[0] != layouts[1]


TRICYCLE_BOX = Box(
    volume_ml=40_000, u_w_m2k=0.5, area_m2=0.72, ice_kg=2.0, melt_c={Zone.CHILLED: 0.0}
)


def tricycle(name: str = "K1", **changes: Any) -> Vehicle:
    own = van(
        name,
        type="tricycle",
        payload_g=250_000,
        capacity_ml={Zone.CHILLED: 400_000},
        fixed_cents=1_000,
        cooling=Cooling.BOXES,
    )
    return replace(own, **changes)


def boxes_day(box: Box, ambient_c: float, **changes: Any) -> Problem:
    base = day(vehicles=[truck(), van(), tricycle()], ambient_c=ambient_c, **changes)
    bodies = {**base.bodies, "tricycle": Body(box=box)}
    travel = replace(base.travel, speed_kmh={**base.travel.speed_kmh, "tricycle": 15.0})
    return replace(base, bodies=bodies, travel=travel)


def test_as_much_ice_as_the_ride_needs_and_no_more() -> None:
    plan = solve_and_check(boxes_day(TRICYCLE_BOX, 30.0))
    (route,) = vans_of(plan)
    (load,) = route.boxes
    # 50 l in two boxes of 40 l; 0.5 W/m2K x 0.72 m2 x 30 K = 10.8 W, 334 kJ/kg.
    ride_s = route.stops[-1].service_starts - route.departs + 30 * MINUTE
    assert load.count == 2
    assert load.ice_kg / 2 >= 10.8 * ride_s / 334_000
    assert load.ice_kg / 2 < 10.8 * ride_s / 334_000 + 0.5


def test_hotter_days_take_more_ice() -> None:
    fine = replace(TRICYCLE_BOX, ice_step_kg=0.05)
    cool, hot = (solve_and_check(boxes_day(fine, ambient)) for ambient in (10.0, 40.0))
    assert vans_of(hot)[0].boxes[0].ice_kg > vans_of(cool)[0].boxes[0].ice_kg


def test_a_ride_beyond_the_hold_time_takes_the_cooled_van() -> None:
    little = replace(TRICYCLE_BOX, ice_kg=0.05, ice_step_kg=0.05)
    sites = [central(), grid(), point("P1", 8.0)]
    kept, _ = dearer(
        boxes_day(little, 38.0, sites=sites), boxes_day(TRICYCLE_BOX, 38.0, sites=sites)
    )
    assert [route.vehicle for route in vans_of(kept)] == ["V1"]


def test_ice_weighs() -> None:
    light = replace(TRICYCLE_BOX, ice_kg=0.2, ice_step_kg=0.2)
    heavy = replace(light, ice_kg=20.0)
    lines = [line("O1", "P1", mass_g=240_000, volume_ml=200_000)]
    kept, _ = dearer(
        boxes_day(heavy, 30.0, lines=lines), boxes_day(light, 30.0, lines=lines)
    )
    assert [route.vehicle for route in vans_of(kept)] == ["V1"]


def test_a_close_drop_is_named_with_the_ice_that_would_do() -> None:
    # 10.8 W at 30 K melt 0.097 kg in 50 minutes; the ride takes 22, and 22 back.
    close = replace(TRICYCLE_BOX, ice_kg=0.097)
    sites = [central(), grid(), point("P1", 4.2, hours=ALWAYS)]
    plan = solve_and_check(boxes_day(close, 30.0, sites=sites))
    named = [a for a in plan.advice if a.code is AdviceCode.EARLIER_DROP]
    ridden = [route.vehicle for route in vans_of(plan)]
    assert ridden == ["K1"]
    assert len(named) == 1
    assert "kg of ice" in named[0].detail


def test_boxes_that_hold_too_little_are_named_when_goods_stay() -> None:
    little = replace(TRICYCLE_BOX, ice_kg=0.05, ice_step_kg=0.05)
    sites = [central(), grid(), point("P1", 8.0)]
    built = boxes_day(little, 38.0, sites=sites)
    alone = {key: one for key, one in built.vehicles.items() if key != "V1"}
    plan = solve_and_check(replace(built, vehicles=alone))
    assert len(plan.unserved) == 1
    (named,) = [a for a in plan.advice if a.code is AdviceCode.MORE_ICE]
    assert "would hold 6 h" in named.detail
