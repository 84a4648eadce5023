"""A replan is never worse than leaving the plan as it stands."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.ids import LineKey
from optimizer.domain.plan import UnservedReason
from optimizer.replan import Held
from tests.solving import replan_and_check
from tests.stored_plan import city_plan


def test_a_late_order_that_costs_more_than_leaving_it_leaves_the_plan_alone() -> None:
    problem, plan = city_plan()
    key = LineKey(order="LATE", line="1")
    like = next(iter(problem.lines.values()))
    # Worth nothing to serve: a line nobody pays for, in a plan whose vans are all known.
    late = replace(like, key=key, value_cents=0)
    weights = replace(problem.objective, round_trips_per_unserved=0, stability_cents=0)
    asked = replace(problem, lines={**problem.lines, key: late}, objective=weights)
    frozen = frozenset(route.id for route in plan.routes)
    again = replan_and_check(asked, Held(plan=plan, frozen=frozen), iterations=5)
    assert [route.id for route in again.routes] == [route.id for route in plan.routes]
    assert [(item.key, bool(item.detail)) for item in again.unserved] == [(key, True)]
    assert isinstance(again.unserved[0].reason, UnservedReason)


def test_one_iteration_does_not_make_a_good_plan_dearer() -> None:
    problem, plan = city_plan()
    again = replan_and_check(problem, Held(plan=plan), iterations=1)
    assert again.cost.total <= plan.cost.total
