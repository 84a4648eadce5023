"""Services at doors, booked windows hard and soft, and what waits at a pickup point."""

from dataclasses import replace

import pytest

from optimizer.check import check
from optimizer.check.cost import breakdown
from optimizer.check.facts import gather
from optimizer.domain.network import TimeWindow
from optimizer.domain.objective import Promise
from optimizer.domain.orders import Mode
from optimizer.domain.plan import Plan
from optimizer.domain.problem import Problem
from tests.cases import CHILLED, FROZEN, HOUR, MINUTE, TRAVEL, tiny_plan, tiny_problem
from tests.unit.check.broken_plans import find, with_line, with_site


def _found(problem: Problem, plan: Plan) -> list[tuple[str, str, float]]:
    report = check(problem, plan, TRAVEL)
    return [(one.code, one.where, one.amount) for one in report.violations]


def _window(opens: int, closes: int, *, soft: bool) -> Problem:
    promise = Promise(deadline_s=12 * HOUR, cents_per_min_late=60, soft_window=soft)
    problem = tiny_problem(promises=dict(tiny_problem().promises) | {"booked": promise})
    window = TimeWindow(opens=opens, closes=closes)
    return with_line(problem, "O3/1", promise="booked", window=window)


def test_the_end_of_a_soft_window_is_a_price() -> None:
    served = find(tiny_plan(), "V3").stops[0].service_starts
    hard = _window(0, served - 120, soft=False)
    assert _found(hard, tiny_plan(hard)) == [("window", "V3-1/P3/O3/1", 120)]
    soft = _window(0, served - 120, soft=True)
    assert _found(soft, tiny_plan(soft)) == []

    def lateness(problem: Problem) -> int:
        facts, _ = gather(problem, tiny_plan(problem), TRAVEL)
        return breakdown(facts, TRAVEL).lateness

    assert lateness(soft) - lateness(hard) == 2 * 60


@pytest.mark.parametrize("soft", [True, False])
def test_the_beginning_of_a_window_is_a_rule(soft: bool) -> None:
    served = find(tiny_plan(), "V3").stops[0].service_starts
    problem = _window(served + 7, 12 * HOUR, soft=soft)
    assert _found(problem, tiny_plan(problem)) == [("window", "V3-1/P3/O3/1", 7)]


def test_an_order_with_two_lines_is_one_door_and_two_orders_are_two() -> None:
    plain = tiny_problem()
    for name in ("O1/1", "O1/2"):
        plain = with_line(plain, name, mode=Mode.DOOR)
    short = tiny_plan(plain)
    doors = replace(plain, door_service_s=50)
    assert _found(doors, short) == [("door_service", "V1-1/P1", 50)]
    both = with_line(with_line(tiny_problem(), "O3/1", mode=Mode.DOOR), "O5/1", mode=Mode.DOOR)
    found = _found(replace(both, door_service_s=50), tiny_plan(both))
    assert found == [("door_service", "V3-1/P3", 100)]


def test_a_service_too_short_for_the_site_is_one_finding_doors_or_not() -> None:
    plain = with_line(tiny_problem(), "O3/1", mode=Mode.DOOR)
    plan = tiny_plan(plain)
    slow = with_site(replace(plain, door_service_s=50), "P3", service_s=6 * MINUTE)
    found = _found(slow, replace(plan, problem_digest=slow.digest))
    assert found == [("sequence", "V3-1/P3", 60)]


def test_lines_for_a_door_take_no_room_at_the_point() -> None:
    full = {"capacity_ml": {CHILLED: 120_000}, "cells": {CHILLED: 12}, "cell_ml": 10_000}
    problem = with_site(tiny_problem(), "P3", **full)
    assert _found(problem, tiny_plan(problem)) == [
        ("site_capacity", "P3/chilled", 180_000),
        ("locker", "P3/chilled", 18),
    ]
    problem = with_line(problem, "O3/1", mode=Mode.DOOR)
    assert _found(problem, tiny_plan(problem)) == []


def test_room_counts_over_all_trips_of_the_day() -> None:
    # P2 gets 105 litres of frozen goods with the second wave, and none with the first.
    problem = with_line(tiny_problem(), "O2/2", zone=FROZEN)
    problem = with_site(problem, "P2", capacity_ml={FROZEN: 164_999})
    assert ("site_capacity", "P2/frozen", 1) in _found(problem, tiny_plan(problem))


def test_orders_do_not_share_a_cell_but_their_lines_do() -> None:
    # O3 has 180 litres and O5 120: cells of a hundred hold them in two and two.
    problem = with_site(tiny_problem(), "P3", cells={CHILLED: 4}, cell_ml=100_000)
    assert _found(problem, tiny_plan(problem)) == []
    problem = with_site(tiny_problem(), "P3", cells={CHILLED: 3}, cell_ml=100_000)
    assert _found(problem, tiny_plan(problem)) == [("locker", "P3/chilled", 1)]
    # O1 has 120 litres frozen and 150 chilled at P1: zones have cells of their own.
    problem = with_site(tiny_problem(), "P1", cells={FROZEN: 1, CHILLED: 1}, cell_ml=150_000)
    assert _found(problem, tiny_plan(problem)) == []


def test_a_zone_without_cells_needs_none() -> None:
    problem = with_site(tiny_problem(), "P3", cells={FROZEN: 1}, cell_ml=1_000)
    assert _found(problem, tiny_plan(problem)) == []
