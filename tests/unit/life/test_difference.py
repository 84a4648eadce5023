from __future__ import annotations

from dataclasses import replace

from api.life.difference import MOST_WORDS, difference
from optimizer.domain.objective import CostBreakdown
from optimizer.domain.plan import Unserved, UnservedReason
from tests.cases import key, tiny_plan

PLAN = tiny_plan()


def test_the_same_plan_costs_the_same() -> None:
    same = difference(PLAN, PLAN)
    assert (same.cost_cents, same.parts_cents) == (0, {})
    assert same.words == ("Costs the same.",)


def test_the_cost_is_told_part_by_part() -> None:
    old = replace(PLAN, cost=CostBreakdown(distance=1000, unserved=500_000))
    new = replace(PLAN, cost=CostBreakdown(distance=1250, vehicles=8000))
    told = difference(old, new)
    assert told.cost_cents == -491_750
    assert sum(told.parts_cents.values()) == told.cost_cents
    assert told.words == (
        "Costs 4,917.50 less (vehicles +80.00, kilometres +2.50, lines left out -5,000.00).",
    )
    assert difference(new, old).words[0].startswith("Costs 4,917.50 more (")


def test_lines_that_change_their_van_or_are_left_out_are_named() -> None:
    routes = tuple(route for route in PLAN.routes if route.id != "V1-2")
    out = Unserved(key=key("O6/1"), reason=UnservedReason.FLEET, detail="")
    new = replace(PLAN, routes=routes, unserved=(*PLAN.unserved, out))
    assert difference(PLAN, new).words[1:] == (
        "Route V1-2 is gone.",
        "O6/1: V1 (V1-2) -> left out.",
    )
    assert difference(new, PLAN).words[1:] == (
        "Route V1-2 is new: V1 09:00-09:15 by P2.",
        "O6/1: left out -> V1 (V1-2).",
    )


def test_another_order_of_stops_is_told() -> None:
    routes = [
        replace(route, stops=route.stops[::-1]) if route.id == "V1-1" else route
        for route in PLAN.routes
    ]
    assert difference(PLAN, replace(PLAN, routes=tuple(routes))).words[1:] == (
        "Route V1-1: V1 06:50-07:18 by P2, P1; it was V1 06:50-07:18 by P1, P2.",
    )


def test_lines_that_come_and_go_with_orders_are_named_and_many_are_counted() -> None:
    few = replace(PLAN, unserved=())
    assert difference(PLAN, few).words[1:] == ("O7/1: left out -> not in the plan.",)
    many = [
        Unserved(key=key(f"X/{i}"), reason=UnservedReason.FLEET, detail="")
        for i in range(MOST_WORDS + 3)
    ]
    words = difference(few, replace(few, unserved=tuple(many))).words
    assert len(words) == 1 + MOST_WORDS + 1
    assert words[-1] == "And 3 lines more."
