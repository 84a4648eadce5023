"""A unit that runs nearly all of the time has lost capacity, while it is cold enough yet."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from telemetry.estimate.cycles import (
    DAY_MIN,
    FEWEST_DAYS,
    LASTS_MIN,
    LONGER,
    MOST_IRREGULAR,
    REMEMBERED_DAYS,
    Cycles,
)

BOTTOM_C, TOP_C = -22.0, -20.0
SWING_C = 0.8
MEAN_C = -21.0
Wave = Iterable[float]


def _wave(fall: int, rise: int, times: int) -> list[float]:
    """Give cycles by the minute: from the top down, and up again."""
    span_c = TOP_C - BOTTOM_C
    one = [TOP_C - span_c * place / fall for place in range(fall)]
    one += [BOTTOM_C + span_c * place / rise for place in range(rise)]
    return one * times


def _fed(
    cycles: Cycles, wave: Wave, *, begin: float = 0.0, apart: float = 1.0, aside: bool = False,
    learn: bool = True,
) -> tuple[Cycles, float]:  # fmt: skip
    at_min = begin
    for value_c in wave:
        cycles = cycles.follow(at_min, value_c, SWING_C, aside=aside, learn=learn)
        at_min += apart
    return cycles, at_min


@pytest.fixture(scope="module")
def well() -> tuple[Cycles, float]:
    """Four days of a unit that runs for 10 minutes and rests for 20."""
    return _fed(Cycles(), _wave(10, 20, 4 * 48))


def _lost(cycles: Cycles, at_min: float, value_c: float = MEAN_C) -> float | None:
    return cycles.lost_since(at_min, value_c, MEAN_C, SWING_C)


def test_duty_and_period_are_learned(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    assert cycles.are_seen
    assert cycles.duty == pytest.approx(1 / 3, abs=0.05)
    assert cycles.period_min == pytest.approx(30.0, abs=1.0)
    assert cycles.irregular < MOST_IRREGULAR / 3
    assert len(cycles.days) == FEWEST_DAYS + 1
    assert _lost(cycles, at_min) is None


@pytest.mark.parametrize(("fall", "rise", "is_lost"), [(50, 10, True), (20, 10, False)])
def test_a_duty_that_leaves_little_of_the_rest_is_news(
    well: tuple[Cycles, float], fall: int, rise: int, is_lost: bool
) -> None:
    cycles, at_min = well
    after, at_min = _fed(cycles, _wave(fall, rise, 12), begin=at_min, learn=False)
    assert (_lost(after, at_min) is not None) is is_lost


@pytest.mark.parametrize(("fall", "rise", "left"), [(10, 20, 1.0), (20, 10, 0.5), (24, 6, 0.42)])
def test_what_runs_longer_for_the_same_cold_has_so_much_less_capacity(
    well: tuple[Cycles, float], fall: int, rise: int, left: float
) -> None:
    cycles, at_min = well
    after, at_min = _fed(cycles, _wave(fall, rise, 24), begin=at_min, learn=False)
    assert after.capacity(at_min) == pytest.approx(left, abs=0.07)


def test_one_that_does_not_rest_any_more_has_what_it_usually_needs(
    well: tuple[Cycles, float],
) -> None:
    cycles, at_min = well
    fall = [TOP_C, TOP_C - 1.0, *[TOP_C - 1.0 - 0.001 * place for place in range(200)]]
    after, at_min = _fed(cycles, fall, begin=at_min, learn=False)
    assert after.capacity(at_min) == pytest.approx(1 / 3, abs=0.06)
    assert _fed(Cycles(), _wave(10, 20, 48))[0].capacity(at_min) is None


def test_a_high_duty_has_to_last(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    wave = _wave(50, 10, 20)
    begun: float | None = None
    for value_c in wave:
        cycles = cycles.follow(at_min, value_c, SWING_C, aside=False, learn=False)
        begun = cycles.since_min if begun is None else begun
        if begun is not None and at_min < begun + LASTS_MIN:
            assert _lost(cycles, at_min, BOTTOM_C) is None
        at_min += 1.0
    assert begun is not None
    assert _lost(cycles, at_min, BOTTOM_C) == begun
    over, at_min = _fed(cycles, _wave(10, 20, 12), begin=at_min, learn=False)
    assert _lost(over, at_min) is None


def test_a_fall_without_end_is_news_unless_it_has_made_it_colder(
    well: tuple[Cycles, float],
) -> None:
    cycles, at_min = well
    fall = [TOP_C - 0.3 - 0.002 * place for place in range(200)]
    after, at_min = _fed(cycles, [TOP_C, TOP_C - 1.0, *fall], begin=at_min, learn=False)
    assert after.falls
    assert _lost(after, at_min, MEAN_C) is not None
    assert _lost(after, at_min, MEAN_C - SWING_C - 0.1) is None
    longest_min = max(day.fall_min for day in cycles.days)
    begin = after.top_min
    assert begin is not None
    last_min = begin + max(LASTS_MIN, LONGER * longest_min)
    assert _lost(after, last_min - 0.1) is None
    assert _lost(after, last_min) == begin


def test_where_nobody_has_watched_for_days_nothing_is_said() -> None:
    young, at_min = _fed(Cycles(), _wave(10, 20, 48))
    assert not young.are_seen
    after, at_min = _fed(young, _wave(50, 10, 12), begin=at_min, learn=False)
    assert _lost(after, at_min) is None


def test_cycles_that_samples_hardly_show_are_none() -> None:
    coarse, _ = _fed(Cycles(), _wave(1, 2, 5 * 480), apart=2.0)
    assert len(coarse.days) >= FEWEST_DAYS
    assert not coarse.are_seen


def test_irregular_ups_and_downs_are_no_cycles() -> None:
    wave: list[float] = []
    for place in range(300):
        wave += _wave(3 + 7 * (place * place % 5), 3 + 5 * (place % 7), 1)
    ragged, _ = _fed(Cycles(), wave)
    assert len(ragged.days) >= FEWEST_DAYS
    assert not ragged.are_seen


def test_a_defrost_and_silence_are_no_part_of_a_cycle(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    aside, at_min = _fed(cycles, [TOP_C + 3.0] * 30, begin=at_min, aside=True)
    after, at_min = _fed(aside, _wave(10, 20, 3), begin=at_min)
    assert after.duty == pytest.approx(cycles.duty, abs=0.05)
    silent, _ = _fed(after, _wave(10, 20, 3), begin=at_min + 500.0)
    assert silent.duty == pytest.approx(cycles.duty, abs=0.05)


def test_a_day_on_which_something_was_wrong_teaches_nothing(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    begin = (at_min // DAY_MIN + 1) * DAY_MIN
    high, at_min = _fed(cycles, _wave(50, 10, 23), begin=begin)
    spoilt = high.spoil()
    kept, _ = _fed(spoilt, _wave(10, 20, 4), begin=at_min)
    assert max(day.duty for day in kept.days) < 0.5
    taught, _ = _fed(high, _wave(10, 20, 4), begin=at_min)
    assert max(day.duty for day in taught.days) > 0.5


def test_what_is_remembered_is_bounded() -> None:
    old, _ = _fed(Cycles(), _wave(10, 20, 20 * 48))
    assert len(old.days) == REMEMBERED_DAYS


def _hung(cycles: Cycles, at_min: float, level_c: float, minutes: int) -> tuple[Cycles, float]:
    """Let a defrost pass, and the air hang somewhere after it."""
    risen, at_min = _fed(cycles, [TOP_C + 3.0] * 20, begin=at_min, aside=True)
    return _fed(risen, [level_c] * minutes, begin=at_min, learn=False)


@pytest.mark.parametrize(
    ("level_c", "is_lost"), [(MEAN_C, True), (BOTTOM_C + 0.3, True), (BOTTOM_C - 1.0, False)]
)
def test_air_that_turns_no_more_is_news_also_after_a_defrost_unless_it_is_colder(
    well: tuple[Cycles, float], level_c: float, is_lost: bool
) -> None:
    cycles, at_min = well
    after, at_min = _hung(cycles, at_min, level_c, 200)
    lost_min = _lost(after, at_min, level_c)
    assert (lost_min is not None) is is_lost
    if lost_min is not None:
        assert lost_min == after.turned_min


def test_how_long_air_does_not_turn_is_learned_with_its_defrosts(
    well: tuple[Cycles, float],
) -> None:
    cycles, at_min = well
    for _ in range(2):
        risen, at_min = _fed(cycles, [TOP_C + 3.0] * 60, begin=at_min, aside=True)
        cycles, at_min = _fed(risen, _wave(10, 20, 46), begin=at_min)
    longest_min = max(day.still_min for day in cycles.days)
    assert 60.0 < longest_min < 100.0
    after, at_min = _hung(cycles, at_min, MEAN_C, 150)
    assert after.are_seen
    assert _lost(after, at_min) is None, "it may be so long here"


def test_air_that_still_rises_has_not_stopped(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    slowly = [BOTTOM_C + 1.9 * place / 300 for place in range(300)]
    after, at_min = _fed(cycles, slowly, begin=at_min, learn=False)
    assert _lost(after, at_min, slowly[-1]) is None


def test_while_cooling_is_missing_nothing_is_said_of_capacity(well: tuple[Cycles, float]) -> None:
    cycles, at_min = well
    after, at_min = _hung(cycles, at_min, MEAN_C, 200)
    assert after.stopped().turned_min is None
    assert after.stopped().is_spoilt
    assert _lost(after.stopped(), at_min) is None
