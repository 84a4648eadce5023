"""People come and go: sessions opened with a password, and ended.

Whatever is wrong (no such user, another password, locked, disabled) the answer is the same and
takes the same time, so that nobody finds out names by asking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from api.problem_details import Refusal
from api.security import passwords
from api.security.gate import Visitor, principal_of_user
from api.security.principal import Principal
from api.security.rate_limit import RateLimit
from api.security.refusals import throttled, unknown_caller
from api.security.tokens import csrf_of, digest, new_secret
from api.storage import accounts
from api.storage.accounts import SessionRow, UserRow
from api.storage.database import Database, Transaction

WRONG_PASSWORDS = 5
LOCKED_FOR = timedelta(minutes=15)
TRIES_A_MINUTE = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A new session; ``cookie`` and ``csrf_token`` are given once and kept nowhere."""

    principal: Principal
    cookie: str
    csrf_token: str
    expires_at: datetime


class LogIns:
    """Opens and ends sessions.

    Parameters
    ----------
    session_hours
        How long a session lasts at most.
    clock
        Tells how long ago things were.
    """

    def __init__(
        self, database: Database, *, session_hours: float, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._lasts = timedelta(hours=session_hours)
        self._clock = clock
        self._by_address = RateLimit(TRIES_A_MINUTE)
        self._by_name = RateLimit(TRIES_A_MINUTE)

    def log_in(
        self, name: str, password: str, *, address: str | None, old_cookie: str | None = None
    ) -> Opened:
        """Open a session for a person who knows the password.

        Parameters
        ----------
        name
            Of the user, in any capitals.
        password
            As typed.
        address
            Where the request comes from, by the socket.
        old_cookie
            The session that the browser still has; it ends.

        Raises
        ------
        Refusal
            Too many tries (CG-7013), or not to be let in (CG-7404).
        """
        name = name.lower()
        now = self._clock()
        self._slow_down(now, f"address {address}", name)
        with self._database.read() as tx:
            user = accounts.user_named(tx, name)
        right = passwords.matches(password, user.password_hash if user else None)
        if user is None or not right or not _is_able(user, now):
            if user is not None and not right and not _is_locked(user, now):
                self._count_wrong(user, now)
            raise unknown_caller("CG-7404", "name and password let nobody in")
        dated = passwords.is_dated(user.password_hash)
        new_hash = passwords.hashed(password) if dated else user.password_hash
        with self._database.write() as tx:
            fresh = accounts.user(tx, user.id)
            if fresh is None or not _is_same(fresh, user) or not _is_able(fresh, now):
                raise unknown_caller("CG-7404", "name and password let nobody in")
            accounts.change_user(tx, user.id, failed_logins=0, password_hash=new_hash)
            accounts.drop_expired_sessions(tx, now)
            if old_cookie is not None:
                accounts.end_session(tx, digest(old_cookie))
            return self._open(tx, user, now)

    def log_out(self, visitor: Visitor) -> None:
        """End the session that the request came with, if it came with one."""
        if visitor.session is not None:
            with self._database.write() as tx:
                accounts.end_session(tx, visitor.session)

    def change_password(self, visitor: Visitor, old: str, new: str) -> Opened:
        """Give a person another password; all their sessions end, and a new one opens.

        Raises
        ------
        Refusal
            No person asks (CG-7411), the old password is wrong (CG-7404), the new one is no good
            (CG-7412), or too many tries (CG-7013).
        """
        user = self._owner(visitor)
        now = self._clock()
        self._slow_down(now, f"user {user.name}", user.name)
        right = passwords.matches(old, user.password_hash)
        if not right or not _is_able(user, now):
            if not right and not _is_locked(user, now):
                self._count_wrong(user, now)
            raise Refusal("CG-7412", "the old password is wrong, or the account is locked")
        passwords.require_acceptable(new, name=user.name)
        if new == old:
            raise Refusal("CG-7412", "the new password is the old one")
        new_hash = passwords.hashed(new)
        with self._database.write() as tx:
            fresh = accounts.user(tx, user.id)
            if fresh is None or not _is_same(fresh, user):
                raise Refusal("CG-7411", "the account has changed meanwhile")
            accounts.change_user(tx, user.id, password_hash=new_hash, failed_logins=0)
            accounts.end_sessions_of(tx, user.id)
            return self._open(tx, replace(fresh, password_hash=new_hash), now)

    def _owner(self, visitor: Visitor) -> UserRow:
        if visitor.session is None:
            raise Refusal("CG-7411", f"{visitor.principal.name} has no password to change")
        with self._database.read() as tx:
            found = accounts.session_with_user(tx, visitor.session)
        if found is None:
            raise unknown_caller("CG-7403", "the session has ended meanwhile")
        return found[1]

    def _open(self, tx: Transaction, user: UserRow, now: datetime) -> Opened:
        cookie = new_secret()
        csrf_token = csrf_of(cookie)
        session = SessionRow(
            token_digest=digest(cookie), user=user.id, csrf_digest=digest(csrf_token),
            created_at=now, seen_at=now, expires_at=now + self._lasts,
        )  # fmt: skip
        accounts.open_session(tx, session)
        return Opened(
            principal=principal_of_user(user), cookie=cookie, csrf_token=csrf_token,
            expires_at=session.expires_at,
        )  # fmt: skip

    def _slow_down(self, now: datetime, address: str, name: str) -> None:
        wait = max(self._by_address.wait_s(address, now), self._by_name.wait_s(name, now))
        if wait > 0:
            raise throttled(f"more than {TRIES_A_MINUTE} log-ins in a minute", seconds=wait)

    def _count_wrong(self, user: UserRow, now: datetime) -> None:
        with self._database.write() as tx:
            accounts.count_failure(tx, user.id, most=WRONG_PASSWORDS, locked_until=now + LOCKED_FOR)
        log.warning("wrong password", user=user.name)


def _is_locked(user: UserRow, now: datetime) -> bool:
    return user.locked_until is not None and now < user.locked_until


def _is_able(user: UserRow, now: datetime) -> bool:
    return user.disabled_at is None and not _is_locked(user, now)


def _is_same(fresh: UserRow, known: UserRow) -> bool:
    """Say whether the password is still the one that was looked at."""
    return fresh.password_hash == known.password_hash
