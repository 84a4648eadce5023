from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from optimizer.domain.cut_off import CutOff, accepts, stopped_by

SPRING = CutOff(festival=date(2026, 2, 17), days=7, sites=frozenset({"P7", "P8"}))
SHANGHAI = "Asia/Shanghai"


def local_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days_before", "accepted"),
    [(8, True), (7, True), (6, False), (1, False), (0, False), (-1, True)],
)
def test_the_seventh_day_before_is_the_last(days_before: int, accepted: bool) -> None:
    received = local_noon(SPRING.festival - timedelta(days=days_before))
    assert accepts((SPRING,), "P7", received, SHANGHAI) is accepted


def test_the_calendar_is_that_of_the_time_zone() -> None:
    # 17:00 UTC on the 10th is 01:00 on the 11th in Shanghai.
    received = datetime(2026, 2, 10, 17, 0, tzinfo=UTC)
    assert accepts((SPRING,), "P7", received, "UTC")
    assert not accepts((SPRING,), "P7", received, SHANGHAI)


def test_other_sites_take_orders_to_the_last() -> None:
    assert accepts((SPRING,), "P1", local_noon(SPRING.festival), SHANGHAI)
    assert accepts((), "P7", local_noon(SPRING.festival), SHANGHAI)


def test_the_cut_off_that_refuses_is_named() -> None:
    autumn = CutOff(festival=date(2026, 9, 25), days=3, sites=frozenset({"P7"}))
    assert stopped_by((SPRING, autumn), "P7", local_noon(date(2026, 9, 23)), SHANGHAI) is autumn
    assert autumn.last_day == date(2026, 9, 22)


def test_no_days_stop_the_festival_alone() -> None:
    cut = CutOff(festival=date(2026, 2, 17), days=0, sites=frozenset({"P7"}))
    assert accepts((cut,), "P7", local_noon(cut.festival), SHANGHAI)
