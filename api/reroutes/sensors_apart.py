"""Which of two sensors of one compartment has left the other; pure.

Both hang in the same air. A door, a defrost, a unit that cycles or fails moves both, and a sensor
that drifts moves alone. So when the difference of the two is no longer what it was, the one that
has gone further from where it used to be is doubted, as long as the other lives: it goes up and
down with cycles and doors. One that reads the same for long may hang or be frozen in, and tells
nothing against its fellow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median

from optimizer.domain.units import SECONDS_PER_MINUTE
from telemetry.alarm.state import Sample

WINDOW_MIN, USUAL_MIN, NOW_MIN = 150, 45, 8
"""So far back is looked; the first minutes of it show what is usual, the last what is now."""

PAIR = 2
"""Of more sensors the middle is a better judge than this."""

FEWEST_MIN = 5
"""With fewer minutes of either nothing can be said."""

APART_C = 1.0
"""Two sensors of one compartment differ by a constant, and by less than this beside it for more
than some minutes."""

LIVES_MIN, LIVES_C = 45, 0.4
"""Who has not gone up and down by so much in so many minutes tells nothing against the other."""


def straying(air: Sequence[Sample], at_ms: int) -> str | None:
    """Name the sensor that has left its fellow; None where none has, or that cannot be said.

    Parameters
    ----------
    air
        What the sensors have measured, by time, in °C.
    at_ms
        Now; what comes later is left out.
    """
    minute_ms = 1000 * SECONDS_PER_MINUTE
    last = at_ms // minute_ms
    read: defaultdict[str, defaultdict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in air:
        minute = one.at_ms // minute_ms
        if last - WINDOW_MIN < minute <= last:
            read[one.sensor][minute].append(one.value_c)
    if len(read) != PAIR:
        return None
    by_name = {
        name: {minute: fmean(values) for minute, values in found.items()}
        for name, found in read.items()
    }
    return _straying(by_name)


def _straying(by_name: Mapping[str, Mapping[int, float]]) -> str | None:
    (one, here), (other, there) = sorted(by_name.items())
    both = sorted(here.keys() & there.keys())
    if not both:
        return None
    usual = [minute for minute in both if minute < both[0] + USUAL_MIN]
    now = [minute for minute in both if minute > both[-1] - NOW_MIN]
    if min(len(usual), len(now)) < FEWEST_MIN or usual[-1] >= now[0]:
        return None
    moved = {
        name: median(read[minute] for minute in now) - median(read[minute] for minute in usual)
        for name, read in by_name.items()
    }
    difference = [median(here[m] - there[m] for m in minutes) for minutes in (usual, now)]
    if abs(difference[1] - difference[0]) < APART_C:
        return None
    strays = max((one, other), key=lambda name: abs(moved[name]))
    fellow = by_name[other if strays == one else one]
    lately = [fellow[minute] for minute in both if minute > both[-1] - LIVES_MIN]
    return strays if max(lately) - min(lately) >= LIVES_C else None
