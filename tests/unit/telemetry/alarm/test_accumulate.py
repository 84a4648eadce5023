"""Sums over a window that moves, against a count by hand in small steps."""

from __future__ import annotations

import random

from telemetry.alarm.accumulate import MOST_PIECES, add, deadline_ms, sum_ms
from telemetry.alarm.rules import CumulativeRule, Side
from telemetry.alarm.state import Outside, Run, Tally
from telemetry.alarm.words import Severity

MINUTE = 60_000
HOUR = 60 * MINUTE


def rule(most_s: int = 3600, window_s: int | None = 86_400) -> CumulativeRule:
    return CumulativeRule(
        name="sum",
        side=Side.HIGH,
        limit_c=4.0,
        severity=Severity.WARNING,
        most_s=most_s,
        window_s=window_s,
    )


def test_what_leaves_the_window_is_counted_no_more() -> None:
    tally = add(rule(), Tally("sum"), 0, 40 * MINUTE)
    assert sum_ms(rule(), tally, (), None, 24 * HOUR) == 40 * MINUTE
    assert sum_ms(rule(), tally, (), None, 24 * HOUR + 10 * MINUTE) == 30 * MINUTE
    assert sum_ms(rule(), tally, (), None, 25 * HOUR) == 0


def test_without_a_window_everything_counts() -> None:
    tally = add(rule(window_s=None), Tally("sum"), 0, 40 * MINUTE)
    assert sum_ms(rule(window_s=None), tally, (), None, 1000 * HOUR) == 40 * MINUTE


def test_the_deadline_knows_what_leaves_meanwhile() -> None:
    tally = add(rule(), Tally("sum"), 0, 40 * MINUTE)
    outside = Outside("sum", 24 * HOUR - 10 * MINUTE, 5.0)
    # 40 minutes and 10; then, for 40 minutes, as much leaves as comes.
    assert deadline_ms(rule(), tally, (), outside) == 24 * HOUR + 50 * MINUTE


def test_the_deadline_is_the_first_instant_at_which_the_sum_is_full() -> None:
    for seed in range(60):
        numbers = random.Random(seed)
        given, tally, at_ms = rule(most_s=600, window_s=7200), Tally("sum"), 0
        for _ in range(numbers.randrange(12)):
            at_ms += numbers.randrange(1, 1800) * 1000
            end_ms = at_ms + numbers.randrange(1, 300) * 1000
            tally, at_ms = add(given, tally, at_ms, end_ms), end_ms
        began_ms = at_ms + numbers.randrange(1, 900) * 1000
        found = deadline_ms(given, tally, (), Outside("sum", began_ms, 5.0))
        assert sum_ms(given, tally, (), began_ms, found) >= 600_000
        if found > began_ms:
            assert sum_ms(given, tally, (), began_ms, found - 1) < 600_000


def test_learned_defrosts_are_left_out() -> None:
    tally = add(rule(), Tally("sum"), 0, 40 * MINUTE)
    runs = (Run(0, 40 * MINUTE, 3.0, learned=True),)
    assert sum_ms(rule(), tally, runs, None, HOUR) == 0


def test_many_small_stays_are_put_together_and_lose_nothing() -> None:
    tally = Tally("sum")
    for number in range(500):
        tally = add(rule(), tally, number * MINUTE, number * MINUTE + 1000)
    assert len(tally.pieces) == MOST_PIECES
    assert sum_ms(rule(), tally, (), None, 500 * MINUTE) == 500_000


def test_what_has_left_the_window_is_forgotten() -> None:
    tally = add(rule(), add(rule(), Tally("sum"), 0, MINUTE), 25 * HOUR, 26 * HOUR)
    assert [piece.from_ms for piece in tally.pieces] == [25 * HOUR]
