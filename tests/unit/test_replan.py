"""Which routes must stay with those that stay, and what contradicts them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from optimizer.domain.error_table import ERRORS
from optimizer.domain.ids import LineKey
from optimizer.domain.plan import Plan, UnservedReason
from optimizer.domain.problem import Problem
from optimizer.replan import Held, HeldRefused, closure
from tests.cases import TRAVEL, key, tiny_plan, tiny_problem
from tests.solving import replanned

DAY = tiny_problem()
PLAN = tiny_plan(DAY)


def stays(*names: str) -> set[str]:
    return set(closure(DAY, PLAN, names))


def test_a_van_that_stays_keeps_the_truck_with_its_goods() -> None:
    assert stays("V3-1") == {"V3-1", "T2-1"}
    assert stays("V1-1") == {"V1-1", "T1-1"}


def test_a_second_trip_that_stays_keeps_the_first() -> None:
    assert stays("V1-2") == {"V1-2", "V1-1", "T1-1"}


def test_a_truck_that_stays_leaves_the_vans_open() -> None:
    assert stays("T1-1") == {"T1-1"}
    assert stays() == set()


def test_a_truck_for_another_grid_does_not_stay_for_a_van() -> None:
    """The same line on a truck to another grid would not help the van."""
    elsewhere = replace(
        PLAN,
        routes=tuple(
            replace(r, stops=(replace(r.stops[0], site="G1"),)) if r.id == "T2-1" else r
            for r in PLAN.routes
        ),
    )
    assert closure(DAY, elsewhere, ["V3-1"]) == {"V3-1"}


def refused(problem: Problem, held: Held) -> HeldRefused:
    with pytest.raises(HeldRefused) as caught:
        replanned(problem, held, travel=TRAVEL, iterations=1)
    assert caught.value.code in ERRORS
    return caught.value


def test_a_route_that_the_plan_lacks_cannot_stay() -> None:
    error = refused(DAY, Held(plan=PLAN, frozen=frozenset({"V9-1"})))
    assert error.code == "CG-4010"
    assert "V9-1" in str(error)


def test_a_vehicle_that_is_gone_cannot_keep_its_route() -> None:
    vehicles = {name: van for name, van in DAY.vehicles.items() if name != "V3"}
    error = refused(replace(DAY, vehicles=vehicles), Held(plan=PLAN, frozen=frozenset({"V3-1"})))
    assert error.code == "CG-4014"


def without(*names: str) -> Problem:
    gone = {key(name) for name in names}
    return replace(DAY, lines={one: line for one, line in DAY.lines.items() if one not in gone})


def test_cancelled_lines_that_are_loaded_are_named() -> None:
    error = refused(without("O3/1", "O5/1"), Held(plan=PLAN, frozen=frozenset({"V3-1"})))
    assert error.code == "CG-4016"
    assert "O3/1 on V3-1" in str(error)
    assert "O5/1 on V3-1" in str(error)


def test_a_line_left_out_that_is_loaded_is_named() -> None:
    held = Held(plan=PLAN, frozen=frozenset({"V3-1"}), out=frozenset({key("O3/1")}))
    assert refused(DAY, held).code == "CG-4016"


def test_a_line_left_out_by_hand_stays_out() -> None:
    plan = replanned(
        DAY, Held(plan=PLAN, out=frozenset({key("O3/1")})), travel=TRAVEL, iterations=2
    )
    left = {item.key: item.reason for item in plan.unserved}
    assert left[key("O3/1")] is UnservedReason.LEFT_OUT
    assert plan.check is not None
    assert plan.check.feasible


def test_a_cancelled_line_on_a_truck_that_left_is_loaded_too() -> None:
    assert refused(without("O4/1"), Held(plan=PLAN, frozen=frozenset({"T2-1"}))).code == "CG-4016"


@pytest.mark.parametrize("name", ["V99", "T1"])
def test_a_pin_names_a_van(name: str) -> None:
    error = refused(DAY, Held(plan=PLAN, pins={key("O1/1"): name}))
    assert error.code == "CG-4018"


@pytest.mark.parametrize(("line", "van", "route"), [("O3/1", "B1", "V3-1"), ("O3/1", "V1", "T2-1")])
def test_a_pin_cannot_call_goods_back(line: str, van: str, route: str) -> None:
    error = refused(DAY, Held(plan=PLAN, frozen=frozenset({route}), pins={key(line): van}))
    assert error.code == "CG-4017"
    assert line in str(error)


def test_the_pin_of_a_line_that_is_gone_means_nothing() -> None:
    plan: Plan = replanned(
        DAY, Held(plan=PLAN, pins={LineKey("gone", "1"): "V1"}), travel=TRAVEL, iterations=2
    )
    assert plan.check is not None
    assert plan.check.feasible
