"""When a search in one model is over."""

from __future__ import annotations

from optimizer.domain.limit import Limit
from optimizer.engines.stop_rule import StopRule
from optimizer.engines.told import UNBOUNDED


def calls_until_over(rule: StopRule, cost: int) -> int:
    for calls in range(1, 100):
        if rule(cost):
            return calls
    return 100


def test_a_search_ends_with_its_limit() -> None:
    rule = StopRule(Limit(iterations=10), set(), 0.5, first=False)
    assert calls_until_over(rule, 7) == 10
    assert rule.calls == 10


def test_a_search_without_a_solution_ends_with_its_patience() -> None:
    rule = StopRule(Limit(iterations=10), set(), 0.5, first=False)
    assert calls_until_over(rule, UNBOUNDED) == 5


def test_the_first_solution_is_enough_where_only_one_is_asked_for() -> None:
    rule = StopRule(Limit(iterations=10), set(), 0.5, first=True)
    assert not rule(UNBOUNDED)
    assert rule(7)


def test_a_broken_simplification_ends_a_search_at_once() -> None:
    broken: set[int] = set()
    rule = StopRule(Limit(iterations=10), broken, 0.5, first=False)
    assert not rule(7)
    broken.add(1)
    assert rule(7)


def test_progress_is_the_share_of_the_limit_that_is_used() -> None:
    rule = StopRule(Limit(iterations=10), set(), 0.5, first=False)
    shares = [rule.progress for _ in range(12) if rule(7) is not None]
    assert shares == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.0, 1.0]
