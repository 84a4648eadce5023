"""Marks of the last hours, and what they show of the air's movement."""

from __future__ import annotations

from math import inf, isfinite, sin

import pytest

from telemetry.estimate.past import (
    APART_MIN,
    COLDEST,
    CONTINUED,
    FEATURES,
    HOLE_MIN,
    KEPT_MIN,
    NOW_MIN,
    SPANS,
    SPANS_MIN,
    Past,
    view_of,
)
from tests.unit.telemetry.estimate.freezers import DAY0, Way


def _watched(way: Way, minutes: int, step: int = 1) -> Past:
    past = Past()
    for minute in range(0, minutes, step):
        past = _marked(past, DAY0 + minute, way(minute))
    return past


def _marked(past: Past, at_min: float, value_c: float) -> Past:
    return past.with_mark(past.seen(at_min), at_min, value_c)


def _figures(past: Past, minute: float, value_c: float) -> list[float]:
    figures = past.seen(DAY0 + minute).figures(value_c)
    assert figures is not None
    return figures


def _rising(minute: int) -> float:
    return -20.0 + 0.01 * minute


def test_marks_are_some_minutes_apart_however_often_the_air_is_measured() -> None:
    past = _watched(float, 61)
    assert list(past.minutes) == [DAY0 + minute for minute in range(0, 61, 5)]
    assert list(past.temperatures) == [float(minute) for minute in range(0, 61, 5)]


def test_a_sample_that_is_a_little_early_is_a_mark_all_the_same() -> None:
    past = _watched(float, 1)
    just = _marked(past, DAY0 + APART_MIN - 0.5, 1.0)
    assert len(just.minutes) == 2
    assert _marked(past, DAY0 + APART_MIN - 0.7, 1.0).minutes == past.minutes


def test_only_the_last_hours_are_kept() -> None:
    past = _watched(float, 2000)
    assert past.minutes[0] >= DAY0 + 1995 - KEPT_MIN
    assert len(past.minutes) == int(KEPT_MIN / APART_MIN) + 1
    assert len(past.minutes) == len(past.temperatures)


@pytest.mark.parametrize(("silence", "kept"), [(HOLE_MIN, 3), (HOLE_MIN + 1, 1)])
def test_after_a_long_silence_the_past_begins_anew(silence: float, kept: int) -> None:
    past = _watched(float, 10)
    at_min = past.minutes[-1] + silence
    after = _marked(past, at_min, -5.0)
    assert len(after.minutes) == kept
    assert (after.minutes[-1], after.temperatures[-1]) == (at_min, -5.0)


def test_the_coldest_of_a_span_leaves_out_what_was_before_it() -> None:
    past = _watched(lambda minute: abs(minute - 20) - 20.0, 61)
    assert past.seen(DAY0 + 61).before_c == 10.0
    assert _figures(past, 61, 21.0)[COLDEST] == -5.0
    assert _figures(past, 61, 21.0)[COLDEST + 1] == -20.0
    assert _figures(past, 61, -30.0)[COLDEST] == -30.0, "now belongs to it"


def test_the_coldest_of_a_span_shorter_than_the_marks_are_apart_is_the_last_mark() -> None:
    past = _watched(lambda _: -20.0, 1)
    assert past.seen(DAY0 + 30).before_c == -20.0


def test_nothing_is_known_after_a_silence_or_before_the_first_mark() -> None:
    for past in (Past(), _watched(lambda _: -20.0, 60)):
        view = past.seen(DAY0 + 55 + HOLE_MIN + 1)
        assert view.before_c == inf
        assert view.figures(-10.0) is None
    one = _watched(float, 1).seen(DAY0 + 5)
    assert one.before_c == 0.0
    assert one.figures(1.0) is None, "one mark does not move"


@pytest.mark.parametrize("step", [1, 2, 3, 7])
def test_a_view_that_is_kept_is_the_one_that_would_be_looked_up(step: int) -> None:
    past, kept = Past(), 0
    for minute in range(0, 700, step):
        at_min = DAY0 + minute + 0.05 * sin(minute)
        view = past.seen(at_min)
        kept += view is past.view
        anew = view_of(past.times, past.values, at_min)
        assert view.figures(sin(minute)) == anew.figures(sin(minute))
        assert view.before_c == anew.before_c
        past = past.with_mark(view, at_min, sin(minute * minute))
    assert kept > (400 if step == 1 else -1)


def test_figures_of_a_longer_time_than_the_past_are_not_known() -> None:
    figures = _figures(_watched(lambda _: -20.0, 100), 100, -20.0)
    assert len(figures) == FEATURES
    known = [span_min <= 100 for span_min in SPANS_MIN]
    assert [isfinite(figure) for figure in figures] == [True, *known, *known, *known]


def test_steady_air_does_not_rise() -> None:
    figures = _figures(_watched(lambda _: -20.0, 600), 600, -20.0)
    rises = [0.0] * SPANS
    assert list(figures) == [-20.0, *rises, *[-20.0] * SPANS, *[-20.0] * SPANS]


def test_a_rise_is_measured_over_every_span_and_continued() -> None:
    figures = _figures(_watched(_rising, 600), 600, _rising(600))
    now_c = figures[0]
    assert now_c == pytest.approx(_rising(600), abs=0.01 * (NOW_MIN + APART_MIN))
    for place, span_min in enumerate(SPANS_MIN):
        rise_c = figures[1 + place]
        assert rise_c == pytest.approx(0.01 * span_min, abs=0.1), span_min
        assert figures[1 + SPANS + place] == pytest.approx(now_c + CONTINUED[place] * rise_c)
        coldest = figures[COLDEST + place]
        assert coldest == pytest.approx(_rising(600) - 0.01 * span_min, abs=0.06), span_min


def test_a_rise_is_continued_for_two_hours_or_as_long_as_it_was_watched() -> None:
    assert list(CONTINUED) == pytest.approx([4.0, 2.0, 4 / 3, 1.0, 1.0, 1.0, 1.0, 1.0])


def test_a_gust_from_a_door_is_not_taken_for_the_air() -> None:
    past = _watched(lambda minute: -20.0 if minute < 595 else -8.0, 600)
    assert past.temperatures[-1] == -8.0
    assert _figures(past, 599, -8.0)[0] == -20.0
    assert _figures(past, 607, -8.0)[0] == -8.0, "what lasts is the air"
