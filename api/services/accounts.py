"""Accounts of people and keys of machines: made, changed, ended. Only an admin gets here."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from api.problem_details import Refusal
from api.security import passwords
from api.security.access import scopes_of
from api.security.principal import Role, Scope
from api.security.tokens import KEY_DAYS, SIGN, digest, new_key
from api.storage import accounts, audit
from api.storage.accounts import KeyRow, UserRow
from api.storage.audit import NumberedNote
from api.storage.database import Clash, Database, Transaction

USER_NAME = r"^[\w.@-]{1,64}$"
"""Letters of any script, digits, and a few signs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A person who is to get an account."""

    name: str
    password: str
    role: Role
    vehicle: str | None = None
    sites: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """What is to be different about an account.

    Parameters
    ----------
    values
        New role, vehicle, sites, disabled or password; what is not named stays.
    """

    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A machine that is to get a key.

    Parameters
    ----------
    name
        The machine; the key that replaces its old one bears the same name.
    """

    name: str
    role: Role
    scopes: frozenset[Scope]
    valid_days: int = KEY_DAYS
    vehicle: str | None = None
    sites: Sequence[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeKey:
    """A new key; ``secret`` is shown once and kept nowhere."""

    row: KeyRow
    secret: str


class Accounts:
    """The book of users and keys.

    Parameters
    ----------
    clock
        Dates accounts and keys.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def any_user(self) -> bool:
        """Say whether there is any user; without one the service is in open mode."""
        with self._database.read() as tx:
            return accounts.any_user(tx)

    def create_user(self, new: NewUser, *, by: str) -> UserRow:
        """Make an account.

        Raises
        ------
        Refusal
            The name is taken, the password is no good, or the first user would not be an admin.
        """
        name = new.name.lower()
        if re.fullmatch(USER_NAME, name) is None:
            raise Refusal("CG-7006", f"user name {name!r}: letters, digits, . _ @ - and at most 64")
        passwords.require_acceptable(new.password, name=name)
        row = UserRow(
            id=f"user-{secrets.token_hex(8)}", name=name, role=new.role.value,
            password_hash=passwords.hashed(new.password), vehicle=new.vehicle,
            sites=_listed(new.sites), failed_logins=0, locked_until=None, disabled_at=None,
            created_at=self._clock(), created_by=by,
        )  # fmt: skip
        try:
            with self._database.write() as tx:
                if new.role is not Role.ADMIN and not accounts.any_user(tx):
                    raise Refusal("CG-7409", "the first user has to be an admin")
                accounts.add_user(tx, row)
        except Clash as clash:
            raise Refusal("CG-7410", f"there is a user {name} already") from clash
        return row

    def list_users(self) -> list[UserRow]:
        """Give all users by name."""
        with self._database.read() as tx:
            return accounts.all_users(tx)

    def user_named(self, name: str) -> UserRow:
        """Give the user of a name.

        Raises
        ------
        Refusal
            There is none (CG-7001).
        """
        with self._database.read() as tx:
            found = accounts.user_named(tx, name.lower())
        if found is None:
            raise Refusal("CG-7001", f"there is no user {name}")
        return found

    def change_user(self, user: str, change: UserChange) -> UserRow:
        """Change an account; a new password or being disabled ends the user's sessions.

        Raises
        ------
        Refusal
            There is no such user, no admin would be left, or the password is no good.
        """
        with self._database.read() as tx:
            before = _user(tx, user)
        values = self._columns(before, change.values)
        with self._database.write() as tx:
            before = _user(tx, user)
            admins = accounts.enabled_admins(tx)
            if values:
                accounts.change_user(tx, user, **values)
            if admins == {user} and not accounts.enabled_admins(tx):
                raise Refusal("CG-7409", f"{before.name} is the last admin who can log in")
            if "password_hash" in values or values.get("disabled_at") is not None:
                accounts.end_sessions_of(tx, user)
            return _user(tx, user)

    def create_key(self, new: NewKey, *, by: str) -> MadeKey:
        """Make a key.

        Raises
        ------
        Refusal
            There is no user yet, or a scope is of no use to the role.
        """
        idle = new.scopes - scopes_of(new.role)
        if idle:
            raise Refusal("CG-7415", f"a {new.role.value} has no use for {_words(idle)}")
        text = new_key()
        now = self._clock()
        row = KeyRow(
            id=_key_id(), name=new.name, prefix=text.prefix,
            key_digest=digest(text.secret), role=new.role.value,
            scopes=sorted(scope.value for scope in new.scopes), vehicle=new.vehicle,
            sites=_listed(new.sites), expires_at=now + timedelta(days=new.valid_days),
            revoked_at=None, created_at=now, created_by=by,
        )  # fmt: skip
        with self._database.write() as tx:
            if not accounts.any_user(tx):
                raise Refusal("CG-7409", "a key needs an admin who can revoke it")
            accounts.add_key(tx, row)
        return MadeKey(row=row, secret=str(text))

    def rotate_key(
        self, key: str, *, overlap: timedelta, by: str, valid_days: int = KEY_DAYS
    ) -> MadeKey:
        """Make the successor of a key; both are good until the old one's time is over.

        It has the name and the rights of the old one.

        Parameters
        ----------
        key
            The id of the old one.
        overlap
            For how long the old one stays good; no longer than it would be anyway.
        by
            Who does it.
        valid_days
            How long the new one is good.

        Raises
        ------
        Refusal
            There is no such key (CG-7001), or it has ended (CG-7416).
        """
        now, text = self._clock(), new_key()
        with self._database.write() as tx:
            old = accounts.key(tx, key)
            if old is None:
                raise Refusal("CG-7001", f"there is no key {key}")
            if old.revoked_at is not None or old.expires_at <= now:
                raise Refusal("CG-7416", f"the key {SIGN}_{old.prefix} of {old.name} has ended")
            row = replace(
                old, id=_key_id(), prefix=text.prefix, key_digest=digest(text.secret),
                expires_at=now + timedelta(days=valid_days), created_at=now, created_by=by,
            )  # fmt: skip
            accounts.add_key(tx, row)
            accounts.shorten_key(tx, old.id, now + overlap)
        return MadeKey(row=row, secret=str(text))

    def list_keys(self) -> list[KeyRow]:
        """Give all keys, the newest first."""
        with self._database.read() as tx:
            return accounts.all_keys(tx)

    def revoke_key(self, key: str) -> KeyRow:
        """End a key for good; twice is as good as once.

        Raises
        ------
        Refusal
            There is no such key (CG-7001).
        """
        with self._database.write() as tx:
            accounts.revoke_key(tx, key, self._clock())
            found = accounts.key(tx, key)
        if found is None:
            raise Refusal("CG-7001", f"there is no key {key}")
        return found

    def read_audit(
        self,
        *,
        limit: int,
        before: int | None = None,
        actor: str | None = None,
        action: str | None = None,
    ) -> list[NumberedNote]:
        """Give notes of the audit log, the newest first."""
        with self._database.read() as tx:
            return audit.newest(tx, limit=limit, before=before, actor=actor, action=action)

    def _columns(self, before: UserRow, changes: Mapping[str, Any]) -> dict[str, Any]:
        """Turn what was asked into columns; hashing is slow, so it is done outside of any lock."""
        values = {name: changes[name] for name in ("vehicle",) if name in changes}
        if "sites" in changes:
            values["sites"] = _listed(changes["sites"])
        if "role" in changes:
            values["role"] = changes["role"].value
        if "disabled" in changes:
            values["disabled_at"] = self._clock() if changes["disabled"] else None
        if "password" in changes:
            passwords.require_acceptable(changes["password"], name=before.name)
            values["password_hash"] = passwords.hashed(changes["password"])
            values |= {"failed_logins": 0, "locked_until": None}
        return values


def _user(tx: Transaction, user: str) -> UserRow:
    found = accounts.user(tx, user)
    if found is None:
        raise Refusal("CG-7001", f"there is no user {user}")
    return found


def _key_id() -> str:
    return f"key-{secrets.token_hex(8)}"


def _listed(sites: Iterable[str] | None) -> list[str] | None:
    return None if sites is None else sorted(set(sites))


def _words(scopes: Iterable[Scope]) -> str:
    return ", ".join(sorted(scope.value for scope in scopes))
