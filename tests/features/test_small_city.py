"""The sample city, whole and with its refrigeration switched off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from time import monotonic

from optimizer.check import check, ensure_same_problem
from optimizer.domain.fleet import Echelon
from optimizer.domain.limit import Limit
from optimizer.domain.plan import UnservedReason
from optimizer.domain.problem import Problem
from optimizer.domain.temperature import Zone
from optimizer.formats.problem_reading import read_problem
from optimizer.travel.great_circle import GreatCircle
from tests.solving import solve_and_check

FOLDER = Path(__file__).parents[2] / "data" / "samples" / "small_city"


def city() -> Problem:
    return read_problem(FOLDER).problem


def without_cooling(problem: Problem) -> Problem:
    """Take the watts out of every van; the truck keeps its own."""
    vans = {van.type for van in problem.vehicles.values() if van.echelon is Echelon.LAST_MILE}
    bodies = {
        kind: replace(body, cooling_w=0.0) if kind in vans else body
        for kind, body in problem.bodies.items()
    }
    return replace(problem, bodies=bodies)


def test_everything_is_served() -> None:
    plan = solve_and_check(city())
    assert plan.unserved == ()
    assert plan.kpis["on_time_share"] == 1.0


class Asked:
    """Somebody who wants the plan now."""

    def asked(self) -> bool:
        return True


def test_a_plan_that_is_wanted_now_is_whole_all_the_same() -> None:
    begun = monotonic()
    plan = solve_and_check(city(), limit=Limit(seconds=300, halt=Asked()))
    assert monotonic() - begun < 100
    assert plan.unserved == ()


def test_an_old_plan_under_dead_units_is_the_same_problem_and_breaks_the_frozen_band() -> None:
    plan = solve_and_check(city())
    dead = without_cooling(city())
    ensure_same_problem(dead, plan)
    report = check(dead, plan, GreatCircle(circuity=dead.travel.circuity))
    assert {found.code for found in report.violations} == {"temperature"}
    assert any(found.where.endswith("/frozen") for found in report.violations)


def test_a_new_plan_under_dead_units_leaves_out_cold_lines_alone_and_says_why() -> None:
    """Routes of unequal length: what left a van early is not judged while others still drive."""
    dead = without_cooling(city())
    plan = solve_and_check(dead, iterations=300)
    assert plan.unserved
    assert {left.reason for left in plan.unserved} == {UnservedReason.TEMPERATURE}
    assert {dead.lines[left.key].zone for left in plan.unserved} == {Zone.FROZEN}
