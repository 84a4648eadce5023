"""Every code of the table has its smallest bad plan, and that plan yields that code alone."""

import pytest

from optimizer.check import CODES, check
from tests.cases import TRAVEL, tiny_plan, tiny_problem
from tests.unit.check.broken_road_plans import ALL_BROKEN
from tests.unit.check.road_day import road_plan, road_problem


def test_the_good_plan_is_clean() -> None:
    problem = tiny_problem()
    report = check(problem, tiny_plan(problem), TRAVEL)
    assert report.violations == ()
    assert report.feasible


def test_the_good_plan_with_every_word_of_the_road_is_clean() -> None:
    problem = road_problem()
    assert check(problem, road_plan(problem), TRAVEL).violations == ()


def test_every_code_has_a_smallest_bad_plan() -> None:
    assert set(ALL_BROKEN) == set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_code_explains_itself(code: str) -> None:
    row = CODES[code]
    assert row.title and row.unit
    assert row.meaning.endswith(".")


@pytest.mark.parametrize("code", ALL_BROKEN)
def test_smallest_bad_plan_yields_exactly_its_code(code: str) -> None:
    problem = tiny_problem()
    expected = ALL_BROKEN[code]
    report = check(*expected.breaker(problem, tiny_plan(problem), 1))
    assert {one.code for one in report.violations} == {code}
    found = {one.where: one.amount for one in report.violations}
    assert found[expected.where] == pytest.approx(expected.amount, abs=1e-3)
    assert not report.feasible


@pytest.mark.parametrize("code", ALL_BROKEN)
def test_the_same_fault_among_all_words_of_the_road_yields_that_code_alone(code: str) -> None:
    problem = road_problem()
    report = check(*ALL_BROKEN[code].breaker(problem, road_plan(problem), 1))
    assert {one.code for one in report.violations} == {code}
