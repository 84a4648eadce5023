"""The words of the pages, from catalogues that translators can open (``locales/*.po``).

Read as they are when the first page is asked for, so that nothing has to be compiled. A message is
named by a key such as ``deed.acknowledge``; blanks are filled by name: ``{minutes}``. Templates
and scripts use the same messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TypeAlias

from babel.messages.pofile import read_po

from api.pages.languages import Language

Message: TypeAlias = str | tuple[str, ...]
"""A text, or its forms: for one thing, for several (Chinese has one form)."""

FILES: dict[Language, str] = {"zh-CN": "zh_CN.po", "en": "en.po"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The messages of one language.

    Parameters
    ----------
    messages
        By their keys.
    """

    language: Language
    messages: Mapping[str, Message]

    def text(self, key: str, /, **blanks: object) -> str:
        """Give a message with its blanks filled.

        Raises
        ------
        KeyError
            There is no such message, or a blank stays empty.
        """
        message = self.messages[key]
        assert isinstance(message, str), f"{key} counts something"
        return message.format(**blanks)


@cache
def catalogue(language: Language) -> Catalogue:
    """Give the messages of a language."""
    name = FILES[language]
    with (files("api.pages") / "locales" / name).open("rb") as file:
        # A fault in the file is ours, and must not become a missing word on a wall.
        messages = read_po(file, locale=name.partition(".")[0], abort_invalid=True)
    found: dict[str, Message] = {
        str(one.id if isinstance(one.id, str) else one.id[0]): (
            one.string if isinstance(one.string, str) else tuple(one.string or ())
        )
        for one in messages
        if one.id
    }
    return Catalogue(language=language, messages=MappingProxyType(found))
