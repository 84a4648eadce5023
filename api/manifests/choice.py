"""Which format and language a reader gets, by what the request's headers say it takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from api.manifests.words import Language
from api.problem_details import Refusal

Format: TypeAlias = Literal["html", "pdf", "csv"]

MEDIA_TYPES: dict[Format, str] = {"html": "text/html", "pdf": "application/pdf", "csv": "text/csv"}
"""By format, the one preferred where a reader takes everything first."""


def format_for(accept: str | None) -> Format:
    """Choose the format that a reader likes best; HTML where it says nothing.

    Parameters
    ----------
    accept
        The Accept header; of several formats with the same weight the first in ``MEDIA_TYPES``
        is taken.

    Raises
    ------
    Refusal
        It takes none of them (CG-7014).
    """
    best = media_type_for(accept, tuple(MEDIA_TYPES.values()))
    return next(form for form, media_type in MEDIA_TYPES.items() if media_type == best)


def media_type_for(accept: str | None, offered: Sequence[str]) -> str:
    """Choose the media type that a reader likes best; the first where it says nothing.

    Parameters
    ----------
    accept
        The Accept header.
    offered
        What there is; of several with the same weight the first is taken.

    Raises
    ------
    Refusal
        It takes none of them (CG-7014).
    """
    if accept is None or not accept.strip():
        return offered[0]
    ranges = list(_weighted(accept))
    best = max(offered, key=lambda media_type: _liking(media_type, ranges))
    if _liking(best, ranges) <= 0.0:
        known = ", ".join(offered)
        raise Refusal("CG-7014", f"this comes as {known}; Accept says {accept}")
    return best


def language_for(accept_language: str | None) -> Language:
    """Choose the language of the labels: Chinese where a reader prefers it, else English."""
    wishes = sorted(_weighted(accept_language or ""), key=lambda wish: -wish[1])
    for tag, weight in wishes:
        primary = tag.partition("-")[0]
        if weight > 0.0 and primary in {"zh", "en"}:
            return "zh-CN" if primary == "zh" else "en"
    return "en"


def _liking(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Give the weight of the most exact range that a media type falls in (RFC 9110, 12.5.1)."""
    major = media_type.partition("/")[0]
    for wanted in (media_type, f"{major}/*", "*/*"):
        weights = [weight for name, weight in ranges if name == wanted]
        if weights:
            return max(weights)
    return 0.0


def _weighted(header: str) -> Iterator[tuple[str, float]]:
    """Read the entries of a header with their weights; an unreadable weight counts as nought."""
    for entry in header.split(","):
        name, *parameters = (part.strip().casefold() for part in entry.split(";"))
        weight = 1.0
        for parameter in parameters:
            key, _, value = parameter.partition("=")
            if key.strip() == "q":
                weight = _number(value.strip())
        if name:
            yield name, weight


def _number(text: str) -> float:
    whole, _, part = text.partition(".")
    readable = whole in {"0", "1"} and (part == "" or (part.isascii() and part.isdigit()))
    return min(1.0, float(f"{whole}.{part or 0}")) if readable else 0.0
