"""Every rule of the road, each on a day on which ignoring it would be cheaper.

``road_days.dearer`` plans the day with the rule and without it: both plans are clean, and the one
that keeps the rule costs more. A rule that the planner forgot would cost the same, or be found by
the checker.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from optimizer.domain.driving import BreakRule
from optimizer.domain.ids import LineKey
from optimizer.domain.network import Stock
from optimizer.domain.objective import ObjectiveWeights, Promise
from optimizer.domain.orders import Collect, CollectKind, Mode
from optimizer.domain.plan import AdviceCode, Plan
from optimizer.domain.problem import Wave
from optimizer.domain.temperature import Zone
from tests.builders import ALWAYS, HOUR, SIX, central, grid, hours, line, point, truck, van
from tests.road_days import day, dearer, route_to, vans_of
from tests.solving import solve_and_check

MINUTE = 60


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


# --- bodies ---------------------------------------------------------------------------


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
