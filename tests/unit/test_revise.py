"""Edits by hand on a plan that a person can hold in the head."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ForeignPlan
from optimizer.domain.fleet import Echelon
from optimizer.domain.network import Stock
from optimizer.domain.plan import Plan, Route, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.revise import (
    ChangeVehicle,
    Edit,
    EditRefused,
    LeaveLine,
    MoveLine,
    MoveStop,
    revise,
)
from tests.cases import HOUR, TRAVEL, drive, key, part, plan_of, tiny_plan, tiny_problem

DAY = tiny_problem()
PLAN = tiny_plan(DAY)


def revised(*edits: Edit, plan: Plan = PLAN, frozen: Sequence[str] = ()) -> Plan:
    return revise(DAY, plan, edits, travel=TRAVEL, frozen=frozenset(frozen))


def route(plan: Plan, name: str) -> Route:
    return next(route for route in plan.routes if route.id == name)


def codes(plan: Plan) -> set[str]:
    assert plan.check is not None
    return {found.code for found in plan.check.violations}


def orders(one: Route) -> list[list[str]]:
    return [[str(item.key) for item in stop.delivers] for stop in one.stops]


def test_no_edit_gives_the_same_routes_judged() -> None:
    again = revised()
    assert again.routes == PLAN.routes
    assert again.cost == PLAN.cost
    assert codes(again) == set()


def test_a_line_left_out_leaves_its_van_and_its_truck_and_costs_its_charge() -> None:
    plan = revised(LeaveLine(key=key("O4/1")))
    assert {item.key for item in plan.unserved} == {key("O7/1"), key("O4/1")}
    assert plan.unserved[-1].reason is UnservedReason.LEFT_OUT
    assert [r.id for r in plan.routes] == ["T1-1", "T2-1", "V1-1", "V1-2", "V3-1"]
    assert orders(route(plan, "T2-1")) == [["O3/1", "O5/1"]]
    assert plan.cost.unserved > PLAN.cost.unserved
    assert codes(plan) == set()


def test_leaving_a_line_out_twice_is_leaving_it_out() -> None:
    once = revised(LeaveLine(key=key("O4/1")))
    assert revised(LeaveLine(key=key("O4/1")), LeaveLine(key=key("O4/1"))) == once
    assert revised(LeaveLine(key=key("O7/1"))).unserved == PLAN.unserved


def test_an_unserved_line_gets_on_a_van_and_on_the_truck_to_its_grid() -> None:
    plan = revised(MoveLine(key=key("O7/1"), to_route="V3-1"))
    assert plan.unserved == ()
    assert plan.cost.unserved == 0
    assert ["O7/1"] in orders(route(plan, "V3-1"))
    assert "O7/1" in orders(route(plan, "T2-1"))[0]
    assert codes(plan) == set()


def test_a_line_shares_the_stop_at_its_site() -> None:
    plan = revised(MoveLine(key=key("O7/1"), to_route="B1-1"))
    assert orders(route(plan, "B1-1")) == [["O4/1", "O7/1"]]
    assert route(plan, "B1-1").boxes[-1].count == 1


def test_an_edit_that_breaks_a_rule_says_which() -> None:
    """O2/2 is booked from seven to nine; the second trip leaves at nine."""
    plan = revised(MoveLine(key=key("O2/2"), to_route="V1-2"))
    assert "window" in codes(plan)
    handed = [name for stop in orders(route(plan, "V1-2")) for name in stop]
    assert sorted(handed) == ["O2/2", "O6/1"]


def test_a_stop_goes_to_a_position() -> None:
    first = revised(MoveStop(route="V1-1", site="P2", to_route="V1-1", position=0))
    assert [stop.site for stop in route(first, "V1-1").stops] == ["P2", "P1"]
    moved = revised(MoveStop(route="B1-1", site="P4", to_route="V3-1", position=1))
    assert [stop.site for stop in route(moved, "V3-1").stops] == ["P3", "P4"]
    assert "B1-1" not in {r.id for r in moved.routes}
    assert moved.cost.vehicles == PLAN.cost.vehicles - DAY.vehicles["B1"].fixed_cents
    assert codes(moved) == set()


def test_without_a_position_a_stop_takes_the_cheapest_place() -> None:
    best = revised(MoveStop(route="B1-1", site="P4", to_route="V3-1"))
    tried = [
        revised(MoveStop(route="B1-1", site="P4", to_route="V3-1", position=place))
        for place in (0, 1)
    ]
    assert codes(best) == set()
    assert best.cost.total == min(one.cost.total for one in tried if not codes(one))


def test_a_line_that_changes_grids_changes_trucks() -> None:
    plan = revised(MoveLine(key=key("O4/1"), to_route="V1-2"))
    assert orders(route(plan, "T2-1")) == [["O3/1", "O5/1"]]
    assert "O4/1" in orders(route(plan, "T1-1"))[0]
    # The point lies outside the radius of the other grid, which is what the dispatcher sees.
    assert codes(plan) == {"radius"}


def test_free_stock_is_taken_before_a_truck_is_loaded() -> None:
    day = tiny_problem(
        stock=(
            *DAY.stock,
            Stock(site="G2", article="controlled goods", mass_g=50_000, volume_ml=150_000),
        )
    )
    plan = revise(
        day,
        tiny_plan(day),
        [MoveLine(key=key("O7/1"), to_route="V3-1")],
        travel=TRAVEL,
    )
    assert orders(route(plan, "T2-1")) == orders(route(PLAN, "T2-1"))
    assert codes(plan) == set()


def test_another_vehicle_drives_the_route_and_pays_for_itself() -> None:
    plan = revised(ChangeVehicle(route="V1-1", vehicle="V2"))
    (new,) = (r for r in plan.routes if r.vehicle == "V2")
    assert (new.id, new.trip) == ("V2-W1-1", 1)
    # The trip that stays with the first van is its first one now.
    (old,) = (r for r in plan.routes if r.vehicle == "V1")
    assert (old.id, old.trip) == ("V1-W2-1", 1)
    assert plan.cost.vehicles == PLAN.cost.vehicles + DAY.vehicles["V2"].fixed_cents
    assert codes(plan) == set()


def test_a_route_goes_behind_the_trip_that_its_new_vehicle_has_already() -> None:
    plan = revised(ChangeVehicle(route="V3-1", vehicle="B1"))
    assert [(r.id, r.trip) for r in plan.routes if r.vehicle == "B1"] == [
        ("B1-W1-2", 2),
        ("B1-1", 1),
    ]
    assert all(r.boxes for r in plan.routes if r.vehicle == "B1")


def test_a_longer_trip_pushes_the_next_one_of_its_van() -> None:
    slow = tiny_problem(
        waves=tuple(replace(wave, departs=6 * HOUR + 3000) for wave in DAY.waves),
    )
    routes = [
        drive(
            slow,
            vehicle="T1",
            departs=3 * HOUR,
            visits=[("G1", [part(slow, name) for name in ("O1/1", "O6/1", "O2/1")])],
        ),
        drive(slow, vehicle="V1", wave="W1", departs=24_600, visits=[("P1", [part(slow, "O1/1")])]),
        drive(
            slow,
            vehicle="V1",
            wave="W2",
            trip=2,
            departs=26_300,
            visits=[("P2", [part(slow, "O6/1")])],
        ),
        drive(
            slow,
            vehicle="V2",
            wave="W1",
            departs=24_600,
            visits=[("P2", [part(slow, "O2/1")])],
        ),
    ]
    left = ["O1/2", "O2/2", "O3/1", "O4/1", "O5/1", "O7/1"]
    plan = plan_of(slow, routes, left)
    after = revise(slow, plan, [MoveLine(key=key("O2/1"), to_route="V1-1")], travel=TRAVEL)
    first, second = (route(after, name) for name in ("V1-1", "V1-2"))
    reload_s = slow.sites["G1"].service_s
    assert first.returns + reload_s > 26_300
    assert second.departs == first.returns + reload_s
    assert "vehicle_overlap" not in codes(after)


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        (MoveStop(route="V9-1", site="P1", to_route="V1-1"), "CG-4010"),
        (MoveStop(route="V1-1", site="P1", to_route="V9-1"), "CG-4010"),
        (ChangeVehicle(route="V9-1", vehicle="V1"), "CG-4010"),
        (LeaveLine(key=key("O9/1")), "CG-4011"),
        (MoveLine(key=key("O9/1"), to_route="V1-1"), "CG-4011"),
        (MoveStop(route="V1-1", site="P3", to_route="B1-1"), "CG-4012"),
        (MoveStop(route="V1-1", site="P1", to_route="V1-1", position=2), "CG-4013"),
        (MoveStop(route="V1-1", site="P1", to_route="B1-1", position=-1), "CG-4013"),
        (MoveLine(key=key("O7/1"), to_route="V1-1", position=3), "CG-4013"),
        (MoveLine(key=key("O6/1"), to_route="V1-2", position=1), "CG-4013"),
        (ChangeVehicle(route="V1-1", vehicle="V3"), "CG-4014"),
        (ChangeVehicle(route="V1-1", vehicle="T1"), "CG-4014"),
        (ChangeVehicle(route="V1-1", vehicle="V9"), "CG-4014"),
        (MoveStop(route="V3-1", site="P3", to_route="V1-1"), "CG-4015"),
        (MoveStop(route="V1-1", site="P1", to_route="V3-1"), "CG-4015"),
        (MoveLine(key=key("O3/1"), to_route="V1-1"), "CG-4015"),
        (LeaveLine(key=key("O3/1")), "CG-4015"),
        (MoveLine(key=key("O7/1"), to_route="T2-1"), "CG-4019"),
        (MoveStop(route="T1-1", site="G1", to_route="V1-1"), "CG-4019"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(edit: Edit, code: str) -> None:
    with pytest.raises(EditRefused) as caught:
        revised(edit, frozen=["V3-1"])
    assert caught.value.code == code
    assert code in ERRORS


def test_what_is_timed_anew_departs_no_earlier_than_it_may() -> None:
    later = revise(
        DAY,
        PLAN,
        [MoveLine(key=key("O7/1"), to_route="V3-1")],
        travel=TRAVEL,
        earliest=8 * HOUR,
    )
    assert route(later, "V3-1").departs == 8 * HOUR
    assert route(later, "V1-1") == route(PLAN, "V1-1")


def test_goods_on_a_truck_that_left_stay_on_it() -> None:
    plan = revised(LeaveLine(key=key("O4/1")), frozen=["T2-1"])
    assert route(plan, "T2-1") == route(PLAN, "T2-1")
    assert codes(plan) == {"linehaul_quantity"}


def test_a_stop_of_a_truck_goes_to_another_truck() -> None:
    plan = revised(MoveStop(route="T2-1", site="G2", to_route="T1-1"))
    (truck,) = (r for r in plan.routes if r.echelon is Echelon.LINEHAUL)
    assert {stop.site for stop in truck.stops} == {"G1", "G2"}
    assert plan.cost.vehicles == PLAN.cost.vehicles - DAY.vehicles["T2"].fixed_cents
    assert "linehaul_quantity" not in codes(plan)


@pytest.mark.parametrize(
    "other",
    [
        tiny_problem(stock=()),
        tiny_problem(lines={}),
        tiny_problem(vehicles={}),
        tiny_problem(waves=()),
        tiny_problem(sites={}),
    ],
)
def test_a_plan_of_another_problem_is_refused(other: Problem) -> None:
    with pytest.raises(ForeignPlan) as caught:
        revise(other, PLAN, [], travel=TRAVEL)
    assert caught.value.code == "CG-4001"
