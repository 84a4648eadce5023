"""Secrets that the service makes up: API keys, session cookies, CSRF tokens.

Each has 256 random bits, so nobody finds one by trying, and a plain SHA-256 digest is enough to
keep: slow hashes are for what people think up (``passwords``). Who reads the database learns no
secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

SECRET_BYTES = 32
PREFIX_BYTES = 6
KEY_DAYS, MOST_KEY_DAYS = 90, 366
"""How long a key is good unless somebody says otherwise, and at most."""
SIGN = "ck"
"""Begins every API key, so that scanners for leaked secrets can know one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyText:
    """An API key as its holder keeps it, in its two parts.

    Parameters
    ----------
    prefix
        Names the key; lists show it.
    secret
        Proves it; shown once.
    """

    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"{SIGN}_{self.prefix}_{self.secret}"


def new_secret() -> str:
    """Make up a session cookie."""
    return secrets.token_urlsafe(SECRET_BYTES)


def new_key() -> KeyText:
    """Make up an API key."""
    return KeyText(prefix=secrets.token_hex(PREFIX_BYTES), secret=new_secret())


def parsed_key(text: str) -> KeyText | None:
    """Take an API key apart; None where the text is none."""
    match text.split("_", 2):
        case [sign, prefix, secret] if sign == SIGN and prefix and secret:
            return KeyText(prefix=prefix, secret=secret)
        case _:
            return None


def digest(secret: str) -> str:
    """Give what the database keeps of a secret: 64 hexadecimal signs."""
    return hashlib.sha256(secret.encode()).hexdigest()


def belongs(secret: str, kept: str) -> bool:
    """Say whether a secret is the one of a digest, in a time that tells nothing."""
    return hmac.compare_digest(digest(secret), kept)


def csrf_of(session: str) -> str:
    """Give the CSRF token of a session cookie.

    Whoever holds the cookie can be told its token again and again; from the token there is no way
    back to the cookie.
    """
    return digest(f"csrf {session}")
