"""HH:MM means the first such time at or after the horizon start, in the local time zone."""

from datetime import datetime, time

import pytest

from optimizer.domain.network import TimeWindow
from optimizer.domain.problem import HORIZON_S, Horizon
from optimizer.formats.clock import Clock, instant
from optimizer.formats.faults import CellError

H = 3600
ALWAYS = (TimeWindow(opens=0, closes=HORIZON_S),)


def clock(start: str = "2026-02-10T20:00:00+08:00", zone: str = "Asia/Shanghai") -> Clock:
    return Clock(horizon=Horizon(start=datetime.fromisoformat(start), time_zone=zone))


def hours(opens: str, closes: str) -> list[tuple[float, float]]:
    day = clock()
    windows = day.hours(day.moment(opens), day.moment(closes))
    return [(window.opens / H, window.closes / H) for window in windows]


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("20:00", 0),
        ("20:01", 60),
        ("19:59", 24 * H - 60),
        ("06:00", 10 * H),
        ("6:00", 10 * H),
        ("06:00:00", 10 * H),
        ("2026-02-11T06:00:00+08:00", 10 * H),
        ("2026-02-10T22:00:00Z", 10 * H),
        ("2026-02-12T20:00:00+08:00", HORIZON_S),
    ],
)
def test_moment_counts_from_the_horizon_start(cell: str, seconds: int) -> None:
    assert clock().first(clock().moment(cell)) == seconds


@pytest.mark.parametrize(
    ("opens", "closes", "expected"),
    [
        ("22:00", "14:00", [(2, 18), (26, 42)]),
        ("06:00", "22:00", [(0, 2), (10, 26), (34, 48)]),
        ("07:00", "12:00", [(11, 16), (35, 40)]),
        ("20:00", "12:00", [(0, 16), (24, 40)]),
        ("08:00", "20:00", [(12, 24), (36, 48)]),
        ("2026-02-11T06:00:00+08:00", "2026-02-11T09:00:00+08:00", [(10, 13)]),
    ],
)
def test_hours_recur_daily(opens: str, closes: str, expected: list[tuple[int, int]]) -> None:
    assert hours(opens, closes) == expected


def test_a_whole_day_and_no_hours_at_all_mean_always_open() -> None:
    day = clock()
    assert day.hours(None, None) == ALWAYS
    assert day.hours(time(0, 0), time(23, 59)) == ALWAYS


def test_window_ends_at_the_first_such_time_after_it_begins() -> None:
    day = clock()
    assert day.window(time(22, 0), time(2, 0)) == TimeWindow(opens=2 * H, closes=6 * H)
    assert day.window(time(19, 0), time(21, 0)) == TimeWindow(opens=23 * H, closes=25 * H)
    assert day.window(None, time(21, 0)) == TimeWindow(opens=0, closes=H)
    assert day.window(time(21, 0), None) == TimeWindow(opens=H, closes=HORIZON_S)


def test_a_shift_from_noon_to_noon_lasts_a_day() -> None:
    assert clock().window(time(12, 0), time(12, 0)) == TimeWindow(opens=16 * H, closes=40 * H)


def test_spring_clock_change_shortens_the_night() -> None:
    day = clock("2026-03-28T20:00:00+01:00", "Europe/Berlin")
    assert day.first(time(6, 0)) == 9 * H


def test_autumn_clock_change_lengthens_the_night() -> None:
    day = clock("2026-10-24T20:00:00+02:00", "Europe/Berlin")
    assert day.first(time(6, 0)) == 11 * H
    assert day.first(time(2, 30)) == 6 * H + 1800


def test_repeated_hour_counts_its_second_time_where_only_that_lies_ahead() -> None:
    day = clock("2026-10-25T02:45:00+02:00", "Europe/Berlin")
    assert day.first(time(2, 30)) == 45 * 60


def test_skipped_hour_still_exists_on_its_day() -> None:
    day = clock("2026-03-28T20:00:00+01:00", "Europe/Berlin")
    local = day.horizon.instant(day.first(time(2, 30)))
    assert (local.hour, local.minute) == (3, 30)


@pytest.mark.parametrize("cell", ["2026-02-30T00:00:00Z", "2026-02-11T06:00:60Z", "20260211T06Z"])
def test_instant_that_does_not_exist_is_no_time(cell: str) -> None:
    with pytest.raises(CellError) as refused:
        instant(cell)
    assert refused.value.code == "CG-1009"


def test_instant_keeps_its_offset_as_a_fixed_one() -> None:
    read = instant("2026-02-10T20:00:00+08:00")
    assert read == datetime.fromisoformat("2026-02-10T12:00:00+00:00")
    assert read.isoformat() == "2026-02-10T20:00:00+08:00"


@pytest.mark.parametrize("moment", [0, 59, 60, 10 * H, 24 * H, 30 * H, HORIZON_S])
def test_written_moments_are_read_back(moment: int) -> None:
    day = clock()
    assert day.first(day.moment(day.written(moment))) == moment


def test_written_moments_are_short_where_that_is_enough() -> None:
    assert clock().written(10 * H) == "06:00"
    assert clock().written(34 * H) == "2026-02-12T06:00:00+08:00"
    assert clock().written(34 * H, after=30 * H) == "06:00"


@pytest.mark.parametrize(
    ("opens", "closes"), [("22:00", "14:00"), ("06:00", "22:00"), ("20:00", "19:59")]
)
def test_written_hours_are_read_back(opens: str, closes: str) -> None:
    day = clock()
    windows = day.hours(day.moment(opens), day.moment(closes))
    assert day.written_hours(windows) == (opens, closes)
    assert day.written_hours(ALWAYS) == ("", "")


def test_a_single_window_is_written_with_instants() -> None:
    day = clock()
    window = (TimeWindow(opens=100, closes=200),)
    opens, closes = day.written_hours(window)
    assert day.hours(day.moment(opens), day.moment(closes)) == window


def test_hours_that_no_file_can_say_are_not_written() -> None:
    windows = (TimeWindow(opens=0, closes=100), TimeWindow(opens=200, closes=300))
    with pytest.raises(ValueError, match="opening hours"):
        clock().written_hours(windows)
