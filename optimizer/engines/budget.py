"""What is left of a limit while a solve goes through its steps."""

from __future__ import annotations

from time import perf_counter

from optimizer.domain.limit import Limit


class Budget:
    """A limit that is used up step by step; under iterations it never looks at a clock."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._spent = 0
        self._began = 0.0 if limit.seconds is None else perf_counter()

    @property
    def spent(self) -> int:
        """Iterations booked so far."""
        return self._spent

    @property
    def used(self) -> float:
        """The share of the limit that is used up; more than 1 where a step took too long."""
        if self.limit.iterations is not None:
            return self._spent / self.limit.iterations
        assert self.limit.seconds is not None
        return (perf_counter() - self._began) / self.limit.seconds

    def spend(self, iterations: int) -> None:
        """Book the iterations of a step; seconds book themselves."""
        self._spent += iterations

    def left(self, at_most: float = 1.0) -> Limit | None:
        """Give what is left, or a fraction of the whole limit if that is less; None if nothing.

        Nothing is left as soon as the limit is halted.
        """
        if self.limit.halted:
            return None
        share = self.limit.share(at_most)
        if self.limit.iterations is not None:
            assert share.iterations is not None
            rest = min(self.limit.iterations - self._spent, share.iterations)
            return Limit(iterations=rest, halt=self.limit.halt) if rest > 0 else None
        assert self.limit.seconds is not None
        assert share.seconds is not None
        seconds = min(self.limit.seconds - (perf_counter() - self._began), share.seconds)
        return Limit(seconds=seconds, halt=self.limit.halt) if seconds > 0 else None
