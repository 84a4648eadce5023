"""A base map from elsewhere, where an operator wants one: its address, and whose it is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from api.pages.shell import POLICY
from api.settings import Settings


def given_tiles(settings: Settings) -> dict[str, Any]:
    """Give what a page has to know of the base map; nothing where there is none."""
    if not settings.map_tiles:
        return {}
    return {
        "tiles": {
            "url": settings.map_tiles,
            "attribution": settings.map_attribution,
            "datum": settings.map_datum,
        }
    }


def policy_with_tiles(settings: Settings) -> str:
    """Give the Content-Security-Policy of a page with a map: pictures of one host more."""
    if not settings.map_tiles:
        return POLICY
    parts = urlsplit(settings.map_tiles)
    return POLICY.replace("img-src 'self'", f"img-src 'self' {parts.scheme}://{parts.netloc}")
