"""What is left of a limit."""

from __future__ import annotations

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
