from __future__ import annotations

import pytest

from api.pages.languages import Language, chosen_language


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, None, "zh-CN"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        (None, "fr-FR,fr;q=0.9", "zh-CN"),
        (None, "fr,en;q=0.3,zh;q=0.5", "zh-CN"),
        (None, "zh;q=0.2,en;q=0.9", "en"),
        (None, "zh;q=0,en;q=0.1", "en"),
        (None, "en;q=loud,;;,", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("zh-CN", "en", "zh-CN"),
        ("klingon", "en", "en"),
    ],
)
def test_the_switch_wins_then_what_the_browser_prefers(
    cookie: str | None, accepted: str | None, language: Language
) -> None:
    assert chosen_language(cookie, accepted) == language
