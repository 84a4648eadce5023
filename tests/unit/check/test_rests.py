"""Rests of drivers: what ends a stretch of driving, and where a break may lie."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from optimizer.check import check
from optimizer.domain.driving import BreakRule
from optimizer.domain.network import TimeWindow
from optimizer.domain.plan import Break, Plan, Route, Violation
from optimizer.domain.problem import Problem
from tests.cases import HOUR, MINUTE, TRAVEL, drive, part, plan_of, tiny_problem
from tests.unit.check.broken_plans import with_site

LONG = 20 * MINUTE
LEG = 360
"""Seconds from the second grid to P3 in the first wave."""


def _day(after_s: int, **changes: Any) -> Problem:
    problem = tiny_problem(breaks={"van": BreakRule(after_driving_s=after_s, rest_s=LONG)})
    return replace(problem, **changes)


def _trip(problem: Problem, **more: Any) -> Route:
    given: dict[str, Any] = {"wave": "W1", "departs": 6 * HOUR} | more
    goods = [part(problem, "O3/1")]
    return drive(problem, vehicle="V3", visits=[("P3", goods)], **given)


def _found(problem: Problem, *routes: Route) -> list[Violation]:
    """Give the findings on driving; a plan of some routes alone leaves lines out."""
    report = check(problem, plan_of(problem, routes), TRAVEL)
    codes = {"rest", "break_place", "travel_time", "sequence"}
    return [one for one in report.violations if one.code in codes]


def _amounts(found: Sequence[Violation]) -> list[tuple[str, str, float]]:
    return [(one.code, one.where, one.amount) for one in found]


def test_service_is_work() -> None:
    problem = _day(2 * LEG - 100)
    problem = with_site(problem, "P3", service_s=2 * HOUR)
    assert _amounts(_found(problem, _trip(problem))) == [("rest", "V3-1/G2", 100)]


def test_a_break_before_a_leg_is_a_rest() -> None:
    problem = _day(LEG)
    assert _found(problem, _trip(problem, rests={1: [(0, LONG)]})) == []


def test_a_break_in_the_middle_of_a_leg_is_a_rest() -> None:
    problem = _day(LEG + 60)
    assert _found(problem, _trip(problem, rests={1: [(60, LONG)]})) == []
    too_late = _found(problem, _trip(problem, rests={1: [(61, LONG)]}))
    assert _amounts(too_late) == [("rest", "V3-1/G2", 1)]
    often = _day(LEG // 2)
    thrice = {0: [(LEG // 2, LONG)], 1: [(0, LONG), (LEG // 2, LONG)]}
    assert _found(often, _trip(often, rests=thrice)) == []


def test_a_break_after_the_service_and_before_the_departure_is_a_rest() -> None:
    problem = _day(LEG)
    route = _trip(problem, rests={1: [(0, LONG)]})
    (stop,) = route.stops
    stays = replace(route, stops=(replace(stop, departs=stop.departs + LONG),))
    assert _found(problem, stays) == []


def test_a_break_that_is_too_short_is_none() -> None:
    problem = _day(LEG)
    short = _trip(problem, rests={1: [(0, LONG - 1)]})
    assert _amounts(_found(problem, short)) == [("rest", "V3-1/G2", LEG)]
    two = _trip(problem, rests={0: [(100, LONG // 2)], 1: [(100, LONG // 2)]})
    assert _amounts(_found(problem, two)) == [("rest", "V3-1/G2", LEG)]


def test_two_breaks_that_touch_are_one() -> None:
    problem = _day(LEG)
    half = LONG // 2
    assert _found(problem, _trip(problem, rests={1: [(0, half), (0, half)]})) == []


@pytest.mark.parametrize(("wait", "found"), [(LONG, 0), (LONG - 1, 1)])
def test_a_wait_before_a_service_is_a_rest_if_it_is_long_enough(wait: int, found: int) -> None:
    opens = (TimeWindow(opens=6 * HOUR + LEG + wait, closes=20 * HOUR),)
    problem = with_site(_day(LEG), "P3", hours=opens)
    assert len(_found(problem, _trip(problem))) == found


@pytest.mark.parametrize(("home", "over"), [(LONG, []), (LONG - 1, [2 * LEG])])
def test_driving_goes_on_over_a_short_stay_at_home(home: int, over: list[int]) -> None:
    problem = _day(2 * LEG)
    first = _trip(problem)
    second = _trip(problem, trip=2, departs=first.returns + home)
    found = _found(problem, first, second)
    assert _amounts(found) == [("rest", "V3-2/P3", amount) for amount in over]


def test_each_stretch_that_is_too_long_is_one_finding() -> None:
    problem = _day(LEG - 50)
    route = _trip(problem, rests={1: [(0, LONG)]})
    assert _amounts(_found(problem, route)) == [("rest", "V3-1/P3", 50), ("rest", "V3-1/G2", 50)]


def test_types_without_a_rule_need_no_rest() -> None:
    problem = tiny_problem(breaks={"truck": BreakRule(after_driving_s=1, rest_s=1)})
    assert _found(problem, _trip(problem)) == []


def _with_breaks(problem: Problem, *spans: tuple[int, int]) -> Plan:
    route = _trip(problem)
    stated = tuple(Break(starts=start, ends=end) for start, end in spans)
    return plan_of(problem, [replace(route, breaks=stated)])


@pytest.mark.parametrize(
    ("span", "outside"),
    [
        # The van is at P3 from 6:06 to 6:11 and back at 6:17.
        ((5 * HOUR, 6 * HOUR), HOUR),
        ((6 * HOUR + 366, 6 * HOUR + 372), 6),
        ((7 * HOUR, 7 * HOUR + 10), 10),
        ((6 * HOUR + 10, 6 * HOUR), 10),
    ],
)
def test_a_break_beside_the_road_is_misplaced_and_changes_no_drive(
    span: tuple[int, int], outside: int
) -> None:
    problem = _day(HOUR)
    report = check(problem, _with_breaks(problem, span), TRAVEL)
    found = [one for one in report.violations if one.code in ("break_place", "travel_time")]
    assert _amounts(found) == [("break_place", "V3-1", outside)]


def test_breaks_upon_each_other_count_once() -> None:
    problem = _day(HOUR)
    route = _trip(problem, rests={0: [(100, 400)]})
    (pause,) = route.breaks
    twice = replace(route, breaks=(pause, replace(pause, starts=pause.starts + 100)))
    assert _amounts(_found(problem, twice)) == [("break_place", "V3-1", 300)]
