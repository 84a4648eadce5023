"""Any day with the rules of the road: the planner finds a plan, the checker finds nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optimizer.domain.fleet import Echelon
from optimizer.domain.problem import Problem
from tests.properties.rough_days import made_rough
from tests.properties.test_plan import days
from tests.solving import solve_and_check


@settings(max_examples=22, suppress_health_check=[HealthCheck.too_slow])
@given(day=days().flatmap(made_rough), engine=st.sampled_from(["portfolio", "pyvrp", "ortools"]))
def test_every_plan_is_clean_and_nothing_gets_lost(day: Problem, engine: str) -> None:
    plan = solve_and_check(day, iterations=5, engine=engine)
    done = [
        item.key
        for route in plan.routes
        if route.echelon is Echelon.LAST_MILE
        for stop in route.stops
        for item in (*stop.delivers, *stop.collects)
    ]
    left = [item.key for item in plan.unserved]
    assert sorted(done + left) == sorted([*day.lines, *day.collects])
    assert all(item.detail for item in plan.unserved)
    assert sum(plan.cost.as_dict().values()) == plan.cost.total
