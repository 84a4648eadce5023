"""Follows the air of a point against one edge of its band: what is usual, what is news, and then.

For the lower edge all temperatures are negated: freezing goods warm, so to speak, the other way.
"""

# Long because a step is one thought: what is seen, whether it is news, and what is learned.
from __future__ import annotations

from collections.abc import Sequence
from math import exp, inf, pi, sqrt
from struct import unpack_from

from msgspec import Struct
from msgspec.structs import replace

from telemetry.estimate.bumps import Bumps
from telemetry.estimate.habits import LEAST_SWING_C, QUARTER_MIN, Habits, highest_of
from telemetry.estimate.past import COLDEST, FEATURES, HOLE_MIN, Past, View
from telemetry.estimate.trend import Trend, begin, follow

SWING_PER_DEVIATION = 1.7
"""From the mean absolute deviation to the distance of the quartiles, of a normal distribution."""

DAY_MIN = 1440.0
SWING_MIN = 1440.0
GATE = 0.1
"""What has not gone this share of the way from the usual to the edge is nobody's concern yet."""

ROOM_LEFT = 0.75
"""Air that is warmer than ever is news where it has gone this share of the way from there to the
edge, however little is known: what is usual is not far from the edge, or beyond it."""

LEAP_SWINGS = 1.5
"""What rises by so many swings more than is usual is news below the gate as well: air that was
colder than ever when its unit failed has the usual on its way."""

NEW_QUARTERS = 8
"""Before so many quarters of a day have taught something, most bumps are not known yet."""

CALM_MIN = 30.0
"""Warming is over when nothing has been news, and nothing rose, for so long."""

LOOK_BACK_MIN = 240.0
"""So far back the begin of warming is looked for."""

ACCEPTED_MIN = 1440.0
ACCEPTED_RATE_C_H = 0.1
"""What has stood still for so long is the new usual: somebody has changed the set-point."""

FIRST_DOUBT_DAYS, LONGEST_DOUBT_DAYS = 1.0, 2.0
"""A false call is followed by doubt, twice as long every time; a true one ends it."""

UNTRIED_MIN = 60.0
"""While nothing is known of how long a false alarm lasts, so long is not long."""

HARMLESS = 0.5
"""What comes back before it has gone this share of the way to the edge was nothing: it is learned.
"""

BEYOND_MIN = 7 * 1440.0
MOST_BEYOND = 0.05
"""Air that is beyond the edge for a larger share of a week has the edge within its usual way: when
it is passed next cannot be said."""

NOISE_OF_SWING = 0.3
NOISE_SHARE = 0.01
"""How much one sample changes what is held for the noise."""

SECOND_DIFFERENCE = sqrt(pi / 2) / sqrt(6.0)
"""From the mean absolute second difference of white noise to its standard deviation."""

THREE_MARKS, LAST_OF_THREE = 24, 16
"""Bytes of three floats, and where the last one begins."""

LONGEST_LESSON_MIN = 30.0


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
    if view.is_usual and learn and not told:
        after = _unmoved(state, view, at_min, value_c, is_inside=before_c <= edge_c)
        if after is not None:
            return after
    figures = view.figures(value_c)
    bumps = _bumps(state, at_min, value_c, before_c, told=told)
    is_back = bumps.comes_back(value_c)
    is_aside = is_back or bumps.is_usual(at_min, is_new_here=state.is_new_here)
    is_judged = state.habits.known > 0 and not is_back and state.beyond <= MOST_BEYOND
    news = is_judged and _is_news(state, bumps, figures, edge_c, aside=is_aside)
    past = state.past.with_mark(view, at_min, value_c)
    warming = _warming(
        state, past, at_min, value_c, news=news, aside=is_aside, pushed_c_h=pushed_c_h
    )
    if warming is not None and before_c > edge_c and not warming.has_passed:
        warming = replace(warming, has_passed=True)
    after = Watcher(
        past=past,
        habits=state.habits,
        always=state.always,
        bumps=bumps if learn else replace(bumps, known=state.bumps.known),
        mean_c=state.mean_c,
        deviation_c=state.deviation_c,
        lessons_min=state.lessons_min,
        noise_c=state.noise_c,
        doubt=_doubt(state, warming, at_min),
        beyond=_beyond(state, before_c > edge_c and bumps.now is None, at_min),
        last_min=at_min,
        warming=warming,
    )
    if not learn:
        return after
    if figures is not None and _is_accepted(after, value_c, edge_c):
        return _accepted(after, figures, value_c)
    lesson_min = 0.0 if state.last_min is None else min(at_min - state.last_min, LONGEST_LESSON_MIN)
    return _learned(
        after,
        figures,
        value_c,
        lesson_min,
        edge_c=edge_c,
        is_wrong=_is_wrong(state, after, before_c, edge_c),
    )


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
    mean_c, deviation_c, lessons_min = _schooled(state, value_c, max(lesson_min, 1.0))
    return Watcher(
        past,
        habits.with_highest(habits.now, lesson_min),
        always.with_highest(always.now, lesson_min),
        bumps,
        mean_c,
        deviation_c,
        lessons_min,
        _noise(past, at_min, state.noise_c),
        at_min,
        None,
        state.doubt,
        _beyond(state, False, at_min),
    )


# --- news ---------------------------------------------------------------------------------------


def _bumps(state: Watcher, at_min: float, value_c: float, before_c: float, *, told: bool) -> Bumps:
    bumps, swing_c = state.bumps, state.swing_c
    if state.last_min is not None and at_min - state.last_min > HOLE_MIN and bumps.now is not None:
        bumps = replace(bumps, now=None)
    usual_c = state.mean_c + 0.5 * swing_c if state.lessons_min else value_c
    return bumps.follow(at_min, value_c, before_c, swing_c=swing_c, usual_c=usual_c, told=told)


def _is_news(
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
    if figures[0] > _roof_c(habits, edge_c) or habits.has_news(figures, 0, COLDEST):
        return True
    is_warm = figures[0] > state.mean_c + 0.5 * state.swing_c
    return is_warm and habits.has_news(figures, COLDEST, FEATURES)


def _roof_c(habits: Habits, edge_c: float) -> float:
    """Give how warm air may be that is not news by that alone."""
    return habits.warmest_c + ROOM_LEFT * max(0.0, edge_c - habits.warmest_c)


def _warming(
    state: Watcher, past: Past, at_min: float, value_c: float, *, news: bool, aside: bool,
    pushed_c_h: float,
) -> Warming | None:  # fmt: skip
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


def _is_accepted(state: Watcher, value_c: float, edge_c: float) -> bool:
    warming = state.warming
    return (
        warming is not None
        and (state.last_min or 0.0) - warming.found_min >= ACCEPTED_MIN
        and value_c <= edge_c
        and abs(warming.trend.rate_c_h) <= ACCEPTED_RATE_C_H
    )


def _accepted(state: Watcher, figures: Sequence[float], value_c: float) -> Watcher:
    return replace(
        state,
        warming=None,
        habits=state.habits.accept(figures),
        always=state.always.accept(figures),
        mean_c=value_c,
    )


# --- learning -----------------------------------------------------------------------------------


def _doubt(state: Watcher, warming: Warming | None, at_min: float) -> Doubt:
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


def _beyond(state: Watcher, is_beyond: bool, at_min: float) -> float:
    """Follow the share of time that the air is beyond the edge."""
    if not is_beyond and not state.beyond:
        return 0.0
    minutes = 0.0 if state.last_min is None else min(at_min - state.last_min, LONGEST_LESSON_MIN)
    return state.beyond + (float(is_beyond) - state.beyond) * (1.0 - exp(-minutes / BEYOND_MIN))


def _is_wrong(before: Watcher, after: Watcher, air_c: float, edge_c: float) -> bool:
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


def _learned(
    state: Watcher,
    figures: Sequence[float] | None,
    value_c: float,
    lesson_min: float,
    *,
    edge_c: float,
    is_wrong: bool,
) -> Watcher:
    """Learn from a sample."""
    at_min, swing_c, noise_c, past = state.last_min or 0.0, state.swing_c, state.noise_c, state.past
    if state.bumps.now is None and state.warming is None:
        noise_c = _noise(past, at_min, noise_c)
    habits, always = state.habits, state.always
    if not habits.quarter == always.quarter == at_min // QUARTER_MIN:
        habits = habits.turned(at_min, swing_c, noise_c)
        height_c = max(0.0, always.warmest_c - state.mean_c) if always.known else 0.0
        always = always.turned(at_min, swing_c + height_c, noise_c)
    if is_wrong:
        habits, always = habits.spoil(), always.spoil()
    are_same = habits.now == always.now
    if figures is not None:
        always = always.with_figures(figures, lesson_min)
    if is_wrong or state.bumps.now is not None:
        return replace(state, habits=habits, always=always, noise_c=noise_c)
    if figures is not None:
        # Where no bump was, both have seen the same.
        highest = always.now if are_same else highest_of(habits.now, figures)
        habits = habits.with_highest(highest, lesson_min)
        past = _judged_once(past, habits, edge_c)
    mean_c, deviation_c, lessons_min = _schooled(state, value_c, max(lesson_min, 1.0))
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
    """See whether no air at all can be news, or teach, for as long as a view holds."""
    view = past.view
    if view is None or view.is_judged:
        return past
    most = view.figures(inf)
    is_usual = (
        most is not None
        and most[0] <= _roof_c(habits, edge_c)
        and not habits.has_news(most, 0, FEATURES)
        and highest_of(habits.now, most) is habits.now
    )
    return Past(past.times, past.values, view.judged(is_usual=is_usual))


def _schooled(state: Watcher, value_c: float, lesson_min: float) -> tuple[float, float, float]:
    """Learn where the air usually is, and how far it moves; the first samples count as much."""
    lessons_min = state.lessons_min + lesson_min
    if state.lessons_min <= 0.0:
        return value_c, 0.0, lessons_min
    share = 1.0 - exp(-lesson_min / min(SWING_MIN, lessons_min))
    mean_c = state.mean_c + share * (value_c - state.mean_c)
    away_c = abs(value_c - mean_c)
    return mean_c, state.deviation_c + share * (away_c - state.deviation_c), lessons_min


def _noise(past: Past, at_min: float, noise_c: float) -> float:
    """Learn the noise from how three marks bend, where nothing happens."""
    before = len(past.values) - THREE_MARKS
    if before < 0 or unpack_from("d", past.times, before + LAST_OF_THREE)[0] != at_min:
        return noise_c
    first, second, third = unpack_from("ddd", past.values, before)
    bend_c = SECOND_DIFFERENCE * abs(first - 2.0 * second + third)
    return float(noise_c + NOISE_SHARE * (bend_c - noise_c))
