from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.security.rate_limit import RateLimit

NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)


def test_one_more_than_the_most_has_to_wait_until_the_first_is_a_window_old() -> None:
    limit = RateLimit(3)
    for second in (0, 10, 20):
        assert limit.wait_s("a", NOON + timedelta(seconds=second)) == 0
    assert limit.wait_s("a", NOON + timedelta(seconds=30)) == 30
    assert limit.wait_s("a", NOON + timedelta(seconds=59)) == 1
    assert limit.wait_s("a", NOON + timedelta(seconds=60)) == 0
    assert limit.wait_s("a", NOON + timedelta(seconds=61)) == 9


def test_who_is_refused_is_not_kept_out_longer_for_asking() -> None:
    limit = RateLimit(1)
    assert limit.wait_s("a", NOON) == 0
    for second in range(1, 60):
        assert limit.wait_s("a", NOON + timedelta(seconds=second)) == 60 - second
    assert limit.wait_s("a", NOON + timedelta(seconds=60)) == 0


def test_each_key_has_its_own_share() -> None:
    limit = RateLimit(1)
    assert limit.wait_s("a", NOON) == 0
    assert limit.wait_s("b", NOON) == 0
    assert limit.wait_s("a", NOON) > 0


def test_memory_is_bounded_and_the_longest_silent_is_forgotten() -> None:
    limit = RateLimit(1, keys=100)
    for number in range(1000):
        limit.wait_s(f"address {number}", NOON)
    assert len(limit) == 100
    assert limit.wait_s("address 999", NOON) > 0
    assert limit.wait_s("address 0", NOON) == 0


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_the_most(seconds: list[int], most: int) -> None:
    limit = RateLimit(most)
    allowed = [
        second
        for second in sorted(seconds)
        if limit.wait_s("a", NOON + timedelta(seconds=second)) == 0
    ]
    for begin in allowed:
        assert sum(begin <= second < begin + 60 for second in allowed) <= most
