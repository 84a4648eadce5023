"""CP-SAT obeys: a search ends when somebody asks, and keeps what it has."""

from __future__ import annotations

import time

from ortools.sat.python import cp_model

from optimizer.domain.limit import Limit
from optimizer.planning.linehaul.sat import Budget, run


class Asked:
    """A halt that is asked from its ``after``-th question on."""

    def __init__(self, after: int) -> None:
        self._left = after

    def asked(self) -> bool:
        self._left -= 1
        return self._left < 0


def endless() -> cp_model.CpModel:
    """Schedule jobs in a way that has answers at once and a proof never."""
    model = cp_model.CpModel()
    starts = [model.new_int_var(0, 10_000, "") for _ in range(60)]
    spans = [
        model.new_fixed_size_interval_var(start, 7 + number * 13 % 31, "")
        for number, start in enumerate(starts)
    ]
    model.add_cumulative(spans, [1 + number % 5 for number in range(60)], 7)
    model.minimize(sum((1 + n * 7 % 11) * start for n, start in enumerate(starts)))
    return model


def test_a_search_ends_when_it_is_asked_to() -> None:
    begun = time.monotonic()
    answer = run(endless(), limit=Limit(seconds=300, halt=Asked(after=5)), seed=1)
    assert answer is not None
    assert time.monotonic() - begun < 100


def test_a_search_that_nobody_halts_goes_on_to_its_limit() -> None:
    plain = run(endless(), limit=Limit(iterations=8), seed=1)
    watched = run(endless(), limit=Limit(iterations=8, halt=Asked(after=10**9)), seed=1)
    assert plain is not None
    assert watched is not None
    assert plain.cost == watched.cost


def test_a_budget_is_spent_when_halt_is_asked() -> None:
    assert Budget(Limit(iterations=5, halt=Asked(after=0))).spent
    assert not Budget(Limit(iterations=5, halt=Asked(after=1))).spent
    assert not Budget(Limit(seconds=60)).spent


def test_shares_of_a_budget_hear_the_halt_too() -> None:
    halt = Asked(after=0)
    assert Budget(Limit(seconds=60, halt=halt)).share(0.5).halt is halt
    assert Budget(Limit(iterations=60, halt=halt)).share(0.5).halt is halt
