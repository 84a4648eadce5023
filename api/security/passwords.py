"""Passwords: what is acceptable, and argon2id over it.

Cost: 19 MiB and two passes, the least that OWASP advises; a tenth of a second on a small server.
Only a few are computed at a time, so that a flood of log-ins takes neither all memory nor all
threads from those who work.
"""

from __future__ import annotations

import os
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.problem_details import Refusal
from api.security.refusals import throttled

SHORTEST, LONGEST = 12, 200
PATIENCE_S = 5.0

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_at_a_time = BoundedSemaphore(max(2, os.cpu_count() or 2))
# Of a password that nobody has: an unknown name costs the same time as a wrong password.
_NOBODY = _hasher.hash(os.urandom(SHORTEST).hex())


def require_acceptable(password: str, *, name: str) -> None:
    """Refuse passwords that are too short, too long or the user's own name.

    Raises
    ------
    Refusal
        With the reason (CG-7412).
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(
            "CG-7412",
            f"the password has {len(password)} characters; {SHORTEST} to {LONGEST} are needed",
        )
    if password.casefold() == name.casefold():
        raise Refusal("CG-7412", "the password is the user's own name")
    if len(set(password)) == 1:
        raise Refusal("CG-7412", "the password is one character over and over")
    if any("\ud800" <= sign <= "\udfff" for sign in password):
        raise Refusal("CG-7412", "the password has half a character in it (a lone surrogate)")


def hashed(password: str) -> str:
    """Give what the database keeps of a password."""
    with _turn():
        return _hasher.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Say whether a password is the one that was kept.

    Parameters
    ----------
    password
        As typed.
    kept
        What ``hashed`` gave; None, for an unknown user, takes as long and never matches.

    Raises
    ------
    Refusal
        Too many passwords are being looked at (CG-7013).
    """
    with _turn():
        try:
            _hasher.verify(kept or _NOBODY, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False
    return kept is not None


def is_dated(kept: str) -> bool:
    """Say whether a password was kept at another cost than today's."""
    return _hasher.check_needs_rehash(kept)


class _turn:  # noqa: N801 - reads as a word after "with"
    def __enter__(self) -> None:
        if not _at_a_time.acquire(timeout=PATIENCE_S):
            raise throttled("too many log-ins at once", seconds=PATIENCE_S)

    def __exit__(self, *_: object) -> None:
        _at_a_time.release()
