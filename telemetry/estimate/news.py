"""What is news of the air: what it never did, and the warming that begins with it; pure."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from telemetry.estimate.bumps import Bumps
from telemetry.estimate.habits import LEAST_SWING_C, Habits
from telemetry.estimate.past import COLDEST, FEATURES, HOLE_MIN, Past
from telemetry.estimate.remembered import Warming, Watcher
from telemetry.estimate.trend import begin, follow

GATE = 0.1
"""What has not gone this share of the way from the usual to the edge is nobody's concern yet."""

ROOM_LEFT = 0.75
"""Air that is warmer than ever is news where it has gone this share of the way from there to the
edge, however little is known: what is usual is not far from the edge, or beyond it."""

LEAP_SWINGS = 1.5
"""What rises by so many swings more than is usual is news below the gate as well: air that was
colder than ever when its unit failed has the usual on its way."""

CALM_MIN = 30.0
"""Warming is over when nothing has been news, and nothing rose, for so long."""

LOOK_BACK_MIN = 240.0
"""So far back the begin of warming is looked for."""


def bumps_of(
    state: Watcher, at_min: float, value_c: float, before_c: float, *, told: bool
) -> Bumps:
    """Follow bumps; figures as in ``Bumps.follow``."""
    bumps, swing_c = state.bumps, state.swing_c
    if state.last_min is not None and at_min - state.last_min > HOLE_MIN and bumps.now is not None:
        bumps = replace(bumps, now=None)
    usual_c = state.mean_c + 0.5 * swing_c if state.lessons_min else value_c
    return bumps.follow(at_min, value_c, before_c, swing_c=swing_c, usual_c=usual_c, told=told)


def is_news(
    state: Watcher, bumps: Bumps, figures: Sequence[float] | None, edge_c: float, *, aside: bool
) -> bool:
    """Say whether the air does what it never did, outside a bump or in one."""
    habits = state.habits
    if bumps.now is not None:
        if not aside:
            return True
        return figures is not None and state.always.has_news(figures, 0, FEATURES)
    if figures is None:
        return False
    if figures[0] < state.mean_c + GATE * (edge_c - state.mean_c):
        return habits.has_leapt(figures, LEAP_SWINGS * max(LEAST_SWING_C, state.swing_c))
    if figures[0] > roof_c(habits, edge_c) or habits.has_news(figures, 0, COLDEST):
        return True
    is_warm = figures[0] > state.mean_c + 0.5 * state.swing_c
    return is_warm and habits.has_news(figures, COLDEST, FEATURES)


def roof_c(habits: Habits, edge_c: float) -> float:
    """Give how warm air may be that is not news by that alone."""
    return habits.warmest_c + ROOM_LEFT * max(0.0, edge_c - habits.warmest_c)


def warming_of(
    state: Watcher, past: Past, at_min: float, value_c: float, *, news: bool, aside: bool,
    pushed_c_h: float,
) -> Warming | None:  # fmt: skip
    """Follow a warming, begin one where there is news, or end it.

    Parameters
    ----------
    state
        What was remembered.
    past
        The marks, with the sample.
    at_min, value_c
        Now.
    news
        Whether the air does what it never did.
    aside
        Whether that is a bump of which nothing follows.
    pushed_c_h
        By how much the air behind a bulkhead has changed the rate since the last sample.
    """
    warming = state.warming
    if warming is None:
        return _begun(state, past, at_min, value_c) if news else None
    if aside:
        return warming
    trend = follow(warming.trend, at_min, value_c, state.spread_c, pushed_c_h)
    if news or trend.rate_c_h > state.swing_c:
        return replace(warming, trend=trend, calm_min=None)
    calm_min = at_min if warming.calm_min is None else warming.calm_min
    if at_min - calm_min >= CALM_MIN:
        return None
    return replace(warming, trend=trend, calm_min=calm_min)


def _begun(state: Watcher, past: Past, at_min: float, value_c: float) -> Warming:
    """Find when the air began to rise, and follow it from there."""
    times, values = past.minutes, past.temperatures
    near = [place for place in range(len(times)) if times[place] >= at_min - LOOK_BACK_MIN]
    first = min(reversed(near), key=lambda place: values[place])
    spread_c = state.spread_c
    trend = begin(times[first], values[first], spread_c)
    for place in range(first + 1, len(times)):
        trend = follow(trend, times[place], values[place], spread_c)
    return Warming(times[first], at_min, follow(trend, at_min, value_c, spread_c))
