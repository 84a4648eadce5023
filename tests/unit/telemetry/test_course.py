"""What a stretch of time cost goods: the worst sensor counts, and unknown is never normal."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimizer.domain.shelf_life import USUAL_AGEING, SquareRoot, used_h
from optimizer.domain.temperature import Zone
from telemetry.alarm.mkt import mkt_of_series
from telemetry.export.course import Course, Toll, Track
from tests.telemetry_cases import HOUR, MINUTE, T0

MODEL = SquareRoot(reference_c=2.0)
END = T0 + 2 * HOUR


def rate(at_c: float) -> float:
    return float(MODEL.rate(at_c))


def track(
    samples: dict[float, float], *, from_min: float = 0, to_min: float = 120, gap_min: int = 3
) -> Track:
    """Make what one sensor measured, by minute."""
    return Track(
        samples=[(T0 + round(minute * MINUTE), value) for minute, value in samples.items()],
        from_ms=T0 + round(from_min * MINUTE),
        to_ms=T0 + round(to_min * MINUTE),
        gap_ms=gap_min * MINUTE,
    )


def every_minute(value: float, first: int = 0, last: int = 120) -> dict[float, float]:
    return dict.fromkeys(range(first, last + 1), value)


def toll(*tracks: Track, from_min: int = 0, to_min: int = 120) -> Toll:
    begin, end = T0 + from_min * MINUTE, T0 + to_min * MINUTE
    return Course(tracks, MODEL.rate, (begin, end)).toll(begin, end)


def test_at_the_reference_hours_go_by_the_clock() -> None:
    one = toll(track(every_minute(2.0)))
    assert (one.minutes, one.unknown_minutes, one.unknown_share) == (120.0, 0.0, 0.0)
    assert one.used_h == pytest.approx(2.0)
    assert one.assumed_h == 0.0
    assert one.mkt_c == pytest.approx(2.0)


def test_only_the_time_on_board_counts() -> None:
    warm_before_and_after = every_minute(2.0) | every_minute(20.0, 0, 29) | every_minute(20.0, 91)
    one = toll(track(warm_before_and_after), from_min=30, to_min=90)
    assert one.used_h == pytest.approx(1.0)
    assert one.minutes == 60.0


def test_readings_of_one_instant_are_averaged() -> None:
    one = track({0: 2.0, 1: 4.0})
    twice = Track(
        samples=[(T0 + MINUTE, 7.0), (T0, 2.0), (T0 + MINUTE, 1.0)],
        from_ms=one.from_ms, to_ms=one.to_ms, gap_ms=one.gap_ms,
    )  # fmt: skip
    assert toll(twice, to_min=1).used_h == pytest.approx(toll(one, to_min=1).used_h)


def test_a_gap_counts_at_the_worse_of_both_sides_and_is_stated() -> None:
    for before, after in ((4.0, 8.0), (8.0, 4.0)):
        samples = every_minute(before, 0, 30) | every_minute(after, 90)
        one = toll(track(samples))
        assert one.unknown_minutes == pytest.approx(60.0)
        assert one.unknown_share == pytest.approx(0.5)
        assert one.assumed_h == pytest.approx(rate(8.0))
        assert one.used_h == pytest.approx(0.5 * (rate(4.0) + rate(8.0)) + rate(8.0))


def test_unknown_time_never_goes_slower_than_the_clock() -> None:
    samples = every_minute(0.0, 0, 30) | every_minute(0.0, 90)
    one = toll(track(samples))
    assert one.assumed_h == pytest.approx(1.0)
    assert one.used_h == pytest.approx(1.0 + rate(0.0))


def test_a_wait_of_three_intervals_is_no_gap() -> None:
    assert toll(track({0: 2.0, 3: 2.0}), to_min=3).unknown_minutes == 0.0
    assert toll(track({0: 2.0, 3.1: 2.0}), to_min=3).unknown_minutes == pytest.approx(3.0)


def test_before_the_first_and_after_the_last_reading_there_is_one_side() -> None:
    one = toll(track(every_minute(8.0, 30, 60)))
    assert one.unknown_minutes == pytest.approx(90.0)
    assert one.used_h == pytest.approx(2 * rate(8.0))
    near = toll(track(every_minute(8.0, 2, 118)))
    assert near.unknown_minutes == 0.0
    assert near.used_h == pytest.approx(2 * rate(8.0))


def test_the_reading_ahead_of_loading_tells_how_it_began() -> None:
    one = toll(track({-1: 2.0} | every_minute(2.0, 1)))
    assert one.unknown_minutes == 0.0
    assert one.used_h == pytest.approx(2.0)
    apart = toll(track({-2: 8.0} | every_minute(2.0, 2)))
    assert apart.unknown_minutes == pytest.approx(2.0)
    assert apart.assumed_h == pytest.approx(rate(8.0) / 30)


def test_without_any_reading_nothing_is_said() -> None:
    for tracks in ((), (track({}),)):
        one = toll(*tracks)
        assert (one.used_h, one.mkt_c, one.assumed_h) == (None, None, 0.0)
        assert one.unknown_minutes == 120.0
        assert one.unknown_share == 1.0


def test_a_lone_reading_between_gaps_is_a_side_of_both() -> None:
    one = toll(track({0: 2.0, 60: 8.0, 120: 2.0}))
    assert one.unknown_minutes == pytest.approx(120.0)
    assert one.used_h == pytest.approx(2 * rate(8.0))
    assert one.mkt_c is None


def test_of_two_sensors_the_worst_counts_at_every_moment() -> None:
    front = every_minute(8.0, 0, 60) | every_minute(2.0, 61)
    rear = every_minute(2.0, 0, 60) | every_minute(8.0, 61)
    one = toll(track(front), track(rear))
    # In the minute in which they change places both are on their way.
    assert one.used_h == pytest.approx(2 * rate(8.0), rel=0.01)
    assert one.mkt_c == pytest.approx(8.0, abs=0.05)


def test_a_sensor_that_speaks_fills_the_gap_of_another() -> None:
    broken = every_minute(8.0, 0, 30) | every_minute(8.0, 90)
    one = toll(track(broken), track(every_minute(2.0)))
    assert one.unknown_minutes == 0.0
    assert one.used_h == pytest.approx(1.0 + rate(8.0), rel=1e-3)


def test_a_sensor_says_nothing_about_the_time_it_was_elsewhere() -> None:
    first = track(every_minute(8.0, 0, 40), to_min=40)
    second = track(every_minute(2.0, 80), from_min=80)
    one = toll(first, second)
    assert one.unknown_minutes == pytest.approx(40.0)
    assert one.used_h == pytest.approx(4 / 3 * rate(8.0) + 2 / 3)


def test_the_unknown_begins_when_the_sensor_leaves_and_ends_when_the_next_comes() -> None:
    first = track(every_minute(2.0, 0, 38), to_min=40)
    second = track(every_minute(2.0, 82), from_min=80)
    assert toll(first, second).unknown_minutes == pytest.approx(40.0)


def test_a_side_is_what_any_sensor_knew_last_or_first() -> None:
    one = toll(
        track(every_minute(8.0, 0, 38), to_min=40),
        track(every_minute(2.0, 0, 38) | {40: 2.0}, to_min=40),
        track(every_minute(2.0, 100), from_min=100),
    )
    assert one.unknown_minutes == pytest.approx(60.0)
    assert one.assumed_h == pytest.approx(rate(8.0))
    two = toll(
        track(every_minute(2.0, 0, 20), to_min=20),
        track(every_minute(8.0, 82), from_min=80),
        track({80: 2.0} | every_minute(2.0, 82), from_min=80),
    )
    assert two.unknown_minutes == pytest.approx(60.0)
    assert two.assumed_h == pytest.approx(rate(8.0))


def test_no_time_costs_nothing() -> None:
    one = toll(track(every_minute(2.0)), from_min=7, to_min=7)
    assert (one.minutes, one.used_h, one.unknown_share, one.mkt_c) == (0.0, 0.0, 0.0, None)


series = st.lists(
    st.tuples(st.sampled_from([1, 1, 2, 3, 4, 20]), st.floats(-5.0, 30.0)), min_size=2, max_size=40
)


def laid(rows: list[tuple[int, float]]) -> dict[float, float]:
    minutes = [sum(wait for wait, _ in rows[1 : n + 1]) for n in range(len(rows))]
    return dict(zip(map(float, minutes), (value for _, value in rows), strict=True))


@given(rows=series)
@settings(max_examples=60)
def test_without_gaps_it_is_the_plain_formula(rows: list[tuple[int, float]]) -> None:
    samples = laid(rows)
    last = int(max(samples))
    one = toll(track(samples, to_min=last, gap_min=20), to_min=last)
    hours = [minute / 60 for minute in samples]
    assert one.used_h == pytest.approx(used_h(MODEL, hours, list(samples.values())))
    in_ms = [(T0 + round(minute * MINUTE), value) for minute, value in samples.items()]
    assert one.mkt_c == pytest.approx(mkt_of_series(in_ms))


@given(rows=series, other=series, share=st.floats(0.0, 1.0))
@settings(max_examples=60)
def test_pieces_add_up_and_a_second_sensor_never_helps(
    rows: list[tuple[int, float]], other: list[tuple[int, float]], share: float
) -> None:
    tracks = (track(laid(rows)), track(laid(other)))
    middle = T0 + round(share * 120 * MINUTE)
    course = Course(tracks, MODEL.rate, (T0, middle, END))
    whole, first, second = (course.toll(*ends) for ends in ((T0, END), (T0, middle), (middle, END)))
    assert whole.used_h is not None and first.used_h is not None and second.used_h is not None
    assert first.used_h + second.used_h == pytest.approx(whole.used_h)
    assert first.unknown_minutes + second.unknown_minutes == pytest.approx(whole.unknown_minutes)
    assert 0.0 <= whole.assumed_h <= whole.used_h + 1e-9
    assert whole.assumed_h >= whole.unknown_minutes / 60 - 1e-9
    for alone in tracks:
        assert toll(alone).unknown_minutes >= whole.unknown_minutes - 1e-9
    closed = [track(laid(each), gap_min=200) for each in (rows, other)]
    both = toll(*closed).used_h
    assert both is not None
    for alone in closed:
        assert both >= (toll(alone).used_h or 0.0) - 1e-9


def test_every_zone_has_a_rate_for_whatever_a_sensor_may_say() -> None:
    for zone in Zone:
        course = Course([track({0: -100.0, 1: 100.0})], USUAL_AGEING[zone].rate, (T0, T0 + MINUTE))
        used = course.toll(T0, T0 + MINUTE).used_h
        assert used is not None
        assert used > 0.0
