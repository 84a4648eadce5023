"""Users, their sessions, and API keys. Secrets are kept as digests alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, exists, insert, literal, select, update

from api.storage.database import Transaction
from api.storage.tables import api_keys, sessions, users

ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    """A person's account.

    Parameters
    ----------
    name
        What is typed to log in, in lower case.
    vehicle, sites
        What the account is narrowed to; None means any.
    failed_logins
        Wrong passwords since the last right one.
    """

    id: str
    name: str
    password_hash: str
    role: str
    vehicle: str | None
    sites: Sequence[str] | None
    failed_logins: int
    locked_until: datetime | None
    disabled_at: datetime | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A person's session.

    Parameters
    ----------
    seen_at
        The last request, give or take a minute.
    """

    token_digest: str
    user: str
    csrf_digest: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A machine's key."""

    id: str
    name: str
    prefix: str
    key_digest: str
    role: str
    scopes: Sequence[str]
    vehicle: str | None
    sites: Sequence[str] | None
    expires_at: datetime
    revoked_at: datetime | None
    created_at: datetime
    created_by: str


_USER = [users.c[name] for name in UserRow.__slots__]
_SESSION = [sessions.c[name] for name in SessionRow.__slots__]
_KEY = [api_keys.c[name] for name in KeyRow.__slots__]

# --- users --------------------------------------------------------------------------------------


def any_user(tx: Transaction) -> bool:
    """Say whether there is any user at all, disabled ones included."""
    return bool(tx.execute(select(exists().select_from(users))).scalar_one())


def add_user(tx: Transaction, user: UserRow) -> None:
    """Store a user.

    Raises
    ------
    Clash
        The name is taken.
    """
    tx.execute(insert(users).values({name: getattr(user, name) for name in UserRow.__slots__}))


def user(tx: Transaction, id_: str) -> UserRow | None:
    """Give a user; None where there is none of this id."""
    row = tx.execute(select(*_USER).where(users.c.id == id_)).one_or_none()
    return None if row is None else UserRow(**row._asdict())


def user_named(tx: Transaction, name: str) -> UserRow | None:
    """Give the user of a name; None where there is none."""
    row = tx.execute(select(*_USER).where(users.c.name == name)).one_or_none()
    return None if row is None else UserRow(**row._asdict())


def all_users(tx: Transaction) -> list[UserRow]:
    """Give all users by name."""
    rows = tx.execute(select(*_USER).order_by(users.c.name))
    return [UserRow(**row._asdict()) for row in rows]


def change_user(tx: Transaction, id_: str, **values: Any) -> bool:  # noqa: ANN401 - columns of users
    """Change an account; False where there is no such user."""
    return tx.execute(update(users).where(users.c.id == id_).values(**values)).rowcount == 1


def enabled_admins(tx: Transaction) -> set[str]:
    """Give the ids of the admins who can log in; in a write nobody else changes them meanwhile."""
    able = (users.c.role == ADMIN) & users.c.disabled_at.is_(None)
    # In one order, so that two who lock them wait for each other and never both.
    rows = select(users.c.id).where(able).order_by(users.c.id).with_for_update()
    return set(tx.execute(rows).scalars())


def count_failure(tx: Transaction, id_: str, *, most: int, locked_until: datetime) -> None:
    """Count a wrong password; the ``most``-th locks the account and begins the count anew."""
    last = users.c.failed_logins + 1 >= most
    tx.execute(
        update(users)
        .where(users.c.id == id_)
        .values(
            failed_logins=case((last, 0), else_=users.c.failed_logins + 1),
            locked_until=case(
                (last, literal(locked_until, users.c.locked_until.type)),
                else_=users.c.locked_until,
            ),
        )
    )


# --- sessions -----------------------------------------------------------------------------------


def open_session(tx: Transaction, session: SessionRow) -> None:
    """Store a session."""
    values = {name: getattr(session, name) for name in SessionRow.__slots__}
    tx.execute(insert(sessions).values(values))


def session_with_user(tx: Transaction, token_digest: str) -> tuple[SessionRow, UserRow] | None:
    """Give a session and whose it is; None where there is no such session."""
    row = tx.execute(select(*_SESSION).where(sessions.c.token_digest == token_digest)).one_or_none()
    if row is None:
        return None
    found = SessionRow(**row._asdict())
    owner = user(tx, found.user)
    return None if owner is None else (found, owner)


def touch_session(tx: Transaction, token_digest: str, at: datetime) -> None:
    """Note that a session was used."""
    known = sessions.c.token_digest == token_digest
    tx.execute(update(sessions).where(known).values(seen_at=at))


def end_session(tx: Transaction, token_digest: str) -> None:
    """Forget a session."""
    tx.execute(delete(sessions).where(sessions.c.token_digest == token_digest))


def end_sessions_of(tx: Transaction, user_id: str) -> None:
    """Forget every session of a user."""
    tx.execute(delete(sessions).where(sessions.c.user == user_id))


def drop_expired_sessions(tx: Transaction, now: datetime) -> None:
    """Forget sessions whose time is over."""
    tx.execute(delete(sessions).where(sessions.c.expires_at <= now))


# --- keys ---------------------------------------------------------------------------------------


def add_key(tx: Transaction, key: KeyRow) -> None:
    """Store a key."""
    tx.execute(insert(api_keys).values({name: getattr(key, name) for name in KeyRow.__slots__}))


def key_of_prefix(tx: Transaction, prefix: str) -> KeyRow | None:
    """Give the key that a prefix names; None where there is none."""
    row = tx.execute(select(*_KEY).where(api_keys.c.prefix == prefix)).one_or_none()
    return None if row is None else KeyRow(**row._asdict())


def key(tx: Transaction, id_: str) -> KeyRow | None:
    """Give a key; None where there is none of this id."""
    row = tx.execute(select(*_KEY).where(api_keys.c.id == id_)).one_or_none()
    return None if row is None else KeyRow(**row._asdict())


def all_keys(tx: Transaction) -> list[KeyRow]:
    """Give all keys, the newest first."""
    rows = tx.execute(select(*_KEY).order_by(api_keys.c.created_at.desc(), api_keys.c.id))
    return [KeyRow(**row._asdict()) for row in rows]


def shorten_key(tx: Transaction, id_: str, until: datetime) -> None:
    """Let a key end at an instant; one that ends before keeps its own."""
    later = (api_keys.c.id == id_) & (api_keys.c.expires_at > until)
    tx.execute(update(api_keys).where(later).values(expires_at=until))


def revoke_key(tx: Transaction, id_: str, at: datetime) -> None:
    """End a key for good; one that was revoked before keeps its instant."""
    known = (api_keys.c.id == id_) & api_keys.c.revoked_at.is_(None)
    tx.execute(update(api_keys).where(known).values(revoked_at=at))
