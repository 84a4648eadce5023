"""What is learned of the air: what is usual, how noisy it is, and whom to believe less; pure."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, pi, sqrt
from struct import unpack_from

from msgspec.structs import replace

from telemetry.estimate.habits import QUARTER_MIN, Habits, highest_of
from telemetry.estimate.news import roof_c
from telemetry.estimate.past import Past
from telemetry.estimate.remembered import Doubt, Warming, Watcher

DAY_MIN = 1440.0
SWING_MIN = 1440.0
ACCEPTED_MIN = 1440.0
ACCEPTED_RATE_C_H = 0.1
"""What has stood still for so long is the new usual: somebody has changed the set-point."""

LONGEST_DOUBT_DAYS = 2.0
"""A false call is followed by doubt, twice as long every time; a true one ends it."""

HARMLESS = 0.5
"""What comes back before it has gone this share of the way to the edge was nothing: it is learned.
"""

BEYOND_MIN = 7 * 1440.0
NOISE_SHARE = 0.01
"""How much one sample changes what is held for the noise."""

SECOND_DIFFERENCE = sqrt(pi / 2) / sqrt(6.0)
"""From the mean absolute second difference of white noise to its standard deviation."""

THREE_MARKS, LAST_OF_THREE = 24, 16
"""Bytes of three floats, and where the last one begins."""

LONGEST_LESSON_MIN = 30.0


def is_accepted(state: Watcher, value_c: float, edge_c: float) -> bool:
    """Say whether air that was news has stood still for so long that it is usual now."""
    warming = state.warming
    return (
        warming is not None
        and (state.last_min or 0.0) - warming.found_min >= ACCEPTED_MIN
        and value_c <= edge_c
        and abs(warming.trend.rate_c_h) <= ACCEPTED_RATE_C_H
    )


def accepted(state: Watcher, figures: Sequence[float], value_c: float) -> Watcher:
    """Take for usual what was news."""
    return replace(
        state,
        warming=None,
        habits=state.habits.accept(figures),
        always=state.always.accept(figures),
        mean_c=value_c,
    )


def doubt_of(state: Watcher, warming: Warming | None, at_min: float) -> Doubt:
    """Doubt after a call that came to nothing."""
    ended = state.warming
    if ended is None or warming is not None:
        return state.doubt
    if ended.has_passed:
        return Doubt()
    doubt = state.doubt
    if not ended.was_called and at_min >= doubt.until_min:
        return doubt
    longest_min = max(doubt.longest_min, at_min - ended.from_min)
    if not ended.was_called:
        return replace(doubt, longest_min=longest_min)
    days = min(LONGEST_DOUBT_DAYS, 2.0 * doubt.days)
    return Doubt(at_min + doubt.days * DAY_MIN, days, longest_min)


def beyond_of(state: Watcher, is_beyond: bool, at_min: float) -> float:
    """Follow the share of time that the air is beyond the edge."""
    if not is_beyond and not state.beyond:
        return 0.0
    minutes = 0.0 if state.last_min is None else min(at_min - state.last_min, LONGEST_LESSON_MIN)
    return state.beyond + (float(is_beyond) - state.beyond) * (1.0 - exp(-minutes / BEYOND_MIN))


def is_wrong(before: Watcher, after: Watcher, air_c: float, edge_c: float) -> bool:
    """Say whether nothing may be learned from what happens: it leads out of the band, or lasts."""
    is_bump = after.bumps.now is not None
    if not is_bump and air_c > edge_c + before.swing_c:
        return True
    if after.warming is None:
        return False
    usual_c = before.habits.warmest_c
    half_way_c = usual_c + HARMLESS * (edge_c - usual_c)
    lasts = after.warming.found_min // QUARTER_MIN < (after.last_min or 0.0) // QUARTER_MIN
    return lasts or (not is_bump and air_c > half_way_c)


def learned(
    state: Watcher,
    figures: Sequence[float] | None,
    value_c: float,
    lesson_min: float,
    *,
    edge_c: float,
    is_low: bool,
    is_wrong: bool,
) -> Watcher:
    """Learn from a sample.

    Parameters
    ----------
    state
        After it, but for what is learned.
    figures
        Of the movement; None where there are none, or where they are not needed.
    value_c, lesson_min
        The sample, and for how long it stands.
    edge_c
        The edge of the band.
    is_low
        Whether no figure is higher than those of this quarter.
    is_wrong
        Whether nothing may be learned but how high the figures were.
    """
    at_min, swing_c, noise_c, past = state.last_min or 0.0, state.swing_c, state.noise_c, state.past
    if state.bumps.now is None and state.warming is None:
        noise_c = noise_of(past, at_min, noise_c)
    habits, always = state.habits, state.always
    if not habits.quarter == always.quarter == at_min // QUARTER_MIN:
        habits = habits.turned(at_min, swing_c, noise_c)
        height_c = max(0.0, always.warmest_c - state.mean_c) if always.known else 0.0
        always = always.turned(at_min, swing_c + height_c, noise_c)
        past = past.unjudged()
    if is_wrong:
        habits, always = habits.spoil(), always.spoil()
    are_same = habits.now == always.now
    if is_low:
        always = always.with_highest(always.now, lesson_min)
    elif figures is not None:
        always = always.with_figures(figures, lesson_min)
    if is_wrong or state.bumps.now is not None:
        return replace(state, past=past, habits=habits, always=always, noise_c=noise_c)
    if figures is not None:
        # Where no bump was, both have seen the same.
        highest = always.now if are_same else highest_of(habits.now, figures)
        habits = habits.with_highest(highest, lesson_min)
        past = _judged_once(past, habits, edge_c)
    mean_c, deviation_c, lessons_min = schooled(state, value_c, max(lesson_min, 1.0))
    return replace(
        state,
        past=past,
        habits=habits,
        always=always,
        noise_c=noise_c,
        mean_c=mean_c,
        deviation_c=deviation_c,
        lessons_min=lessons_min,
    )


def _judged_once(past: Past, habits: Habits, edge_c: float) -> Past:
    """See up to which air none can be news, or teach, for as long as a view holds."""
    view = past.view
    if view is None or view.usual_c is not None:
        return past
    most_c = view.most_c(*habits.limits)
    roof = roof_c(habits, edge_c)
    usual_c = most_c if view.now_c <= roof else min(most_c, roof)
    return Past(past.times, past.values, view.judged(usual_c, view.bump_c))


def schooled(state: Watcher, value_c: float, lesson_min: float) -> tuple[float, float, float]:
    """Learn where the air usually is, and how far it moves; the first samples count as much."""
    lessons_min = state.lessons_min + lesson_min
    if state.lessons_min <= 0.0:
        return value_c, 0.0, lessons_min
    share = 1.0 - exp(-lesson_min / min(SWING_MIN, lessons_min))
    mean_c = state.mean_c + share * (value_c - state.mean_c)
    away_c = abs(value_c - mean_c)
    return mean_c, state.deviation_c + share * (away_c - state.deviation_c), lessons_min


def noise_of(past: Past, at_min: float, noise_c: float) -> float:
    """Learn the noise from how three marks bend, where nothing happens."""
    before = len(past.values) - THREE_MARKS
    if before < 0 or unpack_from("d", past.times, before + LAST_OF_THREE)[0] != at_min:
        return noise_c
    first, second, third = unpack_from("ddd", past.values, before)
    bend_c = SECOND_DIFFERENCE * abs(first - 2.0 * second + third)
    return float(noise_c + NOISE_SHARE * (bend_c - noise_c))
