"""Follows the air of a point against one edge of its band: what is usual, what is news, and then.

For the lower edge all temperatures are negated: freezing goods warm, so to speak, the other way.
"""

from __future__ import annotations

from msgspec.structs import replace

from telemetry.estimate.habits import QUARTER_MIN, Habits
from telemetry.estimate.lessons import (
    LONGEST_LESSON_MIN,
    accepted,
    beyond_of,
    doubt_of,
    is_accepted,
    is_wrong,
    learned,
    noise_of,
    schooled,
)
from telemetry.estimate.news import bumps_of, is_news, warming_of
from telemetry.estimate.past import View
from telemetry.estimate.remembered import Watcher

MOST_BEYOND = 0.05
"""Air that is beyond the edge for a larger share of a week has the edge within its usual way: when
it is passed next cannot be said."""


def watch(
    state: Watcher, at_min: float, value_c: float, edge_c: float, *, told: bool, learn: bool,
    pushed_c_h: float = 0.0,
) -> Watcher:  # fmt: skip
    """Take the air's temperature.

    Parameters
    ----------
    state
        What is remembered.
    at_min, value_c
        Now.
    edge_c
        The edge of the band.
    told
        Whether somebody says that a door is open or the unit defrosts.
    learn
        Whether this may be taken for usual.
    pushed_c_h
        By how much the air behind a bulkhead has changed the rate since the last sample.
    """
    view = state.past.seen(at_min)
    before_c = min(value_c, view.before_c)
    usual_c = view.usual_c
    if usual_c is not None and value_c <= usual_c and learn and not told:
        after = _unmoved(state, view, at_min, value_c, is_inside=before_c <= edge_c)
        if after is not None:
            return after
    bumps = bumps_of(state, at_min, value_c, before_c, told=told)
    is_low = False
    if bumps.now is not None and state.always.quarter == at_min // QUARTER_MIN:
        view = _judged_in_bump(view, state.always)
        is_low = view.bump_c is not None and value_c <= view.bump_c
    # Where no figure is higher than ever they need not be looked at.
    figures = None if is_low else view.figures(value_c)
    is_back = bumps.comes_back(value_c)
    is_aside = is_back or bumps.is_usual(at_min, is_new_here=state.is_new_here)
    is_judged = state.habits.known > 0 and not is_back and state.beyond <= MOST_BEYOND
    news = is_judged and is_news(state, bumps, figures, edge_c, aside=is_aside)
    past = state.past.with_mark(view, at_min, value_c)
    warming = warming_of(
        state, past, at_min, value_c, news=news, aside=is_aside, pushed_c_h=pushed_c_h
    )
    if warming is not None and before_c > edge_c and not warming.has_passed:
        warming = replace(warming, has_passed=True)
    after = Watcher(
        past,
        state.habits,
        state.always,
        bumps if learn else replace(bumps, known=state.bumps.known),
        state.mean_c,
        state.deviation_c,
        state.lessons_min,
        state.noise_c,
        at_min,
        warming,
        doubt_of(state, warming, at_min),
        beyond_of(state, before_c > edge_c and bumps.now is None, at_min),
    )
    if not learn:
        return after
    if warming is not None and is_accepted(after, value_c, edge_c):
        accepted_figures = view.figures(value_c)
        if accepted_figures is not None:
            return accepted(after, accepted_figures, value_c)
    lesson_min = 0.0 if state.last_min is None else min(at_min - state.last_min, LONGEST_LESSON_MIN)
    return learned(
        after,
        figures,
        value_c,
        lesson_min,
        edge_c=edge_c,
        is_low=is_low,
        is_wrong=is_wrong(state, after, before_c, edge_c),
    )


def _judged_in_bump(view: View, always: Habits) -> View:
    """See up to which air a bump shows nothing new, for as long as a view holds."""
    if view.bump_c is not None or not always.now:
        return view
    return view.judged(view.usual_c, view.most_c(*always.limits))


def _unmoved(
    state: Watcher, view: View, at_min: float, value_c: float, *, is_inside: bool
) -> Watcher | None:
    """Take air of which no figure can be news, or higher than ever; None where something is on.

    Most minutes of most places are like this, so they are worth a way of their own.
    """
    habits, always, bumps = state.habits, state.always, state.bumps
    quarter = at_min // QUARTER_MIN
    if (
        state.warming is not None
        or not is_inside
        or not habits.quarter == always.quarter == quarter
        or not habits.now
        or state.last_min is None
        or bumps.now is not None
        or bumps.begins(value_c, min(value_c, view.before_c), state.swing_c)
    ):
        return None
    past = state.past.with_mark(view, at_min, value_c)
    lesson_min = min(at_min - state.last_min, LONGEST_LESSON_MIN)
    mean_c, deviation_c, lessons_min = schooled(state, value_c, max(lesson_min, 1.0))
    return Watcher(
        past,
        habits.with_highest(habits.now, lesson_min),
        always.with_highest(always.now, lesson_min),
        bumps,
        mean_c,
        deviation_c,
        lessons_min,
        noise_of(past, at_min, state.noise_c),
        at_min,
        None,
        state.doubt,
        beyond_of(state, False, at_min),
    )
