"""What is news at a point and what is not, when that is over, and what is learned meanwhile."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import inf, sin
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from telemetry.estimate import watcher
from telemetry.estimate.habits import Habits
from telemetry.estimate.lessons import ACCEPTED_MIN, LONGEST_DOUBT_DAYS
from telemetry.estimate.news import CALM_MIN, ROOM_LEFT
from telemetry.estimate.past import FEATURES, View
from telemetry.estimate.remembered import FIRST_DOUBT_DAYS, UNTRIED_MIN, Doubt, Warming, Watcher
from telemetry.estimate.trend import begin
from telemetry.estimate.watcher import MOST_BEYOND, watch
from tests.unit.telemetry.estimate.freezers import (
    DAY,
    DAY0,
    EDGE_C,
    SETPOINT_C,
    SWING_C,
    Way,
    failing,
    fed,
    ripple,
    steady,
)

DAYS = 5
NOW = DAY0 + DAYS * DAY


@pytest.fixture(scope="module")
def course() -> list[Watcher]:
    """Five days of a freezer that is well."""
    return fed(Watcher(), steady, range(DAYS * DAY))


@pytest.fixture(scope="module")
def well(course: list[Watcher]) -> Watcher:
    return course[-1]


def _after(well: Watcher, way: Way, minutes: int, *, learn: bool = True) -> list[Watcher]:
    return fed(well, way, range(minutes), begin=NOW, learn=learn)


def _found(course: Sequence[Watcher]) -> int | None:
    return next((place for place, one in enumerate(course) if one.warming is not None), None)


def _calm(minute: int) -> float:
    """Give air that hardly moves."""
    return SETPOINT_C + ripple(minute)


@pytest.fixture(scope="module")
def calm() -> Watcher:
    return fed(Watcher(), _calm, range(0, DAYS * DAY, 2))[-1]


@pytest.fixture(scope="module")
def still() -> Watcher:
    return fed(Watcher(), lambda _: SETPOINT_C, range(0, DAYS * DAY, 5))[-1]


# --- nothing is wrong ---------------------------------------------------------------------------


def test_a_freezer_that_cools_and_defrosts_has_no_warming(course: list[Watcher]) -> None:
    assert _found(course) is None
    well = course[-1]
    assert well.habits.known == 4 * DAYS - 1, "all quarters but the one that is going on"
    assert not well.is_new_here
    assert well.mean_c == pytest.approx(SETPOINT_C, abs=0.3)
    assert well.swing_c == pytest.approx(SWING_C, abs=0.3)
    assert any(one.height_c > 5.0 and one.times >= 4 * DAYS - 1 for one in well.bumps.known)


@pytest.mark.parametrize("tau_h", [2.0, 12.0])
def test_nothing_is_news_before_a_quarter_is_known(tau_h: float) -> None:
    way = failing(SETPOINT_C, tau_h)
    assert _found(fed(Watcher(), way, range(300))) is None


def test_air_that_does_as_ever_goes_on_so(well: Watcher) -> None:
    assert _found(_after(well, lambda minute: steady(DAYS * DAY + minute), DAY)) is None


def test_the_noise_of_the_samples_is_learned() -> None:
    marks = range(0, 3 * DAY, 5)
    noisy = fed(Watcher(), lambda minute: SETPOINT_C + 4 * ripple(minute), marks)[-1]
    assert noisy.noise_c == pytest.approx(0.28, abs=0.08), "of a sine, its height by root 2"
    quiet = fed(Watcher(), lambda minute: SETPOINT_C + sin(minute / 400.0), marks)[-1]
    assert quiet.noise_c < 0.03
    assert quiet.spread_c > quiet.noise_c


# --- something is wrong -------------------------------------------------------------------------


@pytest.mark.parametrize("tau_h", [4.0, 6.0, 12.0, 25.0])
@pytest.mark.parametrize("minute", [0, 60, 200, 340])
def test_a_total_loss_is_found_within_an_hour_and_before_the_breach(
    course: list[Watcher], tau_h: float, minute: int
) -> None:
    last = len(course) - 360 + minute
    begin = DAY0 + last
    way = failing(steady(last), tau_h)
    found = _found(fed(course[last], way, range(1, 120), begin=begin))
    assert found is not None
    assert found <= 60
    assert way(found) < EDGE_C or tau_h < 6.0, "of the fastest, goods have hardly noticed yet"


@pytest.mark.parametrize("tau_h", [40.0, 100.0])
def test_a_slow_loss_is_found_well_before_the_breach(well: Watcher, tau_h: float) -> None:
    way = failing(SETPOINT_C, tau_h)
    found = _found(_after(well, lambda minute: way(minute) + ripple(minute), 300))
    assert found is not None
    assert way(found) < EDGE_C - 2.0


def test_a_slow_loss_does_not_become_usual_while_it_goes_on(calm: Watcher) -> None:
    course = _after(calm, lambda minute: _calm(minute) + 0.15 * minute / 60, 30 * 60)
    found = _found(course)
    assert found is not None
    assert _calm(found) + 0.15 * found / 60 < EDGE_C
    assert course[-1].warming is not None
    assert course[-1].habits.spoilt


def test_a_defrost_that_does_not_come_back_is_found(course: list[Watcher]) -> None:
    last = (DAYS - 1) * DAY + 360 + 130
    way = failing(steady(last), 12.0)
    found = _found(fed(course[last], way, range(1, 120), begin=DAY0 + last))
    assert found is not None
    assert found <= 60


def test_when_warming_began_is_found_in_the_past(still: Watcher) -> None:
    way = failing(SETPOINT_C, 25.0)
    course = _after(still, lambda minute: way(max(0, minute - 60)), 180)
    found = _found(course)
    assert found is not None
    warming = course[found].warming
    assert warming is not None
    assert warming.found_min == NOW + found > NOW + 65
    assert warming.from_min == pytest.approx(NOW + 60, abs=5)
    later = course[found + 60].warming
    assert later is not None
    assert (later.from_min, later.found_min) == (warming.from_min, warming.found_min)
    assert later.trend.air_c == pytest.approx(way(found), abs=0.1)
    assert later.trend.rate_c_h == pytest.approx((46.5 / 25.0), rel=0.15)


def test_the_begin_is_not_looked_for_long_ago(still: Watcher) -> None:
    def way(minute: int) -> float:
        return SETPOINT_C - (0.5 if minute < 5 else 0.0) + max(0, minute - 300) * 0.05

    course = _after(still, way, 360)
    found = _found(course)
    assert found is not None
    warming = course[found].warming
    assert warming is not None
    assert warming.from_min == pytest.approx(NOW + 300, abs=5)


@pytest.mark.parametrize(("colder_c", "is_found"), [(1.0, False), (4.0, True)])
def test_a_leap_is_found_before_the_air_is_back_where_it_usually_is(
    still: Watcher, colder_c: float, is_found: bool
) -> None:
    cold = _after(still, lambda _: SETPOINT_C - colder_c, 240)[-1]
    below = fed(cold, failing(SETPOINT_C - colder_c, 12.0), range(120), begin=NOW + 240)
    usual = next(n for n, one in enumerate(below) if one.past.temperatures[-1] > SETPOINT_C)
    found = _found(below)
    assert found is not None
    assert (found < usual) is is_found


def test_what_stays_far_from_the_edge_is_nobodys_concern(calm: Watcher) -> None:
    def colder(minute: int) -> float:
        return _calm(minute) - 6.0 + 3.0 * min(1.0, minute / 600.0)

    assert _found(_after(calm, colder, 700)) is None


def test_air_that_lies_beyond_the_edge_a_lot_is_not_judged(calm: Watcher) -> None:
    way = failing(SETPOINT_C, 12.0)
    assert _found(_after(calm, way, 120)) is not None
    often = replace(calm, beyond=MOST_BEYOND + 0.01)
    assert _found(_after(often, way, 120)) is None


def test_how_much_the_air_lies_beyond_the_edge_is_followed() -> None:
    warm = fed(Watcher(), lambda _: EDGE_C + 1.0, range(8 * 60))[-1]
    assert warm.beyond == pytest.approx(8 / 24 / 7, rel=0.1)
    assert fed(Watcher(), lambda _: EDGE_C, range(8 * 60))[-1].beyond == 0.0
    after = fed(warm, lambda _: EDGE_C - 3.0, range(DAY), begin=DAY0 + 8 * 60)[-1]
    assert after.beyond == pytest.approx(warm.beyond * 2.718 ** (-1 / 7), rel=0.02)


def test_where_somebody_says_so_a_rise_is_a_bump(calm: Watcher) -> None:
    way = failing(SETPOINT_C, 50.0)
    told = fed(calm, way, range(10), begin=NOW, told=True)[-1]
    assert told.bumps.now is not None
    assert told.bumps.now.told
    assert fed(calm, way, range(10), begin=NOW)[-1].bumps.now is None


def test_a_bump_is_forgotten_over_a_long_silence(calm: Watcher) -> None:
    told = fed(calm, _calm, range(10), begin=NOW, told=True)[-1]
    after = watch(told, NOW + 9 + 130, SETPOINT_C, EDGE_C, told=False, learn=True)
    assert after.bumps == calm.bumps, "nobody knows how it ended: it is not remembered"
    assert len(after.past.minutes) == 1


# --- it is over ---------------------------------------------------------------------------------


def _rise(minute: int) -> float:
    """Give a loss of an hour, and the way back within one."""
    way = failing(SETPOINT_C, 25.0)
    return _calm(minute) + max(0.0, min(way(minute), way(120 - minute)) - SETPOINT_C)


def test_warming_is_over_when_it_has_been_calm_for_a_while(calm: Watcher) -> None:
    course = _after(calm, _rise, 300)
    found = _found(course)
    assert found is not None
    over = next(place for place in range(found, 300) if course[place].warming is None)
    last = course[over - 1].warming
    assert last is not None
    assert last.calm_min is not None
    assert over > 60
    assert NOW + over - last.calm_min == CALM_MIN
    assert _found(course[over:]) is None


def test_what_rises_again_is_the_same_warming(calm: Watcher) -> None:
    course = _after(calm, lambda minute: _rise(minute % 100), 180)
    found = _found(course)
    assert found is not None
    begun = course[found].warming
    assert begun is not None
    rest = [one.warming for one in course[found:]]
    assert all(one is not None and one.found_min == begun.found_min for one in rest)


def test_what_has_stood_still_for_a_day_is_the_new_usual(calm: Watcher) -> None:
    course = _after(calm, lambda minute: _calm(minute) + min(1.5, minute / 40), 3 * DAY)
    found = _found(course)
    assert found is not None
    over = next(place for place in range(found, len(course)) if course[place].warming is None)
    assert over - found == ACCEPTED_MIN
    assert _found(course[over:]) is None, "and is no news any more"
    assert course[over].mean_c == pytest.approx(SETPOINT_C + 1.5, abs=0.2)


@pytest.mark.parametrize(("rate_c_h", "accepted"), [(0.08, True), (0.13, False)])
def test_what_still_rises_is_not_accepted(still: Watcher, rate_c_h: float, accepted: bool) -> None:
    def way(minute: int) -> float:
        return SETPOINT_C + min(0.8, minute / 40) + rate_c_h * minute / 60

    course = fed(still, way, range(28 * 60), begin=NOW, edge_c=-17.0)
    found = _found(course)
    assert found is not None
    later = found + int(ACCEPTED_MIN)
    assert way(later) < -17.0
    assert course[later - 1].warming is not None
    assert (course[later].warming is None) is accepted


@pytest.mark.parametrize(("value_c", "accepted"), [(EDGE_C, True), (EDGE_C + 0.01, False)])
def test_what_is_beyond_the_edge_is_not_accepted(
    still: Watcher, value_c: float, accepted: bool
) -> None:
    course = _after(still, lambda minute: SETPOINT_C + min(3.5, minute / 40), 8 * 60)
    warming = course[-1].warming
    assert warming is not None
    old = replace(course[-1], warming=replace(warming, found_min=NOW - ACCEPTED_MIN))
    after = watch(old, NOW + 8 * 60, value_c, EDGE_C, told=False, learn=True)
    assert (after.warming is None) is accepted


def test_what_is_beyond_the_edge_never_becomes_usual(calm: Watcher) -> None:
    course = _after(calm, lambda minute: _calm(minute) + min(5.0, minute / 20), 13 * 60)
    assert course[6 * 60].warming is not None
    assert course[-1].habits.highest == course[0].habits.highest
    assert course[-1].habits.ends == course[0].habits.ends


# --- doubt --------------------------------------------------------------------------------------


def _ended(calm: Watcher, *, was_called: bool, has_passed: bool, doubt: Doubt) -> Watcher:
    """Let a warming end that somebody was called for, or nobody."""
    going_on = _after(calm, _rise, 100)[-1]
    warming = going_on.warming
    assert warming is not None
    warming = replace(warming, was_called=was_called, has_passed=has_passed)
    begun = replace(going_on, warming=warming, doubt=doubt)
    course = fed(begun, _rise, range(100, 300), begin=NOW)
    return next(one for one in course if one.warming is None)


def test_a_call_that_came_to_nothing_is_followed_by_doubt_twice_as_long_every_time(
    calm: Watcher,
) -> None:
    doubt, days = Doubt(), FIRST_DOUBT_DAYS
    for _ in range(4):
        after = _ended(calm, was_called=True, has_passed=False, doubt=doubt)
        assert after.last_min is not None
        assert after.doubt.until_min == after.last_min + days * DAY
        days = min(LONGEST_DOUBT_DAYS, 2 * days)
        assert after.doubt.days == days
        doubt = after.doubt
    assert days == LONGEST_DOUBT_DAYS


def test_a_call_that_came_true_ends_doubt(calm: Watcher) -> None:
    doubt = Doubt(NOW + 5 * DAY, LONGEST_DOUBT_DAYS)
    assert _ended(calm, was_called=True, has_passed=True, doubt=doubt).doubt == Doubt()
    assert Doubt().days == FIRST_DOUBT_DAYS


def test_where_nobody_was_called_there_is_nothing_to_doubt(calm: Watcher) -> None:
    doubt = Doubt(NOW - 1, 2.0)
    assert _ended(calm, was_called=False, has_passed=False, doubt=doubt).doubt == doubt


@pytest.mark.parametrize("was_called", [False, True])
@pytest.mark.parametrize("longest_min", [30.0, 600.0])
def test_how_long_it_warmed_in_vain_is_remembered_while_there_is_doubt(
    calm: Watcher, was_called: bool, longest_min: float
) -> None:
    doubt = Doubt(NOW + 5 * DAY, 2.0, longest_min)
    going_on = _after(calm, _rise, 100)[-1].warming
    after = _ended(calm, was_called=was_called, has_passed=False, doubt=doubt)
    assert going_on is not None
    assert after.last_min is not None
    assert after.doubt.longest_min == max(longest_min, after.last_min - going_on.from_min)


@pytest.mark.parametrize(
    ("longest_min", "lasts_min", "calm_min", "outlasts"),
    [
        (90.0, 90.0, None, False),
        (90.0, 91.0, None, True),
        (90.0, 91.0, 0.0, False),
        (0.0, UNTRIED_MIN, None, False),
        (0.0, UNTRIED_MIN + 1.0, None, True),
    ],
)
def test_what_is_still_news_after_all_that_was_in_vain_outlasts_it(
    longest_min: float, lasts_min: float, calm_min: float | None, outlasts: bool
) -> None:
    warming = Warming(0.0, 0.0, begin(0.0, SETPOINT_C, 0.1), calm_min)
    watcher = Watcher(warming=warming, doubt=Doubt(DAY, 1.0, longest_min))
    assert watcher.outlasts(lasts_min) is outlasts
    assert not replace(watcher, warming=None).outlasts(lasts_min)


@pytest.mark.parametrize(
    ("share", "is_news"), [(ROOM_LEFT - 0.05, False), (ROOM_LEFT + 0.05, True)]
)
def test_air_most_of_the_way_to_the_edge_is_news_where_little_is_known(
    share: float, is_news: bool
) -> None:
    known = fed(Watcher(), _calm, range(0, DAY - 60, 2))[-1]
    # With so much room nothing else is news.
    edge_c = SETPOINT_C + 1.0
    ends = array("d", [inf] * FEATURES).tobytes()
    known = replace(known, habits=replace(known.habits, ends=ends))
    level_c = known.habits.warmest_c + share * (edge_c - known.habits.warmest_c)
    course = fed(known, lambda _: level_c, range(20), begin=DAY0 + DAY - 60, edge_c=edge_c)
    assert (_found(course) is not None) is is_news


def test_air_that_has_passed_the_edge_is_remembered(calm: Watcher) -> None:
    way = failing(SETPOINT_C, 12.0)
    passed = next(minute for minute in range(200) if way(minute) > EDGE_C)
    course = [one.warming for one in _after(calm, way, 200)]
    told = [one is not None and one.has_passed for one in course]
    assert passed + 10 < told.index(True) < passed + 25, "a gust does not count"
    assert all(told[told.index(True) :])


# --- learning -----------------------------------------------------------------------------------

LEARNED = ("habits", "always", "mean_c", "deviation_c", "lessons_min", "noise_c")


def _learned(watcher: Watcher) -> list[object]:
    return [*(getattr(watcher, name) for name in LEARNED), watcher.bumps.known]


def test_nothing_is_learned_where_it_may_not_be(well: Watcher) -> None:
    later = _after(well, lambda minute: steady(minute) + 0.3, DAY, learn=False)[-1]
    assert _learned(later) == _learned(well)
    assert later.last_min == NOW + DAY - 1
    assert later.past != well.past, "it is looked at all the same"
    taught = _after(well, lambda minute: steady(minute) + 0.3, DAY)[-1]
    assert all(one != other for one, other in zip(_learned(taught), _learned(well), strict=True))


def test_a_failure_is_found_where_nothing_may_be_learned(well: Watcher) -> None:
    assert _found(_after(well, failing(SETPOINT_C, 12.0), 60, learn=False)) is not None


def test_from_a_failure_nothing_is_learned(calm: Watcher) -> None:
    course = _after(calm, failing(SETPOINT_C, 25.0), 13 * 60)
    first, last = course[0].habits, course[-1].habits
    assert last.quarter is not None
    assert first.quarter is not None
    assert last.quarter - first.quarter == 2
    assert (last.known, last.highest, last.ends) == (first.known, first.highest, first.ends)


def test_a_watcher_is_stored_as_it_is(well: Watcher) -> None:
    warm = _after(well, failing(SETPOINT_C, 12.0), 60)[-1]
    assert isinstance(warm.warming, Warming)
    for one in (Watcher(), well, warm):
        stored = msgspec.msgpack.encode(one)
        assert msgspec.msgpack.decode(stored, type=Watcher) == one
        assert len(stored) < 8000


def test_a_new_watcher_knows_nothing() -> None:
    fresh = Watcher()
    assert fresh.is_new_here
    assert (fresh.habits, fresh.warming, fresh.swing_c) == (Habits(), None, 0.0)


def test_minutes_in_which_nothing_is_on_are_judged_as_all_others_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    minutes = range(2 * DAY)
    quick = fed(Watcher(), steady, minutes)
    taken = []
    unmoved = watcher._unmoved

    def slow(*args: Any, **kwargs: Any) -> None:
        taken.append(unmoved(*args, **kwargs) is not None)

    monkeypatch.setattr(watcher, "_unmoved", slow)
    for one, other in zip(quick, fed(Watcher(), steady, minutes), strict=True):
        assert replace(one, past=other.past) == other
        assert (one.past.times, one.past.values) == (other.past.times, other.past.values)
    assert sum(taken) > len(minutes) / 5


@pytest.mark.parametrize("told", [False, True])
def test_bumps_whose_figures_are_not_looked_at_are_judged_as_all_others_are(
    calm: Watcher, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    minutes = range(700)

    def open_doors(minute: int) -> float:
        return SETPOINT_C + ripple(minute) + (5.0 if minute % 60 < 20 else 0.0)

    quick = fed(calm, open_doors, minutes, begin=NOW, told=told)
    looked_at = []
    judged = watcher._judged_in_bump

    def slow(view: View, always: Habits) -> View:
        looked_at.append(judged(view, always))
        return view

    monkeypatch.setattr(watcher, "_judged_in_bump", slow)
    others = fed(calm, open_doors, minutes, begin=NOW, told=told)
    for one, other in zip(quick, others, strict=True):
        assert replace(one, past=other.past) == other
    assert len(looked_at) > 100
    assert sum(view.bump_c is not None and view.bump_c > SETPOINT_C for view in looked_at) > 20
