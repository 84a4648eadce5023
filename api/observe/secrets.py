"""What never stands in a log: passwords, keys, cookies, whoever logs them."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

HIDDEN = "***"
SECRET_WORDS = (
    "authorization", "cookie", "csrf", "password", "passwd", "secret", "token",
    "api_key", "apikey",
)  # fmt: skip
"""A field whose name contains one of these shows nothing."""

_IN_ADDRESS = re.compile(r"(?<=://)([^/@\s:]*):([^/@\s]*)(?=@)")
_IN_TEXT = re.compile(r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{6,}")
_IN_OPTION = re.compile(r"(?i)\b(password|token|api_key|secret)=[^\s&;,'\"]+")

DEEPEST = 6
"""What lies deeper in a logged value is not shown at all."""


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Take secrets out of a log line; a processor of structlog."""
    return {name: _shown(name, value, DEEPEST) for name, value in event.items()}


def hidden_in(text: str) -> str:
    """Take passwords in addresses, and credentials of a header, out of a text."""
    text = _IN_ADDRESS.sub(rf"\1:{HIDDEN}", text)
    text = _IN_TEXT.sub(rf"\1 {HIDDEN}", text)
    return _IN_OPTION.sub(rf"\1={HIDDEN}", text)


def _shown(name: str, value: Any, depth: int) -> Any:  # noqa: ANN401 - any logged value
    if any(word in name.lower() for word in SECRET_WORDS):
        return HIDDEN
    if isinstance(value, str):
        return hidden_in(value)
    if depth == 0:
        return "…"
    if isinstance(value, Mapping):
        return {str(key): _shown(str(key), item, depth - 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown("", item, depth - 1) for item in value]
    return value
