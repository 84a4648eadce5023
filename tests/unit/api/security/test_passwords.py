from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from api.problem_details import Refusal
from api.security.passwords import hashed, is_dated, matches, require_acceptable

PASSWORD = "七箱荔枝 and twelve crates"


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven char", "11 characters"),
        ("x" * 201, "201 characters"),
        ("Li.Xiaoming@Grid", "own name"),
        ("aaaaaaaaaaaaaaaa", "one character"),
        ("half a sign \ud83d", "surrogate"),
    ],
)
def test_a_password_that_is_no_good_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        require_acceptable(password, name="li.xiaoming@grid")
    assert refused.value.code == "CG-7412"
    assert password not in str(refused.value)


@pytest.mark.parametrize("password", ["twelve chars", "y z" * 66 + "yz", PASSWORD, " " * 11 + "x"])
def test_any_other_password_is_taken(password: str) -> None:
    require_acceptable(password, name="lin")


def test_the_right_password_matches_and_no_other() -> None:
    kept = hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept
    assert matches(PASSWORD, kept)
    assert not matches(PASSWORD + " ", kept)
    assert not matches("", kept)


def test_the_same_password_is_kept_differently_each_time() -> None:
    assert hashed(PASSWORD) != hashed(PASSWORD)


@pytest.mark.parametrize("kept", [None, "", "$argon2id$v=19$garbage", "plain"])
def test_nothing_matches_where_nothing_is_kept(kept: str | None) -> None:
    assert not matches(PASSWORD, kept)


def test_a_password_of_half_signs_matches_nothing() -> None:
    assert not matches("\ud83d" * 12, hashed(PASSWORD))


def test_a_password_kept_at_another_cost_is_dated() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert matches(PASSWORD, cheap)
    assert is_dated(cheap)
    assert not is_dated(hashed(PASSWORD))


def test_many_at_once_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    # However busy the machine is: how long one waits is not the question here.
    monkeypatch.setattr("api.security.passwords.PATIENCE_S", 300.0)
    kept = hashed(PASSWORD)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: matches(PASSWORD, kept), range(8))) == [True] * 8
