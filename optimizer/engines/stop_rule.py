"""When a search in one model is over."""

from __future__ import annotations

from collections.abc import Collection

from optimizer.domain.limit import Limit
from optimizer.engines.budget import Budget
from optimizer.engines.told import UNBOUNDED


class StopRule:
    """Stops at the limit, at a broken simplification, or when required jobs look impossible.

    Parameters
    ----------
    limit
        What the search may use.
    broken
        Simplifications found wrong so far; the search fills it while it goes on.
    patience
        Share of the limit without a feasible solution after which the search gives up.
    first
        Whether the first feasible solution is enough.
    """

    def __init__(
        self, limit: Limit, broken: Collection[int], patience: float, *, first: bool
    ) -> None:
        self.calls = 0
        self._first = first
        self._budget = Budget(limit)
        self._broken = broken
        self._impatient = Budget(limit.share(patience))

    @property
    def progress(self) -> float:
        """The share of the limit that is used up, between 0 and 1."""
        return min(1.0, self._budget.used)

    def __call__(self, best_cost: int) -> bool:
        """Say whether the search is over; a solver asks before every iteration."""
        self.calls += 1
        for budget in (self._budget, self._impatient):
            budget.spend(1)
        if self._budget.left() is None or self._broken:
            return True
        if best_cost == UNBOUNDED:
            return self._impatient.left() is None
        return self._first
