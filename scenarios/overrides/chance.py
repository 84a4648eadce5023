"""Draws of overrides: each has its own name, so that what one draws shifts no other."""

from __future__ import annotations

from hashlib import blake2b

WORDS = 1 << 53


def uniform(seed: int, *name: str) -> float:
    """Give the figure of this name in [0, 1); the same name and seed give the same figure."""
    key = "\x1f".join((str(seed), *name)).encode()
    return (int.from_bytes(blake2b(key, digest_size=8).digest(), "big") >> 11) / WORDS


def share_of(seed: int, *name: str, share: float) -> bool:
    """Say whether a thing of this name is in a share; a larger share holds every smaller one."""
    return uniform(seed, *name) < share
