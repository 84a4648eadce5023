"""Stretches of time that somebody asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.problem_details import Refusal
from api.services.asking_the_monitor import to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeRange:
    """From an instant to before another."""

    start: datetime
    end: datetime

    @property
    def from_ms(self) -> int:
        """Give the first millisecond."""
        return to_ms(self.start)

    @property
    def to_ms(self) -> int:
        """Give the first millisecond after."""
        return to_ms(self.end)


def time_range(
    start: datetime | None,
    end: datetime | None,
    *,
    now: datetime,
    usual: timedelta,
    most: timedelta,
) -> TimeRange:
    """Read a range of time; an end that is not given is now.

    Parameters
    ----------
    start, end
        As asked.
    now
        The current instant.
    usual
        How long the range is where its begin is not given.
    most
        How long it may be.

    Raises
    ------
    Refusal
        It ends before it begins, or is too long (CG-7703).
    """
    end = now if end is None else end
    start = end - usual if start is None else start
    if end <= start:
        raise Refusal("CG-7703", "to: the range ends before it begins")
    if end - start > most:
        raise Refusal("CG-7703", f"from: the range has more than {most.days} days")
    return TimeRange(start=start, end=end)
