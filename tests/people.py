"""People with sessions and machines with keys, for tests that speak HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from unittest.mock import patch

from api.security import passwords
from api.security.access import scopes_of
from api.security.gate import COOKIE
from api.security.principal import Role, Scope
from api.security.tokens import csrf_of, digest, new_secret
from api.services.accounts import NewKey, NewUser
from api.storage import accounts
from api.storage.accounts import SessionRow, UserRow
from api.wiring import Wiring

PASSWORD = "seven crates of lychee"
_hashed = passwords.hashed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    row: UserRow

    @property
    def name(self) -> str:
        return self.row.name

    def session(self, wiring: Wiring) -> dict[str, str]:
        """Open a session without the cost of a password; give the headers that bear it."""
        token = new_secret()
        now = wiring.clock()
        with wiring.database.write() as tx:
            accounts.open_session(
                tx,
                SessionRow(
                    token_digest=digest(token),
                    user=self.row.id,
                    csrf_digest=digest(csrf_of(token)),
                    created_at=now,
                    seen_at=now,
                    expires_at=now + timedelta(hours=12),
                ),
            )
        return {"Cookie": f"{COOKIE}={token}", "X-CSRF-Token": csrf_of(token)}


def person(
    wiring: Wiring,
    role: Role,
    *,
    name: str | None = None,
    vehicle: str | None = None,
    sites: Iterable[str] | None = None,
) -> Person:
    """Make an account; the first has to be an admin's. All have one password, hashed once."""
    new = NewUser(
        name=name or role.value,
        password=PASSWORD,
        role=role,
        vehicle=vehicle,
        sites=None if sites is None else list(sites),
    )
    with patch.object(passwords, "hashed", lambda _: _kept()):
        return Person(row=wiring.accounts.create_user(new, by="test"))


@cache
def _kept() -> str:
    return _hashed(PASSWORD)


def staff(wiring: Wiring) -> dict[Role, Person]:
    """Make one account for each role."""
    return {role: person(wiring, role) for role in sorted(Role, key=lambda r: r is not Role.ADMIN)}


def machine(
    wiring: Wiring,
    role: Role,
    *,
    scopes: Iterable[Scope] | None = None,
    days: int = 90,
    vehicle: str | None = None,
    sites: Iterable[str] | None = None,
) -> dict[str, str]:
    """Make a key, with all scopes of its role unless told; give the headers that bear it."""
    new = NewKey(
        name=f"{role.value} machine",
        role=role,
        scopes=scopes_of(role) if scopes is None else frozenset(scopes),
        valid_days=days,
        vehicle=vehicle,
        sites=None if sites is None else list(sites),
    )
    made = wiring.accounts.create_key(new, by="test")
    return {"Authorization": f"Bearer {made.secret}"}
