"""Which language a reader gets: the switch wins, then what the browser prefers."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Language: TypeAlias = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""The first is for readers who prefer neither."""

COOKIE = "coldgrid_language"
"""Keeps what a reader chose; pages set it by themselves."""

HTML_LANGUAGE: dict[Language, str] = {"zh-CN": "zh-Hans-CN", "en": "en"}
"""What the ``lang`` of a page says: browsers choose glyphs by it."""


def chosen_language(cookie: str | None, accepted: str | None) -> Language:
    """Choose the language of a page.

    Parameters
    ----------
    cookie
        What the switch was set to; None where nobody touched it.
    accepted
        The Accept-Language header.
    """
    for language in LANGUAGES:
        if cookie == language:
            return language
    for name in _by_preference(accepted or ""):
        for language in LANGUAGES:
            if name.partition("-")[0] == language.partition("-")[0]:
                return language
    return LANGUAGES[0]


def _by_preference(accepted: str) -> list[str]:
    weighed: list[tuple[float, int, str]] = []
    for place, part in enumerate(accepted.split(",")):
        name, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            quality = 0.0
        if quality > 0:
            weighed.append((-quality, place, name.strip().lower()))
    return [name for _, _, name in sorted(weighed)]
