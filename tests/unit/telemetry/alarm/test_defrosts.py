"""Defrosts are learned from shape and rhythm; doors and compressors are not."""

import random

import pytest

from telemetry.alarm.defrosts import MOST_RUNS, allowance_ms, learned, remember
from telemetry.alarm.state import Run

MINUTE = 60_000
HOUR = 60 * MINUTE


def history(*begins_h: float, minutes: float = 15, rise_c: float = 4.0) -> tuple[Run, ...]:
    runs: tuple[Run, ...] = ()
    for begin_h in begins_h:
        from_ms = round(begin_h * HOUR)
        runs = remember(runs, Run(from_ms, from_ms + round(minutes * MINUTE), rise_c))
    return runs


@pytest.mark.parametrize("every_h", [3, 4, 6, 8, 12, 24])
def test_three_alike_at_regular_times_are_learned(every_h: float) -> None:
    runs = history(1, 1 + every_h, 1 + 2 * every_h)
    assert len(learned(runs)) == 3


def test_two_are_not() -> None:
    assert learned(history(0, 6)) == frozenset()


def test_irregular_times_are_no_rhythm() -> None:
    assert learned(history(0, 3, 10, 15, 18, 26)) == frozenset()


def test_a_compressor_that_swings_around_the_limit_is_no_defrost() -> None:
    assert learned(history(*(number / 3 for number in range(24)), minutes=12)) == frozenset()


def test_a_rise_of_another_shape_is_left_out() -> None:
    runs = history(0, 6, 12)
    runs = remember(runs, Run(18 * HOUR, 18 * HOUR + 55 * MINUTE, 9.0))
    assert 18 * HOUR not in learned(runs)


def test_a_small_rise_in_between_breaks_no_rhythm() -> None:
    runs = history(0, 6)
    runs = remember(runs, Run(10 * HOUR, 10 * HOUR + 5 * MINUTE, 0.5))
    runs = remember(runs, Run(12 * HOUR, 12 * HOUR + 15 * MINUTE, 4.0))
    assert learned(runs) == {0, 6 * HOUR, 12 * HOUR}


def test_a_long_rise_is_no_defrost_at_all() -> None:
    assert history(0, 6, 12, minutes=61) == ()


def test_the_third_is_known_while_it_lasts() -> None:
    runs = history(0, 6)
    assert allowance_ms(runs, 12 * HOUR, 3.0) == 22.5 * MINUTE
    assert allowance_ms(runs, 15 * HOUR, 3.0) == 0
    assert allowance_ms(runs, 12 * HOUR, 12.0) == 0


def test_one_that_stayed_below_the_limit_is_no_end_of_the_rhythm() -> None:
    runs = history(0, 6, 12, 24, 30)
    assert len(learned(runs)) == 5
    assert allowance_ms(runs, 42 * HOUR, 3.0) > 0


def test_before_they_are_known_none_may_be_missing() -> None:
    assert learned(history(0, 6, 18)) == frozenset()


def test_with_one_before_nothing_is_known() -> None:
    assert allowance_ms(history(0), 6 * HOUR, 1.0) == 0


def test_random_openings_of_a_door_are_hardly_ever_learned() -> None:
    mistaken = 0
    for seed in range(200):
        numbers = random.Random(seed)
        runs: tuple[Run, ...] = ()
        for _ in range(8):
            begin = numbers.randrange(24 * HOUR)
            runs = (
                *runs,
                Run(begin, begin + numbers.randrange(60, 1800) * 1000, 5 * numbers.random()),
            )
        ordered: tuple[Run, ...] = ()
        for run in sorted(runs, key=lambda run: run.from_ms):
            ordered = remember(ordered, run)
        mistaken += len(learned(ordered))
    assert mistaken / (200 * 8) < 0.06


def test_memory_is_bounded() -> None:
    assert len(history(*range(0, 700, 6))) <= MOST_RUNS
