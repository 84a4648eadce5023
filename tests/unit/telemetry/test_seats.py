"""A seat takes the quick way for nearly every sample, and knows as much as by the long one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from telemetry.alarm.excursion import order
from telemetry.alarm.state import Sample
from telemetry.alarm.step import fresh
from telemetry.estimate.estimator import Thermal, begun, observe
from telemetry.monitor.foreseeing import look_ahead
from telemetry.monitor.seats import Course, Saved, Seat, advance
from telemetry.monitor.settling import SAVED_EVERY_MS
from tests.telemetry_cases import FROZEN, MINUTE, T0, a_registry, a_room, a_sensor
from tests.telemetry_stores import sqlite_store
from tests.telemetry_watching import Watching

INTERVAL_S = 60
SECOND = 1000
LIMIT_C = FROZEN.band.upper_c

gaps = st.integers(-5, 70)
values = st.sampled_from([LIMIT_C - 3.0, LIMIT_C - 0.01, LIMIT_C, LIMIT_C + 0.01, LIMIT_C + 2.0])
sensors = st.sampled_from(["s1", "s1", "s1", "s2"])


def _seat() -> Seat:
    return Seat(a_room(), FROZEN, INTERVAL_S, T0)


def _stepped() -> Thermal:
    stepped, outlook = observe(FROZEN, begun(T0 - MINUTE), Sample(T0, -20.0, "s1"))
    assert outlook is not None
    return stepped


@given(st.lists(st.tuples(gaps, st.floats(-25.0, -15.0)), max_size=40))
@example([(1, -20.0), (59, -20.0), (0, -19.0), (1, -18.5), (-1, -30.0), (58, -20.0), (1, -20.0)])
@settings(max_examples=40)
def test_samples_that_wait_for_a_step_count_as_if_each_were_taken_at_once(
    steps: list[tuple[int, float]],
) -> None:
    seat, known = _seat(), _stepped()
    seat.thermal = known
    at_ms = T0
    for gap_s, value_c in steps:
        at_ms += gap_s * SECOND
        sample = Sample(at_ms, value_c, "s1")
        known, _ = observe(FROZEN, known, sample)
        look_ahead(seat, replace(fresh("room", always_armed=True), values=(sample,)), sample)
        if gap_s % 3 == 0:
            assert seat.thermal == known, "asked in between"
    assert seat.thermal == known


@given(st.lists(st.tuples(gaps, values, sensors), max_size=40))
@example([(1, -21.0, "s1"), (1, -21.0, "s1"), (0, -21.0, "s1"), (1, -21.0, "s2"), (1, -9.0, "s1")])
@settings(max_examples=60)
def test_a_course_is_the_same_whether_or_not_samples_took_the_quick_way(
    steps: list[tuple[int, float, str]],
) -> None:
    seat, known = _seat(), Course()
    at_ms = T0
    for gap_s, value_c, sensor in steps:
        at_ms += gap_s * SECOND
        sample = Sample(at_ms, value_c, sensor)
        if known.last is not None and order(sample) < order(known.last):
            assert not seat.stays_inside(sample), "that is history"
            continue
        known, ended = advance(known, sample, FROZEN.band, INTERVAL_S, "room")
        if seat.stays_inside(sample):
            assert ended is None
            assert value_c in FROZEN.band
        else:
            seat.course, _ = advance(seat.course, sample, FROZEN.band, INTERVAL_S, "room")
        if gap_s % 3 == 0:
            assert seat.course == known, "asked in between"
    assert seat.course == known


def test_one_sensor_inside_takes_the_quick_way() -> None:
    seat = _seat()
    first = Sample(T0, LIMIT_C - 3.0, "s1")
    seat.course, _ = advance(seat.course, first, FROZEN.band, INTERVAL_S, "room")
    assert seat.stays_inside(Sample(T0 + SECOND, LIMIT_C, "s1"))
    assert not seat.stays_inside(Sample(T0 + 2 * SECOND, LIMIT_C + 0.01, "s1"))
    assert not seat.stays_inside(Sample(T0 + 2 * SECOND, LIMIT_C, "s2"))
    assert seat.course.last == Sample(T0 + SECOND, LIMIT_C, "s1")


@pytest.mark.parametrize("age_s", [0, 30, 58])
def test_what_waits_for_a_step_is_stored_and_found_again(age_s: int) -> None:
    seat = _seat()
    seat.thermal = _stepped()
    assert seat.gathers(Sample(T0 + age_s * SECOND, -19.0, "s1"))
    payload = Saved(seat.state, seat.course, thermal=seat.thermal).encoded()
    again = _seat()
    again.recall(payload)
    assert again.thermal is not None
    assert (again.thermal.count, again.thermal.total_c) == (1, -19.0)
    assert again.gathers(Sample(T0 + 58 * SECOND, -18.0, "s1")), "it goes on where it was"
    assert not again.gathers(Sample(T0 + 59 * SECOND, -18.0, "s1")), "here comes the step"
    assert (again.thermal.count, again.thermal.total_c) == (2, -37.0)


def test_points_that_begin_together_are_saved_one_after_the_other(tmp_path: Path) -> None:
    names = [f"room-{number}" for number in range(10)]
    rooms = [a_room(name) for name in names]
    placed = [a_sensor(f"s{number}", point=name) for number, name in enumerate(names)]
    with sqlite_store(tmp_path) as store:
        watching = Watching(store, a_registry(*rooms, *placed), started_ms=T0)
        counts, known = Counter[int](), 0
        for at_ms in range(T0 + 1, T0 + SAVED_EVERY_MS + 1, 10 * SECOND):
            watching.write((), at_ms)
            counts[len(store.states()) - known] += 1
            known = len(store.states())
        watching.write((), T0 + SAVED_EVERY_MS)
        assert len(store.states()) == len(names), "after five minutes all are"
    assert max(counts) == 1, counts
