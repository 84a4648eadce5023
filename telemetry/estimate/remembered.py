"""What is remembered of a point's air against one edge of its band."""

from __future__ import annotations

from math import sqrt

from msgspec import Struct

from telemetry.estimate.bumps import Bumps
from telemetry.estimate.habits import Habits
from telemetry.estimate.past import Past
from telemetry.estimate.trend import Trend

SWING_PER_DEVIATION = 1.7
"""From the mean absolute deviation to the distance of the quartiles, of a normal distribution."""

NOISE_OF_SWING = 0.3
NEW_QUARTERS = 8
"""Before so many quarters of a day have taught something, most bumps are not known yet."""

FIRST_DOUBT_DAYS = 1.0
UNTRIED_MIN = 60.0
"""While nothing is known of how long a false alarm lasts, so long is not long."""


class Warming(Struct, frozen=True, gc=False):
    """Cooling is missing.

    Parameters
    ----------
    from_min
        When the air began to rise.
    found_min
        When that was news.
    calm_min
        Since when it is no news any more; None while it is.
    was_called, has_passed
        Whether somebody was told of it, and whether the air has passed the edge.
    """

    from_min: float
    found_min: float
    trend: Trend
    calm_min: float | None = None
    was_called: bool = False
    has_passed: bool = False


class Doubt(Struct, frozen=True, gc=False):
    """Somebody was called for nothing: until when only a breach that is near and sure calls again.

    Parameters
    ----------
    days
        How long doubt will last the next time.
    longest_min
        How long the longest warming was that came to nothing; a breach is told of without doubt
        where it goes on for longer.
    """

    until_min: float = 0.0
    days: float = FIRST_DOUBT_DAYS
    longest_min: float = 0.0


class Watcher(Struct, frozen=True, gc=False):
    """What is remembered.

    Parameters
    ----------
    habits, always
        What is usual outside bumps, and at any time.
    mean_c, deviation_c, lessons_min
        Of the air in its usual way, and how long that has been seen.
    noise_c
        Standard deviation of samples around what they measure.
    """

    past: Past = Past()
    habits: Habits = Habits()
    always: Habits = Habits()
    bumps: Bumps = Bumps()
    mean_c: float = 0.0
    deviation_c: float = 0.0
    lessons_min: float = 0.0
    noise_c: float = 0.2
    last_min: float | None = None
    warming: Warming | None = None
    doubt: Doubt = Doubt()
    beyond: float = 0.0

    @property
    def swing_c(self) -> float:
        """Give how far the air usually moves."""
        return SWING_PER_DEVIATION * self.deviation_c

    @property
    def spread_c(self) -> float:
        """Give by how much a sample may differ from the trend."""
        return sqrt(self.noise_c**2 + (NOISE_OF_SWING * self.swing_c) ** 2)

    def way_to(self, edge_c: float) -> float:
        """Give what share of the way from the usual to the edge a warming has gone; 0 is none."""
        if self.warming is None or edge_c <= self.mean_c:
            return 0.0 if self.warming is None else 1.0
        return (self.warming.trend.air_c - self.mean_c) / (edge_c - self.mean_c)

    def outlasts(self, at_min: float) -> bool:
        """Say whether it has warmed for longer than whatever came to nothing."""
        warming = self.warming
        if warming is None or warming.calm_min is not None:
            return False
        return at_min - warming.from_min > max(UNTRIED_MIN, self.doubt.longest_min)

    @property
    def is_new_here(self) -> bool:
        """Say whether most of what is usual has not been seen yet."""
        return self.habits.known < NEW_QUARTERS
