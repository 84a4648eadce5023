from __future__ import annotations

import pytest

from api.problem_details import Refusal
from api.security.origins import require_csrf_token, require_own_page
from api.security.tokens import csrf_of, digest

HOST = {"host": "plans.example:8443"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://plans.example:8443"},
        {"origin": "http://PLANS.example:8443"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_our_own_pages_and_programs_pass(headers: dict[str, str]) -> None:
    require_own_page(HOST | headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://plans.example"},
        {"origin": "https://plans.example:8443.evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://plans.example:8443", "sec-fetch-site": "cross-site"},
    ],
)
def test_pages_from_elsewhere_do_not_pass(headers: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        require_own_page(HOST | headers)
    assert refused.value.code == "CG-7406"


def test_only_the_sessions_own_csrf_token_passes() -> None:
    kept = digest(csrf_of("session"))
    require_csrf_token({"x-csrf-token": csrf_of("session")}, kept)
    for headers in ({}, {"x-csrf-token": ""}, {"x-csrf-token": csrf_of("other")}):
        with pytest.raises(Refusal, match="X-CSRF-Token"):
            require_csrf_token(headers, kept)
