"""How long a solver may work: seconds for people, iterations for reproducible plans."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A stopping rule; exactly one of the two numbers is given.

    Under ``iterations`` nothing may look at a clock, so that the same seed gives the same bytes.
    """

    seconds: float | None = None
    iterations: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.iterations is None):
            raise ValueError("give seconds or iterations, and only one of them")

    def share(self, fraction: float) -> Limit:
        """Give a part of this limit; at least one iteration."""
        if self.iterations is not None:
            return Limit(iterations=max(1, round(self.iterations * fraction)))
        assert self.seconds is not None
        return Limit(seconds=self.seconds * fraction)
