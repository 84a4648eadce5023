"""How far apart recordings may be: some standards limit it, by the length of the trip; pure."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from telemetry.alarm.rules import Profile
from telemetry.alarm.state import Sample


def longest_interval_s(profile: Profile, trip_s: int) -> int | None:
    """Give the longest interval that a profile allows on a trip; None where it limits none.

    Parameters
    ----------
    profile
        Rules.
    trip_s
        Length of the trip.
    """
    for rule in profile.intervals:
        if rule.trip_s is None or trip_s < rule.trip_s:
            return rule.longest_s
    return profile.longest_interval_s


def too_far_apart(profile: Profile, samples: Iterable[Sample]) -> list[tuple[int, int]]:
    """Find the gaps, from and to, that are longer than allowed on a trip from first to last."""
    instants = sorted(sample.at_ms for sample in samples)
    if not instants:
        return []
    longest_s = longest_interval_s(profile, (instants[-1] - instants[0]) // 1000)
    if longest_s is None:
        return []
    return [(one, other) for one, other in pairwise(instants) if other - one > 1000 * longest_s]
