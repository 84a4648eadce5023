"""Empties and returns: where they ride, what they weigh, and what it costs to leave them."""

from dataclasses import replace
from typing import Any

import pytest

from optimizer.check import check
from optimizer.check.cost import breakdown, dearest_round_trip_cents
from optimizer.check.facts import gather
from optimizer.domain.orders import CollectKind
from optimizer.domain.plan import Delivery, Plan
from optimizer.domain.problem import Problem
from tests.cases import CHILLED, CONTROLLED, TRAVEL, priced, tiny_plan, tiny_problem
from tests.unit.check.broken_plans import change, change_stop, with_vehicle
from tests.unit.check.broken_road_plans import CRATES, left, taken, with_crates


def _day(*loads: Delivery, vehicle: str = "V3", **changes: Any) -> tuple[Problem, Plan]:
    crates = replace(CRATES, **changes)
    problem = replace(tiny_problem(), collects={crates.key: crates})
    plan = change_stop(tiny_plan(problem), vehicle, collects=loads)
    return problem, priced(problem, plan)


def _found(problem: Problem, plan: Plan) -> list[tuple[str, str, float]]:
    report = check(problem, plan, TRAVEL)
    return [(one.code, one.where, one.amount) for one in report.violations]


def test_a_collect_may_be_taken_or_left() -> None:
    assert _found(*_day(taken())) == []
    problem = with_crates(tiny_problem())
    plan = tiny_plan(problem)
    plan = priced(problem, replace(plan, unserved=(*plan.unserved, left())))
    assert _found(problem, plan) == []


def test_wherever_a_collect_differs_it_says_so() -> None:
    other = replace(taken(), zone=CHILLED, mass_g=8_010, volume_ml=59_000)
    assert sorted(_found(*_day(other))) == [
        ("wrong_collect", "V3-1/P3/E1/1/mass", 10),
        ("wrong_collect", "V3-1/P3/E1/1/volume", 1_000),
        ("wrong_collect", "V3-1/P3/E1/1/zone", 1),
    ]
    assert _found(*_day(taken(), site="P4")) == [("wrong_collect", "V3-1/P3/E1/1/site", 1)]


def test_trucks_carry_no_collects() -> None:
    found = _found(*_day(taken(), site="G1", vehicle="T1"))
    assert found == [("wrong_collect", "T1-1/G1/E1/1/truck", 1)]


def test_a_collect_that_nobody_offers_is_unknown() -> None:
    problem = tiny_problem()
    plan = change_stop(tiny_plan(problem), "V3", collects=(taken(),))
    assert _found(problem, plan) == [("unknown_line", "V3-1/P3/E1/1", 1)]
    plan = replace(tiny_plan(problem), unserved=(*tiny_plan(problem).unserved, left()))
    assert _found(problem, plan) == [("unknown_line", "unserved/E1/1", 1)]


def test_a_line_is_no_collect_and_a_collect_no_line() -> None:
    problem, plan = _day(taken())
    (key,) = problem.collects
    as_line = change_stop(plan, "V3", collects=())
    stop = next(one for one in as_line.routes if one.vehicle == "V3").stops[0]
    as_line = change_stop(as_line, "V3", delivers=(*stop.delivers, taken()))
    codes = {code for code, _, _ in _found(problem, as_line)}
    assert codes == {"unknown_line", "collect_missing"}
    assert key not in problem.lines


def test_goods_leave_before_empties_come() -> None:
    # A hundred kilograms leave at P3, so a hundred may come: never are two hundred on board.
    heavy = replace(taken(), mass_g=100_000)
    problem, plan = _day(heavy, mass_g=100_000)
    exact = with_vehicle(problem, "V3", payload_g=100_000)
    assert _found(exact, priced(exact, replace(plan, problem_digest=exact.digest))) == []
    heavier = replace(taken(), mass_g=100_001)
    problem, plan = _day(heavier, mass_g=100_001)
    exact = with_vehicle(problem, "V3", payload_g=100_000)
    plan = priced(exact, replace(plan, problem_digest=exact.digest))
    assert _found(exact, plan) == [("payload", "V3-1", 1)]


def test_empties_need_a_compartment_of_their_zone() -> None:
    problem, plan = _day(taken())
    narrow = dict.fromkeys((CHILLED,), 2500000) | {CONTROLLED: 0}
    found = _found(problem, change(plan, "V3", compartments=narrow))
    assert ("zone_capacity", "V3-1/controlled", 60_000) in found


@pytest.mark.parametrize("kind", CollectKind)
def test_what_is_left_behind_has_a_price(kind: CollectKind) -> None:
    crates = replace(CRATES, kind=kind)
    problem = replace(tiny_problem(), collects={crates.key: crates})
    plan = tiny_plan(problem)

    def unserved(plan: Plan) -> int:
        facts, _ = gather(problem, plan, TRAVEL)
        return breakdown(facts, TRAVEL).unserved

    more = unserved(replace(plan, unserved=(*plan.unserved, left()))) - unserved(plan)
    trips = 10 * dearest_round_trip_cents(problem, TRAVEL) if kind is CollectKind.RETURN else 0
    assert more == 400 + trips
