"""What is left of a limit."""

from __future__ import annotations

from typing import Any

import pytest

from optimizer.domain.limit import Limit
from optimizer.engines import budget as module
from optimizer.engines.budget import Budget


def test_iterations_are_used_up_as_they_are_booked() -> None:
    budget = Budget(Limit(iterations=10))
    assert budget.left() == Limit(iterations=10)
    assert budget.left(0.3) == Limit(iterations=3)
    budget.spend(8)
    assert budget.left(0.3) == Limit(iterations=2)
    budget.spend(2)
    assert budget.left() is None
    assert budget.spent == 10


def test_seconds_pass_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([100.0, 101.0, 103.5, 104.0])
    monkeypatch.setattr(module, "perf_counter", lambda: next(clock))
    budget = Budget(Limit(seconds=4.0))
    assert budget.left() == Limit(seconds=3.0)
    assert budget.left(0.25) == Limit(seconds=0.5)
    assert budget.left() is None


def test_under_iterations_no_clock_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_clock() -> float:
        raise AssertionError("the clock was read")

    monkeypatch.setattr(module, "perf_counter", no_clock)
    assert Budget(Limit(iterations=3)).left() == Limit(iterations=3)


class Asked:
    """A halt that can be set."""

    def __init__(self) -> None:
        self.now = False

    def asked(self) -> bool:
        return self.now


@pytest.mark.parametrize("limit", [{"iterations": 10}, {"seconds": 1000.0}])
def test_nothing_is_left_once_somebody_asks_to_finish(limit: dict[str, Any]) -> None:
    halt = Asked()
    budget = Budget(Limit(**limit, halt=halt))
    left = budget.left(0.5)
    assert left is not None
    asked = [left.halted]
    halt.now = True
    assert [*asked, left.halted] == [False, True]
    assert budget.left() is None


def test_the_share_that_is_used_counts_iterations_or_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted = Budget(Limit(iterations=10))
    counted.spend(4)
    assert counted.used == 0.4
    clock = iter([100.0, 103.0])
    monkeypatch.setattr(module, "perf_counter", lambda: next(clock))
    assert Budget(Limit(seconds=4.0)).used == 0.75
