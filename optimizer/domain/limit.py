"""How long a solver may work: seconds for people, iterations for reproducible plans.

A running solve can also be told to finish and keep its best: a ``Halt`` is asked now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

LOOK_EVERY_S = 0.05
"""How often a ``HaltFile`` looks at the file system at most."""


class Halt(Protocol):
    """Somebody who may ask a running solve to finish; goes to other processes by pickle."""

    def asked(self) -> bool:
        """Say whether the solve shall finish; once true, always true."""
        ...


class HaltFile:
    """A halt that is asked for by making a file, so that it reaches every process of a solve.

    Parameters
    ----------
    path
        The file; what is in it does not matter.
    clock
        Seconds that never go back.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = monotonic) -> None:
        self.path = path
        self._clock = clock
        self._next_look = float("-inf")
        self._seen = False

    def __reduce__(self) -> tuple[type[HaltFile], tuple[Path, Callable[[], float]]]:
        # The moment of the next look is of no use where another clock runs.
        return HaltFile, (self.path, self._clock)

    def asked(self) -> bool:
        """Say whether the file exists or ever did; looks at most every 50 milliseconds."""
        now = self._clock()
        if not self._seen and now >= self._next_look:
            self._next_look = now + LOOK_EVERY_S
            self._seen = self.path.exists()
        return self._seen

    def ask(self) -> None:
        """Make the file: every solve that looks for it finishes."""
        self.path.touch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A stopping rule; exactly one of the two numbers is given.

    Under ``iterations`` nothing may look at a clock, so that the same seed gives the same bytes.

    Parameters
    ----------
    halt
        Asked now and then whether to finish early; two limits that differ in it alone are equal.
    """

    seconds: float | None = None
    iterations: int | None = None
    halt: Halt | None = field(default=None, compare=False, repr=False)

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.iterations is None):
            raise ValueError("give seconds or iterations, and only one of them")

    @property
    def halted(self) -> bool:
        """Say whether somebody asked to finish."""
        return self.halt is not None and self.halt.asked()

    def share(self, fraction: float) -> Limit:
        """Give a part of this limit with the same halt; at least one iteration."""
        if self.iterations is not None:
            return Limit(iterations=max(1, round(self.iterations * fraction)), halt=self.halt)
        assert self.seconds is not None
        return Limit(seconds=self.seconds * fraction, halt=self.halt)
