from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from optimizer.domain.limit import HaltFile, Limit


@pytest.mark.parametrize("both", [{}, {"seconds": 1.0, "iterations": 1}])
def test_exactly_one_rule_is_given(both: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="only one"):
        Limit(**both)


def test_shares() -> None:
    assert Limit(seconds=30.0).share(0.5) == Limit(seconds=15.0)
    assert Limit(iterations=100).share(0.25) == Limit(iterations=25)
    assert Limit(iterations=3).share(0.01) == Limit(iterations=1)


@pytest.mark.parametrize("limit", [Limit(seconds=9.0), Limit(iterations=9)])
def test_without_a_halt_nobody_asks(limit: Limit) -> None:
    assert not limit.halted
    assert limit.share(0.5).halt is None


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_file_asks_to_finish_and_goes_on_asking_when_it_is_gone(tmp_path: Path) -> None:
    clock = Clock()
    halt = HaltFile(tmp_path / "halt", clock)
    assert not halt.asked()
    halt.ask()
    clock.now += 0.1
    assert halt.asked()
    halt.path.unlink()
    clock.now += 0.1
    assert halt.asked()


def test_the_file_system_is_asked_twenty_times_a_second_at_most(tmp_path: Path) -> None:
    clock = Clock()
    halt = HaltFile(tmp_path / "halt", clock)
    assert not halt.asked()
    halt.ask()
    clock.now += 0.04
    assert not halt.asked()
    clock.now += 0.02
    assert halt.asked()


def test_shares_of_a_limit_are_halted_with_it_and_are_equal_without_it(tmp_path: Path) -> None:
    halt = HaltFile(tmp_path / "halt", Clock())
    halt.ask()
    for limit in (Limit(seconds=8.0, halt=halt), Limit(iterations=8, halt=halt)):
        assert limit.halted
        assert limit.share(0.5).halted
        assert limit.share(1.0) == limit.share(1.0)
        assert limit == type(limit)(seconds=limit.seconds, iterations=limit.iterations)


def test_a_limit_goes_to_another_process_with_its_halt(tmp_path: Path) -> None:
    halt = HaltFile(tmp_path / "halt")
    assert not halt.asked()
    again = pickle.loads(pickle.dumps(Limit(seconds=8.0, halt=halt)))
    assert isinstance(again.halt, HaltFile)
    # The copy looks for itself at once, though the original has just looked.
    halt.ask()
    assert again.halted
