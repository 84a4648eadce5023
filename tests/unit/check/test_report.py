import ast
from dataclasses import replace
from pathlib import Path

import pytest

import optimizer.check
from optimizer.check import CODES, check, ensure_same_problem
from optimizer.domain.error_table import ERRORS
from optimizer.domain.errors import ForeignPlan
from optimizer.domain.plan import Break
from tests.cases import MINUTE, TRAVEL, line, tiny_plan, tiny_problem
from tests.unit.check.broken_plans import change, change_stop, delayed, find, swap
from tests.unit.check.broken_road_plans import ALL_BROKEN, LIMITS

FILES = sorted(Path(optimizer.check.__file__).parent.glob("*.py"))


def test_a_plan_of_another_problem_is_refused() -> None:
    plan = tiny_plan()
    extra = line("O9/1", "P1", next(iter(plan.routes[0].compartments)), 1)
    problem = tiny_problem()
    other = replace(problem, lines=dict(problem.lines) | {extra.key: extra})
    with pytest.raises(ForeignPlan) as refused:
        check(other, plan, TRAVEL)
    assert refused.value.code == "CG-4001"
    assert refused.value.code in ERRORS


def test_a_plan_may_be_judged_under_other_weather_and_prices() -> None:
    plan = tiny_plan()
    ensure_same_problem(tiny_problem(ambient_c=-20.0, radius_m=1), plan)


def test_findings_come_in_the_order_of_the_table() -> None:
    problem = tiny_problem()
    plan = change(tiny_plan(problem), "V3", distance_m=1)
    plan = replace(plan, unserved=())
    codes = [one.code for one in check(problem, plan, TRAVEL).violations]
    assert codes == sorted(codes, key=list(CODES).index)
    assert set(codes) == {"line_missing", "distance", "cost"}


def test_every_code_in_the_source_stands_in_the_table() -> None:
    used = set()
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code":
                used |= {n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)}
    # Two findings name their code through one function.
    assert used | {"quantity", "linehaul_quantity"} == set(CODES)


def test_the_checker_neither_plans_nor_predicts() -> None:
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("optimizer"):
                assert node.module is not None
                assert node.module.split(".")[1] in {"check", "domain"}, path.name
                assert not node.module.startswith("optimizer.domain.thermal."), path.name
                assert node.module != "optimizer.domain.thermal", path.name


def test_a_break_explains_a_later_arrival() -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    pause = 900
    route = find(plan, "V3")
    late = find(delayed(plan, "V3", pause), "V3")
    rest = Break(starts=route.departs, ends=route.departs + pause)
    on_the_way = replace(late, departs=route.departs, breaks=(rest,))
    codes = {v.code for v in check(problem, swap(plan, route, on_the_way), TRAVEL).violations}
    assert codes == {"distance", "cost"}  # the longer duration is not stated, the times are right
    unexplained = replace(on_the_way, breaks=())
    codes = {v.code for v in check(problem, swap(plan, route, unexplained), TRAVEL).violations}
    assert codes == {"travel_time", "distance", "cost"}


def test_two_trips_may_be_one_loading_apart() -> None:
    problem, plan, travel = ALL_BROKEN["reload"].breaker(tiny_problem(), tiny_plan(), 0)
    assert find(plan, "V1", 2).departs - find(plan, "V1").returns == 15 * MINUTE
    assert check(problem, plan, travel).feasible


def test_trips_that_touch_leave_no_time_to_load() -> None:
    problem, plan, travel = ALL_BROKEN["vehicle_overlap"].breaker(tiny_problem(), tiny_plan(), 0)
    (found,) = check(problem, plan, travel).violations
    assert (found.code, found.where, found.amount) == ("reload", "V1-2", 15 * MINUTE)


def test_a_dock_is_free_in_the_second_in_which_a_truck_leaves() -> None:
    problem, plan, travel = ALL_BROKEN["docks"].breaker(tiny_problem(), tiny_plan(), 0)
    assert check(problem, plan, travel).feasible


@pytest.mark.parametrize(
    "code",
    ["synchronisation", "wave", "shift", "hours", "window", "radius", "payload", *LIMITS],
)
def test_limits_themselves_are_allowed(code: str) -> None:
    problem, plan, travel = ALL_BROKEN[code].breaker(tiny_problem(), tiny_plan(), 0)
    assert check(problem, plan, travel).feasible


def test_goods_for_nobody_on_a_truck_are_found() -> None:
    problem = tiny_problem()
    plan = tiny_plan(problem)
    (stop,) = find(plan, "T2").stops
    extra = replace(stop.delivers[0], key=next(k for k in problem.lines if k.order == "O7"))
    plan = change_stop(plan, "T2", delivers=(*stop.delivers, extra))
    found = check(problem, plan, TRAVEL).violations
    assert {one.code for one in found} >= {"linehaul_quantity"}
    assert {one.where for one in found} >= {"G2/O7/1/mass", "G2/O7/1/volume"}
