"""A line rides with the wave that reaches its window with the least waiting."""

from __future__ import annotations

from dataclasses import replace

from optimizer.domain.network import Site
from optimizer.domain.orders import OrderLine
from optimizer.domain.problem import Problem, Wave
from optimizer.planning.waves import choose_wave, lines_by_wave, service_window
from tests.builders import HOUR, SIX, grid, hours, line, point, problem, van

WAVES = (
    Wave(id="dawn", departs=SIX),
    Wave(id="noon", departs=16 * HOUR),
    Wave(id="evening", departs=21 * HOUR),
)
RIDE = 1800


def chosen(site: Site, item: OrderLine) -> str:
    return choose_wave(_day(site, item), item, RIDE, WAVES)


def _day(site: Site, item: OrderLine) -> Problem:
    return problem(sites=[grid(), site], vehicles=[van()], lines=[item], waves=WAVES)


def test_the_latest_wave_that_arrives_before_the_point_opens() -> None:
    assert chosen(point("P1", hours=(hours(17, 20),)), line("O1", "P1")) == "noon"


def test_the_earliest_wave_where_all_come_after_opening() -> None:
    assert chosen(point("P1", hours=(hours(9, 23),)), line("O1", "P1")) == "dawn"


def test_a_booked_window_narrows_the_hours() -> None:
    site = point("P1", hours=(hours(9, 23),))
    booked = line("O1", "P1", window=hours(22, 23))
    assert chosen(site, booked) == "evening"
    assert service_window(site, booked.window, 0) == hours(22, 23)


def test_a_line_that_no_wave_reaches_goes_first() -> None:
    assert chosen(point("P1", hours=(hours(1, 2),)), line("O1", "P1")) == "dawn"


def test_the_second_opening_counts_when_the_first_is_over() -> None:
    site = point("P1", hours=(hours(0, 2), hours(15, 26)))
    assert service_window(site, None, SIX) == hours(15, 26)
    assert service_window(site, None, 27 * HOUR) is None


def test_every_line_is_in_exactly_one_wave() -> None:
    site = point("P1", hours=(hours(9, 23),))
    items = [line("O1", "P1"), line("O2", "P1", window=hours(22, 23))]
    day = replace(_day(site, items[0]), lines={item.key: item for item in items})
    groups = lines_by_wave(day, items, {"P1": RIDE})
    assert {wave: [item.key.order for item in group] for wave, group in groups.items()} == {
        "dawn": ["O1"],
        "noon": [],
        "evening": ["O2"],
    }
