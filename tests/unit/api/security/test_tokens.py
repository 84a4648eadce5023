from __future__ import annotations

import re

import pytest

from api.security.tokens import belongs, csrf_of, digest, new_key, new_secret, parsed_key


def test_a_key_comes_apart_as_it_was_put_together() -> None:
    for _ in range(200):  # the secret may have underscores of its own
        key = new_key()
        assert parsed_key(str(key)) == key


def test_a_key_says_that_it_is_one_and_has_256_random_bits() -> None:
    assert re.fullmatch(r"ck_[0-9a-f]{12}_[A-Za-z0-9_-]{43}", str(new_key()))
    assert len({str(new_key()) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "text", ["", "ck", "ck_", "ck__", "ck_a_", "ck__b", "xx_a_b", "ck-a-b", "a"]
)
def test_what_is_no_key_does_not_come_apart(text: str) -> None:
    assert parsed_key(text) is None


def test_a_digest_is_of_one_secret_alone() -> None:
    secret = new_secret()
    assert belongs(secret, digest(secret))
    assert not belongs(new_secret(), digest(secret))
    assert not belongs(secret, "")
    assert secret not in digest(secret)


def test_a_csrf_token_neither_is_nor_contains_its_session() -> None:
    session = new_secret()
    assert csrf_of(session) == csrf_of(session) != csrf_of(new_secret())
    assert csrf_of(session) != digest(session)
