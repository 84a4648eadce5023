"""What the operator of this machine offers for travel; no problem can change any of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PROFILE = re.compile(r"[A-Za-z0-9_]+")
ANY_PROFILE = ""
BLOCK = 100
"""Coordinates of one request; the limit of a server that nobody configured."""

CACHE_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TravelMeans:
    """Servers, and where answers are remembered.

    Parameters
    ----------
    osrm_servers
        Address of an OSRM server per profile; under the empty name one that has every profile.
    osrm_data
        A label of the servers' road data; under another label nothing old is remembered.
    osrm_block
        Most coordinates of one request.
    osrm_timeout_s
        How long a request may be silent.
    cache
        Folder of remembered matrices; None remembers in memory alone.
    cache_bytes
        How large that folder may grow.
    """

    osrm_servers: Mapping[str, str] = field(default_factory=dict)
    osrm_data: str = ""
    osrm_block: int = BLOCK
    osrm_timeout_s: float = 10.0
    cache: Path | None = None
    cache_bytes: int = CACHE_BYTES

    def document(self) -> dict[str, Any]:
        """Write the means as plain values, for another process."""
        return {
            "osrm_servers": dict(self.osrm_servers),
            "osrm_data": self.osrm_data,
            "osrm_block": self.osrm_block,
            "osrm_timeout_s": self.osrm_timeout_s,
            "cache": None if self.cache is None else str(self.cache),
            "cache_bytes": self.cache_bytes,
        }

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> TravelMeans:
        """Read what ``document`` wrote."""
        cache = document["cache"]
        return cls(**{**document, "cache": None if cache is None else Path(cache)})


NO_MEANS = TravelMeans()


def servers_of(text: str) -> dict[str, str]:
    """Read ``ADDRESS`` or ``PROFILE=ADDRESS,PROFILE=ADDRESS``.

    Raises
    ------
    ValueError
        A part is no address of a server, or two parts have the same profile.
    """
    servers: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, address = part.partition("=")
        if not sign or not PROFILE.fullmatch(name):
            name, address = ANY_PROFILE, part
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"{part!r} is not http://HOST or https://HOST")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("an address has no user, password, query or fragment")
        if servers.setdefault(name, address.rstrip("/")) != address.rstrip("/"):
            raise ValueError(f"two addresses are given for {name or 'all profiles'}")
    return servers


def default_cache(environment: Mapping[str, str], platform: str) -> Path | None:
    """Give the folder where this person's programs keep what they can find out again.

    Parameters
    ----------
    environment
        Environment variables.
    platform
        As ``sys.platform`` names it.
    """
    home = environment.get("HOME") or environment.get("USERPROFILE")
    given = environment.get("LOCALAPPDATA" if platform == "win32" else "XDG_CACHE_HOME")
    if given:
        base = Path(given)
    elif home and platform == "darwin":
        base = Path(home) / "Library" / "Caches"
    elif home:
        base = Path(home) / ".cache"
    else:
        return None
    return base / "coldgrid" / "travel" if base.is_absolute() else None
