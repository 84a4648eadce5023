"""What the sensors of a compartment say of its air: minute by minute, and calm; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import fmean, median

from optimizer.domain.temperature import TemperatureBand
from optimizer.domain.units import SECONDS_PER_MINUTE, Seconds
from telemetry.alarm.state import Sample

FEWEST = 3
"""With fewer minutes of measured air nothing can be said."""

LOADED_S: Seconds = 5 * SECONDS_PER_MINUTE
"""For so long after a trip began air tells nothing of goods: loading has mixed it with that of the
dock, and one door at a near first stop makes the middle of all that was measured. The goods are as
the dock has measured them."""

APART_C = 2.0
"""Of two sensors that are further apart one is wrong, rather the one that is worse off."""

CALM_S: Seconds = 8 * SECONDS_PER_MINUTE
"""Over so long the middle is taken to know the air now: a door lifts the sensor for shorter."""

OPENS_S, SHUTS_S = SECONDS_PER_MINUTE, 5 * SECONDS_PER_MINUTE
"""From so long before a stop to so long after it a sensor tells of the door: the plan knows the
stops, and what was measured between them counts, if there is any."""

RISING_S: Seconds = 15 * SECONDS_PER_MINUTE
"""Over so long the rise of the air is looked at."""


def by_minute(
    air: Sequence[Sample], start_ms: int, band: TemperatureBand
) -> list[tuple[Seconds, float]]:
    """Make one figure a minute of all sensors."""
    found: defaultdict[int, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in air:
        found[(one.at_ms - start_ms) // 60_000][one.sensor].append(one.value_c)
    return [(60 * minute, _agreed(found[minute], band)) for minute in sorted(found)]


def _agreed(by_sensor: Mapping[str, Sequence[float]], band: TemperatureBand) -> float:
    values = [fmean(one) for one in by_sensor.values()]
    if max(values) - min(values) > APART_C:
        return max(values, key=band.margin_c)
    return fmean(values)


def is_at_door(stops: Sequence[Seconds], moment: Seconds) -> bool:
    """Say whether a sensor tells of the door at a moment."""
    return any(stop - OPENS_S <= moment <= stop + SHUTS_S for stop in stops)


def calm(
    minutes: Sequence[tuple[Seconds, float]], stops: Sequence[Seconds], moment: Seconds
) -> float:
    """Give the middle of what was measured in the minutes up to a moment, doors left out."""
    for back_s in (CALM_S, RISING_S):
        shut = [
            c
            for then, c in minutes
            if moment - back_s <= then <= moment and not is_at_door(stops, then)
        ]
        if len(shut) >= FEWEST:
            return median(shut)
    known = [c for then, c in minutes if moment - CALM_S <= then <= moment]
    return median(known) if known else minutes[0][1]
