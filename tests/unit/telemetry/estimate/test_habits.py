"""What is usual at a point: how long it takes to know, how much room is left, what is forgotten."""

from __future__ import annotations

from array import array
from math import inf, isinf, log

import msgspec
import numpy as np
import pytest

from telemetry.estimate.habits import (
    KEPT,
    LEAST_MIN,
    MOST_BEYOND,
    ODD_AMONG,
    QUARTER_MIN,
    REMEMBERED,
    ROOM,
    ROOM_OF_NOISE,
    SEEN_OFTEN,
    Habits,
)
from telemetry.estimate.past import FEATURES, SPANS_MIN

SWING_C = 1.0
FIRST = 80_000
"""Number of the quarter in which everything begins."""

UNKNOWN = -inf
"""A figure of a longer time than the past."""


def _figures(value_c: float) -> array[float]:
    return array("d", [value_c] * FEATURES)


def _begun(quarter: int = FIRST) -> Habits:
    return Habits().turned(quarter * QUARTER_MIN, SWING_C, 0.0)


def _taught(
    habits: Habits, *values: float, swing_c: float = SWING_C, noise_c: float = 0.0
) -> Habits:
    """Let one quarter with each value pass."""
    for value_c in values:
        quarter = habits.quarter
        assert quarter is not None
        habits = habits.with_figures(_figures(value_c), QUARTER_MIN)
        habits = habits.turned((quarter + 1) * QUARTER_MIN, swing_c, noise_c)
    return habits


def _end_c(habits: Habits, place: int = 0) -> float:
    return float(np.frombuffer(habits.ends)[place])


def _is_news(habits: Habits, value_c: float) -> bool:
    return habits.has_news(_figures(value_c), 0, 1)


def test_nothing_is_news_before_a_quarter_is_over() -> None:
    habits = _begun().with_figures(_figures(-20.0), QUARTER_MIN - 1)
    assert habits.turned(FIRST * QUARTER_MIN + QUARTER_MIN - 1, SWING_C, 0.0) is habits
    assert not _is_news(habits, 100.0)
    assert (habits.known, habits.warmest_c) == (0, inf)


def test_what_passes_the_usual_is_news() -> None:
    habits = _taught(_begun(), *[-20.0] * 20)
    assert habits.known == 20
    assert habits.warmest_c == -20.0
    assert not _is_news(habits, -20.0)
    assert not _is_news(habits, _end_c(habits))
    assert _is_news(habits, _end_c(habits) + 0.01)
    assert _end_c(habits) < -19.0


def test_only_the_figures_that_are_asked_for_count() -> None:
    habits = _taught(_begun(), *[-20.0] * 20)
    figures = _figures(-20.0)
    figures[3] = 5.0
    assert habits.has_news(figures, 0, FEATURES)
    assert not habits.has_news(figures, 0, 3)
    assert not habits.has_news(figures, 4, FEATURES)


def test_what_is_not_known_now_is_no_news() -> None:
    habits = _taught(_begun(), *[-20.0] * 20)
    assert not habits.has_news(_figures(UNKNOWN), 0, FEATURES)


def test_the_quarter_that_is_going_on_does_not_become_usual() -> None:
    habits = _taught(_begun(), *[-20.0] * 12)
    warm = habits.with_figures(_figures(-10.0), QUARTER_MIN / 2)
    assert _is_news(warm, -15.0)
    assert not _is_news(_taught(warm, -20.0), -15.0), "once it is over it does"


@pytest.mark.parametrize("spoilt", [False, True])
def test_a_spoilt_quarter_teaches_nothing(spoilt: bool) -> None:
    before = _taught(_begun(), *[-20.0] * 20)
    wrong = before.spoil() if spoilt else before
    after = _taught(wrong, -10.0)
    assert not after.spoilt, "the next one is as good as any"
    assert (after.known, after.warmest_c) == ((20, -20.0) if spoilt else (21, -10.0))
    assert (after.ends == before.ends) is spoilt
    assert _taught(after, -20.0).known == after.known + 1


@pytest.mark.parametrize(("seen_min", "known"), [(LEAST_MIN - 1, 0), (LEAST_MIN, 1)])
def test_a_quarter_that_was_hardly_seen_teaches_nothing(seen_min: float, known: int) -> None:
    habits = _begun().with_figures(_figures(-20.0), seen_min)
    assert habits.turned((FIRST + 1) * QUARTER_MIN, SWING_C, 0.0).known == known


def test_of_a_quarter_the_highest_figures_count() -> None:
    habits = _begun()
    for value_c in (UNKNOWN, -21.0, -19.0, -22.0, UNKNOWN):
        habits = habits.with_figures(_figures(value_c), 60.0)
    assert set(array("d", habits.now)) == {-19.0}
    assert habits.seen_min == 300.0


def test_the_more_quarters_are_known_the_less_room_there_is() -> None:
    rooms = [_end_c(_taught(_begun(), *[-20.0] * known)) + 20.0 for known in (6, 20, 80, 300)]
    assert rooms == sorted(rooms, reverse=True)
    assert rooms[0] > rooms[-1]


def test_where_quarters_differ_much_there_is_more_room() -> None:
    alike = _taught(_begun(), *[-20.0] * 20)
    wild = _taught(_begun(), *[-20.0 - 2 * (number % 10) for number in range(60)])
    assert wild.warmest_c == alike.warmest_c
    assert _end_c(wild) == _end_c(_taught(_begun(), *[-20.0] * 60)), "six of them are as warm"
    unlike = _taught(_begun(), *[-20.0 - 2 * number for number in range(60)])
    # Least of the highest six is -30, and the others pass it by 6 on the average.
    assert _end_c(unlike) == pytest.approx(-30.0 + 6.0 * log(KEPT * ODD_AMONG / 60))
    assert unlike.warmest_c == alike.warmest_c
    few = _taught(_begun(), *[-20.0 - 2 * number for number in range(6)])
    assert _end_c(few) == pytest.approx(-30.0 + 6.0 * log(MOST_BEYOND)), "no farther than that"


def test_air_that_moves_more_or_is_noisier_has_more_room() -> None:
    plain = _end_c(_taught(_begun(), *[-20.0] * 12))
    lively = _end_c(_taught(_begun(), *[-20.0] * 12, swing_c=3.0))
    noisy = _end_c(_taught(_begun(), *[-20.0] * 12, noise_c=0.5))
    assert lively == pytest.approx(plain + 2.0 * ROOM * log(MOST_BEYOND))
    assert noisy == pytest.approx(plain + 0.5 * ROOM_OF_NOISE)


def test_a_long_span_tells_nothing_before_it_has_been_seen_often() -> None:
    for known in range(1, 20):
        habits = _taught(_begun(), *[-20.0] * known)
        tells = [not isinf(_end_c(habits, 1 + place)) for place in range(len(SPANS_MIN))]
        seen = [known * QUARTER_MIN >= SEEN_OFTEN * span_min for span_min in SPANS_MIN]
        assert tells == seen
    assert not isinf(_end_c(_taught(_begun(), -20.0))), "the air now tells from the first on"


def test_a_figure_that_was_never_known_is_never_news() -> None:
    figures = _figures(-20.0)
    figures[5] = UNKNOWN
    habits = _begun()
    for number in range(20):
        habits = habits.with_figures(figures, QUARTER_MIN)
        habits = habits.turned((FIRST + 1 + number) * QUARTER_MIN, SWING_C, 0.0)
    assert isinf(_end_c(habits, 5))
    assert not habits.has_news(_figures(50.0), 5, 6)


def test_a_warm_quarter_is_forgotten_after_half_a_year() -> None:
    habits = _taught(_begun(), -10.0, *[-20.0] * (REMEMBERED - 2))
    assert (habits.known, habits.warmest_c) == (REMEMBERED - 1, -10.0)
    later = _taught(habits, -20.0)
    assert (later.known, later.warmest_c) == (REMEMBERED, -20.0)
    assert _taught(later, -20.0).known == REMEMBERED
    assert _is_news(later, -15.0)


def test_what_is_accepted_is_usual_at_once() -> None:
    habits = _taught(_begun(), *[-20.0] * 20)
    warm = _figures(-16.0)
    warm[4] = UNKNOWN
    accepted = habits.accept(warm)
    assert not accepted.has_news(_figures(-16.0), 0, 4)
    assert accepted.has_news(_figures(-16.0), 4, 5), "what is not known now stays as it was"
    assert accepted.warmest_c == -16.0
    assert not _is_news(_taught(accepted, -16.0), -16.0), "and it stays so"


def test_the_quarter_that_is_going_on_is_accepted_as_a_whole() -> None:
    habits = _taught(_begun(), *[-20.0] * 20).with_figures(_figures(-15.0), 30.0)
    accepted = habits.accept(_figures(-16.0))
    assert accepted.warmest_c == -15.0
    assert not _is_news(accepted, -15.0)
    assert _is_news(accepted, -14.9)


def test_what_is_accepted_makes_nothing_colder_usual() -> None:
    habits = _taught(_begun(), *[-20.0] * 20)
    assert habits.accept(_figures(-25.0)) == habits


def test_nothing_is_accepted_where_nothing_is_known() -> None:
    habits = _begun()
    assert habits.accept(_figures(-16.0)) is habits


def test_habits_are_stored_as_they_are() -> None:
    habits = _taught(_begun(), -20.0, -19.0, -21.0).with_figures(_figures(-20.0), 5.0).spoil()
    stored = msgspec.msgpack.encode(habits)
    assert msgspec.msgpack.decode(stored, type=Habits) == habits
    assert len(stored) < 2000
