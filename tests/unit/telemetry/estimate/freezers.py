"""The air of a freezer that cools in cycles and defrosts, and what a watcher makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import exp, pi, sin

from telemetry.estimate.remembered import Watcher
from telemetry.estimate.watcher import watch

DAY = 1440
DAY0 = 19_675 * DAY
"""Minutes of a midnight, at which everything begins."""

EDGE_C = -18.0
SETPOINT_C, SWING_C, CYCLE = -21.5, 0.8, 24
DEFROST_EVERY, DEFROST_FIRST, DEFROST, DEFROST_C = 360, 120, 25, 6.0
OUTSIDE_C = 25.0

Way = Callable[[int], float]


def steady(minute: int) -> float:
    """Give the air of a freezer that cools in cycles and defrosts four times a day."""
    value_c = SETPOINT_C + SWING_C * sin(2 * pi * minute / CYCLE) + ripple(minute)
    into = minute % DEFROST_EVERY - DEFROST_FIRST
    if 0 <= into < DEFROST:
        value_c += DEFROST_C * sin(pi * into / DEFROST)
    return value_c


def ripple(minute: int) -> float:
    """Give what stands for noise, the same every time: a tenth of a degree to either side."""
    return 0.1 * sin(minute * minute * 0.7)


def failing(from_c: float, tau_h: float, outside_c: float = OUTSIDE_C) -> Way:
    """Make the air of a room without its unit, from minute 0 on."""
    return lambda minute: outside_c + (from_c - outside_c) * exp(-minute / 60.0 / tau_h)


def fed(
    watcher: Watcher, way: Way, minutes: Iterable[int], *, begin: int = DAY0, learn: bool = True,
    told: bool = False, edge_c: float = EDGE_C,
) -> list[Watcher]:  # fmt: skip
    """Feed a watcher once a minute; gives it as it was after every one."""
    course = []
    for minute in minutes:
        watcher = watch(watcher, begin + minute, way(minute), edge_c, told=told, learn=learn)
        course.append(watcher)
    return course
